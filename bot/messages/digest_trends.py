"""How things move, as a digest says it: in numbers, since percentages of small numbers say little. Pure."""

from collections.abc import Mapping
from typing import Final, Protocol

from slack_sdk.models.blocks import Block

from bot import slacktext
from bot.digests.compile import Digest
from bot.digests.trends import Direction, Kind, Trend, trends
from bot.i18n import N_, Message, Texts
from bot.messages.common import mrkdwn
from bot.messages.digest_pages import paragraphs
from bot.messages.insights import category_label
from storage.digests import Touched

MOST_NAMED: Final = 5  # in one line of the head
NAME: Final = 60
_LINES: Final[Mapping[Direction, Message]] = {
    Direction.NEW: N_(":new: *New:* {named}"),
    Direction.GROWING: N_(":arrow_upper_right: *Growing:* {named}"),
    Direction.FADING: N_(":arrow_lower_right: *Fading:* {named}"),
}
_EMOJI: Final = {Kind.COMPETITOR: ":dart:", Kind.CUSTOMER: ":office:"}


class Counted(Protocol):
    """Anything counted in this period and in the one before."""

    @property
    def count(self) -> int: ...

    @property
    def before(self) -> int: ...


def trend_blocks(_: Texts, digest: Digest) -> list[Block]:
    """A line each for what is new, grows and fades; none where nothing does."""
    lines = []
    for way, line in _LINES.items():
        found = trends(digest, way)
        if found:
            named = [_named(_, digest, one) for one in found[:MOST_NAMED]]
            if len(found) > MOST_NAMED:
                named.append(_("and {n} more", n=_.number(len(found) - MOST_NAMED)))
            lines.append(_.say(Message(line.msgid, {"named": " · ".join(named)})))
    return [mrkdwn(text) for text in paragraphs(lines)]


def touched_line(_: Texts, digest: Digest, one: Touched) -> str:
    """«Acme: 4 (3 more) · deals worth €80,000.00»."""
    line = f"{slacktext.inert_mrkdwn(one.name, {}, NAME)}: {_.number(one.count)}{in_brackets(_, digest, one)}"
    if not one.deals:
        return line
    sums = " + ".join(_.money(deal.amount, deal.currency) for deal in one.deals)
    return line + " · " + _("deals at stake: {sums}", sums=sums)


def in_brackets(_: Texts, digest: Digest, one: Counted) -> str:
    """« (3 more)» than in the period before; nothing where there was none."""
    if not digest.is_compared:
        return ""
    if one.count == one.before:
        return " " + _("(no change)")
    if one.before == 0:
        return " " + _("(none last time)")
    if one.count > one.before:
        return " " + _("({n} more)", n=_.number(one.count - one.before))
    return " " + _("({n} fewer)", n=_.number(one.before - one.count))


def _named(_: Texts, digest: Digest, one: Trend) -> str:
    if one.kind is Kind.CATEGORY:
        name = category_label(_, digest.bridge, one.name)
    else:
        name = f"{_EMOJI[one.kind]} {slacktext.inert_mrkdwn(one.name, {}, NAME)}"
    movement = "" if one.direction is Direction.NEW else in_brackets(_, digest, one)
    return f"{name}: {_.number(one.count)}{movement}"
