"""What Frontline said about what is erased: taken back, or rewritten without it, also while under way."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection

from bot.i18n import DEFAULT_LANGUAGE, Texts, texts
from bot.messages.erasure import erased_words, nothing_here
from bot.messages.redaction import without_insight, without_person
from bot.say import Say
from bot.services import Services
from bot.triage.changed import card_key
from bot.variants import map_blocks
from storage import bridges, outbox
from storage.insights import Insight
from storage.outbox import OutboxRow

AT_MOST_ONCE = frozenset({"note", "answer"})


def retract(say: Say, post: OutboxRow) -> None:
    """Take a post back: it is deleted in Slack, and then forgotten. One that was not said never will be."""
    is_unsure = post.in_doubt_at is not None or outbox.is_claimed(say.connection, post.id)
    if post.state != "sent" and not is_unsure:
        outbox.forget(say.connection, [post.id])
        return
    if post.state != "sent":
        outbox.end_if_unsaid(say.connection, post.id, say.now, say.real)
    else:
        outbox.replace_payload(say.connection, post.id, None)
    row = say.row("retract", f"retract:{post.id}", f"rewrite:{post.id}", parent_id=post.id)
    outbox.add(say.connection, row)


def scrub(say: Say, post: OutboxRow, user_id: str, name: str) -> None:
    """Take a person out of a post that names her, and out of what is kept of it."""
    if post.state == "sent":
        outbox.replace_payload(say.connection, post.id, None)
    elif post.payload is not None:
        changed = map_blocks(post.payload, lambda blocks: _unnamed(blocks, user_id, name))
        outbox.replace_payload(say.connection, post.id, without_text(changed, user_id, name))
    if post.state not in ("pending", "sent") and post.in_doubt_at is None:
        return
    key = f"scrub:{post.id}:{sha256(user_id.encode()).hexdigest()[:12]}"
    about = {"user": user_id, "name": name}
    row = say.row("scrub", key, f"rewrite:{post.id}", parent_id=post.id, payload=about)
    outbox.wish(say.connection, row)


def without_text(message: Mapping[str, Any], user_id: str, name: str) -> dict[str, Any]:
    """The message whose fallback text does not name her; its blocks stay."""
    cleaned = without_person({"text": message.get("text")}, user_id, name)
    return {**message, "text": cleaned["text"]}


def _unnamed(blocks: Iterable[Any], user_id: str, name: str) -> list[dict[str, Any]]:
    return list(without_person({"blocks": list(blocks)}, user_id, name)["blocks"])


def blank_home(say: Say, user_id: str) -> None:
    """Empty the home tab of a person who is erased."""
    outbox.wish(say.connection, say.row("blank", f"blank:{user_id}", f"home:{user_id}", user_id=user_id))


# --- of an insight -----------------------------------------------------------------------------------------


def posts_of(connection: Connection, insight: Insight) -> tuple[list[OutboxRow], list[OutboxRow]]:
    """The posts that are about the insight alone, and those that show it among others."""
    shown = {one.id: one for one in outbox.quoting(connection, insight.id)}
    shown |= {one.id: one for one in outbox.notices_of(connection, insight.id)}
    own = card_key(insight.id)
    alone = {
        one.id for one in shown.values() if one.dedupe_key == own or one.dedupe_key.startswith("notice:")
    }
    return (
        [one for one in shown.values() if one.id in alone],
        [one for one in shown.values() if one.id not in alone],
    )


def remove_posts(connection: Connection, say: Say, insight: Insight) -> int:
    """Take back what is about the insight alone, and rewrite what shows it among others; gives how many."""
    alone, among = posts_of(connection, insight)
    for post in alone:
        retract(say, post)
    bridge = bridges.bridge(connection, insight.bridge_id)
    instead = erased_words(texts(bridge.language if bridge else DEFAULT_LANGUAGE))
    for post in among:
        if post.state == "sent":
            outbox.replace_payload(connection, post.id, None)
        elif post.payload is not None:
            changed = map_blocks(
                post.payload, lambda blocks: without_insight(blocks, insight.number, instead)
            )
            outbox.replace_payload(connection, post.id, changed)
        if post.state in ("pending", "sent") or post.in_doubt_at is not None:
            say.redact(post, insight.number, erased_from=insight.bridge_id)
    for row in outbox.holding(connection, say.team_id, f'"quote-{insight.number}'):
        if row.kind in AT_MOST_ONCE:
            outbox.forget(connection, [row.id])
    return len(alone) + len(among)


# --- builders ----------------------------------------------------------------------------------------------


def build_scrubbed(services: Services, row: OutboxRow) -> Mapping[str, Any]:
    """A `bot.outbox.Builder`: the post as it stands in Slack, without the person; empty: it is gone."""
    with services.db.reading() as connection:
        post = outbox.by_id(connection, row.parent_id) if row.parent_id else None
    if post is None or post.channel_id is None or post.message_ts is None:
        return {}
    standing = services.slack.blocks_of(post.channel_id, post.message_ts, post.thread_ts)
    if standing is None:
        return {}
    shown = {"text": standing.get("text") or "", "blocks": standing.get("blocks") or []}
    cleaned = without_person(shown, row.payload["user"], row.payload["name"])
    return {"ts": post.message_ts, **cleaned} if cleaned != shown else {}


def build_blank(services: Services, row: OutboxRow) -> Mapping[str, Any]:
    """A `bot.outbox.Builder`: a home tab that shows nothing but how to begin."""
    return nothing_here(_default_texts())


def _default_texts() -> Texts:
    return texts(DEFAULT_LANGUAGE)
