"""The home tab's inbox, filtered in the language of searches: one parser, one rule of who sees what."""

from typing import Any

import pytest

from bot.errors import FormError, UserError
from bot.gestures import Done, Open
from bot.home import filters
from bot.i18n import texts
from bot.ids import Field
from bot.triage import inbox
from storage import bridges
from storage.database import Database
from tests.bot.triage.desk import flagged
from tests.bot.triage.test_inbox import listed, shown
from tests.stage import Stage, form, make_stage
from tests.support import ANNA, BEN, GUEST, MIA, SALES_2, TEAM, make_bridge


@pytest.fixture
def stage(database: Database) -> Stage:
    stage = make_stage(database)
    flagged(stage, ANNA, "Acme discounts the price list")
    flagged(stage, ANNA, "The pump is broken")
    for number in range(6):
        flagged(stage, ANNA, f"Price rumour {number}")
    return stage


def narrow(stage: Stage, query: str, user: str = MIA, key: str | None = None) -> dict[str, Any]:
    assert (
        filters.save_filter(stage.services, stage.gesture(user, key=key), form(query=query), inbox.FILTER)
        == Done()
    )
    return shown(stage, user)


def refused(stage: Stage, query: str) -> str:
    with pytest.raises(FormError) as problem:
        filters.save_filter(stage.services, stage.gesture(MIA), form(query=query), inbox.FILTER)
    assert list(problem.value.fields) == [Field.QUERY]
    return texts("en").say(problem.value.fields[Field.QUERY])


def test_the_inbox_shows_what_the_query_means_in_pages(stage: Stage) -> None:
    view = narrow(stage, "prices status:new from:@anna")
    assert listed(view) == [1, 3, 4, 5, 6] and "found: 7" in str(view)
    inbox.turn(stage.services, stage.gesture(MIA), "5")
    assert listed(shown(stage, MIA)) == [7, 8]
    assert listed(narrow(stage, "discount")) == [1]
    assert listed(narrow(stage, "discount pump")) == []
    assert "found: 0" in str(shown(stage, MIA))
    assert len(listed(narrow(stage, ""))) == 5 and "Filter: " not in str(shown(stage, MIA))


def test_the_form_opens_with_the_filter_in_it(stage: Stage) -> None:
    narrow(stage, "discount")
    answer = filters.open_filter(stage.services, stage.gesture(MIA), inbox.FILTER)
    assert isinstance(answer, Open)
    assert answer.view["blocks"][0]["element"]["initial_value"] == "discount"


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("stauts:new", "no filter “stauts”; did you mean `status:`?"),
        ("status:gone", "no status “gone”"),
        ("status:done price", "Only what is new stands here"),
        ("status:open", "Only what is new stands here"),
        ("since:tomorrow", "as a day"),
        ("x" * 201, "At most 200 characters"),
    ],
)
def test_what_is_wrong_stands_beside_the_field_and_changes_nothing(
    stage: Stage, query: str, sentence: str
) -> None:
    before = listed(narrow(stage, "pump"))
    assert sentence in refused(stage, query)
    assert listed(shown(stage, MIA)) == before == [2]


def test_a_query_shows_nobody_more_than_the_inbox_does(stage: Stage) -> None:
    with stage.services.db.writing() as connection:
        connection.exec_driver_sql(f"DELETE FROM bridge_channels WHERE channel_id = '{SALES_2}'")
        bridges.touch(connection, TEAM)
    make_bridge(stage.services, name="Other", marketing_channel_id="COTHER", sales_channel_ids=(SALES_2,))
    flagged(stage, BEN, "Price secret", channel=SALES_2)
    assert len(stage.all()) == 9
    view = narrow(stage, "secret")
    assert listed(view) == [] and "Price secret" not in str(view)
    for user in (ANNA, BEN, GUEST):
        with pytest.raises(UserError):
            filters.open_filter(stage.services, stage.gesture(user), inbox.FILTER)
        with pytest.raises(UserError):
            filters.save_filter(stage.services, stage.gesture(user), form(query="price"), inbox.FILTER)
        assert user not in stage.slack.homes


def test_a_filter_whose_bridge_was_renamed_shows_nothing_and_says_so(stage: Stage) -> None:
    narrow(stage, "bridge:default price")
    with stage.services.db.writing() as connection:
        connection.exec_driver_sql("UPDATE bridges SET name = 'EMEA'")
        bridges.touch(connection, TEAM)
    inbox.turn(stage.services, stage.gesture(MIA), "0")
    view = shown(stage, MIA)
    assert listed(view) == [] and "no bridge called “default”" in str(view)


def test_the_same_answer_twice_counts_once(stage: Stage) -> None:
    narrow(stage, "pump", key="V1:h1")
    narrow(stage, "discount")
    narrow(stage, "pump", key="V1:h1")
    assert listed(shown(stage, MIA)) == [1]
