"""Signed HTTP requests to the app's request URL (docs.slack.dev/authentication/verifying-requests).

Events go as JSON; commands as form fields; interactions as a form with one `payload` field.
"""

import asyncio
import hashlib
import hmac
import http.client
import json
import time
import urllib.parse
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from playground.delivery import Outcome
from playground.log import Delivery
from playground.model import Json


@dataclass(frozen=True)
class Urls:
    """Where the app listens."""

    events: str
    interactivity: str
    commands: str


class SignedHttp:
    """Sends each delivery as a request signed with the app's secret."""

    def __init__(self, signing_secret: str, urls: Urls, *, ack_seconds: float) -> None:
        self._secret = signing_secret
        self._urls = urls
        self._ack_seconds = ack_seconds
        self._pool = ThreadPoolExecutor(max_workers=256, thread_name_prefix="playground-http")

    def close(self) -> None:
        """Stop sending."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def attempt(
        self, delivery: Delivery, number: int, reason: str | None, *, ignore_ack: bool
    ) -> Outcome:
        """Post once and read the answer, which must be a 200 within the time."""
        url, content_type, body = self._request(delivery)
        headers = self.sign(body) | {"Content-Type": content_type}
        if number:
            headers |= {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": _reason(reason)}
        loop = asyncio.get_running_loop()
        future = loop.run_in_executor(self._pool, _post, url, headers, body, self._ack_seconds)
        outcome = await future
        if ignore_ack and outcome.result == "acked":
            return Outcome("timeout", outcome.via, fault="drop_ack")
        return outcome

    def sign(self, body: bytes) -> dict[str, str]:
        """The two headers that prove a request to be Slack's, by real time."""
        stamp = str(int(time.time()))
        base = b"v0:" + stamp.encode() + b":" + body
        digest = hmac.new(self._secret.encode(), base, hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}

    def _request(self, delivery: Delivery) -> tuple[str, str, bytes]:
        form = "application/x-www-form-urlencoded"
        if delivery.kind == "events_api":
            return self._urls.events, "application/json", json.dumps(delivery.payload).encode()
        if delivery.kind == "slash_commands":
            fields = {key: str(value) for key, value in delivery.payload.items()}
            return self._urls.commands, form, urllib.parse.urlencode(fields).encode()
        body = urllib.parse.urlencode({"payload": json.dumps(delivery.payload)})
        return self._urls.interactivity, form, body.encode()


def _reason(reason: str | None) -> str:
    return "http_timeout" if reason in (None, "timeout") else reason


def _post(url: str, headers: Mapping[str, str], body: bytes, timeout: float) -> Outcome:
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=timeout)
    try:
        connection.request("POST", parts.path or "/", body, dict(headers))
        answer = connection.getresponse()
        content = answer.read()
    except TimeoutError:
        return Outcome("timeout", url)
    except (OSError, http.client.HTTPException):
        return Outcome("connection_failed", url)
    finally:
        connection.close()
    if answer.status != 200:
        return Outcome("http_error", url, no_retry=answer.getheader("X-Slack-No-Retry") == "1")
    return Outcome("acked", url, _payload(answer.getheader("Content-Type") or "", content))


def _payload(content_type: str, content: bytes) -> Json | None:
    if not content:
        return None
    if content_type.startswith("application/json"):
        answer = json.loads(content)
        return answer if isinstance(answer, dict) else None
    return {"text": content.decode("utf-8", "replace")}
