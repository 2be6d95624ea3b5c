"""How well messages about the same thing are joined to themes, one after the other as they would come in.

Counted are pairs of messages of one language: a pair is right if the people who labelled them and Frontline
both put the two into one theme. The real code runs, over a database of its own.
"""

import json
import random
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any, Final

from bot.analysis.embedding import embed
from bot.bridges.categories import default_categories
from bot.insights.words import index_insight
from bot.say import Say
from bot.themes.joining import place_insight
from storage import bridges, embeddings, insights, schema, themes, workspace
from storage.bridges import BridgeValues
from storage.database import Database, open_database

DATA: Final = Path(__file__).parent / "data"
BEGIN: Final = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DRAWS: Final = 200  # of the bootstrap
SEED: Final = 7


@dataclass(frozen=True)
class Figures:
    """Pairwise figures, each with the bounds between which 95 of 100 draws of the messages lie."""

    precision: tuple[float, float, float]
    recall: tuple[float, float, float]
    f1: tuple[float, float, float]


def report(language: str, data: str = "test") -> Figures:
    """Join the messages of `data` (`test` or `tuning`) in that language, and count."""
    lines = (DATA / f"{data}_{language}.jsonl").read_text(encoding="utf-8").splitlines()
    messages: list[dict[str, Any]] = [json.loads(line) for line in lines]
    return figures([one["theme"] for one in messages], joined([one["text"] for one in messages]))


def joined(texts: Sequence[str]) -> list[int | None]:
    """The theme that each text ends up in, in the order in which they come."""
    with tempfile.TemporaryDirectory(prefix="frontline-eval-") as folder:
        database = open_database(f"sqlite:///{folder}/frontline.db")
        schema.upgrade(database)
        found = _joined(database, texts)
        database.close()
    return found


def _joined(database: Database, texts: Sequence[str]) -> list[int | None]:
    with database.writing() as connection:
        workspace.save_workspace(connection, "T1", "Evaluation", "UBOT")
        values = BridgeValues(
            name="evaluation",
            marketing_channel_id="CM",
            time_zone="UTC",
            language="en",
            flag_emoji=("bulb",),
            sales_channel_ids=("CS",),
            manager_ids=(),
        )
        bridge_id = bridges.add_bridge(connection, "T1", values, BEGIN)
        bridges.save_categories(connection, "T1", bridge_id, default_categories())
        ids = []
        for number, text in enumerate(texts, start=1):
            at = BEGIN + timedelta(minutes=number)
            say = Say(connection, "T1", at, at, "evaluation")
            row = {
                "number": number,
                "bridge_id": bridge_id,
                "source": "command",
                "reporter_id": "U1",
                "text": text,
                "category": "other",
                "category_by": "default",
                "competitors": [],
                "said_at": at,
                "created_at": at,
                "changed_at": at,
            }
            insight = insights.by_id(connection, insights.add(connection, "T1", row))
            assert insight is not None
            index_insight(connection, "T1", insight)
            embeddings.save(connection, insight.id, embed(insight.text))
            place_insight(connection, say, insight)
            ids.append(insight.id)
        known = themes.themes_of(connection, ids)
    return [known.get(one) for one in ids]


def figures(wanted: Sequence[str | None], found: Sequence[int | None]) -> Figures:
    """Precision, recall and F1 over pairs, with bounds by drawing messages with repetition."""
    labelled = list(zip(range(len(wanted)), wanted, found, strict=True))
    dice = random.Random(SEED)
    draws = [_counted([dice.choice(labelled) for _ in labelled]) for _ in range(DRAWS)]
    plain = _counted(labelled)
    return Figures(*(_bounded(plain[at], [draw[at] for draw in draws]) for at in range(3)))


def _bounded(value: float, draws: Sequence[float]) -> tuple[float, float, float]:
    ordered = sorted(draws)
    return value, ordered[int(0.025 * len(ordered))], ordered[int(0.975 * len(ordered))]


def _counted(labelled: Sequence[tuple[int, str | None, int | None]]) -> tuple[float, float, float]:
    right = joined_count = together = 0
    for (number, theme, place), (other, other_theme, other_place) in combinations(labelled, 2):
        if number == other:  # drawn twice: no pair
            continue
        is_one = theme is not None and theme == other_theme
        is_joined = place is not None and place == other_place
        right += is_one and is_joined
        joined_count += is_joined
        together += is_one
    precision = right / joined_count if joined_count else 1.0
    recall = right / together if together else 1.0
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    return precision, recall, f1


if __name__ == "__main__":
    import sys

    for one in ("en", "ru"):
        sys.stdout.write(f"{one}: {report(one, *sys.argv[1:])}\n")
