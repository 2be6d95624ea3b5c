"""A digest's chart: what came in by category, this period beside the one before. Pure."""

from collections.abc import Iterable
from typing import Final

from bot import slacktext
from bot.bridges.categories import name_of
from bot.digests.compile import Digest
from bot.i18n import Texts
from bot.messages.data_blocks import MOST_LABEL, BarChartBlock

MOST_CATEGORIES: Final = 20  # of Slack's chart


def category_chart(_: Texts, digest: Digest) -> BarChartBlock | None:
    """The chart without the categories that were empty in both periods; None where all were.

    Of more than 20 categories it shows the 20 in which most came in.
    """
    parts = [part for part in digest.categories if part.count or (digest.is_compared and part.before)]
    if not parts:
        return None
    most = sorted(parts, key=lambda part: (-part.count, -part.before))[:MOST_CATEGORIES]
    shown = [part for part in parts if part in most]
    series = [(_("This period"), [part.count for part in shown])]
    if digest.is_compared:
        series.append((_("The one before"), [part.before for part in shown]))
    names = (slacktext.plain(name_of(digest.bridge, part.key, _), {}) for part in shown)
    return BarChartBlock(title=_("Insights by category"), categories=labels(names), series=series)


def labels(names: Iterable[str]) -> list[str]:
    """Names cut to what a chart shows, each different from the others: Slack finds values by their label."""
    told: list[str] = []
    for name in names:
        label, nth = slacktext.shorten(name.strip() or "–", MOST_LABEL), 1
        while label in told:
            nth += 1
            label = slacktext.shorten(name, MOST_LABEL - len(f" {nth}")) + f" {nth}"
        told.append(label)
    return told
