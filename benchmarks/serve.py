"""`python -m benchmarks.serve SIDE FOLDER`: one side of the latency benchmark, in a process of its own.

Sides: `ours`, Frontline with its inbox worker, which takes and finishes each event but asks no Slack;
`storing`, a bare Bolt app with one raw insert before each acknowledgement; `empty`, a bare Bolt app.
"""

import sys
import threading
from pathlib import Path

from slack_bolt import App
from sqlalchemy import Connection

from benchmarks.bare import build_bare, sqlite_store
from benchmarks.ours import build_ours, open_services
from bot.inbox import Apply, work_one
from bot.logs import configure_logging
from bot.say import Say
from bot.scheduler import Step, Workers
from bot.services import Services
from handlers.http import HttpServer, build_http
from storage.inbox import InboxRow


def main(side: str, folder: Path) -> None:
    """Serve on a free port of loopback, print it, and go on until the process is ended."""
    configure_logging("WARNING", "console")
    server = HttpServer(build_http(_app(side, folder), list, lambda: b""), "127.0.0.1", 0)
    server.start()
    print(f"port {server.port}", flush=True)
    threading.Event().wait()


def _app(side: str, folder: Path) -> App:
    if side == "empty":
        return build_bare("reaction_added", signed=True)
    if side == "storing":
        return build_bare("reaction_added", sqlite_store(folder / "bare.db"), signed=True)
    services = open_services(f"sqlite:///{folder}/ours.db")
    step = Step(
        "inbox",
        lambda: work_one(services, {"reaction_added": _nothing}),
        wake=services.wake.inbox,
        poll=2.0,
        threads=2,
    )
    Workers([step]).start()
    return build_ours(services, signed=True)


def _nothing(_: Services, __: InboxRow) -> Apply:
    def apply(_: Connection, __: Say) -> None:
        """The event changes nothing; it is only marked as done."""

    return apply


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
