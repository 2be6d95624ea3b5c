"""The labelled messages of benchmarks/evaluation/data."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.analysis.names import Entry

DATA: Final = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Labelled:
    """One message and what a sensible head of sales would say of it."""

    id: str
    text: str
    category: str
    names: frozenset[tuple[str, str]]
    theme: str | None
    is_trap: bool


def messages(part: str, language: str) -> list[Labelled]:
    """The messages of `test` or `tuning` in one language."""
    lines = (DATA / f"{part}_{language}.jsonl").read_text(encoding="utf-8").splitlines()
    return [_message(json.loads(line)) for line in lines if line]


def more(language: str) -> list[Labelled]:
    """Further tuning messages in one language, of other trades: labelled with their categories only."""
    lines = (DATA / f"tuning_more_{language}.tsv").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("\t") for line in lines if line]
    return [
        Labelled(f"m{language}-{nth}", text, category, frozenset(), None, is_trap=False)
        for nth, (category, text) in enumerate(pairs)
    ]


def _message(line: dict[str, object]) -> Labelled:
    names = line["names"]
    assert isinstance(names, Sequence)
    return Labelled(
        id=str(line["id"]),
        text=str(line["text"]),
        category=str(line["category"]),
        names=frozenset((str(kind), str(name)) for kind, name in names),
        theme=None if line["theme"] is None else str(line["theme"]),
        is_trap="trap" in str(line.get("note", "")),
    )


def entries() -> tuple[Entry, ...]:
    """The lists of the bridge that the messages are of."""
    lines = json.loads((DATA / "lists.json").read_text(encoding="utf-8"))
    return tuple(Entry(line["kind"], line["name"], tuple(line["aliases"])) for line in lines)
