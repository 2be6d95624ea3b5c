"""`python -m tests.chaos.bot [--break NAME] run|tick …`: Frontline's own command line, in a hurry.

Leases, settling and pace are shortened in proportion, so that what takes minutes in earnest shows within a
run. With `--break` a protection is taken away, to see that the run notices.
"""

import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

import app
import bot.catchup
import bot.inbox
import bot.outbox
import handlers.events
import storage.inbox
from bot.catchup import CatchUp
from bot.slack import Look, SlackGateway
from handlers.socket import Watchdog

CALL: Final = 3  # seconds that a call to Slack may take; in earnest 30
LEASE: Final = timedelta(seconds=9)  # in earnest 90 and 120
SILENCE: Final = 15.0  # seconds; in earnest 300
LATER: Final = 2.0  # seconds between a premature acknowledgement and its commit


def hurry() -> None:
    """Shorten the waits; what they stand to each other stays."""
    _let(bot.inbox, "LEASE", LEASE)
    _let(bot.outbox, "LEASE", LEASE)
    _let(bot.outbox, "SETTLING", timedelta(seconds=1.5))
    _let(bot.outbox, "PACE", timedelta(seconds=0.1))
    _let(bot.catchup, "LEASE", LEASE)
    _let(bot.catchup, "RETRY", timedelta(seconds=1))
    _defaults(CatchUp)["calls_a_minute"] = 60_000
    _defaults(SlackGateway)["timeout"] = CALL
    _defaults(Watchdog)["silence"] = SILENCE


def _let(owner: object, name: str, value: object) -> None:
    """Set what must be there already, so that a renamed constant is noticed."""
    getattr(owner, name)
    setattr(owner, name, value)


def _defaults(kind: type) -> dict[str, Any]:
    defaults: dict[str, Any] = kind.__init__.__kwdefaults__  # type: ignore[misc]
    return defaults


def break_dedupe() -> None:
    """Every delivery counts as new."""
    add = storage.inbox.add

    def always_add(connection: Any, values: dict[str, Any]) -> bool:
        key = f"{values['natural_key']}:{uuid4().hex}"[:255]
        return add(connection, {**values, "natural_key": key, "event_id": None})

    _let(storage.inbox, "add", always_add)
    _let(storage.inbox, "first_time", lambda *_: True)


def break_lookup() -> None:
    """A post of unknown outcome is posted again without a look."""
    _let(SlackGateway, "find_post", lambda *_: Look(None))


def break_ack() -> None:
    """Slack is told that an event is safe before it is."""
    store = handlers.events.Ear._store

    def store_later(*args: Any) -> None:
        threading.Timer(LATER, store, args).start()

    _let(handlers.events.Ear, "_store", store_later)


BREAKS: Final[dict[str, Callable[[], None]]] = {
    "dedupe": break_dedupe,
    "lookup": break_lookup,
    "ack": break_ack,
}


def main() -> None:
    arguments = sys.argv[1:]
    hurry()
    while arguments[:1] == ["--break"]:
        BREAKS[arguments[1]]()
        del arguments[:2]
    app.main(arguments)


if __name__ == "__main__":
    main()
