"""Reads the emoji that people type: with or without colons, skin tones stripped."""

import re
from dataclasses import dataclass
from typing import Final

# Slack's own names and custom ones: letters of any script, digits, and these signs.
_NAME: Final = re.compile(r"[\w+\-']{1,100}")
_TONE: Final = re.compile(r"skin-tone-[2-6]")
_LINE: Final = re.compile(r"\s*:([^\s:]+):(?::skin-tone-[2-6]:)?\s*(.*)", re.DOTALL)


@dataclass(frozen=True)
class EmojiList:
    """What a field of several emoji holds."""

    names: tuple[str, ...]  # without colons and skin tones, each once, in the order typed
    wrong: tuple[str, ...]  # what is no emoji's name


def read_emoji(text: str) -> EmojiList:
    """The emoji of a text such as `:bulb: :fire:` or `bulb, +1::skin-tone-3`."""
    names: list[str] = []
    wrong: list[str] = []
    for token in re.split(r"[\s,;]+", text.strip()):
        parts = [part.lower() for part in token.split(":") if part]
        bare = [part for part in parts if not _TONE.fullmatch(part)]
        if not token:
            continue
        if bare and all(is_emoji_name(part) for part in bare):
            names += bare
        else:
            wrong.append(token)
    return EmojiList(tuple(dict.fromkeys(names)), tuple(dict.fromkeys(wrong)))


def is_emoji_name(name: str) -> bool:
    """Whether Slack could know an emoji by that name. Which custom ones there are is not looked up."""
    return _NAME.fullmatch(name) is not None


def write_emoji(names: tuple[str, ...]) -> str:
    """What `read_emoji` reads again."""
    return " ".join(f":{name}:" for name in names)


def read_named_emoji(line: str) -> tuple[str, str] | None:
    """Emoji and name of a line such as `:gear: Processes`; None where no emoji stands in front."""
    found = _LINE.fullmatch(line)
    if found is None or not is_emoji_name(found[1].lower()):
        return None
    return found[1].lower(), " ".join(found[2].split())
