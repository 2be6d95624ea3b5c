"""The language of searches: words, "phrases", beginnings* and filters such as `status:new`. Pure.

`/insight search`, `/insight export` and the filter of lists all read it with `parse_query`.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from rapidfuzz.distance import OSA

from bot import slacktext, stems


class Kind(StrEnum):
    """What can be filtered by."""

    CATEGORY = "category"
    STATUS = "status"
    CUSTOMER = "customer"
    COMPETITOR = "competitor"
    PRODUCT = "product"
    FROM = "from"  # author or reporter
    SINCE = "since"
    UNTIL = "until"  # that day included
    BRIDGE = "bridge"
    URGENT = "urgent"  # stands alone, without a value
    FORMAT = "format"  # of an export


_NAMES: Final[dict[str, Kind]] = {
    **{kind.value: kind for kind in Kind if kind is not Kind.URGENT},
    "cat": Kind.CATEGORY,
    "author": Kind.FROM,
    "by": Kind.FROM,
    "after": Kind.SINCE,
    "before": Kind.UNTIL,
    "категория": Kind.CATEGORY,
    "статус": Kind.STATUS,
    "клиент": Kind.CUSTOMER,
    "заказчик": Kind.CUSTOMER,
    "конкурент": Kind.COMPETITOR,
    "продукт": Kind.PRODUCT,
    "товар": Kind.PRODUCT,
    "от": Kind.FROM,
    "автор": Kind.FROM,
    "с": Kind.SINCE,
    "до": Kind.UNTIL,
    "по": Kind.UNTIL,
    "мост": Kind.BRIDGE,
    "формат": Kind.FORMAT,
}
_URGENT: Final = ("urgent", "срочно", "срочные", "срочное")
_QUOTE: Final = r"«[^»\n]*»|[\"“”„][^\"“”„\n]*[\"“”„]"
_PART: Final = re.compile(
    rf"(?P<phrase>{_QUOTE})"
    rf"|(?<!\S)(?P<name>{'|'.join(sorted(_NAMES, key=len, reverse=True))}):\s?(?P<value>@?(?:{_QUOTE})|\S*)"
    rf"|(?<!\S)(?P<urgent>{'|'.join(_URGENT)})(?!\S)"
    # Nearly a filter? Not an address, a time or an emoji.
    rf"|(?<!\S)(?P<odd>[^\W\d_]{{4,12}}):(?=\s?[^\s/\\:])",
    re.IGNORECASE,
)
_MENTION: Final = re.compile(r"(?P<colon>:\s?)<@(?P<id>[UW][A-Z0-9]+)(?:\|[^<>\n]*)?>")
_SHORTEST_SLIP: Final = 4  # letters of a name that can be meant by another word
_SHORT: Final = 5
_MARKS: Final = '"“”„«»'


@dataclass(frozen=True)
class Filter:
    """One filter; several of a kind are alternatives."""

    kind: Kind
    value: str  # as typed, without quotes; empty where none was


@dataclass(frozen=True)
class Slip:
    """What is nearly the name of a filter; it stands among the words, too."""

    typed: str
    meant: str


@dataclass(frozen=True)
class Asked:
    """What is looked for: words that all occur, and filters that all hold."""

    words: str
    filters: tuple[Filter, ...] = ()
    slips: tuple[Slip, ...] = ()

    @property
    def query(self) -> stems.Query:
        """The words as stems."""
        return stems.query(self.words)

    @property
    def is_empty(self) -> bool:
        """Whether it asks for nothing at all."""
        query = self.query
        return not (self.filters or query.terms or query.phrases)

    def values(self, kind: Kind) -> tuple[str, ...]:
        return tuple(one.value for one in self.filters if one.kind is kind)


def parse_query(text: str) -> Asked:
    """Read what was typed, as plain text. Never raises; whether a value makes sense is not known here."""
    words, filters, slips, at = [], [], [], 0
    for part in _PART.finditer(text):
        if part["phrase"]:
            continue
        if part["odd"]:
            meant = _meant(part["odd"].casefold())
            slips += [Slip(part["odd"], meant)] if meant else []
            continue
        words.append(text[at : part.start()])
        at = part.end()
        if part["urgent"]:
            filters.append(Filter(Kind.URGENT, ""))
        else:
            kind = _NAMES[part["name"].casefold()]
            filters += [Filter(kind, value) for value in _values(part["value"])]
    words.append(text[at:])
    return Asked(" ".join("".join(words).split()), tuple(dict.fromkeys(filters)), tuple(slips))


def _meant(typed: str) -> str | None:
    """The filter's name that differs by a slip or two of the finger, as its length allows.

    A short word must begin alike: ordinary words are too near to one another.
    """
    near = [
        (distance, name)
        for name in _NAMES
        if len(name) >= _SHORTEST_SLIP
        and (distance := OSA.distance(typed, name)) <= max(1, len(name) // 4)
        and (len(name) > _SHORT or typed[0] == name[0])
    ]
    return min(near)[1] if near else None


def _values(written: str) -> list[str]:
    """`new,done` are two; in quotes a comma is part of the name."""
    sign, bare = ("@", written[1:]) if written.startswith("@") else ("", written)
    if bare[:1] in _MARKS and bare:
        return [sign + " ".join(bare.strip(_MARKS).split())]
    return [one for one in written.split(",") if one] or [""]


def plain_query(slack_text: str) -> str:
    """A query as Slack sends it, as plain text; people in filters stay recognisable by their ids."""
    return slacktext.plain(_MENTION.sub(r"\g<colon>@\g<id>", slack_text), {})
