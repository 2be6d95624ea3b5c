"""What a person did in Slack's surfaces, typed, and what Frontline answers at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.i18n import Message


def id_in(value: object) -> int:
    """A row's id as buttons and forms carry it; 0, which no row has, for anything else."""
    text = "" if value is None or isinstance(value, bool) else str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


@dataclass(frozen=True)
class Gesture:
    """A command, button, shortcut or form answer: who, where, and the key under which it counts once."""

    key: str  # trigger_id; for forms the view's id and hash
    user_id: str
    channel_id: str | None = None  # None in forms and the home tab
    trigger_id: str | None = None  # opens a form within three seconds
    response_url: str | None = None


@dataclass(frozen=True)
class FormState:
    """The answers of a form, by block id. Fields left empty, or of another kind, give None or nothing."""

    values: Mapping[str, Mapping[str, Any]]  # block id -> the one element's state

    def text(self, block: str) -> str | None:
        """What was typed, without surrounding space."""
        value = (self.values.get(block) or {}).get("value")
        return value.strip() or None if isinstance(value, str) else None

    def option(self, block: str) -> str | None:
        """The value of the option chosen in a select or radio group."""
        return _value_of((self.values.get(block) or {}).get("selected_option"))

    def options(self, block: str) -> tuple[str, ...]:
        """The values of the options ticked."""
        ticked = (self.values.get(block) or {}).get("selected_options")
        found = [_value_of(one) for one in ticked] if isinstance(ticked, list) else []
        return tuple(one for one in found if one is not None)

    def picked(self, block: str) -> str | None:
        """The one conversation, person, day or time picked."""
        state = self.values.get(block) or {}
        for name in (
            "selected_conversation",
            "selected_channel",
            "selected_user",
            "selected_date",
            "selected_time",
        ):
            if isinstance(state.get(name), str) and state[name]:
                return str(state[name])
        return None

    def many(self, block: str) -> tuple[str, ...]:
        """The conversations or people picked."""
        state = self.values.get(block) or {}
        for name in ("selected_conversations", "selected_channels", "selected_users"):
            if isinstance(state.get(name), list):
                return tuple(str(one) for one in state[name])
        return ()


def _value_of(option: object) -> str | None:
    """What an option carries; None for anything that is no option."""
    value = option.get("value") if isinstance(option, Mapping) else None
    return value if isinstance(value, str) else None


@dataclass(frozen=True)
class Reply:
    """Say something to the person alone, where she acted."""

    message: Mapping[str, Any]  # text and blocks
    replaces: bool = False  # the message whose button was pressed
    is_refusal: bool = False  # a form stays open beneath it


@dataclass(frozen=True)
class Open:
    """Open a form (from within a form: on top of it)."""

    view: Mapping[str, Any]


@dataclass(frozen=True)
class Update:
    """Show this form instead of the one that was answered or acted in."""

    view: Mapping[str, Any]


@dataclass(frozen=True)
class Errors:
    """The form stays open with a sentence beside each field."""

    fields: Mapping[str, Message] = field(default_factory=dict)


@dataclass(frozen=True)
class Done:
    """Nothing to be said; a form closes."""


Answer = Reply | Open | Update | Errors | Done
