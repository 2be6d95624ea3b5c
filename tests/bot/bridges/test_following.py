"""Meetings, reminders and askings follow their zone: new rules with an update of tzdata, or another one."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.activities.kinds import Occasion
from bot.bridges.following import follow_zones
from bot.bridges.setup import open_bridge, save_bridge
from bot.gestures import Update
from bot.meetings.items import DAY_BEFORE, ON_THE_DAY, give
from bot.meetings.meeting import PROMPT, REMINDER, meeting_by_id
from bot.meetings.reading import ItemLine
from storage import timers
from storage.database import Database
from tests.bot.activities.builders import Desk
from tests.bot.bridges.forms import bridge_form
from tests.bot.meetings.builders import FIRST, WEEK, Meetings, shown
from tests.stage import Stage, make_stage
from tests.support import ANNA, MIA, TEAM, say

HOUR = timedelta(hours=1)


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database)


@pytest.fixture
def it(stage: Stage) -> Meetings:
    meetings = Meetings(stage)
    meetings.set_up()
    return meetings


def test_a_meeting_begins_at_the_new_hour_and_everybody_is_told_so(
    it: Meetings, stage: Stage, rules_of: Callable[[str], None]
) -> None:
    it.prompted()
    assert follow_zones(stage.services) == 0
    rules_of("Europe/London")
    assert follow_zones(stage.services) == 1
    assert follow_zones(stage.services) == 0
    assert [one.starts_at for one in it.ahead()] == [FIRST + HOUR, FIRST + WEEK + HOUR]
    assert it.timer(REMINDER) == FIRST
    assert it.timer(PROMPT, 2) == FIRST + WEEK + HOUR - timedelta(days=1)
    stage.send(5)
    assert f"{int((FIRST + HOUR).timestamp())}" in shown(it.prompts()[0])
    it.wait_until(FIRST)
    assert len(it.prompts()) == len(it.reminders()) == 1


def test_one_that_a_person_moved_stays_where_she_put_it(
    it: Meetings, stage: Stage, rules_of: Callable[[str], None]
) -> None:
    it.change_one("move", "2026-03-06", "09:00")
    moved = it.all()[0].starts_at
    rules_of("Europe/London")
    assert follow_zones(stage.services) == 1, "the next one, which nobody moved"
    assert it.all()[0].starts_at == moved


def test_reminders_of_action_items_come_in_the_morning_by_the_new_rules(
    it: Meetings, stage: Stage, rules_of: Callable[[str], None]
) -> None:
    with stage.services.db.writing() as connection:
        meeting = meeting_by_id(connection, 1)
        assert meeting is not None
        line = ItemLine(text="Send prices", owner_id=ANNA, due_on=date(2026, 3, 4))
        give(connection, say(stage.services, connection), MIA, meeting, [line])
    before = [it.timer(kind) for kind in (DAY_BEFORE, ON_THE_DAY)]
    assert before == [datetime(2026, 3, day, 8, tzinfo=UTC) for day in (3, 4)]
    stage.clock.pass_time(
        seconds=(datetime(2026, 3, 3, 8, 30, tzinfo=UTC) - stage.clock.now()).total_seconds()
    )
    rules_of("Europe/London")
    follow_zones(stage.services)
    assert it.timer(DAY_BEFORE) == before[0], "late already: it rings as it was"
    assert it.timer(ON_THE_DAY) == datetime(2026, 3, 4, 9, tzinfo=UTC)


def test_sales_is_asked_in_the_morning_of_another_zone(stage: Stage) -> None:
    desk = Desk(stage)
    activity = desk.plan()
    desk.start(activity)

    def due(occasion: Occasion) -> datetime | None:
        with stage.services.db.reading() as connection:
            return timers.due_at(connection, TEAM, "activity_asks", f"{activity.id}:{occasion}")

    in_berlin = {one: due(one) for one in Occasion}
    opened = open_bridge(stage.services, stage.gesture(MIA), str(stage.bridge.id))
    assert isinstance(opened, Update)
    memory = opened.view["private_metadata"]
    save_bridge(stage.services, stage.gesture(MIA), bridge_form(zone="Asia/Tokyo"), memory)
    for one, before in in_berlin.items():
        after = due(one)
        assert before is not None and after is not None
        assert after.hour == 1, "ten o'clock in Tokyo"
        assert timedelta(hours=7) <= before - after <= timedelta(hours=8)
