"""Puts a story's people, channels and messages into a workspace, relative to the clock's now.

The story lies in `seed/<language>.json`. Its `flags` are reactions that must come while the bot
listens: `flags()` yields them for whoever runs the demo to play through the event path.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from playground.messages import Draft
from playground.model import Edited, Json, Message, Reaction
from playground.shapes import Thread
from playground.text import typed
from playground.workspace import Workspace

SEEDS = Path(__file__).parent / "seed"
BOT_KEY = "frontline"


@dataclass(frozen=True)
class Flag:
    """A reaction to be set once the bot listens."""

    message: Message
    name: str
    user: str


@dataclass
class Seeded:
    """What was put in: keys of the story to ids, its messages, tour and flags."""

    users: dict[str, str] = field(default_factory=dict)
    channels: dict[str, str] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    tour: list[Json] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)
    threads: dict[str, Thread] = field(default_factory=dict)


def load(language: str) -> Json:
    """The story in that language; FileNotFoundError where there is none."""
    story: Json = json.loads((SEEDS / f"{language}.json").read_text(encoding="utf-8"))
    return story


def sow(workspace: Workspace, story: Mapping[str, object], now: datetime | None = None) -> Seeded:
    """Put the story into the workspace, without events; KeyError where it refers to what is not there.

    `now` is the instant that the story ends at, by default the clock's own.
    """
    seeded, now = Seeded(), now or workspace.core.clock.now()
    with workspace.core.silently():
        _sow_people(workspace, story, seeded)
        zone = ZoneInfo(_zone(story))
        messages = sorted(_list(story, "messages"), key=lambda one: _instant(now, one, zone))
        for one in messages:
            _sow_message(workspace, one, _instant(now, one, zone), seeded)
        for step in _list(story, "tour"):
            seeded.tour.append(_tour_step(step, seeded))
    return seeded


def flags(seeded: Seeded) -> Iterator[Flag]:
    """The story's flags in the order of their messages."""
    yield from sorted(seeded.flags, key=lambda one: one.message.ts)


def _sow_people(workspace: Workspace, story: Mapping[str, object], seeded: Seeded) -> None:
    team = story.get("team")
    if isinstance(team, dict):
        workspace.core.team_name = str(team["name"])
    seeded.users[BOT_KEY] = workspace.bot_user_id
    for one in _list(story, "users"):
        user = workspace.people.add(
            one["name"],
            one["real_name"],
            title=one.get("title", ""),
            locale=one.get("locale", "en-US"),
            tz=one.get("tz", "Europe/Berlin"),
            role=one.get("role", ""),
            is_admin=bool(one.get("is_admin", False)),
        )
        seeded.users[one["key"]] = user.id
    for one in _list(story, "channels"):
        channel = workspace.channels.add(
            one["name"],
            private=bool(one.get("private", False)),
            topic=one.get("topic", ""),
            members=[seeded.users[key] for key in one["members"]],
        )
        seeded.channels[one["key"]] = channel.id


def _sow_message(workspace: Workspace, one: Json, at: datetime, seeded: Seeded) -> None:
    channel = seeded.channels[one["channel"]]
    user = seeded.users[one["user"]]
    root = one.get("thread")
    message = workspace.messages.post(
        Draft(
            channel=channel,
            user=user,
            text=typed(
                one.get("text") or "", workspace.people.ids_by_name(), workspace.channels.ids_by_name()
            ),
            thread_ts=seeded.messages[root].ts if root else None,
            files=_sow_file(workspace, one.get("file"), user),
            at=at,
        )
    )
    if one.get("edited"):
        message.edited = Edited(user, message.ts)
    for reaction in one.get("reactions", []):
        message.reactions.append(Reaction(reaction["name"], [seeded.users[key] for key in reaction["users"]]))
    for flag in one.get("flags", []):
        seeded.flags.append(Flag(message, flag["name"], seeded.users[flag["user"]]))
    seeded.messages[one["id"]] = message


def _sow_file(workspace: Workspace, given: Json | None, user: str) -> tuple[str, ...]:
    if given is None:
        return ()
    content = str(given.get("text", "")).encode()
    file = workspace.files.announce(given["name"], len(content), user, given.get("mimetype"))
    workspace.files.receive(file.id, content)
    return (file.id,)


def _instant(now: datetime, one: Json, zone: ZoneInfo) -> datetime:
    """The message's instant; what would lie in the future is moved to some minutes ago, in order."""
    local = now.astimezone(zone)
    day = local.date() - timedelta(days=int(one["days_ago"]))
    at = datetime.combine(day, time.fromisoformat(one["time"]), tzinfo=zone)
    if at < now:
        return at
    return now - timedelta(minutes=30) * (1 - (at.hour * 60 + at.minute) / 1440) - timedelta(seconds=1)


def _tour_step(step: Json, seeded: Seeded) -> Json:
    shown = {key: step[key] for key in ("id", "title", "text")}
    if step.get("actor"):
        shown["actor"] = seeded.users[step["actor"]]
    if step.get("channel"):
        shown["channel"] = seeded.channels[step["channel"]]
    return shown


def _zone(story: Mapping[str, object]) -> str:
    users = _list(story, "users")
    return str(users[0].get("tz", "Europe/Berlin")) if users else "UTC"


def _list(story: Mapping[str, object], key: str) -> list[Json]:
    found = story.get(key, [])
    return list(found) if isinstance(found, list) else []
