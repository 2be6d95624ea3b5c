"""The things a workspace holds: people, conversations, messages, files, and Slack's errors."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

Json = dict[str, Any]
Kind = Literal["channel", "private", "im"]

EMOJI_NAME = re.compile(r"[a-z0-9_+'\-]{1,100}(::skin-tone-[2-6])?\Z")


class SlackError(Exception):
    """An error as the Web API answers it: a code, and further fields of the answer."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.code = code
        self.details: Json = dict(details)


@dataclass
class User:
    """A person or the app's bot user; `team_id` differs from the workspace's for outsiders."""

    id: str
    name: str
    real_name: str
    team_id: str
    title: str = ""
    locale: str = "en-US"
    tz: str = "Europe/Berlin"
    role: str = ""
    color: str = "5b5bd6"
    is_admin: bool = False
    is_owner: bool = False
    is_guest: bool = False
    is_bot: bool = False
    deleted: bool = False
    updated: int = 0


@dataclass
class Channel:
    """A conversation; for an `im`, `members` are its two sides."""

    id: str
    name: str
    kind: Kind
    created: int
    topic: str = ""
    creator: str = ""
    members: list[str] = field(default_factory=list)
    previous_names: list[str] = field(default_factory=list)
    is_ext_shared: bool = False
    is_archived: bool = False


@dataclass
class Reaction:
    """One emoji under a message with those who set it, in order."""

    name: str
    users: list[str]


@dataclass(frozen=True)
class Edited:
    """Who changed a message last, and when (Slack ts)."""

    user: str
    ts: str


@dataclass
class Message:
    """A message, reply or ephemeral note. `notified` holds who would have been pinged by it.

    Entries of `notified`: user ids, user group ids, and `!channel`, `!here`, `!everyone`.
    `unfurled` holds the addresses that Slack would expand below it.
    """

    channel: str
    ts: str
    user: str | None
    text: str
    blocks: list[Json] | None = None
    attachments: list[Json] | None = None
    thread_ts: str | None = None
    subtype: str | None = None
    bot_id: str | None = None
    username: str | None = None
    metadata: Json | None = None
    files: list[str] = field(default_factory=list)
    reactions: list[Reaction] = field(default_factory=list)
    edited: Edited | None = None
    broadcast: bool = False
    ephemeral_for: str | None = None
    client_msg_id: str | None = None
    notified: frozenset[str] = frozenset()
    unfurled: tuple[str, ...] = ()
    is_deleted: bool = False

    @property
    def is_reply(self) -> bool:
        """Whether this stands in a thread below another message."""
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def is_top_level(self) -> bool:
        """Whether the conversation itself shows this message (broadcast replies included)."""
        return not self.is_reply or self.broadcast

    def reaction(self, name: str) -> Reaction | None:
        """The reaction of that name, if anyone set it."""
        return next((one for one in self.reactions if one.name == name), None)


@dataclass
class File:
    """An uploaded file; `content` is None until the upload arrived."""

    id: str
    name: str
    title: str
    mimetype: str
    user: str
    created: int
    size: int
    content: bytes | None = None
    channels: list[str] = field(default_factory=list)


@dataclass
class UserGroup:
    """A user group such as @marketing-leads."""

    id: str
    handle: str
    name: str
    users: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class AppEvent:
    """Something that happened and that the app may have subscribed to."""

    type: str
    body: Json
    subscription: str
    channel: str | None = None
    is_ext_shared: bool = False


@dataclass(frozen=True)
class Change:
    """Something that open pages and waiting tests want to know of.

    kind: message, ephemeral, ephemeral_gone, views, home, channels, users, clock, bot, notice.
    """

    kind: str
    user: str | None = None
    channel: str | None = None
    message: Message | None = None
    detail: Json = field(default_factory=dict)


def format_ts(instant: datetime) -> str:
    """Slack's ts for an instant: seconds and six digits, so that texts compare like times."""
    whole = int(instant.timestamp())
    return f"{whole:010d}.{instant.microsecond:06d}"


def normal_ts(value: str) -> str:
    """A ts in its full width; raises SlackError where the text is no time."""
    try:
        return f"{Decimal(value):017.6f}"
    except InvalidOperation:
        raise SlackError("bad_timestamp") from None
