"""The bot's processes: started, killed, stopped, frozen, and started again as a service manager would."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
RESTART: Final = 0.2  # seconds
STOP: Final = 15.0  # seconds


class Replica:
    """One `run` process and its successors. Every life has a log of its own."""

    def __init__(self, number: int, folder: Path, environment: Mapping[str, str], breaks: str | None) -> None:
        self.port = free_port()
        self.lives = 0
        self.refused = 0  # starts that ended by themselves
        self.killed = 0
        self._number = number
        self._folder = folder
        self._environment = {**environment, "PORT": str(self.port), "HOST": "127.0.0.1"}
        self._breaks = breaks
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._is_wanted = False
        self._pause = RESTART
        self._ended = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name=f"keeper-{number}", daemon=True)

    def start(self) -> None:
        """Start the process, and again whenever it ends."""
        self._is_wanted = True
        self._keeper.start()

    @property
    def is_alive(self) -> bool:
        """Whether there is a process just now."""
        with self._lock:
            return self._process is not None and self._process.poll() is None

    def kill(self, pause: float) -> None:
        """SIGKILL, and wait for the end, so that no other one is spent on the same life; the next life begins
        after `pause` seconds.
        """
        self._pause = pause
        self._signal(signal.SIGKILL)
        if self._process is not None:
            self._process.wait(STOP)

    def stop(self, pause: float) -> None:
        """SIGTERM; the next life begins after `pause` seconds."""
        self._pause = pause
        self._signal(signal.SIGTERM)

    def freeze(self, seconds: float) -> None:
        """Let the process stand still, as on a machine that sleeps."""
        self._signal(signal.SIGSTOP)
        threading.Timer(seconds, self.thaw).start()

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def end(self) -> None:
        """Stop it for good."""
        self._is_wanted = False
        self._ended.set()
        self.thaw()
        self._signal(signal.SIGTERM)
        self._keeper.join(STOP)
        self._signal(signal.SIGKILL)

    @property
    def log(self) -> Path:
        """The log of the present life."""
        return self._folder / f"bot-{self._number}-{self.lives:03d}.log"

    def says(self, word: str) -> int:
        """How often the present life has logged that."""
        return self.log.read_text(encoding="utf-8").count(word) if self.log.exists() else 0

    def _signal(self, number: signal.Signals) -> None:
        with self._lock:
            if self._process is not None and self._process.poll() is None:
                self._process.send_signal(number)

    def _keep(self) -> None:
        while self._is_wanted:
            with self._lock:
                self.lives += 1
                self._process = launch(["run"], self.log, self._environment, self._breaks)
            status = self._process.wait()
            self.refused += status == 1
            self.killed += status == -signal.SIGKILL
            if self._is_wanted:
                self._ended.wait(self._pause)
                self._pause = RESTART


def free_port() -> int:
    """A port that nothing listens on just now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def launch(
    arguments: list[str], log: Path, environment: Mapping[str, str], breaks: str | None
) -> "subprocess.Popen[bytes]":
    """Start a command of Frontline's in a process of its own."""
    broken = ["--break", breaks] if breaks else []
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    with log.open("ab") as out:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.bot", *broken, *arguments],
            cwd=log.parent,
            env={**inherited, "PYTHONPATH": str(ROOT), **environment},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
