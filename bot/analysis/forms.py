"""The forms that a name takes: cases, plurals, possessives, derived words, the other alphabet. Pure."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

# Endings of Russian nouns (and of foreign names declined as such).
_NOUN_ENDINGS: Final = (
    "а я у ю о е э ы и ь й ом ем ём ой ей ою ею ов ев ёв ам ям ами ями ах ях ью ия ию ии ий ией иям иями"
)
_NOUN: Final = frozenset(_NOUN_ENDINGS.split())
_ADJECTIVE_ENDINGS: Final = (
    "ый ий ой ого его ому ему ым им ом ем ая яя ую юю ой ей ою ею ое ее ые ие ых их ым им ыми ими"
)
_ADJECTIVE: Final = frozenset(_ADJECTIVE_ENDINGS.split())
# «уралмашевцы», «бризовские»: people and things of the one named.
_DERIVED: Final = re.compile(
    r"(?:ов|ев|ин)?(?:ск(?:ий|ая|ое|ие|ого|ой|ую|их|им|ими|ому|ом)|ец|ц(?:ы|ев|ам|ами|ах|а|у|ем|е))"
    r"|(?:ов|ев)(?:а|о|ы|ой|у|ых|ым|ыми|ского)?"
)
_LATIN_PLURAL: Final = frozenset({"s", "es"})
_AFTER_DIGITS_WORDS: Final = "s й я е ю х ой ую ые ых ым ке ка ки ку кой"
_AFTER_DIGITS: Final = frozenset(_AFTER_DIGITS_WORDS.split())
_SOFT: Final = "аяьйыи"
_VOWELS: Final = "аеиоуыэюя"
_FIXED: Final = "оеёуюэи"  # names in these are not declined

_TO_LATIN: Final = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z", "и": "i",
    "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t",
    "у": "u", "ф": "f", "х": "h", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sh", "ъ": "", "ы": "i", "ь": "",
    "э": "e", "ю": "iu", "я": "ia",
}  # fmt: skip
_SOUNDS: Final = (
    ("sch", "sh"), ("shch", "sh"), ("ph", "f"), ("ck", "k"), ("qu", "kv"), ("x", "ks"), ("w", "v"),
    ("kh", "h"), ("th", "t"), ("ya", "ia"), ("yu", "iu"), ("y", "i"), ("j", "i"), ("c", "k"),
)  # fmt: skip


@lru_cache(maxsize=16384)
def fold(word: str) -> str:
    """Lower case, ё as е, Latin letters without accents; й stays."""
    folded = unicodedata.normalize("NFKC", word).casefold().replace("ё", "е").replace("ß", "ss")
    return "".join(
        letter if is_cyrillic(letter) else unicodedata.normalize("NFKD", letter)[:1] for letter in folded
    )


def is_cyrillic(text: str) -> bool:
    """Whether a Cyrillic letter stands in it."""
    return any("Ѐ" <= letter <= "ԯ" for letter in text)


def base(word: str) -> str:
    """What of a folded name word stays in all its forms."""
    if not is_cyrillic(word) or len(word) < 4:
        return word
    if word[-2:] in ("ый", "ий", "ая", "яя", "ое", "ее", "ые", "ие") and len(word) > 5:
        return word[:-2]
    return word[:-1] if word[-1] in _SOFT and word[-1] != "и" else word


def is_form(written: str, name: str, *, is_part: bool = False) -> bool:
    """Whether a folded run of letters is a form of a folded name word; `is_part`: of a longer name."""
    if written == name:
        return True
    stem = base(name)
    if not written.startswith(stem):
        return False
    rest = written[len(stem) :]
    if name.isdigit():
        return len(name) > 1 and rest in _AFTER_DIGITS
    return is_ending(rest, name) or (is_part and len(name) == 3 and name[-1] not in _VOWELS and rest in _NOUN)


def is_ending(rest: str, name: str) -> bool:
    """Whether `rest` may stand behind the base of a folded name word."""
    if not is_cyrillic(name):
        # `Hubspot'ом`, `forgeа`; `Kowalskis`
        return rest in _LATIN_PLURAL and not name.endswith("s") if not is_cyrillic(rest) else _is_tail(rest)
    if name[-1] in _FIXED or len(name) < 4:
        return _DERIVED.fullmatch(rest) is not None and len(name) >= 3 and len(rest) > 3
    if base(name) == name[:-2]:
        return rest in _ADJECTIVE
    if rest == "":
        return (name[-1] in "ая" and len(name) >= 5) or name[-1] not in _SOFT
    return _is_tail(rest)


def _is_tail(rest: str) -> bool:
    return rest in _NOUN or _DERIVED.fullmatch(rest) is not None


def bare(written: str) -> list[str]:
    """A folded Cyrillic run without each ending that it may have, itself first."""
    found = [written]
    for length in range(1, min(6, len(written) - 4)):
        if _is_tail(written[-length:]):
            found.append(written[:-length])
    return found


@lru_cache(maxsize=16384)
def sound(word: str) -> str:
    """How a folded word is spoken, roughly, in Latin letters: the same for `veltrix` and `вельтрикс`."""
    latin = "".join(_TO_LATIN.get(letter, letter) for letter in word)
    for letters, spoken in _SOUNDS:
        latin = latin.replace(letters, spoken)
    return re.sub(r"(.)\1+", r"\1", latin)
