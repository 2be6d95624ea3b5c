"""Cards in the marketing channel, and the forms in which insights are triaged. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextBlock,
    Option,
    OverflowMenuElement,
    PlainTextInputElement,
    StaticSelectElement,
)
from slack_sdk.models.blocks.basic_components import MarkdownTextObject, PlainTextObject

from bot import slacktext
from bot.bridges.categories import category_name
from bot.i18n import Texts
from bot.ids import Action, Field, View
from bot.insights.rules import MERGED, NEW
from bot.messages.common import field, message, modal, mrkdwn, option
from bot.messages.insights import byline, headline, quote_block
from bot.triage.rules import ACKNOWLEDGED, DECLINED, DONE, ENDED, GONE, IN_PROGRESS, Pressed, Step
from storage.bridges import Bridge
from storage.insights import Insight

MOST_OUTCOME: Final = 2000  # characters
SHOWN: Final = 1000  # of an outcome in a card
NAME: Final = 80


@dataclass(frozen=True)
class Shown:
    """An insight with all that its card, or its page of the triage, says."""

    bridge: Bridge
    insight: Insight
    names: Mapping[str, str]  # of people and channels that are mentioned
    zone: str
    target: int | None = None  # the number of the insight that it was merged into


class More:
    """What the menu behind the buttons offers; its options carry this word, then what a button carries."""

    TAKE: Final = "take"
    OUTCOME: Final = "outcome"
    CATEGORY: Final = "category"
    MERGE: Final = "merge"
    AGENDA: Final = "agenda"
    OPEN: Final = "open"


def card(_: Texts, shown: Shown) -> dict[str, Any]:
    """An insight in the marketing channel, with what can be done about it."""
    insight = shown.insight
    blocks: list[Block] = [mrkdwn(_reason(_, insight)), *about(_, shown)]
    if insight.status not in GONE:
        blocks.append(controls(_, insight))
    text = _("Insight #{number}", number=insight.number)
    return message(f"{text} · {_plain_reason(_, insight)}", blocks)


def _reason(_: Texts, insight: Insight) -> str:
    sign = ":rotating_light:" if insight.is_urgent else ":busts_in_silhouette:"
    return f"{sign} *{_plain_reason(_, insight)}*"


def _plain_reason(_: Texts, insight: Insight) -> str:
    if insight.is_urgent:
        return _("Urgent")
    return _.plural("Flagged by {n} person", "Flagged by {n} people", insight.supporter_count)


def about(_: Texts, shown: Shown) -> list[Block]:
    """Headline, words, byline, details, and what became of it."""
    insight = shown.insight
    blocks: list[Block] = [
        mrkdwn(headline(_, shown.bridge, insight)),
        quote_block(_, insight, shown.names),
        byline(_, insight, shown.names, shown.zone),
    ]
    if details := _details(_, insight):
        blocks.append(ContextBlock(elements=[MarkdownTextObject(text=details, verbatim=True)]))
    if state := state_line(_, shown):
        blocks.append(mrkdwn(state))
    return blocks


def _details(_: Texts, insight: Insight) -> str:
    def named(label: str, value: str, limit: int = NAME) -> str:
        return f"{label} {slacktext.inert_mrkdwn(value, {}, limit)}"

    parts = []
    if insight.competitors:
        parts.append(named(_("Competitors:"), ", ".join(insight.competitors), 200))
    if insight.product:
        parts.append(named(_("Product:"), insight.product))
    if insight.deal_amount is not None and insight.deal_currency:
        parts.append(_("Deal:") + " " + _.money(insight.deal_amount, insight.deal_currency))
    if insight.note:
        parts.append(named(_("Note:"), insight.note, 500))
    return " · ".join(parts)


def state_line(_: Texts, shown: Shown) -> str:
    """Who did what when, and the outcome; empty while nobody has acted."""
    insight = shown.insight
    if insight.status == MERGED and shown.target is not None:
        return _(":link: Now part of *#{number}*", number=shown.target)
    signs = {
        ACKNOWLEDGED: ":eyes:",
        IN_PROGRESS: ":hammer:",
        DONE: ":white_check_mark:",
        DECLINED: ":no_entry:",
    }
    if insight.status not in signs or insight.status_at is None:
        return ""
    who = slacktext.inert_mrkdwn(shown.names.get(insight.status_by or "", ""), {}, NAME) or _("someone")
    words = {"name": who, "moment": _.moment(insight.status_at, shown.zone)}
    said = {
        ACKNOWLEDGED: _("Acknowledged by {name} · {moment}", **words),
        IN_PROGRESS: _("Taken by {name} · {moment}", **words),
        DONE: _("Done, says {name} · {moment}", **words),
        DECLINED: _("Declined by {name} · {moment}", **words),
    }[insight.status]
    line = f"{signs[insight.status]} {said}"
    if insight.outcome:
        line += "\n" + slacktext.inert_mrkdwn(insight.outcome, shown.names, SHOWN)
    return line


# --- buttons -----------------------------------------------------------------------------------------------


def controls(_: Texts, insight: Insight) -> ActionsBlock:
    """What can be done with the insight as it stands."""
    value = Pressed.of(insight).value
    elements: list[Any] = []
    if insight.status == NEW:
        elements.append(_button(_("Acknowledge"), Action.TRIAGE_ACKNOWLEDGE, value))
    if insight.status in (NEW, ACKNOWLEDGED):
        elements.append(_button(_("Take"), Action.TRIAGE_TAKE, value, style="primary"))
    if insight.status not in ENDED:
        elements.append(_button(_("Done…"), Action.TRIAGE_DONE, value))
        elements.append(_button(_("Decline…"), Action.TRIAGE_DECLINE, value))
    elements.append(OverflowMenuElement(action_id=Action.TRIAGE_MORE, options=_more(_, insight, value)))
    return ActionsBlock(block_id=f"triage-{insight.id}", elements=elements)


def _more(_: Texts, insight: Insight, value: str) -> list[Option]:
    def choice(label: str, word: str) -> Option:
        return option(label, f"{word}:{value}")

    options = []
    if insight.status == IN_PROGRESS:
        options.append(choice(_("Take it over"), More.TAKE))
    if insight.status in ENDED:
        options.append(choice(_("Reword the outcome…"), More.OUTCOME))
        options.append(choice(_("Open again and take"), More.TAKE))
    options.append(choice(_("Change category…"), More.CATEGORY))
    options.append(choice(_("Merge into…"), More.MERGE))
    if insight.status not in ENDED:
        options.append(choice(_("Put on the agenda"), More.AGENDA))
    if insight.permalink:
        label = PlainTextObject(text=_("Open in thread"))
        options.append(Option(text=label, value=f"{More.OPEN}:{value}", url=insight.permalink))
    return options


def _button(text: str, action: Action, value: str, **more: Any) -> ButtonElement:
    return ButtonElement(text=text, action_id=action, value=value, **more)


# --- forms -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """What a form of triage remembers: what was pressed, and the walk that it belongs to."""

    pressed: Pressed
    step: Step | None = None
    walk: str | None = None  # the value of `bot.triage.walk.Walk`

    def write(self) -> str:
        return json.dumps({"pressed": self.pressed.value, "step": self.step, "walk": self.walk})


def outcome_form(_: Texts, shown: Shown, asked: Asked) -> dict[str, Any]:
    """What came of it, in words: required."""
    is_done = asked.step is Step.DONE
    words = PlainTextInputElement(
        action_id=Field.OUTCOME,
        multiline=True,
        max_length=MOST_OUTCOME,
        initial_value=slacktext.plain(shown.insight.outcome, shown.names) if shown.insight.outcome else None,
        focus_on_load=True,
        placeholder=_("The new price list is out; sales has it since Monday")
        if is_done
        else _("Too few customers ask for it; we look again in spring"),
    )
    label = _("What changed because of it?") if is_done else _("Why will nothing come of it?")
    hint = _("Whoever passed it on reads this.")
    return _form(_, View.TRIAGE_OUTCOME, shown, asked, [field(Field.OUTCOME, label, words, hint=hint)])


def category_form(_: Texts, shown: Shown, asked: Asked) -> dict[str, Any]:
    """Where to file it."""
    options = [
        option(f":{one.emoji}: {category_name(one, _)}", one.key) for one in shown.bridge.active_categories
    ]
    initial = next((one for one in options if one.value == shown.insight.category), None)
    element = StaticSelectElement(action_id=Field.CATEGORY, options=options, initial_option=initial)
    return _form(_, View.TRIAGE_CATEGORY, shown, asked, [field(Field.CATEGORY, _("Category"), element)])


def merge_form(_: Texts, shown: Shown, asked: Asked) -> dict[str, Any]:
    """Which insight it is the same as."""
    element = PlainTextInputElement(
        action_id=Field.TARGET, max_length=12, placeholder="#142", focus_on_load=True
    )
    hint = _("Its supporters move along and hear what becomes of that one. This can't be undone.")
    label = _("Number of the insight that says the same")
    return _form(_, View.TRIAGE_MERGE, shown, asked, [field(Field.TARGET, label, element, hint=hint)])


def _form(_: Texts, view: View, shown: Shown, asked: Asked, fields: list[Any]) -> dict[str, Any]:
    blocks: list[Block] = [
        mrkdwn(headline(_, shown.bridge, shown.insight)),
        quote_block(_, shown.insight, shown.names),
        *fields,
    ]
    if asked.walk is not None:
        back = _button(_("Back"), Action.TRIAGE_BACK, asked.walk)
        blocks.append(ActionsBlock(elements=[back]))
    return modal(
        view,
        _("Insight #{number}", number=shown.insight.number)[:24],
        blocks,
        submit=_("Save"),
        close=_("Cancel"),
        private_metadata=asked.write(),
    )
