"""Answers: each reply in a question's thread is an insight, the same one whoever flags it besides.

Of an anonymous question they are none: the thread shows names, so who replies there is told how to answer.
"""

from uuid import uuid4

from sqlalchemy import Connection

from bot.insights.capture import Links, of_message, store_insight
from bot.insights.change import flag_by_shortcut
from bot.insights.support import settle_support
from bot.messages import questions as messages
from bot.questions.shown import refresh
from bot.questions.state import KIND, SOURCE, may_be_posted_to
from bot.questions.telling import tell_late
from bot.questions.words import category_in
from bot.say import Say
from bot.slack import SourceMessage
from bot.threads import Follower
from bot.triage.changed import insight_changed
from bot.workspace.access import viewer
from storage import bridges, erasure, inbox, insights, questions
from storage.bridges import Bridge
from storage.insights import Insight
from storage.questions import Question
from storage.rows import lock
from storage.threads import Thread


def answered(connection: Connection, say: Say, thread: Thread, message: SourceMessage) -> None:
    """Somebody answered: store the insight, or tie to the question the one that a flag has made before."""
    bridge = bridges.bridge(connection, thread.bridge_id)
    lock(connection, "question", str(question_id_of(thread)))
    question = questions.by_id(connection, say.team_id, question_id_of(thread))
    if bridge is None or question is None or message.user_id in (None, question.asked_by):
        return
    assert message.user_id is not None
    if question.is_anonymous:
        _warn(connection, say, question, message, message.user_id)
        return
    lock(connection, message.channel_id, message.ts)
    if erasure.was_erased(connection, say.team_id, message.channel_id, message.ts):
        return
    insight = insights.by_message(connection, say.team_id, message.channel_id, message.ts)
    if insight is None:
        insight = _store(connection, say, bridge, message, message.user_id)
    else:
        settle_support(connection, say, insight, message.user_id, supports=True)
    flag_by_shortcut(connection, say, insight, message.user_id)
    questions.tie(connection, insight.id, question.id)
    insight_changed(connection, say, insight.id)
    if question.outcome is not None:
        tell_late(connection, say, question, insight)


def _warn(connection: Connection, say: Say, question: Question, message: SourceMessage, user_id: str) -> None:
    """Tell her alone, once, that her name stands at what she wrote, which is not taken as an answer."""
    if may_be_posted_to(connection, say.team_id, message.channel_id):
        _ = viewer(connection, say.team_id, user_id).texts
        say.note(
            f"{KIND}:{question.id}:names:{user_id}",
            message.channel_id,
            user_id,
            messages.thread_shows_names(_, question),
            thread_ts=message.thread_ts,
        )


def _store(connection: Connection, say: Say, bridge: Bridge, message: SourceMessage, user_id: str) -> Insight:
    category = category_in(message.text, bridge)
    more = {"category": category, "category_by": "person"} if category else {}
    insight = store_insight(
        connection, say, bridge, of_message(message, Links(), source=SOURCE, reporter_id=user_id, **more)
    )
    # Its address comes from Slack, which is not asked within a transaction.
    inbox.add(
        connection,
        {
            "team_id": say.team_id,
            "kind": "message_saved",
            "natural_key": f"answered:{message.channel_id}:{message.ts}",
            "event_id": None,
            "correlation_id": uuid4().hex,
            "channel_id": message.channel_id,
            "message_ts": message.ts,
            "user_id": None,
            "item": None,
            "event_ts": None,
            "due_at": say.real,
            "received_at": say.real,
        },
    )
    return insight


def changed(connection: Connection, say: Say, thread: Thread, message: SourceMessage) -> None:
    """An answer was edited: the insight has followed its message already."""
    refresh(connection, say, question_id_of(thread))


def removed(connection: Connection, say: Say, thread: Thread, channel_id: str, ts: str) -> None:
    """An answer was deleted: it counts no more."""
    refresh(connection, say, question_id_of(thread))


def question_id_of(thread: Thread) -> int:
    return int(thread.subject.partition(":")[0])


FOLLOWER = Follower(answered, changed, removed)
