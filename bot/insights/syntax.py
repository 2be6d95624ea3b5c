"""The `/insight` line: a forgiving short syntax, read into a value. Never raises."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class CategoryName:
    """A category's key and everything a person may call it by, the emoji's name included."""

    key: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class OpenForm:
    """Nothing was typed: the form."""


@dataclass(frozen=True)
class Help:
    """`help` alone."""


@dataclass(frozen=True)
class ListRecent:
    """`list` or `mine` alone."""

    mine: bool


@dataclass(frozen=True)
class Search:
    """`search …`."""

    query: str


@dataclass(frozen=True)
class About:
    """`about …`: what is known of a competitor or customer."""

    name: str


@dataclass(frozen=True)
class Export:
    """`export …`."""

    arguments: str


@dataclass(frozen=True)
class Store:
    """An insight."""

    text: str
    category: str | None = None
    customer: str | None = None


@dataclass(frozen=True)
class Incomplete:
    """A category or customer, and nothing to store."""


Command = OpenForm | Help | ListRecent | Search | About | Export | Store | Incomplete

WHOLE: Final[dict[str, Command]] = {
    "list": ListRecent(mine=False),
    "список": ListRecent(mine=False),
    "mine": ListRecent(mine=True),
    "мои": ListRecent(mine=True),
    "help": Help(),
    "помощь": Help(),
    "справка": Help(),
}
SEARCH: Final = frozenset({"search", "найти", "поиск"})
ABOUT: Final = "about"
EXPORT: Final = frozenset({"export", "экспорт"})

SHORTEST_PREFIX: Final = 4  # letters of a category's name that are enough, where they fit one only

_QUOTES = {"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‟": '"'}
_CUSTOMER = re.compile(r'(?<![\w<&#])#(?:"([^"]+)"|([^\W\d_][\w.&+-]*|\d+[^\W\d_][\w.&+-]*))')
_HEAD = re.compile(
    r"\s*(?::(?P<emoji>[\w+'-]+):|(?P<word>[^\W\d_][\w -]{0,38}?))\s*(?P<mark>[:：—–-]|\s)\s*(?P<rest>.*)",
    re.S,
)


def parse(line: str, categories: Sequence[CategoryName]) -> Command:
    """Read a line. Reserved words count as the whole line (`list`) or its first word (`search`); all else is
    an insight."""
    line = line.strip()
    if not line:
        return OpenForm()
    whole = WHOLE.get(line.lower())
    if whole is not None:
        return whole
    first, _, rest = line.partition(" ")
    rest = rest.strip()
    if first.lower() in SEARCH:
        return Search(rest)
    if first.lower() == ABOUT:
        return About(rest)
    if first.lower() in EXPORT:
        return Export(rest)
    return _insight(line, categories)


def _insight(line: str, categories: Sequence[CategoryName]) -> Command:
    category, text = _category(line, categories)
    customer, text = _customer(text)
    text = text.strip()
    if not text:
        return Incomplete()
    return Store(text, category, customer)


def _category(line: str, categories: Sequence[CategoryName]) -> tuple[str | None, str]:
    match = _HEAD.fullmatch(line)
    if match is None:
        return _bare_category(line, categories), line if _bare_category(line, categories) is None else ""
    if match["emoji"]:
        key = _named(match["emoji"], categories, by_prefix=False)
        return (key, match["rest"]) if key else (None, line)
    # A mere space after the word is not enough: "market prices fall" is a sentence.
    mark = match["mark"]
    is_dash = mark in "—–-" and line[match.start("mark") - 1 : match.start("mark")].isspace()
    if not (mark in ":：" or is_dash):
        return None, line
    key = _named(match["word"], categories, by_prefix=True)
    return (key, match["rest"]) if key else (None, line)


def _bare_category(line: str, categories: Sequence[CategoryName]) -> str | None:
    """`competitor:` and nothing after it."""
    match = re.fullmatch(r"\s*:?([^\W\d_][\w -]*):\s*", line)
    return _named(match.group(1), categories, by_prefix=True) if match else None


def _named(word: str, categories: Iterable[CategoryName], *, by_prefix: bool) -> str | None:
    word = word.strip().lower()
    exact = {one.key for one in categories if word in (name.lower() for name in one.names)}
    if len(exact) == 1:
        return exact.pop()
    if exact or not by_prefix or len(word) < SHORTEST_PREFIX:
        return None
    near = {one.key for one in categories if any(name.lower().startswith(word) for name in one.names)}
    return near.pop() if len(near) == 1 else None


def _customer(text: str) -> tuple[str | None, str]:
    """The first `#Name`. At either end it is a tag and goes; inside a sentence its name stays as a word."""
    straight = "".join(_QUOTES.get(letter, letter) for letter in text)
    match = _CUSTOMER.search(straight)
    if match is None:
        return None, text
    name = (
        text[match.start(1) : match.end(1)]
        if match[1]
        else text[match.start(2) : match.end(2)].rstrip(".&+-")
    )
    end = match.end() if match[1] else match.start(2) + len(name)
    before, after = text[: match.start()], text[end:]
    if not before.strip():
        return name.strip(), after.lstrip(" ,:;")
    if not after.strip(" .!?"):
        return name.strip(), before.rstrip() + after.strip()
    return name.strip(), before + name + after
