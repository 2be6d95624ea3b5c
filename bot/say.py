"""What is to be said, written down in the transaction of the change that causes it (promise 3).

Nothing here calls Slack: `bot.outbox` sends the rows, each exactly once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection

from bot.quiet.waiting import moment_for_all, moment_to_say
from storage import outbox
from storage.outbox import OutboxRow


@dataclass(frozen=True)
class Say:
    """Whom a post comes from: the change that caused it."""

    connection: Connection
    team_id: str
    now: datetime
    real: datetime
    correlation_id: str

    def row(self, kind: str, key: str, lane: str, **values: Any) -> dict[str, Any]:
        """The columns of something to be said."""
        return {
            "team_id": self.team_id,
            "kind": kind,
            "dedupe_key": key,
            "correlation_id": self.correlation_id,
            "lane": lane,
            "due_at": self.real,
            "created_at": self.now,
            **values,
        }

    def post(
        self,
        key: str,
        channel_id: str,
        message: Mapping[str, Any],
        *,
        parent_id: int | None = None,
        thread_ts: str | None = None,
        bridge_id: int | None = None,
        quoted: Iterable[int] = (),
        expires_at: datetime | None = None,
        waits_for: Sequence[str] = (),
    ) -> int | None:
        """Say something in a channel, in the thread of the post `parent_id`, or below somebody's message.

        `waits_for`: people whom it mentions for their own sake; it waits for hours that suit them all, or the
        first of them. None: it was said before.
        """
        lane = f"channel:{channel_id}" if parent_id is None else f"thread:{parent_id}"
        if thread_ts is not None:
            lane = f"thread:{channel_id}:{thread_ts}"
        row = self.row(
            "post",
            key,
            lane,
            channel_id=channel_id,
            payload=dict(message),
            parent_id=parent_id,
            thread_ts=thread_ts,
            bridge_id=bridge_id,
            expires_at=expires_at,
            not_before_at=self._moment_for_all(waits_for, bridge_id) if waits_for else None,
        )
        return outbox.add(self.connection, row, quoted)

    def _moment_for_all(self, user_ids: Sequence[str], bridge_id: int | None) -> datetime:
        return moment_for_all(self.connection, self.team_id, user_ids, self.now, bridge_id)

    def direct(
        self,
        key: str,
        user_id: str,
        message: Mapping[str, Any],
        *,
        bridge_id: int | None = None,
        quoted: Iterable[int] = (),
        expires_at: datetime | None = None,
        at_once: bool = False,
    ) -> None:
        """Say something to one person in a direct message.

        It waits for her working hours, but for what would be said no more then; `at_once`: it does not, since
        it answers her own gesture. What may no longer be so by then is `built` when it is sent.
        """
        row = self.row(
            "direct",
            key,
            f"direct:{user_id}",
            user_id=user_id,
            payload=dict(message),
            bridge_id=bridge_id,
            expires_at=expires_at,
            not_before_at=None if at_once else self._moment(user_id, bridge_id, expires_at),
        )
        outbox.add(self.connection, row, quoted)

    def _moment(self, user_id: str, bridge_id: int | None, expires_at: datetime | None) -> datetime | None:
        at = moment_to_say(self.connection, self.team_id, user_id, self.now, bridge_id)
        return None if expires_at is not None and at >= expires_at else at

    def note(
        self,
        key: str,
        channel_id: str,
        user_id: str,
        message: Mapping[str, Any],
        *,
        thread_ts: str | None = None,
    ) -> None:
        """Show a note to one person in a channel: ephemeral, at most once."""
        row = self.row(
            "note",
            key,
            f"note:{channel_id}:{user_id}",
            channel_id=channel_id,
            user_id=user_id,
            thread_ts=thread_ts,
            payload=dict(message),
        )
        outbox.add(self.connection, row)

    def answer(self, key: str, response_url: str, body: Mapping[str, Any]) -> None:
        """Answer a button or form through its `response_url`: at most once."""
        row = self.row("answer", key, f"answer:{key}", payload={"url": response_url, "body": dict(body)})
        outbox.add(self.connection, row)

    def react(self, channel_id: str, message_ts: str, emoji: str, *, on: bool) -> None:
        """Let Frontline's own reaction stand, or not, at a message."""
        key = f"reaction:{channel_id}:{message_ts}:{emoji}"
        row = self.row(
            "reaction",
            key,
            key[:80],
            channel_id=channel_id,
            target_ts=message_ts,
            payload={"emoji": emoji, "on": on},
        )
        outbox.wish(self.connection, row)

    def home(self, user_id: str, **asked: Any) -> None:
        """Bring a person's home tab up to date; it is built when it is sent.

        `asked`: what to show of it. What she asked for before stays: a change must not turn her page.
        """
        key = f"home:{user_id}"
        known = outbox.by_key(self.connection, key)
        before = known.payload if known and isinstance(known.payload, dict) else {}
        payload = {**before, **asked}
        outbox.wish(self.connection, self.row("home", key, key, user_id=user_id, payload=payload))

    def update(
        self,
        post_id: int,
        builder: str,
        *,
        quoted: Iterable[int] = (),
        after: timedelta = timedelta(0),
        **about: Any,
    ) -> None:
        """Bring a post up to date. What it says is built when it is sent, so that the newest state stands.

        `builder` is one of `bot.workers.BUILDERS` and finds `about` in the row's payload; an empty answer
        changes nothing. `quoted`: ids of the insights whose words it may show. `after`: wait so long from the
        first change on, so that many changes make one update.
        """
        row = self.row(
            "update",
            f"update:{post_id}",
            f"rewrite:{post_id}",
            parent_id=post_id,
            payload={"builder": builder, **about},
        )
        row["due_at"] = self.real + after
        outbox.wish(self.connection, row)
        outbox.quote(self.connection, post_id, quoted)

    def file(
        self,
        key: str,
        builder: str,
        filename: str,
        *,
        user_id: str | None = None,
        channel_id: str | None = None,
        parent_id: int | None = None,
        comment: str | None = None,
        bridge_id: int | None = None,
        **about: Any,
    ) -> None:
        """Send a file to a person, a channel, or the thread of a post; it is built when it is sent.

        `builder` is one of `bot.workers.BUILDERS`, finds `about` in the row's payload, and gives `content`
        (bytes) and `title`. The name is made unique, since the file is looked up by it.
        """
        stem, dot, ending = filename.rpartition(".")
        unique = f"{stem}-{sha256(key.encode()).hexdigest()[:8]}{dot}{ending}"
        lane = f"thread:{parent_id}" if parent_id is not None else f"direct:{user_id or channel_id}"
        row = self.row(
            "file",
            key,
            lane,
            user_id=user_id,
            channel_id=channel_id,
            parent_id=parent_id,
            bridge_id=bridge_id,
            payload={"builder": builder, "filename": unique, "comment": comment, **about},
        )
        outbox.add(self.connection, row)

    def redact(self, post: OutboxRow, insight_number: int, *, erased_from: int | None = None) -> None:
        """Take an insight's words out of a post that shows them.

        `erased_from`: the bridge of an insight that is no more; what tells of it goes with the words.
        """
        key = f"redact:{post.id}:{insight_number}"
        row = self.row(
            "redact",
            key,
            f"rewrite:{post.id}",
            channel_id=post.channel_id,
            target_ts=post.message_ts,
            thread_ts=post.thread_ts,
            parent_id=post.id,
            payload={"number": insight_number, "erased_from": erased_from},
        )
        outbox.wish(self.connection, row)


def built(builder: str, **about: Any) -> dict[str, Any]:
    """A direct message that is built when it is sent; where nothing is built, it goes unsaid.

    `builder` is one of `bot.workers.BUILDERS` and finds `about` in the row's payload.
    """
    return {"builder": builder, **about}
