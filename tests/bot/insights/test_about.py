"""`/insight about Acme`: counted, quoted and themed over what the reader may see, and nothing else."""

from typing import Any

import pytest

from bot.errors import UserError
from bot.gestures import Reply
from bot.insights import known
from bot.insights.command import answer_insight
from bot.insights.known import names_to_look_up, open_page
from bot.insights.lists import Wanted, show_list
from bot.insights.words import index_insight
from storage import analysis, insights
from storage.database import Database
from tests.stage import Stage, make_stage
from tests.support import ANNA, BEN, GUEST, MIA, SALES, SALES_2, TEAM


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database)


def capture(stage: Stage, text: str, user: str = ANNA, channel_id: str = SALES, **details: Any) -> None:
    ts = stage.slack.say(channel_id, user, text)
    stage.flag(user, ts, channel=channel_id)
    insight_id = stage.insight(ts, channel_id).id
    with stage.services.db.writing() as connection:
        insights.change(connection, insight_id, details)
        changed = insights.by_id(connection, insight_id)
        assert changed is not None
        index_insight(connection, TEAM, changed)


def asked(stage: Stage, line: str, user: str = MIA) -> str:
    answer = answer_insight(stage.services, stage.gesture(user), line)
    assert isinstance(answer, Reply)
    return str(answer.message)


def test_counts_movement_deals_requests_and_quotes(stage: Stage) -> None:
    capture(stage, "long ago", customer="Hartmann", category="customer")
    stage.clock.pass_time(days=40)
    capture(stage, "they like it", customer="Hartmann", category="customer")
    deal: dict[str, Any] = {"deal_amount": 1_000_00, "deal_currency": "EUR"}
    capture(stage, "need a case study", customer="Hartmann", category="request", **deal)
    capture(stage, "the same deal again", customer="Hartmann", category="complaint", **deal)
    capture(stage, "somebody else", customer="Molino", category="customer")
    text = asked(stage, "about hartmann")
    assert "*4 insights*" in text
    assert "last 30 days: 3, the 30 before: 1" in text
    assert "€1,000.00" in text and "€2,000.00" not in text
    assert "*1 request* waits" in text
    assert "they like it" in text and "somebody else" not in text


def test_competitors_and_products_are_found_too_and_in_other_spellings(stage: Stage) -> None:
    with stage.services.db.writing() as connection:
        analysis.save_names(connection, stage.bridge.id, [("competitor", "Acme", ["Акме"])])
    capture(stage, "gives 25% off", competitors=["Acme"])
    capture(stage, "breaks often", product="SC-40")
    assert "*1 insight*" in asked(stage, "about Акме")
    assert "gives 25% off" in asked(stage, "about «acme»")
    assert "breaks often" in asked(stage, "about SC-40")


def test_only_what_the_reader_may_see_counts(stage: Stage) -> None:
    capture(stage, "seen by all of emea", customer="Hartmann")
    capture(stage, "said in smb alone", BEN, SALES_2, customer="Hartmann")
    assert "*2 insights*" in asked(stage, "about Hartmann")
    anna = asked(stage, "about Hartmann", ANNA)
    assert "*1 insight*" in anna and "smb alone" not in anna


def test_nothing_known_is_said_and_can_be_saved_instead(stage: Stage) -> None:
    text = asked(stage, "about the fair in Hannover")
    assert "Nothing is known" in text and "insight_save_text" in text


def test_pages_are_turned(stage: Stage) -> None:
    for number in range(7):
        capture(stage, f"number {number} of them", customer="Hartmann")
    first = asked(stage, "about Hartmann")
    assert "number 6" in first and "number 1 " not in first and "about:5:about Hartmann" in first
    wanted = Wanted.from_value("about:5:about Hartmann")
    turned = show_list(stage.services, stage.gesture(MIA), wanted, turning=True)
    assert isinstance(turned, Reply) and turned.replaces
    assert "number 1 " in str(turned.message) and "number 6" not in str(turned.message)


def test_themes_stand_in_words_that_the_reader_may_see(stage: Stage) -> None:
    capture(stage, "invoice pdf comes out blank", BEN, SALES_2, customer="Hartmann")
    capture(stage, "blank PDFs for invoices again", customer="Hartmann")
    capture(stage, "customer says the invoice PDF is blank", customer="Hartmann")
    assert "theme_open" in asked(stage, "about Hartmann")
    assert "comes out" not in asked(stage, "about Hartmann", ANNA)


def offered(stage: Stage, typed: str = "", user: str = MIA) -> list[tuple[str, str]]:
    found = names_to_look_up(stage.services, user, typed)
    return [(one["value"], one["description"]["text"]) for one in found]


def test_the_home_tab_offers_names_that_the_reader_has_seen_and_opens_their_page(stage: Stage) -> None:
    capture(stage, "one", customer="Hartmann")
    capture(stage, "two", customer="Hartmann", competitors=["Acme"])
    capture(stage, "said in smb alone", BEN, SALES_2, customer="Molino", product="Ёлка")
    assert offered(stage) == [
        ("Hartmann", "customer · 2 insights"),
        ("Acme", "competitor · 1 insight"),
        ("Molino", "customer · 1 insight"),
        ("Ёлка", "product · 1 insight"),
    ]
    assert [name for name, _ in offered(stage, user=ANNA)] == ["Hartmann", "Acme"]
    assert [name for name, _ in offered(stage, "елк")] == ["Ёлка"]
    page = open_page(stage.services, stage.gesture(ANNA), "Molino")
    assert isinstance(page, Reply) and "Nothing is known" in str(page.message)
    page = open_page(stage.services, stage.gesture(ANNA), "Hartmann")
    assert isinstance(page, Reply)
    assert "*2 insights*" in str(page.message) and "insight_save_text" not in str(page.message)
    assert offered(stage, user=GUEST) == []
    with pytest.raises(UserError):
        open_page(stage.services, stage.gesture(GUEST), "Hartmann")


def test_a_listed_name_is_found_by_its_other_names_and_however_long_ago_it_was_said(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    with stage.services.db.writing() as connection:
        entries: list[tuple[str, str, list[str]]] = [
            ("competitor", "Acme", ["Акме"]),
            ("competitor", "Acme Nobody Named", []),
        ]
        analysis.save_names(connection, stage.bridge.id, entries)
    capture(stage, "gives 25% off", competitors=["Acme"])
    assert offered(stage, "акм") == [("Acme", "competitor · 1 insight")]
    monkeypatch.setattr(known, "NEWEST", 1)
    stage.clock.pass_time(days=1)
    capture(stage, "names nobody", is_urgent=True)
    assert offered(stage) == []
    assert offered(stage, "acm") == [("Acme", "competitor · 1 insight")]


def test_a_page_that_was_opened_by_name_is_turned_by_it(stage: Stage) -> None:
    for number in range(7):
        capture(stage, f"number {number} of them", customer="about: me")
    page = open_page(stage.services, stage.gesture(MIA), "about: me")
    assert isinstance(page, Reply) and "known:5:about: me" in str(page.message)
    turned = show_list(
        stage.services, stage.gesture(MIA), Wanted.from_value("known:5:about: me"), turning=True
    )
    assert isinstance(turned, Reply) and "number 1 " in str(turned.message)
