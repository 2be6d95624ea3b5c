"""How texts and blocks are drawn: Slack's formatting, and nothing that a text could bring in by itself."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

PAGE = Path(__file__).parents[2] / "playground" / "page"

MRKDWN = [
    ("*bold* _italic_ ~gone~", "<strong>bold</strong> <em>italic</em> <s>gone</s>"),
    ("*_both_*", "<strong><em>both</em></strong>"),
    ("snake_case_name and 2*3*4", "snake_case_name and 2*3*4"),
    ("2*3* 4 and a_b_ c", "2*3* 4 and a_b_ c"),
    ("* not bold * and *not\nthis*", "* not bold * and *not<br>this*"),
    ("`a *b* &amp;`", "<code>a *b* &amp;</code>"),
    ("```a\n*b*```", "<pre>a\n*b*</pre>"),
    ("&gt; said\nthen", "<blockquote>said</blockquote>then"),
    ("&gt;&gt;&gt; a\nb", "<blockquote>a<br>b</blockquote>"),
    ("a &lt;b&gt; &amp;lt;", "a &lt;b&gt; &amp;lt;"),
    ("- one\n- two", "- one<br>- two"),
    ("<!date^0^{date_num} {time}|old>", '<time class="date">1970-01-01 01:00</time>'),
    ("<!date^0^{nonsense}|old>", '<time class="date">old</time>'),
    ("<!here>", '<span class="mention mention-me">@here</span>'),
    ("<!subteam^S1|@group>", '<span class="mention">@group</span>'),
    (":nosuchemoji:", ":nosuchemoji:"),
]


def drawn(page: Page, text: str) -> str:
    html: str = page.evaluate(
        """async (text) => {
          const { mrkdwn } = await import('/static/mrkdwn.js');
          const box = document.createElement('div');
          box.append(...mrkdwn(text));
          return box.innerHTML;
        }""",
        text,
    )
    return html


@pytest.fixture(scope="module")
def still(browser: Any) -> Any:
    """One page for all drawing tests, without a server behind it but with its files."""
    from playground.server import Playground
    from tests.playground_page.gallery import MANIFEST

    with Playground(manifest=MANIFEST) as playground:
        playground.workspace.people.add("anna", "Anna Berg", tz="Europe/Berlin")
        page = browser.new_page()
        page.goto(playground.url)
        page.wait_for_selector('html[data-ready="true"]')
        yield page
        page.close()


@pytest.mark.parametrize(("text", "html"), MRKDWN, ids=[text for text, _ in MRKDWN])
def test_mrkdwn(still: Page, text: str, html: str) -> None:
    assert drawn(still, text) == html


@pytest.mark.parametrize(
    "text",
    [
        "<script>window.hacked = 1</script>",
        "<img src=x onerror=window.hacked=1>",
        "<javascript:window.hacked=1|press>",
        "<https://example.com/'onmouseover='window.hacked=1|<b>x>",
        "*<b>x</b>* `<i>` ```<u>```",
        "<!date^0^{time}^javascript:alert(1)|x>",
    ],
)
def test_a_text_brings_in_no_markup(still: Page, text: str) -> None:
    html = drawn(still, text)
    assert not re.search(r"<(script|img|b|i|u)\b", html)
    assert not re.search(r'href="(?!https?:|mailto:)', html)
    assert still.evaluate("window.hacked") is None


def test_links_and_mail(still: Page) -> None:
    html = drawn(still, "<https://example.com/?a=1&amp;b=2|the *plan*> <mailto:a@b.c|a@b.c>")
    assert 'href="https://example.com/?a=1&amp;b=2"' in html and ">the *plan*</a>" in html
    assert 'href="mailto:a@b.c"' in html and 'rel="noopener noreferrer"' in html


def test_emoji_with_skin_tone(still: Page) -> None:
    assert "👍🏽" in drawn(still, ":thumbsup::skin-tone-4:") and "💡" in drawn(still, "a :bulb: b")


def test_a_placeholder_shows_an_emojis_name_where_the_app_wants_it_so(still: Page) -> None:
    said = still.evaluate(
        """async () => {
          const { plainText } = await import('/static/mrkdwn.js');
          return [true, false].map((emoji) => plainText({type: 'plain_text', text: ':bulb: &amp;', emoji}));
        }"""
    )
    assert said == ["💡 &", ":bulb: &"]


def test_what_is_typed_again_when_editing(still: Page) -> None:
    typed = still.evaluate(
        """async () => {
          const { asTyped } = await import('/static/mrkdwn.js');
          const { state } = await import('/static/store.js');
          return asTyped(`<@${state.me.id}> &amp; <#C1|sales> <https://a.b> <!channel>`);
        }"""
    )
    assert typed == "@anna & #sales https://a.b @channel"


def draw_blocks(page: Page, blocks: list[dict[str, Any]]) -> str:
    html: str = page.evaluate(
        """async (blocks) => {
          const { renderBlocks } = await import('/static/blocks.js');
          const { Surface } = await import('/static/surface.js');
          const box = document.createElement('div');
          box.append(...renderBlocks(blocks, new Surface({ container: {}, blocks })));
          return box.innerHTML;
        }""",
        blocks,
    )
    return html


def test_the_list_of_what_is_drawn_is_true(still: Page) -> None:
    listed = json.loads((PAGE / "supported.json").read_text())
    for kind in listed["blocks"]:
        html = draw_blocks(still, [{"type": kind, "block_id": "b", "element": {"type": "plain_text_input"}}])
        assert "unknown-block" not in html, kind
    for kind in listed["elements"]:
        element = {"type": kind, "action_id": "a", "options": [], "text": {"type": "plain_text", "text": "x"}}
        html = draw_blocks(still, [{"type": "actions", "block_id": "b", "elements": [element]}])
        assert "unknown-block" not in html, kind


def test_unknown_types_are_named(still: Page) -> None:
    html = draw_blocks(still, [{"type": "hologram"}, {"type": "actions", "elements": [{"type": "lever"}]}])
    assert "hologram" in html and "lever" in html


def test_rich_text(still: Page) -> None:
    def part(text: str, **style: bool) -> dict[str, Any]:
        return {"type": "text", "text": text, "style": style}

    section = [
        part("bold", bold=True),
        part(" *literal* <b>", code=True),
        {"type": "broadcast", "range": "here"},
    ]
    item = {"type": "rich_text_section", "elements": [part("item")]}
    html = draw_blocks(
        still,
        [
            {
                "type": "rich_text",
                "elements": [
                    {"type": "rich_text_section", "elements": section},
                    {
                        "type": "rich_text_list",
                        "style": "ordered",
                        "offset": 2,
                        "indent": 1,
                        "elements": [item],
                    },
                    {"type": "rich_text_quote", "elements": [part("quoted")]},
                    {"type": "rich_text_preformatted", "elements": [part("x = 1")]},
                ],
            }
        ],
    )
    assert "<strong>bold</strong><code> *literal* &lt;b&gt;</code>" in html and "@here" in html
    assert '<ol class="rich-list indent-1" start="3"><li>item</li></ol>' in html
    assert "<blockquote>quoted</blockquote>" in html and "<pre>x = 1</pre>" in html
