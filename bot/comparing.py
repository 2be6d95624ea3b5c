"""What Slack still shows against what is known: one page of one job of catching up (`bot/catchup.py`).

Nothing is changed here. A flag found is stamped with the moment before the reading, so that any event that is
really later stands above it. What came and went within a gap can't be seen.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection

from bot.clock import from_slack_ts, slack_ts
from bot.inbox import Incoming
from bot.insights.capture import text_of
from bot.insights.rules import SHORTCUT
from bot.services import Services
from bot.slack import SlackRefused, SourceMessage, base_emoji, read_message
from storage import bridges, erasure, insights, threads
from storage.bridges import Bridge
from storage.catchup import CatchupJob
from storage.insights import Insight
from storage.threads import Standing

PAGE: Final = 200  # messages; distributed apps are given 15, and then more pages
GONE: Final = frozenset({"channel_not_found", "not_in_channel", "is_archived", "thread_not_found"})


@dataclass(frozen=True)
class Page:
    """What one call brought: events that seem to have been missed, threads to be read, where to go on."""

    found: Sequence[Incoming] = ()
    threads: Sequence[str] = ()
    cursor: str | None = None


def read_page(services: Services, job: CatchupJob) -> Page:
    """Ask Slack for the job's next page. Raises SlackProblem."""
    if job.kind == "insights":
        return _read_insight(services, int(job.cursor or 0))
    if job.kind == "replies":
        return _read_replies(services, job)
    return _read_messages(services, job)


# --- known insights: edits, deletions, flags set and taken back --------------------------------------------


def _read_insight(services: Services, after_id: int) -> Page:
    """Look at the source of the next insight."""
    with services.db.reading() as connection:
        insight = insights.next_with_source(connection, services.team_id, after_id)
        bridge = bridges.bridge(connection, insight.bridge_id) if insight else None
    if insight is None or bridge is None:
        return Page()
    assert insight.channel_id and insight.message_ts
    moment = slack_ts(services.clock.now())
    try:
        message = services.slack.message(insight.channel_id, insight.message_ts)
    except SlackRefused as refused:
        if refused.code not in GONE:
            raise
        return Page(cursor=str(insight.id))
    if message is None:
        key = f"message_deleted:{insight.channel_id}:{insight.message_ts}:caught"
        gone = Incoming("message_deleted", key, insight.channel_id, insight.message_ts)
        return Page([gone], cursor=str(insight.id))
    with services.db.reading() as connection:
        found = _flag_differences(connection, services.team_id, bridge, message, moment, is_complete=True)
        text = text_of(connection, services.team_id, message)
    return Page([*found, *_edit(insight, message, text, moment)], cursor=str(insight.id))


def _edit(insight: Insight, message: SourceMessage, text: str, moment: str) -> Iterable[Incoming]:
    if text == insight.text or insight.text_removed_at is not None:
        return
    key = f"message_changed:{message.channel_id}:{message.ts}:caught:{moment}"
    yield Incoming("message_changed", key, message.channel_id, message.ts)


def _flag_differences(
    connection: Connection,
    team_id: str,
    bridge: Bridge,
    message: SourceMessage,
    moment: str,
    *,
    is_complete: bool,
) -> list[Incoming]:
    """Where Slack's flags at a message differ from the known ones.

    `is_complete`: every person of each reaction is listed; else a missing one proves nothing.
    """
    if erasure.was_erased(connection, team_id, message.channel_id, message.ts):
        return []
    known = {
        (flag.user_id, flag.emoji): flag
        for flag in insights.flags_of(connection, team_id, message.channel_id, message.ts)
        if flag.emoji != SHORTCUT
    }
    shown = {
        (user, emoji) for emoji, users in message.reactions.items() if bridge.is_flag(emoji) for user in users
    }
    # What an erased person flagged before she was erased still stands in Slack, and is not taken in again.
    erased = erasure.people_erased(connection, team_id, {user for user, _emoji in shown})
    said_at = from_slack_ts(message.ts)
    shown = {(user, emoji) for user, emoji in shown if user not in erased or said_at > erased[user]}
    found = [
        _flag_event("reaction_added", message, user, emoji, moment)
        for user, emoji in sorted(shown)
        if (user, emoji) not in known or not known[user, emoji].is_on
    ]
    if is_complete:
        found += [
            _flag_event("reaction_removed", message, user, emoji, moment)
            for (user, emoji), flag in sorted(known.items())
            if flag.is_on and (user, emoji) not in shown and flag.changed_ts < moment
        ]
    return found


def _flag_event(kind: str, message: SourceMessage, user: str, emoji: str, moment: str) -> Incoming:
    return Incoming(
        kind=kind,
        natural_key=f"{kind}:{message.channel_id}:{message.ts}:{user}:{emoji}:caught:{moment}",
        channel_id=message.channel_id,
        message_ts=message.ts,
        user_id=user,
        item=emoji,
        event_ts=moment,
    )


# --- messages that are no insights yet ---------------------------------------------------------------------


def _read_messages(services: Services, job: CatchupJob) -> Page:
    """A page of a channel's or thread's messages: flags that are not known, threads that were active."""
    moment = slack_ts(services.clock.now())
    with services.db.reading() as connection:
        bridge = bridges.bridge_of_sales_channel(connection, services.team_id, job.channel_id)
    if bridge is None:
        return Page()
    method = "conversations.replies" if job.kind == "thread" else "conversations.history"
    data = services.slack.call(
        method,
        channel=job.channel_id,
        ts=job.thread_ts or None,
        oldest=job.oldest_ts if job.kind == "history" else None,
        cursor=job.cursor,
        limit=PAGE,
    )
    messages = data.get("messages") or []
    flagged = [one for one in messages if _has_flag(one, bridge) and not _is_own(services, one)]
    with services.db.reading() as connection:
        found = [
            event
            for raw in flagged
            for event in _missing(services, connection, bridge, job.channel_id, raw, moment)
        ]
    threads = [str(one["ts"]) for one in messages if _is_active_thread(one, job)]
    cursor = (data.get("response_metadata") or {}).get("next_cursor") or None
    return Page(found, threads, cursor)


def _has_flag(raw: Mapping[str, Any], bridge: Bridge) -> bool:
    return any(bridge.is_flag(base_emoji(one["name"])) for one in raw.get("reactions") or [])


def _is_own(services: Services, raw: Mapping[str, Any]) -> bool:
    return bool(raw.get("user") == services.identity.user_id or raw.get("bot_id") == services.identity.bot_id)


def _is_active_thread(raw: Mapping[str, Any], job: CatchupJob) -> bool:
    return bool(
        job.kind == "history" and raw.get("reply_count") and str(raw.get("latest_reply", "")) >= job.oldest_ts
    )


def _missing(
    services: Services,
    connection: Connection,
    bridge: Bridge,
    channel_id: str,
    raw: Mapping[str, Any],
    moment: str,
) -> list[Incoming]:
    """The flags of a message that are not known.

    A history lists only some people of a busy reaction; the others are found when the insight that the listed
    ones make is rechecked, with all its people.
    """
    message = read_message(channel_id, raw)
    return _flag_differences(connection, services.team_id, bridge, message, moment, is_complete=False)


# --- threads that Frontline opened ------------------------------------------------------------------------


def _read_replies(services: Services, job: CatchupJob) -> Page:
    """A page of a thread of ours: replies that were not taken, and taken ones that were edited or deleted.

    The thread's first message may stand on every page, so the span that a page covers is told by its replies:
    from behind the last one of the page before, which the cursor carries, to its own last one.
    """
    after, _, slack_cursor = (job.cursor or "0|").partition("|")
    data = services.slack.call(
        "conversations.replies",
        channel=job.channel_id,
        ts=job.thread_ts,
        cursor=slack_cursor or None,
        limit=PAGE,
    )
    shown = {str(raw["ts"]): raw for raw in data.get("messages") or [] if raw["ts"] != job.thread_ts}
    further = (data.get("response_metadata") or {}).get("next_cursor") or None
    last = max(shown, default=after) if further else _END
    moment = slack_ts(services.clock.now())
    with services.db.reading() as connection:
        where = Standing(job.channel_id, job.thread_ts)
        taken = threads.replies_between(connection, services.team_id, where, after, last)
    found = [
        _reply_event(job, ts, raw)
        for ts, raw in shown.items()
        if ts not in taken and raw.get("user") and not raw.get("bot_id")
    ]
    found += [
        _about_reply(job, ts, str(shown[ts]["edited"]["ts"]))
        for ts in sorted(taken & set(shown))
        if shown[ts].get("edited")
    ]
    # Seen as gone: whoever works on it reads the very message before anything is taken away.
    found += [_about_reply(job, ts, moment) for ts in sorted(taken - set(shown))]
    return Page(found, cursor=f"{last}|{further}" if further else None)


_END: Final = "9"  # behind every `ts`


def _reply_event(job: CatchupJob, ts: str, raw: Mapping[str, Any]) -> Incoming:
    return Incoming(
        kind="thread_reply",
        natural_key=f"thread_reply:{job.channel_id}:{ts}",  # the same as of the event itself
        channel_id=job.channel_id,
        message_ts=ts,
        user_id=str(raw["user"]),
        item=job.thread_ts,
    )


def _about_reply(job: CatchupJob, ts: str, stamp: str) -> Incoming:
    key = f"message_changed:{job.channel_id}:{ts}:caught:{stamp}"
    return Incoming("message_changed", key, job.channel_id, ts)
