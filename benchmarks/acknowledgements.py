"""Acknowledgements a second through `App.dispatch`, with what is stored committed before each."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, Final

from slack_bolt import App, BoltRequest

from benchmarks import slackside
from benchmarks.bare import Store, build_bare, postgres_store, sqlite_store
from benchmarks.measure import Aim, Figure, Report, figure, in_turns, pairs
from benchmarks.ours import build_ours, open_services
from benchmarks.servers import postgres

DURABLE: Final = Aim(0.7, is_least=True)
OF_NO_INTEREST: Final = Aim(0.9, is_least=True)
AT_ONCE: Final = 8  # threads; Frontline's Socket Mode works on ten requests at once

_DURABLE_MEANS: Final = (
    "Flags (reactions of interest), each acknowledged only after its row is committed. Baseline: a bare Bolt "
    "app whose middleware does one raw {driver} insert and commit, equally durable, into a table with one "
    "unique key; Frontline's row has two unique keys and two more indexes."
)
_IDLE_MEANS: Final = (
    " Of no interest are plain messages, and reactions that are no flag; baseline: a bare Bolt app with an "
    "empty listener. Frontline acknowledges them itself, where Bolt would first match and start a listener."
)


@dataclass(frozen=True)
class Size:
    """How much is measured: many short rounds, since a disk that others use is fast and slow by turns."""

    rounds: int = 80
    events: int = 64  # of each round and side


def sqlite(size: Size) -> Report:
    """Stored acknowledgements on SQLite, and those of events of no interest."""
    with TemporaryDirectory(prefix="frontline-bench-") as folder:
        address = f"sqlite:///{folder}/ours.db"
        store = sqlite_store(Path(folder) / "bare.db")
        figures = _compare("ack-sqlite", address, store, size, with_ignored=True)
    return Report(tuple(figures), _DURABLE_MEANS.format(driver="sqlite3") + _IDLE_MEANS)


def postgresql(size: Size) -> Report:
    """Stored acknowledgements on PostgreSQL."""
    with postgres() as address:
        figures = _compare("ack-postgresql", address, postgres_store(address), size, with_ignored=False)
    return Report(tuple(figures), _DURABLE_MEANS.format(driver="psycopg"))


def _compare(name: str, address: str, store: Store, size: Size, *, with_ignored: bool) -> list[Figure]:
    services = open_services(address)
    try:
        ours, storing = build_ours(services), build_bare("reaction_added", store)
        figures = [
            _rate(name, "flags, one at a time", ours, storing, slackside.flag, size, 1, DURABLE),
            _rate(name, f"flags, {AT_ONCE} at once", ours, storing, slackside.flag, size, AT_ONCE, DURABLE),
        ]
        if with_ignored:
            for what, event, make in (
                ("plain messages", "message", slackside.plain_message),
                ("other reactions", "reaction_added", slackside.other_reaction),
            ):
                figures.append(_rate(name, what, ours, build_bare(event), make, size, 1, OF_NO_INTEREST))
    finally:
        services.db.close()
    return figures


def _rate(
    benchmark: str,
    name: str,
    ours: App,
    bare: App,
    make: Callable[[], dict[str, Any]],
    size: Size,
    at_once: int,
    aim: Aim,
) -> Figure:
    with ThreadPoolExecutor(at_once) as pool:

        def side(app: App) -> Callable[[], float]:
            return lambda: _dispatch_all(app, [make() for _ in range(size.events)], pool, at_once)

        rounds = in_turns(size.rounds, side(ours), side(bare))
    return figure(benchmark, name, "acks/s", pairs(rounds), aim)


def _dispatch_all(app: App, events: list[dict[str, Any]], pool: ThreadPoolExecutor, at_once: int) -> float:
    """Acknowledgements a second. Raises RuntimeError where one is refused."""
    requests = [BoltRequest(body=event, mode="socket_mode") for event in events]

    def share(start: int) -> None:
        for request in requests[start::at_once]:
            status = app.dispatch(request).status
            if status != 200:
                raise RuntimeError(f"The event was answered with {status}.")

    began = perf_counter()
    list(pool.map(share, range(at_once)))
    return len(requests) / (perf_counter() - began)
