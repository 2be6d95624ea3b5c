"""An activity begins, ends, or is cancelled."""

from typing import Any, Final

from bot.activities.asking import set_askings
from bot.activities.figures import local_day
from bot.activities.kinds import OPEN, Status
from bot.activities.origins import say_it_stopped
from bot.activities.rights import colleague, find_to_change
from bot.activities.showing import refresh_homes, show_card
from bot.errors import FormError, UserError
from bot.gestures import Answer, FormState, Gesture, Open, Update
from bot.i18n import N_
from bot.ids import Field
from bot.inbox import say_for
from bot.messages.activity_forms import MOST_REASON, cancel_form
from bot.services import Services
from storage import activities, inbox
from storage.activities import Activity
from storage.rows import lock

_MOVED_ON: Final = N_("This activity has moved on meanwhile; open it anew.")


def start(services: Services, gesture: Gesture, activity_id: int) -> Answer:
    """It runs from today on. Raises UserError."""
    return _move(services, gesture, activity_id, Status.PLANNED, Status.RUNNING)


def finish(services: Services, gesture: Gesture, activity_id: int) -> Answer:
    """It has ended today; its sales channels are asked about it. Raises UserError."""
    return _move(services, gesture, activity_id, Status.RUNNING, Status.FINISHED)


def open_cancel(services: Services, gesture: Gesture, activity_id: int) -> Answer:
    """The form that asks why. Raises UserError."""
    with services.db.reading() as connection:
        who = colleague(services, connection, gesture)
        activity, _bridge = find_to_change(connection, who, activity_id)
        _require_open(activity)
    return Open(cancel_form(who.texts, activity.id, activity.title))


def cancel(services: Services, gesture: Gesture, form: FormState, activity_id: int) -> Answer:
    """What was spent stays counted, and nobody is asked about it. Raises FormError, UserError."""
    reason = form.text(Field.REASON)
    if not reason or len(reason) > MOST_REASON:
        raise FormError({Field.REASON: N_("Give a reason of at most 500 characters.")})
    return _move(services, gesture, activity_id, None, Status.CANCELLED, cancel_reason=reason)


def _move(
    services: Services,
    gesture: Gesture,
    activity_id: int,
    before: Status | None,
    after: Status,
    **values: Any,
) -> Answer:
    """From one status (None: any open one) to another. Raises UserError where it is not there any more."""
    with services.db.writing() as connection:
        who = colleague(services, connection, gesture)
        _stale, bridge = find_to_change(connection, who, activity_id)
        lock(connection, "activity", str(activity_id))
        activity = activities.by_id(connection, activity_id)
        assert activity is not None
        if inbox.first_time(connection, gesture.key, services.clock.now()):
            _require_open(activity)
            if before is not None and activity.status != before:
                raise UserError(_MOVED_ON)
            say = say_for(services, connection, gesture.key)
            today = local_day(bridge, say.now)
            values |= {"status": after, "changed_at": say.now}
            if after is Status.RUNNING:
                values["started_on"] = today
            elif activity.started_on is not None:
                values["ended_on"] = max(today, activity.started_on)
            activities.change(connection, activity.id, values)
            moved = activities.by_id(connection, activity.id)
            assert moved is not None
            set_askings(connection, bridge, moved, say.now)
            if after is Status.CANCELLED:
                say_it_stopped(connection, say, gesture.user_id, bridge, moved)
            refresh_homes(connection, say, bridge)
        return Update(show_card(connection, services, who, activity.id))


def _require_open(activity: Activity) -> None:
    if activity.status not in OPEN:
        raise UserError(_MOVED_ON)
