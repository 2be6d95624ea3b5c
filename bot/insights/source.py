"""Follows the source message: an edit updates the text, a deletion removes it and keeps the fact."""

from typing import Any

from sqlalchemy import Connection

from bot.analysis.understand import reread
from bot.i18n import DEFAULT_LANGUAGE, texts
from bot.inbox import Apply
from bot.insights.capture import Links, links_of, text_of
from bot.insights.words import index_insight
from bot.messages import insights as messages
from bot.messages.erasure import erased_words
from bot.messages.quotes import without_quotes
from bot.messages.redaction import without_insight
from bot.say import Say
from bot.services import Services
from bot.slack import SlackRefused, SourceMessage
from bot.themes.joining import text_changed
from bot.triage.changed import insight_changed
from bot.variants import map_blocks
from bot.workspace.directory import GONE, nothing
from storage import analysis, bridges, embeddings, insights, outbox
from storage.inbox import InboxRow
from storage.insights import Insight
from storage.outbox import OutboxRow
from storage.rows import lock


def message_changed(services: Services, row: InboxRow) -> Apply:
    """A message that is an insight was edited: take over its text as it stands now."""
    return _compare(services, row, keeps_first=True)


def message_saved(services: Services, row: InboxRow) -> Apply:
    """A message was saved from a form: complete it with its exact text and addresses."""
    return _compare(services, row, keeps_first=False)


def _compare(services: Services, row: InboxRow, *, keeps_first: bool) -> Apply:
    assert row.channel_id and row.message_ts
    channel_id, message_ts = row.channel_id, row.message_ts
    try:
        message = services.slack.message(channel_id, message_ts)
    except SlackRefused as refused:
        if refused.code not in GONE:
            raise
        return nothing  # Frontline can't see that channel: what the form said stands
    links = Links() if message is None or keeps_first else links_of(services, message)

    def apply(connection: Connection, say: Say) -> None:
        lock(connection, channel_id, message_ts)
        insight = insights.by_message(connection, say.team_id, channel_id, message_ts)
        if insight is None or insight.text_removed_at is not None:
            return
        if message is None:
            remove_text(connection, say, insight)
            return
        if links.permalink:
            insights.change(
                connection,
                insight.id,
                {
                    "permalink": links.permalink,
                    "thread_permalink": links.thread_permalink,
                    "thread_ts": message.thread_ts,
                    "has_files": message.has_files,
                },
            )
        _take_over(connection, say, insight, message, keeps_first=keeps_first)

    return apply


def _take_over(
    connection: Connection, say: Say, insight: Insight, message: SourceMessage, *, keeps_first: bool
) -> None:
    text = text_of(connection, say.team_id, message)
    if text == insight.text:  # unfurled links and reply counters arrive as edits too
        return
    values: dict[str, Any] = {"text": text, "changed_at": say.now}
    if keeps_first:
        first = insight.text if insight.first_text is None else insight.first_text
        values |= {"first_text": first, "edited_at": say.now}
        insights.record(connection, insight.id, say.now, message.user_id, "text_edited")
    insights.change(connection, insight.id, values)
    _read_anew(connection, say, insight.id)
    current = insights.by_id(connection, insight.id)
    assert current is not None
    index_insight(connection, say.team_id, current)
    text_changed(connection, say, current)
    insight_changed(connection, say, current.id)


def _read_anew(connection: Connection, say: Say, insight_id: int) -> None:
    insight = insights.by_id(connection, insight_id)
    bridge = bridges.bridge(connection, insight.bridge_id) if insight else None
    if insight is not None and bridge is not None:
        reread(connection, bridge, insight, say.now)


def message_deleted(services: Services, row: InboxRow) -> Apply:
    """A message that is an insight was deleted."""
    assert row.channel_id and row.message_ts
    channel_id, message_ts = row.channel_id, row.message_ts

    def apply(connection: Connection, say: Say) -> None:
        lock(connection, channel_id, message_ts)
        insight = insights.by_message(connection, say.team_id, channel_id, message_ts)
        if insight is not None and insight.text_removed_at is None:
            remove_text(connection, say, insight)

    return apply


def remove_text(connection: Connection, say: Say, insight: Insight) -> None:
    """Take the text out of the insight, its first wording, the index, and every post that shows it."""
    values = {"text": "", "first_text": None, "text_removed_at": say.now, "changed_at": say.now}
    insights.change(connection, insight.id, values)
    analysis.forget_sightings(connection, insight.id)
    embeddings.forget(connection, insight.id)
    current = insights.by_id(connection, insight.id)
    assert current is not None
    index_insight(connection, say.team_id, current)
    text_changed(connection, say, current)
    insights.record(connection, insight.id, say.now, None, "text_removed")
    instead = words_gone(connection, insight)
    for post in outbox.quoting(connection, insight.id):
        if post.payload is not None:
            changed = map_blocks(post.payload, lambda blocks: without_quotes(blocks, insight.number, instead))
            outbox.replace_payload(connection, post.id, changed)
        # A post that was given up in doubt may stand in the channel all the same.
        if post.state in ("pending", "sent") or post.in_doubt_at is not None:
            say.redact(post, insight.number)
    insight_changed(connection, say, current.id)


def words_gone(connection: Connection, insight: Insight) -> str:
    """What stands instead of a deleted text, in the language of the bridge's posts."""
    bridge = bridges.bridge(connection, insight.bridge_id)
    return messages.text_removed(texts(bridge.language if bridge else "en"))


def build_redaction(services: Services, row: OutboxRow) -> dict[str, Any]:
    """The post as it stands in Slack, without the words of the row's insight; empty: it is gone."""
    number, erased_from = row.payload["number"], row.payload.get("erased_from")
    with services.db.reading() as connection:
        post = outbox.by_id(connection, row.parent_id) if row.parent_id else None
        insight = insights.by_number(connection, services.team_id, number)
        bridge = bridges.bridge(connection, erased_from) if erased_from is not None else None
        instead = words_gone(connection, insight) if insight else ""
    if post is None or post.channel_id is None or post.message_ts is None:
        return {}
    if insight is None and erased_from is None:
        return {}
    standing = services.slack.blocks_of(post.channel_id, post.message_ts, post.thread_ts)
    if standing is None:
        return {}
    shown = standing.get("blocks") or []
    if erased_from is not None:
        words = erased_words(texts(bridge.language if bridge else DEFAULT_LANGUAGE))
        blocks = without_insight(shown, number, words)
    else:
        blocks = without_quotes(shown, number, instead)
    return {"ts": post.message_ts, "text": standing.get("text", ""), "blocks": blocks}
