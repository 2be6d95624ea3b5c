"""Presses that Frontline's own messages never hold are refused in words and leave no trace."""

from typing import Any

import pytest

from bot.ids import Action
from storage.database import Database
from storage.tables import metadata
from tests.handlers.requests import Slack, http_mode
from tests.stage import Stage, make_stage
from tests.support import ANNA, GUEST, MIA, SALES

FORGED = ("x", "999999", "99999999999999999999", "1:2:3", "")
HARMLESS = {
    Action.SAVE_TEXT: "stores whatever text it carries, and is refused to nobody who may store one",
    Action.TIME_ZONE: "a field that asks for options; nothing is ever pressed",
}
# That a press came is noted, so that the same one counts once; and refusals are said.
BOOKKEEPING = {"gestures", "inbox", "outbox", "channel_pace"}


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database)


@pytest.fixture
def slack(stage: Stage) -> Slack:
    return http_mode(stage)


def kept(stage: Stage) -> dict[str, list[dict[str, Any]]]:
    return {one.name: stage.rows(one.name) for one in metadata.sorted_tables if one.name not in BOOKKEEPING}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("where", ["note", "modal", "home"])
def test_a_forged_press_is_answered_in_words_and_changes_nothing(
    slack: Slack, stage: Stage, where: str
) -> None:
    stage.flag(ANNA, stage.slack.say(SALES, ANNA, "price is too high"))
    before, wrong = kept(stage), set[str]()
    for action in sorted(set(Action) - set(HARMLESS)):
        for user in (MIA, GUEST) if where == "note" else (MIA,):
            for value in FORGED if where == "note" else FORGED[:2]:
                chosen = {"selected_option": {"value": value}}
                for element in ({"value": value}, chosen) if value == "x" else ({"value": value},):
                    answer = slack.press(action, user, where=where, **element)
                    if answer.status != 200:
                        wrong.add(f"{action}: {answer.status} for {element}")
        said = str([row["payload"] for row in stage.rows("outbox")]) + str(stage.slack.forms)
        if "Something went wrong" in said:
            wrong.add(f"{action}: an apology")
        stage.slack.forms.clear()
        with stage.services.db.writing() as connection:
            connection.execute(metadata.tables["outbox"].delete())
        if kept(stage) != before:
            changed = [name for name, rows in kept(stage).items() if rows != before[name]]
            wrong.add(f"{action}: changed {changed}")
            before = kept(stage)
    assert not wrong, "\n".join(sorted(wrong))
