"""What a line after `/insight` means. Pure and total: whatever is typed, there is an answer.

Only whole texts and first words are commands, so that as little as possible is mistaken for one; all else is
an insight, with a category in front and a customer as a tag where the person names them.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot import slacktext, stems

LONGEST_CUSTOMER: Final = 200  # characters; a longer one in quotes is text
SHORTEST_PREFIX: Final = 4  # letters of a category's name
LONGEST_CATEGORY: Final = 80  # characters looked up as one


@dataclass(frozen=True)
class CategoryName:
    """A category's key, and all that a person may call it in any language.

    Its emoji counts as `:gear:` only: «Gear: came broken» names no category.
    """

    key: str
    names: tuple[str, ...]
    emoji: str = ""  # without colons


@dataclass(frozen=True)
class OpenForm:
    """Nothing typed: the form."""


@dataclass(frozen=True)
class Help:
    """How Frontline is used."""


@dataclass(frozen=True)
class ListRecent:
    """The latest insights, or the person's own."""

    mine: bool


@dataclass(frozen=True)
class Search:
    """Full-text search; the query as typed, perhaps empty."""

    query: str


@dataclass(frozen=True)
class About:
    """What is known of a customer or competitor; the name as plain text, perhaps empty."""

    name: str


@dataclass(frozen=True)
class Export:
    """The rest of the line, as typed."""

    args: str


@dataclass(frozen=True)
class Store:
    """An insight: its text as Slack sent it, a category's key, a customer's name as plain text."""

    text: str
    category: str | None = None
    customer: str | None = None


class Reason(StrEnum):
    """What an insight without text consists of."""

    ONLY_CATEGORY = "only_category"
    ONLY_CUSTOMER = "only_customer"
    ONLY_BOTH = "only_both"


@dataclass(frozen=True)
class Incomplete:
    """A category or customer was named, but nothing said."""

    reason: Reason


Command = OpenForm | Help | ListRecent | Search | About | Export | Store | Incomplete

_WHOLE: Final[dict[str, Command]] = {
    "help": Help(),
    "помощь": Help(),
    "справка": Help(),
    "list": ListRecent(mine=False),
    "список": ListRecent(mine=False),
    "mine": ListRecent(mine=True),
    "мои": ListRecent(mine=True),
}
# «о» and «про» begin too many insights to be commands.
_SEARCH: Final = frozenset({"search", "поиск", "найти"})
_EXPORT: Final = frozenset({"export", "экспорт"})

# Pasted text brings spaces without width too.
_BLANKS: Final = "".join(filter(str.isspace, map(chr, range(0x3001)))) + "\u200b\u2060\ufeff"
_SEPARATOR: Final = r"(?:\s*[:：]|\s*[-‐‑–—]+(?=\s|\Z))"  # a hyphen inside a word parts nothing
_AFTER_NAME: Final = re.compile(_SEPARATOR)
_EMOJI_HEAD: Final = re.compile(rf":(?P<name>[\w+'\-]{{1,100}}):(?::skin-tone-[2-6]:)?{_SEPARATOR}?")
_QUOTED: Final = r"«[^»\n]+»|[\"“”„][^\"“”„\n]+[\"“”]|[‘'][^‘’'\n]+[’']"
_LETTER: Final = r"[\w\u0300-\u036f]"  # marks too: not every keyboard composes й and é
_JOINT: Final = r"(?:&amp;|&(?!amp;|lt;|gt;)|[.'’/+\-])"
_TAG: Final = re.compile(
    rf"(?<![^\s(\[{{«“„\"‘'])#(?:(?P<quoted>{_QUOTED})|(?P<word>{_LETTER}(?:{_JOINT}*{_LETTER})*\+*))"
)
_AFTER_TAG: Final = re.compile(rf"\A(?:{_SEPARATOR}|,)")
_BEFORE_TAG: Final = re.compile(r"\s[-‐‑–—]+\Z")
_ENTITY: Final = re.compile(r"<[^<>\n]*>")
_CYRILLIC: Final = re.compile("[а-яё]")
_NAME_QUOTES: Final = "\"“”„«»‘’'"


def parse(line: str, categories: Sequence[CategoryName]) -> Command:
    """The meaning of what was typed after `/insight`, for those categories. Never raises."""
    text = line.strip(_BLANKS)
    if not text:
        return OpenForm()
    if whole := _WHOLE.get(text.casefold()):
        return whole
    first, *others = text.split(maxsplit=1)
    rest = others[0] if others else ""
    word = first.casefold()
    if word in _SEARCH:
        return Search(slacktext.plain(rest, {}))
    if word == "about":
        return About(_name(rest))
    if word in _EXPORT:
        return Export(slacktext.plain(rest, {}))
    return _insight(text, categories)


def behind_word(line: str) -> str:
    """What stands behind the command's word, as Slack sent it."""
    _word, *rest = line.strip(_BLANKS).split(maxsplit=1) or [""]
    return rest[0] if rest else ""


def name_behind_word(line: str) -> str:
    """The name that stands behind `about`, as plain text."""
    return _name(behind_word(line))


def category_called(name: str, categories: Sequence[CategoryName]) -> str | None:
    """The key of the one category that may be meant: by its name in any form, its beginning, or its emoji."""
    wanted = _normal(name)
    return _category(wanted, categories) or _by_emoji(wanted, categories)


def _insight(text: str, categories: Sequence[CategoryName]) -> Command:
    category, text = _take_category(text, categories)
    customer, text, was_first = _take_customer(text)
    if category is None and was_first:
        category, text = _take_category(text, categories)
    if _says_something(text) or (category is None and customer is None):
        return Store(text, category, customer)
    if category is not None and customer is not None:
        return Incomplete(Reason.ONLY_BOTH)
    return Incomplete(Reason.ONLY_CUSTOMER if category is None else Reason.ONLY_CATEGORY)


def _says_something(text: str) -> bool:
    """Whether there is more than spaces and punctuation."""
    return any(unicodedata.category(character)[0] not in "CPZ" for character in text)


# --- category ----------------------------------------------------------------------------------------------


def _take_category(text: str, categories: Sequence[CategoryName]) -> tuple[str | None, str]:
    """The category named in front, by its emoji, in words or both, and the text without it."""
    by_emoji = None
    if found := _EMOJI_HEAD.match(text):
        by_emoji = _by_emoji(_normal(found["name"]), categories)
        if by_emoji is None:
            return None, text
        text = text[found.end() :].strip(_BLANKS)
    for name, end in _heads(text):
        in_words = _category(_normal(name), categories)
        if in_words is not None and by_emoji in (None, in_words):
            return in_words, text[end:].strip(_BLANKS)
    return by_emoji, text


def _by_emoji(name: str, categories: Sequence[CategoryName]) -> str | None:
    """The one category with that emoji; a workspace's own emoji may be called like the category."""
    marked = {category.key for category in categories if _normal(category.emoji) == name}
    return _only(marked or _called(name, categories, str.__eq__))


def _heads(text: str) -> list[tuple[str, int]]:
    """What may be a category's name, and where what it heads begins: the longest first, as a name may hold
    a colon or dash itself."""
    line = text[: LONGEST_CATEGORY * 2].partition("\n")[0]
    ends = [end for end in _AFTER_NAME.finditer(line) if 0 < end.start() <= LONGEST_CATEGORY]
    return [(line[: end.start()], end.end()) for end in reversed(ends)]


def _category(name: str, categories: Sequence[CategoryName]) -> str | None:
    """The one category that may be meant: by its name, its singular or plural, or the name's beginning."""
    keys = _called(name, categories, str.__eq__)
    if not keys and len(name) >= SHORTEST_PREFIX:
        keys = _called(name, categories, _is_inflected) or _called(name, categories, _is_beginning)
    return _only(keys)


def _called(name: str, categories: Sequence[CategoryName], is_alike: Callable[[str, str], bool]) -> set[str]:
    """The keys of the categories that have a name like that."""
    return {
        category.key
        for category in categories
        for known in (category.key, *category.names)
        if is_alike(name, _normal(known))
    }


def _only(keys: set[str]) -> str | None:
    return next(iter(keys)) if len(keys) == 1 else None


def _is_inflected(name: str, known: str) -> bool:
    """«Жалоба» for «Жалобы», `request` for `Requests`.

    English gets no stemmer here: to it, `marketing` is a `market`.
    """
    if _CYRILLIC.search(name):
        return stems.stems(name) == stems.stems(known)
    return known in (f"{name}s", name.removesuffix("s"))


def _is_beginning(name: str, known: str) -> bool:
    return known.startswith(name)


def _normal(name: str) -> str:
    return " ".join(slacktext.unescape(name).casefold().replace("ё", "е").split())


# --- customer ----------------------------------------------------------------------------------------------


def _take_customer(text: str) -> tuple[str | None, str, bool]:
    """The first customer tagged, the text without the tag, and whether the tag stood first.

    A tag at either end goes; inside the text its words stay, since a sentence may need them.
    """
    for tag in _tags(text):
        customer = _name(tag[0])
        before, after = text[: tag.start()].rstrip(_BLANKS), text[tag.end() :].lstrip(_BLANKS)
        if not before:
            return customer, _AFTER_TAG.sub("", after).strip(_BLANKS), True
        if not after:
            return customer, _BEFORE_TAG.sub("", before).rstrip(_BLANKS), False
        words = tag["word"] or tag["quoted"][1:-1].strip(_BLANKS)
        return customer, text[: tag.start()] + words + text[tag.end() :], False
    return None, text, False


def _tags(text: str) -> Iterator[re.Match[str]]:
    """Customers' tags. `#142` is an insight, and what stands in Slack's own `<…>` is none of ours."""
    taken = [entity.span() for entity in _ENTITY.finditer(text)]
    for tag in _TAG.finditer(text):
        is_named = tag["quoted"] or any(map(str.isalpha, tag["word"]))
        is_inside = any(start <= tag.start() < end for start, end in taken)
        if is_named and not is_inside and 0 < len(_name(tag[0])) <= LONGEST_CUSTOMER:
            yield tag


def _name(written: str) -> str:
    """A name as plain text, without its sign and the quotes around it."""
    words = slacktext.plain(written, {}).strip(_BLANKS).removeprefix("#").strip(_BLANKS)
    if len(words) > 1 and words[0] in _NAME_QUOTES and words[-1] in _NAME_QUOTES:
        words = words[1:-1]
    return " ".join(words.split())
