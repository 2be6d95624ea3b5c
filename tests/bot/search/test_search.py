"""A corpus in two languages and what each query finds, in which order: the same on both databases."""

from datetime import timedelta
from typing import Any

import pytest

from bot.errors import UserError
from bot.gestures import Reply
from bot.insights.capture import Capture, store_insight
from bot.insights.command import answer_insight
from bot.insights.lists import Wanted, show_list
from bot.search.conditions import conditions
from bot.search.hits import best_first
from bot.search.query import parse_query
from bot.workspace.access import viewer
from storage import insights, workspace
from storage.database import Database
from tests.stage import Stage, make_stage
from tests.support import ANNA, BEN, MIA, MONDAY, SALES, SALES_2, TEAM, TOM, make_bridge, say

# number: text, and what it has besides
CORPUS: dict[int, tuple[str, dict[str, Any]]] = {
    1: (
        "Acme gives a discount of 25% on the price list",
        {"competitors": ["Acme"], "category": "competitor"},
    ),
    2: ("Discounts everywhere: the discounted price hurts, a price war", {"category": "market", "days": 10}),
    3: ("Hartmann is unhappy with our support", {"customer": "Hartmann GmbH", "category": "complaint"}),
    4: ("Клиент просит скидку на лёгкие насосы", {"customer": "Альфа-Банк", "category": "request"}),
    5: ("Конкурент дал нам понять: скидками не обойтись", {"competitors": ["Ромашка"], "days": 40}),
    6: ("Легкий насос сломался", {"category": "complaint", "product": "Насос Н-40", "urgent": True}),
    7: ("Прайс-лист устарел, цены выросли", {"status": "done", "by": BEN, "days": 400}),
    8: ("The price list is outdated", {"by": BEN, "status": "declined", "days": 100}),
    9: ("Acme's sales people call all our customers", {"competitors": ["ACME Corp", "Zweitakt"], "by": BEN}),
    10: ("A withdrawn price", {"status": "withdrawn"}),
    11: ("price " * 300 + "and much else " * 20, {"days": 1, "status": "in_progress"}),
    12: ("Deutsche Bahn asks for a demo of R&amp;D tools", {"customer": "Deutsche Bahn", "urgent": True}),
}
# In this order; sorted by hand from the formula's idea: often, in a short text, lately.
QUERIES: dict[str, list[int]] = {
    "discount": [2, 1],
    "discounts": [2, 1],
    "скидка": [4, 5],
    "скидкой": [4, 5],
    "легкий насос": [6, 4],
    "лёгкого насоса": [6, 4],
    "price": [11, 2, 1, 8],
    '"price list"': [1, 8],
    "“price list” acme": [1],
    "«прайс лист»": [7],
    "прайс-лист": [7],
    "pric*": [11, 2, 1, 8],
    "скид*": [4, 5],
    "custom*": [9],
    "Acme's": [9, 1],
    "R&D": [12],
    "price скидка": [],
    "price -nothing": [],
    "status:new": [12, 9, 6, 4, 3, 1, 2, 5],
    "status:done,declined": [8, 7],
    "статус:отработанные": [7],
    "status:in_progress": [11],
    'статус:"в работе"': [11],
    "статус:новые скидка": [4, 5],
    "status:ack": [],
    "статус:принятые": [],
    "статус:отклонённые": [8],
    "status:closed": [8, 7],
    "status:open price": [11, 2, 1],
    "status:withdrawn": [10],
    "category:competitor": [1],
    "category:Complaints": [6, 3],
    "категория:жалоба": [6, 3],
    "category::rage:": [6, 3],
    "категория:жалобы категория:рынок": [6, 3, 2],
    "competitor:acme": [9, 1],
    "competitor:ACME discount": [1],
    'competitor:"acme corp"': [9],
    "конкурент:ромашки": [5],
    "customer:hartmann": [3],
    "customer:hart*": [3],
    'customer:"deutsche bahn"': [12],
    "клиент:Альфа": [4],
    "клиент:альфа-банк": [4],
    "customer:acme": [],
    "customer:nobody": [],
    "product:насос": [6],
    "urgent": [12, 6],
    "срочно насос": [6],
    "from:@anna price": [11, 2, 1],
    "from:me price": [11, 2, 1],
    f"from:<@{BEN}|ben>": [9, 8, 7],
    "от:Ben since:2026-01-01": [9],
    "от:Ben с:2025-11-20": [9, 8],
    "since:2026-03-01": [12, 9, 6, 4, 3, 1, 11],
    "since:today": [12, 9, 6, 4, 3, 1],
    "since:yesterday until:01.03.2026": [11],
    "до:2025-01-31": [7],
    "bridge:default price": [11, 2, 1, 8],
    "мост:DEFAULT status:declined": [8],
    "'; DROP TABLE insights; --": [],
    '"': [],
}


def fill(stage: Stage, channel: str = SALES) -> None:
    for _number, (text, more) in CORPUS.items():
        details = {
            name: more[name] for name in ("competitors", "customer", "product", "status") if name in more
        }
        at = MONDAY - timedelta(days=more.get("days", 0))
        if "days" not in more:
            stage.clock.pass_time(seconds=1)
            at = stage.clock.now()
        capture = Capture(
            source="command",
            text=text,
            reporter_id=more.get("by", ANNA),
            author_id=more.get("by", ANNA),
            said_at=at,
            category=more.get("category", "other"),
            category_by="person",
            channel_id=channel,
            details=details | {"is_urgent": more.get("urgent", False), "created_at": at},
        )
        with stage.services.db.writing() as connection:
            store_insight(connection, say(stage.services, connection), stage.bridge, capture)


def found(stage: Stage, query: str, user: str = ANNA) -> list[int]:
    """The numbers of all that is found, in order."""
    with stage.services.db.reading() as connection:
        now, reader = stage.clock.now(), viewer(connection, TEAM, user)
        asked = Wanted("search", f"search {query}").asked
        met = conditions(connection, TEAM, reader, asked, now)
        if not asked.words:
            return [one.number for one in insights.select_page(connection, met, limit=100)]
        return [one.number for one in best_first(connection, met, asked.query, now, limit=100)]


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database)


def test_each_query_finds_what_it_should_in_the_order_it_should(stage: Stage) -> None:
    fill(stage)
    assert {query: found(stage, query) for query in QUERIES} == QUERIES


def test_each_reader_finds_only_what_she_may_see(stage: Stage) -> None:
    fill(stage, SALES_2)  # Anna made most; Ben and marketing see all; Tom and Mia by the marketing channel
    with stage.services.db.writing() as connection:
        workspace.replace_members(connection, TEAM, SALES_2, [])
    assert found(stage, '"price list"', ANNA) == [1]
    assert found(stage, '"price list"', BEN) == [8]
    assert found(stage, '"price list"', MIA) == [1, 8]
    assert found(stage, "customer:hartmann", BEN) == []
    assert found(stage, "status:withdrawn", BEN) == []
    with stage.services.db.writing() as connection:
        workspace.replace_members(connection, TEAM, SALES_2, [TOM])
    assert found(stage, "customer:hartmann", TOM) == [3]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("status:gone", "no status “gone”. Statuses: new, acknowledged"),
        ("status:", "Write a value right behind `status:`"),
        ("category:gossip", "no category “gossip”. Categories: Customers, Complaints"),
        ("from:nobody", "nobody called “nobody”"),
        ("from:<!channel>", "nobody called"),
        ("since:tomorrow", "“tomorrow” as a day"),
        ("since:2026-02-30", "as a day"),
        ("until:9999-12-31", "as a day"),
        ("since:2026-03-02 until:2026-03-01", "after the last one"),
        ("bridge:EMEA", "no bridge called “EMEA”. Bridges: default."),
        ("format:csv price", "belongs to `/insight export`"),
        ("price stauts:new", "no filter “stauts”; did you mean `status:`?"),
    ],
)
def test_a_wrong_value_gets_a_sentence_and_the_line_can_be_saved(
    stage: Stage, query: str, sentence: str
) -> None:
    with pytest.raises(UserError) as refused:
        found(stage, query)
    assert sentence in viewer_texts(refused.value)
    answer = answer_insight(stage.services, stage.gesture(), f"search {query}")
    assert isinstance(answer, Reply)
    assert "insight_save_text" in str(answer.message["blocks"])
    assert stage.all() == []


def viewer_texts(problem: UserError) -> str:
    return problem.message.msgid.format(**problem.message.params)


def test_pages_keep_the_order_of_the_answers_and_show_the_query(stage: Stage) -> None:
    fill(stage)
    first = show_list(stage.services, stage.gesture(), Wanted("search", "search p* status:open"))
    assert isinstance(first, Reply)
    assert "p∗ status:open" in str(first.message["blocks"][0])
    assert "Next" not in str(first.message)  # all fit
    line = f"search from:<@{ANNA}>"
    page = show_list(stage.services, stage.gesture(), Wanted("search", line))
    assert isinstance(page, Reply)
    assert "Older" in str(page.message) and "from:@\u2060Anna" in page.message["text"]


def test_more_than_are_ranked_are_found_all_the_same(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(stage)
    monkeypatch.setattr("bot.search.hits.RANKED", 2)
    with stage.services.db.reading() as connection:
        met = conditions(connection, TEAM, viewer(connection, TEAM, ANNA), parse_query("price"), MONDAY)
        pages = [
            [
                one.number
                for one in best_first(connection, met, parse_query("price").query, MONDAY, limit=2, offset=at)
            ]
            for at in (0, 2, 4)
        ]
    assert pages == [[11, 1], [2, 8], []]


def test_what_another_bridge_calls_a_category_is_found_there_alone(stage: Stage) -> None:
    make_bridge(stage.services, name="two", marketing_channel_id="C9", sales_channel_ids=(), language="ru")
    fill(stage)
    assert found(stage, "category:competitor") == [1]
    assert found(stage, "bridge:two") == []
