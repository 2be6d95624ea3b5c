"""A small app of the tests' own, so that the playground is proved with Slack's libraries alone."""

from collections.abc import Callable
from typing import Any

import pytest
from slack_bolt import App, BoltRequest
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from playground.server import Playground

MANIFEST: dict[str, Any] = {
    "display_information": {"name": "Probe"},
    "features": {
        "app_home": {"home_tab_enabled": True},
        "bot_user": {"display_name": "Probe"},
        "slash_commands": [
            {"command": "/probe", "description": "Try", "usage_hint": "[text]", "should_escape": False},
            {"command": "/escaped", "description": "Try", "should_escape": True},
        ],
        "shortcuts": [
            {"name": "Save", "type": "message", "callback_id": "save", "description": "Save it"},
            {"name": "New", "type": "global", "callback_id": "new", "description": "New one"},
        ],
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                "chat:write",
                "channels:history",
                "channels:join",
                "channels:read",
                "commands",
                "files:read",
                "files:write",
                "groups:history",
                "groups:read",
                "im:history",
                "im:read",
                "im:write",
                "reactions:read",
                "reactions:write",
                "team:read",
                "users:read",
            ]
        }
    },
    "settings": {
        "event_subscriptions": {
            "bot_events": [
                "app_home_opened",
                "app_mention",
                "app_uninstalled",
                "channel_archive",
                "channel_id_changed",
                "channel_rename",
                "group_rename",
                "member_joined_channel",
                "member_left_channel",
                "message.channels",
                "message.groups",
                "message.im",
                "reaction_added",
                "reaction_removed",
                "tokens_revoked",
                "user_change",
            ]
        },
        "socket_mode_enabled": True,
    },
}


def furnish(playground: Playground) -> None:
    """Anna and Ben in #sales with the bot, a private channel with it, and one without."""
    workspace = playground.workspace
    with workspace.core.silently():
        anna = workspace.people.add("anna", "Anna Berg", locale="en-GB")
        ben = workspace.people.add("ben", "Ben Kurz", is_admin=True)
        both = [anna.id, ben.id]
        workspace.channels.add("sales", members=[*both, workspace.bot_user_id])
        workspace.channels.add("inner", private=True, members=[anna.id, workspace.bot_user_id])
        workspace.channels.add("secret", private=True, members=both)
        workspace.channels.add("general", members=both)


class Probe:
    """A Bolt app over Socket Mode that records what it gets and does what a test tells it."""

    def __init__(self, playground: Playground) -> None:
        self.app = App(client=WebClient(playground.bot_token, base_url=playground.api_url))
        self.events: list[dict[str, Any]] = []
        self.retries: list[str] = []
        self.app.use(self._record)
        for name in MANIFEST["settings"]["event_subscriptions"]["bot_events"]:
            kind = "message" if name.startswith("message.") else name
            self.app.event(kind)(self._hear)
        self.handler: Any = SocketModeHandler(self.app, playground.app_token, ping_interval=1)

    def _record(self, body: dict[str, Any], request: BoltRequest, next: Callable[[], None]) -> None:
        if "event" in body:
            self.retries += request.headers.get("x-slack-retry-num", [])
        self.events.append(body)
        next()

    def _hear(self) -> None:
        """Acknowledged by Bolt already."""

    def connect(self, playground: Playground) -> None:
        """Connect, and wait until the playground sees it."""
        connect: Callable[[], None] = self.handler.connect
        connect()
        playground.wait_connected()

    def close(self, playground: Playground) -> None:
        """End the connection; cut and wake it first, since slack_sdk would wait 3 s for something to read."""
        client = self.handler.client
        client.auto_reconnect_enabled = client.default_auto_reconnect_enabled = False
        playground.cut_sockets()
        client.message_processor.event.set()
        client.message_queue.put("")
        self.handler.close()

    def of(self, event_type: str) -> list[dict[str, Any]]:
        """The outer payloads of events of that type."""
        return [one for one in self.events if one.get("event", {}).get("type") == event_type]


def refused(call: Callable[..., Any], **arguments: Any) -> str:
    """The error code that a Web API call is refused with."""
    with pytest.raises(SlackApiError) as caught:
        call(**arguments)
    return str(caught.value.response["error"])
