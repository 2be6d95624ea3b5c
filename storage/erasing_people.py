"""Takes a person out of all tables, also of those that are added later: it walks the schema itself.

A row that is hers by its key goes. Where her id may be left out it is, else nobody's takes its place; lists
of people lose her, and texts that mention her say «@…». What needs more is done before, by its feature.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    String,
    Table,
    Text,
    and_,
    cast,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)

from storage.erasing import written_by
from storage.insights import Insight
from storage.rows import columns_for, fetch_all
from storage.tables import (
    action_item_history,
    action_items,
    activities,
    activity_answers,
    activity_entries,
    flags,
    history,
    inbox,
    insights,
    meeting_answers,
    meeting_minutes,
    meeting_series,
    meeting_topics,
    metadata,
    outbox,
    people,
    person_settings,
    questions,
    supporters,
    thread_replies,
    workspaces,
)

GONE: Final = "@…"  # in place of a mention, in all languages
LONGEST_ID: Final = 32  # characters of a column that may hold an id of Slack's
# Their rows are erased by what they are about, and must hold her id until that is done.
_UNDER_WAY: Final = {"erasures": "target", "outbox": "user_id"}


def mention_of(user_id: str) -> re.Pattern[str]:
    """A mention of the person, as Slack writes it."""
    return re.compile(rf"<@{re.escape(user_id)}(\|[^<>]*)?>")


def unmentioned(text: str, user_id: str) -> str:
    """The text without mentions of the person."""
    return mention_of(user_id).sub(GONE, text)


# --- what is hers ------------------------------------------------------------------------------------------


def counts_of(connection: Connection, team_id: str, user_id: str) -> dict[str, int]:
    """What a person left, by kind; first what goes, then what stays without her."""

    def count(table: Table, *where: Any) -> int:
        return connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one()

    hers = written_by(user_id)
    return {
        "insights": count(insights, insights.c.team_id == team_id, hers),
        "reports": count(
            insights,
            insights.c.team_id == team_id,
            insights.c.reporter_id == user_id,
            ~hers,  # type: ignore[operator]
        ),
        "supports": count(supporters, supporters.c.user_id == user_id),
        "flags": count(flags, flags.c.team_id == team_id, flags.c.user_id == user_id),
        "topics": count(meeting_topics, meeting_topics.c.user_id == user_id),
        "answers": count(meeting_answers, meeting_answers.c.user_id == user_id),
        "items": count(action_items, action_items.c.owner_id == user_id),
        "words": count(activity_answers, activity_answers.c.user_id == user_id),
        "minutes_stay": count(meeting_minutes, meeting_minutes.c.recorded_by == user_id),
        "questions_stay": count(questions, questions.c.team_id == team_id, questions.c.asked_by == user_id),
        "activities_stay": count(
            activities,
            activities.c.team_id == team_id,
            or_(activities.c.owner_id == user_id, activities.c.created_by == user_id),
        ),
        "entries_stay": count(activity_entries, activity_entries.c.entered_by == user_id),
    }


def _names(team_id: str, user_id: str) -> list[ColumnElement[bool]]:
    """That an insight shows the person: she passed it on, supports it, acted on it, or is mentioned."""
    supported = select(supporters.c.insight_id).where(supporters.c.user_id == user_id)
    acted = select(history.c.insight_id).where(history.c.by_user_id == user_id)
    shown = or_(
        insights.c.reporter_id == user_id,
        insights.c.author_id == user_id,
        insights.c.status_by == user_id,
        insights.c.taken_by == user_id,
        insights.c.id.in_(supported),
        insights.c.id.in_(acted),
        _mentions(user_id),
    )
    return [insights.c.team_id == team_id, shown]


def touched_insights(connection: Connection, team_id: str, user_id: str) -> set[int]:
    """Insights that show the person."""
    return set(connection.scalars(select(insights.c.id).where(*_names(team_id, user_id))))


def naming(connection: Connection, team_id: str, user_id: str, limit: int) -> list[Insight]:
    """Insights that show the person."""
    found = columns_for(insights, Insight).where(*_names(team_id, user_id))
    return fetch_all(connection, found.order_by(insights.c.id).limit(limit), Insight)


def forget_acts(connection: Connection, insight_id: int, user_id: str) -> None:
    """What she did about an insight was done by nobody in particular."""
    for column in (insights.c.status_by, insights.c.taken_by):
        connection.execute(
            update(insights).where(insights.c.id == insight_id, column == user_id).values({column: None})
        )
    connection.execute(
        update(history)
        .where(history.c.insight_id == insight_id, history.c.by_user_id == user_id)
        .values(by_user_id=None)
    )


def _mentions(user_id: str) -> ColumnElement[bool]:
    columns = (insights.c.text, insights.c.first_text, insights.c.note, insights.c.outcome)
    return or_(*(column.contains(f"<@{user_id}", autoescape=True) for column in columns))


def noted_on(connection: Connection, user_id: str) -> set[int]:
    """Insights whose note was written by her, as far as their history tells."""
    rows = connection.execute(
        select(history.c.insight_id, history.c.detail).where(
            history.c.by_user_id == user_id, history.c.change == "details"
        )
    )
    return {row.insight_id for row in rows if "note" in (row.detail.get("fields") or [])}


def occurrences_with(connection: Connection, user_id: str) -> set[int]:
    """Meetings that show her: by a topic, an answer, an action item, or in their minutes."""
    present = cast(meeting_minutes.c.present, Text).contains(f'"{user_id}"', autoescape=True)
    parts = (
        select(meeting_topics.c.occurrence_id).where(meeting_topics.c.user_id == user_id),
        select(meeting_answers.c.occurrence_id).where(meeting_answers.c.user_id == user_id),
        select(action_items.c.occurrence_id).where(
            or_(action_items.c.owner_id == user_id, action_items.c.created_by == user_id)
        ),
        select(meeting_minutes.c.occurrence_id).where(or_(present, meeting_minutes.c.recorded_by == user_id)),
    )
    return {one for part in parts for one in connection.scalars(part)}


def series_with(connection: Connection, user_id: str) -> set[int]:
    """Series of meetings that she is to take part in."""
    columns = (meeting_series.c.participants, meeting_series.c.facilitators)
    found = or_(*(cast(one, Text).contains(f'"{user_id}"', autoescape=True) for one in columns))
    return set(connection.scalars(select(meeting_series.c.id).where(found)))


def questions_with(connection: Connection, team_id: str, user_id: str) -> set[int]:
    """Questions that she asked, closed, or answered."""
    answered = select(insights.c.question_id).where(
        insights.c.team_id == team_id, insights.c.author_id == user_id, insights.c.question_id.is_not(None)
    )
    asked = select(questions.c.id).where(
        questions.c.team_id == team_id,
        or_(
            questions.c.asked_by == user_id,
            questions.c.closed_by == user_id,
            questions.c.outcome_by == user_id,
        ),
    )
    return {*connection.scalars(answered), *connection.scalars(asked)}


def items_of(connection: Connection, user_id: str) -> set[int]:
    """Action items that she owns."""
    return set(connection.scalars(select(action_items.c.id).where(action_items.c.owner_id == user_id)))


def items_given_by(connection: Connection, user_id: str) -> set[int]:
    return set(connection.scalars(select(action_items.c.id).where(action_items.c.created_by == user_id)))


def conversations_with(connection: Connection, team_id: str, user_id: str) -> set[str]:
    """Her direct messages with Frontline, as far as they are known."""
    parts = [
        select(table.c.channel_id).where(
            table.c.team_id == team_id, table.c.user_id == user_id, table.c.channel_id.startswith("D")
        )
        for table in (outbox, inbox, flags)
    ]
    written = select(insights.c.channel_id).where(
        insights.c.team_id == team_id,
        insights.c.author_id == user_id,
        insights.c.channel_id.startswith("D"),
    )
    return {one for part in (*parts, written) for one in connection.scalars(part)}


# --- taking it out -----------------------------------------------------------------------------------------


def remove_own(connection: Connection, team_id: str, user_id: str, nobody: str) -> None:
    """Delete what she wrote and answered outside insights; replies that were taken stay taken."""
    connection.execute(delete(meeting_topics).where(meeting_topics.c.user_id == user_id))
    dropped = select(action_item_history.c.item_id).where(
        action_item_history.c.by_user_id == user_id, action_item_history.c.change == "dropped"
    )
    connection.execute(update(action_items).where(action_items.c.id.in_(dropped)).values(reason=None))
    connection.execute(delete(action_items).where(action_items.c.owner_id == user_id))
    connection.execute(
        update(thread_replies)
        .where(thread_replies.c.team_id == team_id, thread_replies.c.user_id == user_id)
        .values(user_id=nobody, is_removed=True)
    )
    hers = or_(
        inbox.c.user_id == user_id,
        inbox.c.natural_key.contains(user_id, autoescape=True),
        inbox.c.item == user_id,
    )
    connection.execute(delete(inbox).where(inbox.c.team_id == team_id, hers))
    # If she is still in the workspace, the directory is to find her again, with what it says of her.
    connection.execute(
        update(workspaces).where(workspaces.c.team_id == team_id).values(directory_read_at=None)
    )


def sweep(connection: Connection, team_id: str, user_id: str, nobody: str) -> None:
    """Take her id out of every column of every table."""
    for table in reversed(metadata.sorted_tables):
        mine = _of_team(table, team_id)
        for column in table.columns:
            if _UNDER_WAY.get(table.name) == column.name:
                continue
            if isinstance(column.type, JSON) or _is_json(column):
                _rewrite(connection, table, column, mine, user_id, lambda value: _without(value, user_id))
            elif isinstance(column.type, String):
                _leave(connection, table, column, mine, user_id, nobody)


def _of_team(table: Table, team_id: str) -> list[Any]:
    return [table.c.team_id == team_id] if "team_id" in table.c else []


def _is_json(column: Column[Any]) -> bool:
    return type(column.type).__name__ in ("JSON", "JSONB")


def _leave(
    connection: Connection, table: Table, column: Column[Any], mine: list[Any], user_id: str, nobody: str
) -> None:
    length = column.type.length  # type: ignore[attr-defined]
    if length is not None and length < LONGEST_ID:
        return
    is_her = and_(*mine, column == user_id)
    if column.primary_key:
        connection.execute(delete(table).where(is_her))
    else:
        connection.execute(update(table).where(is_her).values({column: None if column.nullable else nobody}))
    if length is None or length > LONGEST_ID:
        _rewrite(connection, table, column, mine, user_id, lambda value: _reworded(column, value, user_id))


def _reworded(column: Column[Any], value: str, user_id: str) -> str:
    """Mentions in people's words; in keys of ours the id gives way to a mark."""
    words = unmentioned(value, user_id)
    return re.sub(rf"\b{re.escape(user_id)}\b", "gone", words)


def _rewrite(
    connection: Connection,
    table: Table,
    column: Column[Any],
    mine: list[Any],
    user_id: str,
    change: Callable[[Any], Any],
) -> None:
    keys = list(table.primary_key.columns)
    holds = cast(column, Text).contains(user_id, autoescape=True)
    if table is outbox:  # they rewrite posts without her, and are forgotten then
        mine = [*mine, outbox.c.kind.not_in(("scrub", "retract", "blank")), ~_is_taken_back()]
    for row in connection.execute(select(*keys, column.label("_value")).where(*mine, holds)).all():
        changed = change(row._mapping["_value"])
        if changed != row._mapping["_value"]:
            this = [key == row._mapping[key.name] for key in keys]
            if column.unique or column.name == "dedupe_key":
                changed = f"erased:{table.name}:{row._mapping[keys[0].name]}"
            connection.execute(update(table).where(*this).values({column: changed}))


def _is_taken_back() -> Any:
    """A post that waits to be taken back needs to be found until then."""
    child = outbox.alias("child")
    return exists().where(child.c.parent_id == outbox.c.id, child.c.kind == "retract")


def _without(value: Any, user_id: str) -> Any:
    """JSON without her: lists lose her, texts no longer mention her."""
    if isinstance(value, Mapping):
        return {name: _without(part, user_id) for name, part in value.items() if name != user_id}
    if isinstance(value, list):
        return [_without(part, user_id) for part in value if part != user_id]
    if isinstance(value, str):
        words = unmentioned(value, user_id)
        return None if words == user_id else re.sub(rf"\b{re.escape(user_id)}\b", "…", words)
    return value


def everyone(connection: Connection, team_id: str) -> set[str]:
    """The ids of all people that anything is stored of."""
    columns = (people.c.user_id, person_settings.c.user_id, flags.c.user_id, outbox.c.user_id)
    found = {
        one
        for column in columns
        for one in connection.scalars(
            select(column).where(column.table.c.team_id == team_id, column.is_not(None)).distinct()
        )
    }
    for column in (insights.c.reporter_id, insights.c.author_id):
        found |= set(
            connection.scalars(
                select(column).where(insights.c.team_id == team_id, column.is_not(None)).distinct()
            )
        )
    return found
