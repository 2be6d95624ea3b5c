"""What sales is asked about activities, and what it answers: once a person and asking."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from storage.rows import columns_for, fetch_all, fetch_one, insert_once, upsert
from storage.tables import activity_answers, activity_askings


@dataclass(frozen=True)
class Asking:
    """An occasion on which the sales channels were asked about an activity."""

    id: int
    activity_id: int
    occasion: str
    asked_at: datetime
    asked_count: int  # people in the channels asked


@dataclass(frozen=True)
class Answered:
    """One person's latest answer."""

    asking_id: int
    user_id: str
    answer: str
    deal: str | None
    deal_amount: int | None  # minor units of deal_currency
    deal_currency: str | None
    comment: str | None
    answered_at: datetime


def add_asking(
    connection: Connection, activity_id: int, occasion: str, asked_count: int, at: datetime
) -> int | None:
    """Write down that sales is asked. None: it was asked on that occasion before."""
    values = {
        "activity_id": activity_id,
        "occasion": occasion,
        "asked_at": at,
        "asked_count": asked_count,
    }
    if not insert_once(connection, activity_askings, values):
        return None
    found = asking_of(connection, activity_id, occasion)
    assert found is not None
    return found.id


def asking(connection: Connection, asking_id: int) -> Asking | None:
    return fetch_one(
        connection, columns_for(activity_askings, Asking).where(activity_askings.c.id == asking_id), Asking
    )


def asking_of(connection: Connection, activity_id: int, occasion: str) -> Asking | None:
    return fetch_one(
        connection,
        columns_for(activity_askings, Asking).where(
            activity_askings.c.activity_id == activity_id, activity_askings.c.occasion == occasion
        ),
        Asking,
    )


def askings_of(connection: Connection, activity_ids: Collection[int]) -> list[Asking]:
    """All askings about these activities, in their order."""
    return fetch_all(
        connection,
        columns_for(activity_askings, Asking)
        .where(activity_askings.c.activity_id.in_(sorted(activity_ids)))
        .order_by(activity_askings.c.id),
        Asking,
    )


def save_answer(
    connection: Connection, asking_id: int, user_id: str, values: Mapping[str, Any], at: datetime
) -> None:
    """A person's answer; it takes the place of an earlier one of hers."""
    blank = {"deal": None, "deal_amount": None, "deal_currency": None, "comment": None}
    row = {"asking_id": asking_id, "user_id": user_id, **blank, **values, "answered_at": at}
    upsert(connection, activity_answers, row, ["asking_id", "user_id"])


def save_comment(connection: Connection, asking_id: int, user_id: str, comment: str | None) -> bool:
    """Put a comment beside the person's answer. False: she has given none."""
    done = connection.execute(
        update(activity_answers)
        .where(activity_answers.c.asking_id == asking_id, activity_answers.c.user_id == user_id)
        .values(comment=comment)
    )
    return done.rowcount == 1


def answer_of(connection: Connection, asking_id: int, user_id: str) -> Answered | None:
    return fetch_one(
        connection,
        columns_for(activity_answers, Answered).where(
            activity_answers.c.asking_id == asking_id, activity_answers.c.user_id == user_id
        ),
        Answered,
    )


def answers_of(connection: Connection, asking_ids: Collection[int]) -> list[Answered]:
    """All answers, oldest first."""
    return fetch_all(
        connection,
        select(*(activity_answers.c[name] for name in Answered.__dataclass_fields__))
        .where(activity_answers.c.asking_id.in_(sorted(asking_ids)))
        .order_by(activity_answers.c.answered_at, activity_answers.c.user_id),
        Answered,
    )
