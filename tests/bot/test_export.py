"""Exports: every insight once, exact in JSON Lines, harmless in CSV, in constant memory."""

import csv
import io
import json
import tracemalloc
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event as events
from sqlalchemy import insert

from bot.errors import OperatorError
from bot.export import COLUMNS, export
from bot.insights.capture import Capture, store_insight
from bot.services import Services
from storage import insights
from storage.bridges import Bridge
from storage.database import Database
from storage.tables import insights as table
from tests.support import ANNA, BEN, MONDAY, SALES, TEAM, make_bridge, make_services, say


def values(bridge: Bridge, number: int, **changes: Any) -> dict[str, Any]:
    """The row of an insight."""
    plain: dict[str, Any] = {
        "number": number,
        "bridge_id": bridge.id,
        "source": "reaction",
        "channel_id": SALES,
        "message_ts": f"{number}.000001",
        "permalink": f"https://acme.slack.com/p{number}",
        "author_id": ANNA,
        "reporter_id": ANNA,
        "text": f"text {number}",
        "category": "competitor",
        "category_by": "flag",
        "competitors": [],
        "said_at": MONDAY,
        "created_at": MONDAY + timedelta(minutes=number),
        "changed_at": MONDAY,
    }
    return plain | changes


@pytest.fixture
def services(database: Database) -> Services:
    return make_services(database)


@pytest.fixture
def bridge(services: Services) -> Bridge:
    return make_bridge(services)


def store(services: Services, bridge: Bridge, number: int, **changes: Any) -> None:
    with services.db.writing() as connection:
        insights.add(connection, TEAM, values(bridge, number, **changes))


def as_rows(services: Services, **options: Any) -> list[dict[str, Any]]:
    out = io.StringIO(newline="")
    export(services.db, out, format="jsonl", **options)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def as_csv(services: Services, **options: Any) -> list[dict[str, str]]:
    out = io.StringIO(newline="")
    export(services.db, out, format="csv", **options)
    assert out.getvalue().startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(out.getvalue().removeprefix("\ufeff"), newline="")))


def test_all_of_an_insight_is_there(services: Services, bridge: Bridge) -> None:
    store(
        services,
        bridge,
        142,
        text="Acme gives\u2028 25% «скидку» &lt;now&gt;",
        first_text="Acme gives 20%",
        customer="Deutsche Bahn",
        competitors=["Acme", "Globex"],
        deal_amount=1_250_050,
        deal_currency="EUR",
        is_urgent=True,
        status="done",
        outcome="Price list sent",
        edited_at=MONDAY + timedelta(hours=1),
    )
    (row,) = as_rows(services)
    assert tuple(row) == COLUMNS
    assert row == {
        "number": 142,
        "bridge": "default",
        "category": "competitor",
        "category_name": "Competitors",
        "status": "done",
        "outcome": "Price list sent",
        "text": "Acme gives\n 25% «скидку» <now>",
        "first_wording": "Acme gives 20%",
        "note": None,
        "customer": "Deutsche Bahn",
        "competitors": ["Acme", "Globex"],
        "product": None,
        "deal_value": "12500.50",
        "deal_currency": "EUR",
        "urgent": True,
        "supporters": 1,
        "author": "Anna",
        "author_id": ANNA,
        "reporter": "Anna",
        "reporter_id": ANNA,
        "channel": "sales",
        "channel_id": SALES,
        "source": "reaction",
        "said_at": "2026-03-02T09:00:00.000Z",
        "created_at": "2026-03-02T11:22:00.000Z",
        "changed_at": "2026-03-02T09:00:00.000Z",
        "edited_at": "2026-03-02T10:00:00.000Z",
        "text_removed_at": None,
        "permalink": "https://acme.slack.com/p142",
        "thread_permalink": None,
    }
    (cells,) = as_csv(services)
    assert tuple(cells) == COLUMNS
    assert cells["competitors"] == "Acme, Globex"
    assert (cells["urgent"], cells["note"], cells["deal_value"]) == ("yes", "", "12500.50")
    assert cells["text"] == row["text"]


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＠"])
def test_formulas_are_harmless_in_csv_and_exact_in_jsonl(
    services: Services, bridge: Bridge, first: str
) -> None:
    text = f'{first}HYPERLINK("http://x","a"),\nb'
    store(services, bridge, 1, text=text, customer=text, competitors=[text], note=text)
    (cells,) = as_csv(services)
    assert [cells[name] for name in ("customer", "competitors", "note")] == [f"'{text}"] * 3
    assert cells["text"].startswith("'")
    assert as_rows(services)[0]["note"] == text


def test_withdrawn_only_when_asked_for_and_removed_text_is_empty(services: Services, bridge: Bridge) -> None:
    store(services, bridge, 1, status="withdrawn")
    store(services, bridge, 2, text="", first_text=None, text_removed_at=MONDAY)
    assert [row["number"] for row in as_rows(services)] == [2]
    assert as_rows(services)[0]["text"] == ""
    assert as_csv(services)[0]["text"] == ""
    assert [row["number"] for row in as_rows(services, with_withdrawn=True)] == [1, 2]


def test_of_one_bridge_and_since_an_instant(services: Services, bridge: Bridge) -> None:
    other = make_bridge(services, name="other", sales_channel_ids=(), marketing_channel_id="CM2")
    store(services, bridge, 1)
    store(services, bridge, 2)
    store(services, other, 3)
    assert [row["number"] for row in as_rows(services, bridge="default")] == [1, 2]
    assert [row["number"] for row in as_rows(services, bridge="other")] == [3]
    assert [row["number"] for row in as_rows(services, since=MONDAY + timedelta(minutes=2))] == [2, 3]
    assert [row["number"] for row in as_rows(services, until=MONDAY + timedelta(minutes=2))] == [1]
    heard: list[tuple[int, int]] = []
    as_rows(services, progress=lambda written, total: heard.append((written, total)))
    assert heard == [(3, 3)]
    with pytest.raises(OperatorError, match=r"no bridge named nope\. Bridges: default, other"):
        as_rows(services, bridge="nope")


def test_of_what_a_query_finds(services: Services, bridge: Bridge) -> None:
    with services.db.writing() as connection:
        for text, more in (
            ("They give discounts", {"competitors": ["Acme"]}),
            ("Скидкой не обойтись", {"competitors": ["Acme"], "status": "done"}),
            ("A discount again", {"status": "withdrawn"}),
        ):
            capture = Capture(
                source="command",
                text=text,
                reporter_id=ANNA,
                author_id=ANNA,
                said_at=MONDAY,
                details={**more, "created_at": MONDAY},
            )
            store_insight(connection, say(services, connection), bridge, capture)

    def found(query: str) -> list[int]:
        return [row["number"] for row in as_rows(services, query=query, now=MONDAY)]

    assert found("status:done competitor:acme") == [2]
    assert found("discount") == [1] and found("скидка") == [2]
    assert found("статус:отозванные") == [3] and found("status:withdrawn discount") == [3]
    assert found(f"from:@{ANNA} since:today") == [1, 2]
    assert found("from:me") == [] and found("nowhere") == []
    for wrong, sentence in (
        ("stauts:done", "did you mean `status:`"),
        ("status:nonsense", "status"),
        ("bridge:nope", "I know no bridge called"),
        ("format:csv", "format"),
        ("---", "neither a word nor a filter"),
    ):
        out = io.StringIO(newline="")
        with pytest.raises(OperatorError, match=sentence):
            export(services.db, out, query=wrong, now=MONDAY)
        assert out.getvalue() == ""


class Nowhere(io.TextIOBase):
    """Takes text and keeps nothing of it."""

    def write(self, text: str) -> int:
        return len(text)

    def writelines(self, lines: Any) -> None:
        for _ in lines:
            pass


def test_many_insights_are_exported_once_each_in_constant_memory(services: Services, bridge: Bridge) -> None:
    def fill(first: int, count: int) -> None:
        rows = [
            {"team_id": TEAM, **values(bridge, number, text="x" * 1000)}
            for number in range(first, first + count)
        ]
        with services.db.writing() as connection:
            connection.execute(insert(table), rows)

    def peak() -> tuple[int, int]:
        tracemalloc.start()
        try:
            return export(services.db, Nowhere(), format="csv"), tracemalloc.get_traced_memory()[1]  # type: ignore[arg-type]
        finally:
            tracemalloc.stop()

    fill(1, 2_000)
    few, memory_few = peak()
    fill(2_001, 6_500)
    statements: list[str] = []

    def note(*given: Any) -> None:
        statements.append(given[2])

    events.listen(services.db.engine, "before_cursor_execute", note)
    many, memory_many = peak()
    events.remove(services.db.engine, "before_cursor_execute", note)
    assert (few, many) == (2_000, 8_500)
    assert memory_many < memory_few * 1.5
    assert len([one for one in statements if "FROM insights" in one]) == 10  # the count too
    numbers = [row["number"] for row in as_rows(services)]
    assert numbers == list(range(1, 8_501))


def test_text_is_written_as_people_read_it(database: Database) -> None:
    services = make_services(database)
    bridge = make_bridge(services)
    with database.writing() as connection:
        capture = Capture(
            source="command", text=f"R&amp;D of <@{ANNA}> &lt;3 :fire:", reporter_id=BEN, said_at=MONDAY
        )
        store_insight(connection, say(services, connection), bridge, capture)
    out = io.StringIO()
    export(database, out, format="jsonl")
    assert json.loads(out.getvalue())["text"] == "R&D of @Anna <3 :fire:"
