"""How alike two texts are: by the words they share, by the letters of their words, and by what they mean.

A word weighs the more the fewer of the recent insights hold it; groups of four letters weigh in the same
way, only less: they find other endings, compounds and typing errors. Embeddings find the same said in other
words. Pure and deterministic. The figures were chosen on the tuning messages of benchmarks/evaluation;
`make eval` says how well they do on others.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from bot import stems
from bot.analysis.embedding import WORDLESS, Embedding, similarities

JOINS: Final = 0.46  # from this likeness on, an insight belongs to a theme
NEARLY_THE_SAME: Final = 0.75  # from here on, one insight says nearly what another says
NEAREST: Final = 0.6  # how much the most similar member counts, beside all of them
MEANING_WEIGHS: Final = 1.0  # beside the words
BRINGS_TOGETHER: Final = 0.42  # from here on, what one insight fits both of is about the same thing itself
UNRELATED: Final = 0.2  # cosine of embeddings up to which two texts have nothing to do with each other
LETTERS: Final = 4  # of a group
LETTERS_WEIGH: Final = 0.6  # beside a whole word

_ENGLISH: Final = """
a about after again all also an and any are as at back be because been before being both but by can
come could did do does doing done dont even every few for from get gets getting give go goes going
got had has have having he hear heard her here him his how i if im in into is it its just know like
lot made make many me more most much my need no not now of off on once one only or other our out
over own please really right said same say says see she should so some still such take than that the
their them then there these they thing things think this those through to told too up us very want
wants was we well went were what when where which while who why will with would yes yet you your
"""
_RUSSIAN: Final = """
а бы был была были было быть в вам вас весь во вот все всего всех вы где да даже для до его ее если
есть еще же за и из или им их к как какой когда кто ли мне много может можно мой мы на надо нам нас
не него нет ни них но ну о об он она они оно от очень по под после потом потому при про раз с сам
самый сейчас себя со совсем так такой там те тебе тем теперь то тоже того той только том тот три ты
у уже хоть чего чем через что чтоб чтобы эта эти это этого этой этот я сказал сказали говорит
говорят просто вообще опять снова пока будет будут нужно хочет хотят один два наш наша наши наше
свой свои ваш который которые вчера сегодня
"""
_COMMON: Final = frozenset(stem for word in (_ENGLISH + _RUSSIAN).split() for stem in stems.stems(word))

Features = frozenset[str]  # stems, and groups of letters behind a `~`


@lru_cache(maxsize=4096)
def content_words(plain_text: str) -> Mapping[str, str]:
    """The words that say what a text is about, by their stems, in its order."""
    found: dict[str, str] = {}
    for token in stems.tokens(plain_text):
        if token.stem not in _COMMON and (len(token.stem) > 1 or token.stem.isdigit()):
            found.setdefault(token.stem, token.word)
    return found


@lru_cache(maxsize=4096)
def features(plain_text: str) -> Features:
    """What a text is compared by."""
    words = content_words(plain_text)
    return frozenset(words) | {group for word in words.values() for group in _groups(word)}


def weights(texts: Iterable[Features]) -> dict[str, float]:
    """How much each feature says, among these texts."""
    holders: Counter[str] = Counter()
    total = 0
    for one in texts:
        holders.update(one)
        total += 1
    return {
        feature: math.log((total + 2) / (count + 1)) * _kind(feature) for feature, count in holders.items()
    }


@dataclass(frozen=True)
class Said:
    """What a text is compared by."""

    words: Features
    embedding: Embedding = WORDLESS


class Likeness:
    """How alike texts are, where words weigh as they do among these."""

    def __init__(self, among: Iterable[Said]) -> None:
        self._weight = weights(one.words for one in among)
        self._rarest = max(self._weight.values(), default=1.0)
        self._lengths: dict[Features, float] = {}

    def to(self, one: Said, others: Mapping[int, Said]) -> dict[int, float]:
        """By key of the other text: from 0, nothing in common, to 1.8, the same text."""
        meant = similarities(one.embedding, [other.embedding for other in others.values()])
        return {
            key: self.words(one.words, other.words) + MEANING_WEIGHS * max(0.0, cosine - UNRELATED)
            for (key, other), cosine in zip(others.items(), meant, strict=True)
        }

    def words(self, one: Features, other: Features) -> float:
        """From 0, nothing in common, to 1, the same words."""
        shared = sum(self._weight.get(feature, self._rarest) ** 2 for feature in one & other)
        return shared / (self._length(one) * self._length(other)) if shared else 0.0

    def _length(self, text: Features) -> float:
        if text not in self._lengths:
            weighed = sum(self._weight.get(feature, self._rarest) ** 2 for feature in text)
            self._lengths[text] = math.sqrt(weighed)
        return self._lengths[text]


def belongs(to_members: Iterable[float]) -> float:
    """How well an insight fits a theme, by its likeness to each member."""
    found = sorted(to_members, reverse=True)
    return NEAREST * found[0] + (1 - NEAREST) * sum(found) / len(found) if found else 0.0


def _kind(feature: str) -> float:
    return LETTERS_WEIGH if feature.startswith(_GROUP) else 1.0


_GROUP: Final = "~"


def _groups(word: str) -> set[str]:
    padded = f"^{word}$"
    return {f"{_GROUP}{padded[at : at + LETTERS]}" for at in range(max(1, len(padded) - LETTERS + 1))}
