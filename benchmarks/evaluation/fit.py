"""Fits the weights that ship, bot/analysis/weights.json: `python -m benchmarks.evaluation.fit`.

A multinomial logistic regression on the tuning set, deterministic; it takes a minute. `--check` measures
instead: each writer's tuning messages by weights that were fitted to the others' alone, since one writer's
messages resemble each other.
"""

import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.evaluation.labelled import Labelled, entries, tuning
from bot.analysis import classify, names
from bot.analysis.embedding import DIMENSIONS, vectors
from bot.analysis.features import Reading, read
from bot.bridges.categories import BUILT_IN

CLASSES: Final = tuple(BUILT_IN)
ROUNDS: Final = 400
# What pulls weights to zero: of cues and structure little, of single words, which are few of each, more.
PULL: Final = {"w": 0.0006, "p": 0.0012, "embedding": 0.0006}
PULL_ELSE: Final = 0.0015
WEIGHT: Final = {"w": 1.0, "p": 0.7, "embedding": 3.0}
_OFTEN_ENOUGH: Final = 2  # messages
_COMMON: Final = 8  # messages in which a word of every day stands
SAME_WRITER: Final = {"themes": "office"}  # of the same subjects, too
LANGUAGES: Final = ("en", "ru")
WEIGHTS: Final = Path(classify.__file__).with_name("weights.json")

Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class Sample:
    """A tuning message as the classifier sees it."""

    of: Labelled
    reading: Reading


def samples() -> list[Sample]:
    """All tuning messages."""
    lists = names.lists_of(entries())
    return [Sample(one, read(one.text, lists.find(one.text))) for lang in LANGUAGES for one in tuning(lang)]


def fit(data: Sequence[Sample]) -> classify.Weights:
    """Weights by gradient descent with momentum (Nesterov) on all samples at once."""
    seen = Counter(name for one in data for name in one.reading.features)
    columns = ["bias", *sorted(name for name, count in seen.items() if count >= _least(name))]
    place = {name: at for at, name in enumerate(columns)}
    known = len(columns)
    table = np.zeros((len(data), known + DIMENSIONS), dtype=np.float32)
    for row, one in enumerate(data):
        table[row, 0] = 1
        for name, value in one.reading.features.items():
            if name in place:
                table[row, place[name]] = value
    table[:, known:] = vectors([one.reading.embedding for one in data])
    kinds = [name.partition(":")[0] for name in columns] + ["embedding"] * DIMENSIONS
    scale = np.array([WEIGHT.get(kind, 1.0) for kind in kinds], dtype=np.float32)
    pull = np.array([PULL.get(kind, PULL_ELSE) for kind in kinds], dtype=np.float32)
    wanted = np.eye(len(CLASSES), dtype=np.float32)[[CLASSES.index(one.of.category) for one in data]]
    found = _descend(table * scale, wanted, pull) * scale[:, None]
    return classify.Weights(
        CLASSES, {name: found[at].tolist() for name, at in place.items()}, found[known:].astype(np.float32)
    )


def _descend(table: Matrix, wanted: Matrix, pull: Matrix) -> Matrix:
    weights = np.zeros((table.shape[1], wanted.shape[1]), dtype=np.float32)
    ahead = weights
    step = 1 / (0.5 * _steepest(table) + float(pull.max()))
    for nth in range(ROUNDS):
        scores = table @ ahead
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        chances = powers / powers.sum(axis=1, keepdims=True)
        slope = table.T @ (chances - wanted) / len(table) + pull[:, None] * ahead
        moved = ahead - step * slope
        ahead = moved + nth / (nth + 3) * (moved - weights)
        weights = moved
    return weights


def _steepest(table: Matrix) -> float:
    """The largest eigenvalue of the table's second moments."""
    vector = np.ones(table.shape[1], dtype=np.float32)
    length = np.float32(1)
    for _ in range(50):
        vector = table.T @ (table @ (vector / length)) / np.float32(len(table))
        length = np.linalg.norm(vector)
    return float(length)


def _least(name: str) -> int:
    """A word that stood in one message only says more about it than about its category."""
    return _OFTEN_ENOUGH if name[:2] in ("w:", "p:") else 1


def write() -> None:
    """Fit to the whole tuning set and write the file that ships."""
    data = samples()
    weights = fit(data)
    often = Counter(word for one in data for word in one.reading.words)
    shares = {word: round(count / len(data), 4) for word, count in sorted(often.items()) if count >= _COMMON}
    lines = [
        f"{json.dumps(name, ensure_ascii=False)}: {json.dumps([round(value, 3) for value in one])}"
        for name, one in sorted(weights.features.items())
        if any(abs(value) >= 0.0005 for value in one)
    ]
    dimensions = [json.dumps([round(float(value), 3) for value in row]) for row in weights.embedding]
    WEIGHTS.write_text(
        f'{{"categories": {json.dumps(CLASSES)},\n"shares": {json.dumps(shares, ensure_ascii=False)},\n'
        + '"embedding": [\n'
        + ",\n".join(dimensions)
        + '\n],\n"weights": {\n'
        + ",\n".join(lines)
        + "\n}}\n",
        encoding="utf-8",
    )
    sys.stdout.write(f"{len(lines)} features of {len(data)} messages written to {WEIGHTS}\n")


def check() -> None:
    """Print how many of each writer's messages are filed rightly by what was fitted to the others'."""
    data = samples()
    for writer in sorted({_writer(one) for one in data}):
        weights = fit([one for one in data if _writer(one) != writer])
        for language in LANGUAGES:
            held = [one for one in data if _writer(one) == writer and one.of.language == language]
            if held:
                _print(f"{writer} {language}", [(one, _chances(weights, one)) for one in held])


def _writer(one: Sample) -> str:
    return SAME_WRITER.get(one.of.source, one.of.source)


def _chances(weights: classify.Weights, one: Sample) -> dict[str, float]:
    return classify.softmax(classify.linear(weights, one.reading, CLASSES))


def _print(name: str, found: Sequence[tuple[Sample, dict[str, float]]]) -> None:
    by_threshold = []
    for threshold in (0.0, 0.3, 0.35, 0.4, 0.45, 0.5):
        right = sum(one.of.category == _chosen(chances, threshold) for one, chances in found)
        by_threshold.append(f"{threshold:.2f}: {right / len(found):.3f}")
    sys.stdout.write(f"{name} ({len(found)}) by threshold {', '.join(by_threshold)}\n")
    if "--mistakes" in sys.argv:
        for one, chances in found:
            if (chosen := _chosen(chances, 0.0)) != one.of.category:
                sys.stdout.write(
                    f"{one.of.category:>10} taken for {chosen:<10} {chances[chosen]:.2f} {one.of.text}\n"
                )


def _chosen(chances: Mapping[str, float], threshold: float) -> str:
    best = max(chances, key=lambda key: chances[key])
    return best if chances[best] >= threshold else "other"


if __name__ == "__main__":
    check() if "--check" in sys.argv else write()
