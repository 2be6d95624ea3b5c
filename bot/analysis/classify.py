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
from typing import TYPE_CHECKING, Any, Final

from bot.analysis.embedding import Embedding, similarities, vectors
from bot.analysis.features import Reading

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SURE: Final = 0.3  # below, a text without a category stays without one; chosen on the tuning set
OTHER: Final = "other"

_OWN_START: Final = -1.0  # a category of the bridge's own begins behind the others, until a cue speaks for it
_OWN_CUE: Final = 5.0  # for each cue of the bridge's, at most two
_LESSON: Final = 0.4  # how much a decided insight weighs beside what ships
_TEXTS_ASSUMED: Final = 8.0  # of each category, in which words stood as often as they do anywhere
_RARE: Final = 0.002  # share of texts in which a word stands that the shipped list does not know
_NEAR: Final = 0.5  # cosine of two embeddings from which on the one decides for the other
_SAME: Final = 5.0  # how much a text weighs that means just the same
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


@dataclass(frozen=True)
class Weights:
    """How much each feature speaks for each category, and each dimension of the embedding."""

    categories: tuple[str, ...]
    features: Mapping[str, Sequence[float]]
    embedding: "NDArray[np.float32]"

    def of_embedding(self, embedding: Embedding) -> "NDArray[np.float32]":
        """What the embedding says of each category."""
        found: NDArray[np.float32] = vectors([embedding])[0] @ self.embedding
        return found


class Lessons:
    """What people of a bridge have decided: in how many texts of each category each word stood, and what
    these texts mean.
    """

    def __init__(self, decided: Iterable[tuple[Sequence[str], Embedding, str]] = ()) -> None:
        self._texts: Counter[str] = Counter()
        self._words: Counter[str] = Counter()
        self._words_of: dict[str, Counter[str]] = {}  # by category
        self._meant: dict[str, list[Embedding]] = {}
        for words, embedding, category in decided:
            self.learn(words, embedding, category)

    def learn(self, words: Sequence[str], embedding: Embedding, category: str) -> None:
        """Take one more decision into account."""
        self._texts[category] += 1
        self._meant.setdefault(category, []).append(embedding)
        self._words.update(words)
        self._words_of.setdefault(category, Counter()).update(words)

    def evidence(self, reading: Reading, category: str) -> float:
        """For (or against) the category, as log-odds."""
        return self._of_words(reading.words, category) + self._of_nearest(reading.embedding, category)

    def _of_nearest(self, embedding: Embedding, category: str) -> float:
        """What the text of that category says that means most nearly the same."""
        nearest = max(similarities(embedding, self._meant.get(category, [])), default=0.0)
        return _SAME * max(0.0, nearest - _NEAR) / (1 - _NEAR)

    def _of_words(self, words: Sequence[str], category: str) -> float:
        own = self._texts[category]
        others = self._texts.total() - own
        total = 0.0
        inside_words = self._words_of.get(category, Counter())
        for word in words:
            if word not in self._words:
                continue
            here = inside_words[word]
            there = self._words[word] - here
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
    scores = linear(weights(), reading, shipped)
    for key in categories:
        scores.setdefault(key, _OWN_START)
        if key in reading.own:
            scores[key] += _OWN_CUE * min(2.0, reading.own[key].weight)
        scores[key] += lessons.evidence(reading, key)
    chances = softmax(scores)
    best = max(categories, key=lambda key: (chances[key], key))
    return Suggestion(best, chances[best])


def linear(weights: Weights, reading: Reading, classes: Sequence[str]) -> dict[str, float]:
    """The score of each class."""
    scores = dict(zip(weights.categories, map(float, weights.of_embedding(reading.embedding)), strict=True))
    for name, value in (*reading.features.items(), ("bias", 1.0)):
        of_class = weights.features.get(name)
        if of_class is not None:
            for key, one in zip(weights.categories, of_class, strict=True):
                scores[key] += one * value
    return {key: scores[key] for key in classes}


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
def weights() -> Weights:
    """The weights that ship."""
    import numpy as np

    return Weights(
        tuple(_file()["categories"]), _file()["weights"], np.array(_file()["embedding"], np.float32)
    )


@cache
def shares() -> Mapping[str, float]:
    """In which share of messages the words of every day stand."""
    found: dict[str, float] = _file()["shares"]
    return found


@cache
def known_classes() -> frozenset[str]:
    """The categories that the shipped weights know of."""
    return frozenset(_file()["categories"])
