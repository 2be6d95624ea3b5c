"""Words and stems for full-text search, English and Russian, made alike when writing and when asking."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import snowballstemmer

LONGEST: Final = 64  # characters of a token; longer runs are no words

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_PHRASE = re.compile('["“”„«]([^"“”„«»]*)["“”»]')
_RUSSIAN = snowballstemmer.stemmer("russian")
_ENGLISH = snowballstemmer.stemmer("english")


@dataclass(frozen=True)
class Token:
    """A word where it stands in the text (after normalisation), and its stem."""

    word: str
    stem: str
    start: int
    end: int


@dataclass(frozen=True)
class Term:
    """One stem that is asked for; `prefix`: whatever begins with it."""

    stem: str
    prefix: bool = False


@dataclass(frozen=True)
class Query:
    """What is asked for: all terms and all phrases."""

    terms: tuple[Term, ...]
    phrases: tuple[tuple[str, ...], ...]


def normalise(text: str) -> str:
    """Compatibility forms folded, lower case, ё as е."""
    return unicodedata.normalize("NFKC", text).lower().replace("ё", "е")


def tokens(text: str) -> list[Token]:
    """The words of a plain text, in order."""
    found = []
    for match in _WORD.finditer(normalise(text)):
        word = match.group()
        if len(word) <= LONGEST:
            found.append(Token(word, stem(word), match.start(), match.end()))
    return found


def stems(text: str) -> list[str]:
    """The stems of a plain text, in the order of its words."""
    return [token.stem for token in tokens(text)]


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem of a normalised word; the language goes by the script, numbers stay."""
    word = re.sub(r"['’]s?$|['’]", "", word) if re.search(r"['’]s?$", word) else word.replace("’", "'")
    if not word:
        return word
    if "а" <= word[0] <= "я":
        return str(_RUSSIAN.stemWord(word))
    if "a" <= word[0] <= "z":
        return str(_ENGLISH.stemWord(word)).replace("'", "")
    return word.replace("'", "")


def query(text: str) -> Query:
    """Read what a person asks for: words, "quoted phrases" of any kind of quotes, beginnings* of words."""
    text = normalise(text)
    phrases = tuple(tuple(stems(match.group(1))) for match in _PHRASE.finditer(text))
    rest = _PHRASE.sub(" ", text)
    terms = []
    for match in _WORD.finditer(rest):
        word = match.group()
        if len(word) > LONGEST:
            continue
        is_prefix = rest[match.end() : match.end() + 1] == "*"
        terms.append(Term(word.replace("'", "").replace("’", ""), True) if is_prefix else Term(stem(word)))
    return Query(tuple(dict.fromkeys(terms)), tuple(phrase for phrase in phrases if phrase))
