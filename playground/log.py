"""What went between the workspace and the app: every Web API call and every delivery."""

import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime

from playground.model import Json

KEPT = 50_000


@dataclass(frozen=True)
class ApiCall:
    """One Web API call with its answer. `seconds` is how long the answer took; `fault` what we did to it.

    `result` is None where the connection was closed without an answer.
    """

    at: datetime
    method: str
    arguments: Json
    status: int
    result: Json | None
    seconds: float
    fault: str | None = None

    @property
    def error(self) -> str | None:
        """The error code that was answered, if any."""
        return None if self.result is None else self.result.get("error")


@dataclass
class Attempt:
    """One try of a delivery. `outcome`: acked, timeout, http_error, connection_failed, no_connection.

    `fault` is what we did to it: drop_ack or silent.
    """

    number: int
    at: datetime
    via: str
    outcome: str = "waiting"
    seconds: float = 0.0
    fault: str | None = None


@dataclass
class Delivery:
    """Something sent to the app. `state`: pending, acked or lost.

    `kind` is events_api, slash_commands or interactive; `name` the event's type, the command, or the
    interaction's type. `settled` is set when it was acknowledged, given up, or waits for a late retry.
    """

    id: str
    kind: str
    name: str
    payload: Json
    attempts: list[Attempt] = field(default_factory=list)
    state: str = "pending"
    response: Json | None = None
    settled: threading.Event = field(default_factory=threading.Event)
    finished: threading.Event = field(default_factory=threading.Event)

    @property
    def ack_seconds(self) -> float | None:
        """How long the acknowledgement took, or None where none came."""
        return next((one.seconds for one in self.attempts if one.outcome == "acked"), None)


class Log:
    """The latest calls and deliveries, oldest first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: deque[ApiCall] = deque(maxlen=KEPT)
        self._deliveries: deque[Delivery] = deque(maxlen=KEPT)

    def add_call(self, call: ApiCall) -> None:
        """Write down a Web API call."""
        with self._lock:
            self._calls.append(call)

    def add_delivery(self, delivery: Delivery) -> None:
        """Write down a delivery; it is filled in as it goes on."""
        with self._lock:
            self._deliveries.append(delivery)

    def calls(self, method: str | None = None) -> list[ApiCall]:
        """Web API calls, all or of one method."""
        with self._lock:
            return [one for one in self._calls if method in (None, one.method)]

    def deliveries(self, name: str | None = None) -> list[Delivery]:
        """Deliveries, all or of one event type, command or interaction type."""
        with self._lock:
            return [one for one in self._deliveries if name in (None, one.name)]

    def clear(self) -> None:
        """Forget all, to look at what comes after."""
        with self._lock:
            self._calls.clear()
            self._deliveries.clear()

    def as_json(self) -> Json:
        """Both lists as JSON."""
        return {
            "calls": [
                {
                    "at": one.at.isoformat(),
                    "method": one.method,
                    "arguments": one.arguments,
                    "status": one.status,
                    "result": one.result,
                    "seconds": round(one.seconds, 4),
                    "fault": one.fault,
                }
                for one in self.calls()
            ],
            "deliveries": [_delivery_json(one) for one in self.deliveries()],
        }


def _delivery_json(delivery: Delivery) -> Json:
    return {
        "id": delivery.id,
        "kind": delivery.kind,
        "name": delivery.name,
        "state": delivery.state,
        "ack_seconds": delivery.ack_seconds,
        "response": delivery.response,
        "payload": delivery.payload,
        "attempts": [
            {
                "number": one.number,
                "at": one.at.isoformat(),
                "via": one.via,
                "outcome": one.outcome,
                "seconds": round(one.seconds, 4),
                "fault": one.fault,
            }
            for one in delivery.attempts
        ],
    }
