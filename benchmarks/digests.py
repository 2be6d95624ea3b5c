"""Compiling a digest: the same period's insights, out of a small store and out of a large one."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

import psycopg
from sqlalchemy import Connection, text

from benchmarks.measure import Aim, Figure, Report, figure, in_turns, pairs
from benchmarks.ours import only_bridge, open_services
from benchmarks.servers import postgres
from benchmarks.slackside import SALES, TEAM
from bot.digests.compile import compile_digest
from bot.digests.period import Period
from bot.digests.schedule import Frequency
from storage import workspace
from storage.database import Database
from storage.digests import Span
from storage.workspace import Person

NAME: Final = "digest"
GROWTH: Final = Aim(1.3, is_least=False)
NOW: Final = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
WEEK: Final = timedelta(days=7)
PEOPLE: Final = 50
MEANING: Final = (
    "Compiling a week's digest of {of_period:,} insights in a store of {large:,}, beside the same in a store "
    "of {small:,}: what Frontline has gathered over the years must not make it slower."
)

# The newest insight has age 1; each week has the same number of them. Most old ones are dealt with.
_FILL: Final = """
INSERT INTO insights (
    team_id, number, bridge_id, source, channel_id, message_ts, permalink, author_id, reporter_id, text,
    has_files, category, category_by, customer, competitors, is_urgent, status, supporter_count,
    said_at, created_at, changed_at
)
SELECT
    :team, :total - age + 1, :bridge, 'reaction', :channel, CAST({at} AS VARCHAR(12)) || '.000100',
    'https://acme.slack.com/archives/C1/p' || age, 'U' || (age % {people}), 'U' || (age * 7 % {people}),
    'Customer ' || (age % 300) || ' says that Globex gives <@U' || (age % {people}) || '> 25% off',
    {false}, {category}, 'flag', CASE WHEN age % 3 = 0 THEN 'Customer ' || (age % 300) END,
    {competitors}, age % 40 = 0, {status}, 1 + age % 4, {instant}, {instant}, {instant}
FROM ({ages}) AS ages
"""
_CATEGORY: Final = """CASE age % 7 WHEN 0 THEN 'customer' WHEN 1 THEN 'complaint' WHEN 2 THEN 'competitor'
    WHEN 3 THEN 'market' WHEN 4 THEN 'process' WHEN 5 THEN 'request' ELSE 'other' END"""
_STATUS: Final = """CASE
    WHEN age <= 2 * {of_period}
        THEN CASE age % 10 WHEN 0 THEN 'acknowledged' WHEN 1 THEN 'done' ELSE 'new' END
    ELSE CASE age % 100 WHEN 0 THEN 'new' WHEN 1 THEN 'acknowledged' WHEN 2 THEN 'in_progress'
        WHEN 3 THEN 'withdrawn' WHEN 4 THEN 'declined' ELSE 'done' END
    END"""
_DIALECTS: Final = {
    "sqlite": {
        "ages": "WITH RECURSIVE counted(age) AS "
        "(SELECT 1 UNION ALL SELECT age + 1 FROM counted WHERE age < :total) SELECT age FROM counted",
        "instant": "strftime('%Y-%m-%d %H:%M:%f', {at}, 'unixepoch') || '000'",
        "competitors": """CASE WHEN age % 4 = 0 THEN '["Globex", "Initech"]' ELSE '[]' END""",
        "false": "0",
    },
    "postgresql": {
        "ages": "SELECT generate_series(1, CAST(:total AS BIGINT)) AS age",
        "instant": "to_timestamp({at})",
        "competitors": """CAST(CASE WHEN age % 4 = 0 THEN '["Globex", "Initech"]' ELSE '[]' END AS JSONB)""",
        "false": "FALSE",
    },
}


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    rounds: int = 60
    small: int = 10_000
    large: int = 1_000_000
    of_period: int = 1_000


def run(size: Size) -> Report:
    """Both databases, small store and large one in turns."""
    return Report((_on_sqlite(size), _on_postgresql(size)), MEANING.format_map(vars(size)))


def _on_sqlite(size: Size) -> Figure:
    with TemporaryDirectory(prefix="frontline-bench-") as folder:
        small, large = (f"sqlite:///{Path(folder) / name}.db" for name in ("small", "large"))
        return _compare("SQLite", small, large, size)


def _on_postgresql(size: Size) -> Figure:
    with postgres() as address:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("CREATE DATABASE large")
        return _compare("PostgreSQL", address, address.replace("/postgres?", "/large?"), size)


def _compare(name: str, small: str, large: str, size: Size) -> Figure:
    with ExitStack() as stack:
        compile_large = _filled(stack, large, size.large, size)
        compile_small = _filled(stack, small, size.small, size)
        rounds = in_turns(size.rounds, compile_large, compile_small)
    return figure(NAME, name, "ms", pairs(rounds), GROWTH)


def _filled(stack: ExitStack, address: str, total: int, size: Size) -> Callable[[], float]:
    """Fill a store; gives what compiles the digest once and tells the milliseconds."""
    services = open_services(address)
    stack.callback(services.db.close)
    bridge = only_bridge(services)
    assert bridge is not None
    with services.db.writing() as connection:
        _fill(connection, bridge.id, total, size.of_period)
    _gather_statistics(services.db)
    period = Period(
        span=Span(NOW - WEEK, NOW), before=Span(NOW - 2 * WEEK, NOW - WEEK), frequency=Frequency.WEEKLY
    )

    def compile_once() -> float:
        began = perf_counter()
        with services.db.reading() as connection:
            digest = compile_digest(connection, bridge, period)
        taken = (perf_counter() - began) * 1000
        if digest.totals.insights != size.of_period:
            raise RuntimeError(f"The digest holds {digest.totals.insights} insights.")
        return taken

    return compile_once


def _fill(connection: Connection, bridge_id: int, total: int, of_period: int) -> None:
    for number in range(PEOPLE):
        person = Person(f"U{number}", f"Person {number}", "en-GB", "UTC", *[False] * 5)
        workspace.save_person(connection, TEAM, person, NOW)
    at = f"({int(NOW.timestamp())} + 1 - age * {int(WEEK.total_seconds())} / {of_period})"
    own = {name: part.replace("{at}", at) for name, part in _DIALECTS[connection.dialect.name].items()}
    statement = _FILL.format(
        at=at,
        people=PEOPLE,
        category=_CATEGORY,
        status=_STATUS.format(of_period=of_period),
        **own,
    )
    connection.execute(text(statement), {"team": TEAM, "bridge": bridge_id, "channel": SALES, "total": total})


def _gather_statistics(database: Database) -> None:
    """What PostgreSQL does by itself within a minute; SQLite works without."""
    if not database.is_sqlite:
        with database.storing() as connection:
            connection.exec_driver_sql("VACUUM ANALYZE insights")
