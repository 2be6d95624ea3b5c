"""Answers: each reply in a question's thread is an insight, the same one whoever flags it besides."""

from uuid import uuid4

from sqlalchemy import Connection

from bot.bridges.categories import spoken_names
from bot.insights import syntax
from bot.insights.capture import Links, of_message, store_insight
from bot.insights.change import flag_by_shortcut
from bot.insights.support import settle_support
from bot.outbox import Say
from bot.questions.asking import refresh
from bot.questions.state import SOURCE
from bot.slack import SourceMessage
from bot.threads import Follower
from bot.triage.changed import insight_changed
from storage import bridges, erasure, inbox, insights, questions
from storage.bridges import Bridge
from storage.insights import Insight
from storage.rows import lock
from storage.threads import Thread


def answered(connection: Connection, say: Say, thread: Thread, message: SourceMessage) -> None:
    """Somebody answered: store the insight, or tie to the question the one that a flag has made before."""
    bridge = bridges.bridge(connection, thread.bridge_id)
    question = questions.by_id(connection, say.team_id, question_id_of(thread))
    if bridge is None or question is None or message.user_id is None:
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
    refresh(connection, say, question.id, [])


def _store(connection: Connection, say: Say, bridge: Bridge, message: SourceMessage, user_id: str) -> Insight:
    known = [syntax.CategoryName(one.key, spoken_names(one), one.emoji) for one in bridge.active_categories]
    command = syntax.parse(message.text, known)
    category = command.category if isinstance(command, syntax.Store) else None
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
    refresh(connection, say, question_id_of(thread), [])


def removed(connection: Connection, say: Say, thread: Thread, channel_id: str, ts: str) -> None:
    """An answer was deleted: it counts no more."""
    refresh(connection, say, question_id_of(thread), [])


def question_id_of(thread: Thread) -> int:
    return int(thread.subject.partition(":")[0])


FOLLOWER = Follower(answered, changed, removed)
