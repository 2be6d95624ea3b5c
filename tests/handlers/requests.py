"""Slack's requests over HTTP, signed, in the shapes of Slack's own samples, through the whole Bolt app."""

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import count
from time import time
from typing import Any
from urllib.parse import urlencode

from slack_bolt import App, BoltRequest, BoltResponse
from slack_sdk.signature import SignatureVerifier

from bot.analysis import embedding
from bot.bridges.watch import BridgeWatch
from bot.config import Settings
from handlers.bolt import LISTENER_THREADS, build_bolt
from tests.stage import Stage
from tests.support import ANNA, SALES, TEAM

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
ENDED = 30.0  # seconds
_numbers = count(1)


class Listeners(ThreadPoolExecutor):
    """Runs Bolt's listeners, and knows when they have ended: a form is opened after the acknowledgement."""

    def __init__(self) -> None:
        super().__init__(LISTENER_THREADS)
        self._begun: list[Future[Any]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        future = super().submit(fn, *args, **named)
        self._begun.append(future)
        return future

    def wait(self) -> None:
        """Until all that were begun have ended."""
        begun, self._begun = self._begun, []
        wait(begun, ENDED)


@dataclass(frozen=True)
class Slack:
    """Sends what Slack sends, and gives what Frontline answered."""

    bolt: App
    stage: Stage
    listeners: Listeners

    def send(
        self, body: str, kind: str = "application/json", *, secret: str = SECRET, age: int = 0
    ) -> BoltResponse:
        stamp = str(int(time()) - age)
        signature = SignatureVerifier(secret).generate_signature(timestamp=stamp, body=body)
        assert signature is not None
        headers: dict[str, str | Sequence[str]] = {
            "content-type": kind,
            "x-slack-request-timestamp": stamp,
            "x-slack-signature": signature,
        }
        answer = self.bolt.dispatch(BoltRequest(body=body, headers=headers))
        self.listeners.wait()
        return answer

    def event(self, event: Mapping[str, Any], *, event_id: str | None = None, **how: Any) -> BoltResponse:
        """An event in its envelope."""
        return self.send(json.dumps(envelope(event, event_id)), **how)

    def command(self, text: str, user: str = ANNA, **changes: str) -> BoltResponse:
        trigger = f"13345224609.738474920.{next(_numbers)}"
        fields = {
            "token": "gIkuvaNzQIHg97ATvDxqgjtO",
            "api_app_id": "A1",
            "team_id": TEAM,
            "team_domain": "acme",
            "channel_id": SALES,
            "channel_name": "sales",
            "user_id": user,
            "user_name": "anna",
            "command": "/insight",
            "text": text,
            "response_url": "https://hooks.slack.test/commands/1234/5678",
            "trigger_id": trigger,
            "is_enterprise_install": "false",
        }
        return self.send(urlencode(fields | changes), "application/x-www-form-urlencoded")

    def interact(self, kind: str, user: str = ANNA, team: str = TEAM, **body: Any) -> BoltResponse:
        payload = {
            "type": kind,
            "team": {"id": TEAM, "domain": "acme"},
            "user": {"id": user, "username": "anna", "name": "anna", "team_id": team},
            "api_app_id": "A1",
            "token": "gIkuvaNzQIHg97ATvDxqgjtO",
            "trigger_id": f"13345224609.738474920.{next(_numbers)}",
            "enterprise": None,
            "is_enterprise_install": False,
            **body,
        }
        return self.send(urlencode({"payload": json.dumps(payload)}), "application/x-www-form-urlencoded")

    def press(self, action: str, user: str = ANNA, *, where: str = "note", **element: Any) -> BoltResponse:
        """A button or menu, in an ephemeral note, a form (`modal`) or the home tab (`home`)."""
        if element.get("value") is None and "selected_option" not in element:
            element["value"] = "1"
        kind = "static_select" if "selected_option" in element else "button"
        acted = {"type": kind, "action_id": action, "block_id": "b", "action_ts": "1772442000.1", **element}
        if where == "note":
            place: dict[str, Any] = {
                "container": {
                    "type": "message",
                    "message_ts": "1772442000.000900",
                    "channel_id": SALES,
                    "is_ephemeral": True,
                },
                "channel": {"id": SALES, "name": "sales"},
                "response_url": "https://hooks.slack.test/actions/1",
            }
        else:
            view = {"id": "V1", "type": where, "hash": "1772442000.abc", "state": {"values": {}}}
            place = {"container": {"type": "view", "view_id": "V1"}, "view": view}
        return self.interact("block_actions", user, actions=[acted], **place)

    def submit(
        self,
        view: Mapping[str, Any],
        values: Mapping[str, Any],
        user: str = ANNA,
        view_id: str = "V1",
        **more: Any,
    ) -> BoltResponse:
        """The form that Frontline opened, answered."""
        state = {"values": {block: {block: element} for block, element in values.items()}}
        shown = {"id": view_id, "hash": "1772442000.abc", "team_id": TEAM, "app_id": "A1", "bot_id": "BBOT"}
        return self.interact("view_submission", user, view={**view, **shown, "state": state}, **more)


def envelope(event: Mapping[str, Any], event_id: str | None = None) -> dict[str, Any]:
    return {
        "token": "z26uFbvR1xHJEdHE1OQiO6t8",
        "team_id": TEAM,
        "api_app_id": "A1",
        "event": dict(event),
        "type": "event_callback",
        "event_id": event_id or f"Ev{next(_numbers):09}",
        "event_time": 1772442000,
        "authorizations": [{"enterprise_id": None, "team_id": TEAM, "user_id": "UBOT", "is_bot": True}],
        "is_ext_shared_channel": False,
        "event_context": "4-eyJldCI6Im1lc3NhZ2UifQ",
    }


def http_mode(stage: Stage) -> Slack:
    """The whole app behind Slack's signature."""
    embedding.load()  # as at the start of a process: the first text must not wait for it
    settings = Settings(_env_file=None, slack_bot_token="xoxb-1", slack_signing_secret=SECRET)  # type: ignore[call-arg]
    bolt = build_bolt(stage.services, settings, BridgeWatch(stage.services.db, TEAM))
    listeners = bolt.listener_runner.listener_executor = Listeners()
    return Slack(bolt, stage, listeners)
