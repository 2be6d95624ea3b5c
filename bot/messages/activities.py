"""Activities in words: labels, amounts, ratios, the list and the card of one. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from babel.numbers import get_currency_precision
from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextBlock,
    DividerBlock,
    HeaderBlock,
    Option,
    StaticSelectElement,
)
from slack_sdk.models.blocks.basic_components import ConfirmObject, MarkdownTextObject, PlainTextObject

from bot import slacktext
from bot.activities.figures import Figures, Flag
from bot.activities.kinds import RESULTS, Kind, Purpose, Status
from bot.activities.money import to_decimal
from bot.activities.ratios import Ratio, Totals, Undefined
from bot.i18n import Texts
from bot.ids import Action, View
from bot.messages.common import bold, message, modal, mrkdwn, option
from storage.activities import Activity, Entry

MOST_ENTRIES: Final = 15  # shown on the card; the ledger has them all
MOST_CORRECTABLE: Final = 100  # a menu's limit
TITLE: Final = 150


@dataclass(frozen=True)
class Shown:
    """An activity's figures, beside what is needed to show them."""

    figures: Figures
    today: date  # at the bridge
    names: Mapping[str, str]
    may_change: bool


# --- labels ------------------------------------------------------------------------------------------------


def purpose_label(_: Texts, purpose: str) -> str:
    return {
        Purpose.ATTRACT: _("attract"),
        Purpose.CONVINCE: _("convince"),
        Purpose.RETAIN: _("retain"),
    }[Purpose(purpose)]


def activity_status(_: Texts, status: str) -> str:
    """How far it is, of an activity."""
    return {
        Status.PLANNED: _("planned"),
        Status.RUNNING: _("running"),
        Status.FINISHED: _("finished"),
        Status.CANCELLED: _("cancelled"),
    }[Status(status)]


def kind_label(_: Texts, kind: Kind) -> str:
    return {
        Kind.SPEND: _("Spend"),
        Kind.LEADS: _("Leads"),
        Kind.MEETINGS: _("Meetings"),
        Kind.FIRST_DEALS: _("First deals"),
        Kind.REPEAT_DEALS: _("Repeat deals"),
        Kind.FIRST_REVENUE: _("Revenue of first deals"),
        Kind.REPEAT_REVENUE: _("Revenue of repeat deals"),
    }[kind]


def flag_label(_: Texts, flag: Flag) -> str:
    return {
        Flag.OVER_BUDGET: _(":red_circle: over budget"),
        Flag.LATE_START: _(":hourglass: should have begun"),
        Flag.LATE_END: _(":hourglass: should have ended"),
        Flag.NO_RESULTS: _(":warning: ended without results"),
    }[flag]


def undefined(_: Texts, why: Undefined) -> str:
    """Why a ratio is undefined."""
    return {
        Undefined.NOTHING_PLANNED: _("nothing planned"),
        Undefined.PLANNED_NOUGHT: _("zero planned"),
        Undefined.NOTHING_RECORDED: _("nothing recorded yet"),
        Undefined.NO_SPEND_RECORDED: _("undefined: no spend recorded"),
        Undefined.NO_LEADS: _("undefined: no leads"),
        Undefined.NO_MEETINGS: _("undefined: no meetings"),
        Undefined.NO_DEALS: _("undefined: no deals"),
        Undefined.NO_REVENUE_RECORDED: _("undefined: no revenue recorded"),
        Undefined.NOTHING_SPENT: _("undefined: nothing was spent"),
    }[why]


# --- amounts and ratios ------------------------------------------------------------------------------------


def quantity(_: Texts, kind: Kind, amount: int, currency: str) -> str:
    """A sum as the language writes it: money or a number."""
    return _.money(amount, currency) if kind.is_money else _.number(amount)


def money_ratio(_: Texts, ratio: Ratio, currency: str) -> str:
    """An amount for each, rounded to the currency's minor unit; or why there is none."""
    if isinstance(ratio, Undefined):
        return undefined(_, ratio)
    return _.money(round(ratio), currency)


def return_ratio(_: Texts, ratio: Ratio, currency: str) -> str:
    """«€3.20 for each €1»; or why there is none."""
    if isinstance(ratio, Undefined):
        return undefined(_, ratio)
    unit = 10 ** get_currency_precision(currency)
    return _(
        "{revenue} for each {unit}",
        revenue=_.money(round(ratio * unit), currency),
        unit=_.money(unit, currency),
    )


def share_text(_: Texts, ratio: Ratio) -> str:
    """«64%»; or why there is none."""
    if isinstance(ratio, Undefined):
        return undefined(_, ratio)
    return _.percent(to_decimal(ratio, 4))


def of_plan(_: Texts, kind: Kind, actual: int | None, planned: int | None, currency: str) -> str:
    """«€3,200 of €5,000 (64%)», as far as there is a plan and an actual figure."""
    if actual is None and planned is None:
        return _("nothing planned, nothing recorded yet")
    if actual is None:
        assert planned is not None
        return _("nothing recorded yet of {planned}", planned=quantity(_, kind, planned, currency))
    said = quantity(_, kind, actual, currency)
    if planned is None:
        return _("{actual} (nothing planned)", actual=said)
    whole = quantity(_, kind, planned, currency)
    if not planned:
        return _("{actual} of {planned}", actual=said, planned=whole)
    share = _.percent(to_decimal(Fraction(actual, planned), 4))
    return _("{actual} of {planned} ({share})", actual=said, planned=whole, share=share)


def ratio_lines(_: Texts, totals: Totals) -> list[str]:
    """What it cost for each result, and what it brought for each unit of cost."""
    currency = totals.currency
    return [
        _("Cost per lead: {amount}", amount=money_ratio(_, totals.cost_per_lead, currency)),
        _("Cost per meeting: {amount}", amount=money_ratio(_, totals.cost_per_meeting, currency)),
        _("Cost per deal: {amount}", amount=money_ratio(_, totals.cost_per_deal, currency)),
        _("Revenue per unit of cost: {amount}", amount=return_ratio(_, totals.return_on_cost, currency)),
    ]


# --- one activity ------------------------------------------------------------------------------------------


def title_of(figures: Figures) -> str:
    """The title, inert."""
    return slacktext.inert_mrkdwn(figures.activity.title, {}, TITLE)


def dates(_: Texts, first: date, last: date) -> str:
    return f"{_.full_day(first)} – {_.full_day(last)}"


def headline(_: Texts, shown: Shown) -> str:
    """«running · to convince · 1 Mar 2026 – 31 Mar 2026 · Mia»."""
    one = shown.figures.activity
    parts = [
        activity_status(_, one.status),
        purpose_label(_, one.purpose),
        dates(_, one.starts_on, one.ends_on),
        slacktext.inert_mrkdwn(shown.names.get(one.owner_id, ""), {}, 60) or _("a colleague"),
    ]
    return " · ".join(parts)


def flags_line(_: Texts, shown: Shown) -> str:
    return " · ".join(flag_label(_, flag) for flag in shown.figures.flags(shown.today))


def gist(_: Texts, figures: Figures) -> str:
    """One line of figures: spend against budget, and what came."""
    one, totals = figures.activity, figures.totals
    parts = [
        _("Spent: {amount}", amount=of_plan(_, Kind.SPEND, totals.spend, one.planned_budget, one.currency))
    ]
    for kind in RESULTS:
        actual = totals.get(kind)
        if actual is not None:
            parts.append(f"{kind_label(_, kind)}: {quantity(_, kind, actual, one.currency)}")
    return " · ".join(parts)


def figure_lines(_: Texts, shown: Shown) -> list[str]:
    """Plan against actual: budget, time, and each result that was planned or came."""
    figures, one = shown.figures, shown.figures.activity
    totals = figures.totals
    budget = of_plan(_, Kind.SPEND, totals.spend, one.planned_budget, one.currency)
    lines = [_("Budget: {amount}", amount=budget), _time_line(_, shown)]
    for kind in RESULTS:
        actual, planned = totals.get(kind), figures.plan.get(kind)
        if actual is not None or planned is not None:
            said = of_plan(_, kind, actual, planned, one.currency)
            lines.append(f"{kind_label(_, kind)}: {said}")
    return lines


def _time_line(_: Texts, shown: Shown) -> str:
    planned, run = shown.figures.planned_days, shown.figures.days_run(shown.today)
    whole = _.plural("{n} day planned", "{n} days planned", planned)
    if run is None:
        return _("Time: {planned}, not begun", planned=whole)
    share = share_text(_, shown.figures.time_share(shown.today))
    return _("Time: day {day} of the {planned} ({share})", day=_.number(run), planned=whole, share=share)


def activity_card(_: Texts, shown: Shown, word: Sequence[str] = ()) -> dict[str, Any]:
    """One activity with its figures and entries, as a form whose buttons act. `word`: what sales says."""
    figures, one = shown.figures, shown.figures.activity
    blocks: list[Block] = [
        HeaderBlock(text=PlainTextObject(text=slacktext.shorten(one.title, TITLE), emoji=False)),
        mrkdwn(headline(_, shown)),
    ]
    if flags := flags_line(_, shown):
        blocks.append(mrkdwn(f"*{flags}*"))
    if one.cancel_reason:
        reason = slacktext.inert_mrkdwn(one.cancel_reason, shown.names, 500)
        blocks.append(mrkdwn(_("Cancelled because: {reason}", reason=reason)))
    if figures.insight_numbers:
        blocks.append(_context(led_to(_, figures)))
    blocks += [
        mrkdwn("\n".join([_("*Plan and actual*"), *figure_lines(_, shown)])),
        mrkdwn("\n".join([_("*Ratios*"), *ratio_lines(_, figures.totals)])),
    ]
    if word:
        blocks.append(mrkdwn("\n".join([_("*Sales' word*"), *word])))
    if shown.may_change:
        blocks.append(_card_buttons(_, shown))
    blocks += _entries(_, shown)
    return modal(View.ACTIVITY_CARD, _("Activity"), blocks, close=_("Close"), private_metadata=str(one.id))


def led_outcome(_: Texts, activity: Activity) -> str:
    """The outcome of an insight that an activity came of: plain, since it is kept as stored text."""
    when = dates(_, activity.starts_on, activity.ends_on)
    return _("Led to the activity “{title}” ({dates}).", title=activity.title, dates=when)


def stopped_outcome(_: Texts, activity: Activity) -> str:
    """And what it says once that activity is cancelled."""
    return _(
        "The activity “{title}” that came of it was cancelled: {reason}",
        title=activity.title,
        reason=activity.cancel_reason or "",
    )


def agenda_lines(_: Texts, found: Sequence[Figures], today: date) -> list[str]:
    """A line for each activity, for an agenda or digest: state, cost, result, what must be looked at."""
    lines = []
    for figures in found:
        one = figures.activity
        parts = [bold(title_of(figures)), activity_status(_, one.status), gist(_, figures)]
        if figures.totals.spend is not None or figures.totals.revenue is not None:
            parts.append(return_ratio(_, figures.totals.return_on_cost, one.currency))
        parts += [flag_label(_, flag) for flag in figures.flags(today)]
        lines.append(" · ".join(parts))
    return lines


def led_to(_: Texts, figures: Figures) -> str:
    """Which insights gave rise to it."""
    return _("Led to by {numbers}", numbers=numbers_of(figures))


def numbers_of(figures: Figures) -> str:
    """The numbers of the insights that gave rise to it."""
    return ", ".join(f"#{number}" for number in figures.insight_numbers[:20])


def _card_buttons(_: Texts, shown: Shown) -> ActionsBlock:
    one = shown.figures.activity
    status, value = Status(one.status), str(one.id)
    buttons = [ButtonElement(text=_("Add spend"), action_id=Action.ACTIVITY_SPEND, value=value)]
    if status is not Status.CANCELLED:
        buttons.append(ButtonElement(text=_("Add result"), action_id=Action.ACTIVITY_RESULT, value=value))
        buttons.append(ButtonElement(text=_("Change plan"), action_id=Action.ACTIVITY_EDIT, value=value))
    if status is Status.PLANNED:
        start = ButtonElement(text=_("Start"), action_id=Action.ACTIVITY_START, value=value, style="primary")
        buttons.append(start)
    if status is Status.RUNNING:
        sure = ConfirmObject(
            title=_("Finish this activity?"),
            text=PlainTextObject(text=_("Its sales channels are then asked whether it helped them sell.")),
            confirm=_("Finish"),
            deny=_("Not yet"),
        )
        buttons.append(
            ButtonElement(text=_("Finish"), action_id=Action.ACTIVITY_FINISH, value=value, confirm=sure)
        )
    if status in (Status.PLANNED, Status.RUNNING):
        buttons.append(ButtonElement(text=_("Cancel …"), action_id=Action.ACTIVITY_STOP, value=value))
    return ActionsBlock(elements=buttons)


def _entries(_: Texts, shown: Shown) -> list[Block]:
    entries = shown.figures.entries
    if not entries:
        return [_context(_("Nothing entered yet."))]
    corrected = {one.corrects_id for one in entries}
    newest = list(reversed(entries))[:MOST_ENTRIES]
    lines = [_entry_line(_, shown, one, is_corrected=one.id in corrected) for one in newest]
    blocks: list[Block] = [DividerBlock(), mrkdwn(_("*Entries, newest first*"))]
    blocks += [_context(line) for line in lines]
    if len(entries) > MOST_ENTRIES:
        rest = _.number(len(entries) - MOST_ENTRIES)
        blocks.append(_context(_("And {n} more in the ledger of the report.", n=rest)))
    if shown.may_change:
        blocks.append(_correct_menu(_, shown))
    return blocks


def _entry_line(_: Texts, shown: Shown, entry: Entry, *, is_corrected: bool) -> str:
    parts = [_.short_day(entry.on_date), f"*{entry_amount(_, shown, entry)}*"]
    if entry.note:
        parts.append(slacktext.inert_mrkdwn(entry.note, shown.names, 200))
    parts.append(slacktext.inert_mrkdwn(shown.names.get(entry.entered_by, ""), {}, 60) or _("a colleague"))
    if entry.corrects_id is not None:
        parts.append(_("a correction"))
    line = " · ".join(parts)
    return _("(corrected, no longer counts) {entry}", entry=line) if is_corrected else line


def entry_amount(_: Texts, shown: Shown, entry: Entry) -> str:
    """«Spend: €92.00 (US$100.00 at 0.92)»."""
    kind, currency = Kind(entry.kind), shown.figures.activity.currency
    said = f"{kind_label(_, kind)}: {quantity(_, kind, entry.amount, currency)}"
    if entry.given_currency and entry.given_amount is not None and entry.rate:
        given = _.money(entry.given_amount, entry.given_currency)
        said += " " + _("({amount} at {rate})", amount=given, rate=_.decimal(Decimal(entry.rate)))
    return said


def _correct_menu(_: Texts, shown: Shown) -> ActionsBlock:
    options: list[Option] = [
        option(
            f"{_.short_day(one.on_date)} · {entry_amount(_, shown, one)}",
            f"{one.activity_id}:{one.id}",
        )
        for one in list(reversed(shown.figures.standing))[:MOST_CORRECTABLE]
    ]
    menu = StaticSelectElement(
        action_id=Action.ACTIVITY_CORRECT, placeholder=_("Correct an entry …"), options=options
    )
    return ActionsBlock(elements=[menu])


# --- lists -------------------------------------------------------------------------------------------------


def activity_entry(_: Texts, shown: Shown) -> list[Block]:
    """One activity in a list: title, state, gist, and the button that opens it."""
    one = shown.figures.activity
    lines = [f"*{title_of(shown.figures)}*", headline(_, shown), gist(_, shown.figures)]
    if flags := flags_line(_, shown):
        lines.append(flags)
    button = ButtonElement(text=_("Open"), action_id=Action.ACTIVITY_OPEN, value=str(one.id))
    return [mrkdwn("\n".join(lines), accessory=button)]


def activity_list(
    _: Texts, entries: Sequence[Shown], total: int, *, offset: int, size: int, new_for: str | None
) -> dict[str, Any]:
    """A page of activities; `new_for`: the bridge for which the reader may plan another one."""
    title = _("*Activities*")
    if total:
        title += " · " + _.plural("{n} activity", "{n} activities", total)
    else:
        title += "\n" + _("None is planned yet.")
    blocks: list[Block] = [mrkdwn(title)]
    for shown in entries:
        blocks += [DividerBlock(), *activity_entry(_, shown)]
    buttons = []
    if new_for is not None:
        buttons.append(new_button(_, new_for))
    last = offset + len(entries)
    if last < total:
        more = ButtonElement(text=_("More activities"), action_id=Action.ACTIVITY_PAGE, value=str(last))
        buttons.append(more)
    elif offset:
        first = ButtonElement(text=_("Back to the first"), action_id=Action.ACTIVITY_PAGE, value="0")
        buttons.append(first)
    if buttons:
        blocks.append(ActionsBlock(elements=buttons))
    return message(_("Activities"), blocks)


def currency_chosen(_: Texts, bridge_name: str, currency: str) -> dict[str, Any]:
    """In which currency the bridge plans from now on."""
    text = _(
        "“{bridge}” now plans in {currency}. Activities that exist keep their currency, and sums in two "
        "currencies are never added up.",
        bridge=slacktext.inert_mrkdwn(bridge_name, {}, 80),
        currency=currency,
    )
    return message(text, [mrkdwn(text)])


def new_button(_: Texts, bridge_id: str) -> ButtonElement:
    return ButtonElement(
        text=_("Plan an activity"), action_id=Action.ACTIVITY_NEW, value=bridge_id, style="primary"
    )


def _context(text: str) -> ContextBlock:
    return ContextBlock(elements=[MarkdownTextObject(text=text, verbatim=True)])
