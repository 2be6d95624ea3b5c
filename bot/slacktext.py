"""Stored text shown again is inert (promise 6): it notifies nobody, formats nothing, keeps Slack's limits.

Message text comes from Slack as mrkdwn with `&amp; &lt; &gt;` escapes, mentions such as `<@U1>`, `<#C1|name>`,
`<!subteam^S1|@group>`, `<!channel>`, links `<https://…|label>`, and emoji codes
(docs.slack.dev/messaging/formatting-message-text).
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from slack_sdk.models.blocks import RichTextBlock, RichTextElementParts, RichTextQuoteElement
from slack_sdk.models.blocks.block_elements import RichTextElement

JOINER: Final = "\u2060"  # word joiner: invisible, and keeps marks from meaning something

_TAG = re.compile(r"<([^<>\n]{1,3000})>")
_EMOJI = re.compile(r":([a-z0-9_+'-]{1,100})(?:::skin-tone-([2-6]))?:")
_ENDS = re.compile(r"[.!?…]+[»”\"')\]]*\s+|\n+")


@dataclass(frozen=True)
class Text:
    """Literal text, unescaped."""

    text: str


@dataclass(frozen=True)
class Emoji:
    """An emoji by its name."""

    name: str
    skin_tone: int | None = None


@dataclass(frozen=True)
class Link:
    """An address, and what it is called, if anything."""

    url: str
    label: str = ""


@dataclass(frozen=True)
class Mention:
    """Someone or something that Slack would notify or link: user, channel, group or broadcast."""

    kind: str
    id: str
    name: str = ""


Span = Text | Emoji | Link | Mention


def escape(text: str) -> str:
    """Text as Slack wants it: the three characters that mean something to it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """Text as a person wrote it."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def parse(text: str) -> tuple[Span, ...]:
    """What a message's text is made of. Takes any text."""
    spans: list[Span] = []
    at = 0
    for match in _TAG.finditer(text):
        spans += _words(text[at : match.start()])
        spans.append(_tag(match.group(1)))
        at = match.end()
    return (*spans, *_words(text[at:]))


def _words(text: str) -> list[Span]:
    spans: list[Span] = []
    at = 0
    for match in _EMOJI.finditer(text):
        if match.group(1).isdigit():  # a time of day: 12:30:45
            continue
        if match.start() > at:
            spans.append(Text(unescape(text[at : match.start()])))
        spans.append(Emoji(match.group(1), int(match.group(2)) if match.group(2) else None))
        at = match.end()
    if at < len(text):
        spans.append(Text(unescape(text[at:])))
    return spans


def _tag(inside: str) -> Span:
    body, _, label = inside.partition("|")
    label = unescape(label)
    if body.startswith("@"):
        return Mention("user", body[1:], label)
    if body.startswith("#"):
        return Mention("channel", body[1:], label)
    if body.startswith("!subteam^"):
        return Mention("group", body.removeprefix("!subteam^"), label)
    if body.startswith("!date^"):
        return Text(label or body.split("^")[1])
    if body.startswith("!"):
        return Mention("broadcast", body[1:], label)
    return Link(unescape(body), label)


def _name(mention: Mention, names: Mapping[str, str]) -> str:
    """What a person reads where a mention stood."""
    known = names.get(mention.id) or mention.name
    if mention.kind == "channel":
        return "#" + (known or mention.id).lstrip("#")
    if mention.kind == "broadcast":
        return "@" + mention.id.split("^")[0]
    return "@" + (known or mention.id).lstrip("@")


def plain(text: str, names: Mapping[str, str]) -> str:
    """What a person reads: for search, files and stems."""
    return "".join(_plain(span, names) for span in parse(text))


def _plain(span: Span, names: Mapping[str, str]) -> str:
    match span:
        case Text():
            return span.text
        case Emoji():
            return f":{span.name}:"
        case Link():
            bare = span.url.removeprefix("mailto:")
            return f"{span.label} ({bare})" if span.label and span.label != bare else bare
        case Mention():
            return _name(span, names)


def inert_mrkdwn(text: str, names: Mapping[str, str], limit: int) -> str:
    """A text for mrkdwn fields and fallbacks, at most `limit` characters: notifies nobody, formats nothing."""
    words = shorten(" ".join(plain(text, names).split()), limit)
    while True:
        inert = _inert(words)
        if len(inert) <= limit:
            return inert
        words = shorten(words, len(words) - max(1, (len(inert) - limit) // 5))


def _inert(words: str) -> str:
    # A mark means something at a word's edge only; an invisible letter beside it takes that away.
    without_marks = re.sub(r"([*_~`])", rf"{JOINER}\1{JOINER}", escape(words))
    without_marks = re.sub(r":(?=[a-z0-9_+'-]+:)", f":{JOINER}", without_marks)
    return re.sub(r"@(?=\w)", f"@{JOINER}", without_marks)


def quote(text: str, names: Mapping[str, str], limit: int) -> RichTextBlock:
    """The text as a quote in rich text, whose parts Slack takes literally."""
    return RichTextBlock(elements=[RichTextQuoteElement(elements=rich_text_elements(text, names, limit))])


def rich_text_elements(text: str, names: Mapping[str, str], limit: int) -> list[RichTextElement]:
    """Literal text, emoji and web links, together at most `limit` characters; mentions become text."""
    parts: list[RichTextElement] = []
    left = limit
    for span in _joined(text, names):
        shown = _plain(span, names)
        if left <= 0:
            break
        if len(shown) > left:
            parts.append(RichTextElementParts.Text(text=shorten(shown, left)))
            break
        left -= len(shown)
        parts.append(_part(span, shown))
    return parts or [RichTextElementParts.Text(text="…")]


def _joined(text: str, names: Mapping[str, str]) -> list[Span]:
    """The spans with neighbouring text in one piece, so that it is shortened in one."""
    joined: list[Span] = []
    for span in parse(text):
        is_text = isinstance(span, (Text, Mention)) or (isinstance(span, Link) and not _is_web(span))
        if not is_text:
            joined.append(span)
            continue
        words = _plain(span, names)
        last = joined[-1] if joined else None
        if isinstance(last, Text):
            joined[-1] = Text(last.text + words)
        elif words:
            joined.append(Text(words))
    return joined


def _is_web(link: Link) -> bool:
    return bool(re.match(r"https?://[^\s]{1,2900}$", link.url))


def _part(span: Span, shown: str) -> RichTextElement:
    if isinstance(span, Emoji):
        return RichTextElementParts.Emoji(name=span.name, skin_tone=span.skin_tone)
    if isinstance(span, Link):
        return RichTextElementParts.Link(url=span.url, text=span.label or None)
    return RichTextElementParts.Text(text=shown)


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters, cut at the end of a sentence or word where one is near, with "…"."""
    if len(text) <= limit:
        return text
    if limit <= 1:
        return "…"[:limit]
    end = _cut(text, limit - 1)
    return text[:end].rstrip() + "…"


def split(text: str, limit: int) -> list[str]:
    """Pages of at most `limit` characters, cut where sentences or words end; only space is lost."""
    pages = []
    rest = text.strip()
    while len(rest) > limit:
        end = _cut(rest, limit)
        pages.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [*pages, rest] if rest else pages


def _cut(text: str, most: int) -> int:
    """Where to cut within the first `most` characters: never inside a character as a person sees it."""
    ends = [match.end() for match in _ENDS.finditer(text, 0, most + 1) if match.end() <= most]
    if ends and ends[-1] >= most * 0.6:
        return ends[-1]
    space = max(text.rfind(" ", 0, most + 1), text.rfind("\n", 0, most + 1))
    if space >= most * 0.5:
        return space
    end = most
    while end > 1 and _sticks(text, end):
        end -= 1
    return end if end > 1 else most


def _sticks(text: str, at: int) -> bool:
    """Whether the character at `at` belongs to the one before it: marks, joined emoji, flags, skin tones."""
    here, before = text[at], text[at - 1]
    return (
        unicodedata.combining(here) != 0
        or unicodedata.category(here) in {"Mn", "Me"}
        or here in "\u200d\ufe0f"
        or before == "\u200d"
        or "\U0001f3fb" <= here <= "\U0001f3ff"
        or ("\U0001f1e6" <= here <= "\U0001f1ff" and "\U0001f1e6" <= before <= "\U0001f1ff")
    )
