"""Rules of rich text (docs.slack.dev/reference/block-kit/blocks/rich-text-block)."""

from playground.block_rules import URL, Rule, boolean, by_type, choice, listing, number, structure, text

_STYLES = ("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink")
_STYLE = structure({}, dict.fromkeys(_STYLES, boolean))
_STYLED: dict[str, Rule] = {"style": _STYLE}
_INLINE = by_type(
    {
        "text": structure({"text": text(40_000)}, _STYLED),
        "link": structure(
            {"url": text(3000, pattern=URL)}, {**_STYLED, "text": text(3000, shortest=0), "unsafe": boolean}
        ),
        "emoji": structure(
            {"name": text(100)}, {"unicode": text(100), "skin_tone": number(1, 6, whole=True), **_STYLED}
        ),
        "user": structure({"user_id": text(30)}, _STYLED),
        "usergroup": structure({"usergroup_id": text(30)}, _STYLED),
        "channel": structure({"channel_id": text(30)}, _STYLED),
        "broadcast": structure({"range": choice("here", "channel", "everyone")}, _STYLED),
        "date": structure(
            {"timestamp": number(whole=True), "format": text(200)},
            {"url": text(3000), "fallback": text(300), **_STYLED},
        ),
        "color": structure({"value": text(10)}, _STYLED),
        "team": structure({"team_id": text(30)}, _STYLED),
    },
    "rich text element",
)
_SECTION = structure({"elements": listing(_INLINE, 0, 1000)})
_BORDER = number(0, 1, whole=True)
PART = by_type(
    {
        "rich_text_section": _SECTION,
        "rich_text_list": structure(
            {
                "elements": listing(by_type({"rich_text_section": _SECTION}, "list item"), 0, 1000),
                "style": choice("bullet", "ordered"),
            },
            {"indent": number(0, 8, whole=True), "offset": number(0, whole=True), "border": _BORDER},
        ),
        "rich_text_quote": structure({"elements": listing(_INLINE, 0, 1000)}, {"border": _BORDER}),
        "rich_text_preformatted": structure(
            {"elements": listing(_INLINE, 0, 1000)}, {"border": _BORDER, "language": text(50)}
        ),
    },
    "rich text part",
)
RICH_TEXT: dict[str, Rule] = {"elements": listing(PART, 1, 1000)}
