"""Fits the weights that ship, bot/analysis/weights.json: `python -m benchmarks.evaluation.fit`.

A multinomial logistic regression on the tuning set, in plain Python, deterministic; it takes some seconds.
`--check` cross-validates instead, with the messages of one theme kept together.
"""

import json
import math
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Final

from benchmarks.evaluation.labelled import Labelled, entries, messages, more
from bot.analysis import classify, names
from bot.analysis.features import Reading, read
from bot.bridges.categories import BUILT_IN

CLASSES: Final = tuple(BUILT_IN)
ROUNDS: Final = 60
RATE: Final = 0.25
# What pulls weights to zero: of cues and structure little, of single words, which are few of each, much.
PULL: Final = {"w": 0.010, "p": 0.014}
PULL_ELSE: Final = 0.002
_OFTEN_ENOUGH: Final = 2  # messages
_COMMON: Final = 4  # messages in which a word of every day stands
LANGUAGES: Final = ("en", "ru")
WEIGHTS: Final = Path(classify.__file__).with_name("weights.json")

Sample = tuple[Mapping[str, float], str]


def samples(language: str) -> list[tuple[Labelled, Reading]]:
    """The tuning messages of one language as the classifier sees them."""
    lists = names.lists_of(entries())
    found = [*messages("tuning", language), *more(language)]
    return [(one, read(one.text, lists.find(one.text))) for one in found]


def fit(data: Sequence[Sample], rounds: int = ROUNDS) -> dict[str, dict[str, float]]:
    """Weights by feature and class; AdaGrad on the shuffled samples, seeded."""
    weights: dict[str, dict[str, float]] = {}
    speed: dict[str, dict[str, float]] = {}
    random = Random(20)
    order = list(range(len(data)))
    for _round in range(rounds):
        random.shuffle(order)
        for nth in order:
            features, label = data[nth]
            chances = classify.softmax(classify.linear(weights, features, CLASSES))
            for name, value in {**features, "bias": 1.0}.items():
                of_class = weights.setdefault(name, dict.fromkeys(CLASSES, 0.0))
                paces = speed.setdefault(name, dict.fromkeys(CLASSES, 1e-2))
                pull = PULL.get(name.partition(":")[0], PULL_ELSE)
                for key in CLASSES:
                    slope = (chances[key] - (key == label)) * value + pull * of_class[key]
                    paces[key] += slope * slope
                    of_class[key] -= RATE * slope / math.sqrt(paces[key])
    return weights


def pruned(weights: dict[str, dict[str, float]], data: Sequence[Sample]) -> dict[str, dict[str, float]]:
    """Without words that stood in one message only: they say more about it than about its category."""
    seen = Counter(name for features, _label in data for name in features)
    return {
        name: one
        for name, one in weights.items()
        if name[:2] not in ("w:", "p:") or seen[name] >= _OFTEN_ENOUGH
    }


def write() -> None:
    """Fit to the whole tuning set and write the file that ships."""
    found = [pair for language in LANGUAGES for pair in samples(language)]
    data = [(reading.features, one.category) for one, reading in found]
    weights = pruned(fit(data), data)
    often = Counter(word for _one, reading in found for word in reading.words)
    shares = {word: round(count / len(found), 4) for word, count in sorted(often.items()) if count >= _COMMON}
    lines = [
        f"{json.dumps(name, ensure_ascii=False)}: {json.dumps([round(one[key], 3) for key in CLASSES])}"
        for name, one in sorted(weights.items())
    ]
    WEIGHTS.write_text(
        f'{{"categories": {json.dumps(CLASSES)},\n"shares": {json.dumps(shares, ensure_ascii=False)},\n'
        + '"weights": {\n'
        + ",\n".join(lines)
        + "\n}}\n",
        encoding="utf-8",
    )
    print(f"{len(weights)} features written to {WEIGHTS}")


def check(folds: int = 5) -> None:
    """Cross-validate, and print accuracy by threshold and a table of mistakes."""
    results: dict[str, list[tuple[str, dict[str, float], Labelled]]] = {"en": [], "ru": []}
    both = {language: samples(language) for language in results}
    for fold in range(folds):
        train = [
            (reading.features, one.category)
            for all_ in both.values()
            for one, reading in all_
            if _fold(one, folds) != fold
        ]
        weights = pruned(fit(train), train)
        for language, all_ in both.items():
            for one, reading in all_:
                if _fold(one, folds) == fold:
                    chances = classify.softmax(classify.linear(weights, reading.features, CLASSES))
                    results[language].append((one.category, chances, one))
    for language, found in results.items():
        for threshold in (0.0, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6):
            right = sum(label == _chosen(chances, threshold) for label, chances, _one in found)
            print(f"{language} threshold {threshold:.2f}: {right / len(found):.3f}")
        if "--mistakes" in sys.argv:
            _print_mistakes(found)


def _print_mistakes(found: Sequence[tuple[str, dict[str, float], Labelled]]) -> None:
    for label, chances, one in found:
        if (chosen := _chosen(chances, 0.0)) != label:
            print(f"{label:>10} taken for {chosen:<10} {chances[chosen]:.2f} {one.text}")


def _chosen(chances: Mapping[str, float], threshold: float) -> str:
    best = max(chances, key=lambda key: chances[key])
    return best if chances[best] >= threshold else "other"


def _fold(one: Labelled, folds: int) -> int:
    return Random(f"{one.theme or one.id}").randrange(folds)


if __name__ == "__main__":
    check() if "--check" in sys.argv else write()
