"""Action items: given to their owners, reminded of, done, put off, handed over or dropped."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.errors import FormError, UserError
from bot.gestures import Answer, Done, FormState, Gesture, Open, Reply
from bot.i18n import N_, Message
from bot.ids import Field
from bot.inbox import say_for
from bot.meetings.meeting import MINUTES, Meeting, is_id, may_record, meeting_by_id
from bot.meetings.reading import ItemLine
from bot.meetings.settle import MORNING
from bot.messages import meeting_forms as forms
from bot.messages import meeting_items as messages
from bot.quiet.waiting import moment_to_say
from bot.recurrence import day_bounds, resolve
from bot.say import Say, built
from bot.services import Services
from bot.slacktext import escape
from bot.workspace.access import Viewer, require_colleague, viewer
from storage import actions, inbox, meetings, timers, workspace
from storage.actions import DONE, DROPPED, OPEN, ActionItem
from storage.bridges import Bridge
from storage.outbox import OutboxRow
from storage.timers import Timer

DAY_BEFORE: Final = "action_day_before"
ON_THE_DAY: Final = "action_on_the_day"
_DAYS_BEFORE: Final = {DAY_BEFORE: 1, ON_THE_DAY: 0}
ITEM_DUE: Final = "action_due"  # builders
ITEM_GIVEN: Final = "action_given"


# --- giving and reminding ----------------------------------------------------------------------------------


def give(connection: Connection, say: Say, user_id: str, meeting: Meeting, items: Iterable[ItemLine]) -> None:
    """Store new items and tell their owners. One that stands in the minutes already is not given twice."""
    known = {(one.owner_id, _same(one.text)) for one in actions.of_occurrence(connection, meeting.id)}
    for line in items:
        if (line.owner_id, _same(escape(line.text))) in known:
            continue
        known.add((line.owner_id, _same(escape(line.text))))
        values = {
            "bridge_id": meeting.bridge.id,
            "occurrence_id": meeting.id,
            "text": escape(line.text),
            "owner_id": line.owner_id,
            "due_on": line.due_on,
            "created_by": user_id,
            "created_at": say.now,
        }
        item_id = actions.add(connection, values)
        actions.record(connection, item_id, say.now, user_id, "given", {"to": line.owner_id})
        item = actions.by_id(connection, item_id)
        assert item is not None
        set_reminders(connection, say, item, meeting.bridge.time_zone)
        tell_owner(connection, say, item, meeting, by=user_id)


def _same(text: str) -> str:
    return " ".join(text.casefold().split())


def set_reminders(connection: Connection, say: Say, item: ActionItem, zone: str) -> None:
    """In the local morning of the day before and of the day itself; none of what is past or closed."""
    for kind in _DAYS_BEFORE:
        at = _reminded_at(item, kind, zone)
        if at is None or at <= say.now:
            timers.cancel(connection, say.team_id, kind, str(item.id))
        else:
            timers.set_timer(connection, say.team_id, kind, str(item.id), at, bridge_id=item.bridge_id)


def reminders_follow(connection: Connection, say: Say, bridge: Bridge) -> int:
    """The bridge's zone or its rules have changed: reminders still to come go by it. How many moved."""
    moved = 0
    for timer in timers.ahead(connection, bridge.id, _DAYS_BEFORE, say.now):
        item = actions.by_id(connection, int(timer.subject))
        at = _reminded_at(item, timer.kind, bridge.time_zone) if item else None
        if at is not None and at != timer.due_at:
            timers.set_timer(connection, say.team_id, timer.kind, timer.subject, at, bridge_id=bridge.id)
            moved += 1
    return moved


def _reminded_at(item: ActionItem, kind: str, zone: str) -> datetime | None:
    if item.status != OPEN or item.due_on is None:
        return None
    day = item.due_on - timedelta(days=_DAYS_BEFORE[kind])
    return resolve(datetime.combine(day, MORNING), zone)


def ring_item(services: Services, connection: Connection, say: Say, timer: Timer) -> None:
    """A `bot.timers.Bell`: the owner is reminded, as soon as she works.

    A late reminder makes sense on the local day on which she should have had it, else it is recorded as
    missed.
    """
    item = actions.locked(connection, int(timer.subject))
    meeting = meeting_by_id(connection, item.occurrence_id) if item else None
    if item is None or meeting is None or item.status != OPEN or item.due_on is None:
        return
    zone = meeting.bridge.time_zone
    wanted_at = moment_to_say(connection, say.team_id, item.owner_id, timer.due_at, item.bridge_id)
    if say.now >= day_bounds(wanted_at.astimezone(ZoneInfo(zone)).date(), zone)[1]:
        actions.change(connection, item.id, reminder_missed=True)
        return
    day = timer.due_at.astimezone(ZoneInfo(zone)).date()
    key = f"{timer.kind}:{item.id}:{day:%Y%m%d}:{item.owner_id}"
    message = built(ITEM_DUE, item=item.id, due_on=item.due_on.isoformat(), kind=timer.kind)
    say.direct(key, item.owner_id, message, bridge_id=item.bridge_id)


def build_due(services: Services, row: OutboxRow) -> Mapping[str, Any]:
    """A `bot.outbox.Builder`: the reminder, on the day on which it comes.

    Nothing where the item is done with, another's or put off, or where the day itself has its own reminder.
    """
    with services.db.reading() as connection:
        item = actions.by_id(connection, int(row.payload["item"]))
        meeting = meeting_by_id(connection, item.occurrence_id) if item else None
        if item is None or meeting is None or not _stands(item, row) or item.due_on is None:
            return {}
        if item.due_on.isoformat() != row.payload["due_on"]:
            return {}
        today = services.clock.now().astimezone(ZoneInfo(meeting.bridge.time_zone)).date()
        if row.payload["kind"] == DAY_BEFORE and today >= item.due_on:
            return {}
        return messages.due(viewer(connection, services.team_id, item.owner_id).texts, item, meeting, today)


def _stands(item: ActionItem, row: OutboxRow) -> bool:
    return item.status == OPEN and item.owner_id == row.user_id


def tell_owner(connection: Connection, say: Say, item: ActionItem, meeting: Meeting, *, by: str) -> None:
    """A direct message with what can be done about it; at once where she gave it to herself."""
    key = f"action-given:{item.id}:{item.owner_id}:{say.correlation_id}"[:255]
    message = built(ITEM_GIVEN, item=item.id, by=by)
    say.direct(key, item.owner_id, message, bridge_id=item.bridge_id, at_once=by == item.owner_id)
    refresh_homes(say, [item.owner_id])


def build_given(services: Services, row: OutboxRow) -> Mapping[str, Any]:
    """A `bot.outbox.Builder`: the item as it stands; nothing where it is done with, or another's."""
    by = str(row.payload["by"])
    with services.db.reading() as connection:
        item = actions.by_id(connection, int(row.payload["item"]))
        meeting = meeting_by_id(connection, item.occurrence_id) if item else None
        if item is None or meeting is None or not _stands(item, row):
            return {}
        _ = viewer(connection, services.team_id, item.owner_id).texts
        name = workspace.names(connection, services.team_id, [by]).get(by, by)
        return messages.given(_, item, meeting, name if by != item.owner_id else None)


def refresh_homes(say: Say, user_ids: Iterable[str]) -> None:
    """The home tabs in which the item stands."""
    for user_id in workspace.with_home(say.connection, say.team_id, list(user_ids)):
        say.home(user_id)


# --- what is done about them -------------------------------------------------------------------------------


def find_item(connection: Connection, reader: Viewer, value: str) -> tuple[ActionItem, Meeting]:
    """The item that a button carries, locked. Raises UserError for one that is gone, another's or forged."""
    item = actions.locked(connection, int(value)) if is_id(value) else None
    meeting = meeting_by_id(connection, item.occurrence_id) if item else None
    if item is not None and meeting is not None:
        is_of_team = any(one.id == meeting.bridge.id for one in reader.bridges)
        is_own = item.owner_id == reader.user_id
        if is_of_team and (is_own or may_record(connection, reader, meeting.series, meeting.bridge)):
            return item, meeting
    raise UserError(N_("This action item no longer exists, or is not yours to change."))


def _require_open(item: ActionItem) -> None:
    if item.status != OPEN:
        raise UserError(N_("This action item is closed already."))


Change = Callable[[Connection, Say, ActionItem, Meeting], None]


def _changing(services: Services, gesture: Gesture, value: str, change: Change) -> Answer:
    with services.db.writing() as connection:
        reader = viewer(connection, services.team_id, gesture.user_id)
        require_colleague(reader)
        item, meeting = find_item(connection, reader, value)
        if inbox.first_time(connection, gesture.key, services.clock.now()):
            _require_open(item)
            say = say_for(services, connection, gesture.key)
            change(connection, say, item, meeting)
            changed = actions.by_id(connection, item.id)
            assert changed is not None
            set_reminders(connection, say, changed, meeting.bridge.time_zone)
            for post in meetings.posts(connection, meeting.id):
                if post.kind in ("minutes", "summary"):
                    say.update(post.outbox_id, MINUTES, occurrence=meeting.id, kind=post.kind)
            refresh_homes(say, {item.owner_id, changed.owner_id, gesture.user_id})
        changed = actions.by_id(connection, item.id)
        assert changed is not None
        names = workspace.names(connection, services.team_id, [changed.owner_id])
        return Reply(messages.changed(reader.texts, changed, names), replaces=True)


def done(services: Services, gesture: Gesture, value: str) -> Answer:
    """*Done*. Raises UserError."""

    def change(connection: Connection, say: Say, item: ActionItem, meeting: Meeting) -> None:
        _close(connection, say, gesture.user_id, item, DONE)

    return _changing(services, gesture, value, change)


def _close(
    connection: Connection, say: Say, user_id: str, item: ActionItem, status: str, **more: Any
) -> None:
    actions.change(connection, item.id, status=status, closed_at=say.now, **more)
    actions.record(connection, item.id, say.now, user_id, status)


def open_form(services: Services, gesture: Gesture, value: str, kind: str) -> Answer:
    """The form behind *Later*, *Hand over* or *Drop*. Raises UserError."""
    with services.db.writing() as connection:
        reader = viewer(connection, services.team_id, gesture.user_id)
        require_colleague(reader)
        item, meeting = find_item(connection, reader, value)
        _require_open(item)
        today = services.clock.now().astimezone(ZoneInfo(meeting.bridge.time_zone)).date()
        return Open(forms.item_form(reader.texts, item, kind, today))


def later(services: Services, gesture: Gesture, value: str, form: FormState) -> Answer:
    """*Later*: another day. Raises FormError, UserError."""

    def change(connection: Connection, say: Say, item: ActionItem, meeting: Meeting) -> None:
        today = say.now.astimezone(ZoneInfo(meeting.bridge.time_zone)).date()
        due_on = _day(form.picked(Field.ITEM_DUE))
        if due_on is None or due_on < today:
            raise FormError({Field.ITEM_DUE: N_("Choose today or a later day.")})
        actions.change(connection, item.id, due_on=due_on, reminder_missed=False)
        before = item.due_on.isoformat() if item.due_on else None
        detail = {"from": before, "to": due_on.isoformat()}
        actions.record(connection, item.id, say.now, gesture.user_id, "later", detail)

    return _closing(_changing(services, gesture, value, change))


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def hand_over(services: Services, gesture: Gesture, value: str, form: FormState) -> Answer:
    """*Hand over*: another owner, who is told. Raises FormError, UserError."""

    def change(connection: Connection, say: Say, item: ActionItem, meeting: Meeting) -> None:
        owner = form.picked(Field.ITEM_OWNER)
        fault = _unfit(connection, say.team_id, owner, item)
        if fault is not None or owner is None:
            raise FormError({Field.ITEM_OWNER: fault or N_("Choose a person.")})
        actions.change(connection, item.id, owner_id=owner)
        detail = {"from": item.owner_id, "to": owner}
        actions.record(connection, item.id, say.now, gesture.user_id, "handed", detail)
        handed = actions.by_id(connection, item.id)
        assert handed is not None
        tell_owner(connection, say, handed, meeting, by=gesture.user_id)

    return _closing(_changing(services, gesture, value, change))


def _unfit(connection: Connection, team_id: str, owner: str | None, item: ActionItem) -> Message | None:
    if owner is None:
        return N_("Choose a person.")
    if owner == item.owner_id:
        return N_("It is theirs already; choose another person.")
    person = workspace.person(connection, team_id, owner)
    if person is None or person.is_guest or person.is_external or person.is_bot or person.is_deleted:
        return N_("Only full members of this workspace can take it over.")
    return None


def drop(services: Services, gesture: Gesture, value: str, form: FormState) -> Answer:
    """*Drop*, with the reason. Raises FormError, UserError."""

    def change(connection: Connection, say: Say, item: ActionItem, meeting: Meeting) -> None:
        reason = form.text(Field.MEETING_REASON)
        if not reason:
            raise FormError({Field.MEETING_REASON: N_("Say why: the next meeting will want to know.")})
        _close(connection, say, gesture.user_id, item, DROPPED, reason=escape(reason))

    return _closing(_changing(services, gesture, value, change))


def _closing(answer: Answer) -> Answer:
    """A form that is done with closes; what changed shows in the home tab and the minutes."""
    return Done() if isinstance(answer, Reply) and not answer.is_refusal else answer


def list_items(services: Services, gesture: Gesture, words: str) -> Answer:
    """`/frontline actions`: what I have promised, and what others have in my meetings. Raises UserError."""
    with services.db.reading() as connection:
        reader = viewer(connection, services.team_id, gesture.user_id)
        require_colleague(reader)
        mine = actions.open_of_owner(connection, [one.id for one in reader.bridges], gesture.user_id)
        others = [
            item
            for series in meetings.series_of_bridges(connection, [one.id for one in reader.bridges])
            for bridge in reader.bridges
            if bridge.id == series.bridge_id and may_record(connection, reader, series, bridge)
            for item in actions.of_series(connection, series.id, only_open=True)
            if item.owner_id != gesture.user_id
        ]
        names = workspace.names(connection, services.team_id, {one.owner_id for one in [*mine, *others]})
        today = services.clock.now().astimezone(ZoneInfo(reader.time_zone)).date()
        return Reply(messages.listed(reader.texts, mine, others, names, today))
