"""Replies in threads that Frontline opened: each is taken once; edits and deletions follow (promises 2, 4).

A feature opens a thread with the post that begins it, and says what to do with its replies in a `Follower`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from bot.clock import from_slack_ts
from bot.inbox import Apply, NotYet, Worker
from bot.say import Say
from bot.services import Services
from bot.slack import SlackRefused, SourceMessage
from bot.workspace.directory import GONE, known_person, nothing
from storage import threads
from storage.inbox import InboxRow
from storage.threads import Thread

# What a reply, as it stands in Slack now, means to the feature whose thread it is in.
OnReply = Callable[[Connection, Say, Thread, SourceMessage], None]
# A reply was deleted: its channel and `ts`.
OnRemoved = Callable[[Connection, Say, Thread, str, str], None]


@dataclass(frozen=True)
class Follower:
    """What a feature does with the replies in its threads."""

    taken: OnReply
    edited: OnReply
    removed: OnRemoved


Followers = Mapping[str, Follower]  # by the thread's kind


def open_thread(
    connection: Connection, say: Say, bridge_id: int, kind: str, subject: str, outbox_id: int
) -> None:
    """Take the replies below the post `outbox_id`, written in this transaction."""
    threads.open_thread(connection, say.team_id, bridge_id, kind, subject, outbox_id, say.now)


def reply_taken(followers: Followers) -> Worker:
    """The worker of `thread_reply`: someone answered in a thread; `item` holds its first message's `ts`."""

    def worker(services: Services, row: InboxRow) -> Apply:
        assert row.channel_id and row.message_ts and row.item
        with services.db.reading() as connection:
            thread = threads.by_root(connection, services.team_id, row.channel_id, row.item)
            may_stand = threads.may_come_to_stand(connection, services.team_id, row.channel_id)
        if thread is None and may_stand:
            raise NotYet("thread_not_known")
        if thread is None or not _is_open(thread, row.message_ts):
            return nothing
        message = _read(services, row)
        if message is None or message.user_id is None or not _may_answer(services, message):
            return nothing
        return _taking(followers[thread.kind], thread, message, message.user_id)

    return worker


def _taking(follower: Follower, thread: Thread, message: SourceMessage, user_id: str) -> Apply:
    def apply(connection: Connection, say: Say) -> None:
        is_new = threads.take_reply(
            connection, say.team_id, thread, message.channel_id, message.ts, user_id, say.now
        )
        if is_new:
            follower.taken(connection, say, thread, message)

    return apply


def reply_changed(followers: Followers) -> Worker:
    """Beside the worker of `message_changed`: the message may be a reply that was taken."""

    def worker(services: Services, row: InboxRow) -> Apply:
        assert row.channel_id and row.message_ts
        with services.db.reading() as connection:
            thread = threads.thread_of_reply(connection, services.team_id, row.channel_id, row.message_ts)
        if thread is None:
            return nothing
        message = _read(services, row)
        if message is None:
            return _removing(followers[thread.kind], thread, row.channel_id, row.message_ts)

        def apply(connection: Connection, say: Say) -> None:
            followers[thread.kind].edited(connection, say, thread, message)

        return apply

    return worker


def reply_removed(followers: Followers) -> Worker:
    """Beside the worker of `message_deleted`: the message may be a reply that was taken."""

    def worker(services: Services, row: InboxRow) -> Apply:
        assert row.channel_id and row.message_ts
        with services.db.reading() as connection:
            thread = threads.thread_of_reply(connection, services.team_id, row.channel_id, row.message_ts)
        if thread is None:
            return nothing
        return _removing(followers[thread.kind], thread, row.channel_id, row.message_ts)

    return worker


def _removing(follower: Follower, thread: Thread, channel_id: str, ts: str) -> Apply:
    def apply(connection: Connection, say: Say) -> None:
        if threads.remove_reply(connection, say.team_id, channel_id, ts):
            follower.removed(connection, say, thread, channel_id, ts)

    return apply


def both(first: Worker, second: Worker) -> Worker:
    """Two workers for one kind of event, in one transaction."""

    def worker(services: Services, row: InboxRow) -> Apply:
        one, other = first(services, row), second(services, row)

        def apply(connection: Connection, say: Say) -> None:
            one(connection, say)
            other(connection, say)

        return apply

    return worker


def _read(services: Services, row: InboxRow) -> SourceMessage | None:
    assert row.channel_id and row.message_ts
    try:
        return services.slack.message(row.channel_id, row.message_ts)
    except SlackRefused as refused:
        if refused.code not in GONE:
            raise
        return None


def _is_open(thread: Thread, reply_ts: str) -> bool:
    return thread.closed_at is None or from_slack_ts(reply_ts) <= thread.closed_at


def _may_answer(services: Services, message: SourceMessage) -> bool:
    """Full members of this workspace; Frontline's own posts and other bots' are no answers."""
    if message.bot_id is not None or message.user_id in (None, services.identity.user_id):
        return False
    person = known_person(services, str(message.user_id))
    return person is not None and not (person.is_external or person.is_guest or person.is_bot)
