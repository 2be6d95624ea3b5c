"""Digest queries against a brute-force count, and their plans: no walk through a whole table."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert, text

from storage import coverage, digests, themes
from storage.bridges import Bridge
from storage.database import Database
from storage.digests import Compared, Deals, Span
from storage.tables import insights
from tests.support import TEAM, make_bridge, make_services

START = datetime(2026, 2, 23, 8, 0, tzinfo=UTC)
WEEK = Span(START, START + timedelta(days=7))
BEFORE = Span(START - timedelta(days=7), START)
COMPARED = Compared(WEEK, BEFORE, Span(START - timedelta(days=14), START))
CATEGORIES = ("customer", "complaint", "request", "other")
STATUSES = ("new", "acknowledged", "in_progress", "done", "declined", "withdrawn")


def some_insights(bridge_id: int, count: int, seed: int, first: int = 1) -> list[dict[str, Any]]:
    """Rows over three weeks, some exactly on the week's bounds."""
    dice = random.Random(seed)
    rows = []
    for number in range(first, first + count):
        minutes = dice.choice([0, 7 * 1440, dice.randrange(-7 * 1440, 14 * 1440)])
        at = START + timedelta(minutes=minutes)
        rows.append(
            {
                "team_id": TEAM,
                "number": number,
                "bridge_id": bridge_id,
                "source": "reaction",
                "channel_id": dice.choice(["C1", "C2", None]),
                "author_id": (author := dice.choice(["U1", "U2", "U3", None])),
                "author_name": dice.choice(["Robot", None]) if author is None else None,
                "reporter_id": dice.choice(["U1", "U4"]),
                "text": f"insight {number}",
                "category": dice.choice(CATEGORIES),
                "category_by": "flag",
                "customer": dice.choice(["Hartmann", "Ärzte", "zebra", "Яна", None]),
                "competitors": dice.sample(["Acme", "Bolt", "Ёлка"], dice.randrange(4)),
                "is_urgent": dice.random() < 0.2,
                "status": dice.choice(STATUSES),
                "supporter_count": dice.randrange(1, 4),
                "said_at": at,
                "created_at": at,
                "changed_at": at,
                "text_removed_at": at if dice.random() < 0.2 else None,
            }
        )
    return rows


@pytest.fixture
def bridge(database: Database) -> Bridge:
    return make_bridge(make_services(database))


def numbers_by_id(connection: Connection) -> dict[int, int]:
    return {row.id: row.number for row in connection.execute(text("SELECT id, number FROM insights"))}


def within(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        row for row in rows if WEEK.start <= row["created_at"] < WEEK.end and row["status"] != "withdrawn"
    ]


@pytest.mark.parametrize("seed", range(3))
def test_counts_agree_with_a_plain_count(database: Database, bridge: Bridge, seed: int) -> None:
    with database.writing() as connection:
        rows = some_insights(bridge.id, 300, seed)
        connection.execute(insert(insights), rows)
        numbers = numbers_by_id(connection)
        week = within(rows)
        assert digests.counts_by_category(connection, bridge.id, WEEK) == Counter(r["category"] for r in week)
        totals = digests.totals(connection, bridge.id, WEEK)
        assert totals.insights == len(week)
        assert totals.people == len({r["author_id"] or r["author_name"] or r["reporter_id"] for r in week})
        assert totals.channels == len({r["channel_id"] for r in week} - {None})
        assert totals.supporters == sum(r["supporter_count"] for r in week)
        best = digests.best_of_categories(connection, bridge.id, WEEK, 3)
        assert {key: [numbers[one] for one in ids] for key, ids in best.items()} == expected_best(week)
        customers = Counter(r["customer"] for r in week if r["customer"])
        assert touched(digests.customers(connection, bridge.id, COMPARED, 9)) == ordered(customers)
        rivals = Counter(name for r in week for name in r["competitors"])
        assert touched(digests.competitors(connection, bridge.id, COMPARED, 9)) == ordered(rivals)
        assert touched(digests.competitors(connection, bridge.id, COMPARED, 1)) == ordered(rivals)[:1]


@pytest.mark.parametrize("seed", range(3))
def test_names_are_compared_and_their_deals_summed_exactly(
    database: Database, bridge: Bridge, seed: int
) -> None:
    dice = random.Random(seed)
    rows = some_insights(bridge.id, 300, seed)
    for row in rows:
        has_deal = dice.random() < 0.5
        row["deal_amount"] = dice.choice([10**15 + 1, 7, 12_345]) if has_deal else None
        row["deal_currency"] = dice.choice(["EUR", "JPY"]) if has_deal else None
    with database.writing() as connection:
        connection.execute(insert(insights), rows)
        customers = digests.customers(connection, bridge.id, COMPARED, 9)
        rivals = digests.competitors(connection, bridge.id, COMPARED, 9)
    for found, names_of in ((customers, lambda r: [r["customer"]]), (rivals, lambda r: r["competitors"])):
        assert found
        for one in found:
            mine = [r for r in rows if one.name in names_of(r) and r["status"] != "withdrawn"]
            assert one.before == sum(BEFORE.start <= r["created_at"] < BEFORE.end for r in mine)
            deals = {
                (r["customer"] or r["number"], r["deal_amount"], r["deal_currency"])
                for r in within(mine)
                if r["deal_amount"]
            }
            sums: Counter[str] = Counter()
            for _whose, amount, currency in deals:
                sums[currency] += amount
            assert one.deals == tuple(Deals(sums[key], key) for key in sorted(sums))


def test_a_name_that_fell_silent_is_told_a_rare_one_is_not(database: Database, bridge: Bridge) -> None:
    rows = [
        {**row, "created_at": START - timedelta(days=1), "customer": name, "status": "new", "competitors": []}
        for row, name in zip(some_insights(bridge.id, 5, 1), ["Old"] * 3 + ["Rare"] * 2, strict=True)
    ]
    with database.writing() as connection:
        connection.execute(insert(insights), rows)
        found = digests.customers(connection, bridge.id, COMPARED, 9)
    assert [(one.name, one.count, one.before, one.history) for one in found] == [("Old", 0, 3, 3)]


def expected_best(week: list[dict[str, Any]]) -> dict[str, list[int]]:
    best: dict[str, list[int]] = {}
    ranked = sorted(
        week,
        key=lambda r: (r["supporter_count"], r["is_urgent"], r["created_at"], r["number"]),
        reverse=True,
    )
    for row in ranked:
        if row["text_removed_at"] is None and len(best.setdefault(row["category"], [])) < 3:
            best[row["category"]].append(row["number"])
    return best


def touched(found: list[digests.Touched]) -> list[tuple[str, int]]:
    return [(one.name, one.count) for one in found if one.count]


def ordered(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0].encode()))


@pytest.mark.parametrize("category", [None, "request"])
def test_what_waits_is_listed_oldest_first(database: Database, bridge: Bridge, category: str | None) -> None:
    with database.writing() as connection:
        rows = some_insights(bridge.id, 200, 7)
        connection.execute(insert(insights), rows)
        numbers = numbers_by_id(connection)
        waiting = digests.waiting(connection, bridge.id, digests.OPEN, category)
        assert [numbers[one] for one in waiting.ids] == [
            row["number"]
            for row in sorted(rows, key=lambda row: (row["created_at"], row["number"]))
            if row["status"] in digests.OPEN
            and row["text_removed_at"] is None
            and category in (None, row["category"])
        ]
        assert not waiting.is_more


def test_counting_what_waits_ends_somewhere(database: Database, bridge: Bridge) -> None:
    with database.writing() as connection:
        most = digests.MOST_COUNTED
        for count, is_more in ((most, False), (1, True)):
            rows = [
                {**row, "status": "new", "text_removed_at": None}
                for row in some_insights(bridge.id, count, 1, first=1 if count > 1 else most + 1)
            ]
            connection.execute(insert(insights), rows)
            waiting = digests.waiting(connection, bridge.id, digests.UNTOUCHED)
            assert (len(waiting.ids), waiting.is_more) == (most, is_more)


def test_texts_that_were_removed_are_not_read(database: Database, bridge: Bridge) -> None:
    with database.writing() as connection:
        rows = some_insights(bridge.id, 30, 2)
        connection.execute(insert(insights), rows)
        ids = list(connection.scalars(text("SELECT id FROM insights")))
        known = digests.with_text(connection, ids, to_be_posted=True)
        assert {one.number for one in known.values()} == {
            row["number"] for row in rows if row["text_removed_at"] is None
        }
        assert digests.with_text(connection, [], to_be_posted=False) == {}


def fill(connection: Connection, bridge_id: int, count: int) -> None:
    """Many old insights, and statistics for PostgreSQL's planner, which gathers them by itself."""
    rows = some_insights(bridge_id, 1000, 5)
    connection.execute(insert(insights), rows)
    columns = ", ".join(column.name for column in insights.columns if column.name not in ("id", "number"))
    others = columns.replace("said_at, created_at", "said_at, :old")
    assert others != columns
    is_sqlite = connection.dialect.name == "sqlite"
    old = "2020-01-01 00:00:00.000000" if is_sqlite else datetime(2020, 1, 1, tzinfo=UTC)
    for first in range(1, count // 1000):
        connection.execute(
            text(
                f"INSERT INTO insights ({columns}, number) SELECT {others}, number + :first * 1000 "
                "FROM insights WHERE number <= 1000"
            ),
            {"first": first, "old": old},
        )
    if not is_sqlite:
        connection.execute(text("ANALYZE"))


class Explaining:
    """A connection that notes the plan of each query before it runs it."""

    def __init__(self, connection: Connection, plans: list[str]) -> None:
        self.dialect = connection.dialect
        self._connection = connection
        self._plans = plans

    def execute(self, statement: Any) -> Any:
        self._explain(statement)
        return self._connection.execute(statement)

    def scalars(self, statement: Any) -> Any:
        self._explain(statement)
        return self._connection.scalars(statement)

    def _explain(self, statement: Any) -> None:
        how = "EXPLAIN QUERY PLAN " if self.dialect.name == "sqlite" else "EXPLAIN "
        literal = statement.compile(self._connection, compile_kwargs={"literal_binds": True})
        # The driver would take a percent sign for a parameter.
        found = self._connection.exec_driver_sql(how + str(literal).replace("%", "%%"))
        self._plans.append("\n".join(str(row[-1]) for row in found))


def test_what_a_new_insight_is_compared_with_is_read_row_by_row(database: Database, bridge: Bridge) -> None:
    """SQLite takes any index of the bridge's for these few rows if it may, and walks all of it."""
    plans: list[str] = []
    with database.writing() as connection:
        fill(connection, bridge.id, 3_000)
        spy: Any = Explaining(connection, plans)
        newest = themes.recent(connection, bridge.id, 1_000_000, 250)
        found = themes.candidates(spy, bridge.id, newest)
        assert {one.id for one in found} <= set(newest) and found
        assert themes.candidates(connection, bridge.id + 1, newest) == []
    assert "bridge_id" not in plans[0].split("Filter")[0].split("embeddings")[0]


def test_no_query_walks_through_the_whole_table(database: Database, bridge: Bridge) -> None:
    plans: list[str] = []
    with database.writing() as connection:
        fill(connection, bridge.id, 60_000)
        spy: Any = Explaining(connection, plans)
        digests.counts_by_category(spy, bridge.id, WEEK)
        digests.totals(spy, bridge.id, WEEK)
        best = digests.best_of_categories(spy, bridge.id, WEEK, 5)
        digests.customers(spy, bridge.id, COMPARED, 20)
        digests.competitors(spy, bridge.id, COMPARED, 20)
        digests.waiting(spy, bridge.id, digests.OPEN, "request")
        digests.waiting(spy, bridge.id, digests.UNTOUCHED)
        digests.with_text(spy, [one for ids in best.values() for one in ids], to_be_posted=True)
        coverage.channel_rows(spy, [bridge.id], WEEK)
        coverage.active_counts(spy, [bridge.id], WEEK)
    assert len(plans) == 12
    for one in plans:
        assert "Seq Scan on insights" not in one, one
        assert "SCAN insights" not in one, one
        assert "insights" in one
    if database.is_sqlite:
        assert "ix_insights_bridge_id_channel_id_created_at (bridge_id=? AND channel_id=?" in plans[10]
        assert "ix_supporters_since_at (since_at>? AND since_at<?)" in plans[11]
        assert "insights USING INTEGER PRIMARY KEY" in plans[11]
        for one in plans[:7]:  # those of the period
            assert "(bridge_id=? AND created_at>? AND created_at<?)" in one, one
