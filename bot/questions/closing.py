"""The end of a question, by its date or by hand: marketing gets the answers, who gave them the outcome."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from slack_sdk.models.blocks import Block
from sqlalchemy import Connection

from bot import slacktext
from bot.digests.choose import may_market
from bot.errors import FormError, UserError
from bot.gestures import Answer, FormState, Gesture, Open, Reply
from bot.home.look import Look
from bot.i18n import N_, texts
from bot.ids import Field
from bot.inbox import say_for
from bot.messages import questions as messages
from bot.messages.question_forms import outcome_form
from bot.questions.shown import refresh, summary_key
from bot.questions.state import (
    CLOSING,
    KIND,
    REMINDER,
    Standing,
    may_be_posted_to,
    may_see,
    people_asked,
    standing,
)
from bot.questions.telling import tell_outcome
from bot.say import Say, built
from bot.services import Services
from bot.threads import open_thread
from bot.workspace.access import Viewer, require_colleague, viewer
from storage import inbox, questions, threads, timers
from storage.outbox import OutboxRow
from storage.rows import lock
from storage.timers import Timer

ASKS_OUTCOME: Final = "question_asks_outcome"  # a builder
MOST_LISTED: Final = 8
MOST_AT_HOME: Final = 3
NEWS: Final = 1500  # characters of an outcome
NO_TIME: Final = timedelta(0)


def list_questions(services: Services, gesture: Gesture, _words: str) -> Answer:
    """`/frontline questions`: those of the person's bridges. Raises UserError."""
    with services.db.reading() as connection:
        who = viewer(connection, services.team_id, gesture.user_id)
        require_colleague(who)
        found = questions.newest(connection, services.team_id, [one.id for one in who.near], MOST_LISTED)
        shown = [
            (stands, may_market(who)(stands.bridge))
            for question in found
            if (stands := standing(connection, services.team_id, question)) and may_see(who, stands)
        ]
    return Reply(messages.question_list(who.texts, shown, who.time_zone))


def home_section(look: Look) -> list[Block]:
    """The home tab's part: what is asked, or waits for its outcome, of the person's bridges."""
    reader, connection, team_id = look.reader, look.connection, look.team_id
    found = questions.waiting(connection, team_id, [one.id for one in reader.near], MOST_AT_HOME)
    shown = [
        (stands, may_market(reader)(stands.bridge))
        for question in found
        if (stands := standing(connection, team_id, question)) and may_see(reader, stands)
    ]
    mine = [(stands, may_close) for stands, may_close in shown if may_close or stands.is_open]
    return messages.home_section(reader.texts, mine, reader.time_zone)


def open_outcome(services: Services, gesture: Gesture, question_id: str) -> Answer:
    """The form that asks what comes of it. Raises UserError."""
    with services.db.reading() as connection:
        who, stands = _entitled(services, connection, gesture, question_id)
    return Open(outcome_form(who.texts, stands))


def save_outcome(services: Services, gesture: Gesture, question_id: str, form: FormState) -> Answer:
    """Close the question, if it is open, and tell what comes of it. Raises FormError, UserError."""
    text = form.text(Field.OUTCOME)
    if text is None:
        raise FormError({Field.OUTCOME: N_("Write what comes of it: those who answered will read it.")})
    if len(text) > NEWS:
        raise FormError({Field.OUTCOME: N_("At most {n} characters.", n=NEWS)})
    now = services.clock.now()
    with services.db.writing() as connection:
        # An answer that is read meanwhile finds the outcome, or is found.
        lock(connection, "question", question_id)
        if not inbox.first_time(connection, gesture.key, now):
            who = viewer(connection, services.team_id, gesture.user_id)
            return Reply(messages.outcome_told(who.texts))
        who, stands = _entitled(services, connection, gesture, question_id)
        say = say_for(services, connection, gesture.key)
        questions.save_outcome(connection, stands.question.id, slacktext.escape(text), gesture.user_id, now)
        if stands.is_open:
            _close(connection, say, stands, gesture.user_id)
        refresh(connection, say, stands.question.id, after=NO_TIME)
        told = questions.by_id(connection, say.team_id, stands.question.id)
        assert told is not None
        tell_outcome(connection, say, told)
    return Reply(messages.outcome_told(who.texts))


def _entitled(
    services: Services, connection: Connection, gesture: Gesture, question_id: str
) -> tuple[Viewer, Standing]:
    """The person and the question that she may close. Raises UserError, also for a forged or stale id."""
    who = viewer(connection, services.team_id, gesture.user_id)
    require_colleague(who)
    number = int(question_id) if question_id.isdecimal() and len(question_id) < 15 else 0
    question = questions.by_id(connection, services.team_id, number)
    stands = standing(connection, services.team_id, question) if question else None
    if stands is None or not may_see(who, stands):
        raise UserError(N_("This question no longer exists, or you may not see it."))
    if not may_market(who)(stands.bridge):
        raise UserError(N_("Only marketing and the managers of the bridge may do this."))
    if stands.question.outcome is not None:
        name = stands.names.get(stands.question.outcome_by or "", "")
        raise UserError(
            N_("{name} has written already what comes of it.", name=slacktext.inert_mrkdwn(name, {}, 80))
        )
    return who, stands


def close_by_date(services: Services, connection: Connection, say: Say, timer: Timer) -> None:
    """A `bot.timers.Bell`: its time is over. Who asked is asked what comes of it."""
    question = questions.by_id(connection, say.team_id, int(timer.subject))
    stands = standing(connection, say.team_id, question) if question else None
    if stands is None or not stands.is_open:
        return
    _close(connection, say, stands, None)
    key = f"{KIND}:{stands.question.id}:ask-outcome"
    message = built(ASKS_OUTCOME, question=stands.question.id)
    say.direct(key, stands.question.asked_by, message, bridge_id=stands.bridge.id)


def build_asks_outcome(services: Services, row: OutboxRow) -> Mapping[str, Any]:
    """A `bot.outbox.Builder`; nothing where somebody has written meanwhile what comes of it."""
    assert row.user_id is not None
    with services.db.reading() as connection:
        question = questions.by_id(connection, services.team_id, int(row.payload["question"]))
        stands = standing(connection, services.team_id, question) if question else None
        if stands is None or stands.question.outcome is not None:
            return {}
        return messages.asks_outcome(viewer(connection, services.team_id, row.user_id).texts, stands)


def remind(services: Services, connection: Connection, say: Say, timer: Timer) -> None:
    """A `bot.timers.Bell`: once, about halfway, where it makes sense and the question is still open."""
    question = questions.by_id(connection, say.team_id, int(timer.subject))
    stands = standing(connection, say.team_id, question) if question else None
    if stands is None or not stands.is_open:
        return
    closes_at = stands.question.closes_at
    if closes_at is not None and say.now >= closes_at:
        return
    for channel_id in stands.question.channel_ids:
        if not may_be_posted_to(connection, say.team_id, channel_id):
            continue
        if not _is_silent(stands, people_asked(connection, say.team_id, stands.question, channel_id)):
            continue
        post_id = say.post(
            f"{KIND}:{stands.question.id}:{channel_id}:reminder",
            channel_id,
            messages.reminder(texts(stands.bridge.language), stands),
            bridge_id=stands.bridge.id,
            expires_at=closes_at,
        )
        if post_id is not None:  # people answer below it too
            subject = f"{stands.question.id}:{channel_id}:reminder"
            open_thread(connection, say, stands.bridge.id, KIND, subject, post_id)


def _is_silent(stands: Standing, people: set[str]) -> bool:
    """Whether those of a channel are to be reminded: none of them has answered, here or elsewhere.

    Of an anonymous question it is not known who has: all are, while it is less than half of those asked.
    """
    if stands.question.is_anonymous:
        return bool(people) and stands.answered * 2 < stands.asked
    return bool(people) and not people & set(stands.people)


def _close(connection: Connection, say: Say, stands: Standing, by: str | None) -> None:
    """No further answers; marketing sees what was said."""
    question, bridge = stands.question, stands.bridge
    if not questions.close(connection, question.id, say.now, by):
        return
    for kind in (CLOSING, REMINDER):
        timers.cancel(connection, say.team_id, kind, str(question.id))
    for channel_id in question.channel_ids:
        for subject in (f"{question.id}:{channel_id}", f"{question.id}:{channel_id}:reminder"):
            thread = threads.about(connection, say.team_id, KIND, subject)
            if thread is not None:
                threads.close_thread(connection, thread.id, say.now)
    refresh(connection, say, question.id, after=NO_TIME)
    closed = questions.by_id(connection, say.team_id, question.id)
    ended = standing(connection, say.team_id, closed) if closed else None
    if ended is not None and may_be_posted_to(connection, say.team_id, bridge.marketing_channel_id):
        summary, quoted = messages.summary(texts(bridge.language), ended, bridge.time_zone)
        say.post(
            summary_key(question.id),
            bridge.marketing_channel_id,
            summary,
            bridge_id=bridge.id,
            quoted=quoted,
        )
