"""Questions and what they are answered with."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from storage.insights import Insight
from storage.rows import columns_for, fetch_all, fetch_one
from storage.tables import insights, questions


@dataclass(frozen=True)
class Question:
    """What marketing wants to know from the front line."""

    id: int
    bridge_id: int
    asked_by: str
    text: str
    channel_ids: list[str]
    asked_at: datetime
    closes_at: datetime | None  # None: when somebody closes it
    closed_at: datetime | None
    closed_by: str | None
    outcome: str | None
    outcome_by: str | None
    outcome_at: datetime | None
    is_anonymous: bool = False


_SELECT = columns_for(questions, Question)


def add(connection: Connection, team_id: str, values: Mapping[str, Any]) -> int:
    question_id: int = connection.execute(
        insert(questions).values(team_id=team_id, **values).returning(questions.c.id)
    ).scalar_one()
    return question_id


def by_id(connection: Connection, team_id: str, question_id: int) -> Question | None:
    return fetch_one(
        connection, _SELECT.where(questions.c.team_id == team_id, questions.c.id == question_id), Question
    )


def close(connection: Connection, question_id: int, at: datetime, by: str | None) -> bool:
    """Close it, and forget who answered an anonymous one. False: it is closed already."""
    done = connection.execute(
        update(questions)
        .where(questions.c.id == question_id, questions.c.closed_at.is_(None))
        .values(closed_at=at, closed_by=by, voice_key=None, voices=None)
    )
    return done.rowcount == 1


def save_outcome(connection: Connection, question_id: int, text: str, by: str, at: datetime) -> bool:
    """Write down what comes of it. False: it is written already."""
    done = connection.execute(
        update(questions)
        .where(questions.c.id == question_id, questions.c.outcome.is_(None))
        .values(outcome=text, outcome_by=by, outcome_at=at)
    )
    return done.rowcount == 1


def voice_key(connection: Connection, question_id: int) -> str | None:
    """The key under which an open anonymous question hashes who has answered."""
    found: str | None = connection.scalar(select(questions.c.voice_key).where(questions.c.id == question_id))
    return found


def has_spoken(connection: Connection, question_id: int, voice: str) -> bool:
    return voice in _voices(connection, question_id)


def speak(connection: Connection, question_id: int, voice: str) -> bool:
    """Note that someone has answered an anonymous question. False: she had before.

    The caller holds the question's lock.
    """
    known = _voices(connection, question_id)
    if voice in known:
        return False
    connection.execute(
        update(questions).where(questions.c.id == question_id).values(voices=sorted([*known, voice]))
    )
    return True


def _voices(connection: Connection, question_id: int) -> list[str]:
    found: list[str] | None = connection.scalar(
        select(questions.c.voices).where(questions.c.id == question_id)
    )
    return found or []


def newest(connection: Connection, team_id: str, bridge_ids: Collection[int], limit: int) -> list[Question]:
    """Questions of these bridges: open ones first, then the newest."""
    return fetch_all(
        connection,
        _SELECT.where(questions.c.team_id == team_id, questions.c.bridge_id.in_(sorted(bridge_ids)))
        .order_by(questions.c.closed_at.is_not(None), questions.c.asked_at.desc(), questions.c.id.desc())
        .limit(limit),
        Question,
    )


def answers(connection: Connection, question_id: int) -> list[Insight]:
    """The insights that answer it, oldest first; those that were deleted or withdrawn are none any more."""
    return fetch_all(
        connection,
        columns_for(insights, Insight)
        .where(
            insights.c.question_id == question_id,
            insights.c.status != "withdrawn",
            insights.c.text_removed_at.is_(None),
        )
        .order_by(insights.c.said_at, insights.c.id),
        Insight,
    )


def tie(connection: Connection, insight_id: int, question_id: int) -> None:
    """The insight answers that question."""
    connection.execute(update(insights).where(insights.c.id == insight_id).values(question_id=question_id))


def open_in(
    connection: Connection, team_id: str, channel_id: str | None = None, *, limit: int = 50
) -> list[Question]:
    """Questions that are open, of one channel or of all, oldest first."""
    found = fetch_all(
        connection,
        _SELECT.where(questions.c.team_id == team_id, questions.c.closed_at.is_(None))
        .order_by(questions.c.id)
        .limit(limit),
        Question,
    )
    return [one for one in found if channel_id is None or channel_id in one.channel_ids]


def waiting(connection: Connection, team_id: str, bridge_ids: Collection[int], limit: int) -> list[Question]:
    """Questions of these bridges that are open, or whose outcome is not written yet; the newest first."""
    return fetch_all(
        connection,
        _SELECT.where(
            questions.c.team_id == team_id,
            questions.c.bridge_id.in_(sorted(bridge_ids)),
            questions.c.outcome.is_(None),
        )
        .order_by(questions.c.closed_at.is_not(None), questions.c.asked_at.desc(), questions.c.id.desc())
        .limit(limit),
        Question,
    )


def question_of(connection: Connection, insight_id: int) -> int | None:
    """The question that the insight answers."""
    found: int | None = connection.scalar(select(insights.c.question_id).where(insights.c.id == insight_id))
    return found
