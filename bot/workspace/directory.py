"""Keeps the directory of people, channels and memberships, so that no check waits for Slack (promise 7)."""

from collections.abc import Mapping, Sequence
from typing import Final

import structlog
from sqlalchemy import Connection

from bot.clock import slack_ts
from bot.inbox import Apply, Incoming, accept
from bot.say import Say
from bot.services import Services
from bot.slack import SlackRefused, read_person
from storage import bridges, erasure, meetings, workspace
from storage.inbox import InboxRow
from storage.meetings import Group
from storage.workspace import Channel, Person

log = structlog.get_logger()

GONE = frozenset({"channel_not_found", "user_not_found", "not_in_channel"})


def read_directory(services: Services) -> None:
    """Read all people, Frontline's channels and their members from Slack. Raises SlackProblem.

    Where a bridge's channel is no longer as it was known, it goes the way of an event that was missed, so
    that whoever can act is told.
    """
    slack, team_id = services.slack, services.team_id
    everyone = [read_person(raw, team_id) for raw in slack.people()]
    channels = {channel.channel_id: channel for channel in slack.channels()}
    members = {channel_id: slack.members(channel_id) for channel_id in channels}
    groups = _groups(services)
    now = services.clock.now()
    with services.db.writing() as connection:
        for person in _known_still(connection, team_id, everyone):
            workspace.save_person(connection, team_id, person, now)
        missed = _missed_changes(connection, team_id, channels)
        for channel_id in missed:
            key = f"channel:{channel_id}:read:{slack_ts(now)}"
            accept(services, connection, Incoming("channel", key, channel_id))
        for gone in workspace.known_channels(connection, team_id):
            if not gone.is_member or gone.channel_id in channels:
                continue
            if gone.channel_id in missed:  # who sees it changes at once all the same
                workspace.replace_members(connection, team_id, gone.channel_id, [])
            else:
                workspace.leave_channel(connection, team_id, gone.channel_id)
        for channel_id, channel in channels.items():
            if channel_id not in missed:
                workspace.save_channel(connection, team_id, channel, now)
            workspace.replace_members(connection, team_id, channel_id, members[channel_id])
        if groups is not None:
            meetings.replace_groups(connection, team_id, groups)
        workspace.directory_was_read(connection, team_id, now)
    if missed:
        services.wake.inbox.set()
    log.info("directory_read", people=len(everyone), channels=len(channels), missed=len(missed))


def _known_still(connection: Connection, team_id: str, everyone: Sequence[Person]) -> list[Person]:
    """Without those who left the company and were erased here: Slack still lists them."""
    left = {person.user_id for person in everyone if person.is_deleted}
    erased = erasure.people_erased(connection, team_id, left)
    return [person for person in everyone if person.user_id not in erased]


def _missed_changes(connection: Connection, team_id: str, channels: Mapping[str, Channel]) -> set[str]:
    """Channels of bridges that were known otherwise than they are now listed, or are listed no more."""
    ours = {
        channel_id
        for bridge in bridges.all_bridges(connection, team_id)
        for channel_id in (*bridge.sales_channel_ids, bridge.marketing_channel_id)
    }
    return {
        known.channel_id
        for known in workspace.known_channels(connection, team_id)
        if known.channel_id in ours and _differs(known, channels.get(known.channel_id))
    }


def _differs(known: Channel, listed: Channel | None) -> bool:
    return known.is_member if listed is None else known != listed


def _groups(services: Services) -> list[Group] | None:
    """The user groups. None where Slack refuses: only paid plans have them, and older installs no scope."""
    try:
        return services.slack.groups()
    except SlackRefused as refused:
        log.info("user_groups_not_read", code=refused.code)
        return None


def refresh_person(services: Services, row: InboxRow) -> Apply:
    """A person joined or changed: read her anew, whatever the event said (events come out of order)."""
    assert row.user_id is not None
    try:
        person = services.slack.person(row.user_id, services.team_id)
    except SlackRefused as refused:
        if refused.code not in GONE:
            raise
        return nothing
    return lambda connection, say: workspace.save_person(connection, say.team_id, person, say.now)


# People of other organisations whom this workspace can't look up (docs.slack.dev, users.info).
_INVISIBLE: Final = frozenset({"user_not_found", "user_not_visible"})


def known_person(services: Services, user_id: str) -> Person | None:
    """A person from the directory; a newcomer is read from Slack first. None: nobody of this workspace.

    Called by workers, outside any transaction. Raises SlackProblem.
    """
    with services.db.reading() as connection:
        person = workspace.person(connection, services.team_id, user_id)
    if person is not None:
        return person
    try:
        person = services.slack.person(user_id, services.team_id)
    except SlackRefused as refused:
        if refused.code not in _INVISIBLE:
            raise
        return None
    with services.db.writing() as connection:
        workspace.save_person(connection, services.team_id, person, services.clock.now())
    return person


def refresh_channel(services: Services, row: InboxRow) -> Apply:
    """A channel or its members changed: read both anew."""
    assert row.channel_id is not None
    channel_id = row.channel_id
    try:
        channel = services.slack.channel(channel_id)
        members = services.slack.members(channel_id) if channel.is_member else []
    except SlackRefused as refused:
        if refused.code not in GONE:
            raise
        return lambda connection, say: workspace.leave_channel(connection, say.team_id, channel_id)

    def save(connection: Connection, say: Say) -> None:
        workspace.save_channel(connection, say.team_id, channel, say.now)
        workspace.replace_members(connection, say.team_id, channel_id, members)

    return save


def nothing(connection: Connection, say: Say) -> None:
    """The change of an event that turned out to change nothing."""
