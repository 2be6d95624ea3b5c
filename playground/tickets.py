"""Trigger ids and response addresses: short-lived permissions to answer one gesture.

Both expire by real time, whatever the workspace's clock shows: they guard against slow code.
"""

import secrets
import time
from dataclasses import dataclass

from playground.core import Core
from playground.model import SlackError

TRIGGER_SECONDS = 3.0
RESPONSE_SECONDS = 30 * 60.0
RESPONSE_USES = 5


@dataclass
class Trigger:
    """A trigger id: whose gesture it stands for, and whether it was exchanged."""

    user: str
    expires: float
    used: bool = False


@dataclass
class ResponseUrl:
    """Where an app may answer a gesture; `note_ts` is the message that `replace_original` means."""

    id: str
    channel: str
    user: str
    expires: float
    message_ts: str | None = None
    is_ephemeral: bool = False
    thread_ts: str | None = None
    uses: int = 0


class Tickets:
    """Gives and takes trigger ids and response addresses."""

    def __init__(self, core: Core, base_url: str = "") -> None:
        self._core = core
        self.base_url = base_url
        self._triggers: dict[str, Trigger] = {}
        self._urls: dict[str, ResponseUrl] = {}

    def new_trigger(self, user: str) -> str:
        """A trigger id for a gesture of that person, good for 3 s of real time, once."""
        with self._core.lock:
            number = self._core.next_id("")
            trigger_id = f"{int(number, 16)}.{self._core.seconds()}.{secrets.token_hex(16)}"
            self._triggers[trigger_id] = Trigger(user, time.monotonic() + TRIGGER_SECONDS)
            return trigger_id

    def exchange_trigger(self, trigger_id: str) -> str:
        """Whose trigger it is, using it up; SlackError (invalid|expired|exchanged)_trigger_id."""
        with self._core.lock:
            trigger = self._triggers.get(trigger_id)
            if trigger is None:
                raise SlackError("invalid_trigger_id")
            if trigger.used:
                raise SlackError("exchanged_trigger_id")
            if time.monotonic() > trigger.expires:
                raise SlackError("expired_trigger_id")
            trigger.used = True
            return trigger.user

    def new_response_url(
        self,
        channel: str,
        user: str,
        *,
        message_ts: str | None = None,
        is_ephemeral: bool = False,
        thread_ts: str | None = None,
    ) -> str:
        """An address for answering, good for 5 uses within 30 minutes of real time."""
        with self._core.lock:
            ticket = secrets.token_urlsafe(18)
            self._urls[ticket] = ResponseUrl(
                ticket,
                channel,
                user,
                time.monotonic() + RESPONSE_SECONDS,
                message_ts,
                is_ephemeral,
                thread_ts,
            )
            return f"{self.base_url}respond/{ticket}"

    def use_response_url(self, ticket: str) -> ResponseUrl:
        """What that address answers; SlackError expired_url or used_url."""
        with self._core.lock:
            found = self._urls.get(ticket)
            if found is None or time.monotonic() > found.expires:
                raise SlackError("expired_url")
            if found.uses >= RESPONSE_USES:
                raise SlackError("used_url")
            found.uses += 1
            return found

    def expire_all(self) -> None:
        """Let every trigger id and response address lapse now, as if their time had passed."""
        with self._core.lock:
            for trigger in self._triggers.values():
                trigger.expires = 0.0
            for address in self._urls.values():
                address.expires = 0.0
