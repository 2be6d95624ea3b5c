"""Which category a text is of, and how sure that is: a linear model over cues and words. Pure.

The weights ship (fitted by benchmarks/evaluation/fit.py to the tuning set); what people of a bridge decide
moves them at once. The same history gives the same answer.
"""

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from bot.analysis.features import Reading

SURE: Final = 0.35  # below, a text without a category stays without one; chosen on the tuning set
OTHER: Final = "other"

_OWN_START: Final = -1.0  # a category of the bridge's own begins behind the others, until a cue speaks for it
_OWN_CUE: Final = 5.0  # for each cue of the bridge's, at most two
_LESSON: Final = 0.4  # how much a decided insight weighs beside what ships
_TEXTS_ASSUMED: Final = 8.0  # of each category, in which words stood as often as they do anywhere
_RARE: Final = 0.002  # share of texts in which a word stands that the shipped list does not know
_MOST_EVIDENCE: Final = 2.5  # of one word
_MOST_LEARNED: Final = 6.0  # of all words together


@dataclass(frozen=True)
class Suggestion:
    """The likeliest category, and its chance between 0 and 1."""

    category: str
    confidence: float

    @property
    def is_sure(self) -> bool:
        return self.confidence >= SURE and self.category != OTHER


class Lessons:
    """What people of a bridge have decided: in how many texts of each category each word stood."""

    def __init__(self, decided: Iterable[tuple[Sequence[str], str]] = ()) -> None:
        self._texts: Counter[str] = Counter()
        self._words: dict[str, Counter[str]] = {}
        for words, category in decided:
            self.learn(words, category)

    def learn(self, words: Sequence[str], category: str) -> None:
        """Take one more decision into account."""
        self._texts[category] += 1
        for word in words:
            self._words.setdefault(word, Counter())[category] += 1

    def evidence(self, words: Sequence[str], category: str) -> float:
        """For (or against) the category, as log-odds."""
        own = self._texts[category]
        others = self._texts.total() - own
        total = 0.0
        for word in words:
            seen = self._words.get(word)
            if seen is None:
                continue
            here = seen[category]
            there = seen.total() - here
            assumed = _TEXTS_ASSUMED * shares().get(word, _RARE)
            inside = (here + assumed) / (own + _TEXTS_ASSUMED)
            outside = (there + assumed) / (others + _TEXTS_ASSUMED)
            total += max(-_MOST_EVIDENCE, min(_MOST_EVIDENCE, math.log(inside / outside)))
        weighed: float = _LESSON * total / max(2.0, len(words) ** 0.5)
        return max(-_MOST_LEARNED, min(_MOST_LEARNED, weighed))


NOTHING: Final = Lessons()


def suggest(reading: Reading, categories: Sequence[str], lessons: Lessons = NOTHING) -> Suggestion:
    """The likeliest of the bridge's active categories."""
    shipped = [key for key in categories if key in known_classes()]
    scores = linear(weights(), reading.features, shipped)
    for key in categories:
        scores.setdefault(key, _OWN_START)
        if key in reading.own:
            scores[key] += _OWN_CUE * min(2.0, reading.own[key].weight)
        scores[key] += lessons.evidence(reading.words, key)
    chances = softmax(scores)
    best = max(categories, key=lambda key: (chances[key], key))
    return Suggestion(best, chances[best])


def linear(
    known: Mapping[str, Mapping[str, float]], features: Mapping[str, float], classes: Sequence[str]
) -> dict[str, float]:
    """The score of each class."""
    scores = dict.fromkeys(classes, 0.0)
    for name, value in (*features.items(), ("bias", 1.0)):
        of_class = known.get(name)
        if of_class is not None:
            for key in classes:
                scores[key] += of_class[key] * value
    return scores


def softmax(scores: Mapping[str, float]) -> dict[str, float]:
    """Scores as chances that add up to 1."""
    top = max(scores.values())
    powers = {key: math.exp(score - top) for key, score in scores.items()}
    total = sum(powers.values())
    return {key: power / total for key, power in powers.items()}


@cache
def _file() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(Path(__file__).with_name("weights.json").read_text(encoding="utf-8"))
    return read


@cache
def weights() -> Mapping[str, Mapping[str, float]]:
    """The weights that ship, by feature and category."""
    classes = _file()["categories"]
    return {name: dict(zip(classes, one, strict=True)) for name, one in _file()["weights"].items()}


@cache
def shares() -> Mapping[str, float]:
    """In which share of messages the words of every day stand."""
    found: dict[str, float] = _file()["shares"]
    return found


@cache
def known_classes() -> frozenset[str]:
    """The categories that the shipped weights know of."""
    return frozenset(_file()["categories"])
