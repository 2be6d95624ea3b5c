"""Setting up and changing a meeting series, in a form."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.digests.choose import bridge_by_id
from bot.errors import FormError, UserError
from bot.gestures import Answer, FormState, Gesture, Open, Reply, Update
from bot.i18n import N_
from bot.inbox import say_for
from bot.meetings.meeting import find_series, lock_series
from bot.meetings.settle import is_in_line, settle
from bot.meetings.values import SeriesAnswers, answers_of, checked, new_answers, read_answers
from bot.messages import meeting_series as forms
from bot.messages.meeting_list import rhythm_words
from bot.messages.meetings import said, when
from bot.say import Say
from bot.services import Services
from bot.workspace.access import Viewer, require_colleague, viewer
from storage import inbox, meetings
from storage.bridges import Bridge
from storage.meetings import Series


def open_new(services: Services, gesture: Gesture, bridge_id: str) -> Answer:
    """The form of a new series. Raises UserError."""
    with services.db.reading() as connection:
        reader = viewer(connection, services.team_id, gesture.user_id)
        require_colleague(reader)
        bridge = bridge_by_id(reader, bridge_id)
        _ = reader.texts
        answers = new_answers(bridge, services.clock.now(), _("Sales and marketing"))
        return Open(_form(connection, services.team_id, reader, bridge, answers, _memory(bridge, None)))


def open_series(services: Services, gesture: Gesture, value: str) -> Answer:
    """The form of a series as it is. Raises UserError."""
    with services.db.writing() as connection:
        reader = viewer(connection, services.team_id, gesture.user_id)
        require_colleague(reader)
        series, bridge = find_series(connection, reader, value)
        bridge_by_id(reader, str(bridge.id))
        answers = forms.unescaped(answers_of(series))
        return Open(_form(connection, services.team_id, reader, bridge, answers, _memory(bridge, series)))


def change_frequency(services: Services, gesture: Gesture, memory: str, form: FormState) -> Answer:
    """Show the fields for the day that the chosen frequency needs. Raises UserError."""
    with services.db.reading() as connection:
        reader = viewer(connection, services.team_id, gesture.user_id)
        bridge = bridge_by_id(reader, memory.partition(":")[0])
        answers, _faults = read_answers(form)
        return Update(_form(connection, services.team_id, reader, bridge, answers, memory))


def save_series(services: Services, gesture: Gesture, memory: str, form: FormState) -> Answer:
    """Store the series and plan its meetings. Raises FormError, UserError."""
    bridge_id, series_id, revision = [*memory.split(":"), "", ""][:3]
    now = services.clock.now()
    with services.db.writing() as connection:
        reader = viewer(connection, services.team_id, gesture.user_id)
        require_colleague(reader)
        bridge = bridge_by_id(reader, bridge_id)
        if inbox.first_time(connection, gesture.key, now):
            values = _values(connection, services.team_id, bridge, form, services)
            say = say_for(services, connection, gesture.key)
            if series_id:
                _change(connection, say, reader, bridge, series_id, revision, values)
            else:
                made = meetings.add_series(connection, {**values, "bridge_id": bridge.id, "created_at": now})
                lock_series(connection, made)
                _settle(connection, say, made, bridge)
        return Reply(said(_saved(connection, reader, bridge, series_id, now)))


def _values(
    connection: Connection, team_id: str, bridge: Bridge, form: FormState, services: Services
) -> dict[str, Any]:
    answers, faults = read_answers(form)
    today = services.clock.now().astimezone(ZoneInfo(bridge.time_zone)).date()
    values = checked(connection, team_id, answers, today, faults)
    if faults:
        raise FormError(faults)
    assert answers.starts_on is not None
    recurrence = answers.rhythm.recurrence(bridge.time_zone, answers.starts_on)
    return {**values, "rule": recurrence.rule, "local_time": recurrence.time.strftime("%H:%M")}


def _change(
    connection: Connection,
    say: Say,
    reader: Viewer,
    bridge: Bridge,
    series_id: str,
    revision: str,
    values: dict[str, Any],
) -> None:
    series, own = find_series(connection, reader, series_id)
    if own.id != bridge.id or str(series.revision) != revision:
        raise UserError(N_("Somebody changed this meeting meanwhile; open the form again."))
    meetings.change_series(connection, series.id, values)
    _settle(connection, say, series.id, bridge)


def _settle(connection: Connection, say: Say, series_id: int, bridge: Bridge) -> None:
    series = meetings.series(connection, series_id)
    assert series is not None
    settle(connection, say, series, bridge)


def settle_bridge(connection: Connection, say: Say, bridge: Bridge) -> None:
    """The bridge has changed: its meetings follow its zone and channels."""
    for series in meetings.series_of_bridges(connection, [bridge.id]):
        lock_series(connection, series.id)
        settle(connection, say, series, bridge)


def meetings_follow(connection: Connection, say: Say, bridge: Bridge) -> int:
    """The rules of the bridge's zone may have changed: series whose meetings begin at another time now are
    settled. How many were.
    """
    moved = 0
    for series in meetings.series_of_bridges(connection, [bridge.id]):
        lock_series(connection, series.id)
        if not is_in_line(connection, series, bridge, say.now):
            settle(connection, say, series, bridge)
            moved += 1
    return moved


def _saved(connection: Connection, reader: Viewer, bridge: Bridge, series_id: str, now: datetime) -> str:
    _ = reader.texts
    known = meetings.series_of_bridges(connection, [bridge.id])
    saved = next((one for one in known if str(one.id) == series_id), None) if series_id else known[-1]
    if saved is None:
        return _("Saved. There are no further meetings of this series.")
    ahead = meetings.next_of_bridges(connection, [bridge.id], now)
    following = next((one for one in ahead if one.series_id == saved.id), None)
    if following is None:
        return _("Saved. No meeting is planned: all days are off.")
    return _(
        "Saved: {rhythm}. The next meeting: {moment}.",
        rhythm=rhythm_words(_, saved),
        moment=when(_, following.starts_at, bridge.time_zone),
    )


def _memory(bridge: Bridge, series: Series | None) -> str:
    return f"{bridge.id}:{series.id}:{series.revision}" if series else f"{bridge.id}::"


def _form(
    connection: Connection,
    team_id: str,
    reader: Viewer,
    bridge: Bridge,
    answers: SeriesAnswers,
    memory: str,
) -> dict[str, Any]:
    groups = meetings.groups(connection, team_id)
    is_new = not memory.partition(":")[2].partition(":")[0]
    return forms.series_form(reader.texts, bridge, answers, groups, memory, is_new=is_new)
