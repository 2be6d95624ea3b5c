"""Reads an insight: whose names stand in it, and where it belongs unless somebody has said so."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Connection

from bot.analysis.classify import Lessons, Suggestion, suggest
from bot.analysis.cues import CueBook, of_bridge, read_cues
from bot.analysis.embedding import WORDLESS, Embedding
from bot.analysis.features import read, words_of
from bot.analysis.names import MOST_TEXT, Entry, Lists, Mention, lists_of, mentioned
from bot.analysis.unknown import unknown_in
from bot.bridges.categories import OTHER
from storage import analysis, embeddings, insights
from storage.analysis import StoredReading
from storage.bridges import Bridge
from storage.insights import Insight

DEFAULT: Final = "default"  # `category_by`: nobody and nothing has decided
SUGGESTED: Final = "suggested"  # Frontline has
OPEN: Final = frozenset({DEFAULT, SUGGESTED})
UNTOUCHED: Final = frozenset({"new", "withdrawn"})  # what marketing has taken up stays where it was seen
COLUMNS: Final = ("customer", "competitors", "product")
MOST_LESSONS: Final = 300  # decided insights that are learned from, the latest
MOST_COMPETITORS: Final = 10
_EMPTY: Final[Mapping[str, Any]] = {"customer": None, "competitors": [], "product": None}


@dataclass(frozen=True)
class Understood:
    """What a text says by itself."""

    mentions: tuple[Mention, ...]
    suggestion: Suggestion
    unknown: Mapping[str, str]
    embedding: Embedding

    @property
    def stored(self) -> StoredReading:
        """What is kept of it."""
        return StoredReading(
            category=self.suggestion.category,
            confidence=round(100 * self.suggestion.confidence),
            customer=next(iter(mentioned(self.mentions, "customer")), None),
            competitors=mentioned(self.mentions, "competitor")[:MOST_COMPETITORS],
            product=next(iter(mentioned(self.mentions, "product")), None),
        )


@dataclass(frozen=True)
class Knowledge:
    """What a bridge knows at this moment: its lists, its cues, what its people have decided."""

    lists: Lists
    cues: CueBook | None
    lessons: Lessons
    categories: tuple[str, ...]

    def understand(self, text: str) -> Understood:
        """Read one text as Slack writes it."""
        text = text[:MOST_TEXT]
        mentions = tuple(self.lists.find(text))
        reading = read(text, mentions, self.cues)
        suggestion = suggest(reading, self.categories, self.lessons)
        return Understood(mentions, suggestion, unknown_in(text, mentions), reading.embedding)


def knowledge_of(connection: Connection, bridge: Bridge) -> Knowledge:
    """All that suggestions of the bridge depend on: the same history gives the same answer."""
    entries = tuple(
        Entry(one.kind, one.name, tuple(one.aliases)) for one in analysis.names_of(connection, bridge.id)
    )
    active = tuple(one.key for one in bridge.active_categories)
    decided = analysis.decisions(connection, bridge.id, MOST_LESSONS)
    lessons = Lessons(
        (_words(one.text), one.vector or WORDLESS, one.category) for one in decided if one.category in active
    )
    return Knowledge(lists_of(entries), _own_cues(bridge), lessons, active)


@lru_cache(maxsize=2048)
def _words(text: str) -> tuple[str, ...]:
    return words_of(text)


def _own_cues(bridge: Bridge) -> CueBook | None:
    cues = tuple(
        (one.key, tuple(found))
        for one in bridge.active_categories
        # What a bridge calls its own category is a cue already.
        if (found := [*read_cues(one.cues or ""), *([one.name] if one.name else [])])
    )
    return of_bridge(cues) if cues else None


def read_new(
    connection: Connection, bridge: Bridge, values: Mapping[str, Any]
) -> tuple[dict[str, Any], Understood]:
    """What of a new insight's columns Frontline fills, and all that it read."""
    understood = knowledge_of(connection, bridge).understand(values["text"])
    stored = understood.stored
    filled = {
        column: getattr(stored, column)
        for column in COLUMNS
        if not values.get(column) and getattr(stored, column)
    }
    if values["category_by"] == DEFAULT:
        filled |= _filed(understood)
    return filled, understood


def keep(connection: Connection, insight: Insight, understood: Understood) -> None:
    """Remember what was read, so that it can be told from what people decide."""
    analysis.save_reading(connection, insight.id, understood.stored)
    analysis.save_sightings(connection, insight.bridge_id, insight.id, understood.unknown, insight.created_at)
    if understood.embedding == WORDLESS:
        embeddings.forget(connection, insight.id)
    else:
        embeddings.save(connection, insight.id, understood.embedding)


def reread(
    connection: Connection, bridge: Bridge, insight: Insight, now: datetime, known: Knowledge | None = None
) -> bool:
    """Read an insight anew; what people decided stays. True: something of it has changed."""
    understood = (known or knowledge_of(connection, bridge)).understand(insight.text)
    before, stored = analysis.reading_of(connection, insight.id), understood.stored
    values = {
        column: getattr(stored, column)
        for column in COLUMNS
        # What stands there as Frontline read it is not a person's word.
        if getattr(insight, column) == (getattr(before, column) if before else _EMPTY[column])
    }
    if insight.category_by in OPEN and insight.status in UNTOUCHED:
        values |= _filed(understood)
    changed = {column: value for column, value in values.items() if value != getattr(insight, column)}
    keep(connection, insight, understood)
    if changed:
        insights.change(connection, insight.id, {**changed, "changed_at": now})
    if "category" in changed:
        detail = {"from": insight.category, "to": changed["category"]}
        insights.record(connection, insight.id, now, None, "category", detail)
    return bool(changed)


def _filed(understood: Understood) -> dict[str, Any]:
    if not understood.suggestion.is_sure:
        return {"category": OTHER, "category_by": DEFAULT}
    return {"category": understood.suggestion.category, "category_by": SUGGESTED}
