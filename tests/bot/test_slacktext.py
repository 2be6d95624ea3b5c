"""Promise 6: shown text is inert, keeps within limits, and reads as it was meant."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from bot.slacktext import (
    Emoji,
    Link,
    Mention,
    Style,
    Text,
    escape,
    inert_mrkdwn,
    parse,
    plain,
    quote,
    rich_text_elements,
    shorten,
    split,
    unescape,
)

NAMES = {"U1": "Anna", "U2": "Ben <!channel> *x*\n>", "C1": "sales", "S1": "experts"}
FAMILY = "👩‍👩‍👧‍👦"
PIECES = [
    "<@U1>", "<@U2>", "<@U1|anna>", "<#C1|sales>", "<!subteam^S1|@grp>", "<!channel>", "<!here|here>",
    "<!everyone>", "<!date^1700000000^{date}|yesterday>", "<https://a.example/x_y|label>",
    "<https://a.example>", "<mailto:a@b.c|a>", ":wave:", ":+1::skin-tone-3:", ":Wave:", "&amp;",
    "&lt;!channel&gt;", "&lt;@U1&gt;", "&gt;", ">", "<", "|", "&", "*", "_", "~", "`", "```", "@here",
    "@channel", "#sales", "#142", "\n", "\n\n", "> ", " ", ". ", "word", "слово", FAMILY, "🇩🇪", "👍🏽",
    "e\u0301", "\u200d", "\u202e", "\x00", "\ud83d", "https://b.example/_c_/*d*", "snake_case",
]  # fmt: skip
ANY_TEXT = st.one_of(
    st.text(alphabet=st.characters(), max_size=80),
    st.lists(st.sampled_from(PIECES), max_size=25).map("".join),
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=5)), max_size=25).map("".join),
)
LIMITS = st.integers(0, 120)


def parts_of(block: dict[str, Any]) -> list[dict[str, Any]]:
    """All parts of a rich text block, at any depth."""
    found = []
    for element in block.get("elements", []):
        found += [element, *parts_of(element)]
    return found


def visible(part: dict[str, Any]) -> str:
    if part["type"] == "emoji":
        return f":{part['name']}:"
    return str(part["text"])


def without_space(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("", ()),
        ("a &lt;b&gt; &amp;amp;", (Text("a <b> &amp;"),)),
        ("<@U1> <@W2|ben>", (Mention("user", "U1"), Text(" "), Mention("user", "W2", "ben"))),
        ("<#C1|sales><#C2>", (Mention("channel", "C1", "sales"), Mention("channel", "C2"))),
        ("<!subteam^S1|@grp>", (Mention("group", "S1", "grp"),)),
        ("<!channel><!here|here>", (Mention("broadcast", "channel"), Mention("broadcast", "here"))),
        ("<!date^1700000000^{date}^https://x.example|then>", (Text("then"),)),
        ("<!date^1700000000^{date}>", (Text("2023-11-14 22:13 UTC"),)),
        ("<!date^99999999999999^{date}>", (Text("<!date^99999999999999^{date}>"),)),
        ("<!new|thing>", (Text("thing"),)),
        ("<https://x.example?a=1&amp;b=2|x &amp; y>", (Link("https://x.example?a=1&b=2", "x & y"),)),
        ("<mailto:a@b.example|a@b.example>", (Link("mailto:a@b.example", "a@b.example"),)),
        (":wave::skin-tone-2::+1:", (Emoji("wave", 2), Emoji("+1"))),
        ("10:30:45 :Wave: : x:", (Text("10:30:45 :Wave: : x:"),)),
        ("<Note: mine> <>", (Text("<Note: mine> <>"),)),
        ("a *b* c", (Text("a "), Text("b", Style(bold=True)), Text(" c"))),
        ("_a *b*_", (Text("a ", Style(italic=True)), Text("b", Style(bold=True, italic=True)))),
        ("~<@U1> x~", (Mention("user", "U1", None, Style(strike=True)), Text(" x", Style(strike=True)))),
        ("`a *b*`", (Text("a *b*", Style(code=True)),)),
        ("```a\n*b*```", (Text("a\n*b*", Style(code=True)),)),
        ("snake_case_name 2*3*4 * a *", (Text("snake_case_name 2*3*4 * a *"),)),
        ("*a\nb* *a <https://x.example/*b>", (Text("*a\nb* *a "), Link("https://x.example/*b"))),
        ("https://x.example/_a_/*b*", (Text("https://x.example/_a_/*b*"),)),
    ],
)
def test_slack_text_is_read(text: str, spans: tuple[object, ...]) -> None:
    assert parse(text) == spans


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("<@U1> asks <#C1|old> &amp; <@U9|Zoe> <@U8>", "@Anna asks #sales & @Zoe @U8"),
        ("<!channel> <!subteam^S1|@grp> <!subteam^S9|@them>", "@channel @experts @them"),
        (
            "<https://x.example|site> <https://y.example> <mailto:a@b.example>",
            "site (https://x.example) https://y.example a@b.example",
        ),
        ("<http://acme.example|acme.example> <mailto:a@b.example|a@b.example>", "acme.example a@b.example"),
        ("*Acme* gives _25%_ :tada:", "Acme gives 25% :tada:"),
        ("a\r\nb\x00\u202e", "a\nb"),
        ("<@U2>", "@Ben <!channel> *x* >"),
    ],
)
def test_plain_text_is_what_a_person_reads(text: str, read: str) -> None:
    assert plain(text, NAMES) == read


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<!channel> hi <@U1>", "@\u2060channel hi @\u2060Anna"),
        ("&lt;!channel&gt; &amp;", "&lt;!channel&gt; &amp;"),
        ("R&D <Nord>", "R&amp;D &lt;Nord&gt;"),
        ("a*b _c d_ snake_case __x__ ~e `f", "a∗b c d snake_case ˍˍxˍˍ ∼e ˋf"),
        ("> quoted\n &gt;&gt; more > here", "› quoted &gt;&gt; more &gt; here"),
        ("@here #sales #142 a@b.example :wave:", "@\u2060here #\u2060sales #142 a@b.example :wave:"),
        ("__@here _#sales", "ˍˍ@\u2060here ˍ#\u2060sales"),
        ("One\n\n• fake: 5 <https://x.example|site>", "One • fake: 5 site"),
        ("<@U2>", "@\u2060Ben &lt;!channel&gt; ∗x∗ &gt;"),
    ],
)
def test_text_in_mrkdwn_is_inert(text: str, shown: str) -> None:
    assert inert_mrkdwn(text, NAMES, 200) == shown


@settings(max_examples=600, deadline=None)
@given(ANY_TEXT, LIMITS)
def test_no_text_is_active_in_mrkdwn(text: str, limit: int) -> None:
    shown = inert_mrkdwn(text, NAMES, limit)
    assert len(shown) <= limit
    assert not re.search(r"[<>*~`]|&(?!(?:amp|lt|gt);)", shown)
    assert not re.search(r"(?<![^\W_])@(?:here|channel|everyone|Anna)", shown)
    assert not re.search(r"(?<![^\W_])_|_(?![^\W_])", shown)
    assert not re.search(r"^\s*&gt;|\n", shown)
    assert not re.search("[\x00\u202e\ud800-\udfff]", shown)
    shown.encode()


@settings(max_examples=600, deadline=None)
@given(ANY_TEXT, LIMITS)
def test_no_text_is_active_in_a_quote(text: str, limit: int) -> None:
    block = quote(text, NAMES, limit).to_dict()
    assert Block.parse(block).to_dict() == block  # type: ignore[union-attr]
    [quoted, *parts] = parts_of(block)
    assert quoted["type"] == "rich_text_quote"
    assert parts
    for part in parts:
        assert part["type"] in ("text", "link", "emoji")
        assert part.get("text", "x")
        assert part["type"] != "link" or re.match(r"https?://\S+$", part["url"])
    shown = "".join(visible(part) for part in parts)
    assert len(shown) <= max(limit, 1)
    shown.encode()


@settings(deadline=None)
@given(ANY_TEXT)
def test_a_quote_with_room_shows_everything(text: str) -> None:
    parts = [part.to_dict() for part in rich_text_elements(text, NAMES, 100_000)]
    shown = without_space("".join(visible(part) for part in parts))
    if not any(isinstance(span, Link) for span in parse(text)):  # plain text also names a link's address
        assert shown == without_space(plain(text, NAMES))


def test_a_quote_draws_text_links_and_emoji() -> None:
    text = "<!here> <@U1> *likes* <https://x.example|it> :+1::skin-tone-2: <mailto:a@b.example|mail>"
    assert parts_of(quote(text, NAMES, 100).to_dict())[1:] == [
        {"type": "text", "text": "@here @Anna "},
        {"type": "text", "text": "likes", "style": {"bold": True}},
        {"type": "text", "text": " "},
        {"type": "link", "url": "https://x.example", "text": "it"},
        {"type": "text", "text": " "},
        {"type": "emoji", "name": "+1::skin-tone-2"},
        {"type": "text", "text": " mail"},
    ]


def test_a_quote_is_cut_between_its_parts() -> None:
    text = "Word <https://x.example|long label> :wave:"
    assert [part.to_dict() for part in rich_text_elements(text, {}, 11)] == [
        {"type": "text", "text": "Word "},
        {"type": "link", "url": "https://x.example", "text": "long"},
        {"type": "text", "text": "…"},
    ]
    assert rich_text_elements(" \n ", {}, 10) == []
    assert parts_of(quote("", {}, 10).to_dict())[1:] == [{"type": "text", "text": "…"}]


def test_an_address_longer_than_it_is_worth_is_text() -> None:
    address = "https://x.example/" + "a" * 2000
    assert [part.to_dict()["type"] for part in rich_text_elements(f"<{address}|here>", {}, 50)] == ["text"]


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("short", 5, "short"),
        ("two words", 8, "two…"),
        ("First sentence. Second sentence", 20, "First sentence. …"),
        ("First sentence. Second sentence", 16, "First sentence.…"),
        ("Yes. Second sentence is long", 20, "Yes. Second…"),
        ("abcdefghij", 4, "abc…"),
        (FAMILY * 3, 9, FAMILY + "…"),
        ("ab" + FAMILY, 6, "ab…"),
        ("🇩🇪🇫🇷🇮🇹", 4, "🇩🇪…"),
        ("e\u0301e\u0301e\u0301", 4, "e\u0301…"),
        ("ab&amp;cd", 6, "ab…"),
        ("ab:wave:cd", 6, "ab…"),
        ("a <@U123456> b c", 8, "a…"),
        ("anything", 1, "…"),
        ("anything", 0, ""),
        ("anything", -3, ""),
        ("a" + "\u0301" * 50, 5, "a\u0301\u0301\u0301…"),
    ],
)
def test_text_is_shortened_where_it_reads_well(text: str, limit: int, short: str) -> None:
    assert shorten(text, limit) == short


@settings(max_examples=400, deadline=None)
@given(ANY_TEXT, LIMITS)
def test_short_text_is_a_beginning(text: str, limit: int) -> None:
    short = shorten(text, limit)
    assert len(short) <= limit
    assert short == text or not short or text.startswith(short.removesuffix("…").rstrip())
    assert len(text) > limit or short == text


@settings(max_examples=400, deadline=None)
@given(ANY_TEXT, st.integers(1, 60))
def test_pages_hold_everything(text: str, limit: int) -> None:
    pages = split(text, limit)
    assert all(0 < len(page) <= limit for page in pages)
    assert without_space("".join(pages)) == without_space(text)


def test_pages_end_where_it_reads_well() -> None:
    assert split("One two three. Four five six.\n\nSeven.", 33) == ["One two three. Four five six.", "Seven."]
    assert split("One two three. Four five", 20) == ["One two three.", "Four five"]
    assert split("abcdefgh ij", 4) == ["abcd", "efgh", "ij"]
    assert split(" \n ", 4) == []
    with pytest.raises(ValueError, match="at least one"):
        split("x", 0)


@settings(deadline=None)
@given(st.text())
def test_escaping_is_undone(text: str) -> None:
    assert unescape(escape(text)) == text
    assert plain(escape(text), {}) == plain(text, {}) or re.search(r"[<>&]", text)


@pytest.mark.parametrize(
    "piece", ["<", "*a", "`", "```", "_a ", ":a", "<a", "\u0301", "*a _b ~c ", "<!", "&", "> *"]
)
def test_hostile_text_costs_little(piece: str) -> None:
    text = piece * (40_000 // len(piece))
    assert len(inert_mrkdwn(text, {}, 3000)) <= 3000
    assert quote(text, {}, 3000)
    assert split(text, 3000)
