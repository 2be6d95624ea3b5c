"""The home tab: my insights and what became of them, within what I may see, in pages."""

from typing import Any

import pytest

from bot.errors import FormError
from bot.gestures import Done, Open
from bot.home.filters import open_filter, save_filter
from bot.home.sections import MINE, PAGE
from bot.home.tab import turn_page
from bot.ids import View
from bot.inbox import Incoming
from storage import insights, workspace
from storage.database import Database
from tests.stage import Stage, form, make_stage
from tests.support import ANNA, BEN, GUEST, MIA, SALES, TEAM, TOM


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database)


def opened(stage: Stage, user: str = ANNA) -> dict[str, Any]:
    stage.hear(Incoming("home_opened", f"home:{user}:{stage.clock.now()}", user_id=user))
    stage.work()
    return shown(stage, user)


def shown(stage: Stage, user: str = ANNA) -> dict[str, Any]:
    stage.clock.pass_time(seconds=1)
    stage.send()
    view = stage.slack.homes[user]
    assert view["type"] == "home" and len(view["blocks"]) <= 100
    return view


def quoted(view: dict[str, Any]) -> list[str]:
    return [str(one["block_id"])[6:] for one in view["blocks"] if one["type"] == "rich_text"]


def values(view: dict[str, Any], action: str) -> list[str]:
    return [
        one["value"]
        for block in view["blocks"]
        for one in block.get("elements", [])
        if one.get("action_id") == action
    ]


def test_the_first_look_says_how_to_begin(stage: Stage) -> None:
    assert ":bulb:" in str(opened(stage))
    assert values(shown(stage), "home_new_insight") == ["new"]


def test_my_insights_with_status_outcome_and_what_can_be_done(stage: Stage) -> None:
    ts = stage.slack.say(SALES, BEN, "said by Ben")
    stage.flag(ANNA, ts)
    with stage.services.db.writing() as connection:
        insights.change(connection, 1, {"status": "done", "outcome": "New price <!channel> list"})
    mine, bens = opened(stage), opened(stage, BEN)
    assert quoted(mine) == quoted(bens) == ["1"]
    assert "Outcome: New price" in str(mine) and "<!channel>" not in str(mine)
    assert values(mine, "insight_undo") == ["1"]
    assert values(bens, "insight_undo") == [], "who supports nothing has nothing to take back"
    assert quoted(opened(stage, TOM)) == []


def test_a_withdrawn_insight_stays_visible_and_can_only_be_flagged_anew(stage: Stage) -> None:
    ts = stage.slack.say(SALES, BEN, "text")
    stage.flag(ANNA, ts)
    stage.unflag(ANNA, ts)
    view = opened(stage)
    assert "withdrawn" in str(view)
    assert values(view, "insight_details") == []


def test_a_change_brings_an_opened_home_tab_up_to_date_and_no_other(stage: Stage) -> None:
    opened(stage)
    stage.flag(ANNA, stage.slack.say(SALES, BEN, "text"))
    assert quoted(shown(stage)) == ["1"]
    assert set(stage.slack.homes) == {ANNA}


def test_pages_can_be_turned(stage: Stage) -> None:
    for number in range(PAGE + 3):
        stage.flag(ANNA, stage.slack.say(SALES, ANNA, f"text {number}"))
        stage.clock.pass_time(seconds=1)
    first = opened(stage)
    assert len(quoted(first)) == PAGE
    (older,) = values(first, "home_older")
    turn_page(stage.services, stage.gesture(), int(older))
    second = shown(stage)
    assert quoted(second) == ["3", "2", "1"]
    assert values(second, "home_older") == []
    (newer,) = values(second, "home_newer")
    turn_page(stage.services, stage.gesture(), int(newer))
    assert quoted(shown(stage)) == quoted(first)


def test_bridges_are_shown_to_those_who_manage_or_read_them(stage: Stage) -> None:
    assert "default" in str(opened(stage, MIA))
    assert "Bridges" not in str(opened(stage))
    assert values(opened(stage, TOM), "home_setup") == ["setup"]
    assert values(opened(stage), "home_setup") == []


def test_a_language_that_changes_on_the_way_is_the_one_shown(stage: Stage) -> None:
    stage.hear(Incoming("home_opened", "home", user_id=ANNA))
    stage.work()
    with stage.services.db.writing() as connection:
        workspace.save_language(connection, TEAM, ANNA, "ru")
    assert "Мои" in str(shown(stage))


def test_my_insights_are_filtered_like_the_inbox(stage: Stage) -> None:
    for text in ("Acme discounts the price list", "The pump is broken", *(f"Price {n}" for n in range(6))):
        stage.flag(ANNA, stage.slack.say(SALES, BEN, text))
    stage.flag(BEN, stage.slack.say(SALES, ANNA, "A price that Ben passed on, and Anna said"))
    stage.flag(BEN, stage.slack.say(SALES, BEN, "A price that is none of Anna's"))

    def narrow(query: str) -> str:
        gesture = stage.gesture(ANNA)
        assert save_filter(stage.services, gesture, form(query=query), MINE) == Done()
        stage.send(seconds=2)
        return str(stage.slack.homes[ANNA])

    found = narrow("prices status:new")
    assert "Filter: prices status:new" in found and "found: 8" in found
    assert "pump" not in found and "none of Anna" not in found
    turn_page(stage.services, stage.gesture(ANNA), 5)
    stage.send(seconds=2)
    older = str(stage.slack.homes[ANNA])
    assert "found: 8" in older and "6 to 8 of 8" in older and "Acme discounts" in older
    assert "found: 0" in narrow("status:done")
    assert "The pump" in narrow("pump")
    everything = narrow("")
    assert "1 to 5 of 9" in everything and "Filter: " not in everything
    with pytest.raises(FormError):
        save_filter(stage.services, stage.gesture(ANNA), form(query="stauts:new"), MINE)
    opened = open_filter(stage.services, stage.gesture(GUEST), MINE)
    assert isinstance(opened, Open) and opened.view["callback_id"] == View.MINE_FILTER
