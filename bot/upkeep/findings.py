"""What keeps Frontline from working now, as the database knows it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from bot.manifest import BOT_SCOPES
from bot.workspace.access import Viewer
from storage import health, workspace
from storage.bridges import Bridge
from storage.health import Parked


class Kind(StrEnum):
    """What is wrong."""

    SCOPE = "scope"  # Slack did not grant it
    ABSENT = "absent"  # Frontline is not in a bridge's channel
    POSTS = "posts"  # given up
    EVENTS = "events"  # given up


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, in one place. `about`: the scope, the channel's or the bridge's id."""

    kind: Kind
    about: str
    bridge_ids: frozenset[int]  # the bridges concerned; none: the workspace's admins alone can act
    count: int = 0
    since_at: datetime | None = None
    error: str = ""

    @property
    def subject(self) -> str:
        """By which it is known again while it lasts."""
        return subject_of(self.kind, self.about)


def subject_of(kind: Kind, about: str) -> str:
    """How a finding is called where it is remembered that it was told."""
    return f"{kind}:{about}"


def concerns(reader: Viewer, finding: Finding) -> bool:
    """Whether she may know of it: an admin, or a manager of a bridge concerned."""
    return reader.is_admin or any(bridge.id in finding.bridge_ids for bridge in reader.managed)


def findings(connection: Connection, team_id: str, known: Sequence[Bridge]) -> list[Finding]:
    """All that is wrong now; `known` are the bridges of the workspace. Four queries."""
    return [
        *_scopes(connection, team_id, known),
        *_absent(connection, team_id, known),
        *_posts(health.parked_posts(connection, team_id), known),
        *_events(health.parked_events(connection, team_id), known),
    ]


def _scopes(connection: Connection, team_id: str, known: Sequence[Bridge]) -> Iterable[Finding]:
    told = health.presence_of(connection, team_id).scopes
    if told is None:
        return
    everywhere = frozenset(bridge.id for bridge in known)
    for scope in sorted(set(BOT_SCOPES) - set(told.split(","))):
        yield Finding(Kind.SCOPE, scope, everywhere)


def _absent(connection: Connection, team_id: str, known: Sequence[Bridge]) -> Iterable[Finding]:
    """A channel that is not in the directory is one in which Frontline never was."""
    users: dict[str, set[int]] = {}
    for bridge in known:
        for channel_id in (*bridge.sales_channel_ids, bridge.marketing_channel_id):
            users.setdefault(channel_id, set()).add(bridge.id)
    there = {
        one.channel_id
        for one in workspace.channels_among(connection, team_id, sorted(users))
        if one.is_member or one.is_archived
    }
    for channel_id in sorted(users.keys() - there):
        yield Finding(Kind.ABSENT, channel_id, frozenset(users[channel_id]))


def _posts(parked: Iterable[Parked], known: Sequence[Bridge]) -> Iterable[Finding]:
    ids = {bridge.id for bridge in known}
    return _by_bridge(Kind.POSTS, [(one, ids & {one.place}) for one in parked])


def _events(parked: Iterable[Parked], known: Sequence[Bridge]) -> Iterable[Finding]:
    def bridges_of(channel_id: object) -> set[int]:
        return {
            bridge.id
            for bridge in known
            if channel_id in {*bridge.sales_channel_ids, bridge.marketing_channel_id}
        }

    return _by_bridge(Kind.EVENTS, [(one, bridges_of(one.place)) for one in parked])


def _by_bridge(kind: Kind, parked: Iterable[tuple[Parked, set[int]]]) -> Iterable[Finding]:
    """One finding a bridge, and one for what belongs to none."""
    found: dict[str, Finding] = {}
    for one, bridge_ids in parked:
        about = str(min(bridge_ids, default=0))
        so_far = found.get(about) or Finding(kind, about, frozenset(), since_at=one.since_at)
        assert so_far.since_at is not None
        found[about] = replace(
            so_far,
            bridge_ids=so_far.bridge_ids | bridge_ids,
            count=so_far.count + one.count,
            since_at=min(so_far.since_at, one.since_at),
            error=max(so_far.error, one.error),
        )
    return [found[about] for about in sorted(found)]
