"""Socket Mode: WebSocket connections to the app (docs.slack.dev/apis/events-api/using-socket-mode).

Up to ten connections; each envelope goes to one of them and is acknowledged by its id. A
connection that dies leaves its unacknowledged envelopes to be sent again.
"""

import asyncio
import contextlib
import json
import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from playground.core import Core
from playground.delivery import Outcome
from playground.faults import Faults
from playground.log import Delivery
from playground.model import Change, Json, SlackError

MAX_CONNECTIONS = 10
_WITH_RESPONSE = frozenset({"slash_commands", "interactive"})


@dataclass(eq=False)
class Connection:
    """One open WebSocket; `waiting` holds the envelopes that it has not acknowledged."""

    name: str
    socket: WebSocket
    waiting: dict[str, "asyncio.Future[Json | None]"] = field(default_factory=dict)
    is_silent: bool = False
    is_leaving: bool = False


class SocketMode:
    """All connections of the app. Everything but `new_ticket` runs on the server's event loop.

    `opened` counts the connections there ever were."""

    def __init__(self, core: Core, faults: Faults, *, ack_seconds: float) -> None:
        self._core = core
        self._faults = faults
        self._ack_seconds = ack_seconds
        self._tickets: set[str] = set()
        self._connections: list[Connection] = []
        self._turn = 0
        self.opened = 0
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def count(self) -> int:
        """How many connections are open and not about to be replaced."""
        return sum(1 for one in self._connections if not one.is_leaving)

    def run_on(self, loop: asyncio.AbstractEventLoop) -> None:
        """Say on which loop the connections live."""
        self._loop = loop

    def new_ticket(self) -> str:
        """A ticket for one connection; SlackError too_many_websockets beyond ten."""
        with self._core.lock:
            if self.count >= MAX_CONNECTIONS:
                raise SlackError("too_many_websockets")
            ticket = secrets.token_urlsafe(16)
            self._tickets.add(ticket)
            return ticket

    async def serve(self, socket: WebSocket) -> None:
        """Serve one connection from hello to its end."""
        ticket = str(socket.path_params["ticket"])
        if ticket not in self._tickets:
            await socket.close(4001)
            return
        self._tickets.discard(ticket)
        await socket.accept()
        connection = Connection(f"socket-{ticket[:6]}", socket)
        self._connections.append(connection)
        self.opened += 1
        try:
            await socket.send_json(self._hello())
            self._tell()
            while True:
                self._acknowledge(connection, await socket.receive_text())
        except WebSocketDisconnect:
            pass
        finally:
            self._forget(connection)

    async def attempt(
        self, delivery: Delivery, number: int, reason: str | None, *, ignore_ack: bool
    ) -> Outcome:
        """Send an envelope to one connection and wait for its acknowledgement."""
        connection = self._choose()
        if connection is None:
            return Outcome("no_connection")
        envelope_id = str(uuid.uuid4())
        future: asyncio.Future[Json | None] = asyncio.get_running_loop().create_future()
        connection.waiting[envelope_id] = future
        is_silent = connection.is_silent or self._faults.silent_sockets
        try:
            if not is_silent:
                await _send(connection, _envelope(envelope_id, delivery, number, reason))
            if ignore_ack:
                await asyncio.sleep(self._ack_seconds)
                return Outcome("timeout", connection.name, fault="drop_ack")
            response = await asyncio.wait_for(future, self._ack_seconds)
        except (TimeoutError, ConnectionError):
            return Outcome("timeout", connection.name, fault="silent" if is_silent else None)
        finally:
            connection.waiting.pop(envelope_id, None)
        return Outcome("acked", connection.name, response)

    def silence(self, *, silent: bool = True) -> None:
        """Make the connections that are open now deliver nothing, or speak again."""
        for connection in self._connections:
            connection.is_silent = silent

    def cut(self, abort: Callable[[WebSocket], None], how_many: int | None = None) -> int:
        """Break connections without a farewell (all, or so many); gives how many were open."""
        chosen = list(self._connections)[:how_many]
        for connection in chosen:
            abort(connection.socket)
            self._forget(connection)
        return len(chosen)

    async def refresh(self, warning_seconds: float) -> None:
        """Have every connection replaced, as Slack does every few hours: a warning, then the end."""
        old = list(self._connections)
        for connection in old:
            await _farewell(connection, "warning")
        await asyncio.sleep(warning_seconds)
        for connection in old:
            if connection in self._connections:
                connection.is_leaving = True
                await _farewell(connection, "refresh_requested")
                with contextlib.suppress(RuntimeError):  # the app has closed it already
                    await connection.socket.close()

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": self.count,
            "debug_info": {"host": "playground", "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": self._core.app.app_id},
        }

    def _choose(self) -> Connection | None:
        """The next connection in turn, so that a second try goes to another one."""
        alive = [
            one
            for one in self._connections
            if not one.is_leaving and one.socket.client_state == WebSocketState.CONNECTED
        ]
        if not alive:
            return None
        self._turn += 1
        return alive[self._turn % len(alive)]

    def _acknowledge(self, connection: Connection, text: str) -> None:
        try:
            answer = json.loads(text)
        except ValueError:
            return  # slack_sdk's clients also send plain ping texts
        if not isinstance(answer, dict):
            return
        future = connection.waiting.get(str(answer.get("envelope_id")))
        if future is not None and not future.done():
            payload = answer.get("payload")
            future.set_result(payload if isinstance(payload, dict) else None)

    def _forget(self, connection: Connection) -> None:
        if connection in self._connections:
            self._connections.remove(connection)
        for future in connection.waiting.values():
            if not future.done():
                future.set_exception(ConnectionError("the connection is gone"))
        self._tell()

    def _tell(self) -> None:
        self._core.tell(Change("bot", detail={"connected": self.count > 0}))


async def _farewell(connection: Connection, reason: str) -> None:
    with contextlib.suppress(ConnectionError):
        await _send(connection, {"type": "disconnect", "reason": reason, "debug_info": {}})


async def _send(connection: Connection, message: Json) -> None:
    try:
        await connection.socket.send_json(message)
    except (WebSocketDisconnect, RuntimeError) as fault:  # closed while we were sending
        raise ConnectionError("the connection is gone") from fault


def _envelope(envelope_id: str, delivery: Delivery, number: int, reason: str | None) -> Json:
    envelope: Json = {
        "envelope_id": envelope_id,
        "payload": delivery.payload,
        "type": delivery.kind,
        "accepts_response_payload": delivery.kind in _WITH_RESPONSE,
    }
    if delivery.kind == "events_api":
        envelope |= {"retry_attempt": number, "retry_reason": reason or ""}
    return envelope
