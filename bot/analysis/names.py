"""Recognition: which competitors, customers and products of a bridge's lists a text mentions. Pure.

A name is found in every form and spelling (bot/analysis/forms.py), never inside other words, links, addresses
and code. One that is an ordinary word too counts unless what stands around it says that the word is meant.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA

from bot.analysis.forms import bare, base, fold, is_cyrillic, is_ending, is_form, sound
from bot.analysis.ordinary import is_ordinary, means_the_word

SHORTEST_SOUND: Final = 5  # letters; shorter names are found in their own alphabet and aliases only
SHORTEST_TYPO: Final = 7  # letters; in shorter names a slip makes another word too easily
TWO_SLIPS: Final = 10  # letters
MOST_TEXT: Final = 8000  # characters; what follows is no longer what the message is about

_RUN: Final = re.compile(r"[^\W_]+")
_HIDDEN: Final = re.compile(
    r"```.*?```|`[^`\n]*`"  # code
    r"|<(?:[@#!])[^>]*>"  # people, channels, groups
    r"|<[a-z]+:[^>]*>"  # links as Slack writes them, with what they are called
    # Each begins where nothing of its kind stands before: one endless word costs no square of its length.
    r"|(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{0,30}://\S+|www\.\S+"
    r"|(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+"
    # acme.com, report.pdf
    r"|(?<![\w@.-])[\w-]{1,63}(?:\.[\w-]{1,63})*\.[a-z]{2,}(?:/\S*)?(?![\w])"
    r"|(?<![\w.-])(?:[\w.-]{1,100})?[/\\][\w.-]+[/\\]\S*"  # paths
    r"|(?<!\w)\w{0,100}_\w+|#\w+",  # names_in_programs, #channels
    re.IGNORECASE | re.DOTALL,
)
_DOMAIN: Final = re.compile(
    r"(?:<https?://[^|>\s/]+\|)?(?<![\w-])((?:[\w-]{1,63}\.)+[a-z]{2,})(?:>)?", re.IGNORECASE
)
_JOINT: Final = re.compile(r"[ \t\-‐‑–&+.'’]{0,3}")
_SENTENCE_END: Final = re.compile(r"[.!?…:;\n(\"«“–—]\s*$")


@dataclass(frozen=True)
class Entry:
    """A line of a bridge's lists."""

    kind: str  # competitor · customer · product
    name: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mention:
    """A name of the lists, and where it stands in the text."""

    kind: str
    name: str
    start: int
    end: int


@dataclass(frozen=True)
class Run:
    """Letters and digits without anything between them."""

    written: str
    word: str  # folded
    start: int
    end: int


@dataclass(frozen=True)
class _Spelling:
    words: tuple[str, ...]
    entry: Entry


class Lists:
    """A bridge's lists, ready to be looked for."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = tuple(entries)
        self._domains: dict[str, Entry] = {}
        self._by_beginning: dict[str, list[_Spelling]] = defaultdict(list)
        self._by_sound: dict[str, list[_Spelling]] = defaultdict(list)
        self._long: dict[str, list[_Spelling]] = defaultdict(list)
        for entry in entries:
            for spelling in dict.fromkeys((entry.name, *entry.aliases)):
                self._learn(entry, spelling)

    def _learn(self, entry: Entry, spelling: str) -> None:
        if _DOMAIN.fullmatch(spelling):
            self._domains.setdefault(spelling.casefold(), entry)
            return
        words = tuple(run.word for run in runs(spelling, hides=False))
        if not words:
            return
        known = _Spelling(words, entry)
        self._by_beginning[words[0][:2]].append(known)
        joined = "".join(words)
        if len(words) > 1:
            self._by_beginning[joined[:2]].append(_Spelling((joined,), entry))
        if joined.isalpha() and len(words) == 1:
            if len(joined) >= SHORTEST_SOUND:
                self._by_sound[sound(base(joined))].append(known)
            if len(joined) >= SHORTEST_TYPO:
                self._long[joined[0]].append(known)

    def find(self, text: str) -> list[Mention]:
        """The mentions in the order of the text; of overlapping ones the longest."""
        text = text[:MOST_TEXT]
        found = [
            Mention(entry.kind, entry.name, one.start(1), one.end(1))
            for one in _DOMAIN.finditer(text)
            if (entry := self._domains.get(one.group(1).casefold())) and _stands_alone(text, one)
        ]
        there = runs(text)
        at = 0
        while at < len(there):
            taken = self._at(text, there, at)
            if taken is None:
                at += 1
                continue
            entry, count = taken
            first, last = there[at], there[at + count - 1]
            found.append(Mention(entry.kind, entry.name, first.start, last.end))
            at += count
        return sorted(found, key=lambda mention: mention.start)

    def _at(self, text: str, there: Sequence[Run], at: int) -> tuple[Entry, int] | None:
        """The entry that is named from this run on, and by how many runs."""
        best: tuple[int, _Spelling] | None = None
        for spelling in self._by_beginning.get(there[at].word[:2], ()):
            count = len(spelling.words)
            if _matches(text, there, at, spelling.words) and (best is None or count > best[0]):
                best = (count, spelling)
        if best is None and (apart := self._written_apart(text, there, at)):
            best = (2, apart)
        if best is None:
            spoken = self._by_sound_or_slip(text, there, at)
            best = (1, spoken) if spoken else None
        if best is None:
            return None
        count, known = best
        if count == 1 and len(known.words) == 1 and _is_the_word(text, there, at, known.words[0]):
            return None
        return known.entry, count

    def _written_apart(self, text: str, there: Sequence[Run], at: int) -> _Spelling | None:
        """`Termo box` for TermoBox."""
        pair = there[at : at + 2]
        if len(pair) < 2 or min(len(one.word) for one in pair) < 3:
            return None
        joined = pair[0].word + pair[1].word
        if len(joined) < SHORTEST_TYPO or text[pair[0].end : pair[1].start] not in (" ", "-"):
            return None
        for known in self._by_beginning.get(joined[:2], ()):
            if len(known.words) == 1 and is_form(joined, known.words[0]):
                return known
        return None

    def _by_sound_or_slip(self, text: str, there: Sequence[Run], at: int) -> _Spelling | None:
        run = there[at]
        if len(run.word) < SHORTEST_SOUND or not run.word.isalpha() or _is_within(text, run):
            return None
        if is_ordinary(run.word):
            return None
        candidates = bare(run.word) if is_cyrillic(run.word) else _without_plural(run.word)
        for candidate in candidates:
            for known in self._by_sound.get(sound(candidate), ()):
                if is_cyrillic(candidate) != is_cyrillic(known.words[0]) or len(candidate) > 6:
                    return known
        for candidate in candidates:
            for known in self._long.get(candidate[0], ()):
                name = known.words[0] if candidate == run.word else base(known.words[0])
                if _is_slip(candidate, name):
                    return known
        return None


def runs(text: str, *, hides: bool = True) -> list[Run]:
    """The words of a text with their places, without links, addresses and code."""
    shown = _HIDDEN.sub(lambda found: " " * len(found.group()), text) if hides else text
    return [Run(found.group(), fold(found.group()), *found.span()) for found in _RUN.finditer(shown)]


def _stands_alone(text: str, found: re.Match[str]) -> bool:
    before, after = text[: found.start(1)][-1:], text[found.end(1) :][:1]
    return before not in {"@", ".", "/", "-"} and after not in {"/", "@", "-"}


def _matches(text: str, there: Sequence[Run], at: int, words: Sequence[str]) -> bool:
    if at + len(words) > len(there):
        return False
    for nth, word in enumerate(words):
        run = there[at + nth]
        # Case endings stand at every word (`Молочного края`), but in foreign names at the last only.
        if not (
            run.word == word or is_form(run.word, word, is_part=len(words) > 1) or _mixed(run.word, word)
        ):
            return False
        if nth and not _JOINT.fullmatch(text[there[at + nth - 1].end : run.start]):
            return False
    first, last = there[at], there[at + len(words) - 1]
    if len(words) == 1 and len(words[0]) <= 2 and first.word.isalpha():
        # `DB`, not `db` or `Db`: two letters are a name in capitals only
        return first.written.isupper() and not _is_within(text, first)
    return not _is_within(text, Run("", "", first.start, last.end), ending_of=words[-1])


def _mixed(written: str, name: str) -> bool:
    """`forgeом`: a Latin name with a Russian ending."""
    return (
        written.startswith(name)
        and not is_cyrillic(name)
        and is_cyrillic(written[len(name) :])
        and is_ending(written[len(name) :], name)
    )


def _is_within(text: str, run: Run, *, ending_of: str | None = None) -> bool:
    """Whether a hyphen ties the run to another word, which is then the one that is meant."""
    before = re.search(r"([^\W_]+)[-‐‑]$", text[: run.start][-40:])
    after = re.match(r"[-‐‑'’]([^\W_]+)", text[run.end :][:40])
    if after and ending_of and (fold(after[1]) in {"s"} or is_ending(fold(after[1]), ending_of)):
        after = None
    if after and text[run.end] in "'’":
        after = None
    is_named = text[run.start].isupper()
    return bool((before or after) and not is_named)


def _without_plural(word: str) -> list[str]:
    return [word, word[:-1]] if word.endswith("s") and not word.endswith("ss") else [word]


def _is_slip(written: str, name: str) -> bool:
    """Whether a slip of the finger, or in a very long name two, turn the name into what is written."""
    if len(name) < SHORTEST_TYPO - 1 or is_cyrillic(written) != is_cyrillic(name):
        return False
    allowed = 2 if len(name) >= TWO_SLIPS else 1
    return OSA.distance(written, name, score_cutoff=allowed) <= allowed


def _is_the_word(text: str, there: Sequence[Run], at: int, name: str) -> bool:
    """Whether the ordinary word is meant that the name is as well."""
    run = there[at]
    if not is_ordinary(name):
        return False
    begins = at == 0 or bool(_SENTENCE_END.search(text[: run.start]))
    if run.written[0].isupper() and not run.written.isupper() and not begins:
        return means_the_word(name, there, at, capital=True)
    if run.written.islower() and _keeps_capitals(there):
        return True
    return means_the_word(name, there, at, capital=False)


def _keeps_capitals(there: Sequence[Run]) -> bool:
    """Whether the writer sets capitals at names: one within the text, and one at its beginning."""
    if len(there) < 4 or not there[0].written[0].isupper():
        return False
    return any(run.written[0].isupper() and not run.written.isupper() for run in there[1:])


@lru_cache(maxsize=64)
def lists_of(entries: tuple[Entry, ...]) -> Lists:
    """The lists, made ready once for as long as they stay the same."""
    return Lists(entries)


def mentioned(mentions: Iterable[Mention], kind: str) -> list[str]:
    """The names of one kind, each once, in the order of the text."""
    return list(dict.fromkeys(one.name for one in mentions if one.kind == kind))
