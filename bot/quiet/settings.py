"""A person's own choice: her working hours, or that nothing waits for them."""

from datetime import time
from typing import Final

from sqlalchemy import Connection

from bot.errors import FormError
from bot.gestures import Answer, Done, FormState, Gesture, Open
from bot.i18n import N_
from bot.ids import Field
from bot.inbox import say_for
from bot.messages.digest_form import time_of
from bot.messages.quiet_hours import WAITS, Standing, hours_form
from bot.quiet.hours import DEFAULT, OFF, WorkingHours, is_zone, read_hours
from bot.quiet.waiting import hours_changed
from bot.services import Services
from bot.triage.settings import choose_by_word, own_viewer
from bot.workspace.access import Viewer
from storage import inbox, workspace

HOURS: Final = frozenset({"hours", "quiet", "часы", "время"})


def answer_notices(services: Services, gesture: Gesture, word: str) -> Answer:
    """`/frontline notices …`: which of them a person wants, or with `hours` when. Raises UserError."""
    if word.strip().casefold() in HOURS:
        return open_hours(services, gesture)
    return choose_by_word(services, gesture, word)


def standing_of(connection: Connection, team_id: str, who: Viewer) -> Standing:
    """How it is for the person."""
    stored = workspace.working_hours(connection, team_id, [who.user_id]).get(who.user_id)
    zone = who.person.time_zone if who.person else None
    return Standing(read_hours(stored), zone if is_zone(zone) else None)


def open_hours(services: Services, gesture: Gesture) -> Answer:
    """The form. Raises UserError."""
    with services.db.reading() as connection:
        who = own_viewer(services, connection, gesture)
        return Open(hours_form(who.texts, standing_of(connection, services.team_id, who)))


def save_hours(services: Services, gesture: Gesture, form: FormState) -> Answer:
    """Save what the form says; what waits follows. Raises FormError, UserError."""
    now = services.clock.now()
    with services.db.writing() as connection:
        who = own_viewer(services, connection, gesture)
        wanted = _read(form)
        if inbox.first_time(connection, gesture.key, now):
            workspace.save_working_hours(connection, services.team_id, who.user_id, wanted)
            hours_changed(connection, services.team_id, who.user_id, now)
            if workspace.with_home(connection, services.team_id, [who.user_id]):
                say_for(services, connection, gesture.key).home(who.user_id)
    return Done()


def _read(form: FormState) -> str:
    if WAITS not in form.options(Field.QUIET):
        return OFF
    ticked = form.options(Field.WORK_DAYS)
    days = frozenset(int(one) for one in ticked if one in set("0123456"))
    if not days:
        raise FormError(
            {Field.WORK_DAYS: N_("Tick at least one day, or untick “wait” above: then nothing waits.")}
        )
    start, until = _time(form, Field.WORK_FROM, DEFAULT.start), _time(form, Field.WORK_UNTIL, DEFAULT.until)
    return str(WorkingHours(days, start, until))


def _time(form: FormState, name: Field, default: time) -> time:
    """A field that was emptied, or forged, counts as the default."""
    return time_of(form.picked(name)) or default
