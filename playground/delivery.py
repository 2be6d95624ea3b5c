"""Carries events, commands and interactions to the app, with Slack's retries.

Slack waits three seconds for an acknowledgement; events are then sent again up to three times: at
once, after a minute, after five (docs.slack.dev/apis/events-api). Commands and interactions are
sent once.
"""

import asyncio
import copy
import secrets
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol

from playground.core import Core
from playground.faults import Faults
from playground.log import Attempt, Delivery, Log
from playground.manifest import Manifest
from playground.model import AppEvent, Json

ACK_SECONDS = 3.0
RETRY_DELAYS = (0.0, 60.0, 300.0)
SOON = 1.0
_REASONS = {"timeout": "timeout", "http_error": "http_error", "no_connection": "connection_failed"}


@dataclass(frozen=True)
class Outcome:
    """How one try ended; `response` is the payload of the acknowledgement, `no_retry` Slack's header, `fault`
    what we did to it.
    """

    result: str
    via: str = ""
    response: Json | None = None
    no_retry: bool = False
    fault: str | None = None


class Transport(Protocol):
    """A way to the app: Socket Mode or signed HTTP."""

    async def attempt(
        self, delivery: Delivery, number: int, reason: str | None, *, ignore_ack: bool
    ) -> Outcome:
        """Try once (`number` counts from 0) and wait for the acknowledgement."""
        ...


class Batch:
    """The deliveries that one action caused."""

    def __init__(self) -> None:
        self.deliveries: list[Delivery] = []

    def wait(self, timeout: float = 30.0) -> None:
        """Wait until each was acknowledged, given up, or waits for a late retry; TimeoutError."""
        until = time.monotonic() + timeout
        for delivery in self.deliveries:
            if not delivery.settled.wait(max(0.0, until - time.monotonic())):
                raise TimeoutError(f"{delivery.name} was not settled within {timeout} s")


_collecting: ContextVar[Batch | None] = ContextVar("collecting", default=None)


class Dispatcher:
    """Sends everything to the app and keeps account of it."""

    def __init__(
        self,
        core: Core,
        manifest: Manifest,
        faults: Faults,
        log: Log,
        *,
        retry_delays: tuple[float, ...] = RETRY_DELAYS,
    ) -> None:
        self._core = core
        self._manifest = manifest
        self._faults = faults
        self._log = log
        self._retry_delays = retry_delays
        self.transport: Transport | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._idle = threading.Condition()
        self._under_way = 0
        self._held: asyncio.Event | None = None

    def run_on(self, loop: asyncio.AbstractEventLoop) -> None:
        """Deliver on this event loop from now on, and hear what happens in the workspace."""
        self._loop = loop
        self._core.on_event = self.send_event

    @contextmanager
    def collecting(self) -> Iterator[Batch]:
        """Collect the deliveries that are caused within it in this thread."""
        batch = Batch()
        mark = _collecting.set(batch)
        try:
            yield batch
        finally:
            _collecting.reset(mark)

    def send_event(self, event: AppEvent) -> None:
        """Send an event, if the manifest subscribes to it."""
        if event.subscription not in self._manifest.events and event.subscription != "url_verification":
            return
        payload = self._event_payload(event)
        self._start(Delivery(payload["event_id"], "events_api", event.type, payload), self._run_event)
        duplicate = self._faults.take("duplicate", event.type)
        for _ in range(duplicate.count if duplicate else 0):
            twin = copy.deepcopy(payload) | {"event_id": _event_id()}
            self._start(Delivery(twin["event_id"], "events_api", event.type, twin), self._run_event)

    def send_interaction(
        self, kind: str, name: str, payload: Json, then: Callable[[Delivery], None]
    ) -> Delivery:
        """Send a command or interaction once; `then` treats the acknowledgement or its absence."""
        delivery = Delivery(secrets.token_hex(8), kind, name, payload)

        async def run(one: Delivery) -> None:
            await self._delay(one)
            await self._attempt(one, 0, None)
            if one.state == "pending":
                one.state = "lost"
            then(one)

        self._start(delivery, run)
        return delivery

    def wait_idle(self, timeout: float = 10.0) -> bool:
        """Wait until no delivery is under way or waits for a retry; False after `timeout` seconds."""
        with self._idle:
            return self._idle.wait_for(lambda: self._under_way == 0, timeout)

    def _event_payload(self, event: AppEvent) -> Json:
        app = self._core.app
        return {
            "token": "verification-token",
            "team_id": self._core.team_id,
            "context_team_id": self._core.team_id,
            "context_enterprise_id": None,
            "api_app_id": app.app_id,
            "event": event.body,
            "type": "event_callback",
            "event_id": _event_id(),
            "event_time": self._core.seconds(),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": self._core.team_id,
                    "user_id": app.user_id,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": event.is_ext_shared,
            "event_context": f"4-{secrets.token_urlsafe(24)}",
        }

    def _start(self, delivery: Delivery, run: Callable[[Delivery], Coroutine[Any, Any, None]]) -> None:
        if self._loop is None:
            raise RuntimeError("the playground has not been started")
        self._log.add_delivery(delivery)
        batch = _collecting.get()
        if batch is not None:
            batch.deliveries.append(delivery)
        with self._idle:
            self._under_way += 1
        self._loop.call_soon_threadsafe(self._spawn, delivery, run)

    def _spawn(self, delivery: Delivery, run: Callable[[Delivery], Coroutine[Any, Any, None]]) -> None:
        async def whole() -> None:
            try:
                await run(delivery)
            finally:
                delivery.settled.set()
                delivery.finished.set()
                with self._idle:
                    self._under_way -= 1
                    self._idle.notify_all()
                self._core.wake()

        task = asyncio.get_running_loop().create_task(whole())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run_event(self, delivery: Delivery) -> None:
        await self._delay(delivery)
        await self._reorder(delivery)
        outcome = await self._attempt(delivery, 0, None)
        for number, pause in enumerate(self._retry_delays, start=1):
            if delivery.state == "acked" or outcome.no_retry:
                break
            if pause > SOON:
                delivery.settled.set()
            await asyncio.sleep(pause)
            outcome = await self._attempt(delivery, number, _REASONS.get(outcome.result, outcome.result))
        if delivery.state == "pending":
            delivery.state = "lost"
        elif self._faults.take("redeliver", delivery.name):
            await self._attempt(delivery, 1, "timeout")

    async def _attempt(self, delivery: Delivery, number: int, reason: str | None) -> Outcome:
        attempt = Attempt(number, self._core.clock.now(), via="")
        delivery.attempts.append(attempt)
        started = time.monotonic()
        drop = self._faults.take("drop_ack", delivery.name) is not None
        if self.transport is None:
            outcome = Outcome("no_connection")
        else:
            outcome = await self.transport.attempt(delivery, number, reason, ignore_ack=drop)
        attempt.via, attempt.outcome, attempt.fault = outcome.via, outcome.result, outcome.fault
        attempt.seconds = time.monotonic() - started
        if outcome.result == "acked":
            delivery.state = "acked"
            delivery.response = outcome.response
        return outcome

    async def _delay(self, delivery: Delivery) -> None:
        rule = self._faults.take("delay", delivery.name)
        if rule is not None:
            await asyncio.sleep(rule.seconds)

    async def _reorder(self, delivery: Delivery) -> None:
        """Hold an event back until the next one has gone, or for its rule's seconds."""
        if self._held is not None:
            held, self._held = self._held, None
            asyncio.get_running_loop().call_soon(held.set)
            return
        rule = self._faults.take("reorder", delivery.name)
        if rule is None:
            return
        mine = asyncio.Event()
        self._held = mine
        try:
            await asyncio.wait_for(mine.wait(), rule.seconds)
        except TimeoutError:
            self._held = None


def _event_id() -> str:
    return f"Ev{secrets.token_hex(5).upper()}"
