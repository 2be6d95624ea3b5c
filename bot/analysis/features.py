"""What a classifier sees of a text: cues, how it is built, whose names stand in it, its words. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from bot.analysis.cues import CueBook, Found, shipped
from bot.analysis.embedding import Embedding, embed, without_markup
from bot.analysis.names import Mention
from bot.stems import Token, tokens

MOST_WORDS: Final = 200  # of a text; what comes later does not change what it is about
_CUE_CAP: Final = 4.0
_STRONG_CAP: Final = 2

_PRONOUNS: Final = {
    "we": "our us we ours мы нас нам наш наша наше наши нашей нашего нашу наших нашим нашими нашем нами",
    "i": "i me my мне меня я мой моя мои мою",
    "they": "they them their theirs he she his her him они их им у ними он она его ее ей ему них него нее",
    "you": "you your u вы вас вам ваш ваша ваши ты тебя тебе",
}
_SAID: Final = {who: frozenset(words.split()) for who, words in _PRONOUNS.items()}
_MARKED: Final = re.compile(r"[☀-➿\U0001f000-\U0001faff]|:[a-z_]+:|\)\)+|lol|haha|ахах")


@dataclass(frozen=True)
class Reading:
    """The features of one text, by name, and what the bridge's own cues found in it."""

    features: Mapping[str, float]
    words: tuple[str, ...]  # stems, each once
    own: Mapping[str, Found]
    embedding: Embedding


def read(text: str, mentions: Sequence[Mention], own: CueBook | None = None) -> Reading:
    """Look at a text as Slack writes it."""
    shown = without_markup(text)
    words = tokens(shown)[:MOST_WORDS]
    found = shipped().find(words)
    features: dict[str, float] = {}
    for category, cue in found.items():
        features[f"cue:{category}"] = min(cue.weight, _CUE_CAP)
        if cue.strong:
            features[f"strong:{category}"] = float(min(cue.strong, _STRONG_CAP))
    features |= _structure(text, shown, words, mentions, found)
    names = _named(text, mentions)
    every = tuple(dict.fromkeys(word.stem for word in words))
    learned = [stem for stem in every if stem not in names]
    scale = 1 / max(3.0, len(learned)) ** 0.5
    features |= {f"w:{stem}": scale for stem in learned}
    features |= {f"p:{one} {two}": scale for one, two in pairwise(learned)}
    return Reading(features, every, own.find(words) if own else {}, embed(text))


def words_of(text: str) -> tuple[str, ...]:
    """The stems of a text as Slack writes it, each once: what is learned from."""
    return tuple(dict.fromkeys(word.stem for word in tokens(without_markup(text))[:MOST_WORDS]))


def _named(text: str, mentions: Sequence[Mention]) -> frozenset[str]:
    """Stems of the names themselves: that Acme is spoken of is said by the kind of the mention."""
    return frozenset(
        token.stem for mention in mentions for token in tokens(text[mention.start : mention.end])
    )


def _structure(
    text: str, shown: str, words: Sequence[Token], mentions: Sequence[Mention], found: Mapping[str, Found]
) -> dict[str, float]:
    kinds = {mention.kind for mention in mentions}
    forms = {word.word for word in words}
    signs = {
        "is:short": len(words) <= 3,
        "is:brief": 3 < len(words) <= 7,
        "is:long": len(words) > 25,
        "is:question": "?" in shown,
        "is:ends in question": shown.rstrip().endswith("?"),
        "is:shouted": "!" in shown,
        "is:marked": bool(_MARKED.search(shown.lower())),
        "is:quoted": bool(re.search(r'["«“„]', shown)),
        "has:link": shown != text,
        "has:number": bool(re.search(r"\d", shown)),
        "has:percent": bool(re.search(r"\d\s?(?:%|percent|проц)", shown)),
    }
    signs |= {f"says:{who}": bool(forms & words) for who, words in _SAID.items()}
    signs |= {f"names:{kind}": kind in kinds for kind in ("competitor", "customer", "product")}
    if not kinds:
        signs["names:nobody"] = True
    if "competitor" in kinds and words and mentions[0].kind == "competitor":
        signs["names:competitor first"] = True
    for category in ("complaint", "request", "market", "process", "customer"):
        if category in found:
            for kind in ("competitor", "product", "customer"):
                signs[f"both:{kind} {category}"] = kind in kinds
    if not found:
        signs["cue:none"] = True
    return {name: 1.0 for name, holds in signs.items() if holds}
