"""What a theme is called: a few words in a row that one of its members says and the others mean too. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from bot import stems
from bot.themes.likeness import content_words

MOST_WORDS: Final = 7
LONGEST: Final = 70  # characters
_EDGES: Final = " \t\n.,;:!?–—-()\"'«»“”"


@dataclass(frozen=True)
class Title:
    """Words of one member, and which: if its text is deleted, they go with it. None: a person's words."""

    text: str
    insight_id: int | None


def best_title(texts: Mapping[int, str]) -> Title | None:
    """The title of a theme whose members have these plain texts, by insight id; None where there are none.

    The stretch that holds most of the words that most members share, the shortest of those; of equal ones,
    the earliest member's.
    """
    shared: dict[str, int] = {}
    for text in texts.values():
        for stem in content_words(text):
            shared[stem] = shared.get(stem, 0) + 1
    found = [
        (stretch, insight_id) for insight_id in sorted(texts) for stretch in _stretches(texts[insight_id])
    ]
    if not found:
        return None
    best, insight_id = max(found, key=lambda one: (one[0].worth(shared), -one[1]))
    return Title(best.text, insight_id)


@dataclass(frozen=True)
class _Stretch:
    """Some of a text's words in a row."""

    text: str
    stems: frozenset[str]
    length: int  # words

    def worth(self, shared: Mapping[str, int]) -> float:
        """Words that several members say count, each once; every further word costs a little."""
        told = [shared[stem] for stem in self.stems if stem in shared]
        return sum(told) - len(self.stems) + 0.5 * (len(told) > 1) - 0.15 * self.length


@lru_cache(maxsize=1024)
def _stretches(text: str) -> Sequence[_Stretch]:
    """Stretches of the text's words, each on one line."""
    tokens, own = stems.tokens(text), content_words(text)
    found: list[_Stretch] = []
    for first, begin in enumerate(tokens):
        if begin.stem not in own:
            continue
        for last in range(first, min(first + MOST_WORDS, len(tokens))):
            end = tokens[last]
            written = text[begin.start : end.end]
            if len(written) > LONGEST or "\n" in written:
                break
            if end.stem in own:
                told = frozenset(token.stem for token in tokens[first : last + 1])
                found.append(_Stretch(written.strip(_EDGES), told, last + 1 - first))
    return found
