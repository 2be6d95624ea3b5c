"""Erasing by whoever runs Frontline, and once more after a backup was restored."""

import io
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from bot.erasure import command
from bot.errors import OperatorError
from storage.database import Database, open_database
from tests.stage import Stage, make_stage
from tests.support import ANNA, BEN, MIA, SALES, TEAM, StandingClock


@pytest.fixture
def stage(database: Database) -> Stage:
    stage = make_stage(database)
    for author, text in ((BEN, f"They want 25% off, says <@{ANNA}>"), (ANNA, "The fair was empty")):
        ts = stage.slack.say(SALES, author, text)
        stage.flag(ANNA, ts)
        stage.flag(MIA, ts)
    return stage


def test_it_says_what_would_go_and_erases_it(stage: Stage) -> None:
    database = stage.services.db
    assert command.team_of(database, None) == TEAM
    lines = command.preview(database, TEAM, [1], [ANNA])
    assert "- 2 insights with their text" in lines  # number 1, and what Anna wrote
    assert len(stage.all()) == 2
    command.erase(database, stage.clock, TEAM, [1], [ANNA])
    assert stage.all() == [] and ANNA not in stage.everything()
    assert [(row["kind"], row["by_user_id"], row["target"]) for row in stage.rows("erasures")] == [
        ("insight", None, None),
        ("person", None, None),
    ]


def test_what_there_is_not_is_said(stage: Stage) -> None:
    database = stage.services.db
    for numbers, people in (([77], []), ([], ["U0000000X"])):
        with pytest.raises(OperatorError):
            command.preview(database, TEAM, numbers, people)
        with pytest.raises(OperatorError):
            command.erase(database, stage.clock, TEAM, numbers, people)
    with pytest.raises(OperatorError, match="There is no workspace"):
        command.team_of(database, "T9")
    command.erase(database, stage.clock, TEAM, [1], [])
    with pytest.raises(OperatorError, match="erased already"):
        command.erase(database, stage.clock, TEAM, [1], [])


def test_a_record_erases_again_what_a_restored_backup_brought_back(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    template = request.getfixturevalue("sqlite_template")
    kept, restored = tmp_path / "kept.db", tmp_path / "restored.db"
    shutil.copyfile(template, kept)
    database = open_database(f"sqlite:///{kept}")
    stage = make_stage(database)
    for author, text in ((BEN, "They want 25% off"), (ANNA, "The fair was empty"), (BEN, "Printers fail")):
        ts = stage.slack.say(SALES, author, text)
        stage.flag(ANNA, ts)
    database.close()
    shutil.copyfile(kept, restored)

    database = open_database(f"sqlite:///{kept}")
    command.erase(database, StandingClock(), TEAM, [1], [ANNA])
    record = io.StringIO()
    assert command.write_record(database, record) == 3  # numbers 1 and 2, and a person
    assert ANNA not in record.getvalue() and "fair" not in record.getvalue()
    database.close()

    database = open_database(f"sqlite:///{restored}")
    assert command.erase_again(database, StandingClock(), record.getvalue().splitlines()) == (2, 1)
    assert command.erase_again(database, StandingClock(), record.getvalue().splitlines()) == (0, 0)
    again = Stage(replace(stage.services, db=database), stage.bridge)
    assert [one.number for one in again.all()] == [3] and ANNA not in again.everything()
    with pytest.raises(OperatorError, match="Line 1"):
        command.erase_again(database, StandingClock(), ["{}"])
    database.close()
