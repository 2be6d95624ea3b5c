"""Reactions become insights and support; taking them back withdraws both.

A flag is a state, not an event: it holds on or off with the time of its last change, so that repeated, late
and disordered events lead to the same end.
"""

from sqlalchemy import Connection

from bot.clock import from_slack_ts
from bot.inbox import Apply
from bot.insights import capture
from bot.insights.capture import ERASED, Links, store_insight
from bot.insights.rules import counts, flag_decides_category, is_news
from bot.insights.support import Support, settle_support
from bot.messages import insights as messages
from bot.messages.common import message, mrkdwn
from bot.say import Say
from bot.services import Services
from bot.slack import SourceMessage
from bot.triage.changed import insight_changed
from bot.workspace.access import viewer
from bot.workspace.directory import known_person, nothing
from storage import bridges, erasure, insights, workspace
from storage.bridges import Bridge
from storage.inbox import InboxRow
from storage.insights import Flag, Insight
from storage.rows import lock


def flag_set(services: Services, row: InboxRow) -> Apply:
    """Someone reacted with a flag: read the very message, then store the insight or the support."""
    assert row.channel_id and row.message_ts and row.user_id and row.item and row.event_ts
    person = known_person(services, row.user_id)  # guests may flag; people of other organisations may not
    if person is None or person.is_external or person.is_bot or person.is_deleted:
        return nothing
    message = services.slack.message(row.channel_id, row.message_ts)
    if message is None:  # deleted meanwhile
        return nothing
    if services.identity.user_id == message.user_id or services.identity.bot_id == message.bot_id:
        return _refusing_own(row)
    with services.db.reading() as connection:
        is_known = insights.is_source(connection, services.team_id, row.channel_id, row.message_ts)
    links = Links() if is_known else capture.links_of(services, message)

    def apply(connection: Connection, say: Say) -> None:
        bridge = bridges.bridge_of_sales_channel(connection, say.team_id, message.channel_id)
        if bridge is not None:
            _flag(connection, say, bridge, row, message, links)

    return apply


def flag_taken_back(services: Services, row: InboxRow) -> Apply:
    """Someone took a flag back."""
    assert row.channel_id and row.message_ts and row.user_id and row.item and row.event_ts
    channel_id, message_ts, user_id = row.channel_id, row.message_ts, row.user_id

    def apply(connection: Connection, say: Say) -> None:
        lock(connection, channel_id, message_ts)
        if _is_erased(connection, say.team_id, row) or not _switch(connection, say.team_id, row, on=False):
            return
        insight = insights.by_message(connection, say.team_id, channel_id, message_ts)
        bridge = bridges.bridge(connection, insight.bridge_id) if insight else None
        if insight is None or bridge is None:
            return
        standing = insights.flags_of(connection, say.team_id, channel_id, message_ts, user_id)
        result = settle_support(connection, say, insight, user_id, supports=counts(standing, bridge))
        if result is not Support.SAME:
            _tell(connection, say, bridge, insight.id, user_id, result, row.natural_key)

    return apply


def _is_erased(connection: Connection, team_id: str, row: InboxRow) -> bool:
    """Whether the insight of that message has been erased, or the person after she did this."""
    assert row.channel_id and row.message_ts and row.user_id and row.event_ts
    if erasure.was_erased(connection, team_id, row.channel_id, row.message_ts):
        return True
    erased_at = erasure.people_erased(connection, team_id, [row.user_id]).get(row.user_id)
    return erased_at is not None and from_slack_ts(row.event_ts) <= erased_at


def _say_erased(connection: Connection, say: Say, row: InboxRow) -> None:
    assert row.channel_id and row.user_id
    _ = viewer(connection, say.team_id, row.user_id).texts
    note = message(_.say(ERASED), [mrkdwn(_.say(ERASED))])
    say.note(f"note:{row.natural_key}", row.channel_id, row.user_id, note)


def _switch(connection: Connection, team_id: str, row: InboxRow, *, on: bool) -> bool:
    """Set the flag's state. False: a later or the same change is known already."""
    assert row.channel_id and row.message_ts and row.user_id and row.item and row.event_ts
    known = insights.flags_of(connection, team_id, row.channel_id, row.message_ts, row.user_id)
    this = next((flag for flag in known if flag.emoji == row.item), None)
    if not is_news(this, row.event_ts):
        return False
    flag = Flag(row.user_id, row.item, is_on=on, changed_ts=row.event_ts, is_undone=False)
    insights.save_flag(connection, team_id, row.channel_id, row.message_ts, flag)
    return True


def _flag(
    connection: Connection, say: Say, bridge: Bridge, row: InboxRow, message: SourceMessage, links: Links
) -> None:
    assert row.user_id and row.item
    lock(connection, message.channel_id, message.ts)
    if _is_erased(connection, say.team_id, row):
        if not row.natural_key.count(":caught:"):
            _say_erased(connection, say, row)
        return
    if not _switch(connection, say.team_id, row, on=True):
        return
    insight = insights.by_message(connection, say.team_id, message.channel_id, message.ts)
    category = bridge.category_of_emoji(row.item)
    standing = insights.flags_of(connection, say.team_id, message.channel_id, message.ts, row.user_id)
    if not counts(standing, bridge):  # the bridge changed its emoji meanwhile
        return
    if insight is None:
        more = {"category": category.key, "category_by": "flag"} if category else {}
        insight = store_insight(
            connection,
            say,
            bridge,
            capture.of_message(message, links, source="reaction", reporter_id=row.user_id, **more),
        )
        _tell(connection, say, bridge, insight.id, row.user_id, None, row.natural_key)
        return
    result = settle_support(connection, say, insight, row.user_id, supports=True)
    recategorised = category is not None and _recategorise(
        connection, say, insight, row.user_id, category.key
    )
    if result is not Support.SAME or recategorised:
        _tell(connection, say, bridge, insight.id, row.user_id, result, row.natural_key)


def _recategorise(connection: Connection, say: Say, insight: Insight, user_id: str, key: str) -> bool:
    current = insights.by_id(connection, insight.id)
    assert current is not None
    is_settled = current.category == key and current.category_by != "suggested"
    if is_settled or not flag_decides_category(current, user_id):
        return False
    insights.change(connection, insight.id, {"category": key, "category_by": "flag", "changed_at": say.now})
    detail = {"from": current.category, "to": key}
    insights.record(connection, insight.id, say.now, user_id, "category", detail)
    return True


def _tell(
    connection: Connection,
    say: Say,
    bridge: Bridge,
    insight_id: int,
    user_id: str,
    result: Support | None,
    natural_key: str,
) -> None:
    """Note to the one person what her gesture came to; `None`: a new insight."""
    insight = insights.by_id(connection, insight_id)
    assert insight is not None and insight.channel_id is not None
    reader = viewer(connection, say.team_id, user_id)
    whole = insights.by_id(connection, insight.merged_into_id) if insight.merged_into_id else None
    shown = whole or insight
    names = workspace.names(connection, say.team_id, [shown.reporter_id])
    note = messages.note_of_support(reader.texts, bridge, shown, user_id, result, names)
    say.note(f"note:{natural_key}", insight.channel_id, user_id, note, thread_ts=insight.thread_ts)
    insight_changed(connection, say, insight.id)


def _refusing_own(row: InboxRow) -> Apply:
    def apply(connection: Connection, say: Say) -> None:
        assert row.channel_id and row.user_id
        _ = viewer(connection, say.team_id, row.user_id).texts
        say.note(f"note:{row.natural_key}", row.channel_id, row.user_id, messages.own_post(_))

    return apply
