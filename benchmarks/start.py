"""From the start of the process until it is ready, and the memory it then holds."""

import json
import os
import subprocess
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, sleep
from typing import Final

from benchmarks.measure import Report, figure, in_turns, pairs
from benchmarks.servers import ROOT, line_with, python

NAME: Final = "start"
SETTLING: Final = 1.0  # seconds between ready and the look at the memory
MEANING: Final = (
    "`python app.py run` against the playground (another process) until it is connected by Socket Mode, with "
    "database, workers and bridge in place; its memory a second later. Baseline: a bare Bolt process that "
    "only connects. The first start also makes the database and reads the workspace's people and channels."
)


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    rounds: int = 3


@dataclass(frozen=True)
class Started:
    """How one start went."""

    seconds: float
    mebibytes: float  # resident


def run(size: Size) -> Report:
    """Start first, again, and the bare process, in turns."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="frontline-bench-")))
        environment = _playground(stack, folder)
        known = {**environment, "DATABASE_URL": f"sqlite:///{folder}/known.db"}
        number = count()

        def first() -> Started:
            return _start(
                _OURS, {**environment, "DATABASE_URL": f"sqlite:///{folder}/{next(number)}.db"}, folder
            )

        def again() -> Started:
            return _start(_OURS, known, folder)

        def bare() -> Started:
            return _start(_BARE, environment, folder)

        rounds = in_turns(size.rounds, first, again, bare)
    seconds = [tuple(one.seconds for one in each) for each in rounds]
    memory = [tuple(one.mebibytes for one in each) for each in rounds]
    return Report(
        (
            figure(NAME, "ready, first start", "s", pairs(seconds, 0, 2)),
            figure(NAME, "ready, later starts", "s", pairs(seconds, 1, 2)),
            figure(NAME, "resident memory", "MiB", pairs(memory, 1, 2)),
        ),
        MEANING,
    )


_Command = tuple[Sequence[str], str]
_OURS: Final[_Command] = ((str(ROOT / "app.py"), "run"), "frontline_runs")
_BARE: Final[_Command] = (("-m", "benchmarks.bare_process"), "bare_runs")


def _playground(stack: ExitStack, folder: Path) -> dict[str, str]:
    """Start it; gives the environment for a bot of its workspace."""
    command = ["-m", "playground", "--manifest", str(ROOT / "manifest.yml"), "--seed"]
    process = stack.enter_context(python(command, os.environ, folder))
    address = json.loads(line_with(process, "api_url"))
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {
        **kept,
        "SLACK_API_URL": address["api_url"],
        "SLACK_BOT_TOKEN": address["bot_token"],
        "SLACK_APP_TOKEN": address["app_token"],
        "LOG_LEVEL": "INFO",
    }


def _start(command: _Command, environment: dict[str, str], folder: Path) -> Started:
    arguments, ready = command
    began = perf_counter()
    with python(arguments, environment, folder) as process:
        line_with(process, ready)
        seconds = perf_counter() - began
        sleep(SETTLING)
        return Started(seconds, _resident_mebibytes(process.pid))


def _resident_mebibytes(pid: int) -> float:
    told = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True)
    return int(told.stdout) / 1024
