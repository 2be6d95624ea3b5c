"""Words and their stems for full-text search, made in Python so that both databases give the same answers.

A stem holds letters and digits only: both full-text engines then take it as one word.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, takewhile
from typing import Final

import snowballstemmer

LONGEST: Final = 64  # characters of a word and of its stem; more is a web address or noise
_APOSTROPHES: Final = frozenset("'’ʼ＇`´")
_JOINTS: Final = _APOSTROPHES | frozenset("-‐‑–.,:_&+")  # keep parts of one word together in a query
_QUOTES: Final = {'"': '"', "“": '”„“"', "”": "”", "„": '“”"', "«": "»", "＂": "＂"}


@dataclass(frozen=True)
class Token:
    """A word and where it stands: `text[start:end]` is how it was written."""

    word: str  # lower case, NFKC, ё as е
    stem: str
    start: int
    end: int


@dataclass(frozen=True)
class Term:
    """A stem to be found; with `prefix`, anything that begins with it."""

    stem: str
    prefix: bool = False


@dataclass(frozen=True)
class Query:
    """What is searched for: all terms, and all phrases as neighbouring stems."""

    terms: tuple[Term, ...]
    phrases: tuple[tuple[str, ...], ...]


def tokens(plain_text: str) -> list[Token]:
    """The words of a text, without Slack's markup, in order. Never raises."""
    return [
        Token(word, _stem(word), start, end)
        for start, end in _runs(plain_text)
        for word in _words(plain_text[start:end])
    ]


def stems(text: str) -> list[str]:
    """The stems of a text without Slack's markup, in the order of its words."""
    return [token.stem for token in tokens(text)]


def query(text: str) -> Query:
    """Read what a person types into a search. Never raises.

    Words in quotes, and the parts of a word such as `O'Brien` or `2.5`, are a phrase; `price*` finds all that
    begins so.
    """
    terms: list[Term] = []
    phrases: list[tuple[str, ...]] = []
    for part, is_quoted in _quoted(text):
        if is_quoted:
            _add(tokens(part), terms, phrases)
            continue
        for word in _chunks(part):
            _add(word, terms, phrases, is_prefix=part.startswith("*", word[-1].end))
    return Query(tuple(dict.fromkeys(terms)), tuple(dict.fromkeys(phrases)))


def _add(
    words: list[Token], terms: list[Term], phrases: list[tuple[str, ...]], *, is_prefix: bool = False
) -> None:
    if is_prefix:
        # The index holds stems, so what is asked must begin a stem too: `скидка*` asks for `скидк`.
        last = words[-1]
        terms.append(Term(_common_beginning(last.word, last.stem) or last.stem, prefix=True))
        words = words[:-1]
    if len(words) == 1:
        terms.append(Term(words[0].stem))
    elif words:
        phrases.append(tuple(word.stem for word in words))


def _common_beginning(one: str, other: str) -> str:
    same = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    return "".join(letter for letter, _ in same)


def _chunks(text: str) -> Iterator[list[Token]]:
    """Words, those together that only a joint parts."""
    chunk: list[Token] = []
    for token in tokens(text):
        if chunk and not _is_joint(text[chunk[-1].end : token.start]):
            yield chunk
            chunk = []
        chunk.append(token)
    if chunk:
        yield chunk


def _is_joint(between: str) -> bool:
    return between == "" or (len(between) == 1 and between in _JOINTS)


def _quoted(text: str) -> Iterator[tuple[str, bool]]:
    """The text in parts, and whether each stood in quotes. A quote that nothing closes opens nothing."""
    start = at = 0
    while at < len(text):
        closing = _QUOTES.get(text[at], "")
        ends = [found for mark in closing if (found := text.find(mark, at + 1)) >= 0]
        if ends:
            yield text[start:at], False
            yield text[at + 1 : min(ends)], True
            start = at = min(ends)
            start += 1
        at += 1
    yield text[start:], False


def _runs(text: str) -> list[tuple[int, int]]:
    """Where runs of letters and digits stand, without the possessive `'s`."""
    found: list[tuple[int, int]] = []
    at = 0
    for is_word, letters in groupby(_joined(text)):
        end = at + sum(1 for _ in letters)
        if is_word and not _is_possessive(text, at, end, found):
            found.append((at, end))
        at = end
    return found


def _joined(text: str) -> Iterator[bool]:
    """For each character, whether it belongs to a word: a mark or an invisible sign does after a letter."""
    inside = False
    for character in text:
        kind = unicodedata.category(character)
        inside = kind[0] in "LN" or (inside and (kind[0] == "M" or kind == "Cf"))
        yield inside


def _is_possessive(text: str, start: int, end: int, before: list[tuple[int, int]]) -> bool:
    return (
        text[start:end] in ("s", "S")
        and text[start - 1 : start] in _APOSTROPHES
        and bool(before)
        and before[-1][1] == start - 1
    )


def _words(written: str) -> list[str]:
    """The run in its normal form, at most 64 characters; a sign such as ½ becomes several words."""
    normal = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", written).lower()).replace("ё", "е")
    kinds = ((character, unicodedata.category(character)) for character in normal)
    kept = "".join(
        character if kind[0] in "LN" else "" if kind[0] == "M" or kind == "Cf" else " "
        for character, kind in kinds
    )
    return [word[:LONGEST] for word in kept.split()]


@lru_cache(maxsize=16384)
def _stem(word: str) -> str:
    """The stem, in the language of the word's script: Cyrillic as Russian, Latin as English."""
    scripts = {unicodedata.name(letter, "").partition(" ")[0] for letter in word}
    if "CYRILLIC" in scripts:
        language = "russian"
    elif "LATIN" in scripts:
        language = "english"
    else:
        return word
    # A stemmer keeps the word it works on: one for each call, so that threads do not meet in it.
    stem = str(snowballstemmer.stemmer(language).stemWord(word))
    return "".join(letter for letter in stem if unicodedata.category(letter)[0] in "LN")[:LONGEST] or word
