"""Activities of marketing: plan, entries as it goes, and what sales says of them.

Money is in minor units of the currency beside it. An entry is never changed: one that `corrects_id` another
takes its place in every sum.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from storage.tables.base import Key, key, metadata
from storage.types import Instant, slack_id

bridge_currencies = Table(  # in which a bridge plans and reports; an activity keeps that of its beginning
    "bridge_currencies",
    metadata,
    Column("bridge_id", Key, ForeignKey("bridges.id", ondelete="CASCADE"), primary_key=True),
    Column("currency", String(3), nullable=False),
    Column("changed_by", slack_id(), nullable=False),
    Column("changed_at", Instant, nullable=False),
)

activities = Table(
    "activities",
    metadata,
    key(),
    Column("team_id", slack_id(), nullable=False),
    Column("bridge_id", Key, ForeignKey("bridges.id", ondelete="CASCADE"), nullable=False),
    Column("title", String(150), nullable=False),
    Column("purpose", String(16), nullable=False),  # attract · convince · retain
    Column("owner_id", slack_id(), nullable=False),
    Column("starts_on", Date, nullable=False),  # planned, both days included
    Column("ends_on", Date, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("planned_budget", BigInteger),  # NULL: none was planned, which is not nought
    Column("status", String(16), nullable=False),  # planned · running · finished · cancelled
    Column("cancel_reason", Text),
    Column("started_on", Date),  # as it came: local days of the bridge
    Column("ended_on", Date),
    Column("created_by", slack_id(), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    UniqueConstraint("bridge_id", "title", "starts_on"),
    Index(None, "bridge_id", "status", "starts_on"),
)

activity_plans = Table(  # planned results; what is not planned has no row
    "activity_plans",
    metadata,
    Column("activity_id", Key, ForeignKey("activities.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("amount", BigInteger, nullable=False),  # a number, or minor units of the activity's currency
)

activity_insights = Table(  # what gave rise to an activity
    "activity_insights",
    metadata,
    Column("activity_id", Key, ForeignKey("activities.id", ondelete="CASCADE"), primary_key=True),
    Column("insight_id", Key, ForeignKey("insights.id", ondelete="CASCADE"), primary_key=True),
    Column("linked_by", slack_id(), nullable=False),
    Column("linked_at", Instant, nullable=False),
    Index(None, "insight_id"),
)

activity_entries = Table(
    "activity_entries",
    metadata,
    key(),
    Column("activity_id", Key, ForeignKey("activities.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(16), nullable=False),  # spend, or a kind of result
    Column("on_date", Date, nullable=False),
    Column("amount", BigInteger, nullable=False),  # a number, or minor units of the activity's currency
    Column("given_amount", BigInteger),  # as it was entered in another currency: minor units of it
    Column("given_currency", String(3)),
    Column("rate", String(40)),  # exact decimal: what one unit of `given_currency` is worth
    Column("note", Text),
    Column("corrects_id", Key, ForeignKey("activity_entries.id", ondelete="CASCADE")),
    Column("entered_by", slack_id(), nullable=False),
    Column("entered_at", Instant, nullable=False),
    UniqueConstraint("corrects_id"),  # an entry is corrected once; then its correction is
    Index(None, "activity_id", "on_date"),
)

activity_askings = Table(  # "Did this help you sell?", midway and at the end
    "activity_askings",
    metadata,
    key(),
    Column("activity_id", Key, ForeignKey("activities.id", ondelete="CASCADE"), nullable=False),
    Column("occasion", String(8), nullable=False),  # midway · end
    Column("asked_at", Instant, nullable=False),
    Column("asked_count", Integer, nullable=False),  # people in the channels asked
    UniqueConstraint("activity_id", "occasion"),
)

activity_answers = Table(
    "activity_answers",
    metadata,
    Column("asking_id", Key, ForeignKey("activity_askings.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", slack_id(), primary_key=True),
    Column("answer", String(16), nullable=False),  # yes · somewhat · no · unnoticed
    Column("deal", String(200)),
    Column("deal_amount", BigInteger),
    Column("deal_currency", String(3)),
    Column("comment", Text),
    Column("answered_at", Instant, nullable=False),
)
