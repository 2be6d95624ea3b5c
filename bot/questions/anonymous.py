"""Answers without a name: nothing that is stored says whose an answer is (docs/questions.md).

That each answers once is known from a hash of who has answered, under a key of the question's own; key and
hashes are destroyed at its end. No row of an answer holds a person's id, and nothing is sent to her through
the outbox, which would remember whom and when.
"""

import hmac
from datetime import UTC, datetime, time
from hashlib import sha256
from secrets import token_hex
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot import slacktext
from bot.bridges.categories import OTHER
from bot.errors import FormError, UserError
from bot.gestures import Answer, FormState, Gesture, Open, Reply
from bot.i18n import N_
from bot.ids import Field
from bot.inbox import say_for
from bot.insights.capture import Capture, store_insight
from bot.insights.rules import ANONYMOUS
from bot.messages import questions as messages
from bot.messages.question_forms import answer_form
from bot.questions.state import Standing, people_asked, standing
from bot.questions.words import category_in
from bot.services import Services
from bot.triage.changed import insight_changed
from bot.workspace.access import Viewer, require_colleague, viewer
from storage import inbox, questions, workspace
from storage.questions import Question
from storage.rows import lock

LONGEST: Final = 3000  # characters, the most that a field takes


def new_key() -> str:
    """The key of a new question's hashes."""
    return token_hex(32)


def open_answer(services: Services, gesture: Gesture, question_id: str) -> Answer:
    """The form for an answer without a name. Raises UserError."""
    with services.db.reading() as connection:
        who, stands = _entitled(services, connection, gesture.user_id, question_id)
    return Open(answer_form(who.texts, stands))


def save_answer(services: Services, gesture: Gesture, question_id: str, form: FormState) -> Answer:
    """Store what the form says, without who sent it. Raises FormError, UserError."""
    text = form.text(Field.TEXT)
    if text is None:
        raise FormError({Field.TEXT: N_("Write your answer.")})
    if len(text) > LONGEST:
        raise FormError({Field.TEXT: N_("At most {n} characters.", n=LONGEST)})
    with services.db.writing() as connection:
        lock(connection, "question", question_id)
        if not inbox.first_time(connection, gesture.key, services.clock.now()):
            return Reply(messages.thanks(viewer(connection, services.team_id, gesture.user_id).texts))
        who, stands = _entitled(services, connection, gesture.user_id, question_id)
        voice = _voice(connection, stands.question, gesture.user_id)
        questions.speak(connection, stands.question.id, voice)
        _store(services, connection, gesture, stands, slacktext.escape(text))
    return Reply(messages.thanks(who.texts))


def _store(services: Services, connection: Connection, gesture: Gesture, stands: Standing, text: str) -> None:
    say = say_for(services, connection, gesture.key)
    # Of the moment only the day is shown.
    day = say.now.astimezone(ZoneInfo(stands.bridge.time_zone)).date()
    said_at = datetime.combine(day, time.min, ZoneInfo(stands.bridge.time_zone)).astimezone(UTC)
    category = category_in(text, stands.bridge)
    capture = Capture(
        source=ANONYMOUS,
        text=text,
        reporter_id=workspace.bot_user_id(connection, say.team_id),  # it stands for nobody
        said_at=said_at,
        details={"question_id": stands.question.id},
        category=category or OTHER,
        category_by="person" if category else "default",
    )
    insight = store_insight(connection, say, stands.bridge, capture)
    insight_changed(connection, say, insight.id)


def _entitled(
    services: Services, connection: Connection, user_id: str, question_id: str
) -> tuple[Viewer, Standing]:
    """The person and the question that she may answer. Raises UserError, also for a forged or stale id."""
    who = viewer(connection, services.team_id, user_id)
    require_colleague(who)
    number = int(question_id) if question_id.isdecimal() and len(question_id) < 15 else 0
    question = questions.by_id(connection, services.team_id, number)
    stands = standing(connection, services.team_id, question) if question else None
    if stands is None or not stands.question.is_anonymous:
        raise UserError(N_("This question no longer exists, or you may not see it."))
    if user_id == stands.question.asked_by:
        raise UserError(N_("You asked this yourself."))
    if user_id not in people_asked(connection, services.team_id, stands.question):
        raise UserError(N_("This question no longer exists, or you may not see it."))
    if not stands.is_open:
        raise UserError(N_("This question is closed; answers are no longer taken."))
    voice = _voice(connection, stands.question, user_id)
    if questions.has_spoken(connection, stands.question.id, voice):
        raise UserError(N_("You have answered this already; each person can once."))
    return who, stands


def _voice(connection: Connection, question: Question, user_id: str) -> str:
    key = questions.voice_key(connection, question.id) or ""
    return hmac.new(key.encode(), user_id.encode(), sha256).hexdigest()
