"""The calendar file of a series: RFC 5545, with its exceptions, as the series stands now."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vRecur
from sqlalchemy import Connection

from bot import slacktext
from bot.gestures import Answer, Gesture, Reply
from bot.inbox import say_for
from bot.meetings.meeting import find_series
from bot.meetings.plan import Plan, plan_of
from bot.messages.meetings import said
from bot.services import Services
from bot.workspace.access import require_colleague, viewer
from storage import bridges, inbox, meetings
from storage.bridges import Bridge
from storage.meetings import CANCELLED, SKIPPED, Occurrence, Series
from storage.outbox import OutboxRow

BUILDER: Final = "meeting_calendar"
HORIZON: Final = timedelta(days=2 * 366)  # how far ahead days off are written down


def send_file(services: Services, gesture: Gesture, value: str) -> Answer:
    """*Calendar file*: sent to whoever asks, in a direct message. Raises UserError."""
    with services.db.writing() as connection:
        reader = viewer(connection, services.team_id, gesture.user_id)
        require_colleague(reader)
        series, _bridge = find_series(connection, reader, value)
        if inbox.first_time(connection, gesture.key, services.clock.now()):
            say = say_for(services, connection, gesture.key)
            say.file(
                f"meeting-file:{series.id}:{gesture.key}"[:255],
                BUILDER,
                "meeting.ics",
                user_id=gesture.user_id,
                bridge_id=series.bridge_id,
                series=series.id,
            )
        _ = reader.texts
        return Reply(said(_("The calendar file is on its way to you, in a direct message.")))


def build_file(services: Services, row: OutboxRow) -> Mapping[str, Any]:
    """An `bot.outbox.Builder`: the file as things stand when it is sent."""
    with services.db.reading() as connection:
        series = meetings.series(connection, int(row.payload["series"]))
        bridge = bridges.bridge(connection, series.bridge_id) if series else None
        assert series is not None
        assert bridge is not None
        content = calendar_of(connection, series, bridge, services.clock.now())
    return {"content": content, "title": slacktext.plain(series.title, {})}


def calendar_of(connection: Connection, series: Series, bridge: Bridge, now: datetime) -> bytes:
    """The file's content."""
    known = meetings.occurrences(connection, series.id)
    return write_calendar(series, plan_of(series, bridge), known, now)


def write_calendar(series: Series, plan: Plan, known: list[Occurrence], now: datetime) -> bytes:
    """The series as a rule with its exceptions: days off until the horizon, skipped and moved meetings."""
    start = _first_day(plan)
    calendar = Calendar()
    calendar.add("prodid", "-//Frontline//Meetings//EN")
    calendar.add("version", "2.0")
    master = _event(series, plan, start, now)
    master.add("rrule", vRecur.from_ical(series.rule))
    days, changed = _exceptions(plan, known, now)
    for day in sorted(day for day in days if day >= start):
        master.add("exdate", _local(plan, day))
    calendar.add_component(master)
    for day, held_at in sorted(changed.items()):
        if day >= start:
            event = _event(series, plan, day, now, held_at)
            event.add("recurrence-id", _local(plan, day))
            calendar.add_component(event)
    calendar.add_missing_timezones(first_date=start, last_date=(now + 10 * HORIZON).date())
    content: bytes = calendar.to_ical()
    return content


def _first_day(plan: Plan) -> date:
    """DTSTART is an occurrence itself: the first day that the rule gives."""
    begin = datetime.combine(plan.recurrence.start_on, time(), UTC) - timedelta(days=2)
    return next(plan.rule_days(begin))


def _exceptions(plan: Plan, known: list[Occurrence], now: datetime) -> tuple[set[date], dict[date, datetime]]:
    """The rule's days on which no meeting is, and those whose meeting is at another time."""
    begin = datetime.combine(plan.recurrence.start_on, time(), UTC) - timedelta(days=2)
    slots = {slot.planned_on: slot for slot in plan.slots_between(begin, now + HORIZON)}
    days = set()
    for day in plan.rule_days(begin):
        if day > (now + HORIZON).date():
            break
        days.add(day)
    off = days - set(slots)
    changed = {day: slot.starts_at for day, slot in slots.items() if slot.held_on != day}
    for one in known:
        if one.planned_on not in days:
            continue  # of an earlier rule
        off.discard(one.planned_on)
        changed.pop(one.planned_on, None)
        if one.status in (SKIPPED, CANCELLED):
            off.add(one.planned_on)
        elif one.starts_at != _instant(plan, one.planned_on):
            changed[one.planned_on] = one.starts_at
    return off, changed


def _event(series: Series, plan: Plan, day: date, now: datetime, held_at: datetime | None = None) -> Event:
    event = Event()
    local = _local(plan, day)
    if held_at is not None:
        local = held_at.astimezone(ZoneInfo(plan.recurrence.zone))
    event.add("uid", f"meeting-{series.id}@frontline")
    event.add("dtstamp", now)
    event.add("dtstart", local)
    event.add("duration", timedelta(minutes=series.minutes))
    event.add("summary", slacktext.plain(series.title, {}))
    if series.place:
        event.add("location", slacktext.plain(series.place, {}))
    event.add("sequence", series.revision)
    return event


def _local(plan: Plan, day: date) -> datetime:
    """The meeting's local time on a day that the rule gives."""
    return datetime.combine(day, plan.recurrence.time, ZoneInfo(plan.recurrence.zone))


def _instant(plan: Plan, day: date) -> datetime:
    return _local(plan, day).astimezone(UTC)
