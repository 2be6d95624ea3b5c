"""Marketing's and administrators' home tab: what each may see, in pages, at one cost for any amount."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert

from bot.home.tab import turn_page
from bot.inbox import Incoming
from bot.triage import inbox
from bot.triage.rules import Step
from storage import bridges, workspace
from storage.database import Database
from storage.tables import insights as table
from tests.bot.digests.builders import PLAIN
from tests.bot.triage.desk import flagged, now, step
from tests.stage import Stage, make_stage
from tests.support import ANNA, BEN, MIA, SALES_2, TEAM, TOM, channel, make_bridge


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database)


def opened(stage: Stage, user: str) -> dict[str, Any]:
    stage.hear(Incoming("home_opened", f"home:{user}:{stage.clock.now()}", user_id=user))
    stage.work()
    return shown(stage, user)


def shown(stage: Stage, user: str) -> dict[str, Any]:
    stage.clock.pass_time(seconds=1)
    stage.send()
    view = stage.slack.homes[user]
    ids = [block["block_id"] for block in view["blocks"] if "block_id" in block]
    assert len(ids) == len(set(ids)) and len(view["blocks"]) <= 100
    return view


def listed(view: dict[str, Any]) -> list[int]:
    """The numbers of the insights that are to be triaged."""
    found = [str(one["block_id"]) for one in view["blocks"] if one["type"] == "rich_text"]
    return [int(one.removeprefix("quote-").removesuffix("-2")) for one in found if one.endswith("-2")]


def fill(stage: Stage, count: int) -> None:
    """So many insights that Mia flagged, straight into the database."""
    with stage.services.db.writing() as connection:
        rows = [
            {
                **PLAIN,
                "team_id": TEAM,
                "bridge_id": stage.bridge.id,
                "number": number,
                "reporter_id": MIA,
                "message_ts": f"{1772442000 + number}.000100",
                "created_at": PLAIN["created_at"] + timedelta(seconds=number),
            }
            for number in range(1, count + 1)
        ]
        for start in range(0, count, 500):
            connection.execute(insert(table), rows[start : start + 500])


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements that are executed meanwhile."""
    statements: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield statements
    event.remove(database.engine, "before_cursor_execute", note)


def cost(stage: Stage) -> int:
    stage.hear(Incoming("home_opened", f"home:{MIA}:{stage.clock.now()}", user_id=MIA))
    stage.work()
    stage.clock.pass_time(seconds=1)
    with counted(stage.services.db) as statements:
        stage.send()
    assert len(stage.slack.homes[MIA]["blocks"]) <= 100
    return len(statements)


def test_ten_thousand_insights_cost_as_many_queries_as_ten(database: Database) -> None:
    stage = make_stage(database)
    fill(stage, 10)
    few = cost(stage)
    with stage.services.db.writing() as connection:
        connection.execute(table.delete())
    fill(stage, 10_000)
    assert cost(stage) == few
    assert "10,000" in str(stage.slack.homes[MIA])


def test_it_is_marketings_alone(stage: Stage) -> None:
    flagged(stage, ANNA, "words")
    assert "To triage" not in str(opened(stage, ANNA)) and "To triage" not in str(opened(stage, BEN))
    assert listed(opened(stage, MIA)) == [1]


def test_urgent_and_weighty_ones_come_first_then_the_oldest(stage: Stage) -> None:
    for number in range(3):
        flagged(stage, ANNA, f"words {number}")
    last = flagged(stage, ANNA, "last")
    assert last.message_ts
    stage.flag(TOM, last.message_ts)
    assert listed(opened(stage, MIA)) == [4, 1, 2, 3]


def test_a_step_at_home_takes_it_out_of_the_list_and_keeps_page_and_filter(stage: Stage) -> None:
    for number in range(7):
        flagged(stage, ANNA, f"words {number}", emoji="crossed_swords")
    flagged(stage, ANNA, "other")
    opened(stage, MIA)
    inbox.choose(stage.services, stage.gesture(MIA), "inbox_category", "competitor")
    inbox.turn(stage.services, stage.gesture(MIA), "5")
    view = shown(stage, MIA)
    assert listed(view) == [6, 7] and "6 to 7 of 7" in str(view)
    with stage.services.db.reading() as connection:
        assert workspace.with_home(connection, TEAM, [MIA])
    stage.clock.pass_time(hours=9)
    seven = next(one for one in stage.all() if one.number == 7)
    step(stage, seven, Step.TAKE)
    assert listed(shown(stage, MIA)) == [6]
    turn_page(stage.services, stage.gesture(MIA), 0)
    assert listed(shown(stage, MIA)) == [6], "turning the other list leaves this one"
    inbox.choose(stage.services, stage.gesture(MIA), "inbox_category", "all")
    assert len(listed(shown(stage, MIA))) == 5
    assert now(stage, seven).status == "in_progress"


def test_a_filter_by_bridge_shows_no_other_and_forged_ones_nothing_foreign(stage: Stage) -> None:
    with stage.services.db.writing() as connection:
        for one in ("CS3", "CM3", "CS4", "CM4"):
            workspace.save_channel(connection, TEAM, channel(one), stage.clock.now())
        workspace.replace_members(connection, TEAM, "CM3", [MIA])
    mine = make_bridge(stage.services, name="EMEA", sales_channel_ids=("CS3",), marketing_channel_id="CM3")
    foreign = make_bridge(stage.services, name="US", sales_channel_ids=("CS4",), marketing_channel_id="CM4")
    flagged(stage, ANNA, "here")
    flagged(stage, ANNA, "there", channel="CS3")
    flagged(stage, ANNA, "foreign", channel="CS4")
    assert listed(opened(stage, MIA)) == [1, 2]
    inbox.choose(stage.services, stage.gesture(MIA), "inbox_bridge", str(mine.id))
    assert listed(shown(stage, MIA)) == [2]
    for forged in (str(foreign.id), "999", "x", "9" * 40):
        inbox.choose(stage.services, stage.gesture(MIA), "inbox_bridge", forged)
        assert listed(shown(stage, MIA)) == [1, 2], forged
    for wrong in ("-1", "x", "999999"):
        inbox.turn(stage.services, stage.gesture(MIA), wrong)
        assert set(listed(shown(stage, MIA))) <= {1, 2}


def test_administrators_see_rights_times_and_what_is_wrong(stage: Stage) -> None:
    view = str(opened(stage, TOM))
    assert "2 people in the marketing channel triage" in view and "managed by Mia" in view
    assert "All is well" in view
    with stage.services.db.writing() as connection:
        known = channel(SALES_2, is_member=False)
        workspace.save_channel(connection, TEAM, known, stage.clock.now())
        bridges.touch(connection, TEAM)
    view = str(opened(stage, TOM))
    assert f"I am not in <#{SALES_2}>" in view and "All is well" not in view
    assert "Health" not in str(opened(stage, ANNA))
