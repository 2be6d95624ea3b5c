"""A meeting with all that decides about it, and who may do what with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from bot.errors import UserError
from bot.gestures import id_in
from bot.i18n import N_
from bot.workspace.access import Viewer
from storage import bridges, meetings, workspace
from storage.bridges import Bridge
from storage.meetings import CANCELLED, PLANNED, SKIPPED, Occurrence, Series
from storage.rows import lock

# Timers whose subject is an occurrence; the first two are builders too, and bring posts up to date.
PROMPT: Final = "meeting_prompt"
REMINDER: Final = "meeting_reminder"
MINUTES: Final = "meeting_minutes"  # at its end: the facilitator is asked for minutes
NUDGE: Final = "meeting_nudge"  # next morning, where nobody recorded any
KINDS: Final = (PROMPT, REMINDER, MINUTES, NUDGE)
# What can be done with one meeting.
MOVE: Final = "move"
SKIP: Final = "skip"
CANCEL: Final = "cancel"
WHATS: Final = (MOVE, SKIP, CANCEL)


@dataclass(frozen=True)
class Meeting:
    """One occurrence, its series and their bridge."""

    occurrence: Occurrence
    series: Series
    bridge: Bridge

    @property
    def id(self) -> int:
        return self.occurrence.id

    @property
    def starts_at(self) -> datetime:
        return self.occurrence.starts_at

    @property
    def ends_at(self) -> datetime:
        return self.occurrence.starts_at + timedelta(minutes=self.series.minutes)

    def is_ahead(self, now: datetime) -> bool:
        """Planned, and not begun."""
        return self.occurrence.status == PLANNED and now < self.starts_at


def meeting_by_id(connection: Connection, occurrence_id: int) -> Meeting | None:
    """The meeting as it stands; None where it is gone."""
    occurrence = meetings.occurrence(connection, occurrence_id)
    series = meetings.series(connection, occurrence.series_id) if occurrence else None
    bridge = bridges.bridge(connection, series.bridge_id) if series else None
    if occurrence is None or series is None or bridge is None:
        return None
    return Meeting(occurrence, series, bridge)


def lock_series(connection: Connection, series_id: int) -> None:
    """One change of a series or its occurrences at a time."""
    lock(connection, "meeting-series", str(series_id))


def find_meeting(connection: Connection, reader: Viewer, value: str) -> Meeting:
    """The meeting that a button carries, locked. Raises UserError for one that is gone or another's."""
    occurrence = meetings.occurrence(connection, int(value)) if is_id(value) else None
    if occurrence is not None:
        lock_series(connection, occurrence.series_id)
        meeting = meeting_by_id(connection, occurrence.id)
        if meeting is not None and may_see(connection, reader, meeting.series, meeting.bridge):
            return meeting
    raise UserError(N_("This meeting no longer exists, or you may not see it."))


def find_series(connection: Connection, reader: Viewer, value: str) -> tuple[Series, Bridge]:
    """The series that a button or form carries, locked. Raises UserError as `find_meeting`."""
    series = meetings.series(connection, int(value)) if is_id(value) else None
    if series is not None:
        lock_series(connection, series.id)
        series = meetings.series(connection, series.id)
        bridge = next((one for one in reader.bridges if series and one.id == series.bridge_id), None)
        if series is not None and bridge is not None and may_see(connection, reader, series, bridge):
            return series, bridge
    raise UserError(N_("This meeting no longer exists, or you may not see it."))


def is_id(value: str) -> bool:
    """Whether it can be a row's id: buttons may carry anything."""
    return id_in(value) > 0


def may_see(connection: Connection, reader: Viewer, series: Series, bridge: Bridge) -> bool:
    """Those in a channel of its bridge, those who take part, and those who manage the bridge."""
    if all(bridge.id != one.id for one in reader.bridges):
        return False
    near = {bridge.marketing_channel_id, *bridge.sales_channel_ids} & reader.channel_ids
    return bool(near) or may_record(connection, reader, series, bridge)


def may_record(connection: Connection, reader: Viewer, series: Series, bridge: Bridge) -> bool:
    """Whether she may record minutes, and skip, move or cancel a meeting: who takes part, or manages."""
    if reader.manages(bridge):
        return True
    team_id = meetings.team_of_series(connection, series.id)
    return reader.user_id in people_of(connection, team_id, series)


def require_record(connection: Connection, reader: Viewer, meeting: Meeting) -> None:
    """Raises UserError where she takes no part in the meeting."""
    if not may_record(connection, reader, meeting.series, meeting.bridge):
        raise UserError(
            N_("Only those who take part in this meeting, and the bridge's managers, may do this.")
        )


def people_of(connection: Connection, team_id: str, series: Series) -> list[str]:
    """Everyone who takes part: chosen people, facilitators, and members of the chosen groups."""
    members = [
        user
        for group in (meetings.groups(connection, team_id) if series.groups else [])
        if group.group_id in series.groups
        for user in group.members
    ]
    return list(dict.fromkeys([*series.participants, *series.facilitators, *members]))


def channels_of(series: Series, bridge: Bridge) -> tuple[str, ...]:
    """The channels in which the series is prompted and minuted."""
    if series.channels == "marketing":
        return (bridge.marketing_channel_id,)
    if series.channels == "sales":
        return bridge.sales_channel_ids
    return (bridge.marketing_channel_id, *bridge.sales_channel_ids)


def usable(connection: Connection, team_id: str, channel_ids: Sequence[str]) -> list[str]:
    """Those in which Frontline may speak: neither archived nor shared with another organisation."""
    found = []
    for channel_id in channel_ids:
        channel = workspace.channel(connection, team_id, channel_id)
        if channel is None or not (channel.is_shared or channel.is_archived):
            found.append(channel_id)
    return found


def speaks_of(meeting: Meeting) -> bool:
    """Whether the reminder that was posted last says what is true still."""
    is_off = meeting.occurrence.status in (SKIPPED, CANCELLED)
    return not is_off and meeting.occurrence.reminded_for == meeting.starts_at


def hosts_of(meeting: Meeting) -> list[str]:
    """Who is asked about the meeting: its facilitator, else a participant, else the bridge's managers."""
    if meeting.occurrence.facilitator_id:
        return [meeting.occurrence.facilitator_id]
    if meeting.series.participants:
        return meeting.series.participants[:1]
    return list(meeting.bridge.manager_ids)
