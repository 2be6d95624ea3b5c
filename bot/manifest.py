"""The Slack app as Slack takes it: commands, shortcuts, events and scopes, made from the ids in `bot.ids`."""

from typing import Any, Final

import yaml

from bot.i18n import N_, Texts, texts
from bot.ids import Command, Event, Shortcut

BOT_SCOPES: Final = (
    "app_mentions:read",
    "channels:history",
    "channels:join",
    "channels:read",
    "chat:write",
    "commands",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:write",
    "reactions:read",
    "reactions:write",
    "usergroups:read",
    "users:read",
)
# Which scope each Web API method that Frontline calls needs (the methods' pages on docs.slack.dev).
SCOPES_OF_METHODS: Final[dict[str, tuple[str, ...]]] = {
    "auth.test": (),
    "chat.delete": ("chat:write",),
    "chat.getPermalink": (),
    "chat.postEphemeral": ("chat:write",),
    "chat.postMessage": ("chat:write",),
    "chat.update": ("chat:write",),
    "conversations.history": ("channels:history", "groups:history", "im:history"),
    "conversations.info": ("channels:read", "groups:read"),
    "conversations.join": ("channels:join",),
    "conversations.members": ("channels:read", "groups:read"),
    "conversations.open": ("im:write",),
    "conversations.replies": ("channels:history", "groups:history", "im:history"),
    "files.completeUploadExternal": ("files:write",),
    "files.getUploadURLExternal": ("files:write",),
    "reactions.add": ("reactions:write",),
    "reactions.get": ("reactions:read",),
    "reactions.remove": ("reactions:write",),
    "usergroups.list": ("usergroups:read",),
    "users.conversations": ("channels:read", "groups:read"),
    "users.info": ("users:read",),
    "users.list": ("users:read",),
    "views.open": (),
    "views.publish": (),
    "views.push": (),
    "views.update": (),
}

_DESCRIPTION: Final = N_("Carries what sales hears to marketing, and the answer back")
_COMMANDS: Final = {
    Command.INSIGHT: (
        N_("Pass on what you heard, list and search"),
        N_("Acme gives 25% off · list · mine · search … · help"),
    ),
    Command.FRONTLINE: (
        N_("Set up bridges, digests and meetings, get help"),
        N_("setup · digest · meeting · topic … · actions · language · help"),
    ),
}
_SHORTCUTS: Final = {
    Shortcut.SAVE_MESSAGE: ("message", N_("Save as insight"), N_("Store this message as an insight")),
    Shortcut.NEW_INSIGHT: ("global", N_("New insight"), N_("Write down what you heard")),
}


def manifest(*, http_url: str | None = None, language: str = "en") -> dict[str, Any]:
    """The app manifest: for Socket Mode, or for HTTP mode at `http_url` (the address of `/slack/events`)."""
    _ = texts(language)
    features: dict[str, Any] = {
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": False,
        },
        "bot_user": {"display_name": "Frontline", "always_online": True},
        "shortcuts": [
            {
                "name": _.say(name),
                "type": kind,
                "callback_id": str(callback),
                "description": _.say(description),
            }
            for callback, (kind, name, description) in _SHORTCUTS.items()
        ],
        "slash_commands": [_command(_, command, http_url) for command in _COMMANDS],
    }
    events: dict[str, Any] = {"bot_events": sorted(_event_names())}
    interactivity: dict[str, Any] = {"is_enabled": True}
    if http_url is not None:
        events = {"request_url": http_url, **events}
        interactivity |= {"request_url": http_url, "message_menu_options_url": http_url}
    return {
        "display_information": {
            "name": "Frontline",
            "description": _.say(_DESCRIPTION),
            "background_color": "#1f3a4d",
        },
        "features": features,
        "oauth_config": {"scopes": {"bot": list(BOT_SCOPES)}},
        "settings": {
            "event_subscriptions": events,
            "interactivity": interactivity,
            "org_deploy_enabled": False,
            "socket_mode_enabled": http_url is None,
            "token_rotation_enabled": False,
        },
    }


def _command(_: Texts, command: Command, http_url: str | None) -> dict[str, Any]:
    description, hint = _COMMANDS[command]
    entry: dict[str, Any] = {
        "command": str(command),
        "description": _.say(description),
        "usage_hint": _.say(hint),
        "should_escape": True,  # mentions arrive as ids, and are shown again without mentioning
    }
    return entry if http_url is None else {**entry, "url": http_url}


def _event_names() -> list[str]:
    """The manifest names message events by the kind of conversation."""
    names = [event.value for event in Event if event is not Event.MESSAGE]
    return [*names, "message.channels", "message.groups", "message.im"]


def as_yaml(content: dict[str, Any]) -> str:
    """The manifest as text, in the order it was built."""
    text: str = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=110)
    return text
