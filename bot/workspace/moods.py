"""What befalls channels and people, and what that means for bridges: nothing stops silently.

Each worker reads Slack anew, whatever the event said, since events come out of order; what is told follows
from the difference between what was known and what is so now, so that no repetition tells it twice.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import structlog
from sqlalchemy import Connection

from bot.inbox import Apply, Worker
from bot.messages.bridges import could_not_join
from bot.messages.moods import Fault, Trouble, channel_shown, concerns, manager_left, trouble_message
from bot.questions.shown import people_changed
from bot.quiet.waiting import hours_changed
from bot.say import Say, built
from bot.services import Services
from bot.slack import SlackRefused
from bot.upkeep.findings import Kind, subject_of
from bot.workspace.access import is_colleague, viewer
from bot.workspace.directory import nothing, refresh_channel, refresh_person
from storage import bridges, channel_ids, health, workspace
from storage.bridges import Bridge
from storage.inbox import InboxRow
from storage.outbox import OutboxRow
from storage.workspace import Channel

log = structlog.get_logger()

# What a bot's token meets where it can't see or can't enter the channel by itself.
CLOSED: Final = "channel_not_found"
TROUBLE: Final = "trouble"  # the builder of what is said of a channel


def channel_changed(services: Services, row: InboxRow) -> Apply:
    """A channel was renamed, archived, shared, left or the like."""
    assert row.channel_id is not None
    return _telling(services, row.channel_id, refresh_channel(services, row), row.natural_key)


def _telling(services: Services, channel_id: str, save: Apply, key: str) -> Apply:
    """`save`, and word to those who manage the bridges for which the channel no longer does its part."""

    def apply(connection: Connection, say: Say) -> None:
        before = workspace.channel(connection, say.team_id, channel_id)
        save(connection, say)
        after = workspace.channel(connection, say.team_id, channel_id)
        people_changed(connection, say, channel_id)
        new = faults(after) - faults(before)
        if new:
            _tell(connection, say, channel_id, new, key)
            if Fault.ABSENT in new:
                _is_told(connection, say, channel_id)
            log.info("bridge_channel_trouble", channel=channel_id, faults=sorted(new))

    return apply


def faults(channel: Channel | None) -> frozenset[Fault]:
    """What keeps the channel from doing its part. One that is not known is one Frontline never was in."""
    if channel is None:
        return frozenset({Fault.ABSENT})
    found = {
        Fault.ABSENT: not channel.is_member and not channel.is_archived,
        Fault.ARCHIVED: channel.is_archived,
        Fault.SHARED: channel.is_shared,
        Fault.PRIVATE: channel.is_private,
    }
    return frozenset(fault for fault, holds in found.items() if holds)


def _tell(connection: Connection, say: Say, channel_id: str, new: frozenset[Fault], key: str) -> None:
    """Whoever can act hears of it; what is said is built then, of what still holds."""
    concerned = {
        user_id
        for bridge in bridges.all_bridges(connection, say.team_id)
        if any(concerns(fault, is_marketing=one) for fault in new for one in _parts(bridge, channel_id))
        for user_id in caretakers(connection, say.team_id, bridge)
    }
    message = built(TROUBLE, channel=channel_id, faults=sorted(new))
    for user_id in sorted(concerned):
        say.direct(f"mood:{key}:{user_id}", user_id, message)


def _is_told(connection: Connection, say: Say, channel_id: str) -> None:
    """That Frontline is not in the channel is told; `bot.upkeep.watch` need not say it again."""
    health.mark_told(connection, say.team_id, [subject_of(Kind.ABSENT, channel_id)], say.real)


def _parts(bridge: Bridge, channel_id: str) -> list[bool]:
    """What the channel is to the bridge: True its marketing channel, False a sales channel; or nothing."""
    if channel_id == bridge.marketing_channel_id:
        return [True]
    return [False] if channel_id in bridge.sales_channel_ids else []


def build_trouble(services: Services, row: OutboxRow) -> Mapping[str, Any]:
    """A `bot.outbox.Builder`: what befell the channel and holds still, for who looks after its bridges."""
    assert row.user_id is not None
    channel_id, team_id = str(row.payload["channel"]), services.team_id
    with services.db.reading() as connection:
        channel = workspace.channel(connection, team_id, channel_id)
        shown = channel_shown(channel_id, channel.name if channel and not channel.is_private else None)
        troubles = [
            Trouble(bridge.name, shown, is_marketing, fault)
            for bridge in bridges.all_bridges(connection, team_id)
            if row.user_id in caretakers(connection, team_id, bridge)
            for is_marketing in _parts(bridge, channel_id)
            for fault in sorted(faults(channel) & {Fault(one) for one in row.payload["faults"]})
            if concerns(fault, is_marketing=is_marketing)
        ]
        return trouble_message(viewer(connection, team_id, row.user_id).texts, troubles) if troubles else {}


def caretakers(connection: Connection, team_id: str, *known: Bridge) -> list[str]:
    """The managers of these bridges and the workspace's admins, as far as they can hold a right."""
    managers = [user_id for bridge in known for user_id in bridge.manager_ids]
    ids = dict.fromkeys([*managers, *workspace.administrators(connection, team_id)])
    found = ((user_id, workspace.person(connection, team_id, user_id)) for user_id in ids)
    return [user_id for user_id, one in found if one and is_colleague(one)]


def person_changed(services: Services, row: InboxRow) -> Apply:
    """A person joined, changed, or left; who looks after her bridges hears of the last."""
    assert row.user_id is not None
    user_id, save = row.user_id, refresh_person(services, row)

    def apply(connection: Connection, say: Say) -> None:
        before = workspace.person(connection, say.team_id, user_id)
        save(connection, say)
        after = workspace.person(connection, say.team_id, user_id)
        if before and after and before.time_zone != after.time_zone:
            hours_changed(connection, say.team_id, user_id, say.now)
        if before is None or before.is_deleted or after is None or not after.is_deleted:
            return
        people_changed(connection, say)
        managed: dict[str, list[str]] = {}
        for bridge in bridges.all_bridges(connection, say.team_id):
            for able in caretakers(connection, say.team_id, bridge) if user_id in bridge.manager_ids else ():
                managed.setdefault(able, []).append(bridge.name)
        for able, names in managed.items():
            _ = viewer(connection, say.team_id, able).texts
            say.direct(f"mood:{row.natural_key}:{able}", able, manager_left(_, after.name, names))

    return apply


def join_channel(services: Services, row: InboxRow) -> Apply:
    """Enter a bridge's public channel (scope `channels:join`), or tell who asked for it what to do."""
    assert row.channel_id is not None
    try:
        channel = services.slack.channel(row.channel_id)
        if channel.is_private and not channel.is_member:
            raise SlackRefused(CLOSED)
        if not channel.is_member:
            services.slack.call("conversations.join", channel=row.channel_id)
    except SlackRefused as refused:
        if not refused.is_final:
            raise
        return _not_joined(row, refused.code)
    return _telling(services, row.channel_id, refresh_channel(services, row), row.natural_key)


def _not_joined(row: InboxRow, code: str) -> Apply:
    assert row.channel_id is not None
    channel_id = row.channel_id
    log.warning("channel_not_joined", channel=channel_id, code=code)

    def tell(connection: Connection, say: Say) -> None:
        people = [row.user_id] if row.user_id else workspace.administrators(connection, say.team_id)
        for user_id in people:
            _ = viewer(connection, say.team_id, user_id).texts
            is_answer = row.user_id is not None  # to who set the bridge up just now
            message = could_not_join(_, channel_id, code)
            say.direct(f"{row.natural_key}:{user_id}", user_id, message, at_once=is_answer)

    return tell


def channel_id_changed(services: Services, row: InboxRow) -> Apply:
    """A channel got a new id (`item`): all that is kept of it follows."""
    assert row.channel_id is not None
    assert row.item is not None
    old, new = row.channel_id, row.item
    save = refresh_channel(services, replace(row, channel_id=new))

    def follow(connection: Connection, say: Say) -> None:
        was_known = workspace.channel(connection, say.team_id, old)
        if was_known is not None:
            # The new id stands for the same channel: what was known of the old one is known of it.
            if workspace.channel(connection, say.team_id, new) is None:
                known = replace(was_known, channel_id=new)
                workspace.save_channel(connection, say.team_id, known, say.now)
            workspace.leave_channel(connection, say.team_id, old)
        channel_ids.follow_channel(connection, say.team_id, old, new)
        _telling(services, new, save, row.natural_key)(connection, say)

    return follow


def access_lost(services: Services, row: InboxRow) -> Apply:
    """The token was revoked or the app removed: nobody in Slack can be told, so the log and `/readyz` are.

    What waits to be sent stays, and goes out once the app has been installed again.
    """
    log.critical(
        "slack_access_lost", reason=row.item, what_to_do="install the app again, renew SLACK_BOT_TOKEN"
    )
    return nothing


WORKERS: Final[Mapping[str, Worker]] = {
    "access_lost": access_lost,
    "channel": channel_changed,
    "channel_id_changed": channel_id_changed,
    "person": person_changed,
    "join_channel": join_channel,
}
