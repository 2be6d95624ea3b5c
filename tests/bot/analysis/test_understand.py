"""What is read of an insight when it is stored, edited and removed; a person's word stands."""

import pytest

from bot.insights import change, command, saving
from bot.insights.source import remove_text
from storage import analysis
from storage.database import Database
from storage.insights import Insight
from tests.stage import Stage, form, make_stage
from tests.support import ANNA, SALES, TOM, say

LISTS = [
    ("competitor", "Northwind", []),
    ("customer", "Hartmann", ["Хартманн"]),
    ("customer", "Contoso", []),
    ("product", "TermoBox", []),
]
WORDS = "Hartmann says the Northwind guys gave a discount, we lost the deal"


@pytest.fixture
def stage(database: Database) -> Stage:
    made = make_stage(database)
    with made.services.db.writing() as connection:
        analysis.save_names(connection, made.bridge.id, LISTS)
    return made


def flagged(stage: Stage, text: str, emoji: str = "bulb") -> str:
    ts = stage.slack.say(SALES, TOM, text)
    stage.flag(ANNA, ts, emoji)
    return ts


def filed(insight: Insight) -> tuple[str, str]:
    return insight.category, insight.category_by


def test_a_plain_flag_is_filed_by_its_words_and_says_that_it_is_a_suggestion(stage: Stage) -> None:
    insight = stage.insight(flagged(stage, WORDS))
    assert filed(insight) == ("competitor", "suggested")
    assert (insight.customer, insight.competitors, insight.product) == ("Hartmann", ["Northwind"], None)
    stage.send(2)
    assert "Competitors (suggested)" in repr(stage.slack.__dict__)


def test_what_is_not_sure_stays_without_a_category(stage: Stage) -> None:
    assert filed(stage.insight(flagged(stage, "thanks!"))) == ("other", "default")


def test_a_category_emoji_decides_over_the_words_and_later_over_the_suggestion(stage: Stage) -> None:
    assert filed(stage.insight(flagged(stage, WORDS, "rage"))) == ("complaint", "flag")
    ts = flagged(stage, WORDS)
    stage.flag(TOM, ts, "pray")
    assert filed(stage.insight(ts)) == ("request", "flag")


def test_choosing_the_suggested_category_confirms_it(stage: Stage) -> None:
    ts = flagged(stage, WORDS)
    change.change_category(stage.services, stage.gesture(ANNA), stage.insight(ts).id, "competitor")
    assert filed(stage.insight(ts)) == ("competitor", "person")


def test_a_correction_is_learned_from_at_once(stage: Stage) -> None:
    text = "the zephyr valve squeaks whenever the lid closes"
    ts = flagged(stage, text)
    change.change_category(stage.services, stage.gesture(ANNA), stage.insight(ts).id, "market")
    again = stage.insight(flagged(stage, "zephyr valve squeaks again when the lid closes"))
    assert filed(again) == ("market", "suggested")


def test_what_a_form_says_stands_and_what_it_leaves_empty_is_read(stage: Stage) -> None:
    given = form(text=WORDS, category="option:other", customer="Contoso")
    view = {"private_metadata": f'{{"channel": "{SALES}", "bridge": "{stage.bridge.id}"}}'}
    saving.save_new(stage.services, stage.gesture(ANNA), view, given)
    (insight,) = stage.all()
    assert (insight.customer, insight.competitors) == ("Contoso", ["Northwind"])
    assert filed(insight) == ("competitor", "suggested")


def test_a_command_is_read_too(stage: Stage) -> None:
    command.answer_insight(stage.services, stage.gesture(ANNA), "the TermoBox latch is broken again")
    (insight,) = stage.all()
    assert (insight.category, insight.product) == ("complaint", "TermoBox")


def test_an_edit_is_read_anew_but_a_persons_word_stands(stage: Stage) -> None:
    ts = flagged(stage, WORDS)
    stage.edit(ts, "Contoso says the TermoBox latch is broken, nobody answers at our hotline")
    insight = stage.insight(ts)
    assert (insight.customer, insight.competitors, insight.product) == ("Contoso", [], "TermoBox")
    assert filed(insight) == ("complaint", "suggested")
    emptied = form(category="option:market", customer="", competitors="", product="TermoBox")
    change.save_details(stage.services, stage.gesture(ANNA), emptied, insight.id)
    stage.edit(ts, WORDS)
    insight = stage.insight(ts)
    assert (insight.customer, filed(insight)) == (None, ("market", "person"))


def test_names_that_no_list_knows_go_with_the_text(stage: Stage) -> None:
    ts = flagged(stage, "they met Zorblatt yesterday")
    assert [row["shown"] for row in stage.rows("sightings")] == ["Zorblatt"]
    with stage.services.db.writing() as connection:
        remove_text(connection, say(stage.services, connection), stage.insight(ts))
    assert stage.rows("sightings") == []
    assert "Zorblatt" not in stage.everything()
