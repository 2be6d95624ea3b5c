"""A store filled with insights as people write them: made of the beginnings and endings of real messages."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from random import Random
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, insert, select, update

from benchmarks.evaluation.labelled import Labelled, messages
from benchmarks.slackside import SALES, TEAM
from bot import stems
from bot.analysis.embedding import DIMENSIONS, embed
from storage import analysis, search
from storage.bridges import Bridge
from storage.database import Database
from storage.tables import embeddings, insights, readings, theme_members, themes, workspaces

NOW: Final = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
BATCH: Final = 10_000  # rows in one statement
CATEGORIES: Final = ("customer", "complaint", "competitor", "market", "process", "request", "other")
WAYS: Final = ("suggested", "suggested", "suggested", "default", "flag", "flag", "person", "default")
THEMED: Final = 0.3  # of the insights: they belong to the theme of those that begin alike
LASTING: Final = 20  # themes that go on for ever; others end with their month
MONTH: Final = 3_000  # insights
_SYLLABLES: Final = ("bra", "ten", "vol", "kir", "mos", "lan", "dur", "pex", "sil", "hag", "rov", "tim")


@dataclass(frozen=True)
class Written:
    """A text, its stems, and which beginning it has."""

    text: str
    stems: tuple[str, ...]
    embedding: bytes
    beginning: int
    customer: str


@dataclass(frozen=True)
class Row:
    """An insight's row, its reading, its place in a theme (or nothing), its stems, its embedding."""

    insight: dict[str, Any]
    reading: dict[str, Any]
    member: dict[str, Any]
    stems: tuple[str, ...]
    embedding: dict[str, Any]


class Writer:
    """Writes texts, the same ones for the same seed; few beginnings and endings are very frequent."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        told = [one.text.split() for one in _told()]
        self._beginnings = [_part(words[: len(words) // 2]) for words in told]
        self._endings = [_part(words[len(words) // 2 :]) for words in told]
        self._meant = [_meant(parts) for parts in (self._beginnings, self._endings)]
        self._customers = [_part([name]) for name in customers()]

    @property
    def beginnings(self) -> int:
        """How many there are."""
        return len(self._beginnings)

    def write(self) -> Written:
        """The next text."""
        begin, end = self._some(len(self._beginnings)), self._some(len(self._endings))
        customer = self._some(len(self._customers))
        order = f"{self._random.randrange(100_000)}"
        parts = [self._beginnings[begin], self._endings[end], self._customers[customer], (order, (order,))]
        return Written(
            text=" ".join(words for words, _stems in parts),
            stems=tuple(stem for _words, found in parts for stem in found),
            embedding=((self._meant[0][begin] + self._meant[1][end]) // 2).astype(np.int8).tobytes(),
            beginning=begin,
            customer=self._customers[customer][0],
        )

    def _some(self, count: int) -> int:
        return int(count * self._random.random() ** 2)


def customers() -> list[str]:
    """Names made of syllables."""
    return [
        f"{one}{two}{three}".title() for one in _SYLLABLES for two in _SYLLABLES for three in _SYLLABLES[:3]
    ]


def _told() -> list[Labelled]:
    return [one for language in ("en", "ru") for one in messages("tuning", language)]


def _meant(parts: list[tuple[str, tuple[str, ...]]]) -> NDArray[np.int16]:
    """Their embeddings; the middle between two of them stands for that of the whole text."""
    joined = b"".join(embed(words) for words, _stems in parts)
    return np.frombuffer(joined, dtype=np.int8).reshape(len(parts), DIMENSIONS).astype(np.int16)


def _part(words: list[str]) -> tuple[str, tuple[str, ...]]:
    written = " ".join(words)
    return written, tuple(stems.stems(written))


def fill(database: Database, bridge: Bridge, total: int) -> None:
    """Store so many insights, one a minute up to `NOW`, with readings, index, and themes."""
    with database.writing() as connection:
        analysis.save_names(connection, bridge.id, [("customer", name, []) for name in customers()[:100]])
        theme_ids = _themes(connection, bridge.id, total)
        first = (connection.scalar(select(insights.c.id).order_by(insights.c.id.desc()).limit(1)) or 0) + 1
        rows = _rows(bridge.id, total, first, theme_ids)
        while batch := list(islice(rows, BATCH)):
            connection.execute(insert(insights), [one.insight for one in batch])
            connection.execute(insert(readings), [one.reading for one in batch])
            connection.execute(insert(embeddings), [one.embedding for one in batch])
            connection.execute(insert(theme_members), [one.member for one in batch if one.member])
            search.add(connection, {one.insight["id"]: one.stems for one in batch})
        connection.execute(update(workspaces).values(next_insight_number=first + total))
        _keep_counting(connection)
    _gather_statistics(database)


def _themes(connection: Connection, bridge_id: int, total: int) -> list[int]:
    count = LASTING + Writer(0).beginnings * (total // MONTH + 1)
    rows = (
        {"bridge_id": bridge_id, "title": f"Theme {nth}", "is_named": False, "created_at": NOW}
        for nth in range(count)
    )
    found: list[int] = []
    while batch := list(islice(rows, BATCH)):
        found += connection.scalars(insert(themes).returning(themes.c.id), batch)
    return found


def _theme(beginning: int, nth: int, beginnings: int) -> int:
    return beginning if beginning < LASTING else LASTING + beginning + nth // MONTH * beginnings


def _rows(bridge_id: int, total: int, first: int, theme_ids: list[int]) -> Iterator[Row]:
    writer, random = Writer(1), Random(2)
    for nth in range(total):
        said, number, at = writer.write(), first + nth, NOW - timedelta(minutes=total - nth)
        category = random.choice(CATEGORIES)
        row = {
            "id": number, "team_id": TEAM, "number": number, "bridge_id": bridge_id, "source": "reaction",
            "channel_id": SALES, "message_ts": f"{1_000_000_000 + nth}.000100", "author_id": "U1",
            "reporter_id": "U1", "text": said.text, "has_files": False, "category": category,
            "category_by": random.choice(WAYS), "customer": said.customer, "competitors": [],
            "is_urgent": False, "status": random.choice(("new", "new", "acknowledged", "done")),
            "supporter_count": 1, "said_at": at, "created_at": at, "changed_at": at,
        }  # fmt: skip
        reading = {
            "insight_id": number, "category": category, "confidence": 60, "customer": said.customer,
            "competitors": [], "product": None,
        }  # fmt: skip
        theme = {
            "insight_id": number,
            "theme_id": theme_ids[_theme(said.beginning, nth, writer.beginnings)],
            "joined_at": at,
        }
        meant = {"insight_id": number, "vector": said.embedding}
        yield Row(row, reading, theme if random.random() < THEMED else {}, said.stems, meant)


def _keep_counting(connection: Connection) -> None:
    """PostgreSQL hands out ids and numbers from where it stood, unless it is told."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(
            "SELECT setval(pg_get_serial_sequence('insights', 'id'), (SELECT max(id) FROM insights)), "
            "setval('insight_numbers', (SELECT max(number) FROM insights))"
        )


def _gather_statistics(database: Database) -> None:
    """What PostgreSQL does by itself within a minute; SQLite works without."""
    if not database.is_sqlite:
        with database.storing() as connection:
            for name in ("insights", "insight_search", "theme_members", "readings", "embeddings"):
                connection.exec_driver_sql(f"VACUUM ANALYZE {name}")
