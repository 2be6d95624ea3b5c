"""Posts without an insight or a person that was erased: what stands around a quote goes with it. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.messages.quotes import is_quote_of, without_quotes

GONE: Final = "…"  # in place of a name or number, in all languages
_LINK: Final = re.compile(r"<[^|<>]*\|([^<>]*)>")
_NUMBER: Final = re.compile(r"#\d+")
HEAD: Final = 60  # characters within which a paragraph says which insight it is about


def without_insight(blocks: Sequence[Mapping[str, Any]], number: int, instead: str) -> list[dict[str, Any]]:
    """The blocks without the insight: `instead` in place of its words, headline and byline dropped."""
    kept: list[dict[str, Any]] = []
    is_below_quote = False
    for block in blocks:
        if is_quote_of(block, number):
            kept += without_quotes([block], number, instead)
            is_below_quote = True
            continue
        if not (is_below_quote and block.get("type") == "context") and not _is_about(block, number):
            kept.append(_mapped(block, lambda text: _unnumbered(text, number)))
        is_below_quote = False
    return kept or [{"type": "section", "text": {"type": "mrkdwn", "text": instead}}]


def _is_about(block: Mapping[str, Any], number: int) -> bool:
    """A headline or byline of this insight alone, or its outcome with the number before it."""
    if block.get("type") not in ("section", "context"):
        return False
    words = "\n".join(_LINK.sub(r"\1", one) for one in _strings(block))
    found = set(_NUMBER.findall(words))
    return found == {f"#{number}"} and f"#{number}" in words[:HEAD]


def _unnumbered(text: str, number: int) -> str:
    return re.sub(rf"#{number}(?!\d)", GONE, text)


def without_person(message: Mapping[str, Any], user_id: str, name: str) -> dict[str, Any]:
    """A message that neither mentions nor names the person. In quotes, which are others' words, a name goes
    only where it stands for a mention."""
    mention = re.compile(rf"<@{re.escape(user_id)}(\|[^<>]*)?>|\b{re.escape(user_id)}\b")
    named = re.compile(rf"(?<!\w)@?{re.escape(name)}(?!\w)") if name.strip() else None
    mentioned = re.compile(rf"@{re.escape(name)}(?!\w)") if name.strip() else None

    def clean(text: str, pattern: re.Pattern[str] | None) -> str:
        if pattern is named:
            text = _without_her_lines(text, user_id, name)
        text = mention.sub(GONE, text)
        return pattern.sub(GONE, text) if pattern else text

    blocks = []
    for block in message.get("blocks") or []:
        is_quote = str(block.get("block_id") or "").startswith("quote-")
        pattern = mentioned if is_quote else named
        blocks.append(_mapped(block, lambda text, pattern=pattern: clean(text, pattern), user_id))
    return {**message, "text": clean(str(message.get("text") or ""), named), "blocks": blocks}


def _without_her_lines(text: str, user_id: str, name: str) -> str:
    """In a list of what people said or promised, hers are the lines that begin with her name and a colon, or
    with her name and a dot between; what follows up to the next point is hers too."""
    who = "|".join(re.escape(one) for one in (f"<@{user_id}>", name) if one)
    hers = re.compile(rf"^(• )?@?(?:{who})(?::| ·)")
    kept, is_hers = [], False
    for line in text.split("\n"):
        if found := hers.match(line):
            is_hers = True
            kept.append(f"{found[1] or ''}{GONE}")
        elif not is_hers or line.startswith("• "):
            is_hers = False
            kept.append(line)
    return "\n".join(kept)


def _strings(value: Any) -> list[str]:
    """The texts in a block, in their order."""
    if isinstance(value, Mapping):
        own = [str(value["text"])] if isinstance(value.get("text"), str) else []
        return own + [one for name, part in value.items() if name != "block_id" for one in _strings(part)]
    if isinstance(value, list | tuple):
        return [one for part in value for one in _strings(part)]
    return []


def _mapped(value: Any, change: Any, user_id: str | None = None) -> Any:
    """The block with its texts changed; elements that stand for the person become `GONE`."""
    if isinstance(value, Mapping):
        if user_id is not None and value.get("type") == "user" and value.get("user_id") == user_id:
            return {"type": "text", "text": GONE}
        return {
            name: change(part) if name == "text" and isinstance(part, str) else _mapped(part, change, user_id)
            for name, part in value.items()
        }
    if isinstance(value, list | tuple):
        return [_mapped(part, change, user_id) for part in value]
    return value
