"""Reads all insights anew, in batches, while Frontline runs, and finds their themes: `app.py reanalyse`."""

from collections.abc import Generator
from dataclasses import dataclass, replace
from time import monotonic
from typing import Final

from sqlalchemy import Connection

from bot.analysis.understand import Knowledge, knowledge_of, reread
from bot.clock import Clock
from bot.errors import OperatorError
from bot.insights.words import index_insight
from bot.say import Say
from bot.themes.again import regroup
from storage import analysis, bridges, insights
from storage.analysis import Scope
from storage.bridges import Bridge
from storage.database import Database
from storage.insights import Insight
from storage.rows import lock

BATCH: Final = 50  # insights in one transaction: others wait for no longer than that
LONGEST: Final = 0.2  # seconds in which themes are found in one transaction


@dataclass(frozen=True)
class Step:
    """What a batch came to."""

    read: int
    changed: int
    left: int


def reanalyse(
    database: Database, clock: Clock, team_id: str, bridge_name: str | None
) -> Generator[Step, None, None]:
    """Read batch by batch; ended in between, the next call goes on from there. Raises OperatorError.

    `find_themes` is to follow; where it has begun already, there is nothing to read.
    """
    scope = _scope(database, team_id, bridge_name)
    themes = replace(scope, themes=True)
    with database.writing() as connection:
        lock(connection, "reanalyse", scope.key)
        is_read = analysis.progress(connection, themes) is not None
        left = (
            0 if is_read else analysis.left(connection, scope, analysis.begin(connection, scope, clock.now()))
        )
    yield Step(0, 0, left)
    while not is_read:
        with database.writing() as connection:
            lock(connection, "reanalyse", scope.key)
            at = analysis.progress(connection, scope)
            found = analysis.batch(connection, scope, at, BATCH, to_be_read=True) if at else []
            if not found:
                analysis.end(connection, scope)
                analysis.begin(connection, themes, clock.now())
                return
            changed = _read(connection, clock, team_id, found)
            analysis.step(connection, scope, found[-1].id)
        left = max(0, left - len(found))
        yield Step(len(found), changed, left)


def find_themes(
    database: Database, clock: Clock, team_id: str, bridge_name: str | None
) -> Generator[Step, None, None]:
    """After `reanalyse`: find themes anew; ended in between, the next call goes on. Raises OperatorError."""
    scope = replace(_scope(database, team_id, bridge_name), themes=True)
    with database.writing() as connection:
        lock(connection, "reanalyse", scope.key)
        left = analysis.left(connection, scope, analysis.begin(connection, scope, clock.now()))
    yield Step(0, 0, left)
    while True:
        with database.writing() as connection:
            lock(connection, "reanalyse", scope.key)
            at = analysis.progress(connection, scope)
            found = analysis.batch(connection, scope, at, BATCH) if at else []
            if not found:
                analysis.end(connection, scope)
                return
            read = _regroup(connection, clock, team_id, found)
            analysis.step(connection, scope, found[read - 1].id)
        left = max(0, left - read)
        yield Step(read, 0, left)


def _regroup(connection: Connection, clock: Clock, team_id: str, found: list[Insight]) -> int:
    """Regroup as many as may be while others wait; how many."""
    say = Say(connection, team_id, clock.now(), clock.real(), "reanalyse")
    until = monotonic() + LONGEST
    for nth, insight in enumerate(found, start=1):
        regroup(connection, say, insight)
        if monotonic() >= until:
            return nth
    return len(found)


def _read(connection: Connection, clock: Clock, team_id: str, found: list[Insight]) -> int:
    known: dict[int, tuple[Bridge, Knowledge]] = {}
    changed = 0
    for insight in found:
        if insight.bridge_id not in known:
            bridge = bridges.bridge(connection, insight.bridge_id)
            assert bridge is not None
            known[insight.bridge_id] = bridge, knowledge_of(connection, bridge)
        if reread(connection, known[insight.bridge_id][0], insight, clock.now(), known[insight.bridge_id][1]):
            current = insights.by_id(connection, insight.id)
            assert current is not None
            index_insight(connection, team_id, current)
            changed += 1
    return changed


def _scope(database: Database, team_id: str, bridge_name: str | None) -> Scope:
    return Scope(team_id, None if bridge_name is None else _bridge_id(database, team_id, bridge_name))


def _bridge_id(database: Database, team_id: str, name: str) -> int:
    with database.reading() as connection:
        known = {one.name: one.id for one in bridges.all_bridges(connection, team_id)}
    if name not in known:
        names = ", ".join(sorted(known)) or "none yet"
        raise OperatorError(f"There is no bridge named {name}. Bridges: {names}.")
    return known[name]
