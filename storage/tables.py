"""One schema for SQLite and PostgreSQL. `*_at` is an instant (aware UTC), `*_on` a local date.

Instants of work (leases, backoff, pace) are in real time; all others follow the injected clock.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from storage.types import Instant, slack_id, slack_ts

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite gives 64-bit keys only to INTEGER, PostgreSQL only to BIGINT.
Key = BigInteger().with_variant(Integer(), "sqlite")
Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def _key() -> Column[int]:
    return Column("id", Key, primary_key=True, autoincrement=True)


# --- the workspace, its people and channels: a cache of Slack, so that no check waits for Slack ------------

workspaces = Table(
    "workspaces",
    metadata,
    Column("team_id", slack_id(), primary_key=True),
    Column("name", Text, nullable=False, default=""),
    Column("bot_user_id", slack_id(), nullable=False),
    Column("next_insight_number", Integer, nullable=False, default=1),
    # Rises with every change of a bridge; replicas that hold an older one read the bridges anew.
    Column("bridges_version", Integer, nullable=False, default=0),
    Column("directory_read_at", Instant),
)

people = Table(
    "people",
    metadata,
    Column("team_id", slack_id(), primary_key=True),
    Column("user_id", slack_id(), primary_key=True),
    Column("name", Text, nullable=False, default=""),
    Column("locale", String(35)),
    Column("time_zone", String(64)),
    Column("is_admin", Boolean, nullable=False, default=False),
    Column("is_guest", Boolean, nullable=False, default=False),
    Column("is_external", Boolean, nullable=False, default=False),
    Column("is_bot", Boolean, nullable=False, default=False),
    Column("is_deleted", Boolean, nullable=False, default=False),
    Column("read_at", Instant, nullable=False),
)

person_settings = Table(
    "person_settings",
    metadata,
    Column("team_id", slack_id(), primary_key=True),
    Column("user_id", slack_id(), primary_key=True),
    Column("language", String(8)),  # NULL: by the person's Slack language
    Column("home_opened_at", Instant),
)

channels = Table(
    "channels",
    metadata,
    Column("team_id", slack_id(), primary_key=True),
    Column("channel_id", slack_id(), primary_key=True),
    Column("name", Text, nullable=False, default=""),
    Column("is_private", Boolean, nullable=False, default=False),
    Column("is_direct", Boolean, nullable=False, default=False),
    Column("is_member", Boolean, nullable=False, default=False),  # whether Frontline is in it
    Column("is_archived", Boolean, nullable=False, default=False),
    Column("is_shared", Boolean, nullable=False, default=False),  # with another organisation (Slack Connect)
    Column("read_at", Instant, nullable=False),
)

channel_members = Table(
    "channel_members",
    metadata,
    Column("team_id", slack_id(), primary_key=True),
    Column("channel_id", slack_id(), primary_key=True),
    Column("user_id", slack_id(), primary_key=True),
    Index(None, "team_id", "user_id"),
)

# --- bridges -----------------------------------------------------------------------------------------------

bridges = Table(
    "bridges",
    metadata,
    _key(),
    Column("team_id", slack_id(), nullable=False),
    Column("name", String(80), nullable=False),
    Column("marketing_channel_id", slack_id(), nullable=False),
    Column("time_zone", String(64), nullable=False),
    Column("language", String(8), nullable=False),
    Column("flag_emoji", Json, nullable=False),  # list of names; these leave the category to Frontline
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("team_id", "name"),
)

bridge_channels = Table(
    "bridge_channels",
    metadata,
    Column("team_id", slack_id(), primary_key=True),
    Column("channel_id", slack_id(), primary_key=True),  # a sales channel belongs to at most one bridge
    Column("bridge_id", Key, ForeignKey("bridges.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("bridged_at", Instant, nullable=False),
)

bridge_managers = Table(
    "bridge_managers",
    metadata,
    Column("bridge_id", Key, ForeignKey("bridges.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", slack_id(), primary_key=True),
)

categories = Table(
    "categories",
    metadata,
    Column("bridge_id", Key, ForeignKey("bridges.id", ondelete="CASCADE"), primary_key=True),
    Column("key", String(40), primary_key=True),
    Column("name", String(60)),  # NULL: the name that ships with Frontline, in the reader's language
    Column("emoji", String(100), nullable=False),
    Column("position", Integer, nullable=False),
    Column("is_retired", Boolean, nullable=False, default=False),
)

# --- insights ----------------------------------------------------------------------------------------------

insights = Table(
    "insights",
    metadata,
    _key(),
    Column("team_id", slack_id(), nullable=False),
    Column("number", Integer, nullable=False),
    Column("bridge_id", Key, ForeignKey("bridges.id"), nullable=False),
    Column("source", String(16), nullable=False),
    Column("channel_id", slack_id()),
    Column("message_ts", slack_ts()),
    Column("thread_ts", slack_ts()),
    Column("permalink", Text),
    Column("thread_permalink", Text),
    Column("author_id", slack_id()),
    Column("author_name", Text),  # of bots and workflows, which are no people
    Column("reporter_id", slack_id(), nullable=False),
    Column("text", Text, nullable=False),
    Column("first_text", Text),  # the first wording, once the message has been edited
    Column("has_files", Boolean, nullable=False, default=False),
    Column("category", String(40), nullable=False),
    Column("category_by", String(16), nullable=False),  # default · flag · person
    Column("customer", String(200)),
    Column("competitors", Json, nullable=False),
    Column("product", String(200)),
    Column("note", Text),
    Column("deal_amount", BigInteger),  # minor units of deal_currency
    Column("deal_currency", String(3)),
    Column("is_urgent", Boolean, nullable=False, default=False),
    Column("status", String(16), nullable=False, default="new"),
    Column("outcome", Text),
    Column("supporter_count", Integer, nullable=False, default=1),
    Column("said_at", Instant, nullable=False),  # when the message was written
    Column("created_at", Instant, nullable=False),  # when it became an insight
    Column("changed_at", Instant, nullable=False),
    Column("edited_at", Instant),
    Column("text_removed_at", Instant),
    UniqueConstraint("team_id", "number"),
    UniqueConstraint("team_id", "channel_id", "message_ts"),
    Index(None, "bridge_id", "created_at"),
    Index(None, "bridge_id", "status", "created_at"),
    Index(None, "bridge_id", "category", "status", "created_at"),
    Index(None, "team_id", "reporter_id", "created_at"),
    Index(
        "ix_insights_text_removed",
        "text_removed_at",
        sqlite_where=text("text_removed_at IS NOT NULL"),
        postgresql_where=text("text_removed_at IS NOT NULL"),
    ),
)

flags = Table(
    "flags",
    metadata,
    Column("team_id", slack_id(), primary_key=True),
    Column("channel_id", slack_id(), primary_key=True),
    Column("message_ts", slack_ts(), primary_key=True),
    Column("user_id", slack_id(), primary_key=True),
    Column("emoji", String(100), primary_key=True),
    Column("is_on", Boolean, nullable=False),
    Column("changed_ts", slack_ts(), nullable=False),  # event_ts of the last change
    # Undone in Frontline while the reaction still stands in Slack: counts again only when set anew.
    Column("is_undone", Boolean, nullable=False, default=False),
)

supporters = Table(
    "supporters",
    metadata,
    Column("insight_id", Key, ForeignKey("insights.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", slack_id(), primary_key=True),
    Column("since_at", Instant, nullable=False),
    Index(None, "user_id"),
)

history = Table(
    "history",
    metadata,
    _key(),
    Column("insight_id", Key, ForeignKey("insights.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("by_user_id", slack_id()),  # NULL: Frontline itself
    Column("change", String(24), nullable=False),
    Column("detail", Json, nullable=False),  # keys and codes, never message text
)

# --- events in, posts out, schedules -----------------------------------------------------------------------

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
    _key(),
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
    _key(),
    Column("team_id", slack_id(), nullable=False),
    Column("bridge_id", Key),
    Column("kind", String(16), nullable=False),
    Column("dedupe_key", String(255), nullable=False, unique=True),
    Column("correlation_id", String(100), nullable=False),
    Column("channel_id", slack_id()),
    Column("user_id", slack_id()),
    Column("thread_ts", slack_ts()),
    Column("parent_id", Key),  # posted in the thread of that row's message
    Column("target_ts", slack_ts()),  # the message that an update or reaction is about
    Column("lane", String(80), nullable=False),  # rows of one lane go out in the order they were written
    Column("payload", Json),
    Column("revision", Integer, nullable=False, default=1),  # rises when a waiting row gets a new wish
    Column("state", String(8), nullable=False, default="pending"),  # pending · sent · parked · dropped
    Column("attempts", Integer, nullable=False, default=0),
    Column("due_at", Instant, nullable=False),  # real time: backoff, and the lease while claimed
    Column("claim", String(32)),
    Column("in_doubt_at", Instant),  # first attempt whose outcome is not known
    Column("expires_at", Instant),  # said no more after this instant
    Column("message_ts", slack_ts()),
    Column("error", String(200)),
    Column("created_at", Instant, nullable=False),
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

channel_pace = Table(  # about one message a second and channel, over all replicas
    "channel_pace",
    metadata,
    Column("channel_id", slack_id(), primary_key=True),
    Column("free_at", Instant, nullable=False),
)

schedules = Table(
    "schedules",
    metadata,
    _key(),
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

catchup_jobs = Table(  # what is left to be compared with Slack; one row a channel, thread or list
    "catchup_jobs",
    metadata,
    _key(),
    Column("team_id", slack_id(), nullable=False),
    Column("kind", String(16), nullable=False),  # insights · history · thread
    Column("channel_id", slack_id(), nullable=False, default=""),
    Column("thread_ts", slack_ts(), nullable=False, default=""),
    Column("oldest_ts", slack_ts(), nullable=False),
    Column("cursor", Text),  # Slack's, or the last insight's id; NULL: from the beginning
    Column("again", Boolean, nullable=False, default=False),  # asked for anew while it was under way
    Column("due_at", Instant, nullable=False),  # real time: rate limits, and the lease while claimed
    Column("claim", String(32)),
    Column("begun_at", Instant, nullable=False),
    UniqueConstraint("team_id", "kind", "channel_id", "thread_ts"),
    Index(None, "due_at"),
)
