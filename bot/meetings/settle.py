"""Brings a series' occurrences and their timers in line with the series: the one place that does.

The next two occurrences always stand in the database. What was announced already keeps its identity when the
series changes: it takes the new date, its posts are brought up to date, and its timers are set anew in the
same transaction, so that no reminder is stale, doubled or lost.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.meetings.meeting import KINDS, MINUTES, NUDGE, PROMPT, REMINDER, Meeting, speaks_of
from bot.meetings.plan import Slot, plan_of
from bot.meetings.prompt import post_prompts
from bot.recurrence import resolve
from bot.say import Say
from storage import meetings, timers
from storage.bridges import Bridge
from storage.meetings import CANCELLED, HELD, PLANNED, SKIPPED, Occurrence, Series

AHEAD: Final = 2  # occurrences that are always there
MOST_MADE_UP: Final = 60  # occurrences that fell due while Frontline was down, and are recorded as missed
MORNING: Final = time(9)  # local


def settle(connection: Connection, say: Say, series: Series, bridge: Bridge) -> None:
    """Bring occurrences and timers in line; the series is locked by the caller."""
    known = meetings.occurrences(connection, series.id)
    ahead = [one for one in known if one.status == PLANNED and one.starts_at > say.now]
    if not series.is_active:
        for one in ahead:
            meetings.change_occurrence(connection, one.id, status=CANCELLED)
            _announce(connection, say, series, bridge, one.id)
        return
    free = [one for one in ahead if not one.is_moved]
    taken = {one.planned_on for one in known if one not in free}
    slots = _free_slots(series, bridge, say.now, taken)
    wanted = list(islice(slots, max(AHEAD, len(free))))
    _pair(connection, say, series, bridge, free, wanted)
    _take_turns(connection, series, say.now)
    for one in meetings.occurrences(connection, series.id):
        if one.status == PLANNED and one.starts_at > say.now:
            set_timers(connection, say, Meeting(one, series, bridge))


def is_in_line(connection: Connection, series: Series, bridge: Bridge, now: datetime) -> bool:
    """Whether the meetings that are planned begin when rule and time zone say."""
    if not series.is_active:
        return True
    known = meetings.occurrences(connection, series.id)
    ahead = [one for one in known if one.status == PLANNED and one.starts_at > now and not one.is_moved]
    slots = islice(plan_of(series, bridge).slots_after(now), AHEAD + len(ahead))
    planned = {slot.planned_on: slot.starts_at for slot in slots}
    return all(planned.get(one.planned_on) == one.starts_at for one in ahead)


def _free_slots(series: Series, bridge: Bridge, now: datetime, taken: set[date]) -> Iterator[Slot]:
    slots = plan_of(series, bridge).slots_after(now)
    return (slot for slot in slots if slot.planned_on not in taken)


def _pair(
    connection: Connection,
    say: Say,
    series: Series,
    bridge: Bridge,
    free: Sequence[Occurrence],
    slots: Sequence[Slot],
) -> None:
    """The first occurrence takes the first slot, and so on; new ones are made for slots that are left."""
    changed = [
        (one, slot)
        for one, slot in zip(free, slots, strict=False)
        if (one.planned_on, one.starts_at) != (slot.planned_on, slot.starts_at)
    ]
    for one, _slot in changed:  # out of the way: two of a series never share a day
        parked = date.min + timedelta(days=one.id % 300_000)
        meetings.change_occurrence(connection, one.id, planned_on=parked)
    for one, slot in changed:
        meetings.change_occurrence(connection, one.id, planned_on=slot.planned_on)
        put(connection, one, slot.starts_at)
    for one in free:
        _announce(connection, say, series, bridge, one.id)
    for slot in slots[len(free) :]:
        _add(connection, series, slot)
    for one in free[len(slots) :]:  # the calendar, or the series' last day, has come
        meetings.change_occurrence(connection, one.id, status=CANCELLED)
        _announce(connection, say, series, bridge, one.id)


def put(connection: Connection, one: Occurrence, starts_at: datetime, **values: Any) -> None:
    """Let it begin at another time: what was said of the old one counts no more."""
    if one.starts_at != starts_at:
        values |= {"starts_at": starts_at, "reminded_for": None}
        meetings.forget_answers(connection, one.id)
    if values:
        meetings.change_occurrence(connection, one.id, **values)


def _add(connection: Connection, series: Series, slot: Slot, **values: Any) -> None:
    made = {"series_id": series.id, "planned_on": slot.planned_on, "starts_at": slot.starts_at, **values}
    meetings.add_occurrence(connection, made)


def make_up(connection: Connection, series: Series, bridge: Bridge, now: datetime) -> None:
    """Record the occurrences that began while Frontline was down: they were neither announced nor held."""
    known = meetings.occurrences(connection, series.id)
    if not known or not series.is_active:
        return
    days = {one.planned_on for one in known}
    last = max(one.starts_at for one in known)
    missed = [
        slot for slot in plan_of(series, bridge).slots_between(last, now) if slot.planned_on not in days
    ]
    for slot in missed[-MOST_MADE_UP:]:
        _add(connection, series, slot, prompt_missed=True, reminder_missed=True)


def _take_turns(connection: Connection, series: Series, now: datetime) -> None:
    """Facilitators in rotation: whoever had the last meeting that took place comes last."""
    turns, last = series.facilitators, None
    for one in meetings.occurrences(connection, series.id):
        is_ahead = one.status == PLANNED and one.starts_at > now
        if is_ahead:
            keeps = one.prompted_at is not None and one.facilitator_id in turns
            following = one.facilitator_id if keeps else _after(turns, last)
            if following != one.facilitator_id:
                meetings.change_occurrence(connection, one.id, facilitator_id=following)
            last = following
        elif one.status in (PLANNED, HELD):
            last = one.facilitator_id or last


def _after(turns: Sequence[str], last: str | None) -> str | None:
    if not turns:
        return None
    return turns[(turns.index(last) + 1) % len(turns)] if last in turns else turns[0]


def set_timers(connection: Connection, say: Say, meeting: Meeting) -> None:
    """Set what is still to come of a planned meeting; what was done for this very time is not done again."""
    one, series = meeting.occurrence, meeting.series
    due = {
        PROMPT: None if one.prompted_at else one.starts_at - timedelta(minutes=series.prompt_ahead),
        REMINDER: None
        if one.reminded_for == one.starts_at
        else one.starts_at - timedelta(minutes=series.reminder_ahead),
        MINUTES: meeting.ends_at,
        NUDGE: next_morning(meeting.ends_at, meeting.bridge.time_zone),
    }
    for kind, at in due.items():
        if at is None:
            timers.cancel(connection, say.team_id, kind, str(one.id))
        else:
            timers.set_timer(connection, say.team_id, kind, str(one.id), at, bridge_id=meeting.bridge.id)


def cancel_timers(connection: Connection, team_id: str, occurrence_id: int) -> None:
    """Nothing more rings for this occurrence."""
    for kind in KINDS:
        timers.cancel(connection, team_id, kind, str(occurrence_id))


def next_morning(instant: datetime, zone: str) -> datetime:
    """Nine o'clock of the local day after, in UTC."""
    day = instant.astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
    return resolve(datetime.combine(day, MORNING), zone)


def _announce(connection: Connection, say: Say, series: Series, bridge: Bridge, occurrence_id: int) -> None:
    one = meetings.occurrence(connection, occurrence_id)
    assert one is not None
    announce_change(connection, say, Meeting(one, series, bridge))


def announce_change(connection: Connection, say: Say, meeting: Meeting) -> None:
    """Bring what was posted about the meeting up to date, and its timers where it is off."""
    is_off = meeting.occurrence.status in (SKIPPED, CANCELLED)
    if is_off:
        cancel_timers(connection, say.team_id, meeting.id)
    for post in meetings.posts(connection, meeting.id):
        if post.kind == "prompt":
            say.update(post.outbox_id, PROMPT, occurrence=meeting.id)
        elif post.kind == "reminder" and not speaks_of(meeting):
            say.update(post.outbox_id, REMINDER, occurrence=meeting.id)
    if meeting.occurrence.prompted_at is not None and meeting.is_ahead(say.now):
        post_prompts(connection, say, meeting)  # in channels that were added since
