"""The form of a digest's schedule: opened, following the frequency, saved."""

from bot.digests.choose import bridge_by_id, choose_bridge
from bot.digests.schedule import Frequency, Rhythm, rhythm_of, save_rhythm, schedule_of
from bot.errors import FormError
from bot.gestures import Answer, FormState, Gesture, Open, Reply, Update
from bot.i18n import N_, Message
from bot.ids import Field
from bot.messages.digest import next_run, simple
from bot.messages.digest_form import PAUSED, schedule_form, time_of
from bot.services import Services
from bot.workspace.access import require_colleague, viewer
from storage import inbox


def open_form(services: Services, gesture: Gesture, bridge_id: str | None = None) -> Answer:
    """Open the form for that bridge, or the one that is meant. Raises UserError."""
    with services.db.writing() as connection:
        who = viewer(connection, services.team_id, gesture.user_id)
        require_colleague(who)
        if bridge_id is None:
            bridge = choose_bridge(who, who.manages, gesture.channel_id)
        else:
            bridge = bridge_by_id(who, bridge_id)
        schedule = schedule_of(connection, bridge, services.clock.now())
    return Open(schedule_form(who.texts, bridge, rhythm_of(schedule), is_paused=schedule.is_paused))


def change_frequency(services: Services, gesture: Gesture, bridge_id: str, form: FormState) -> Answer:
    """Show the field for the day that the chosen frequency needs. Raises UserError."""
    with services.db.reading() as connection:
        who = viewer(connection, services.team_id, gesture.user_id)
        bridge = bridge_by_id(who, bridge_id)
    rhythm, _ = _read(form)
    return Update(schedule_form(who.texts, bridge, rhythm, is_paused=PAUSED in form.options(Field.PAUSED)))


def save_form(services: Services, gesture: Gesture, bridge_id: str, form: FormState) -> Answer:
    """Store the schedule and say when the next digest comes. Raises FormError, UserError."""
    rhythm, faults = _read(form)
    if faults:
        raise FormError(faults)
    now = services.clock.now()
    with services.db.writing() as connection:
        who = viewer(connection, services.team_id, gesture.user_id)
        require_colleague(who)
        bridge = bridge_by_id(who, bridge_id)
        if inbox.first_time(connection, gesture.key, now):
            save_rhythm(connection, bridge, rhythm, now, is_paused=PAUSED in form.options(Field.PAUSED))
        schedule = schedule_of(connection, bridge, now)
    return Reply(simple(next_run(who.texts, bridge, schedule)))


def _read(form: FormState) -> tuple[Rhythm, dict[str, Message]]:
    """What was chosen, defaults for the rest, and what is missing."""
    faults: dict[str, Message] = {}
    plain = Rhythm()
    chosen = form.option(Field.FREQUENCY)
    if chosen not in set(Frequency):
        faults[Field.FREQUENCY] = N_("Choose how often the digest comes.")
    frequency = plain.frequency if Field.FREQUENCY in faults else Frequency(str(chosen))
    weekday = _number(form.option(Field.WEEKDAY), 0, 6)
    month_day = _number(form.option(Field.MONTH_DAY), 1, 31)
    at = time_of(form.picked(Field.TIME))
    if frequency is Frequency.WEEKLY and weekday is None:
        faults[Field.WEEKDAY] = N_("Choose a day of the week.")
    if frequency is Frequency.MONTHLY and month_day is None:
        faults[Field.MONTH_DAY] = N_("Choose a day of the month.")
    if at is None:
        faults[Field.TIME] = N_("Choose a time, such as 09:00.")
    rhythm = Rhythm(
        frequency,
        weekday=plain.weekday if weekday is None else weekday,
        month_day=plain.month_day if month_day is None else month_day,
        at=plain.at if at is None else at,
    )
    return rhythm, faults


def _number(text: str | None, least: int, most: int) -> int | None:
    number = int(text) if text and text.isdecimal() else None
    return number if number is not None and least <= number <= most else None
