"""When Frontline listened, what it missed, what keeps it from working: neither words nor people."""

from sqlalchemy import Column, Integer, String, Table, Text

from storage.tables.base import key, metadata
from storage.types import Instant, slack_id

presence = Table(  # all instants are in real time
    "presence",
    metadata,
    Column("team_id", slack_id(), primary_key=True),
    Column("listening_at", Instant),  # when a replica last listened to Slack
    Column("asked_at", Instant),  # when a comparison with Slack last began
    Column("caught_up_at", Instant),  # when one last ended
    Column("scopes", Text),  # as Slack last told them, sorted and joined by commas
)

gaps = Table(  # spans in which nobody listened; all instants are in real time
    "gaps",
    metadata,
    key(),
    Column("team_id", slack_id(), nullable=False),
    Column("began_at", Instant, nullable=False),
    Column("ended_at", Instant),  # NULL: nobody listens yet
    Column("caught_up_at", Instant),
    Column("flags", Integer, nullable=False, default=0),  # found when it was caught up: set or taken back
    Column("changes", Integer, nullable=False, default=0),  # messages edited or deleted
    Column("replies", Integer, nullable=False, default=0),  # in threads that Frontline opened
)

troubles = Table(  # what stands now; a row goes when it is mended, so that the next time is told again
    "troubles",
    metadata,
    Column("team_id", slack_id(), primary_key=True),
    Column("subject", String(80), primary_key=True),
    Column("since_at", Instant, nullable=False),  # real time
    Column("told_at", Instant),  # real time
)
