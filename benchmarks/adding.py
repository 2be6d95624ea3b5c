"""Adding one more insight, with all that is made of its text: to a small store and to a large one."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
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
from bot.inbox import say_for
from bot.insights.capture import Capture, store_insight
from bot.services import Services
from storage.bridges import Bridge
from storage.database import Database

NAME: Final = "adding"
GROWTH: Final = Aim(1.5, is_least=False)
NOW: Final = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
MEANING: Final = (
    "Storing one more insight with its category, names and theme in a store of {large:,}, beside the same in "
    "a store of {small:,}: each word of an insight leads to a bounded number of others, however many."
)

# Ten words each: two that every tenth insight holds, three of a thousand, five of ten thousand.
_WORDS: Final = (
    *("'often' || (({n} * {step}) % 10)".replace("{step}", str(step)) for step in (1, 3)),
    *("'some' || (({n} * {step}) % 1000)".replace("{step}", str(step)) for step in (7, 11, 13)),
    *("'rare' || (({n} * {step}) % 10000)".replace("{step}", str(step)) for step in (17, 19, 23, 29, 31)),
)
_INSIGHTS: Final = """
INSERT INTO insights (
    team_id, number, bridge_id, source, channel_id, message_ts, author_id, reporter_id, text, has_files,
    category, category_by, competitors, is_urgent, status, supporter_count, said_at, created_at, changed_at
)
SELECT :team, n, :bridge, 'reaction', :channel, CAST(1000000000 + n AS VARCHAR(12)) || '.000100', 'U1', 'U1',
    {words}, {false}, 'other', 'default', {nothing}, {false}, 'new', 1, {instant}, {instant}, {instant}
FROM ({numbers}) AS numbers
"""
_DIALECTS: Final = {
    "sqlite": {
        "numbers": "WITH RECURSIVE counted(n) AS "
        "(SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < :total) SELECT n FROM counted",
        "instant": "strftime('%Y-%m-%d %H:%M:%f', 1700000000 + n * 60, 'unixepoch') || '000'",
        "nothing": "'[]'",
        "false": "0",
    },
    "postgresql": {
        "numbers": "SELECT generate_series(1, CAST(:total AS BIGINT)) AS n",
        "instant": "to_timestamp(1700000000 + n * 60)",
        "nothing": "CAST('[]' AS JSONB)",
        "false": "FALSE",
    },
}
_INDEX: Final = {
    "sqlite": "INSERT INTO insight_search (rowid, stems) SELECT id, text FROM insights",
    "postgresql": "INSERT INTO insight_search (insight_id, stems) "
    "SELECT id, array_to_tsvector(string_to_array(text, ' ')) FROM insights",
}

_EMBEDDINGS: Final = {  # 512 bytes each, like nothing in particular
    "sqlite": "INSERT INTO embeddings (insight_id, vector) SELECT id, randomblob(512) FROM insights",
    "postgresql": "INSERT INTO embeddings (insight_id, vector) "
    "SELECT id, decode(repeat(md5(CAST(id AS TEXT)), 32), 'hex') FROM insights",
}


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    rounds: int = 60
    small: int = 10_000
    large: int = 1_000_000


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
        add_to_large = _filled(stack, large, size.large)
        add_to_small = _filled(stack, small, size.small)
        rounds = in_turns(size.rounds, add_to_large, add_to_small)
    return figure(NAME, name, "ms", pairs(rounds), GROWTH)


def _filled(stack: ExitStack, address: str, total: int) -> Callable[[], float]:
    """Fill a store; gives what adds one insight and tells the milliseconds."""
    services = open_services(address)
    stack.callback(services.db.close)
    bridge = only_bridge(services)
    assert bridge is not None
    with services.db.writing() as connection:
        _fill(connection, bridge.id, total)
    _gather_statistics(services.db)
    numbers = count(total + 1)

    def add_once() -> float:
        number = next(numbers)
        began = perf_counter()
        with services.db.writing() as connection:
            _add(services, connection, bridge, number)
        return (perf_counter() - began) * 1000

    return add_once


def _add(services: Services, connection: Connection, bridge: Bridge, number: int) -> None:
    words = [f"often{number * step % 10}" for step in (1, 3)]
    words += [f"some{number * step % 1000}" for step in (7, 11, 13)]
    words += [f"rare{number * step % 10_000}" for step in (17, 19, 23, 29, 31)]
    capture = Capture(source="command", text=" ".join(words), reporter_id="U1", author_id="U1", said_at=NOW)
    store_insight(connection, say_for(services, connection, f"add-{number}"), bridge, capture)


def _fill(connection: Connection, bridge_id: int, total: int) -> None:
    words = " || ' ' || ".join(word.replace("{n}", "n") for word in _WORDS)
    statement = _INSIGHTS.format(words=words, **_DIALECTS[connection.dialect.name])
    connection.execute(text(statement), {"team": TEAM, "bridge": bridge_id, "channel": SALES, "total": total})
    for made in (_INDEX, _EMBEDDINGS):
        connection.execute(text(made[connection.dialect.name]))
    connection.execute(text("UPDATE workspaces SET next_insight_number = :next"), {"next": total + 1})


def _gather_statistics(database: Database) -> None:
    """What PostgreSQL does by itself within a minute; SQLite works without."""
    if not database.is_sqlite:
        with database.storing() as connection:
            connection.exec_driver_sql("VACUUM ANALYZE insights")
            connection.exec_driver_sql("VACUUM ANALYZE insight_search")
            connection.exec_driver_sql("VACUUM ANALYZE embeddings")
