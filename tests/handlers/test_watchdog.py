"""A connection that stands and carries nothing is replaced; a quiet workspace is left in peace."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import monotonic

import pytest
import uvicorn
from slack_bolt import App
from slack_sdk import WebClient

from bot.health import socket_part
from bot.manifest import manifest
from bot.slack import SlackBusy, SlackUnclear
from handlers import socket
from handlers.socket import SocketConnection, Watchdog
from playground.server import Playground
from tests.frontline import scene

SOON = 10.0  # seconds


@dataclass
class Slack:
    """Answers `auth.test`, or not."""

    problem: Exception | None = None
    asked: int = 0

    def ask(self) -> None:
        self.asked += 1
        if self.problem is not None:
            raise self.problem


@dataclass
class Quiet(SocketConnection):
    """A connection of which a test says how long it was silent."""

    is_up: bool = True
    silence: float = 0.0
    pingless: float = 0.0
    renewals: int = 0
    is_renewed: bool = True
    requests: int = 0
    pings: int = 0

    @property
    def is_connected(self) -> bool:
        return self.is_up

    @property
    def silent_for(self) -> float:
        return self.silence

    @property
    def pingless_for(self) -> float:
        return self.pingless

    def renew(self) -> bool:
        self.renewals += 1
        if self.is_renewed:
            self.silence = self.pingless = 0.0
        return self.is_renewed


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "DOUBT_AGAIN", 0.0)


def test_a_silent_connection_is_renewed_once_slack_answers() -> None:
    quiet, slack = Quiet(silence=299.0), Slack()
    dog = Watchdog(quiet, slack.ask)
    assert not dog.step() and slack.asked == 0
    quiet.silence = 301.0
    slack.problem = SlackUnclear("URLError")
    assert not dog.step() and quiet.renewals == 0  # no network: silence says nothing
    slack.problem = SlackBusy(1.0)
    assert dog.step() and quiet.renewals == 1


def test_a_quiet_night_is_left_more_and_more_in_peace() -> None:
    quiet = Quiet()
    dog = Watchdog(quiet, Slack().ask)
    waits = []
    for _ in range(7):
        seconds = 0.0
        while not dog.step():
            seconds += 60.0
            quiet.silence = seconds
        waits.append(seconds)
    assert waits == [300.0, 600.0, 1200.0, 2400.0, 3600.0, 3600.0, 3600.0]
    quiet.requests += 1
    quiet.silence = 300.0
    assert dog.step()  # someone spoke: from now on silence means more again


def test_a_lost_connection_is_the_clients_own_business() -> None:
    quiet = Quiet(is_up=False, silence=9999.0)
    assert not Watchdog(quiet, Slack().ask).step()
    assert quiet.renewals == 0


def test_readiness_says_when_a_silent_connection_could_not_be_replaced() -> None:
    quiet = Quiet(silence=301.0, is_renewed=False)
    dog = Watchdog(quiet, Slack().ask)
    assert not dog.step() and quiet.renewals == 1
    assert socket_part(quiet, dog.doubt()).is_ok
    quiet.silence = 361.0
    part = socket_part(quiet, dog.doubt())
    assert (part.is_ok, part.says) == (
        False,
        "connected, but silent for 361 s; no new connection can be had",
    )


def test_a_connection_without_slacks_pings_is_replaced_within_a_minute() -> None:
    quiet, slack = Quiet(pings=1, pingless=39.0), Slack()
    dog = Watchdog(quiet, slack.ask)
    assert not dog.step() and slack.asked == 0 and dog.doubt() is None
    quiet.pingless = 41.0
    assert socket_part(quiet, dog.doubt()).says == "connected, but Slack has not pinged for 41 s"
    assert dog.step() and quiet.renewals == 1
    assert not dog.step()
    assert not socket_part(quiet, dog.doubt()).is_ok  # nothing says yet that the new one is better
    quiet.pings += 1
    assert socket_part(quiet, dog.doubt()).is_ok


def test_a_quiet_night_with_pings_goes_on_after_a_deaf_connection() -> None:
    quiet = Quiet(pings=1, pingless=41.0)
    dog = Watchdog(quiet, Slack().ask)
    assert dog.step()
    quiet.pings, quiet.silence = 2, 299.0
    assert not dog.step() and dog.doubt() is None
    quiet.silence = 300.0
    assert dog.step()  # the deaf one was no quiet night, and has made nobody more patient


def test_pings_that_are_heard_late_are_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    quiet = Quiet(pings=1, pingless=500.0)  # the process stood still

    def read_meanwhile() -> None:
        quiet.pingless = 0.0

    assert not Watchdog(quiet, read_meanwhile).step()
    assert quiet.renewals == 0


@pytest.fixture
def playground() -> Iterator[Playground]:
    with Playground(manifest=manifest(), ack_seconds=0.2, retry_delays=(0.0, 0.2, 0.2)) as running:
        anna = running.workspace.people.add("anna")
        running.workspace.channels.add("sales", members=[anna.id, running.workspace.bot_user_id])
        yield running


def test_a_deaf_connection_to_slack_is_replaced(playground: Playground) -> None:
    heard, hellos = threading.Semaphore(0), threading.Semaphore(0)
    app = App(client=WebClient(playground.bot_token, base_url=playground.api_url))
    app.event("message")(lambda: heard.release())
    connection = SocketConnection(app, playground.app_token, on_hello=hellos.release)
    dog = Watchdog(connection, lambda: None, silence=0.0)
    connection.connect()
    try:
        assert hellos.acquire(timeout=SOON)
        playground.silence_sockets()
        playground.person("anna").post("sales", "nobody hears it")
        assert connection.is_connected and not heard.acquire(blocking=False)
        assert dog.step()
        assert hellos.acquire(timeout=SOON)  # so what was missed is caught up
        playground.person("anna").post("sales", "heard")
        assert heard.acquire(timeout=SOON)
    finally:
        connection.close()


@pytest.fixture
def pinging(monkeypatch: pytest.MonkeyPatch) -> None:
    """The playground pings at once and again, where Slack takes ten seconds."""
    config = uvicorn.Config
    monkeypatch.setattr(
        uvicorn, "Config", lambda *a, **more: config(*a, **{**more, "ws_ping_interval": 0.05})
    )


def test_slacks_pings_are_heard_over_each_connection(
    pinging: None, playground: Playground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "PINGLESS", 0.0)
    app = App(client=WebClient(playground.bot_token, base_url=playground.api_url))
    connection = SocketConnection(app, playground.app_token)
    dog = Watchdog(connection, lambda: None)
    assert connection.pingless_for == 0.0
    connection.connect()
    try:
        for _ in range(2):
            before = connection.pings
            until(lambda before=before: connection.pings > before + 1)  # type: ignore[misc]
            assert dog.step()
        playground.refresh_sockets()
        before = connection.pings
        until(lambda: connection.pings > before + 1)
    finally:
        connection.close()


def until(is_so: Callable[[], bool]) -> None:
    deadline, pause = monotonic() + SOON, threading.Event()
    while not is_so():
        assert monotonic() < deadline, "it did not come true"
        pause.wait(0.01)


def test_a_renewal_that_slack_refuses_leaves_the_old_connection(playground: Playground) -> None:
    app = App(client=WebClient(playground.bot_token, base_url=playground.api_url))
    connection = SocketConnection(app, playground.app_token)
    connection.connect()
    try:
        playground.faults.add("error", "apps.connections.open")
        assert not connection.renew()
        assert connection.is_connected
        assert connection.renew()
    finally:
        connection.close()


@pytest.mark.parametrize("problem", [AttributeError("close"), OSError(9, "Bad file descriptor")])
def test_a_socket_that_vanishes_while_frontline_stops_is_no_failure(
    playground: Playground, problem: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = App(client=WebClient(playground.bot_token, base_url=playground.api_url))
    connection = SocketConnection(app, playground.app_token)
    connection.connect()
    assert connection._handler is not None
    client = connection._handler.client
    disconnect, calls = client.disconnect, [problem]

    def vanish() -> None:
        disconnect()
        if calls:
            raise calls.pop()

    monkeypatch.setattr(client, "disconnect", vanish)
    assert connection.close()
    assert not calls and not client.message_processor.is_alive()


def test_what_a_deaf_connection_swallowed_is_caught_up(monkeypatch: pytest.MonkeyPatch) -> None:
    defaults = Watchdog.__init__.__kwdefaults__
    assert defaults is not None
    monkeypatch.setitem(defaults, "silence", 0.3)
    with scene() as stage:
        for text in ("found by the catching up at the start", "found by that of a renewal"):
            with stage.playground.workspace.core.silently():
                message = stage.anna.post("sales", text)
                stage.anna.react(message, "bulb")
            stage.anna.wait_for(lambda one=message: one.reaction("inbox_tray") is not None, timeout=20.0)  # type: ignore[misc]
