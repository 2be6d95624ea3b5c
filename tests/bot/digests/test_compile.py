"""What a digest says of what is stored."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event

from bot.bridges.categories import default_categories
from bot.digests.compile import BEST_OF_CATEGORY, Digest, compile_digest
from bot.services import Services
from storage import bridges
from storage.bridges import Bridge, Category
from storage.database import Database
from tests.bot.digests.builders import MONDAY, WEEK, a_week, add_insight
from tests.support import ANNA, BEN, MIA, SALES_2, TEAM, make_bridge, make_services

DAY = timedelta(days=1)


@pytest.fixture
def services(database: Database) -> Services:
    return make_services(database)


@pytest.fixture
def bridge(services: Services) -> Bridge:
    return make_bridge(services)


def compiled(services: Services, bridge: Bridge, rows: list[dict[str, Any]]) -> Digest:
    with services.db.writing() as connection:
        for number, changes in enumerate(rows, 1):
            add_insight(connection, bridge, number, message_ts=f"{number}.000001", **changes)
        return compile_digest(connection, bridge, a_week())


def test_a_word_to_frontline_alone_comes_from_a_person_but_from_no_channel(
    services: Services, bridge: Bridge
) -> None:
    digest = compiled(services, bridge, [{"author_id": ANNA}, {"author_id": BEN, "channel_id": "D0BEN"}])
    assert (digest.totals.people, digest.totals.channels) == (2, 1)


def test_counts_stand_beside_the_period_before(services: Services, bridge: Bridge) -> None:
    before = MONDAY - WEEK
    digest = compiled(
        services,
        bridge,
        [
            {"category": "request", "author_id": ANNA},
            {"category": "request", "author_id": BEN, "channel_id": SALES_2, "supporter_count": 3},
            {"category": "market", "created_at": before - DAY},
            {"category": "market", "status": "withdrawn"},
            {"category": "market", "created_at": MONDAY},  # of the next period
            {"category": "market", "created_at": before - WEEK - DAY},  # too old for either
        ],
    )
    parts = {part.key: (part.count, part.before) for part in digest.categories}
    assert parts["request"] == (2, 0)
    assert parts["market"] == (0, 1)
    assert list(parts) == [kind.key for kind in default_categories()]
    assert (digest.totals.insights, digest.total_before) == (2, 1)
    assert (digest.totals.people, digest.totals.channels, digest.totals.supporters) == (2, 2, 4)
    assert digest.names[BEN] == "Ben"


def test_the_best_quotes_come_first_and_only_with_their_text(services: Services, bridge: Bridge) -> None:
    digest = compiled(
        services,
        bridge,
        [
            {"created_at": MONDAY - 2 * DAY},
            {"created_at": MONDAY - DAY},
            {"created_at": MONDAY - 3 * DAY, "is_urgent": True},
            {"created_at": MONDAY - 4 * DAY, "supporter_count": 2},
            {"supporter_count": 9, "text_removed_at": MONDAY - DAY, "text": ""},
            {"supporter_count": 9, "status": "withdrawn"},
        ],
    )
    customer = digest.categories[0]
    assert customer.count == 5
    assert [one.number for one in customer.quotes] == [4, 3, 2, 1]


def test_what_waits_is_of_any_age_and_oldest_first(services: Services, bridge: Bridge) -> None:
    old = MONDAY - 20 * WEEK
    digest = compiled(
        services,
        bridge,
        [
            {"category": "request", "created_at": old + DAY, "status": "in_progress"},
            {"category": "request", "created_at": old, "status": "acknowledged"},
            {"category": "request", "created_at": old, "status": "done"},
            {"category": "request", "created_at": old, "status": "declined"},
            {"category": "request", "created_at": old - DAY, "status": "new"},
            {"category": "market", "created_at": old + 2 * DAY, "status": "new"},
            {"category": "market", "created_at": old, "status": "acknowledged"},
        ],
    )
    assert digest.is_quiet
    assert (digest.requests.count, [one.number for one in digest.requests.oldest]) == (3, [5, 2, 1])
    # The untouched request is counted here too, and shown among the requests alone.
    assert (digest.untouched.count, [one.number for one in digest.untouched.oldest]) == (2, [6])


def test_the_untouched_are_shown_unless_quoted_already(services: Services, bridge: Bridge) -> None:
    rows = [{"created_at": MONDAY - timedelta(hours=hours)} for hours in range(1, BEST_OF_CATEGORY + 3)]
    digest = compiled(services, bridge, rows)
    assert [one.number for one in digest.categories[0].quotes] == [1, 2, 3, 4, 5]
    assert [one.number for one in digest.untouched.oldest] == [7, 6]


def test_other_bridges_count_nowhere(services: Services, bridge: Bridge) -> None:
    other = make_bridge(services, name="other", sales_channel_ids=(), marketing_channel_id="CX")
    with services.db.writing() as connection:
        add_insight(connection, other, 1, category="request", customer="X", competitors=["Y"])
        digest = compile_digest(connection, bridge, a_week())
    assert digest.is_quiet
    assert not digest.customers
    assert not digest.competitors
    assert not digest.requests.count
    assert not digest.untouched.count


def test_retired_categories_are_listed_while_something_is_in_them(services: Services) -> None:
    bridge = make_bridge(services)
    kinds = (
        Category("request", None, "pray", 0, is_retired=True),
        Category("market", None, "gear", 1, is_retired=True),
        Category("other", None, "pushpin", 2, is_retired=False),
    )
    with services.db.writing() as connection:
        bridges.save_categories(connection, TEAM, bridge.id, kinds)
        changed = bridges.bridge(connection, bridge.id)
    assert changed is not None
    digest = compiled(services, changed, [{"category": "request"}, {"category": "no_longer_known"}])
    assert [part.key for part in digest.categories] == ["request", "other", "no_longer_known"]


def test_a_new_bridge_is_compared_with_nothing(services: Services, bridge: Bridge) -> None:
    assert not compiled(services, bridge, [{}]).is_compared


def test_a_bridge_that_heard_something_before_is_compared(services: Services, bridge: Bridge) -> None:
    assert compiled(services, bridge, [{"created_at": MONDAY - WEEK - DAY}]).is_compared


def test_customers_and_competitors_of_the_period(services: Services, bridge: Bridge) -> None:
    digest = compiled(
        services,
        bridge,
        [
            {"customer": "Hartmann", "competitors": ["Acme", "Bolt"]},
            {"customer": "Hartmann", "competitors": ["Bolt"]},
            {"customer": "Zeta", "competitors": []},
            {"customer": "Old", "competitors": ["Old"], "created_at": MONDAY - 2 * WEEK},
        ],
    )
    assert [(one.name, one.count) for one in digest.customers] == [("Hartmann", 2), ("Zeta", 1)]
    assert [(one.name, one.count) for one in digest.competitors] == [("Bolt", 2), ("Acme", 1)]


def test_mentioned_people_get_their_names(services: Services, bridge: Bridge) -> None:
    digest = compiled(services, bridge, [{"text": f"<@{MIA}> should know", "author_id": BEN}])
    assert digest.names == {MIA: "Mia", BEN: "Ben"}


@pytest.mark.parametrize("count", [1, 60])
def test_the_number_of_queries_does_not_grow(services: Services, bridge: Bridge, count: int) -> None:
    with services.db.writing() as connection:
        for number in range(1, count + 1):
            add_insight(connection, bridge, number, category="request", text=f"<@{MIA}> {number}")
        seen: list[str] = []
        event.listen(connection, "before_cursor_execute", lambda c, cu, sql, *rest: seen.append(sql))
        compile_digest(connection, bridge, a_week())
    assert len(seen) == 23


def test_a_post_holds_the_texts_it_quotes(services: Services, bridge: Bridge) -> None:
    def locks(connection: Connection, *, to_be_posted: bool) -> bool:
        seen: list[str] = []
        event.listen(connection, "before_cursor_execute", lambda c, cu, sql, *rest: seen.append(sql))
        compile_digest(connection, bridge, a_week(), to_be_posted=to_be_posted)
        return any("FOR SHARE" in sql for sql in seen)

    with services.db.writing() as connection:
        add_insight(connection, bridge, 1)
    with services.db.writing() as connection:
        assert locks(connection, to_be_posted=True) is not services.db.is_sqlite
    with services.db.reading() as connection:
        assert not locks(connection, to_be_posted=False)
