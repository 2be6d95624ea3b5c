"""A small app of the tests' own, so that the playground is proved with Slack's libraries alone."""

from collections.abc import Iterator
from typing import Any

import pytest
from slack_sdk import WebClient

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


@pytest.fixture
def playground() -> Iterator[Playground]:
    with Playground(manifest=MANIFEST, ack_seconds=0.5, retry_delays=(0.0, 0.05, 0.05)) as running:
        furnish(running)
        yield running


@pytest.fixture
def client(playground: Playground) -> WebClient:
    return WebClient(playground.bot_token, base_url=playground.api_url)


@pytest.fixture
def sales(playground: Playground) -> str:
    return playground.workspace.channels.named("sales").id
