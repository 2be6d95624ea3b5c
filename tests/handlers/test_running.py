"""What a `tick` does, also where some of it fails, and what it leaves to processes that run beside it."""

from datetime import date, time
from typing import NoReturn

import pytest

from bot.config import Settings
from bot.errors import OperatorError
from bot.inbox import Incoming
from bot.insights.capture import Capture, store_insight
from bot.recurrence import Recurrence
from bot.schedules import save_schedule
from bot.upkeep.presence import note_presence
from handlers import running
from handlers.running import tick_once
from storage import timers, workspace
from storage.database import Database
from tests.stage import Stage, make_stage
from tests.support import ANNA, MARKETING, SALES, TEAM, channel, say

DAILY = Recurrence(rule="FREQ=DAILY", time=time(9, 30), zone="Europe/Berlin", start_on=date(2026, 3, 1))


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database)


def tick(stage: Stage) -> bool:
    settings = Settings(_env_file=None, slack_bot_token="xoxb-1")  # type: ignore[call-arg]
    return tick_once(stage.services, settings, catches_up=False)


def fail(*_: object) -> NoReturn:
    raise ZeroDivisionError


def test_a_tick_finds_themes_unless_a_process_that_runs_does(stage: Stage) -> None:
    with stage.services.db.writing() as connection:
        note_presence(connection, TEAM, stage.clock.real(), is_listening=True)
        for _ in range(2):
            words = Capture("command", "the invoice comes out blank", ANNA, stage.clock.now())
            store_insight(connection, say(stage.services, connection), stage.bridge, words)
    assert tick(stage) and len(stage.rows("theme_queue")) == 2
    stage.clock.pass_time(minutes=3)  # nobody runs any more
    assert tick(stage) and len(stage.rows("theme_members")) == 2


@pytest.mark.parametrize("is_anybody_beside", [False, True])
def test_what_fails_keeps_nothing_else_from_its_work_and_is_tried_by_the_next_tick(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, *, is_anybody_beside: bool
) -> None:
    monkeypatch.setattr(running, "JOBS", {"digest": fail})
    monkeypatch.setattr(running, "BELLS", {"bell": lambda _, connection, voice, timer: voice.home(ANNA)})
    monkeypatch.setattr(running, "BUILDERS", {"home": lambda *_: {"type": "home", "blocks": []}})
    monkeypatch.setattr(
        running, "WORKERS", {"tell": lambda *_: lambda _, voice: voice.post("told", SALES, {"text": "told"})}
    )
    stage.hear(Incoming("tell", "k"))
    with stage.services.db.writing() as connection:
        save_schedule(connection, stage.bridge.id, "digest", DAILY, stage.clock.now(), is_paused=False)
        timers.set_timer(connection, TEAM, "bell", "1", stage.clock.now())
        say(stage.services, connection).post("said", MARKETING, {"text": "said"})
        workspace.save_channel(connection, TEAM, channel(SALES, is_member=False), stage.clock.now())
    stage.clock.pass_time(days=1)
    if is_anybody_beside:
        with stage.services.db.writing() as connection:
            note_presence(connection, TEAM, stage.clock.real(), is_listening=True)
    with pytest.raises(OperatorError, match="Failed: schedules"):
        tick(stage)
    assert stage.rows("timers") == [] and stage.rows("runs") == []
    assert {row["state"] for row in stage.rows("inbox")} == {"done"}
    assert stage.rows("troubles"), "the look at health was reached"
    posts = {row["dedupe_key"]: row["state"] for row in stage.rows("outbox")}
    if not is_anybody_beside:  # else what is to be said is theirs
        assert (posts["said"], posts["told"]) == ("sent", "sent")
    monkeypatch.setattr(running, "JOBS", {"digest": lambda *_: None})
    assert tick(stage)
    assert [row["outcome"] for row in stage.rows("runs")] == ["done"]


def test_a_look_at_health_that_fails_keeps_nothing_else_from_its_work(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "look", fail)
    with stage.services.db.writing() as connection:
        say(stage.services, connection).post("said", MARKETING, {"text": "said"})
    with pytest.raises(OperatorError, match="Failed: health"):
        tick(stage)
    assert [row["state"] for row in stage.rows("outbox")] == ["sent"]
