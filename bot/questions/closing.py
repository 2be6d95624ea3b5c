"""The end of a question, by its date or by hand: marketing gets the answers, who gave them the outcome."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection

from bot import slacktext
from bot.digests.choose import may_market
from bot.errors import FormError, UserError
from bot.gestures import Answer, FormState, Gesture, Open, Reply
from bot.i18n import N_, texts
from bot.ids import Field
from bot.inbox import say_for
from bot.messages import questions as messages
from bot.messages.question_forms import outcome_form
from bot.outbox import Say, built
from bot.questions.asking import refresh
from bot.questions.state import CLOSING, KIND, REMINDER, Standing, channel_name, may_be_posted_to, standing
from bot.services import Services
from bot.threads import open_thread
from bot.workspace.access import Viewer, require_colleague, viewer
from storage import inbox, outbox, questions, threads, timers, workspace
from storage.outbox import OutboxRow
from storage.timers import Timer

ASKS_OUTCOME: Final = "question_asks_outcome"  # a builder
MOST_LISTED: Final = 8
NEWS: Final = 1500  # characters of an outcome


def list_questions(services: Services, gesture: Gesture, _words: str) -> Answer:
    """`/frontline questions`: those of the person's bridges. Raises UserError."""
    with services.db.reading() as connection:
        who = viewer(connection, services.team_id, gesture.user_id)
        require_colleague(who)
        found = questions.newest(connection, services.team_id, [one.id for one in who.near], MOST_LISTED)
        shown = [
            (stands, may_market(who)(stands.bridge))
            for question in found
            if (stands := standing(connection, services.team_id, question)) and _may_see(who, stands)
        ]
    return Reply(messages.question_list(who.texts, shown, who.time_zone))


def _may_see(who: Viewer, stands: Standing) -> bool:
    places = {*stands.question.channel_ids, stands.bridge.marketing_channel_id}
    return bool(places & who.channel_ids) or who.manages(stands.bridge)


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
        if not inbox.first_time(connection, gesture.key, now):
            who = viewer(connection, services.team_id, gesture.user_id)
            return Reply(messages.outcome_told(who.texts))
        who, stands = _entitled(services, connection, gesture, question_id)
        say = say_for(services, connection, gesture.key)
        questions.save_outcome(connection, stands.question.id, slacktext.escape(text), gesture.user_id, now)
        if stands.is_open:
            _close(connection, say, stands, gesture.user_id)
        _tell_outcome(connection, say, stands.question.id)
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
    if stands is None or not _may_see(who, stands):
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
    """A `bot.timers.Bell`: halfway, where nobody has answered and the question is still open."""
    question = questions.by_id(connection, say.team_id, int(timer.subject))
    stands = standing(connection, say.team_id, question) if question else None
    if stands is None or not stands.is_open or say.now >= stands.question.closes_at:
        return
    answered_in = {one.channel_id for one in stands.answers}
    for channel_id in stands.question.channel_ids:
        if channel_id in answered_in or not may_be_posted_to(connection, say.team_id, channel_id):
            continue
        post_id = say.post(
            f"{KIND}:{stands.question.id}:{channel_id}:reminder",
            channel_id,
            messages.reminder(texts(stands.bridge.language), stands),
            bridge_id=stands.bridge.id,
            expires_at=stands.question.closes_at,
        )
        if post_id is not None:  # people answer below it too
            subject = f"{stands.question.id}:{channel_id}:reminder"
            open_thread(connection, say, stands.bridge.id, KIND, subject, post_id)


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
    refresh(connection, say, question.id, question.channel_ids)
    closed = questions.by_id(connection, say.team_id, question.id)
    ended = standing(connection, say.team_id, closed) if closed else None
    if ended is not None and may_be_posted_to(connection, say.team_id, bridge.marketing_channel_id):
        summary, quoted = messages.summary(texts(bridge.language), ended, bridge.time_zone)
        say.post(
            f"{KIND}:{question.id}:summary",
            bridge.marketing_channel_id,
            summary,
            bridge_id=bridge.id,
            quoted=quoted,
        )


def _tell_outcome(connection: Connection, say: Say, question_id: int) -> None:
    """Tell those who answered, in the thread where they did, each mentioned once; else directly."""
    question = questions.by_id(connection, say.team_id, question_id)
    stands = standing(connection, say.team_id, question) if question else None
    if stands is None or question is None:
        return
    refresh(connection, say, question_id, question.channel_ids)
    for channel_id in question.channel_ids:
        people = stands.people_in(channel_id)
        here: frozenset[str] = workspace.members_among(connection, say.team_id, channel_id, set(people))
        post = outbox.by_key(connection, f"{KIND}:{question_id}:{channel_id}")
        if post is None or not may_be_posted_to(connection, say.team_id, channel_id):
            here = frozenset()
        if here and post is not None:
            mentioned = [one for one in people if one in here]
            say.post(
                f"{KIND}:{question_id}:{channel_id}:outcome",
                channel_id,
                messages.outcome_post(texts(stands.bridge.language), stands, mentioned),
                parent_id=post.id,
                bridge_id=stands.bridge.id,
                waits_for=mentioned,
            )
        for user_id in people:
            if user_id not in here:
                _ = viewer(connection, say.team_id, user_id).texts
                say.direct(
                    f"{KIND}:{question_id}:outcome:{user_id}",
                    user_id,
                    messages.outcome_post(_, stands, [], channel_name(connection, say.team_id, channel_id)),
                    bridge_id=stands.bridge.id,
                )
