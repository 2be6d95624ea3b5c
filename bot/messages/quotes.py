"""Quotes in posts: recognised by their block ids, so that a deleted text can be taken out again."""

from collections.abc import Mapping, Sequence
from typing import Any

QUOTE = "quote-"


def quote_id(number: int, nth: int = 1) -> str:
    """The block id of the nth quote of insight `number` in one message."""
    return f"{QUOTE}{number}" if nth == 1 else f"{QUOTE}{number}-{nth}"


def is_quote_of(block: Mapping[str, Any], number: int) -> bool:
    block_id = str(block.get("block_id") or "")
    return block_id == f"{QUOTE}{number}" or block_id.startswith(f"{QUOTE}{number}-")


def without_quotes(blocks: Sequence[Mapping[str, Any]], number: int, instead: str) -> list[dict[str, Any]]:
    """The blocks with `instead` wherever that insight's words stood."""
    return [_emptied(block, instead) if is_quote_of(block, number) else dict(block) for block in blocks]


def _emptied(block: Mapping[str, Any], instead: str) -> dict[str, Any]:
    words = [{"type": "text", "text": instead, "style": {"italic": True}}]
    return {
        "type": "rich_text",
        "block_id": block["block_id"],
        "elements": [{"type": "rich_text_quote", "elements": words}],
    }
