"""One meeting of a series: move, skip or cancel it. What is posted already is brought up to date."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection

from bot.errors import FormError, UserError
from bot.gestures import Answer, FormState, Gesture, Open, Reply
from bot.i18n import N_, Message, Texts
from bot.ids import Field
from bot.inbox import say_for
from bot.meetings.meeting import (
    CANCEL,
    MOVE,
    SKIP,
    WHATS,
    Meeting,
    find_meeting,
    meeting_by_id,
    require_record,
)
from bot.meetings.reading import read_moment
from bot.meetings.settle import announce_change, put, settle
from bot.meetings.topics import next_of_series
from bot.messages import meeting_forms as forms
from bot.messages.meetings import said, title, when
from bot.say import Say
from bot.services import Services
from bot.slacktext import escape
from bot.workspace.access import require_colleague, viewer
from storage import inbox, meetings
from storage.meetings import CANCELLED, PLANNED, SKIPPED

_STATUS: Final[Mapping[str, str]] = {SKIP: SKIPPED, CANCEL: CANCELLED}


def open_one(services: Services, gesture: Gesture, value: str) -> Answer:
    """The form for one meeting; `value` may carry a suggested time behind a colon. Raises UserError."""
    occurrence_id, _colon, stamp = value.partition(":")
    with services.db.writing() as connection:
        reader = viewer(connection, services.team_id, gesture.user_id)
        require_colleague(reader)
        meeting = find_meeting(connection, reader, occurrence_id)
        require_record(connection, reader, meeting)
        _require_open(meeting)
        return Open(forms.one_form(reader.texts, meeting, _instant(stamp)))


def _instant(stamp: str) -> datetime | None:
    return datetime.fromtimestamp(int(stamp), UTC) if stamp.isdecimal() and len(stamp) < 12 else None


def save_one(services: Services, gesture: Gesture, value: str, form: FormState) -> Answer:
    """Move, skip or cancel it. Raises FormError, UserError."""
    now = services.clock.now()
    with services.db.writing() as connection:
        reader = viewer(connection, services.team_id, gesture.user_id)
        require_colleague(reader)
        meeting = find_meeting(connection, reader, value)
        require_record(connection, reader, meeting)
        is_first = inbox.first_time(connection, gesture.key, now)
        if is_first:
            _require_open(meeting)
            what, faults = form.option(Field.MEETING_WHAT), dict[str, Message]()
            if what not in WHATS:
                faults[Field.MEETING_WHAT] = N_("Choose what is to happen.")
            zone = meeting.bridge.time_zone
            moment = read_moment(form, zone, now, faults, needed=True) if what == MOVE else None
            if faults:
                raise FormError(faults)
            reason = escape(form.text(Field.MEETING_REASON) or "") or None
            say = say_for(services, connection, gesture.key)
            if moment is not None:
                move(connection, say, meeting, moment, reason)
            else:
                call_off(connection, say, meeting, _STATUS[str(what)], reason)
        changed = meeting_by_id(connection, meeting.id)
        assert changed is not None
        return Reply(said(_outcome(reader.texts, changed)))


def _require_open(meeting: Meeting) -> None:
    if meeting.occurrence.status != PLANNED:
        raise UserError(N_("This meeting is over, or does not take place."))


def move(connection: Connection, say: Say, meeting: Meeting, starts_at: datetime, reason: str | None) -> None:
    """Let it begin at another time, whatever the series says."""
    put(connection, meeting.occurrence, starts_at, is_moved=True, reason=reason)
    moved = meeting_by_id(connection, meeting.id)
    assert moved is not None
    announce_change(connection, say, moved)
    settle(connection, say, meeting.series, meeting.bridge)


def call_off(connection: Connection, say: Say, meeting: Meeting, status: str, reason: str | None) -> None:
    """Skip or cancel it; its topics wait for the next meeting."""
    meetings.change_occurrence(connection, meeting.id, status=status, reason=reason)
    off = meeting_by_id(connection, meeting.id)
    assert off is not None
    announce_change(connection, say, off)
    settle(connection, say, meeting.series, meeting.bridge)
    following = next_of_series(connection, off, say)
    if following is not None:
        meetings.carry_topics(connection, off.id, following.id)


def _outcome(_: Texts, meeting: Meeting) -> str:
    moment = when(_, meeting.starts_at, meeting.bridge.time_zone)
    if meeting.occurrence.status == SKIPPED:
        text = _(
            "*{meeting}* on {moment} is skipped; its topics wait for the next one.",
            meeting=title(meeting),
            moment=moment,
        )
    elif meeting.occurrence.status == CANCELLED:
        text = _(
            "*{meeting}* on {moment} is cancelled; its topics wait for the next one.",
            meeting=title(meeting),
            moment=moment,
        )
    else:
        text = _("*{meeting}* now begins {moment}.", meeting=title(meeting), moment=moment)
    return text
