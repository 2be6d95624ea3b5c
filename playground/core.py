"""What every part of the workspace shares: one lock, the clock, ids, and telling what happened."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from playground.clock import Clock
from playground.model import AppEvent, Change, Channel, Json, format_ts

_TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class App:
    """Who the app is in this workspace."""

    app_id: str
    bot_id: str
    user_id: str
    name: str


class Core:
    """One lock owns all state; `changed` is signalled after each change that someone could see."""

    def __init__(self, clock: Clock, team_name: str, app_name: str) -> None:
        self.clock = clock
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.team_id = "T0PLAY0001"
        self.team_name = team_name
        self.app = App("A0PLAY0001", "B0PLAY0001", "U0PLAYB0T1", app_name)
        self.on_event: Callable[[AppEvent], None] = _ignore_event
        self.on_change: list[Callable[[Change], None]] = []
        self.team_of: Callable[[str], str] = lambda user: self.team_id
        self._counter = 0
        self._last_ts = datetime.fromtimestamp(0, tz=clock.now().tzinfo)
        self._silent = 0

    def next_id(self, prefix: str) -> str:
        """A new id in Slack's manner: a letter and capitals and digits, unique in the workspace."""
        with self.lock:
            self._counter += 1
            return f"{prefix}0{self._counter:08X}"

    def next_ts(self, at: datetime | None = None) -> str:
        """A new ts: at the clock's time or `at`; unique, and increasing where `at` is not given."""
        with self.lock:
            if at is not None:
                return format_ts(at)
            self._last_ts = max(self.clock.now(), self._last_ts + _TICK)
            return format_ts(self._last_ts)

    def seconds(self) -> int:
        """The clock's time in whole Unix seconds."""
        return int(self.clock.now().timestamp())

    @contextmanager
    def silently(self) -> Iterator[None]:
        """Within it nothing is sent to the app: for setting up what was there before it came."""
        with self.lock:
            self._silent += 1
            try:
                yield
            finally:
                self._silent -= 1

    def emit(
        self,
        event_type: str,
        body: Json,
        *,
        channel: Channel | None = None,
        subscription: str | None = None,
        even_outside: bool = False,
    ) -> None:
        """Tell the app; what happens in a conversation only where its bot is a member.

        Slack sends events of conversations only to apps that are in them
        (docs.slack.dev/apis/events-api). `even_outside` is for what ends the membership itself.
        """
        with self.lock:
            if self._silent:
                return
            if channel is not None and self.app.user_id not in channel.members and not even_outside:
                return
            self.on_event(
                AppEvent(
                    type=event_type,
                    body={"type": event_type, **body, "event_ts": body.get("event_ts") or self.next_ts()},
                    subscription=subscription or event_type,
                    channel=channel.id if channel else None,
                    is_ext_shared=channel.is_ext_shared if channel else False,
                )
            )

    def tell(self, change: Change) -> None:
        """Tell pages and waiting tests."""
        with self.lock:
            for listener in list(self.on_change):
                listener(change)
            self.changed.notify_all()

    def wake(self) -> None:
        """Let waiting tests look again: something outside the workspace's state has moved."""
        with self.changed:
            self.changed.notify_all()


def _ignore_event(event: AppEvent) -> None:
    """Nobody listens before a server is there."""
