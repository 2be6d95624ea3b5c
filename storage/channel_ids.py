"""Slack gives a channel a new id: all that is kept of the channel follows it, in one transaction.

Every column that holds channel ids, alone or within something else, is named here: in `FOLLOWED`, or in
`LEFT` with the reason. A test walks through all tables and fails for one that nobody decided about. People's
own words, which may name a channel, stay as they are.
"""

import re
from typing import Any, Final

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    FromClause,
    String,
    Text,
    and_,
    cast,
    delete,
    exists,
    func,
    literal,
    select,
    true,
    update,
)

from storage.bridges import touch
from storage.tables import (
    bridge_channels,
    bridges,
    catchup_jobs,
    channel_members,
    channel_pace,
    channels,
    erased_insights,
    flags,
    inbox,
    insights,
    meeting_posts,
    meeting_series,
    meeting_topics,
    outbox,
    questions,
    thread_replies,
    threads,
    troubles,
)

Unique = tuple[str, ...] | None  # what else tells rows of one id apart; None: there may be any number

# The id itself. The inbox comes first: an event of the channel that is about to be committed is so before, or
# not at all.
_IDS: Final[tuple[tuple[Column[Any], Unique], ...]] = (
    (inbox.c.channel_id, None),
    (outbox.c.channel_id, None),
    (catchup_jobs.c.channel_id, ("kind", "thread_ts")),
    (bridges.c.marketing_channel_id, None),
    (bridge_channels.c.channel_id, ()),
    (insights.c.channel_id, ("message_ts",)),
    (flags.c.channel_id, ("message_ts", "user_id", "emoji")),
    (erased_insights.c.channel_id, None),
    (thread_replies.c.channel_id, ("message_ts",)),
    (meeting_posts.c.channel_id, None),
    (meeting_topics.c.channel_id, ("message_ts",)),
)
# Texts of parts with colons between them, of which the id is one.
_KEYS: Final[tuple[tuple[Column[Any], Unique], ...]] = (
    (outbox.c.dedupe_key, ()),
    (outbox.c.lane, None),
    (threads.c.subject, ("kind",)),
    (troubles.c.subject, ()),
)
_LINKS: Final = (insights.c.permalink, insights.c.thread_permalink)
_JSON: Final = (questions.c.channel_ids, outbox.c.payload)

FOLLOWED: Final = frozenset({*(one for one, _ in _IDS), *(one for one, _ in _KEYS), *_LINKS, *_JSON})
LEFT: Final = {
    channels.c.channel_id: "a cache, which is read anew",
    channel_members.c.channel_id: "a cache, which is read anew",
    channel_pace.c.channel_id: "gone after a second",
    inbox.c.natural_key: "Slack repeats an event as it was",
    inbox.c.item: "that the id has changed, and to which",
    meeting_series.c.channels: "which kind of channels, not which",
}


def follow_channel(connection: Connection, team_id: str, old: str, new: str) -> None:
    """Slack gave a channel a new id: all that is kept of it follows.

    What is known under the new id already (an event may have come earlier) stays as it is.
    """
    for column, keys in _IDS:
        _follow_id(connection, column, team_id, old, new, keys)
    for table in (bridge_channels, catchup_jobs):  # what is there twice now
        connection.execute(delete(table).where(_of_team(table, team_id), table.c.channel_id == old))
    for column, keys in _KEYS:
        _follow_in_key(connection, column, team_id, old, new, keys)
    links = {link.name: func.replace(link, old, new) for link in _LINKS}
    connection.execute(
        update(insights).where(_of_team(insights, team_id), insights.c.channel_id == new).values(links)
    )
    for column in _JSON:
        _follow_in_json(connection, column, team_id, old, new)
    touch(connection, team_id)


def _follow_id(
    connection: Connection, column: Column[Any], team_id: str, old: str, new: str, keys: Unique
) -> None:
    table = column.table
    values: dict[str, Any] = {column.name: new}
    if "claim" in table.c:
        # Who has it in hand knows the old id alone: it is begun anew when the lease ends, and a post that may
        # stand is looked up under the new id.
        values["claim"] = None
    if table is catchup_jobs:
        values["cursor"] = None  # Slack's, of the old id
    connection.execute(
        update(table)
        .where(_of_team(table, team_id), column == old, *_free(column, literal(new), keys))
        .values(values)
    )


def _follow_in_key(
    connection: Connection, column: Column[Any], team_id: str, old: str, new: str, keys: Unique
) -> None:
    table, whole = column.table, literal(":") + column + literal(":")
    changed = func.replace(whole, f":{old}:", f":{new}:")
    changed = func.substr(changed, 2, func.length(changed) - 2)
    where = [_of_team(table, team_id), whole.contains(f":{old}:", autoescape=True)]
    if column is outbox.c.dedupe_key:
        where.append(outbox.c.in_doubt_at.is_(None))  # by its key it is looked up in Slack
    assert isinstance(column.type, String)
    where.append(func.length(changed) <= column.type.length)
    connection.execute(
        update(table).where(*where, *_free(column, changed, keys)).values({column.name: changed})
    )


def _follow_in_json(connection: Connection, column: Column[Any], team_id: str, old: str, new: str) -> None:
    table = column.table
    where = [_of_team(table, team_id), cast(column, Text).contains(old, autoescape=True)]
    if table is outbox:
        where.append(outbox.c.state.in_(("pending", "parked")))  # of others nothing is said any more
    whole = re.compile(rf"\b{re.escape(old)}\b", re.ASCII)
    for row_id, value in connection.execute(select(table.c.id, column).where(*where)).all():
        changed = _replaced(value, whole, new)
        connection.execute(update(table).where(table.c.id == row_id).values({column.name: changed}))


def _replaced(value: Any, whole: re.Pattern[str], new: str) -> Any:
    if isinstance(value, str):
        return whole.sub(new, value)
    if isinstance(value, dict):
        return {key: _replaced(one, whole, new) for key, one in value.items()}
    return [_replaced(one, whole, new) for one in value] if isinstance(value, list) else value


def _free(column: Column[Any], value: ColumnElement[str], keys: Unique) -> list[ColumnElement[bool]]:
    """That no other row stands where this one would then be."""
    if keys is None:
        return []
    table = column.table
    there = table.alias("there")
    names = (*keys, "team_id") if "team_id" in table.c else keys
    same = [there.c[name] == table.c[name] for name in names]
    return [~exists().where(and_(there.c[column.name] == value, *same))]


def _of_team(table: FromClause, team_id: str) -> ColumnElement[bool]:
    return table.c.team_id == team_id if "team_id" in table.c else true()
