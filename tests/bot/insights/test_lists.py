"""Lists and search show what a person may see, in pages, and Slack's limits hold (promise 7)."""

from typing import Any

import pytest

from bot.errors import UserError
from bot.gestures import Reply
from bot.insights import command
from bot.insights.lists import PAGE, Wanted, show_list
from storage import workspace
from storage.database import Database
from tests.stage import Stage, make_stage
from tests.support import ANNA, BEN, MIA, SALES, SALES_2, TEAM, TOM, channel, make_bridge, person


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database)


def asked(stage: Stage, line: str, user: str = ANNA) -> dict[str, Any]:
    answer = command.answer_insight(stage.services, stage.gesture(user), line)
    assert isinstance(answer, Reply)
    return dict(answer.message)


def quoted(message: dict[str, Any]) -> list[str]:
    """The numbers of the insights that a message shows."""
    return [str(one["block_id"])[6:] for one in message["blocks"] if one["type"] == "rich_text"]


def button(message: dict[str, Any], action: str) -> str | None:
    found = [
        one["value"]
        for block in message["blocks"]
        for one in block.get("elements", [])
        if one.get("action_id") == action
    ]
    return found[0] if found else None


def said(stage: Stage, text: str, user: str = ANNA, channel_id: str = SALES, **more: str) -> str:
    ts = stage.slack.say(channel_id, user, text)
    stage.flag(user, ts, channel=channel_id, **more)
    stage.clock.pass_time(seconds=1)
    return ts


# --- who sees what -----------------------------------------------------------------------------------------


def test_a_person_sees_her_channels_her_own_and_her_bridges_marketing(stage: Stage) -> None:
    other = make_bridge(
        stage.services, name="other", marketing_channel_id="CMARKETING2", sales_channel_ids=("CPRIVATE",)
    )
    with stage.services.db.writing() as connection:
        at = stage.clock.now()
        workspace.save_channel(connection, TEAM, channel("CPRIVATE", is_private=True), at)
        workspace.replace_members(connection, TEAM, "CPRIVATE", [BEN])
        workspace.replace_members(connection, TEAM, "CMARKETING2", ["UPAT"])
        workspace.save_person(connection, TEAM, person("UPAT"), at)
        workspace.save_person(connection, TEAM, person("UELSE"), at)
    assert other.id
    said(stage, "price in sales")  # 1
    said(stage, "price in the second", BEN, SALES_2)  # 2
    said(stage, "price in private", BEN, "CPRIVATE")  # 3
    command.answer_insight(stage.services, stage.gesture(TOM, "D1"), "price told elsewhere")  # 4
    seen = {
        ANNA: ["1"],
        BEN: ["3", "2", "1"],
        MIA: ["4", "2", "1"],
        TOM: ["4", "2", "1"],
        "UPAT": ["3"],
        "UELSE": [],
    }
    for user, numbers in seen.items():
        assert quoted(asked(stage, "list", user)) == numbers, user
        assert quoted(asked(stage, "search price", user)) == numbers, user
    assert quoted(asked(stage, "search private", MIA)) == []


def test_who_leaves_the_channel_sees_what_she_made_alone(stage: Stage) -> None:
    said(stage, "mine")
    said(stage, "Tom's", TOM)
    with stage.services.db.writing() as connection:
        workspace.replace_members(connection, TEAM, SALES, [TOM])
    assert quoted(asked(stage, "list")) == ["1"]


def test_mine_is_what_i_reported_said_or_support_withdrawn_or_not(stage: Stage) -> None:
    ts = stage.slack.say(SALES, BEN, "said by Ben")
    stage.flag(TOM, ts)
    stage.flag(ANNA, ts)
    said(stage, "Tom's alone", TOM)
    gone = said(stage, "withdrawn")
    stage.unflag(ANNA, gone)
    assert quoted(asked(stage, "mine")) == ["3", "1"]
    assert quoted(asked(stage, "mine", BEN)) == ["1"]
    assert quoted(asked(stage, "list")) == ["2", "1"], "the list leaves out what is withdrawn"


# --- search ------------------------------------------------------------------------------------------------


def test_search_finds_words_in_all_forms_and_all_fields(stage: Stage) -> None:
    command.answer_insight(stage.services, stage.gesture(), "competitor: Скидки конкурентов #Hartmann")
    command.answer_insight(stage.services, stage.gesture(), "They complained about the prices")
    for query, numbers in {
        "скидка": ["1"],
        "конкурент скидкой": ["1"],
        "hartmann": ["1"],
        "complain price": ["2"],
        '"the price"': ["2"],
        "pri*": ["2"],
        "price скидка": [],
        "nothing": [],
        "'; DROP TABLE insights; --": [],
        '"': [],
    }.items():
        assert quoted(asked(stage, f"search {query}")) == numbers, query


def test_deleted_and_changed_words_are_not_found(stage: Stage) -> None:
    ts, other = said(stage, "zebrafish"), said(stage, "okapi")
    stage.edit(ts, "numbat")
    assert quoted(asked(stage, "search zebrafish")) == []
    assert quoted(asked(stage, "search numbat")) == ["1"]
    stage.delete(other)
    assert quoted(asked(stage, "search okapi")) == []
    assert "The message was deleted." in str(asked(stage, "list"))


@pytest.mark.parametrize("line", ["search", "search   "])
def test_a_search_for_nothing_is_asked_back(stage: Stage, line: str) -> None:
    said(stage, "text")
    with pytest.raises(UserError, match="What shall I look for"):
        asked(stage, line)


def test_a_search_without_words_finds_nothing_and_helps(stage: Stage) -> None:
    said(stage, "text")
    answer = asked(stage, "search !!!")
    assert quoted(answer) == []
    assert "Nothing found" in str(answer)


# --- pages -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", ["list", "mine", "search price", "поиск price"])
def test_pages_show_each_insight_once_and_can_be_turned_both_ways(stage: Stage, line: str) -> None:
    total = 2 * PAGE + 1
    for number in range(total):
        said(stage, f"price {number}")
    message, pages = asked(stage, line), []
    while True:
        pages.append(quoted(message))
        older = button(message, "insight_list_older")
        if older is None:
            break
        answer = show_list(stage.services, stage.gesture(), Wanted.from_value(older), turning=True)
        assert isinstance(answer, Reply) and answer.replaces
        message = dict(answer.message)
    assert [one for page in pages for one in page] == [str(number) for number in range(total, 0, -1)]
    assert f"{2 * PAGE + 1} to {total} shown" in message["text"]
    newer = button(message, "insight_list_newer")
    assert newer is not None
    back = show_list(stage.services, stage.gesture(), Wanted.from_value(newer), turning=True)
    assert isinstance(back, Reply)
    assert quoted(dict(back.message)) == pages[1]


def test_a_page_of_the_longest_entries_keeps_slacks_limits(stage: Stage) -> None:
    for _ in range(PAGE + 1):
        said(stage, "<!channel> *" + "price & <https://a.example/" + "x" * 500 + "|y> " * 9 + "z" * 20_000)
    message = asked(stage, "search " + "price " * 300)
    assert len(quoted(message)) == PAGE
    assert len(message["blocks"]) <= 50
    assert len(str(message["blocks"])) < 13_200
    older = button(message, "insight_list_older")
    assert older is not None and len(older) <= 2000
    assert "<!channel>" not in str(message)


@pytest.mark.parametrize("value", ["", "other:0:", "list:x:", "list:"])
def test_a_value_that_is_none_of_ours_is_refused(value: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of any kind
        Wanted.from_value(value)


def test_a_search_with_colons_survives_its_button() -> None:
    wanted = Wanted("search", "search a:b: c", 5)
    assert Wanted.from_value(wanted.value(10)) == Wanted("search", "search a:b: c", 10)
    assert wanted.query == "a:b: c"
