"""Finds cues in a text: words in any form, beginnings of words, and phrases. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from bot.analysis import cues_en, cues_ru
from bot.stems import Token, stems, tokens

SHORTEST_BEGINNING: Final = 3  # letters before a `*`


@dataclass(frozen=True)
class Cue:
    """One cue. A shared one, which stands in several categories, weighs less."""

    category: str
    weight: float
    is_strong: bool


@dataclass(frozen=True)
class Found:
    """What the cues of one category come to in a text."""

    weight: float
    strong: int


class CueBook:
    """Cues of categories, ready to be looked for."""

    def __init__(self, cues: Mapping[str, Iterable[str]]) -> None:
        listed = [
            (category, cue.removeprefix("!"), cue.startswith("!"))
            for category, all_ in cues.items()
            for cue in all_
        ]
        shared: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for category, cue, _strong in listed:
            shared[_key(cue)].add(category)
        self._phrases: dict[tuple[str, ...], list[Cue]] = defaultdict(list)
        self._beginnings: dict[str, list[Cue]] = defaultdict(list)
        for category, cue, is_strong in listed:
            one = Cue(category, 1 / len(shared[_key(cue)]), is_strong)
            if cue.endswith("*"):
                self._beginnings[_key(cue)[0]].append(one)
            elif (key := _key(cue)) and one not in self._phrases[key]:
                self._phrases[key].append(one)
        self._longest = max(map(len, self._phrases), default=1)

    def find(self, words: Sequence[Token]) -> dict[str, Found]:
        """By category, what the text's cues come to; each cue counts once."""
        hits: dict[tuple[str, ...], list[Cue]] = {}
        text = tuple(word.stem for word in words)
        for at in range(len(text)):
            for length in range(1, self._longest + 1):
                key = text[at : at + length]
                if len(key) == length and key in self._phrases:
                    hits[key] = self._phrases[key]
        for word in words:
            for length in range(SHORTEST_BEGINNING, len(word.word) + 1):
                beginning = word.word[:length]
                if beginning in self._beginnings:
                    hits[("*", beginning)] = self._beginnings[beginning]
        weights: dict[str, float] = defaultdict(float)
        strong: dict[str, int] = defaultdict(int)
        for key, cues in hits.items():
            for cue in cues:
                # A phrase says more than a word does.
                weights[cue.category] += cue.weight * (1.5 if len(key) > 1 and key[0] != "*" else 1.0)
                strong[cue.category] += cue.is_strong
        return {category: Found(weight, strong[category]) for category, weight in weights.items()}


@cache
def shipped() -> CueBook:
    """The cues that ship with Frontline, of both languages."""
    both: dict[str, list[str]] = defaultdict(list)
    for language in (cues_en.CUES, cues_ru.CUES):
        for category, text in language.items():
            both[category] += read_cues(text)
    return CueBook(both)


@lru_cache(maxsize=64)
def of_bridge(cues: tuple[tuple[str, tuple[str, ...]], ...]) -> CueBook:
    """A bridge's own cues, by category."""
    return CueBook(dict(cues))


def read_cues(text: str) -> list[str]:
    """Cues as they are typed: with commas or lines between them."""
    return [cue for part in text.replace("\n", ",").split(",") if (cue := " ".join(part.split()))]


def _key(cue: str) -> tuple[str, ...]:
    if cue.endswith("*"):
        found = tokens(cue)
        return (found[0].word,) if found else ("",)
    if cue == "+1":
        return ("1",)
    return tuple(stems(cue))
