"""Plain ways to compare with: always the commonest category, a list of keywords, exact spellings."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from benchmarks.evaluation.labelled import Labelled, messages

# What one would write down in a quarter of an hour. The first category with the most hits wins.
KEYWORDS: Final[dict[str, tuple[str, ...]]] = {
    "complaint": ("complain", "broken", "crash", "error", "bug", "support", "slow", "doesn't work", "angry",
                  "жалоб", "жалу", "слома", "не работает", "ошибк", "поддержк", "брак", "тормоз", "вернул"),
    "competitor": ("competitor", "rival", "cheaper", "discount", "lost to", "switched",
                   "конкурент", "дешевле", "демпинг", "скидк", "проиграли", "перешли на"),
    "market": ("market", "rumour", "rumor", "law", "regulation", "merger", "insolven", "acquired", "tender",
               "рынок", "рынк", "слух", "закон", "банкрот", "слияни", "тендер", "купил"),
    "process": ("approval", "crm", "process", "sign-off", "internal", "legal",
                "согласован", "црм", "crm", "процесс", "юрист", "бухгалтер"),
    "request": ("need", "can we", "could we", "please", "pls", "send", "case study", "slides",
                "нужен", "нужна", "нужно", "надо", "можно", "дайте", "сделайте", "презентац", "кейс"),
    "customer": ("customer", "budget", "afraid", "worried", "their team", "boss",
                 "клиент", "бюджет", "боятся", "директор", "настроени"),
}  # fmt: skip


def majority(language: str) -> str:
    """The commonest category of the tuning set."""
    counted = Counter(one.category for one in messages("tuning", language))
    return max(sorted(counted), key=lambda key: counted[key])


def by_keywords(text: str) -> str:
    """The category with most keywords in the text."""
    lowered = text.lower()
    hits = {key: sum(word in lowered for word in words) for key, words in KEYWORDS.items()}
    best = max(hits, key=lambda key: hits[key])
    return best if hits[best] else "other"


def names_by_substring(
    one: Labelled, spellings: Sequence[tuple[str, tuple[str, str]]]
) -> set[tuple[str, str]]:
    """The names whose exact spelling stands anywhere in the text, in any case of letters."""
    lowered = one.text.casefold()
    return {name for spelling, name in spellings if spelling in lowered}
