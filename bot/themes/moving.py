"""Themes that a period brought something for or that fell silent, with what a digest or an agenda says."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from typing import Final

from sqlalchemy import ColumnElement, Connection

from bot.themes.joining import title_for
from bot.themes.titles import Title
from storage import insights, themes
from storage.bridges import Bridge
from storage.insights import Insight
from storage.themes import EVERYTHING, Counted, Member

MOST_THEMES: Final = 5
MOST_SILENT: Final = 3  # themes
LEAST_SILENT: Final = 3  # insights in the period before; fewer, and silence says nothing
QUOTES: Final = 2  # of a theme


@dataclass(frozen=True)
class Moving:
    """A theme that something came in for, or that fell silent."""

    theme_id: int
    title: str  # empty: no member has words
    title_from: tuple[int, ...]  # id of the insight whose words the title is; empty: a person named it
    title_number: int | None  # of the insight whose words the title is; None: a person named the theme
    count: int  # in the period
    before: int  # in the one before
    ever: int
    quotes: tuple[Insight, ...]  # the newest of the period
    numbers: tuple[int, ...]  # of the period's insights; of one that fell silent, of all
    customers: tuple[str, ...]
    deals: Mapping[str, int]  # minor units at stake by currency

    @property
    def is_new(self) -> bool:
        """It began in this period."""
        return self.ever == self.count

    @property
    def is_growing(self) -> bool:
        """More came in than in the period before, by two at least: one more or less says nothing."""
        return not self.is_new and self.count >= self.before + 2


def as_held(found: Iterable[Moving], known: Mapping[int, Insight]) -> tuple[Moving, ...]:
    """The themes with names and quotes of these insights alone, which can't change until they are posted."""
    return tuple(
        replace(
            one,
            title=one.title if set(one.title_from) <= set(known) else "",
            quotes=tuple(known[quote.id] for quote in one.quotes if quote.id in known),
        )
        for one in found
    )


def shown_in(found: Iterable[Moving]) -> set[int]:
    """Ids of the insights whose words the themes show."""
    return {own for one in found for own in (*one.title_from, *(quote.id for quote in one.quotes))}


def moving_themes(
    connection: Connection,
    team_id: str,
    bridge: Bridge,
    start: datetime,
    end: datetime,
    before: datetime,
    *,
    shown: ColumnElement[bool] = EVERYTHING,
    most: int = MOST_THEMES,
    with_silent: bool = True,
) -> tuple[Moving, ...]:
    """The themes with most insights from `start` up to `end`, then those that fell silent.

    As things stood at `end`. `before` begins the period before.

    `shown`: which insights may be shown where they are told of; titles are made of these alone.
    """
    found = themes.counted(connection, bridge.id, start, end, before, shown, most)
    if with_silent:
        found += themes.fallen_silent(
            connection, bridge.id, start, end, before, shown, least=LEAST_SILENT, most=MOST_SILENT
        )
    ids = [one.theme_id for one in found]
    known, members = themes.by_ids(connection, ids), themes.members_of(connection, ids, shown, end_at=end)
    quoted = {one: _quoted(members[one], start, end) for one in ids}
    texts = {one.id: one for one in insights.with_ids(connection, list(chain.from_iterable(quoted.values())))}
    parts = []
    for one in found:
        inside = members[one.theme_id]
        worded = [member.id for member in inside if member.has_words]
        title = title_for(connection, team_id, known[one.theme_id], worded)
        quotes = tuple(texts[insight_id] for insight_id in quoted[one.theme_id])
        parts.append(_moving(one, title, inside, quotes, start, end))
    return tuple(parts)


def _quoted(members: Sequence[Member], start: datetime, end: datetime) -> list[int]:
    """The newest of the period that have words."""
    return [one.id for one in members if one.has_words and start <= one.created_at < end][:QUOTES]


def _moving(
    counted: Counted,
    title: Title,
    members: Sequence[Member],
    quotes: tuple[Insight, ...],
    start: datetime,
    end: datetime,
) -> Moving:
    inside = [one for one in members if start <= one.created_at < end]
    deals: dict[str, int] = {}
    for one in members:
        if one.deal_amount and one.deal_currency:
            deals[one.deal_currency] = deals.get(one.deal_currency, 0) + one.deal_amount
    return Moving(
        theme_id=counted.theme_id,
        title=title.text,
        title_from=() if title.insight_id is None else (title.insight_id,),
        title_number=next((one.number for one in members if one.id == title.insight_id), None),
        count=counted.count,
        before=counted.before,
        ever=counted.ever,
        quotes=quotes,
        numbers=tuple(one.number for one in inside or members),
        customers=tuple(dict.fromkeys(one.customer for one in members if one.customer)),
        deals=deals,
    )
