"""The app's manifest as the workspace needs it: scopes, commands, shortcuts, events, addresses."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playground.model import Json


@dataclass(frozen=True)
class Command:
    """A slash command of the app; `should_escape` turns mentions in its text into ids."""

    name: str
    description: str
    usage_hint: str
    should_escape: bool
    url: str | None


@dataclass(frozen=True)
class Shortcut:
    """A global or message shortcut of the app."""

    kind: str
    name: str
    callback_id: str


@dataclass(frozen=True)
class Manifest:
    """What the app may do and wants to hear."""

    name: str
    bot_name: str
    scopes: frozenset[str]
    events: frozenset[str]
    commands: tuple[Command, ...]
    shortcuts: tuple[Shortcut, ...]
    has_home: bool
    events_url: str | None
    interactivity_url: str | None

    def command(self, name: str) -> Command | None:
        """The command of that name (with its slash), if the app has it."""
        return next((one for one in self.commands if one.name == name), None)

    def shortcut(self, callback_id: str, kind: str) -> Shortcut | None:
        """The shortcut with that callback id and kind (`global` or `message`)."""
        return next(
            (one for one in self.shortcuts if one.callback_id == callback_id and one.kind == kind), None
        )


def read(manifest: Mapping[str, Any]) -> Manifest:
    """Read an app manifest (docs.slack.dev/reference/app-manifest); missing parts are empty."""
    features: Json = manifest.get("features", {})
    settings: Json = manifest.get("settings", {})
    name = str(manifest.get("display_information", {}).get("name", "App"))
    scopes = manifest.get("oauth_config", {}).get("scopes", {}).get("bot", [])
    return Manifest(
        name=name,
        bot_name=str(features.get("bot_user", {}).get("display_name", name)),
        scopes=frozenset(scopes),
        events=frozenset(settings.get("event_subscriptions", {}).get("bot_events", [])),
        commands=tuple(_command(one) for one in features.get("slash_commands", [])),
        shortcuts=tuple(
            Shortcut(kind=one["type"], name=one["name"], callback_id=one["callback_id"])
            for one in features.get("shortcuts", [])
        ),
        has_home=bool(features.get("app_home", {}).get("home_tab_enabled", False)),
        events_url=settings.get("event_subscriptions", {}).get("request_url"),
        interactivity_url=settings.get("interactivity", {}).get("request_url"),
    )


def _command(entry: Json) -> Command:
    return Command(
        name=entry["command"],
        description=entry.get("description", ""),
        usage_hint=entry.get("usage_hint", ""),
        should_escape=bool(entry.get("should_escape", False)),
        url=entry.get("url"),
    )
