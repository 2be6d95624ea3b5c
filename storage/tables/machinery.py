"""Events in, posts out, what is due when. Leases, backoff and pace are in real time."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from storage.tables.base import Json, Key, key, metadata
from storage.types import Instant, slack_id, slack_ts

gestures = Table(
    "gestures",
    metadata,
    Column("key", String(255), primary_key=True),  # a trigger_id, or a view's id and hash
    Column("at", Instant, nullable=False),
    Column("insight_id", Key),
)

inbox = Table(
    "inbox",
    metadata,
    key(),
    Column("team_id", slack_id(), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("event_id", String(64), unique=True),
    Column("natural_key", String(255), nullable=False, unique=True),
    Column("correlation_id", String(100), nullable=False),
    Column("channel_id", slack_id()),
    Column("message_ts", slack_ts()),
    Column("user_id", slack_id()),
    Column("item", String(255)),  # an emoji's name, or the id of what the row is about
    Column("event_ts", slack_ts()),
    Column("state", String(8), nullable=False, default="pending"),  # pending · done · parked
    Column("attempts", Integer, nullable=False, default=0),
    Column("due_at", Instant, nullable=False),  # real time: backoff, and the lease while claimed
    Column("claim", String(32)),
    Column("error", String(200)),
    Column("received_at", Instant, nullable=False),
    Column("done_at", Instant),
    Index(
        "ix_inbox_pending",
        "due_at",
        sqlite_where=text("state = 'pending'"),
        postgresql_where=text("state = 'pending'"),
    ),
    Index(
        "ix_inbox_parked",
        "id",
        sqlite_where=text("state = 'parked'"),
        postgresql_where=text("state = 'parked'"),
    ),
    Index(
        "ix_inbox_message",
        "channel_id",
        "message_ts",
        sqlite_where=text("state = 'pending'"),
        postgresql_where=text("state = 'pending'"),
    ),
)

outbox = Table(
    "outbox",
    metadata,
    key(),
    Column("team_id", slack_id(), nullable=False),
    Column("bridge_id", Key),
    Column("kind", String(16), nullable=False),
    Column("dedupe_key", String(255), nullable=False, unique=True),
    Column("correlation_id", String(100), nullable=False),
    Column("channel_id", slack_id()),
    Column("user_id", slack_id()),
    Column("thread_ts", slack_ts()),
    Column("parent_id", Key),  # posted in the thread of that row's message
    # The message that an update or reaction is about; of a post in doubt, how far it was looked for.
    Column("target_ts", slack_ts()),
    Column("lane", String(80), nullable=False),  # rows of one lane go out in the order they were written
    Column("payload", Json),
    Column("revision", Integer, nullable=False, default=1),  # rises when a waiting row gets a new wish
    Column("state", String(8), nullable=False, default="pending"),  # pending · sent · parked · dropped
    Column("attempts", Integer, nullable=False, default=0),
    Column("due_at", Instant, nullable=False),  # real time: backoff, and the lease while claimed
    # Not before: it waits for the person's working hours. NULL: it waits for nobody.
    Column("not_before_at", Instant),
    Column("claim", String(32)),
    Column("in_doubt_at", Instant),  # the attempt from which on its outcome is not known
    Column("expires_at", Instant),  # said no more after this instant
    Column("message_ts", slack_ts()),
    Column("error", String(200)),
    Column("created_at", Instant, nullable=False),  # or when it was last wished for or tried anew
    Column("finished_at", Instant),
    Index(
        "ix_outbox_pending",
        "due_at",
        sqlite_where=text("state = 'pending'"),
        postgresql_where=text("state = 'pending'"),
    ),
    Index(
        "ix_outbox_parked",
        "id",
        sqlite_where=text("state = 'parked'"),
        postgresql_where=text("state = 'parked'"),
    ),
    Index(
        "ix_outbox_message",
        "channel_id",
        "message_ts",
        sqlite_where=text("message_ts IS NOT NULL"),
        postgresql_where=text("message_ts IS NOT NULL"),
    ),
    Index(
        "ix_outbox_lane",
        "lane",
        "id",
        sqlite_where=text("state = 'pending'"),
        postgresql_where=text("state = 'pending'"),
    ),
)

quotes = Table(  # which posts show which insight's words, so that a deletion can reach them
    "quotes",
    metadata,
    Column("outbox_id", Key, ForeignKey("outbox.id", ondelete="CASCADE"), primary_key=True),
    Column("insight_id", Key, ForeignKey("insights.id", ondelete="CASCADE"), primary_key=True),
    Index(None, "insight_id"),
)

channel_pace = Table(  # about one message a second and channel, over all replicas; one row is of catching up
    "channel_pace",
    metadata,
    Column("channel_id", slack_id(), primary_key=True),
    Column("free_at", Instant, nullable=False),
)

refused_blocks = Table(  # what the workspace does not know yet, and until when it is not offered again
    "refused_blocks",
    metadata,
    Column("team_id", slack_id(), primary_key=True),
    Column("block_type", String(40), primary_key=True),
    Column("until_at", Instant, nullable=False),
)

schedules = Table(
    "schedules",
    metadata,
    key(),
    Column("bridge_id", Key, ForeignKey("bridges.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("rule", String(200), nullable=False),
    Column("local_time", String(5), nullable=False),
    Column("time_zone", String(64), nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("is_paused", Boolean, nullable=False, default=False),
    Column("next_run_at", Instant),
    UniqueConstraint("bridge_id", "kind"),
    Index(None, "next_run_at"),
)

runs = Table(  # what became of each due instant, kept so that nothing is skipped silently
    "runs",
    metadata,
    Column("schedule_id", Key, ForeignKey("schedules.id", ondelete="CASCADE"), primary_key=True),
    Column("due_at", Instant, primary_key=True),
    Column("outcome", String(8), nullable=False),  # done · missed
    Column("ran_at", Instant, nullable=False),
)

timers = Table(  # what happens once at an instant: set, moved or cancelled with the change that wants it
    "timers",
    metadata,
    key(),
    Column("team_id", slack_id(), nullable=False),
    Column("bridge_id", Key, ForeignKey("bridges.id", ondelete="CASCADE"), index=True),
    Column("kind", String(24), nullable=False),
    Column("subject", String(80), nullable=False),  # what it is about, in the words of its kind
    Column("due_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("retry_at", Instant),  # real time, after a failure
    UniqueConstraint("team_id", "kind", "subject"),
    Index(None, "due_at"),
)

threads = Table(  # threads that Frontline opened, and whose replies it takes
    "threads",
    metadata,
    key(),
    Column("team_id", slack_id(), nullable=False),
    Column("bridge_id", Key, ForeignKey("bridges.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", String(24), nullable=False),
    Column("subject", String(80), nullable=False),  # what it is about, in the words of its kind
    Column("outbox_id", Key, ForeignKey("outbox.id"), nullable=False, unique=True),  # the first message
    Column("opened_at", Instant, nullable=False),
    Column("closed_at", Instant),  # no reply is taken after it
    UniqueConstraint("team_id", "kind", "subject"),
)

thread_replies = Table(  # replies taken, so that each is taken once, and edits and deletions find them
    "thread_replies",
    metadata,
    Column("team_id", slack_id(), primary_key=True),
    Column("channel_id", slack_id(), primary_key=True),
    Column("message_ts", slack_ts(), primary_key=True),
    Column("thread_id", Key, ForeignKey("threads.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("user_id", slack_id(), nullable=False),
    Column("taken_at", Instant, nullable=False),
    Column("is_removed", Boolean, nullable=False, default=False),
)

catchup_jobs = Table(  # what is left to be compared with Slack; one row a channel, thread or list
    "catchup_jobs",
    metadata,
    key(),
    Column("team_id", slack_id(), nullable=False),
    Column("kind", String(16), nullable=False),  # insights · history · thread · replies
    Column("channel_id", slack_id(), nullable=False, default=""),
    Column("thread_ts", slack_ts(), nullable=False, default=""),
    Column("oldest_ts", slack_ts(), nullable=False),
    Column("cursor", Text),  # Slack's, or the last insight's id; NULL: from the beginning
    Column("again", Boolean, nullable=False, default=False),  # asked for anew while it was under way
    Column("due_at", Instant, nullable=False),  # real time: rate limits, and the lease while claimed
    Column("claim", String(32)),
    Column("begun_at", Instant, nullable=False),  # real time: up to `presence.asked_at` it is of that round
    UniqueConstraint("team_id", "kind", "channel_id", "thread_ts"),
    Index(None, "due_at"),
)
