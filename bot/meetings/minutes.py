"""After the meeting: asking for minutes, recording them, and correcting what was posted."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.errors import FormError, UserError
from bot.gestures import Answer, FormState, Gesture, Open, Reply, Update
from bot.i18n import N_, Message, texts
from bot.ids import Field
from bot.inbox import say_for
from bot.meetings.items import give
from bot.meetings.meeting import (
    KINDS,
    MINUTES,
    Meeting,
    find_meeting,
    hosts_of,
    meeting_by_id,
    people_of,
    require_record,
    usable,
)
from bot.meetings.one import call_off, move
from bot.meetings.prompt import locked
from bot.meetings.reading import ItemLine, read_items, read_moment
from bot.meetings.settle import make_up, next_morning, settle
from bot.messages import meeting_forms as forms
from bot.messages import meeting_minutes as messages
from bot.messages.meetings import ask_for_minutes, said
from bot.say import Say, built
from bot.services import Services
from bot.slacktext import escape
from bot.workspace.access import Viewer, require_colleague, viewer
from storage import actions, inbox, meetings, outbox, timers, workspace
from storage.meetings import HELD, PLANNED, SKIPPED, Minutes, Post
from storage.outbox import OutboxRow
from storage.timers import Timer

_ONE_DAY: Final = timedelta(days=1)
_LATELY: Final = timedelta(hours=12)
ASKING: Final = "meeting_ask"  # a builder


# --- asking for them ---------------------------------------------------------------------------------------


def ring_end(services: Services, connection: Connection, say: Say, timer: Timer) -> None:
    """A `bot.timers.Bell`: the meeting is over. Its facilitator is asked, and the next ones are planned."""
    meeting = locked(connection, timer)
    if meeting is None:
        return
    # Where it rings only next morning, the nudge asks.
    is_late = say.now >= next_morning(meeting.ends_at, meeting.bridge.time_zone)
    if meeting.occurrence.status == PLANNED and not is_late:
        _ask(connection, say, meeting, again=False)
    make_up(connection, meeting.series, meeting.bridge, say.now)
    settle(connection, say, meeting.series, meeting.bridge)


def ring_nudge(services: Services, connection: Connection, say: Say, timer: Timer) -> None:
    """A `bot.timers.Bell`: next morning, and nobody has recorded anything. A day later it is too late."""
    meeting = locked(connection, timer)
    if meeting is not None and meeting.occurrence.status == PLANNED and say.now < timer.due_at + _ONE_DAY:
        _ask(connection, say, meeting, again=True)


def _ask(connection: Connection, say: Say, meeting: Meeting, *, again: bool) -> None:
    for host in hosts_of(meeting):
        first = f"meeting-ask:{meeting.id}:first:{host}"
        if again and _asked_lately(connection, first, say.now):
            continue  # the first asking waited for the host's working hours
        key = f"meeting-ask:{meeting.id}:again:{host}" if again else first
        message = built(ASKING, occurrence=meeting.id, again=again)
        say.direct(key, host, message, bridge_id=meeting.bridge.id)


def _asked_lately(connection: Connection, key: str, now: datetime) -> bool:
    row = outbox.by_key(connection, key)
    return row is not None and row.not_before_at is not None and row.not_before_at > now - _LATELY


def build_asking(services: Services, row: OutboxRow) -> Mapping[str, Any]:
    """An `bot.outbox.Builder`: asking for minutes; nothing where they have been recorded meanwhile."""
    assert row.user_id is not None
    with services.db.reading() as connection:
        meeting = meeting_by_id(connection, int(row.payload["occurrence"]))
        if meeting is None or meeting.occurrence.status != PLANNED:
            return {}
        _ = viewer(connection, services.team_id, row.user_id).texts
        return ask_for_minutes(_, meeting, again=bool(row.payload["again"]))


# --- recording them ----------------------------------------------------------------------------------------


def open_minutes(services: Services, gesture: Gesture, value: str) -> Answer:
    """The form, with what was recorded before. Raises UserError."""
    with services.db.writing() as connection:
        reader = viewer(connection, services.team_id, gesture.user_id)
        require_colleague(reader)
        meeting = find_meeting(connection, reader, value)
        require_record(connection, reader, meeting)
        _require_begun(meeting, services.clock.now())
        return Open(_form(connection, services.team_id, reader, meeting))


def _require_begun(meeting: Meeting, now: datetime) -> None:
    if now < meeting.starts_at:
        raise UserError(N_("This meeting has not begun; minutes can be recorded from its start on."))
    if meeting.occurrence.status not in (PLANNED, HELD, SKIPPED):
        raise UserError(N_("This meeting is over, or does not take place."))


def _form(
    connection: Connection,
    team_id: str,
    reader: Viewer,
    meeting: Meeting,
    typed: forms.Typed | None = None,
) -> dict[str, Any]:
    """The form on the newest minutes; `typed`: what she wrote while somebody else saved."""
    known = meetings.minutes(connection, meeting.id)
    items = actions.of_occurrence(connection, meeting.id)
    mentioned = {one.owner_id for one in items} | ({known.recorded_by} if known else set())
    names = workspace.names(connection, team_id, mentioned)
    coming = [user for user, answer in meetings.answers(connection, meeting.id).items() if answer == "yes"]
    start = forms.MinutesStart(
        meeting=meeting,
        minutes=known,
        items=items,
        names=names,
        expected=coming or people_of(connection, team_id, meeting.series),
        typed=typed,
    )
    return forms.minutes_form(reader.texts, start)


def save_minutes(services: Services, gesture: Gesture, memory: str, form: FormState) -> Answer:
    """Store and post what the form says. Raises FormError, UserError.

    Where somebody has saved since it was opened, the form comes back with both versions in it.
    """
    occurrence_id, _colon, seen = memory.partition(":")
    now = services.clock.now()
    with services.db.writing() as connection:
        reader = viewer(connection, services.team_id, gesture.user_id)
        require_colleague(reader)
        meeting = find_meeting(connection, reader, occurrence_id)
        require_record(connection, reader, meeting)
        answers = forms.read_minutes(form, seen)
        known = meetings.minutes(connection, meeting.id)
        if inbox.first_time(connection, gesture.key, now):
            _require_begun(meeting, now)
            if known is not None and str(known.revision) != seen and answers.outcome == forms.HELD:
                return Update(_form(connection, services.team_id, reader, meeting, answers))
            _record(services, connection, gesture, meeting, answers, form)
        return Reply(said(messages.recorded(reader.texts, meeting)))


def _record(
    services: Services,
    connection: Connection,
    gesture: Gesture,
    meeting: Meeting,
    answers: forms.Typed,
    form: FormState,
) -> None:
    say = say_for(services, connection, gesture.key)
    faults: dict[str, Message] = {}
    moment = None
    if answers.outcome not in forms.OUTCOMES:
        faults[Field.MEETING_WHAT] = N_("Choose how it went.")
    elif answers.outcome == forms.MOVED:
        moment = read_moment(form, meeting.bridge.time_zone, say.now, faults, needed=True)
    items = _items(connection, say, meeting, answers, faults)
    if answers.outcome == forms.HELD and not answers.present:
        faults[answers.block(Field.MEETING_PRESENT)] = N_("Choose who was there.")
    if meeting.occurrence.status == HELD and answers.outcome in (forms.SKIPPED, forms.MOVED):
        faults[Field.MEETING_WHAT] = N_("Minutes of this meeting are posted already: it was held.")
    if faults:
        raise FormError(faults)
    reason = escape(answers.notes) or None
    if moment is not None:
        move(connection, say, meeting, moment, reason)
    elif answers.outcome == forms.SKIPPED:
        call_off(connection, say, meeting, SKIPPED, reason)
    else:
        _hold(connection, say, gesture.user_id, meeting, answers, items)


def _items(
    connection: Connection, say: Say, meeting: Meeting, answers: forms.Typed, faults: dict[str, Message]
) -> tuple[ItemLine, ...]:
    near = people_of(connection, say.team_id, meeting.series)
    today = say.now.astimezone(ZoneInfo(meeting.bridge.time_zone)).date()
    people = meetings.colleagues(connection, say.team_id)
    read = read_items(answers.items, people, [*near, *answers.present], today)
    if read.fault is not None:
        faults[answers.block(Field.MEETING_ITEMS)] = read.fault
    return read.items


def _hold(
    connection: Connection,
    say: Say,
    user_id: str,
    meeting: Meeting,
    answers: forms.Typed,
    items: tuple[ItemLine, ...],
) -> None:
    known = meetings.minutes(connection, meeting.id)
    minutes = Minutes(
        occurrence_id=meeting.id,
        present=list(answers.present),
        decisions=escape(answers.decisions),
        notes=escape(answers.notes),
        recorded_by=user_id,
        recorded_at=say.now,
        revision=known.revision + 1 if known else 1,
    )
    meetings.save_minutes(connection, minutes)
    meetings.change_occurrence(connection, meeting.id, status=HELD)
    for kind in KINDS:
        timers.cancel(connection, say.team_id, kind, str(meeting.id))
    give(connection, say, user_id, meeting, items)
    held = meeting_by_id(connection, meeting.id)
    assert held is not None
    _publish(connection, say, held)
    settle(connection, say, meeting.series, meeting.bridge)


def _publish(connection: Connection, say: Say, meeting: Meeting) -> None:
    """Minutes into the threads, a summary to all channels of the bridge; posted ones are corrected."""
    standing = [one for one in meetings.posts(connection, meeting.id) if one.kind in ("minutes", "summary")]
    for post in standing:
        say.update(post.outbox_id, MINUTES, occurrence=meeting.id, kind=post.kind)
    if standing:
        return
    where = (meeting.bridge.marketing_channel_id, *meeting.bridge.sales_channel_ids)
    prompts = {one.channel_id: one.outbox_id for one in meetings.posts(connection, meeting.id, "prompt")}
    for channel_id in usable(connection, say.team_id, list(dict.fromkeys([*where, *prompts]))):
        for kind in ("minutes", "summary") if channel_id in prompts else ("summary",):
            _post(connection, say, meeting, kind, channel_id, prompts.get(channel_id))


def _post(
    connection: Connection, say: Say, meeting: Meeting, kind: str, channel_id: str, parent_id: int | None
) -> None:
    message = show_minutes(connection, say.team_id, meeting, kind)
    if kind == "summary" and parent_id is not None:
        message = {**message, "reply_broadcast": True}
    post_id = say.post(
        f"meeting-{kind}:{meeting.id}:{channel_id}",
        channel_id,
        message,
        parent_id=parent_id,
        bridge_id=meeting.bridge.id,
    )
    if post_id is not None:
        meetings.add_post(connection, Post(post_id, meeting.id, kind, channel_id))


def refresh_minutes(connection: Connection, say: Say, occurrence_id: int) -> None:
    """An action item has changed: the minutes that show it say so."""
    for post in meetings.posts(connection, occurrence_id):
        if post.kind in ("minutes", "summary"):
            say.update(post.outbox_id, MINUTES, occurrence=occurrence_id, kind=post.kind)


def build_minutes(services: Services, row: OutboxRow) -> Mapping[str, Any]:
    """An `bot.outbox.Builder`: minutes or summary as they are now."""
    with services.db.reading() as connection:
        meeting = meeting_by_id(connection, int(row.payload["occurrence"]))
        if meeting is None or meeting.occurrence.status != HELD:
            return {}
        return show_minutes(connection, services.team_id, meeting, str(row.payload["kind"]))


def show_minutes(connection: Connection, team_id: str, meeting: Meeting, kind: str) -> dict[str, Any]:
    """The minutes or their summary, in the bridge's language."""
    known = meetings.minutes(connection, meeting.id)
    assert known is not None
    items = actions.of_occurrence(connection, meeting.id)
    people = {*known.present, known.recorded_by, *(one.owner_id for one in items)}
    names = workspace.names(connection, team_id, people)
    _ = texts(meeting.bridge.language)
    show = messages.minutes if kind == "minutes" else messages.summary
    return show(_, meeting, known, items, names)
