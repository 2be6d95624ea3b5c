"""HTTP: Slack's signed requests reach Bolt, slow ones hold up no others, operators get their answers."""

import json
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from time import time
from typing import Any

import pytest
from slack_bolt import App, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.signature import SignatureVerifier
from starlette.applications import Starlette

from bot.errors import OperatorError
from bot.health import Part
from bot.live import Live
from handlers import http as module
from handlers.http import DISPATCH_THREADS, MOST_BYTES, HttpServer, build_http

SECRET = "signing-secret"
GOOD = (Part("database", is_ok=True, says="answers"),)


class Probe:
    """A Bolt app that records what reaches its middleware, behind our server."""

    def __init__(self) -> None:
        self.bodies: list[Mapping[str, Any]] = []
        self.during: Callable[[Mapping[str, Any]], None] = lambda _: None
        self.bolt = App(
            signing_secret=SECRET,
            authorize=lambda: AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-1"),
        )
        self.bolt.use(self._record)
        self.bolt.event("reaction_added")(lambda: None)
        self.bolt.command("/insight")(lambda ack: ack("Saved"))

    def _record(self, body: dict[str, Any], next: Callable[[], None]) -> BoltResponse | None:
        self.bodies.append(body)
        self.during(body)
        next()
        return None


def event(event_id: str = "Ev1") -> bytes:
    inner = {"type": "reaction_added", "user": "U1", "reaction": "bulb", "event_ts": "1.1", "item": {}}
    return json.dumps(
        {"type": "event_callback", "team_id": "T1", "event_id": event_id, "event": inner}
    ).encode()


def signed(body: bytes, secret: str = SECRET, age: int = 0, kind: str = "application/json") -> dict[str, str]:
    stamp = str(int(time()) - age)
    signature = SignatureVerifier(secret).generate_signature(timestamp=stamp, body=body)
    assert signature is not None
    return {"Content-Type": kind, "X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature}


def call(
    server: HttpServer, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> tuple[int, str]:
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}{path}", body, dict(headers or {}))
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as problem:
        return problem.code, problem.read().decode()


@pytest.fixture
def probe() -> Probe:
    return Probe()


@pytest.fixture
def serve() -> Iterator[Callable[[Starlette], HttpServer]]:
    running: list[HttpServer] = []

    def start(app: Starlette) -> HttpServer:
        server = HttpServer(app, "127.0.0.1", 0)
        server.start()
        running.append(server)
        return server

    yield start
    for server in running:
        server.stop()


@pytest.fixture
def server(probe: Probe, serve: Callable[[Starlette], HttpServer]) -> HttpServer:
    return serve(build_http(probe.bolt, lambda: GOOD, lambda: b"frontline_x 1\n"))


# --- Slack's requests --------------------------------------------------------------------------------------


def test_a_signed_event_reaches_bolt(server: HttpServer, probe: Probe) -> None:
    assert call(server, "/slack/events", event(), signed(event()))[0] == 200
    assert [body["event_id"] for body in probe.bodies] == ["Ev1"]


def test_a_request_is_in_hand_until_it_is_answered(
    probe: Probe, serve: Callable[[Starlette], HttpServer]
) -> None:
    live, seen = Live(), list[int]()
    probe.during = lambda _: seen.append(live.in_hand)
    server = serve(build_http(probe.bolt, lambda: GOOD, lambda: b"", live))
    call(server, "/slack/events", event(), signed(event()))
    assert seen == [1] and live.in_hand == 0


def test_what_waited_for_too_long_is_not_begun(
    server: HttpServer, probe: Probe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "is_too_late", lambda _: True)
    assert call(server, "/slack/events", event(), signed(event())) == (503, "too late\n")
    assert not probe.bodies


def test_a_signed_command_is_answered_in_its_response(server: HttpServer) -> None:
    body = b"command=%2Finsight&text=%C3%A4&team_id=T1&user_id=U1&trigger_id=1.2"
    status, said = call(server, "/slack/events", body, signed(body, kind="application/x-www-form-urlencoded"))
    assert (status, said) == (200, "Saved")


@pytest.mark.parametrize(
    "headers", [{}, signed(event(), "other"), signed(event("Ev2")), signed(event(), age=301)]
)
def test_what_is_not_signed_by_slack_just_now_is_refused(
    server: HttpServer, probe: Probe, headers: dict[str, str]
) -> None:
    assert call(server, "/slack/events", event(), headers)[0] == 401
    assert probe.bodies == []


def test_a_raise_before_the_acknowledgement_is_no_acknowledgement(server: HttpServer, probe: Probe) -> None:
    def fail(_: object) -> None:
        raise RuntimeError("no database")

    probe.during = fail
    assert call(server, "/slack/events", event(), signed(event()))[0] == 500


def test_too_large_a_body_is_refused_whatever_its_header_says(server: HttpServer, probe: Probe) -> None:
    # Nothing is left unsent when the refusal comes: the connection would be reset, and the answer with it.
    head = b"POST /slack/events HTTP/1.1\r\nHost: x\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as raw:
        raw.sendall(head + f"Content-Length: {MOST_BYTES + 1}\r\n\r\n".encode())
        assert raw.recv(100).startswith(b"HTTP/1.1 413")
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as raw:
        raw.sendall(head + b"Transfer-Encoding: chunked\r\n\r\n")
        for _ in range(MOST_BYTES // 0x10000):
            raw.sendall(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
        raw.sendall(b"1\r\nx\r\n")
        assert raw.recv(100).startswith(b"HTTP/1.1 413")
    assert probe.bodies == []


def test_bytes_that_are_no_text_are_refused(server: HttpServer) -> None:
    body = b"\xff\xfe"
    assert call(server, "/slack/events", body, {"Content-Type": "application/json"})[0] == 400


def test_slow_requests_hold_up_no_others(server: HttpServer, probe: Probe) -> None:
    """All but one thread hang in Slack's or the database's slowness; events and health still answer."""
    waiting, go = threading.Semaphore(0), threading.Event()

    def hang(body: Mapping[str, Any]) -> None:
        if body["event_id"].startswith("Slow"):
            waiting.release()
            assert go.wait(10)

    probe.during = hang
    slow = [event(f"Slow{number}") for number in range(DISPATCH_THREADS - 1)]
    with ThreadPoolExecutor(len(slow)) as threads:
        answers = [threads.submit(call, server, "/slack/events", body, signed(body)) for body in slow]
        for _ in slow:
            assert waiting.acquire(timeout=10)
        assert call(server, "/slack/events", event(), signed(event()))[0] == 200
        assert call(server, "/healthz")[0] == 200
        go.set()
        assert [answer.result()[0] for answer in answers] == [200] * len(slow)


# --- operators ---------------------------------------------------------------------------------------------


def test_health_metrics_and_nothing_else_in_socket_mode(serve: Callable[[Starlette], HttpServer]) -> None:
    server = serve(build_http(None, lambda: GOOD, lambda: b"frontline_x 1\n"))
    assert call(server, "/healthz") == (200, "ok\n")
    assert call(server, "/metrics") == (200, "frontline_x 1\n")
    assert call(server, "/slack/events", event(), signed(event()))[0] == 404
    assert call(server, "/")[0] == 404


def test_readiness_names_what_is_not_well(serve: Callable[[Starlette], HttpServer]) -> None:
    parts = [GOOD[0], Part("slack", is_ok=True, says="answers")]
    server = serve(build_http(None, lambda: parts, lambda: b""))
    status, body = call(server, "/readyz")
    assert (status, json.loads(body)["ready"]) == (200, True)
    parts[1] = Part("slack", is_ok=False, says="token_revoked")
    status, body = call(server, "/readyz")
    assert status == 503
    assert json.loads(body) == {
        "ready": False,
        "parts": {
            "database": {"ok": True, "says": "answers"},
            "slack": {"ok": False, "says": "token_revoked"},
        },
    }


# --- the port, and a graceful stop -------------------------------------------------------------------------


def test_a_taken_port_is_told_in_a_sentence(server: HttpServer, probe: Probe) -> None:
    with pytest.raises(OperatorError, match=rf"Port {server.port} is taken .* set PORT"):
        HttpServer(build_http(None, lambda: GOOD, lambda: b""), "127.0.0.1", server.port)


@pytest.mark.parametrize("host", ["192.0.2.1", "no.such.host.invalid"])
def test_a_foreign_host_is_told_in_a_sentence(host: str) -> None:
    with pytest.raises(OperatorError, match=f"HOST {host} is no address of this machine"):
        HttpServer(build_http(None, lambda: GOOD, lambda: b""), host, 0)


def test_a_stop_answers_what_is_in_hand(server: HttpServer, probe: Probe) -> None:
    begun, go, port = threading.Event(), threading.Event(), server.port

    def hang(_: object) -> None:
        begun.set()
        assert go.wait(10)

    probe.during = hang
    with ThreadPoolExecutor(2) as threads:
        answer = threads.submit(call, server, "/slack/events", event(), signed(event()))
        assert begun.wait(10)
        stopped = threads.submit(server.stop, 10)
        go.set()
        assert answer.result()[0] == 200
        assert stopped.result()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), timeout=2)


def test_a_stop_before_the_start_lets_the_port_go() -> None:
    server = HttpServer(build_http(None, lambda: GOOD, lambda: b""), "127.0.0.1", 0)
    port = server.port
    assert server.stop()
    HttpServer(build_http(None, lambda: GOOD, lambda: b""), "127.0.0.1", port).stop()


def test_the_grace_ends_within_ten_seconds() -> None:
    assert module.GRACE < 10
