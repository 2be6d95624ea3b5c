"""Adding one more insight, and finding its theme afterwards: in a small store and in a large one."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

import psycopg

from benchmarks.filled import NOW, Writer, fill
from benchmarks.measure import Aim, Figure, Report, figure, in_turns, pairs
from benchmarks.ours import only_bridge, open_services
from benchmarks.servers import postgres
from bot.inbox import say_for
from bot.insights.capture import Capture, store_insight
from bot.themes.placing import place_some

NAME: Final = "adding"
GROWTH: Final = Aim(1.5, is_least=False)
MEANING: Final = (
    "Storing one more insight with its category and names, for which an acknowledgement waits, and finding "
    "its theme, for which none does, in a store of {large:,} beside the same in one of {small:,}: each word "
    "of an insight leads to a bounded number of others, however many."
)


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    rounds: int = 60
    small: int = 10_000
    large: int = 1_000_000


def run(size: Size) -> Report:
    """Both databases, small store and large one in turns."""
    return Report((*_on_sqlite(size), *_on_postgresql(size)), MEANING.format_map(vars(size)))


@dataclass(frozen=True)
class _Added:
    """Milliseconds that one insight took."""

    stored: float
    placed: float


def _on_sqlite(size: Size) -> tuple[Figure, ...]:
    with TemporaryDirectory(prefix="frontline-bench-") as folder:
        small, large = (f"sqlite:///{Path(folder) / name}.db" for name in ("small", "large"))
        return _compare("SQLite", small, large, size)


def _on_postgresql(size: Size) -> tuple[Figure, ...]:
    with postgres() as address:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("CREATE DATABASE large")
        return _compare("PostgreSQL", address, address.replace("/postgres?", "/large?"), size)


def _compare(name: str, small: str, large: str, size: Size) -> tuple[Figure, ...]:
    with ExitStack() as stack:
        add_to_large = _filled(stack, large, size.large)
        add_to_small = _filled(stack, small, size.small)
        rounds = in_turns(size.rounds, add_to_large, add_to_small)
    stored = pairs([tuple(one.stored for one in each) for each in rounds])
    placed = pairs([tuple(one.placed for one in each) for each in rounds])
    return (
        figure(NAME, f"{name}, stored", "ms", stored, GROWTH),
        figure(NAME, f"{name}, its theme", "ms", placed, GROWTH),
    )


def _filled(stack: ExitStack, address: str, total: int) -> Callable[[], _Added]:
    """Fill a store; gives what adds one insight and tells the milliseconds."""
    services = open_services(address)
    stack.callback(services.db.close)
    bridge = only_bridge(services)
    assert bridge is not None
    fill(services.db, bridge, total)
    writer = Writer(3)  # both stores are told the same

    def add_once() -> _Added:
        said = writer.write()
        began = perf_counter()
        with services.db.writing() as connection:
            say = say_for(services, connection, f"add-{said.text}")
            capture = Capture(source="command", text=said.text, reporter_id="U1", author_id="U1", said_at=NOW)
            store_insight(connection, say, bridge, capture)
        stored = perf_counter()
        while place_some(services):
            pass
        return _Added((stored - began) * 1000, (perf_counter() - stored) * 1000)

    return add_once
