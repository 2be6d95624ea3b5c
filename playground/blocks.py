"""Checks Block Kit in messages, modals and home tabs as strictly as Slack does.

Limits: docs.slack.dev/reference/block-kit. A fault is answered with `invalid_blocks` (messages) or
`invalid_arguments` (views), and says what and where in `response_metadata.messages`.
"""

from collections.abc import Iterator

from playground import block_elements
from playground.block_data import DATA_TABLE, DATA_VISUALIZATION, TABLE
from playground.block_rules import (
    URL,
    Report,
    Rule,
    any_text,
    at_least_one,
    boolean,
    both,
    by_type,
    choice,
    listing,
    plain,
    structure,
    text,
    unless,
)
from playground.model import Json, SlackError
from playground.rich_text_rules import RICH_TEXT

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
MESSAGE_CHARACTERS = 13_200
_ID: dict[str, Rule] = {"block_id": text(255)}


def _with_id(rule: Rule) -> Rule:
    """A rule for a block's own fields, its id aside."""

    def check(value: object, pointer: str, report: Report) -> None:
        if isinstance(value, dict):
            if "block_id" in value:
                _ID["block_id"](value["block_id"], f"{pointer}/block_id", report)
            value = {key: one for key, one in value.items() if key != "block_id"}
        rule(value, pointer, report)

    return check


_CARD = both(
    at_least_one("hero_image", "title", "actions", "body"),
    structure(
        {},
        {
            "hero_image": block_elements.IMAGE,
            "icon": block_elements.IMAGE,
            "title": any_text(150),
            "subtitle": any_text(150),
            "body": any_text(200),
            "actions": listing(block_elements.BUTTON, 1, 5),
        },
    ),
)

EVERYWHERE: dict[str, Rule] = {
    "section": both(
        at_least_one("text", "fields"),
        structure(
            {},
            {
                "text": any_text(3000),
                "fields": listing(any_text(2000), 1, 10),
                "accessory": block_elements.ACCESSORY,
                "expand": boolean,
            },
        ),
    ),
    "header": structure({"text": plain(150)}),
    "context": structure({"elements": listing(block_elements.CONTEXT, 1, 10)}),
    "divider": structure({}),
    "actions": structure({"elements": listing(block_elements.ACTION, 1, 25)}),
    "input": structure(
        {"label": plain(2000), "element": block_elements.INPUT},
        {"hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "image": both(
        unless("image_url", "slack_file"),
        structure(
            {"alt_text": text(2000)},
            {
                "image_url": text(3000, pattern=URL),
                "slack_file": block_elements.SLACK_FILE,
                "title": plain(2000),
            },
        ),
    ),
    "rich_text": structure(RICH_TEXT),
}
MESSAGE_ONLY: dict[str, Rule] = {
    "markdown": structure({"text": text(12_000)}),
    "table": TABLE,
    "data_table": DATA_TABLE,
    "data_visualization": DATA_VISUALIZATION,
    "card": _CARD,
    "carousel": structure(
        {"elements": listing(by_type({"card": _with_id(_CARD)}, "carousel element"), 1, 10)}
    ),
}
MODAL_ONLY: dict[str, Rule] = {
    "alert": structure(
        {"text": any_text(200)}, {"level": choice("default", "info", "warning", "error", "success")}
    ),
}
_AT_MOST = {"table": 1, "data_table": 1, "data_visualization": 2}

_VIEW: dict[str, Rule] = {
    "private_metadata": text(3000, shortest=0),
    "callback_id": text(255, shortest=0),
    "external_id": text(255, shortest=0),
}


def check_message(given: object, *, charts: bool = True) -> list[Json]:
    """The blocks of a message, or SlackError invalid_blocks, msg_blocks_too_long."""
    allowed = {**EVERYWHERE, **MESSAGE_ONLY}
    if not charts:
        del allowed["data_visualization"]
    if not isinstance(given, list):
        raise SlackError("invalid_blocks_format")
    report = Report()
    _check_blocks(given, allowed, MESSAGE_BLOCKS, "/blocks", report)
    if report.messages:
        raise SlackError("invalid_blocks", response_metadata={"messages": report.messages})
    if sum(len(one) for one in texts(given)) > MESSAGE_CHARACTERS:
        raise SlackError("msg_blocks_too_long")
    return given


def check_view(view: Json, kind: str) -> None:
    """Check a modal or home tab; SlackError invalid_arguments."""
    report = Report()
    if view.get("type") != kind:
        report.add(f"must be of type {kind}", "/view/type")
    allowed = dict(EVERYWHERE)
    if kind == "modal":
        allowed |= MODAL_ONLY
        _check_modal(view, report)
    else:
        structure({"blocks": _anything}, {**_VIEW, "title": plain(24)})(view, "/view", report)
    blocks = view.get("blocks")
    _check_blocks(blocks, allowed, VIEW_BLOCKS, "/view/blocks", report)
    if report.messages:
        raise SlackError("invalid_arguments", response_metadata={"messages": report.messages})


def texts(node: object) -> Iterator[str]:
    """Every text that blocks show, for counting characters."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "text" and isinstance(value, str):
                yield value
            else:
                yield from texts(value)
    elif isinstance(node, list):
        for one in node:
            yield from texts(one)


def elements_of(block: Json) -> list[Json]:
    """The interactive elements of a block."""
    found = [block.get("element"), block.get("accessory")]
    if block.get("type") == "actions":
        found += block.get("elements", [])
    for card in [block, *block.get("elements", [])] if block.get("type") in ("card", "carousel") else []:
        found += card.get("actions", []) if isinstance(card, dict) else []
    return [one for one in found if isinstance(one, dict) and one.get("type") != "image"]


def _check_modal(view: Json, report: Report) -> None:
    flags = ("clear_on_close", "notify_on_close", "submit_disabled")
    structure(
        {"title": plain(24), "blocks": _anything},
        {**_VIEW, "submit": plain(24), "close": plain(24), **dict.fromkeys(flags, boolean)},
    )(view, "/view", report)
    blocks = view.get("blocks")
    kinds = [one.get("type") for one in blocks if isinstance(one, dict)] if isinstance(blocks, list) else []
    if "input" in kinds and not view.get("submit"):
        report.add("missing required field: submit (there are input blocks)", "/view")


def _check_blocks(blocks: object, allowed: dict[str, Rule], most: int, pointer: str, report: Report) -> None:
    rule = by_type({kind: _with_id(one) for kind, one in allowed.items()}, "block type")
    listing(rule, 0, most)(blocks, pointer, report)
    if not isinstance(blocks, list):
        return
    known = [one for one in blocks if isinstance(one, dict)]
    _check_unique(known, pointer, report)
    for kind, limit in _AT_MOST.items():
        if sum(1 for one in known if one.get("type") == kind) > limit:
            report.add(f"no more than {limit} {kind} blocks allowed", pointer)


def _check_unique(blocks: list[Json], pointer: str, report: Report) -> None:
    """Block ids are unique, and action ids within a block."""
    seen: set[str] = set()
    for index, block in enumerate(blocks):
        block_id = block.get("block_id")
        if isinstance(block_id, str) and block_id in seen:
            report.add(f"`block_id` {block_id} already exists", f"{pointer}/{index}/block_id")
        seen.add(str(block_id))
        actions = [one.get("action_id") for one in elements_of(block)]
        given = [one for one in actions if one is not None]
        if len(given) != len(set(given)):
            report.add("`action_id` already exists in this block", f"{pointer}/{index}")


def _anything(value: object, pointer: str, report: Report) -> None:
    """A field that is checked elsewhere."""
