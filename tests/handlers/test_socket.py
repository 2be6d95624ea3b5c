"""Socket Mode against the playground: requests are answered, losses mended, refusals told in a sentence."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.socket_mode.builtin.connection import Connection, ConnectionState

from bot.errors import OperatorError
from bot.live import Live
from bot.manifest import manifest
from handlers import socket as module
from handlers.socket import SocketConnection
from playground.person import Person
from playground.server import Playground

SOON = 10.0  # seconds


@pytest.fixture
def playground() -> Iterator[Playground]:
    with Playground(manifest=manifest(), retry_delays=(0.0, 0.05, 0.05)) as running:
        workspace = running.workspace
        with workspace.core.silently():
            anna = workspace.people.add("anna", "Anna Berg")
            workspace.channels.add("sales", members=[anna.id, workspace.bot_user_id])
        yield running


@pytest.fixture
def anna(playground: Playground) -> Person:
    return playground.person("anna")


class Bolt:
    """A Bolt app that counts events and hellos, and can be made to wait."""

    def __init__(self, playground: Playground, app_token: str | None = None) -> None:
        self.heard: list[str] = []
        self.hellos = threading.Semaphore(0)
        self.begun = threading.Event()
        self.go = threading.Event()
        self.go.set()
        app = App(client=WebClient(playground.bot_token, base_url=playground.api_url))
        app.use(self._record)
        app.event("message")(lambda: None)
        self.live = Live()
        self.connection = SocketConnection(
            app, app_token or playground.app_token, live=self.live, on_hello=self.hellos.release
        )

    def _record(self, body: dict[str, Any], next: Any) -> None:
        self.begun.set()
        assert self.go.wait(SOON)
        self.heard.append(body["event"]["text"])
        next()


def test_requests_are_answered_and_a_lost_connection_is_mended(playground: Playground, anna: Person) -> None:
    bolt = Bolt(playground)
    assert not bolt.connection.is_connected
    bolt.connection.connect()
    playground.wait_connected()
    assert bolt.connection.is_connected
    assert bolt.hellos.acquire(timeout=SOON)
    anna.post("sales", "one")
    assert bolt.heard == ["one"]
    playground.refresh_sockets()
    assert bolt.hellos.acquire(timeout=SOON)  # what happened in between may be caught up now
    playground.wait_connected()
    anna.post("sales", "two")
    assert bolt.heard == ["one", "two"]
    assert bolt.connection.close()
    assert not bolt.connection.is_connected


def test_a_close_answers_what_is_in_hand(playground: Playground, anna: Person) -> None:
    bolt = Bolt(playground)
    bolt.connection.connect()
    playground.wait_connected()
    bolt.go.clear()
    anna.post("sales", "one", wait=False)
    assert bolt.begun.wait(SOON)
    assert bolt.live.in_hand == 1
    threading.Timer(0.1, bolt.go.set).start()
    assert bolt.connection.close()
    playground.wait_idle()
    assert bolt.heard == ["one"] and bolt.live.in_hand == 0
    (delivery,) = [one for one in playground.log.deliveries() if one.name == "message"]
    assert delivery.state == "acked"


def test_a_close_does_not_wait_for_ever(playground: Playground, anna: Person) -> None:
    bolt = Bolt(playground)
    bolt.connection.connect()
    playground.wait_connected()
    bolt.go.clear()
    anna.post("sales", "one", wait=False)
    assert bolt.begun.wait(SOON)
    assert not bolt.connection.close(timeout=0.05)
    bolt.go.set()


def test_what_comes_while_it_closes_is_left_to_others(
    playground: Playground, anna: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    came, enqueue = threading.Semaphore(0), module._Client.enqueue_message

    def enqueue_message(client: module._Client, message: str) -> None:
        enqueue(client, message)
        came.release()

    monkeypatch.setattr(module._Client, "enqueue_message", enqueue_message)
    bolt = Bolt(playground)
    bolt.connection.connect()
    playground.wait_connected()
    bolt.go.clear()
    anna.post("sales", "one", wait=False)
    assert came.acquire(timeout=SOON) and came.acquire(timeout=SOON)  # of hello and the message
    assert bolt.begun.wait(SOON)
    assert bolt.connection._handler is not None
    client, closing = bolt.connection._handler.client, threading.Thread(target=bolt.connection.close)
    closing.start()
    pause = threading.Event()
    while not client.closed:
        pause.wait(0.01)
    anna.post("sales", "two", wait=False)
    assert came.acquire(timeout=SOON)
    bolt.go.set()
    closing.join()
    assert bolt.heard == ["one"]
    assert not [one.getMessage() for one in caplog.records if one.levelname == "ERROR"]


def test_a_session_is_read_with_its_own_state(
    playground: Playground, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_read, read = threading.Event(), Connection.run_until_completion

    def run_until_completion(session: Connection, state: ConnectionState) -> None:
        is_read.set()
        read(session, state)

    def set_slowly(client: object, name: str, value: object) -> None:
        if name == "current_session_state" and getattr(client, "current_session", None) is not None:
            is_read.wait(0.5)  # the library's reader may come in here, between session and state
        object.__setattr__(client, name, value)

    monkeypatch.setattr(Connection, "run_until_completion", run_until_completion)
    monkeypatch.setattr(module._Client, "__setattr__", set_slowly, raising=False)
    bolt = Bolt(playground)
    bolt.connection.connect()
    playground.wait_connected()
    assert bolt.hellos.acquire(timeout=SOON)
    assert bolt.connection.renew()
    assert bolt.hellos.acquire(timeout=SOON), "nobody reads from the new connection"
    anna.post("sales", "one")
    assert bolt.heard == ["one"]
    assert bolt.connection.close(), "the reader of the first connection never ends"


def test_a_library_that_does_not_end_keeps_nobody(
    playground: Playground, monkeypatch: pytest.MonkeyPatch
) -> None:
    never = threading.Event()
    monkeypatch.setattr(module._Client, "close", lambda _: never.wait())
    bolt = Bolt(playground)
    bolt.connection.connect()
    playground.wait_connected()
    assert not bolt.connection.close(timeout=0.05)
    never.set()


def test_what_waited_for_too_long_is_not_begun_and_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    first = iter([True])
    monkeypatch.setattr(module, "is_too_late", lambda _: next(first, False))
    with Playground(manifest=manifest(), retry_delays=(0.0,), ack_seconds=0.2) as running:
        with running.workspace.core.silently():
            anna = running.workspace.people.add("anna", "Anna Berg")
            running.workspace.channels.add("sales", members=[anna.id, running.workspace.bot_user_id])
        bolt = Bolt(running)
        bolt.connection.connect()
        running.wait_connected()
        running.person("anna").post("sales", "one")
        assert bolt.heard == ["one"]
        (delivery,) = [one for one in running.log.deliveries() if one.name == "message"]
        assert [one.outcome for one in delivery.attempts] == ["timeout", "acked"]
        assert bolt.connection.requests == 2  # it was heard, and the connection is not silent
        assert bolt.connection.close()


def test_a_wrong_app_token_is_told_in_a_sentence(playground: Playground) -> None:
    bolt = Bolt(playground, "xapp-wrong")
    with pytest.raises(OperatorError, match="SLACK_APP_TOKEN is not valid"):
        bolt.connection.connect()
    assert not bolt.connection.is_connected


def test_a_socket_that_does_not_open_is_told_in_a_sentence(
    playground: Playground, monkeypatch: pytest.MonkeyPatch
) -> None:
    bolt = Bolt(playground)
    monkeypatch.setattr(SocketConnection, "_address", lambda _: "ws://127.0.0.1:9/link/")
    with pytest.raises(OperatorError, match="can't be reached"):
        bolt.connection.connect()
    assert not bolt.connection.is_connected


def test_an_unreachable_slack_is_told_in_a_sentence(playground: Playground) -> None:
    bolt = Bolt(playground)
    playground.stop()
    with pytest.raises(OperatorError, match="can't be reached"):
        bolt.connection.connect()
