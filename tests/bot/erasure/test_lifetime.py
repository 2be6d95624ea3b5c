"""A bridge's lifetime: seen before it is set; each insight erased once, in batches, with one record a run."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.catchup import CatchUp
from bot.erasure import lifetime
from bot.gestures import Answer, FormState, Reply, Update
from bot.inbox import work_one
from bot.timers import ring_one
from bot.workers import BELLS, WORKERS
from storage.database import Database
from storage.erasure import Lifetime
from tests.stage import Stage, form, make_stage
from tests.support import ANNA, BEN, MIA, SALES


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database)


def flagged(stage: Stage, many: int) -> None:
    for number in range(many):
        ts = stage.slack.say(SALES, BEN, f"They want {number}% off.")
        stage.flag(ANNA, ts)
    stage.send(5)


def set_lifetime(stage: Stage, count: str | None, unit: str = "days") -> Answer:
    values: dict[str, Any] = {
        "lifetime_count": {"value": count},
        "lifetime_unit": {"selected_option": {"value": unit}},
    }
    return lifetime.save_form(
        stage.services, stage.gesture(MIA, None), str(stage.bridge.id), FormState(values)
    )


def confirm(stage: Stage, shown: Answer) -> Answer:
    assert isinstance(shown, Update), shown
    metadata = str(shown.view["private_metadata"])
    return lifetime.confirm(stage.services, stage.gesture(MIA, None), metadata, form(confirm="erase"))


def to_the_night(stage: Stage) -> None:
    night = lifetime.next_night(stage.clock.now(), "Europe/Berlin")
    stage.clock.pass_time(seconds=(night - stage.clock.now()).total_seconds())


def records(stage: Stage) -> list[tuple[str, dict[str, int], bool]]:
    rows = stage.rows("erasures")
    return [(row["kind"], row["counts"], row["finished_at"] is not None) for row in rows]


def test_what_would_go_is_shown_and_goes_with_the_next_night_once(stage: Stage) -> None:
    flagged(stage, lifetime.BATCH + 3)
    stage.clock.pass_time(days=31)
    flagged(stage, 2)
    shown = set_lifetime(stage, "30")
    assert isinstance(shown, Update) and f"*{lifetime.BATCH + 3} insights*" in str(shown.view)
    assert stage.rows("lifetimes") == []  # not before it is confirmed
    assert isinstance(confirm(stage, shown), Reply)
    stage.ring()
    assert len(stage.all()) == lifetime.BATCH + 5  # not before the night
    to_the_night(stage)
    assert ring_one(stage.services, BELLS)
    assert len(stage.all()) == 5 and records(stage)[0][2] is False
    stage.ring()
    stage.ring()
    assert len(stage.all()) == 2
    ((kind, counts, is_over),) = records(stage)
    assert (kind, counts["insights"], is_over) == ("lifetime", lifetime.BATCH + 3, True)
    to_the_night(stage)
    stage.ring()
    assert len(stage.all()) == 2 and len(records(stage)) == 1  # a night without anything leaves no record
    stage.clock.pass_time(days=60)
    stage.ring()
    assert len(stage.all()) == 0 and len(records(stage)) == 2  # late, and once


def test_a_longer_one_or_none_asks_nothing(stage: Stage) -> None:
    flagged(stage, 1)
    stage.clock.pass_time(days=31)
    confirm(stage, set_lifetime(stage, "30"))
    assert isinstance(set_lifetime(stage, "6", "months"), Reply)
    to_the_night(stage)
    stage.ring()
    assert len(stage.all()) == 1
    assert isinstance(set_lifetime(stage, None), Reply) and stage.rows("lifetimes") == []
    stage.clock.pass_time(days=400)
    stage.ring()
    assert len(stage.all()) == 1


def test_more_than_was_shown_is_shown_anew(stage: Stage) -> None:
    flagged(stage, 1)
    stage.clock.pass_time(days=15)
    flagged(stage, 1)
    stage.clock.pass_time(days=16)
    shown = set_lifetime(stage, "30")
    stage.clock.pass_time(days=15)
    again = confirm(stage, shown)
    assert isinstance(again, Update) and "has changed" in str(again.view)
    assert isinstance(confirm(stage, again), Reply)


def test_months_are_those_of_the_calendar() -> None:
    now = datetime.fromisoformat("2026-03-31T03:00:00+00:00")
    assert lifetime.cutoff(Lifetime(1, 1, "months"), now).isoformat() == "2026-02-28T03:00:00+00:00"
    assert lifetime.cutoff(Lifetime(1, 90, "days"), now) == now - timedelta(days=90)


def test_the_run_is_at_half_past_three_there_also_where_that_hour_is_left_out() -> None:
    before = datetime.fromisoformat("2026-03-28T12:00:00+00:00")
    assert lifetime.next_night(before, "Europe/Berlin").isoformat() == "2026-03-29T01:30:00+00:00"
    assert lifetime.next_night(before, "America/Santiago") > before


def test_what_was_erased_is_not_taken_in_again(stage: Stage) -> None:
    ts = stage.slack.say(SALES, BEN, "They want 25% off.")
    stage.slack.standing[SALES][ts]["reactions"] = [{"name": "bulb", "users": [ANNA], "count": 1}]
    stage.flag(ANNA, ts)
    stage.clock.pass_time(days=2)
    confirm(stage, set_lifetime(stage, "1"))
    to_the_night(stage)
    stage.ring()
    assert stage.all() == []
    catch_up = CatchUp(stage.services, days=14, calls_a_minute=6_000_000)
    catch_up.begin()
    while catch_up.work_one():
        pass
    assert not work_one(stage.services, WORKERS)
    stage.flag(BEN, ts)
    assert stage.all() == [] and stage.rows("flags") == []
    stage.send(5)
    assert "erased" in str(stage.slack.notes[-1]) or "стёрт" in str(stage.slack.notes[-1])
