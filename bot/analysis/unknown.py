"""Names that no list knows: written with a capital within a sentence, or in quotes. Pure."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from bot.analysis.forms import bare, base, is_cyrillic
from bot.analysis.names import Mention, Run, runs
from bot.analysis.ordinary import is_ordinary

MOST: Final = 10  # of one insight
SHORTEST: Final = 3
LONGEST: Final = 40  # characters
_QUOTED: Final = re.compile(r"[«“\"„]([^«»“”\"„\n]{3,40})[»”\"“]")
_ENDS: Final = re.compile(r"[.!?…:;\n(«\"“„–—•*>-]\s*$")
# Written with capitals and yet nobody's name.
_WORDS: Final = """
monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
september october november december english german french spanish italian polish russian chinese europe
european america american asia germany france spain italy poland russia china usa berlin london paris
madrid moscow christmas easter excel word powerpoint outlook google linkedin whatsapp teams slack zoom
internet ceo cfo cto cio coo crm erp sap api roi kpi sla nda gdpr pdf csv sso url faq usb vpn iso hr it pr
qa eu uk us понедельник вторник среда четверг пятница суббота воскресенье январь февраль март апрель май
июнь июль август сентябрь октябрь ноябрь декабрь россия москва питер петербург казань екатеринбург
новосибирск самара уфа пермь урал сибирь европа китай казахстан беларусь црм кп тз нда ндс ооо зао пао ао
ип фас гост озон вб яндекс телеграм телеграмм ватсап эксель новый год рф
"""
_NO_NAMES: Final = frozenset(_WORDS.split())


def unknown_in(text: str, mentions: Sequence[Mention]) -> dict[str, str]:
    """The unknown names of a text: a key that all forms share, and how it was written."""
    there = runs(text)
    taken = [(one.start, one.end) for one in mentions]
    found: dict[str, str] = {}
    shouted = sum(run.written.isupper() and len(run.written) > 1 for run in there) > 3
    at = 0
    while at < len(there):
        group = _group(text, there, at)
        if group and not shouted and not _overlaps(group, taken) and (key := key_of(group)):
            found.setdefault(key, text[group[0].start : group[-1].end])
        at += max(1, len(group))
    for quoted in _QUOTED.finditer(text):
        group = [run for run in there if quoted.start(1) <= run.start and run.end <= quoted.end(1)]
        looks = len(group) <= 3 and bool(group) and group[0].written[0].isupper()
        if looks and not _overlaps(group, taken) and (key := key_of(group)):
            found.setdefault(key, text[group[0].start : group[-1].end])
    return dict(list(found.items())[:MOST])


def key_of(group: Sequence[Run]) -> str:
    """The same for all forms of a name; empty where it can't be one."""
    words = [run.word for run in group]
    joined = " ".join(words)
    if not SHORTEST <= len(joined) <= LONGEST or joined.isdigit():
        return ""
    if any(word in _NO_NAMES or base(word) in _NO_NAMES for word in words):
        return ""
    if len(words) == 1 and is_ordinary(words[0]):
        return ""
    # Of a Russian word the shortest that may be left of it, so that all its cases meet.
    return " ".join(min(bare(word), key=len) if is_cyrillic(word) else word for word in words)[:64]


def keys_of(names: Iterable[str]) -> set[str]:
    """The keys under which names of the lists would be seen."""
    return {key for name in names if (key := key_of(runs(name, hides=False)))}


def _group(text: str, there: Sequence[Run], at: int) -> list[Run]:
    """Neighbouring capitalised words from here on, unless a sentence begins here."""
    first = there[at]
    if not _is_capital(first) or first.start == 0 or _ENDS.search(text[: first.start]):
        return []
    group = [first]
    for run in there[at + 1 : at + 3]:
        if not _is_capital(run) or text[group[-1].end : run.start] not in (" ", "-", " & "):
            break
        group.append(run)
    return group


def _is_capital(run: Run) -> bool:
    # `Hartmann`, `HubSpot`, `IBM`; not `I`, not `ОК`
    return run.written[0].isupper() and len(run.written) >= SHORTEST


def _overlaps(group: Sequence[Run], taken: Sequence[tuple[int, int]]) -> bool:
    return any(start < group[-1].end and group[0].start < end for start, end in taken)
