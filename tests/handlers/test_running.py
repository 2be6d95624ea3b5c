"""What a `tick` does, and what it leaves to the processes that run beside it."""

import pytest

from bot.config import Settings
from bot.insights.capture import Capture, store_insight
from bot.upkeep.presence import note_presence
from handlers.running import tick_once
from storage.database import Database
from tests.stage import Stage, make_stage
from tests.support import ANNA, TEAM, say


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database)


def tick(stage: Stage) -> bool:
    settings = Settings(_env_file=None, slack_bot_token="xoxb-1")  # type: ignore[call-arg]
    return tick_once(stage.services, settings, catches_up=False)


def test_a_tick_finds_themes_unless_a_process_that_runs_does(stage: Stage) -> None:
    with stage.services.db.writing() as connection:
        note_presence(connection, TEAM, stage.clock.real(), is_listening=True)
        for _ in range(2):
            words = Capture("command", "the invoice comes out blank", ANNA, stage.clock.now())
            store_insight(connection, say(stage.services, connection), stage.bridge, words)
    assert tick(stage) and len(stage.rows("theme_queue")) == 2
    stage.clock.pass_time(minutes=3)  # nobody runs any more
    assert tick(stage) and len(stage.rows("theme_members")) == 2
