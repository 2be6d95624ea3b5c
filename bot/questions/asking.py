"""`/frontline ask`: marketing asks sales something, once, in the channels that it chooses."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot import slacktext
from bot.digests.choose import choose_bridge, may_market
from bot.errors import FormError, UserError
from bot.gestures import Answer, FormState, Gesture, Open, Reply
from bot.i18n import N_, Message, texts
from bot.ids import Field
from bot.inbox import say_for
from bot.messages import questions as messages
from bot.messages.digest_form import time_of
from bot.messages.question_forms import AskForm, ask_form
from bot.questions.anonymous import new_key
from bot.questions.shown import progress_key, question_key
from bot.questions.state import (
    CLOSING,
    KIND,
    LEAST_ASKED,
    REMINDER,
    Standing,
    may_be_posted_to,
    people_asked,
    standing,
)
from bot.recurrence import resolve
from bot.say import Say
from bot.services import Services
from bot.threads import open_thread
from bot.workspace.access import Viewer, require_colleague, viewer
from storage import inbox, outbox, questions, timers, workspace
from storage.bridges import Bridge
from storage.questions import Question

OPEN_FOR: Final = timedelta(days=7)
LONGEST: Final = timedelta(days=366)
LONGEST_TEXT: Final = 1500  # characters; it is shown whole
WORK_BEGINS, WORK_ENDS = time(9), time(17)  # local times between which a reminder is gentle
SATURDAY: Final = 5


def open_ask(services: Services, gesture: Gesture, words: str) -> Answer:
    """The form, with what was typed behind the command in it. Raises UserError."""
    with services.db.reading() as connection:
        who = viewer(connection, services.team_id, gesture.user_id)
        require_colleague(who)
        bridge = choose_bridge(who, may_market(who), gesture.channel_id)
        channels = _channels(connection, services.team_id, bridge)
    if not channels:
        raise UserError(
            N_(
                "There is no sales channel that I could ask in: I must be in it, and no other organisation "
                "may be. /frontline setup says more."
            )
        )
    closes = (services.clock.now() + OPEN_FOR).astimezone(ZoneInfo(bridge.time_zone))
    text = slacktext.plain(words, {})[:LONGEST_TEXT]
    return Open(ask_form(who.texts, bridge, AskForm(channels, closes, text)))


def _channels(connection: Connection, team_id: str, bridge: Bridge) -> dict[str, str]:
    """The sales channels that may be asked in, and what they are called."""
    ids = [one for one in bridge.sales_channel_ids if may_be_posted_to(connection, team_id, one)]
    names = workspace.channel_names(connection, team_id, ids)
    return {one: names.get(one, one) for one in ids}


def ask(services: Services, gesture: Gesture, bridge_id: str, form: FormState) -> Answer:
    """Ask what the form says. Raises FormError, UserError."""
    now = services.clock.now()
    with services.db.writing() as connection:
        who = viewer(connection, services.team_id, gesture.user_id)
        require_colleague(who)
        bridge = _entitled(who, bridge_id)
        values = _read(connection, services.team_id, bridge, form, now)
        if inbox.first_time(connection, gesture.key, now):
            values |= {"bridge_id": bridge.id, "asked_by": gesture.user_id, "asked_at": now}
            if values["is_anonymous"]:
                values["voice_key"] = new_key()
            question_id = questions.add(connection, services.team_id, values)
            question = questions.by_id(connection, services.team_id, question_id)
            assert question is not None
            _require_enough(connection, services.team_id, question)
            stands = standing(connection, services.team_id, question)
            assert stands is not None
            _post(connection, say_for(services, connection, gesture.key), stands)
    return Reply(messages.asked(who.texts, values["channel_ids"]))


def _entitled(who: Viewer, bridge_id: str) -> Bridge:
    bridge = next((one for one in who.bridges if str(one.id) == bridge_id), None)
    if bridge is None:
        raise UserError(N_("This bridge is gone; nothing was changed."))
    if not may_market(who)(bridge):
        raise UserError(N_("Only marketing and the managers of the bridge may do this."))
    return bridge


def _require_enough(connection: Connection, team_id: str, question: Question) -> None:
    """Of very few, everyone would know whose an answer is. Raises FormError."""
    asked = len(people_asked(connection, team_id, question))
    if question.is_anonymous and asked < LEAST_ASKED:
        raise FormError(
            {
                Field.ANONYMOUS: N_(
                    "Too few people are in these channels: where fewer than {least} are asked, "
                    "it would be plain whose an answer is.",
                    least=LEAST_ASKED,
                )
            }
        )


def _read(
    connection: Connection, team_id: str, bridge: Bridge, form: FormState, now: datetime
) -> dict[str, Any]:
    """The question's values. Raises FormError with a sentence for each wrong field."""
    faults: dict[str, Message] = {}
    text = form.text(Field.TEXT)
    if not text:
        faults[Field.TEXT] = N_("Write what you want to know.")
    elif len(text) > LONGEST_TEXT:
        faults[Field.TEXT] = N_("At most {n} characters.", n=LONGEST_TEXT)
    chosen = form.options(Field.ASKED_IN)
    possible = _channels(connection, team_id, bridge)
    if not chosen:
        faults[Field.ASKED_IN] = N_("Choose at least one channel.")
    elif not set(chosen) <= set(possible):
        faults[Field.ASKED_IN] = N_("I can't ask in one of these channels any more; choose others.")
    closes_at = _closing(bridge, form, now, faults)
    if faults:
        raise FormError(faults)
    return {
        "text": slacktext.escape(text or ""),
        "channel_ids": list(chosen),
        "closes_at": closes_at,
        "is_anonymous": "anonymous" in form.options(Field.ANONYMOUS),
    }


def _closing(bridge: Bridge, form: FormState, now: datetime, faults: dict[str, Message]) -> datetime | None:
    """When it shall close; None without a day: when somebody closes it. What is wrong goes to `faults`."""
    picked = form.picked(Field.CLOSES_ON)
    if picked is None:
        return None
    try:
        day = date.fromisoformat(picked)
    except ValueError:
        faults[Field.CLOSES_ON] = N_("Choose a day.")
        return None
    at = time_of(form.picked(Field.TIME))
    if at is None:
        faults[Field.TIME] = N_("Choose a time, such as 09:00.")
        return None
    closes_at = resolve(datetime.combine(day, at), bridge.time_zone)
    if closes_at <= now:
        faults[Field.CLOSES_ON] = N_("That lies in the past; choose a later day or time.")
    elif closes_at > now + LONGEST:
        faults[Field.CLOSES_ON] = N_("Choose a day within a year.")
    return closes_at


def _post(connection: Connection, say: Say, stands: Standing) -> None:
    """Put the question into its channels, its state into marketing's, and set its timers."""
    question, bridge = stands.question, stands.bridge
    _ = texts(bridge.language)
    for channel_id in question.channel_ids:
        post_id = say.post(
            question_key(question.id, channel_id),
            channel_id,
            messages.question_post(_, stands),
            bridge_id=bridge.id,
        )
        assert post_id is not None
        open_thread(connection, say, bridge.id, KIND, f"{question.id}:{channel_id}", post_id)
    if may_be_posted_to(connection, say.team_id, bridge.marketing_channel_id):
        say.post(
            progress_key(question.id),
            bridge.marketing_channel_id,
            messages.progress_post(_, stands),
            bridge_id=bridge.id,
        )
    subject, closes_at = str(question.id), question.closes_at
    if closes_at is not None:
        timers.set_timer(connection, say.team_id, CLOSING, subject, closes_at, bridge_id=bridge.id)
    reminds_at = _reminds_at(question, bridge.time_zone)
    if reminds_at is not None:
        timers.set_timer(connection, say.team_id, REMINDER, subject, reminds_at, bridge_id=bridge.id)


def _reminds_at(question: Question, zone: str) -> datetime | None:
    """Halfway, or the next time after that in working hours. None: it closes before."""
    closes_at = question.closes_at
    half = question.asked_at + ((closes_at - question.asked_at) if closes_at else OPEN_FOR) / 2
    local = half.astimezone(ZoneInfo(zone))
    if local.weekday() < SATURDAY and WORK_BEGINS <= local.time() < WORK_ENDS:
        return half
    day = local.date() + timedelta(days=0 if local.time() < WORK_BEGINS else 1)
    while day.weekday() >= SATURDAY:
        day += timedelta(days=1)
    moved = resolve(datetime.combine(day, WORK_BEGINS), zone)
    return moved if closes_at is None or moved < closes_at else None


def build_post(services: Services, row: outbox.OutboxRow) -> Mapping[str, Any]:
    """A `bot.outbox.Builder`: a post about the question as it stands now; nothing where outsiders are."""
    with services.db.reading() as connection:
        question = questions.by_id(connection, services.team_id, int(row.payload["question"]))
        stands = standing(connection, services.team_id, question) if question else None
        if stands is None:
            return {}
        channel_id = row.payload["channel"]
        place = channel_id or stands.bridge.marketing_channel_id
        if not may_be_posted_to(connection, services.team_id, place):
            return {}
    _ = texts(stands.bridge.language)
    if row.payload.get("summary"):
        return messages.summary(_, stands, stands.bridge.time_zone)[0]
    return messages.question_post(_, stands) if channel_id else messages.progress_post(_, stands)
