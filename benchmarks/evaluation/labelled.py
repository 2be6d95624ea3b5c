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
    language: str
    source: str  # of the files of tuning messages, or `test`


def messages(part: str, language: str) -> list[Labelled]:
    """The messages of `test` or `tuning` in one language."""
    lines = (DATA / f"{part}_{language}.jsonl").read_text(encoding="utf-8").splitlines()
    return [_message(json.loads(line), part) for line in lines if line]


def tuning(language: str) -> list[Labelled]:
    """All tuning messages in one language: those with names, and those of categories (and themes) only."""
    found = messages("tuning", language)
    for path in sorted(DATA.glob(f"tuning_*_{language}.tsv")):
        found += _lines(path.stem.split("_")[1], language)
    return found


def themed(language: str) -> list[Labelled]:
    """Tuning messages written for themes: many say the same in other words, some nearly the same."""
    return _lines("themes", language)


def _lines(source: str, language: str) -> list[Labelled]:
    """Category and text, or theme (`-`: none), category and text, with tabs between."""
    path = DATA / f"tuning_{source}_{language}.tsv"
    found = []
    for nth, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        *theme, category, text = line.split("\t")
        named = f"{source}-{language}-{theme[0]}" if theme and theme[0] != "-" else None
        name = f"{source}-{language}-{nth}"
        found.append(
            Labelled(
                name, text, category, frozenset(), named, is_trap=False, language=language, source=source
            )
        )
    return found


def _message(line: dict[str, object], part: str) -> Labelled:
    names = line["names"]
    assert isinstance(names, Sequence)
    return Labelled(
        id=str(line["id"]),
        text=str(line["text"]),
        category=str(line["category"]),
        names=frozenset((str(kind), str(name)) for kind, name in names),
        theme=None if line["theme"] is None else str(line["theme"]),
        is_trap="trap" in str(line.get("note", "")),
        language=str(line["lang"]),
        source=part,
    )


def entries() -> tuple[Entry, ...]:
    """The lists of the bridge that the messages are of."""
    lines = json.loads((DATA / "lists.json").read_text(encoding="utf-8"))
    return tuple(Entry(line["kind"], line["name"], tuple(line["aliases"])) for line in lines)
