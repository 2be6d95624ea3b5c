"""How long Slack waits for an acknowledgement at a steady rate, over loopback HTTP.

The load is open: requests are sent when they are due, however long earlier ones take, and each one's time
counts from when it was due. So a stall shows in all requests that it delays.
"""

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, sleep
from typing import Final

from benchmarks import slackside
from benchmarks.measure import Figure, Pairs, Report, at_share, figure, in_turns
from benchmarks.servers import line_with, python

NAME: Final = "latency"
SIDES: Final = ("ours", "storing", "empty")
CONNECTIONS: Final = 16
MEANING: Final = (
    "From the moment a signed flag is due to be sent until its acknowledgement, through Frontline's own HTTP "
    "server, each side in a process of its own. Frontline's inbox worker takes and finishes each event "
    "meanwhile (without asking Slack), so it commits three times for each. Baselines: a bare Bolt app served "
    "the same way with one raw sqlite3 insert and commit before each acknowledgement, and one that stores "
    "nothing. Slack waits 3,000 ms."
)


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    rounds: int = 3
    seconds: float = 4.0  # of each round and side
    rate: int = 100  # requests a second


def run(size: Size) -> Report:
    """Median, 99th percentile and maximum of all three sides, measured in turns."""
    with ExitStack() as stack:
        sides = [_side(stack, name, size) for name in SIDES]
        rounds = in_turns(size.rounds, *sides)
    figures: list[Figure] = []
    for other, name in ((1, "with one insert"), (2, "storing nothing")):
        for label, share in (("median", 0.5), ("99th percentile", 0.99), ("maximum", 1.0)):
            pairs = Pairs(
                tuple(at_share(one[0], share) for one in rounds),
                tuple(at_share(one[other], share) for one in rounds),
            )
            figures.append(figure(NAME, f"{label}, bare {name}", "ms", pairs))
    return Report(tuple(figures), MEANING)


def _side(stack: ExitStack, name: str, size: Size) -> Callable[[], list[float]]:
    folder = stack.enter_context(TemporaryDirectory(prefix="frontline-bench-"))
    process = stack.enter_context(python(["-m", "benchmarks.serve", name, folder], os.environ, Path(folder)))
    port = int(line_with(process, "port ").split()[1])
    return lambda: send_steadily(port, size)


def send_steadily(port: int, size: Size) -> list[float]:
    """Milliseconds from due to acknowledged, of each request. Raises RuntimeError where one is refused."""
    own = threading.local()
    opened: list[HTTPConnection] = []
    events = [slackside.as_json(slackside.flag()) for _ in range(int(size.seconds * size.rate))]

    def send(body: bytes, due: float) -> float:
        if not hasattr(own, "connection"):
            own.connection = HTTPConnection("127.0.0.1", port, timeout=30)
            opened.append(own.connection)
        own.connection.request("POST", "/slack/events", body, slackside.signed(body))
        answer = own.connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"The event was answered with {answer.status}.")
        return (perf_counter() - due) * 1000

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        start = perf_counter() + 0.05
        waiting = []
        for number, body in enumerate(events):
            due = start + number / size.rate
            sleep(max(0.0, due - perf_counter()))
            waiting.append(pool.submit(send, body, due))
        taken = [one.result() for one in waiting]
    for connection in opened:
        connection.close()
    return taken
