"""Compiles what a bridge's digest says: a frozen value, the same for post, preview and chart."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Final

from sqlalchemy import Connection

from bot.activities.figures import Figures, local_day
from bot.activities.under_way import under_way
from bot.bridges.categories import REQUEST
from bot.coverage.compile import Coverage, coverage_of, span_of
from bot.digests.period import Period
from bot.digests.schedule import Frequency
from bot.insights.words import names_in
from bot.meetings.regularity import Regularity, regularity_of
from bot.themes.moving import Moving, as_held, moving_themes, shown_in
from storage import digests, meetings, workspace
from storage.bridges import Bridge
from storage.digests import Compared, Totals, Touched, Waiting
from storage.insights import Insight

BEST_OF_CATEGORY: Final = 5
MOST_TOUCHED: Final = 20
MOST_WAITING: Final = 10
MOST_UNTOUCHED: Final = 5


@dataclass(frozen=True)
class CategoryPart:
    """What came in under one category."""

    key: str
    count: int
    before: int  # in the period before
    quotes: tuple[Insight, ...]  # the best, best first
    history: int = 0  # in the two periods before


@dataclass(frozen=True)
class Queue:
    """What waits: how much of it, and the oldest."""

    count: int
    is_more: bool  # there are more than `count`
    oldest: tuple[Insight, ...]


@dataclass(frozen=True)
class Digest:
    """A bridge's report on a period."""

    bridge: Bridge
    period: Period
    totals: Totals
    total_before: int
    is_compared: bool  # False: there was no bridge yet in the period before
    knows_new: bool  # there was a bridge in both periods before, so that what is new can be told
    categories: tuple[CategoryPart, ...]  # the bridge's, in its order, then others that came in
    customers: tuple[Touched, ...]
    competitors: tuple[Touched, ...]
    requests: Queue  # neither done nor declined
    untouched: Queue  # nobody has acted on them; `oldest` leaves out what is quoted already
    activities: tuple[Figures, ...]  # under way, in a monthly digest
    names: Mapping[str, str]  # of authors, and of people and channels mentioned
    themes: tuple[Moving, ...] = ()  # those with most insights of the period
    meetings: tuple[tuple[str, Regularity], ...] = ()  # title and regularity of each, in a monthly digest
    coverage: Coverage | None = None  # by sales channel, of a week at least

    @property
    def is_quiet(self) -> bool:
        return self.totals.insights == 0


def compile_digest(
    connection: Connection, bridge: Bridge, period: Period, *, to_be_posted: bool = False
) -> Digest:
    """Compile the digest in a constant number of queries.

    `to_be_posted`: the transaction also writes the post, so the quoted texts must not change meanwhile.
    """
    counts = digests.counts_by_category(connection, bridge.id, period.span)
    before = digests.counts_by_category(connection, bridge.id, period.before)
    history = digests.counts_by_category(connection, bridge.id, period.history)
    compared = Compared(period.span, period.before, period.history)
    best = digests.best_of_categories(connection, bridge.id, period.span, BEST_OF_CATEGORY)
    requests = digests.waiting(connection, bridge.id, digests.OPEN, REQUEST)
    untouched = digests.waiting(connection, bridge.id, digests.UNTOUCHED)
    requests_shown = requests.ids[:MOST_WAITING]
    quoted = {*chain.from_iterable(best.values()), *requests_shown}
    others = [one for one in untouched.ids if one not in quoted][:MOST_UNTOUCHED]
    team_id = digests.team_of(connection, bridge.id)
    moving = moving_themes(connection, team_id, bridge, period.start, period.end, period.before.start)
    wanted = {*quoted, *others, *shown_in(moving)}
    known = digests.with_text(connection, wanted, to_be_posted=to_be_posted)
    return Digest(
        bridge=bridge,
        period=period,
        totals=digests.totals(connection, bridge.id, period.span),
        total_before=sum(before.values()),
        is_compared=bool(before) or bridge.created_at <= period.before.start,
        knows_new=bridge.created_at <= period.history.start,
        categories=tuple(
            CategoryPart(
                key=key,
                count=counts.get(key, 0),
                before=before.get(key, 0),
                quotes=_pick(known, best.get(key, ())),
                history=history.get(key, 0),
            )
            for key in _keys(bridge, {*counts, *before})
        ),
        customers=tuple(digests.customers(connection, bridge.id, compared, MOST_TOUCHED)),
        competitors=tuple(digests.competitors(connection, bridge.id, compared, MOST_TOUCHED)),
        requests=_queue(requests, _pick(known, requests_shown)),
        untouched=_queue(untouched, _pick(known, others)),
        activities=_activities(connection, bridge, period),
        meetings=_meetings(connection, bridge, period),
        names=_names(connection, team_id, known.values()),
        themes=as_held(moving, known),
        coverage=coverage_of(connection, [bridge.id], span_of(period.span))[bridge.id],
    )


def _activities(connection: Connection, bridge: Bridge, period: Period) -> tuple[Figures, ...]:
    if period.frequency is not Frequency.MONTHLY:
        return ()
    since, today = local_day(bridge, period.start), local_day(bridge, period.end)
    return tuple(under_way(connection, bridge, since, today))


def _meetings(connection: Connection, bridge: Bridge, period: Period) -> tuple[tuple[str, Regularity], ...]:
    if period.frequency is not Frequency.MONTHLY:
        return ()
    return tuple(
        (one.title, regularity_of(connection, one, bridge, period.end))
        for one in meetings.series_of_bridges(connection, [bridge.id])
    )


def _keys(bridge: Bridge, used: set[str]) -> list[str]:
    """The active categories, and retired ones that something came in under."""
    own = [kind.key for kind in bridge.categories if not kind.is_retired or kind.key in used]
    return [*own, *sorted(used - set(own))]


def _queue(waiting: Waiting, oldest: tuple[Insight, ...]) -> Queue:
    return Queue(count=len(waiting.ids), is_more=waiting.is_more, oldest=oldest)


def _pick(known: Mapping[int, Insight], ids: Iterable[int]) -> tuple[Insight, ...]:
    return tuple(known[one] for one in ids if one in known)


def _names(connection: Connection, team_id: str, shown: Iterable[Insight]) -> Mapping[str, str]:
    quoted = list(shown)
    authors = {insight.author_id for insight in quoted if insight.author_id}
    mentioned = names_in(connection, team_id, (insight.text for insight in quoted))
    return {**mentioned, **workspace.names(connection, team_id, authors)}
