"""Which of the insights that were found comes first: one formula, the same on both databases. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from bot.stems import Query

SATURATION: Final = 1.2  # as in BM25: the second occurrence of a word says less than the first
SHORT: Final = 30  # different words; a longer text counts less for the same words
HALF_AFTER: Final = 90.0  # days: an insight of that age counts half


def score(counts: Mapping[str, int], asked: Query, made_at: datetime, now: datetime) -> float:
    """How well an insight answers; `counts`: its stems and how often each occurs.

    Relevance (how often the asked words occur, in how long a text) times freshness.
    """
    length = max(1.0, len(counts) / SHORT)
    often = [
        _prefixed(counts, term.stem) if term.prefix else counts.get(term.stem, 0) for term in asked.terms
    ]
    often += [min((counts.get(stem, 0) for stem in phrase), default=0) for phrase in asked.phrases]
    relevance = sum(count / (count + SATURATION * length) for count in often)
    age = max(0.0, (now - made_at).total_seconds() / 86_400)
    return relevance * HALF_AFTER / (HALF_AFTER + age)


def _prefixed(counts: Mapping[str, int], beginning: str) -> int:
    return sum(count for stem, count in counts.items() if stem.startswith(beginning))
