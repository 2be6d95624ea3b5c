"""A bridge's lists of names, what was read out of insights by rule, and names that no list knows yet."""

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, UniqueConstraint

from storage.tables.base import Json, Key, key, metadata
from storage.types import Instant

names = Table(
    "names",
    metadata,
    key(),
    Column("bridge_id", Key, ForeignKey("bridges.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(12), nullable=False),  # competitor · customer · product
    Column("name", String(200), nullable=False),
    Column("aliases", Json, nullable=False),
    Column("position", Integer, nullable=False),
    UniqueConstraint("bridge_id", "kind", "name"),
)

# What Frontline itself read out of an insight: where the insight says otherwise, a person has decided.
readings = Table(
    "readings",
    metadata,
    Column("insight_id", Key, ForeignKey("insights.id", ondelete="CASCADE"), primary_key=True),
    Column("category", String(40), nullable=False),  # the likeliest, sure or not
    Column("confidence", Integer, nullable=False),  # percent
    Column("customer", String(200)),
    Column("competitors", Json, nullable=False),
    Column("product", String(200)),
)

# Names in insights that no list knows; gone with the insight's text.
sightings = Table(
    "sightings",
    metadata,
    Column("insight_id", Key, ForeignKey("insights.id", ondelete="CASCADE"), primary_key=True),
    Column("key", String(64), primary_key=True),  # the same for all its forms
    Column("bridge_id", Key, ForeignKey("bridges.id", ondelete="CASCADE"), nullable=False),
    Column("shown", String(64), nullable=False),  # as it was written
    Column("seen_at", Instant, nullable=False),
    Index(None, "bridge_id", "seen_at"),
)

# What insights' texts mean (bot/analysis/embedding.py); gone with the text.
embeddings = Table(
    "embeddings",
    metadata,
    Column("insight_id", Key, ForeignKey("insights.id", ondelete="CASCADE"), primary_key=True),
    Column("vector", LargeBinary, nullable=False),
)

ignored_names = Table(
    "ignored_names",
    metadata,
    Column("bridge_id", Key, ForeignKey("bridges.id", ondelete="CASCADE"), primary_key=True),
    Column("key", String(64), primary_key=True),
)

# How far `app.py reanalyse` has come, until it is through.
reanalyses = Table(
    "reanalyses",
    metadata,
    Column("scope", String(24), primary_key=True),  # a bridge's id, or all
    Column("after_id", Key, nullable=False),
    Column("until_id", Key, nullable=False),
    Column("started_at", Instant, nullable=False),
)
