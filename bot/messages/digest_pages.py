"""Pages for what is too long for one message.

Slack refuses a message of more than 50 blocks or about 13,200 characters (slackapi/bolt-js#2509), so pages
end well below both; what belongs together (a heading and its first quote, a quote and its byline) is one
chunk, and stays on one page.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from slack_sdk.models.blocks import Block, DividerBlock

MOST_BLOCKS: Final = 44  # of a page; a preview adds to it
MOST_CHARACTERS: Final = 10_000
SECTION: Final = 2_900  # of Slack's 3,000


@dataclass(frozen=True)
class Chunk:
    """Blocks that stay together on a page."""

    blocks: tuple[Block, ...]
    quoted: tuple[int, ...] = ()


def pack(
    chunks: Iterable[Chunk], *, most_blocks: int = MOST_BLOCKS, most_characters: int = MOST_CHARACTERS
) -> list[Chunk]:
    """Chunks joined to pages; none is split, and a page begins without a dividing line."""
    pages: list[Chunk] = []
    filled = 0
    for chunk in chunks:
        more = sum(map(weight, chunk.blocks))
        page = pages[-1] if pages else None
        fits = (
            page and len(page.blocks) + len(chunk.blocks) <= most_blocks and filled + more <= most_characters
        )
        if page and fits:
            pages[-1] = Chunk(page.blocks + chunk.blocks, page.quoted + chunk.quoted)
            filled += more
        else:
            blocks = chunk.blocks[1:] if isinstance(chunk.blocks[0], DividerBlock) else chunk.blocks
            pages.append(replace(chunk, blocks=blocks))
            filled = more
    return pages


def weight(block: Block) -> int:
    """An upper bound of what Slack counts: every string of the block, addresses and names too."""
    return sum(map(_utf16, _strings(block.to_dict())))


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _strings(node: object) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, Mapping):
        for value in node.values():
            yield from _strings(value)
    elif isinstance(node, list):
        for one in node:
            yield from _strings(one)


def paragraphs(lines: Iterable[str]) -> list[str]:
    """Lines joined to texts that a section can hold."""
    texts: list[str] = []
    for line in lines:
        if texts and len(texts[-1]) + len(line) < SECTION:
            texts[-1] += "\n" + line
        else:
            texts.append(line)
    return texts
