"""Ids, listeners and manifest agree: each id has one listener, and Slack is asked for all that is used."""

import ast
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from slack_bolt import App

from bot import ids
from bot.bridges.watch import BridgeWatch
from bot.config import Settings
from bot.manifest import BOT_SCOPES, SCOPES_OF_METHODS, as_yaml, manifest
from handlers.bolt import FEATURES, build_bolt
from handlers.edge import Edge
from handlers.events import READERS
from storage.database import Database
from tests.support import make_services

ROOT = Path(__file__).parent.parent


@pytest.fixture
def bolt(database: Database) -> App:
    services = make_services(database)
    services.slack.client.base_url = "http://127.0.0.1:1/api/"
    settings = Settings(_env_file=None, slack_bot_token="xoxb-1", slack_app_token="xapp-1")  # type: ignore[call-arg]
    return build_bolt(services, settings, BridgeWatch(database, services.team_id))


class Counting:
    """Stands in for Bolt's app and counts what is registered."""

    def __init__(self) -> None:
        self.seen: Counter[tuple[str, str]] = Counter()

    def __getattr__(self, kind: str) -> Any:
        def register(name: Any, *_: Any, **__: Any) -> Any:
            self.seen[kind, str(name)] += 1
            return lambda listener: listener

        return register


def registered(database: Database) -> Counter[tuple[str, str]]:
    app, edge = Counting(), Edge(make_services(database))
    for feature in FEATURES:
        feature.register(app, edge)
    return app.seen


def test_every_id_has_exactly_one_listener(database: Database) -> None:
    seen = registered(database)
    expected = [
        *(("command", one.value) for one in ids.Command),
        *(("shortcut", one.value) for one in ids.Shortcut),
        *(("view", one.value) for one in ids.View if one not in ANSWERED_BY_NOBODY),
    ]
    assert {key: seen[key] for key in expected} == dict.fromkeys(expected, 1)
    pressed = {one.value: (seen["action", one.value], seen["options", one.value]) for one in ids.Action}
    # A field may offer options and act besides.
    assert set(pressed.values()) <= {(1, 0), (0, 1), (1, 1)}
    known = {(kind, name) for kind, name in expected} | {
        (kind, name) for kind in OF_ACTIONS for name in pressed
    }
    assert set(seen) - known <= {("view", one.value) for one in ANSWERED_BY_NOBODY}


OF_ACTIONS = ("action", "options")
# Forms without a submit button: nothing comes back from them but their buttons.
ANSWERED_BY_NOBODY = {
    ids.View.ACTIVITY_CARD,
    ids.View.BRIDGES,
    ids.View.MANAGE_MESSAGE,
    ids.View.NOTICE,
    ids.View.TRIAGE,
}


def test_every_subscribed_event_is_read() -> None:
    assert set(READERS) == {one.value for one in ids.Event}


def test_the_app_can_be_built(bolt: App) -> None:
    assert bolt.client.token is None


def test_the_manifest_file_is_what_the_command_prints() -> None:
    assert (ROOT / "manifest.yml").read_text(encoding="utf-8") == as_yaml(manifest())


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("url", [None, "https://frontline.example/slack/events"])
def test_the_manifest_keeps_slacks_rules(language: str, url: str | None) -> None:
    content = yaml.safe_load(as_yaml(manifest(http_url=url, language=language)))
    about = content["display_information"]
    assert len(about["name"]) <= 35
    assert len(about["description"]) <= 140
    assert re.fullmatch("#[0-9a-f]{6}", about["background_color"])
    features = content["features"]
    assert {one["command"] for one in features["slash_commands"]} == {one.value for one in ids.Command}
    assert all(
        len(one["description"]) <= 2000 and len(one["usage_hint"]) <= 1000
        for one in features["slash_commands"]
    )
    assert {one["callback_id"] for one in features["shortcuts"]} == {one.value for one in ids.Shortcut}
    assert all(len(one["name"]) <= 24 and len(one["description"]) <= 150 for one in features["shortcuts"])
    settings = content["settings"]
    assert settings["socket_mode_enabled"] is (url is None)
    needs_url = [
        *features["slash_commands"],
        settings["event_subscriptions"] if url else {"request_url": None},
    ]
    assert all((one.get("url") or one.get("request_url")) == url for one in needs_url)
    events = set(settings["event_subscriptions"]["bot_events"])
    named = {one.value for one in ids.Event if one is not ids.Event.MESSAGE}
    assert events == named | {"message.channels", "message.groups", "message.im"}


# What each event needs to be delivered (the events' pages on docs.slack.dev).
SCOPES_OF_EVENTS = {
    "app_mention": "app_mentions:read",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "team_join": "users:read",
    "user_change": "users:read",
}


def test_every_event_has_its_scope() -> None:
    events = manifest()["settings"]["event_subscriptions"]["bot_events"]
    needed = {SCOPES_OF_EVENTS.get(one) for one in events} - {None}
    needed |= {"channels:read" for one in events if one.startswith(("channel_", "member_"))}
    needed |= {"groups:read" for one in events if one.startswith("group_")}
    assert needed <= set(BOT_SCOPES)


def called_methods() -> Iterator[str]:
    """The names of all Web API methods in the code: strings such as `chat.postMessage` given to a call."""
    for folder in ("bot", "handlers"):
        for path in (ROOT / folder).rglob("*.py"):
            if path.name == "manifest.py":
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    name = node.value
                    if re.fullmatch(
                        r"(auth|chat|conversations|reactions|usergroups|users|views|files)\.[a-zA-Z]+", name
                    ):
                        yield name


def test_every_method_called_has_its_scope_and_no_scope_is_idle() -> None:
    called = set(called_methods())
    assert called == set(SCOPES_OF_METHODS)
    by_methods = {scope for scopes in SCOPES_OF_METHODS.values() for scope in scopes}
    assert set(BOT_SCOPES) - by_methods - {"commands"} <= set(SCOPES_OF_EVENTS.values())
    assert by_methods <= set(BOT_SCOPES)


def test_the_page_draws_every_block_that_the_code_makes() -> None:
    supported = json.loads((ROOT / "playground/page/supported.json").read_text(encoding="utf-8"))
    from slack_sdk.models import blocks

    kinds = {
        getattr(kind, "type", None): name
        for name, kind in vars(blocks).items()
        if isinstance(kind, type) and name.endswith(("Block", "Element"))
    }
    used = {
        node.id
        for path in (ROOT / "bot/messages").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Name) and node.id.endswith(("Block", "Element")) and node.id != "Block"
    }
    drawn = {*supported["blocks"], *supported["elements"]}
    not_drawn = {name for kind, name in kinds.items() if name in used and kind and kind not in drawn}
    assert not {name for name in not_drawn if not name.startswith("RichText")}
    assert {"rich_text"} <= set(supported["blocks"])
