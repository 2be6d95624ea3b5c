"""What was erased: that it was, when and by whom. No text, and no id of an erased person."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table

from storage.tables.base import Json, Key, key, metadata
from storage.types import Instant, slack_id, slack_ts

lifetimes = Table(  # how long a bridge keeps what it was told; no row: for ever
    "lifetimes",
    metadata,
    Column("bridge_id", Key, ForeignKey("bridges.id", ondelete="CASCADE"), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("unit", String(6), nullable=False),  # days · months
    Column("set_by", slack_id()),
    Column("set_at", Instant, nullable=False),
)

erasures = Table(  # the record; one row an erasure, and one a run of a lifetime
    "erasures",
    metadata,
    key(),
    Column("team_id", slack_id(), nullable=False),
    Column("bridge_id", Key),  # NULL: of the whole workspace
    Column("kind", String(8), nullable=False),  # insight · person · lifetime
    Column("by_user_id", slack_id()),  # NULL: whoever runs Frontline, or the lifetime
    Column("target", String(32)),  # a person's id, until she is erased
    Column("counts", Json, nullable=False),  # how many of what kind
    Column("begun_at", Instant, nullable=False),
    Column("finished_at", Instant),  # NULL: under way
    Index(None, "team_id", "begun_at"),
)

erased_insights = Table(  # what must not come back: by a catch-up, a file, or a restored backup
    "erased_insights",
    metadata,
    Column("team_id", slack_id(), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("captured_at", Instant, nullable=False),
    Column("channel_id", slack_id()),
    Column("message_ts", slack_ts()),
    Column("import_key", String(64)),
    Column("erased_at", Instant, nullable=False),
    Index(None, "team_id", "channel_id", "message_ts"),
    Index(None, "team_id", "import_key"),
)

erased_people = Table(
    "erased_people",
    metadata,
    Column("team_id", slack_id(), primary_key=True),
    Column("fingerprint", String(64), primary_key=True),  # tells whether an id is hers, and does not name her
    Column("erased_at", Instant, nullable=False),
)
