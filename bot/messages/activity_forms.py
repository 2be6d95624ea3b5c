"""The forms in which activities are planned, entered, corrected and cancelled. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from slack_sdk.models.blocks import (
    Block,
    CheckboxesElement,
    ContextBlock,
    DatePickerElement,
    InputBlock,
    PlainTextInputElement,
    StaticSelectElement,
    UserSelectElement,
)
from slack_sdk.models.blocks.basic_components import MarkdownTextObject

from bot import slacktext
from bot.activities.kinds import RESULTS, Kind, Purpose
from bot.i18n import Texts
from bot.ids import Field, View
from bot.messages import common
from bot.messages.activities import TITLE, kind_label, purpose_label
from bot.messages.common import modal, mrkdwn, option

MOST_NOTE: Final = 1000
MOST_REASON: Final = 500
THEMES: Final = "themes"  # the one box of the field THEMES


@dataclass(frozen=True)
class PlanStart:
    """What a form for a plan begins with: texts as people would type them."""

    bridge_id: int
    currency: str | None  # None: the bridge has none yet, and the form asks for it
    today: date
    activity_id: int | None = None  # None: a new one
    title: str = ""
    purpose: str | None = None
    owner_id: str | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    budget: str = ""
    plan: Mapping[Kind, str] = field(default_factory=dict)
    insights: str = ""


def plan_form(_: Texts, start: PlanStart) -> dict[str, Any]:
    """The form of a plan."""
    money_hint = None
    if start.currency:
        money_hint = _("In {currency}, as in 12,500", currency=start.currency)
    blocks: list[Block] = [
        _line(_("Title"), Field.TITLE, start.title, optional=False, most=TITLE),
        _purpose(_, start.purpose),
        common.field(
            Field.OWNER,
            _("Owner"),
            UserSelectElement(action_id=Field.OWNER, initial_user=start.owner_id),
        ),
        _day(_("First day"), Field.STARTS_ON, start.starts_on or start.today),
        _day(_("Last day"), Field.ENDS_ON, start.ends_on or start.today),
    ]
    if start.currency is None:
        hint = _("Of all this bridge's activities, as in EUR, USD or RUB")
        blocks.append(_line(_("Currency"), Field.CURRENCY, "", optional=False, hint=hint, most=30))
    blocks.append(_line(_("Planned budget"), Field.BUDGET, start.budget, hint=money_hint))
    for kind in RESULTS:
        label = _("Planned: {kind}", kind=kind_label(_, kind))
        hint_of = money_hint if kind.is_money else None
        blocks.append(_line(label, f"{Field.PLANNED}_{kind}", start.plan.get(kind, ""), hint=hint_of))
    hint = _("Numbers of the insights that gave rise to it, as in #12, #15")
    blocks.append(_line(_("Insights"), Field.INSIGHTS, start.insights, hint=hint, most=1000))
    box = option(_("And all insights of the same themes"), THEMES)
    boxes = CheckboxesElement(action_id=Field.THEMES, options=[box])
    blocks.append(common.field(Field.THEMES, _("Themes"), boxes, optional=True))
    title = _("Plan an activity") if start.activity_id is None else _("Change the plan")
    return modal(
        View.ACTIVITY,
        title,
        blocks,
        submit=_("Save"),
        close=_("Cancel"),
        private_metadata=_metadata(bridge=start.bridge_id, activity=start.activity_id),
    )


@dataclass(frozen=True)
class EntryStart:
    """What a form for an entry begins with."""

    activity_id: int
    title: str
    currency: str
    today: date
    is_spend: bool
    corrects_id: int | None = None
    corrected: str = ""  # the entry that is corrected, in words
    kind: Kind | None = None  # of the corrected entry: it stays
    amount: str = ""
    rate: str = ""
    on_date: date | None = None
    note: str = ""


def entry_form(_: Texts, start: EntryStart) -> dict[str, Any]:
    """The form for money spent, a result, or a correction."""
    blocks: list[Block] = [mrkdwn(f"*{slacktext.inert_mrkdwn(start.title, {}, TITLE)}*")]
    if start.corrects_id is not None:
        said = _(
            "Corrects: {entry}. The entry stays in the ledger and no longer counts; zero strikes it out.",
            entry=start.corrected,
        )
        blocks.append(_context(said))
    if not start.is_spend and start.corrects_id is None:
        choice = StaticSelectElement(
            action_id=Field.KIND, options=[option(kind_label(_, kind), kind) for kind in RESULTS]
        )
        blocks.append(common.field(Field.KIND, _("What came"), choice))
    blocks.append(_amount(_, start))
    blocks.append(_day(_("Date"), Field.ON_DATE, start.on_date or start.today))
    if start.kind is None or start.kind.is_money:
        hint = _(
            "Only for another currency than {currency}: what one unit of it is worth, as in 0.92",
            currency=start.currency,
        )
        blocks.append(_line(_("Exchange rate"), Field.RATE, start.rate, hint=hint, most=20))
    blocks.append(_long(_("Note"), Field.NOTE, start.note, MOST_NOTE, optional=True))
    if start.corrects_id is not None:
        title = _("Correct an entry")
    else:
        title = _("Add spend") if start.is_spend else _("Add result")
    return modal(
        View.ACTIVITY_ENTRY,
        title,
        blocks,
        submit=_("Save"),
        close=_("Cancel"),
        private_metadata=_metadata(
            activity=start.activity_id, spend=start.is_spend, corrects=start.corrects_id
        ),
    )


def _amount(_: Texts, start: EntryStart) -> InputBlock:
    if start.is_spend or (start.kind is not None and start.kind.is_money):
        label = _("Amount")
        hint = _("In {currency}, as in 12,500; a refund has a minus before it", currency=start.currency)
    else:
        label = _("Number or amount")
        hint = _("Zero, too, is a result. A minus takes back what came to nothing.")
    return _line(label, Field.AMOUNT, start.amount, optional=False, hint=hint, most=40)


def cancel_form(_: Texts, activity_id: int, title: str) -> dict[str, Any]:
    """Asks why an activity is cancelled."""
    blocks: list[Block] = [
        mrkdwn(f"*{slacktext.inert_mrkdwn(title, {}, TITLE)}*"),
        _long(_("Why is it cancelled?"), Field.REASON, "", MOST_REASON, optional=False),
        _context(_("What was spent stays counted. Sales is not asked about it any more.")),
    ]
    return modal(
        View.ACTIVITY_CANCEL,
        _("Cancel the activity"),
        blocks,
        submit=_("Cancel it"),
        close=_("Keep it"),
        private_metadata=_metadata(activity=activity_id),
    )


def _purpose(_: Texts, chosen: str | None) -> InputBlock:
    labels: Sequence[tuple[str, str]] = [(purpose_label(_, one), one) for one in Purpose]
    options = [option(label, value) for label, value in labels]
    initial = next((one for one in options if one.value == chosen), None)
    element = StaticSelectElement(action_id=Field.PURPOSE, options=options, initial_option=initial)
    hint = _("What it is to do: attract new customers, convince those who hesitate, or retain those we have")
    return common.field(Field.PURPOSE, _("Purpose"), element, hint=hint)


def _day(label: str, block: str, value: date) -> InputBlock:
    return common.field(block, label, DatePickerElement(action_id=block, initial_date=value.isoformat()))


def _line(
    label: str, block: str, value: str, *, optional: bool = True, hint: str | None = None, most: int = 60
) -> InputBlock:
    element = PlainTextInputElement(action_id=block, initial_value=value or None, max_length=most)
    return common.field(block, label, element, optional=optional, hint=hint)


def _long(label: str, block: str, value: str, most: int, *, optional: bool) -> InputBlock:
    element = PlainTextInputElement(
        action_id=block, multiline=True, max_length=most, initial_value=value or None
    )
    return common.field(block, label, element, optional=optional)


def _context(text: str) -> ContextBlock:
    return ContextBlock(elements=[MarkdownTextObject(text=text, verbatim=True)])


def _metadata(**values: Any) -> str:
    return json.dumps({name: value for name, value in values.items() if value is not None})
