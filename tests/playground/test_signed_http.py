"""Signed HTTP deliveries, checked by slack_sdk's own verifier."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest
from slack_sdk.signature import SignatureVerifier

from playground.person import Person
from playground.server import Playground


class Receiver:
    """A plain HTTP server in the app's place; answers with the next of `statuses`, else 200."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, str], str]] = []
        self.statuses: list[int] = []
        self.body = b""
        self.headers: dict[str, str] = {}
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["Content-Length"])).decode()
                receiver.requests.append((dict(self.headers), content))
                self.send_response(receiver.statuses.pop(0) if receiver.statuses else 200)
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(receiver.body)))
                self.end_headers()
                self.wfile.write(receiver.body)

            def log_message(self, format: str, *args: Any) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/slack/events"


@pytest.fixture
def receiver(playground: Playground) -> Iterator[Receiver]:
    receiver = Receiver()
    playground.deliver_to(receiver.url)
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()


def test_events_are_signed_json(receiver: Receiver, playground: Playground, anna: Person) -> None:
    anna.post("sales", "ünïcode")
    ((headers, body),) = receiver.requests
    assert SignatureVerifier(playground.signing_secret).is_valid_request(body, headers)
    assert not SignatureVerifier("other").is_valid_request(body, headers)
    assert json.loads(body)["event"]["text"] == "ünïcode"
    assert headers["Content-Type"] == "application/json"


def test_failures_are_retried_with_number_and_reason(receiver: Receiver, anna: Person) -> None:
    receiver.statuses = [500, 404]
    anna.post("sales", "x")
    told = [
        (headers.get("X-Slack-Retry-Num"), headers.get("X-Slack-Retry-Reason"))
        for headers, _ in receiver.requests
    ]
    assert told == [(None, None), ("1", "http_error"), ("2", "http_error")]
    assert len({json.loads(body)["event_id"] for _, body in receiver.requests}) == 1


def test_no_retry_header_is_obeyed(receiver: Receiver, anna: Person) -> None:
    receiver.statuses = [500]
    receiver.headers = {"X-Slack-No-Retry": "1"}
    anna.post("sales", "x")
    assert len(receiver.requests) == 1


def test_commands_and_interactions_are_forms(
    receiver: Receiver, playground: Playground, anna: Person
) -> None:
    receiver.body = b"thanks"
    anna.command("sales", "/probe me & you")
    headers, body = receiver.requests[0]
    assert SignatureVerifier(playground.signing_secret).is_valid_request(body, headers)
    fields = parse_qs(body)
    assert (fields["command"], fields["text"]) == (["/probe"], ["me &amp; you"])
    assert anna.sees("sales")[-1].text == "thanks"
    receiver.body = b""
    anna.shortcut("new")
    payload = json.loads(parse_qs(receiver.requests[1][1])["payload"][0])
    assert (payload["type"], payload["callback_id"]) == ("shortcut", "new")
