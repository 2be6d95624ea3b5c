"""Categories and recognition measured on one set of labelled messages."""

from collections.abc import Iterator, Sequence
from random import Random
from typing import Final

from benchmarks.evaluation.baselines import by_keywords, majority, names_by_substring
from benchmarks.evaluation.figures import Hits, Row, f1, precision, recall, row, share
from benchmarks.evaluation.labelled import Labelled, entries, messages
from bot.analysis.classify import NOTHING, OTHER, Lessons, suggest
from bot.analysis.features import Reading, read
from bot.analysis.names import lists_of
from bot.bridges.categories import BUILT_IN

CORRECTIONS: Final = 50
ORDERS: Final = 20  # seeded orders in which the corrections come
CATEGORIES: Final = tuple(BUILT_IN)

Read = tuple[Labelled, Reading]


def report(part: str, language: str) -> Iterator[Row]:
    """All figures of one set, in one language."""
    lists = lists_of(entries())
    found = [(one, read(one.text, lists.find(one.text))) for one in messages(part, language)]
    yield from categories(found, language)
    yield from corrected(found)
    yield from decided(found)
    yield from recognition([one for one, _reading in found])


def filed(reading: Reading, lessons: Lessons = NOTHING) -> str:
    """Where an insight ends up: what is not sure stays without a category."""
    suggestion = suggest(reading, CATEGORIES, lessons)
    return suggestion.category if suggestion.is_sure else OTHER


def categories(found: Sequence[Read], language: str) -> Iterator[Row]:
    """Accuracy overall and per category (of those that are of it, how many are filed there)."""
    commonest = majority(language)
    rows = [
        (
            one.category,
            filed(reading) == one.category,
            commonest == one.category,
            by_keywords(one.text) == one.category,
        )
        for one, reading in found
    ]
    for category in (None, *CATEGORIES):
        of_it = [one for one in rows if category in (None, one[0])]
        others = [
            ("majority", share([one[2] for one in of_it])),
            ("keywords", share([one[3] for one in of_it])),
        ]
        name = "category accuracy" if category is None else f"  of {category}"
        yield row(name, [one[1] for one in of_it], share, others)
    sure = [
        suggestion.category == one.category
        for one, reading in found
        if (suggestion := suggest(reading, CATEGORIES)).is_sure
    ]
    yield row("suggestions that are right", sure, share)


def corrected(found: Sequence[Read]) -> Iterator[Row]:
    """Messages come one by one, and what is filed wrongly is corrected, fifty times; then what follows is
    measured, with what was learned and without.
    """
    before: list[bool] = []
    after: list[bool] = []
    for seed in range(ORDERS):
        order = list(found)
        Random(seed).shuffle(order)
        lessons, made, at = Lessons(), 0, 0
        while made < CORRECTIONS and at < len(order) * 3 // 4:
            one, reading = order[at]
            if filed(reading, lessons) != one.category:
                lessons.learn(reading.words, reading.embedding, one.category)
                made += 1
            at += 1
        before += [filed(reading) == one.category for one, reading in order[at:]]
        after += [filed(reading, lessons) == one.category for one, reading in order[at:]]
    yield row(f"after {CORRECTIONS} corrections", after, share, [("same messages without", share(before))])


def decided(found: Sequence[Read]) -> Iterator[Row]:
    """Fifty messages that a person filed, right or wrong before; then what follows is measured."""
    before: list[bool] = []
    after: list[bool] = []
    for seed in range(ORDERS):
        order = list(found)
        Random(seed).shuffle(order)
        lessons = Lessons(
            (reading.words, reading.embedding, one.category) for one, reading in order[:CORRECTIONS]
        )
        before += [filed(reading) == one.category for one, reading in order[CORRECTIONS:]]
        after += [filed(reading, lessons) == one.category for one, reading in order[CORRECTIONS:]]
    yield row(f"after {CORRECTIONS} decisions", after, share, [("same messages without", share(before))])


def recognition(found: Sequence[Labelled]) -> Iterator[Row]:
    """Precision, recall and F1 of names, by message."""
    lists = lists_of(entries())
    spellings = [
        (spelling.casefold(), (entry.kind, entry.name))
        for entry in entries()
        for spelling in (entry.name, *entry.aliases)
    ]
    ours = [_hits(one, {(mention.kind, mention.name) for mention in lists.find(one.text)}) for one in found]
    plain = [_hits(one, names_by_substring(one, spellings)) for one in found]
    for name, figure in (("precision", precision), ("recall", recall), ("F1", f1)):
        yield row(f"names: {name}", ours, figure, [("substrings", figure(plain))])


def _hits(one: Labelled, found: set[tuple[str, str]]) -> Hits:
    return Hits(len(found & one.names), len(found - one.names), len(one.names - found))
