"""The report on activities: a head with figures, chart and table, and what marketing alone sees. Pure."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Final

from babel.numbers import get_currency_precision
from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, ContextBlock, HeaderBlock
from slack_sdk.models.blocks.basic_components import MarkdownTextObject, PlainTextObject

from bot import slacktext
from bot.activities.figures import Figures
from bot.activities.kinds import RESULTS, Kind, Purpose
from bot.activities.ratios import Undefined
from bot.activities.report import Part, Report
from bot.i18n import Texts
from bot.ids import Action
from bot.messages.activities import (
    activity_status,
    dates,
    flag_label,
    kind_label,
    money_ratio,
    numbers_of,
    of_plan,
    purpose_label,
    quantity,
    ratio_lines,
    return_ratio,
    title_of,
)
from bot.messages.activity_asking import word_lines
from bot.messages.common import message, mrkdwn
from bot.messages.data_blocks import MOST_LABEL, BarChartBlock, Cell, DataTableBlock, plain_table
from bot.variants import with_plainer
from storage.bridges import DEFAULT_NAME

TITLE: Final = 60  # characters of a title in table and lists
MOST_TABLE: Final = 5_000  # characters of the table: a message holds about 13,200
MOST_LIST: Final = 2_800  # characters of a section
MOST_PLANNED: Final = 10


def report_post(_: Texts, report: Report) -> dict[str, Any]:
    """The report as a post: with chart and sortable table, and in plainer forms where these are refused."""
    title = report_title(_, report)
    if not report.ran and not report.planned:
        text = _("*{title}*: no activity ran, and none is planned.", title=title)
        return message(f"{slacktext.inert_mrkdwn(title, {}, 150)}", [mrkdwn(text)])
    above, below = _above(_, report), _below(_, report)
    chart, rows = _chart(_, report), _rows(_, report)
    if len(rows) == 1:
        return message(title, [*above, *below])
    table = DataTableBlock(caption=_("Figures of each activity"), rows=rows)
    plain = [*above, *_in_words(_, report), *below]
    return with_plainer(
        message(title, [*above, *chart, table, *below]),
        *([[*above, table, *below]] if chart else []),
        [*above, plain_table(rows), *below],
        plain,
    )


def report_preview(_: Texts, channel: Texts, report: Report, send_value: str | None) -> dict[str, Any]:
    """The report as the channels would see it, its figures in words; for who may, *Send now*."""
    blocks: list[Block] = [_context(_("Only you see this preview."))]
    if not report.ran and not report.planned:
        title = report_title(channel, report)
        blocks.append(mrkdwn(channel("*{title}*: no activity ran, and none is planned.", title=title)))
    else:
        blocks += [*_above(channel, report), *_in_words(channel, report), *_below(channel, report)]
    if send_value is not None:
        send = ButtonElement(
            text=_("Send now"), action_id=Action.ACTIVITY_SEND, value=send_value, style="primary"
        )
        blocks.append(ActionsBlock(elements=[send]))
    return message(_("Preview of the report"), blocks)


def report_details(_: Texts, report: Report) -> dict[str, Any] | None:
    """For the thread in the marketing channel: what sales said, with deals and comments; None: nothing."""
    blocks: list[Block] = []
    for figures in report.ran:
        asked, given = report.word_of(figures)
        if any(one.deal or one.comment for one in given):
            lines = word_lines(_, asked, given, report.names, with_details=True)
            blocks.append(mrkdwn(_paragraph([f"*{title_of(figures)}*", *lines])))
    if not blocks:
        return None
    return message(_("What sales said"), [mrkdwn(_("*What sales said*")), *blocks[:20]])


def report_title(_: Texts, report: Report) -> str:
    """«Activities in March 2026: EMEA», inert."""
    days = report.days
    span = _.month(days.first) if days.is_month else dates(_, days.first, days.last)
    if report.bridge.name == DEFAULT_NAME:
        return _("Activities: {span}", span=span)
    name = slacktext.inert_mrkdwn(report.bridge.name, {}, TITLE)
    return _("Activities: {span}, {bridge}", span=span, bridge=name)


# --- above and below the table -----------------------------------------------------------------------------


def _above(_: Texts, report: Report) -> list[Block]:
    count = _.plural("{n} activity", "{n} activities", len(report.ran))
    days = report.days
    title = slacktext.shorten(slacktext.unescape(report_title(_, report)), 150)
    blocks: list[Block] = [
        HeaderBlock(text=PlainTextObject(text=title, emoji=False)),
        _context(f"{dates(_, days.first, days.last)} · {count}"),
    ]
    for part in report.parts:
        blocks += [mrkdwn("\n".join(_essentials(_, part))), mrkdwn("\n".join(_by_purpose(_, part)))]
    if report.ran:
        blocks.append(mrkdwn("\n".join(_best_and_worst(_, report))))
    return blocks


def _essentials(_: Texts, part: Part) -> list[str]:
    now, so_far, currency = part.in_period, part.so_far, part.currency
    brought = [
        f"{kind_label(_, kind)}: {quantity(_, kind, amount, currency)}"
        for kind in RESULTS
        if (amount := now.get(kind)) is not None
    ]
    spent = _("no spend recorded") if now.spend is None else _.money(now.spend, currency)
    budget = of_plan(_, Kind.SPEND, so_far.spend, part.budget, currency)
    return [
        _("*Cost in this time: {amount}*", amount=spent),
        _("*Brought: {results}*", results=", ".join(brought) or _("nothing recorded yet")),
        _("Spent so far, of all that ran: {amount}", amount=budget),
        *ratio_lines(_, so_far),
    ]


def _by_purpose(_: Texts, part: Part) -> list[str]:
    lines = [_("*By purpose, so far*")]
    for purpose in Purpose:
        some = part.of_purpose(purpose)
        if not some.figures:
            continue
        spent = of_plan(_, Kind.SPEND, some.so_far.spend, some.budget, part.currency)
        brought = return_ratio(_, some.so_far.return_on_cost, part.currency)
        lines.append(f"• {purpose_label(_, purpose)}: {spent} · {brought}")
    return lines


def _best_and_worst(_: Texts, report: Report) -> list[str]:
    """By revenue per unit of cost, so far: a ratio has no currency."""
    ranked = report.ranked
    if not ranked:
        return [_("*Best and worst ratio*: undefined, of none are both cost and revenue known.")]
    best = _("*Best ratio*: {activity}", activity=_ranked(_, *ranked[0]))
    if len(ranked) == 1:
        return [best, _("*Worst ratio*: there is no other to compare with.")]
    return [best, _("*Worst ratio*: {activity}", activity=_ranked(_, *ranked[-1]))]


def _ranked(_: Texts, ratio: Fraction, figures: Figures) -> str:
    title = slacktext.inert_mrkdwn(figures.activity.title, {}, TITLE)
    return f"{title}, {return_ratio(_, ratio, figures.activity.currency)}"


def _below(_: Texts, report: Report) -> list[Block]:
    blocks: list[Block] = []
    flagged = [
        f"• {title_of(one)}: {', '.join(flag_label(_, flag) for flag in flags)}"
        for one in (*report.ran, *report.planned)
        if (flags := one.flags(report.today))
    ]
    unique = list(dict.fromkeys(flagged))
    if unique:
        blocks.append(mrkdwn(_paragraph([_("*To look at*"), *unique])))
    said = [line for one in report.ran if (line := _word(_, report, one))]
    if said:
        blocks.append(mrkdwn(_paragraph([_("*Did it help to sell?*"), *said])))
    led = [f"• {title_of(one)}: {numbers_of(one)}" for one in report.ran if one.insight_numbers]
    if led:
        blocks.append(mrkdwn(_paragraph([_("*Came of what sales told*"), *led])))
    blocks.append(mrkdwn(_paragraph(_planned(_, report.planned))))
    return blocks


def _word(_: Texts, report: Report, figures: Figures) -> str:
    asked, given = report.word_of(figures)
    lines = word_lines(_, asked, given, report.names, with_details=False)
    return f"• {title_of(figures)}: {'; '.join(lines)}" if lines else ""


def _planned(_: Texts, planned: Sequence[Figures]) -> list[str]:
    if not planned:
        return [_("*Planned*: nothing yet.")]
    lines = [_("*Planned*")]
    for figures in planned[:MOST_PLANNED]:
        one = figures.activity
        budget = _("no budget planned")
        if one.planned_budget is not None:
            budget = _.money(one.planned_budget, one.currency)
        when = dates(_, one.starts_on, one.ends_on)
        lines.append(f"• {title_of(figures)} · {purpose_label(_, one.purpose)} · {when} · {budget}")
    if len(planned) > MOST_PLANNED:
        lines.append(_("And {n} more: `/frontline activity list`", n=_.number(len(planned) - MOST_PLANNED)))
    return lines


# --- chart, table, words -----------------------------------------------------------------------------------


def _chart(_: Texts, report: Report) -> list[Block]:
    """Planned and actual money by purpose, in whole units of the currency that most activities have."""
    part = max(report.parts, key=lambda one: len(one.figures), default=None)
    if part is None:
        return []
    some = [(purpose, part.of_purpose(purpose)) for purpose in Purpose]
    some = [(purpose, one) for purpose, one in some if one.figures]
    planned = [_whole(one.budget, part.currency) for _purpose, one in some]
    spent = [_whole(one.so_far.spend, part.currency) for _purpose, one in some]
    if not any(planned) and not any(spent):
        return []
    return [
        BarChartBlock(
            title=_("Planned and spent by purpose, {currency}", currency=part.currency)[:50],
            categories=[purpose_label(_, purpose)[:MOST_LABEL] for purpose, _one in some],
            series=[(_("Planned budget")[:MOST_LABEL], planned), (_("Spent so far")[:MOST_LABEL], spent)],
        )
    ]


def _whole(amount: int | None, currency: str) -> int:
    return round(Fraction(amount or 0, 10 ** get_currency_precision(currency)))


def _rows(_: Texts, report: Report) -> list[list[Cell]]:
    """The header, and a row for each activity as long as they fit."""
    names = (
        _("Activity"),
        _("Purpose"),
        _("State"),
        _("Spent in this time"),
        _("Spent so far"),
        _("Planned budget"),
        _("Leads"),
        _("Meetings"),
        _("Deals"),
        _("Revenue"),
        _("Cost per lead"),
        _("Cost per deal"),
        _("Revenue per cost"),
    )
    rows = [[Cell(name) for name in names]]
    used = sum(len(name) for name in names)
    for figures in report.ran:
        row = _row(_, report, figures)
        used += sum(len(cell.text) for cell in row)
        if used > MOST_TABLE:
            break
        rows.append(row)
    return rows


def _row(_: Texts, report: Report, figures: Figures) -> list[Cell]:
    one, totals = figures.activity, figures.totals
    now = figures.totals_of(report.days.first, report.days.last)
    currency = one.currency

    def money(amount: int | None) -> Cell:
        return Cell("–") if amount is None else Cell(_.money(amount, currency), amount)

    def number(amount: int | None) -> Cell:
        return Cell("–") if amount is None else Cell(_.number(amount), amount)

    return [
        Cell(slacktext.shorten(one.title, TITLE)),
        Cell(purpose_label(_, one.purpose)),
        Cell(activity_status(_, one.status)),
        money(now.spend),
        money(totals.spend),
        money(one.planned_budget),
        number(totals.get(Kind.LEADS)),
        number(totals.get(Kind.MEETINGS)),
        number(totals.deals),
        money(totals.revenue),
        _ratio_cell(_, totals.cost_per_lead, currency),
        _ratio_cell(_, totals.cost_per_deal, currency),
        Cell(return_ratio(_, totals.return_on_cost, currency)),
    ]


def _ratio_cell(_: Texts, ratio: Fraction | Undefined, currency: str) -> Cell:
    said = money_ratio(_, ratio, currency)
    return Cell(said) if isinstance(ratio, Undefined) else Cell(said, round(ratio))


def _in_words(_: Texts, report: Report) -> list[Block]:
    """What the table says, for workspaces that take no table, and for previews."""
    lines: list[str] = []
    for figures in report.ran:
        one, totals = figures.activity, figures.totals
        spent = of_plan(_, Kind.SPEND, totals.spend, one.planned_budget, one.currency)
        parts = [
            f"• *{title_of(figures)}*",
            purpose_label(_, one.purpose),
            activity_status(_, one.status),
            spent,
        ]
        parts += [
            f"{kind_label(_, kind)}: {quantity(_, kind, amount, one.currency)}"
            for kind in RESULTS
            if (amount := totals.get(kind)) is not None
        ]
        parts.append(return_ratio(_, totals.return_on_cost, one.currency))
        lines.append(" · ".join(parts))
    return [mrkdwn(_paragraph([_("*Figures of each activity*"), *lines]))] if lines else []


def _paragraph(lines: Sequence[str]) -> str:
    """As many lines as a section holds; what is left out is marked."""
    kept: list[str] = []
    used = 0
    for line in lines:
        used += len(line) + 1
        if used > MOST_LIST:
            return "\n".join([*kept, "…"])
        kept.append(line)
    return "\n".join(kept)


def _context(text: str) -> ContextBlock:
    return ContextBlock(elements=[MarkdownTextObject(text=text, verbatim=True)])
