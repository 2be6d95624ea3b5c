"""The form of a digest's or report's schedule: opened, following the frequency, saved."""

from bot.digests.choose import bridge_by_id, choose_bridge
from bot.digests.schedule import (
    DIGEST,
    REGULARS,
    WEEKS,
    Frequency,
    Regular,
    Rhythm,
    rhythm_of,
    save_rhythm,
    schedule_of,
)
from bot.errors import FormError, UserError
from bot.gestures import Answer, FormState, Gesture, Open, Reply, Update
from bot.i18n import N_, Message
from bot.ids import Field
from bot.messages.digest import next_run, simple
from bot.messages.digest_form import PAUSED, schedule_form, time_of
from bot.services import Services
from bot.workspace.access import require_colleague, viewer
from storage import inbox


def open_form(
    services: Services, gesture: Gesture, bridge_id: str | None = None, regular: Regular = DIGEST
) -> Answer:
    """Open the form for that bridge, or the one that is meant. Raises UserError."""
    with services.db.writing() as connection:
        who = viewer(connection, services.team_id, gesture.user_id)
        require_colleague(who)
        if bridge_id is None:
            bridge = choose_bridge(who, who.manages, gesture.channel_id)
        else:
            bridge = bridge_by_id(who, bridge_id)
        schedule = schedule_of(connection, bridge, services.clock.now(), regular)
    rhythm = rhythm_of(schedule)
    return Open(schedule_form(who.texts, bridge, rhythm, is_paused=schedule.is_paused, regular=regular))


def _meant(metadata: str) -> tuple[str, Regular]:
    """The bridge's id that the form carries, and whose schedule it is. Raises UserError for nonsense."""
    bridge_id, _, kind = metadata.partition(":")
    if kind and kind not in REGULARS:
        raise UserError(N_("This form can't be read any more. Open it again."))
    return bridge_id, REGULARS.get(kind, DIGEST)


def change_frequency(services: Services, gesture: Gesture, metadata: str, form: FormState) -> Answer:
    """Show the field for the day that the chosen frequency needs. Raises UserError."""
    bridge_id, regular = _meant(metadata)
    with services.db.reading() as connection:
        who = viewer(connection, services.team_id, gesture.user_id)
        bridge = bridge_by_id(who, bridge_id)
    rhythm, _ = _read(form, regular)
    is_paused = PAUSED in form.options(Field.PAUSED)
    return Update(schedule_form(who.texts, bridge, rhythm, is_paused=is_paused, regular=regular))


def save_form(services: Services, gesture: Gesture, metadata: str, form: FormState) -> Answer:
    """Store the schedule and say when the next one comes. Raises FormError, UserError."""
    bridge_id, regular = _meant(metadata)
    rhythm, faults = _read(form, regular)
    if faults:
        raise FormError(faults)
    now = services.clock.now()
    with services.db.writing() as connection:
        who = viewer(connection, services.team_id, gesture.user_id)
        require_colleague(who)
        bridge = bridge_by_id(who, bridge_id)
        if inbox.first_time(connection, gesture.key, now):
            is_paused = PAUSED in form.options(Field.PAUSED)
            save_rhythm(connection, bridge, rhythm, now, is_paused=is_paused, regular=regular)
        schedule = schedule_of(connection, bridge, now, regular)
    return Reply(simple(next_run(who.texts, bridge, schedule)))


def _read(form: FormState, regular: Regular) -> tuple[Rhythm, dict[str, Message]]:
    """What was chosen, defaults for the rest, and what is missing."""
    faults: dict[str, Message] = {}
    plain = regular.default
    chosen = form.option(Field.FREQUENCY)
    if chosen not in set(regular.frequencies):
        faults[Field.FREQUENCY] = N_("Choose how often it comes.")
    frequency = plain.frequency if Field.FREQUENCY in faults else Frequency(str(chosen))
    weekday = _number(form.option(Field.WEEKDAY), 0, 6)
    month_day = _number(form.option(Field.MONTH_DAY), 1, 31)
    at = time_of(form.picked(Field.TIME))
    week = form.option(Field.MONTH_WEEK)
    if frequency in (Frequency.WEEKLY, Frequency.MONTHLY_WEEKDAY) and weekday is None:
        faults[Field.WEEKDAY] = N_("Choose a day of the week.")
    if frequency is Frequency.MONTHLY and month_day is None:
        faults[Field.MONTH_DAY] = N_("Choose a day of the month.")
    if at is None:
        faults[Field.TIME] = N_("Choose a time, such as 09:00.")
    rhythm = Rhythm(
        frequency,
        weekday=plain.weekday if weekday is None else weekday,
        month_day=plain.month_day if month_day is None else month_day,
        week=int(week) if week in {str(one) for one in WEEKS} else plain.week,
        at=plain.at if at is None else at,
    )
    return rhythm, faults


def _number(text: str | None, least: int, most: int) -> int | None:
    number = int(text) if text and text.isdecimal() else None
    return number if number is not None and least <= number <= most else None
