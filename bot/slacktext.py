"""Reads Slack's text and shows stored text again so that it is inert (promise 6).

Slack sends mrkdwn: `&amp; &lt; &gt;` for three signs, `<…>` for mentions and links, `:name:` for emoji
(docs.slack.dev/messaging/formatting-message-text). Shown again, nothing of it may notify anyone or format
what stands around it. Nothing here raises, whatever the text.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Final, Literal

from slack_sdk.models.blocks import RichTextBlock, RichTextElement, RichTextElementParts, RichTextQuoteElement

ELLIPSIS: Final = "…"
WORD_JOINER: Final = "\u2060"
LONGEST_URL: Final = 1000  # a longer one would eat the message's room without being shown

MentionKind = Literal["user", "channel", "group", "broadcast"]


@dataclass(frozen=True)
class Style:
    """How a piece of text looks."""

    bold: bool = False
    italic: bool = False
    strike: bool = False
    code: bool = False


PLAIN: Final = Style()


@dataclass(frozen=True)
class Text:
    """Words, unescaped."""

    text: str
    style: Style = PLAIN


@dataclass(frozen=True)
class Emoji:
    """`:name:`, with a skin tone of 2 to 6 or none."""

    name: str
    skin_tone: int | None = None
    style: Style = PLAIN


@dataclass(frozen=True)
class Link:
    """A web or mail address, and what is shown for it."""

    url: str
    label: str | None = None
    style: Style = PLAIN


@dataclass(frozen=True)
class Mention:
    """A person, channel or group; of a broadcast (`channel`, `here`, `everyone`) the id is its word."""

    kind: MentionKind
    id: str
    name: str | None = None  # as Slack wrote it, without @ or #
    style: Style = PLAIN


Span = Text | Emoji | Link | Mention

_ENTITY: Final = r"<[^<>\n]+>"
_EMOJI: Final = (
    r":(?P<emoji>(?=[^:\s]*[^\W\d_]|1234:|100:|[+-]1:)[\w+'\-]{1,100}):(?::skin-tone-(?P<tone>[2-6]):)?"
)


def _pair(name: str, mark: str) -> str:
    """Slack formats between two marks on one line that no letter or digit touches from outside."""
    sign = re.escape(mark)
    body = rf"(?:{_ENTITY}|<(?!{_ENTITY[1:]})|[^{sign}\n<])++"
    return rf"(?<![\w{sign}]){sign}(?=[^\s{sign}])(?P<{name}>{body})(?<=\S){sign}(?![\w{sign}])"


_IN_CODE: Final = re.compile(rf"(?P<entity>{_ENTITY})")
_MARKUP: Final = re.compile(
    "|".join(
        [
            rf"(?P<entity>{_ENTITY})",
            r"(?P<url>https?://[^\s<>]+)",  # its signs are its own
            r"```(?P<block>.+?)```",
            r"(?<![\w`])`(?P<code>[^`\n]+)`(?![\w`])",
            _EMOJI,
            _pair("bold", "*"),
            _pair("italic", "_"),
            _pair("strike", "~"),
        ]
    ),
    re.DOTALL,
)
_MENTION: Final = re.compile(r"(?P<sign>[@#])(?P<id>[A-Z0-9]+)(?:\|(?P<name>.*))?")
_GROUP: Final = re.compile(r"!subteam\^(?P<id>[A-Z0-9]+)(?:\|(?P<name>.*))?")
_BROADCAST: Final = re.compile(r"!(?P<word>channel|here|everyone|group)(?:\|.*)?")
_DATE: Final = re.compile(r"!date\^(?P<ts>\d{1,11})(?:\^[^|]*)?")
_LINK: Final = re.compile(
    r"(?P<url>(?:https?|ftp|slack)://[^\s|]+|(?:mailto|tel):[^\s|]+)(?:\|(?P<label>.*))?"
)
_WEB: Final = re.compile(r"https?://[^\s/?#]+\S*")

# Signs without a picture of their own, and those that turn the direction of all that follows.
_NEWLINES: Final = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_UNSEEN: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def escape(text: str) -> str:
    """Literal text as mrkdwn: Slack asks for these three signs and no other."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """The inverse of `escape`."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def parse(text: str) -> tuple[Span, ...]:
    """What Slack's text consists of. What is no markup is `Text`, literally."""
    return tuple(_merged(_spans(_clean(text), PLAIN)))


def plain(text: str, names: Mapping[str, str]) -> str:
    """What a person reads: mentions as `@Anna`, `#sales`, `@channel`; links as `label (address)`.

    `names` says how people, channels and groups are called, by id.
    """
    return "".join(_written(span, names) for span in parse(text))


def inert_mrkdwn(text: str, names: Mapping[str, str], limit: int) -> str:
    """The text, on one line, for an mrkdwn field or a message's `text`: at most `limit` characters, escaped.

    It notifies nobody and opens or closes no formatting, whatever stands around it. Signs that would format
    are replaced by ones that look alike: an invisible sign beside them is no sure protection, since clients
    differ in whether a mark may follow it. Emoji stay.
    """
    one_line = " ".join("".join(_shown(span, names) for span in parse(text)).split())
    words = _NAMING.sub(rf"\1{WORD_JOINER}", one_line)
    kept, tail = _shortened(words, limit, lambda part: len(escape(part)))
    literal = (words[:kept] + tail).translate(_LOOK_ALIKE)
    return escape(_LEADING.sub(r"\1›", _EDGE_UNDERSCORE.sub("ˍ", literal)))


# `@here` and `#sales` are linked where a post is sent with `link_names` or a field is not verbatim.
_NAMING: Final = re.compile(r"(?<![^\W_])([@#](?=\w)(?!\d+\b))")
_LOOK_ALIKE: Final = str.maketrans({"*": "∗", "~": "∼", "`": "ˋ"})
_EDGE_UNDERSCORE: Final = re.compile(r"(?<![^\W_])_|_(?![^\W_])")  # inside snake_case it formats nothing
_LEADING: Final = re.compile(rf"^([\s{WORD_JOINER}]*)>")


def rich_text_elements(text: str, names: Mapping[str, str], limit: int) -> list[RichTextElement]:
    """Parts for a rich text section or quote that show at most `limit` characters.

    Text in them is literal to Slack; mentions are text, and only web addresses are links. Empty for a text
    without anything to show.
    """
    spans = parse(text.strip())
    shown = [_shown(span, names) for span in spans]
    kept, tail = _shortened("".join(shown), limit, len)
    drawn: list[Span] = []
    for span, words in zip(spans, shown, strict=True):
        fitting = words[:kept]
        kept -= len(fitting)
        if not fitting or (isinstance(span, Emoji) and fitting != words):
            break
        drawn.append(_drawn(span, fitting))
    return [_part(span) for span in _merged([*drawn, Text(tail)])]


def quote(text: str, names: Mapping[str, str], limit: int) -> RichTextBlock:
    """The text as an inert quote that shows at most `limit` characters; `…` where it shows nothing."""
    parts = rich_text_elements(text, names, limit) or [RichTextElementParts.Text(text=ELLIPSIS)]
    return RichTextBlock(elements=[RichTextQuoteElement(elements=parts)])


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters: cut at a sentence's or word's end where one is near, and marked with `…`.

    Never cuts inside an emoji, an accented letter, or Slack's own `&amp;`, `:name:` and `<…>`.
    """
    kept, tail = _shortened(text, limit, len)
    return text[:kept] + tail


def split(text: str, limit: int) -> list[str]:
    """Pages of at most `limit` characters that together hold everything but the whitespace between them.

    They end with a paragraph, sentence or word where one ends near the limit. Raises ValueError for a limit
    below 1.
    """
    if limit < 1:
        raise ValueError("a page holds at least one character")
    pages, rest = [], text.strip()
    while rest:
        end = len(rest) if len(rest) <= limit else _cut(rest, limit, len).end
        pages.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return pages


# --- reading -----------------------------------------------------------------------------------------------


def _clean(text: str) -> str:
    return _SURROGATE.sub("\ufffd", _UNSEEN.sub("", _NEWLINES.sub("\n", text)))


def _spans(raw: str, style: Style) -> Iterator[Span]:
    at = 0
    for found in (_IN_CODE if style.code else _MARKUP).finditer(raw):
        yield Text(unescape(raw[at : found.start()]), style)
        yield from _markup(found, style)
        at = found.end()
    yield Text(unescape(raw[at:]), style)


def _markup(found: re.Match[str], style: Style) -> Iterator[Span]:
    kind, groups = found.lastgroup, found.groupdict()
    if groups.get("entity"):
        yield _entity(groups["entity"][1:-1], style)
    elif groups["url"]:
        yield Text(unescape(groups["url"]), style)
    elif groups["emoji"]:
        yield from _emoji(found, style)
    elif kind in ("code", "block"):
        yield from _spans(groups[kind], replace(style, code=True))
    elif kind is not None:
        yield from _spans(groups[kind], replace(style, **{kind: True}))


def _emoji(found: re.Match[str], style: Style) -> Iterator[Span]:
    if found["emoji"] == found["emoji"].lower():
        yield Emoji(found["emoji"], int(found["tone"]) if found["tone"] else None, style)
    else:
        yield Text(found[0], style)


def _entity(body: str, style: Style) -> Span:
    if mention := _MENTION.fullmatch(body):
        kind: MentionKind = "user" if mention["sign"] == "@" else "channel"
        return Mention(kind, mention["id"], _name(mention["name"]), style)
    if group := _GROUP.fullmatch(body):
        return Mention("group", group["id"], _name(group["name"]), style)
    if broadcast := _BROADCAST.fullmatch(body):
        return Mention("broadcast", broadcast["word"], None, style)
    if link := _LINK.fullmatch(body):
        return Link(unescape(link["url"]), unescape(link["label"] or "").strip() or None, style)
    if body.startswith("!"):
        command, _, label = body.partition("|")
        return Text(unescape(label) or _moment(command) or unescape(f"<{body}>"), style)
    return Text(unescape(f"<{body}>"), style)


def _name(written: str | None) -> str | None:
    return unescape(written or "").lstrip("@#").strip() or None


def _moment(command: str) -> str | None:
    """The time of a `!date` without a fallback, in UTC."""
    date = _DATE.fullmatch(command)
    return f"{datetime.fromtimestamp(int(date['ts']), UTC):%Y-%m-%d %H:%M} UTC" if date else None


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Without empty text, and neighbouring text of one style in one piece."""
    merged: list[Span] = []
    for span in spans:
        last = merged[-1] if merged else None
        if isinstance(span, Text) and isinstance(last, Text) and span.style == last.style:
            merged[-1] = Text(last.text + span.text, span.style)
        elif not isinstance(span, Text) or span.text:
            merged.append(span)
    return merged


# --- showing -----------------------------------------------------------------------------------------------


def _written(span: Span, names: Mapping[str, str]) -> str:
    """The span where nothing can be clicked: an address is not lost behind its label."""
    shown = _shown(span, names)
    if not isinstance(span, Link):
        return shown
    address = _address(span)
    return shown if shown in address else f"{shown} ({address})"


def _address(link: Link) -> str:
    return re.sub(r"^(?:mailto|tel):", "", link.url)


def _shown(span: Span, names: Mapping[str, str]) -> str:
    match span:
        case Text():
            return span.text
        case Emoji():
            return f":{span.name}:" + (f":skin-tone-{span.skin_tone}:" if span.skin_tone else "")
        case Link():
            return span.label or _address(span)
        case Mention(kind="broadcast"):
            return f"@{span.id}"
        case Mention():
            known = " ".join(_clean(names.get(span.id) or "").split()).lstrip("@#")
            return ("#" if span.kind == "channel" else "@") + (known or span.name or span.id)


def _drawn(span: Span, words: str) -> Span:
    """The span as it may be shown: all that is not an emoji or a web address is text."""
    if isinstance(span, Emoji):
        return span
    if isinstance(span, Link) and len(span.url) <= LONGEST_URL and _WEB.fullmatch(span.url):
        return replace(span, label=words)
    return Text(words, span.style)


def _part(span: Span) -> RichTextElement:
    style = {field.name: True for field in fields(Style) if getattr(span.style, field.name)} or None
    if isinstance(span, Emoji):
        # The tone belongs to the name (docs.slack.dev/reference/block-kit/block-elements/emoji-element).
        tone = f"::skin-tone-{span.skin_tone}" if span.skin_tone else ""
        return RichTextElementParts.Emoji(name=span.name + tone, style=style)
    if isinstance(span, Link):
        return RichTextElementParts.Link(url=span.url, text=span.label, style=style)
    assert isinstance(span, Text)  # _drawn lets nothing else through
    return RichTextElementParts.Text(text=span.text, style=style)


# --- cutting -----------------------------------------------------------------------------------------------

_WHOLE: Final = re.compile(
    r"<(?:[@#!][^<>\n]{1,300}|(?:https?://|mailto:)[^<>\n]+)>|&(?:amp|lt|gt);|\r\n"
    rf"|[\U0001F1E6-\U0001F1FF]{{2}}|{_EMOJI}"
)
_JOINER: Final = "\u200d"
# Skin tones, tags of flags, Hangul vowels and finals, signs without width.
_EXTENDING: Final = re.compile("[\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f\u1160-\u11ff\u200c\u200d\u2060]")
_SENTENCE_END: Final = re.compile(r"[.!?…。！？]['\"»”’)\]]{0,3}$")
_NEAR: Final = 0.6  # of the limit: a sentence that ends earlier would waste the room
_NEAR_WORD: Final = 0.4


@dataclass(frozen=True)
class _End:
    end: int
    is_sentence: bool = False


def _shortened(text: str, limit: int, width: Callable[[str], int]) -> tuple[int, str]:
    """How many characters to keep, and what to add to them."""
    if width(text) <= limit:
        return len(text), ""
    if limit < 1:
        return 0, ""
    cut = _cut(text, limit - 1, width)
    kept = len(text[: cut.end].rstrip())
    is_apart = cut.is_sentence and width(text[:kept]) <= limit - 2
    return kept, f" {ELLIPSIS}" if is_apart else ELLIPSIS


def _cut(text: str, limit: int, width: Callable[[str], int]) -> _End:
    """Where to end a text that is wider than `limit`."""
    used = end = word = 0
    paragraph = sentence = _End(0)
    for atom in _atoms(text):
        if atom.isspace():
            is_new = word != end and not text[word:end].isspace()
            if is_new:
                word = end
                near = used >= limit * _NEAR
                if near and ("\n" in atom or _SENTENCE_END.search(text, max(0, end - 8), end)):
                    sentence = _End(end, is_sentence=True)
            if used >= limit * _NEAR and text[word : end + len(atom)].count("\n") > 1:
                paragraph = _End(word, is_sentence=True)
        if used + width(atom) > limit:
            break
        used += width(atom)
        end += len(atom)
    if end == 0:
        return _End(_most_characters(text, limit, width))
    if paragraph.end or sentence.end:
        return paragraph if paragraph.end else sentence
    return _End(word if width(text[:word]) >= limit * _NEAR_WORD else end)


def _most_characters(text: str, limit: int, width: Callable[[str], int]) -> int:
    """For one piece wider than the limit: as much of it as fits."""
    used = end = 0
    while end < len(text) and used + width(text[end]) <= limit:
        used += width(text[end])
        end += 1
    return end


def _atoms(text: str) -> Iterator[str]:
    """What must not be cut: Slack's markup, and what people see as one character."""
    at = 0
    while at < len(text):
        whole = _WHOLE.match(text, at)
        end = whole.end() if whole else at + 1
        while end < len(text) and _belongs(text[end], text[end - 1]):
            end += 1
        yield text[at:end]
        at = end


def _belongs(character: str, before: str) -> bool:
    if before == _JOINER and not character.isspace():
        return True
    return unicodedata.category(character)[0] == "M" or _EXTENDING.match(character) is not None
