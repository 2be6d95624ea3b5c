"""Block Kit is refused where Slack refuses it, with what and where."""

from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk.models.blocks import (
    ActionsBlock,
    ButtonElement,
    ContextBlock,
    HeaderBlock,
    InputBlock,
    MarkdownTextObject,
    Option,
    OverflowMenuElement,
    PlainTextInputElement,
    RichTextBlock,
    RichTextElementParts,
    RichTextQuoteElement,
    RichTextSectionElement,
    SectionBlock,
    StaticSelectElement,
)
from slack_sdk.models.views import View

from playground import blocks
from playground.model import SlackError

Block = dict[str, Any]


def text(value: str, kind: str = "plain_text") -> Block:
    return {"type": kind, "text": value}


def section(value: str = "x") -> Block:
    return {"type": "section", "text": text(value, "mrkdwn")}


def button(action: str = "a", **more: Any) -> Block:
    return {"type": "button", "text": text("Go"), "action_id": action, **more}


def option(value: str = "v") -> Block:
    return {"text": text(value), "value": value}


def actions(*elements: Block) -> Block:
    return {"type": "actions", "elements": list(elements)}


def chart(**change: Any) -> Block:
    points = [{"label": "complaint", "value": 3}, {"label": "market", "value": 5}]
    body = {
        "type": "bar",
        "series": [{"name": "this week", "data": points}],
        "axis_config": {"categories": ["complaint", "market"]},
    }
    return {"type": "data_visualization", "title": "By category", "chart": {**body, **change}}


def table(rows: int, kind: str = "data_table") -> Block:
    cells = [[{"type": "raw_text", "text": "c"}] * 2 for _ in range(rows)]
    return {"type": kind, "rows": cells, **({"caption": "t"} if kind == "data_table" else {})}


GOOD: list[list[Block]] = [
    [section()],
    [{"type": "section", "fields": [text("a"), text("b", "mrkdwn")], "accessory": button()}],
    [actions(button("a"), button("b"), {"type": "overflow", "options": [option()], "action_id": "o"})],
    [chart(), table(2)],
    [table(100, "table")],
    [{"type": "image", "image_url": "https://x.de/a.png", "alt_text": "a"}],
    [{"type": "header", "text": text("h" * 150)}],
    [section("x" * 3000)],
]

BAD: list[tuple[list[Block], str]] = [
    ([section()] * 51, "no more than 50"),
    ([section("x" * 3001)], "must be less than 3001"),
    ([section("")], "must be more than 0"),
    ([{"type": "video"}], "unsupported block type: video"),
    ([{"type": "section"}], "one of text, fields is required"),
    ([{"type": "header", "text": text("h" * 151)}], "must be less than 151"),
    ([{"type": "header", "text": text("h", "mrkdwn")}], "must be a plain_text"),
    ([{"type": "context", "elements": [text("c")] * 11}], "no more than 10"),
    ([{**section(), "block_id": "b"}, {**section(), "block_id": "b"}], "already exists"),
    ([actions(button("a"), button("a"))], "already exists"),
    ([actions(*[button(str(n)) for n in range(26)])], "no more than 25"),
    ([actions(button(value="v" * 2001))], "must be less than 2001"),
    ([actions(button(style="green"))], "must be one of"),
    ([actions({"type": "overflow", "options": [option(str(n)) for n in range(6)]})], "no more than 5"),
    ([actions({"type": "static_select", "options": [option("v" * 76)]})], "must be less than 76"),
    ([actions({"type": "static_select", "options": [option(), option()]})], "option values must be unique"),
    ([actions({"type": "static_select"})], "exactly one of options, option_groups"),
    (
        [actions({"type": "static_select", "options": [option()], "initial_option": option("other")})],
        "initial options must be among",
    ),
    ([actions({"type": "plain_text_input"})], "unsupported element type"),
    ([{**section(), "colour": "red"}], "invalid additional property: colour"),
    ([chart(), chart(), chart()], "no more than 2 data_visualization"),
    ([chart(axis_config={"categories": ["complaint"]})], "one value for every category"),
    ([chart(series=[])], "at least 1"),
    ([table(102)], "no more than 101"),
    ([table(101, "table")], "no more than 100"),
    ([{"type": "alert", "text": text("a")}], "unsupported block type: alert"),
]


@pytest.mark.parametrize("given", GOOD)
def test_good_blocks(given: list[Block]) -> None:
    assert blocks.check_message(given) == given


@pytest.mark.parametrize(("given", "message"), BAD)
def test_bad_blocks(given: list[Block], message: str) -> None:
    with pytest.raises(SlackError) as caught:
        blocks.check_message(given)
    assert caught.value.code == "invalid_blocks"
    messages = caught.value.details["response_metadata"]["messages"]
    assert any(message in one for one in messages), messages
    assert all("[json-pointer:/blocks" in one for one in messages)


def test_too_many_characters_over_all_blocks() -> None:
    blocks.check_message([section("x" * 2640) for _ in range(5)])
    with pytest.raises(SlackError) as caught:
        blocks.check_message([section("x" * 2641) for _ in range(5)])
    assert caught.value.code == "msg_blocks_too_long"


def test_charts_can_be_refused_as_in_an_older_workspace() -> None:
    with pytest.raises(SlackError) as caught:
        blocks.check_message([chart()], charts=False)
    assert caught.value.code == "invalid_blocks"


def modal(*given: Block, **more: Any) -> Block:
    return {"type": "modal", "title": text("Title"), "blocks": list(given), **more}


INPUT = {"type": "input", "label": text("L"), "element": {"type": "plain_text_input", "action_id": "a"}}


@pytest.mark.parametrize(
    ("view", "message"),
    [
        (modal(INPUT), "submit"),
        (modal(INPUT, submit=text("s" * 25)), "must be less than 25"),
        (modal(title=text("t" * 25)), "must be less than 25"),
        (modal(private_metadata="p" * 3001), "must be less than 3001"),
        (modal(table(2)), "unsupported block type"),
        (modal(*[section()] * 101), "no more than 100"),
        ({"type": "home", "blocks": []}, "must be of type modal"),
    ],
)
def test_bad_modals(view: Block, message: str) -> None:
    with pytest.raises(SlackError) as caught:
        blocks.check_view(view, "modal")
    assert caught.value.code == "invalid_arguments"
    assert message in str(caught.value.details)


def test_good_views() -> None:
    blocks.check_view(modal(INPUT, {"type": "alert", "text": text("a")}, submit=text("Go")), "modal")
    blocks.check_view({"type": "home", "blocks": [section(), INPUT]}, "home")


def test_what_slack_sdk_builds_passes() -> None:
    parts = RichTextElementParts
    built = [
        HeaderBlock(text="Head"),
        SectionBlock(
            text=MarkdownTextObject(text="*x*"),
            accessory=OverflowMenuElement(
                action_id="o", options=[Option(value="1", label="One"), Option(value="2", label="Two")]
            ),
        ),
        ContextBlock(elements=[MarkdownTextObject(text="c")]),
        ActionsBlock(
            elements=[
                ButtonElement(text="Go", action_id="b", style="primary"),
                StaticSelectElement(action_id="s", options=[Option(value="1", label="One")]),
            ]
        ),
        RichTextBlock(
            elements=[
                RichTextQuoteElement(elements=[parts.Text(text="q"), parts.Emoji(name="bulb")]),
                RichTextSectionElement(elements=[parts.Link(url="https://x.de", text="x")]),
            ]
        ),
    ]
    blocks.check_message([one.to_dict() for one in built])
    view = View(
        type="modal",
        title="T",
        submit="Go",
        blocks=[InputBlock(label="L", element=PlainTextInputElement(action_id="a", multiline=True))],
    )
    blocks.check_view(view.to_dict(), "modal")


def test_odd_values_are_refused_not_crashed_on() -> None:
    odd: list[Callable[[], object]] = [
        lambda: blocks.check_message("text"),
        lambda: blocks.check_message([1, None, []]),
        lambda: blocks.check_message([{"type": []}]),
        lambda: blocks.check_message([{"type": "section", "text": "bare"}]),
        lambda: blocks.check_message([actions({"type": "static_select", "options": "x"})]),
        lambda: blocks.check_message([{"type": "table", "rows": [1, [2]]}]),
        lambda: blocks.check_message([chart(series=[1], axis_config=3)]),
        lambda: blocks.check_view({"type": "modal", "title": text("t"), "blocks": "x"}, "modal"),
    ]
    for one in odd:
        with pytest.raises(SlackError):
            one()
