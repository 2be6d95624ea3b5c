"""The language of searches: words, "phrases", beginnings* and filters such as `status:new`. Pure.

`/insight search`, `/insight export` and the filter of lists all read it with `parse_query`.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

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
    rf"|(?<!\S)(?P<urgent>{'|'.join(_URGENT)})(?!\S)",
    re.IGNORECASE,
)
_MENTION: Final = re.compile(r"(?P<colon>:\s?)<@(?P<id>[UW][A-Z0-9]+)(?:\|[^<>\n]*)?>")
_MARKS: Final = '"“”„«»'


@dataclass(frozen=True)
class Filter:
    """One filter; several of a kind are alternatives."""

    kind: Kind
    value: str  # as typed, without quotes; empty where none was


@dataclass(frozen=True)
class Asked:
    """What is looked for: words that all occur, and filters that all hold."""

    words: str
    filters: tuple[Filter, ...] = ()

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
    words, filters, at = [], [], 0
    for part in _PART.finditer(text):
        if part["phrase"]:
            continue
        words.append(text[at : part.start()])
        at = part.end()
        if part["urgent"]:
            filters.append(Filter(Kind.URGENT, ""))
        else:
            kind = _NAMES[part["name"].casefold()]
            filters += [Filter(kind, value) for value in _values(part["value"])]
    words.append(text[at:])
    return Asked(" ".join("".join(words).split()), tuple(dict.fromkeys(filters)))


def _values(written: str) -> list[str]:
    """`new,done` are two; in quotes a comma is part of the name."""
    sign, bare = ("@", written[1:]) if written.startswith("@") else ("", written)
    if bare[:1] in _MARKS and bare:
        return [sign + " ".join(bare.strip(_MARKS).split())]
    return [one for one in written.split(",") if one] or [""]


def plain_query(slack_text: str) -> str:
    """A query as Slack sends it, as plain text; people in filters stay recognisable by their ids."""
    return slacktext.plain(_MENTION.sub(r"\g<colon>@\g<id>", slack_text), {})
