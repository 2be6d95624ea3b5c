"""What a method of the Web API is, and what it is given when it is called."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from playground.faults import Faults
from playground.manifest import Manifest
from playground.model import Channel, Json, Message, SlackError, normal_ts
from playground.workspace import Workspace

_KIND_PREFIX = {"channel": "channels", "private": "groups", "im": "im"}


class Arguments:
    """A call's arguments, from a form or JSON; each getter checks one type."""

    def __init__(self, raw: Json) -> None:
        self.raw = raw

    def text(self, name: str) -> str | None:
        """A string argument, or None where it is absent."""
        value = self.raw.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise invalid(f"must be a string [json-pointer:/{name}]")
        return str(value)

    def need(self, name: str) -> str:
        """A string argument that must be there."""
        value = self.text(name)
        if not value:
            raise invalid(f"missing required field: {name}")
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        """A boolean argument in any form that Slack takes."""
        value = self.raw.get(name)
        if value is None or value == "":
            return default
        if str(value).lower() in ("true", "1", "t"):
            return True
        if str(value).lower() in ("false", "0", "f"):
            return False
        raise invalid(f"must be a boolean [json-pointer:/{name}]")

    def number(self, name: str, default: int, low: int, high: int) -> int:
        """An integer argument within bounds; SlackError invalid_limit."""
        value = self.raw.get(name)
        if value is None or value == "":
            return default
        try:
            number = int(value)
        except (TypeError, ValueError):
            raise invalid(f"must be an integer [json-pointer:/{name}]") from None
        if not low <= number <= high:
            raise SlackError(f"invalid_{name}")
        return number

    def structure(self, name: str) -> object:
        """A JSON argument, given as such or as its text; None where absent."""
        value = self.raw.get(name)
        if isinstance(value, str):
            if not value:
                return None
            try:
                return json.loads(value)
            except ValueError:
                code = "invalid_blocks_format" if name == "blocks" else "invalid_arguments"
                raise SlackError(code) from None
        return value

    def mapping(self, name: str) -> Json | None:
        """A JSON object argument."""
        value = self.structure(name)
        if value is not None and not isinstance(value, dict):
            raise invalid(f"must be an object [json-pointer:/{name}]")
        return value

    def ts(self, name: str) -> str:
        """A message's ts that must be there."""
        return normal_ts(self.need(name))


@dataclass(frozen=True)
class Call:
    """One call by the app, with what it needs to answer."""

    method: str
    args: Arguments
    workspace: Workspace
    manifest: Manifest
    faults: Faults
    new_socket_url: Callable[[], str]

    @property
    def bot(self) -> str:
        """The calling bot's user id."""
        return self.workspace.bot_user_id

    def require_scope(self, *any_of: str) -> None:
        """SlackError missing_scope unless the app has one of these."""
        if not any(one in self.manifest.scopes for one in any_of):
            provided = ",".join(sorted(self.manifest.scopes))
            raise SlackError("missing_scope", needed=any_of[0], provided=provided)

    def require_for(self, channel: Channel, right: str) -> None:
        """SlackError missing_scope unless the app has the right (read, history) for that kind."""
        self.require_scope(f"{_KIND_PREFIX[channel.kind]}:{right}")

    def channel(self, name: str = "channel") -> Channel:
        """The conversation an argument names, if the bot may know of it; else channel_not_found."""
        channel = self.workspace.channels.get(self.args.need(name))
        if not self.workspace.channels.may_see(channel, self.bot):
            raise SlackError("channel_not_found")
        return channel

    def own_channel(self, name: str = "channel") -> Channel:
        """A conversation that the bot is in; else not_in_channel."""
        channel = self.channel(name)
        if self.bot not in channel.members:
            raise SlackError("not_in_channel")
        return channel

    def message(self, channel: Channel, name: str = "ts") -> Message:
        """The message an argument names; else message_not_found."""
        return self.workspace.message(channel.id, self.args.ts(name))


Function = Callable[[Call], Json]


@dataclass(frozen=True)
class Method:
    """A method: its function, the scopes of which it wants one, and whose token."""

    function: Function
    scopes: tuple[str, ...]
    caller: str


METHODS: dict[str, Method] = {}


def method(name: str, *scopes: str, caller: str = "bot") -> Callable[[Function], Function]:
    """Make a function answer the method `name`; `caller` is whose token it wants: bot, app, or none."""

    def register(function: Function) -> Function:
        METHODS[name] = Method(function, scopes, caller)
        return function

    return register


def invalid(*messages: str) -> SlackError:
    """invalid_arguments with its messages, as Slack words them."""
    return SlackError(
        "invalid_arguments", response_metadata={"messages": [f"[ERROR] {one}" for one in messages]}
    )
