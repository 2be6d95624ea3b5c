"""One insight becomes part of another that says the same: its supporters, and their notices, move along."""

from sqlalchemy import Connection

from bot.errors import FormError, UserError
from bot.gestures import Answer, FormState, Gesture
from bot.i18n import N_, Message
from bot.ids import Field
from bot.inbox import say_for
from bot.insights.change import may_see
from bot.insights.rules import MERGED, WITHDRAWN
from bot.messages.triage import Asked
from bot.say import Say
from bot.services import Services
from bot.triage.change import Found, TooLate, after_form, hold, require_current, triager
from bot.triage.changed import insight_changed
from bot.triage.notices import tell_later
from storage import inbox, insights
from storage.insights import Insight


def save_merge(services: Services, gesture: Gesture, asked: Asked, form: FormState) -> Answer:
    """Merge into the insight whose number was given. Raises FormError, UserError."""
    with services.db.writing() as connection:
        found = triager(services, connection, gesture.user_id, asked.pressed.insight_id)
        if inbox.first_time(connection, gesture.key, services.clock.now()):
            try:
                require_current(services, connection, found, asked.pressed)
            except TooLate as late:
                return late.reply
            target = _target(services, connection, found, form.text(Field.TARGET))
            merge(
                connection, say_for(services, connection, gesture.key), found.insight, target, gesture.user_id
            )
        return after_form(services, connection, found.reader, asked)


def _target(services: Services, connection: Connection, found: Found, text: str | None) -> Insight:
    """The insight named. Raises FormError with what is wrong about it."""
    number = (text or "").strip().removeprefix("#").strip()
    if not number.isdecimal() or len(number) > 9:
        raise _wrong(N_("Write a number, such as #142."))
    target = insights.by_number(connection, services.team_id, int(number))
    known = target is not None and target.bridge_id == found.bridge.id
    if target is None or not known or not may_see(connection, found.reader, target, found.bridge):
        raise _wrong(N_("There is no insight #{number} in this bridge.", number=int(number)))
    if target.id == found.insight.id:
        raise _wrong(N_("That is this very insight; name another."))
    target = hold(connection, target)
    if target.status == WITHDRAWN:
        raise _wrong(N_("#{number} was withdrawn; name another.", number=target.number))
    if target.status == MERGED:
        whole = insights.by_id(connection, target.merged_into_id or 0)
        if whole is None or whole.id == found.insight.id:
            raise _wrong(N_("#{number} is part of another; name another.", number=target.number))
        raise _wrong(
            N_("#{number} is part of #{whole} already; name that.", number=target.number, whole=whole.number)
        )
    return target


def _wrong(fault: Message) -> FormError:
    return FormError({Field.TARGET: fault})


def merge(connection: Connection, say: Say, insight: Insight, target: Insight, user_id: str) -> None:
    """Let `insight` be part of `target`, and with it all that had been merged into `insight`."""
    if insight.status in (MERGED, WITHDRAWN):
        raise UserError(N_("#{number} can't be merged any more.", number=insight.number))
    known = set(insights.supporters_of(connection, target.id))
    new = [one for one in insights.supporters_of(connection, insight.id) if one not in known]
    for supporter in new:
        insights.add_supporter(connection, target.id, supporter, say.now, insight.id)
    insights.change(
        connection,
        target.id,
        {
            "supporter_count": len(known) + len(new),
            "is_urgent": target.is_urgent or insight.is_urgent,
            "changed_at": say.now,
        },
    )
    values = {
        "status": MERGED,
        "status_by": user_id,
        "status_at": say.now,
        "changed_at": say.now,
        "merged_into_id": target.id,
    }
    insights.change(connection, insight.id, values)
    insights.move_merged(connection, insight.id, target.id)
    insights.record(connection, insight.id, say.now, user_id, "merged", {"into": target.number})
    insights.record(connection, target.id, say.now, user_id, "took_in", {"number": insight.number})
    tell_later(connection, say, target)
    insight_changed(connection, say, insight.id)
