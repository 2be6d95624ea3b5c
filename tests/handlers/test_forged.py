"""Presses that Frontline's own messages never hold are refused in words and leave no trace."""

from typing import Any

import pytest

from bot.ids import Action
from storage.database import Database
from tests.handlers.everything import make_everything, rows_of
from tests.support import GUEST, MIA

FORGED = ("x", "999999", "99999999999999999999", "98:2:3", "")
HARMLESS = {
    Action.SAVE_TEXT: "stores whatever text it carries, and is refused to nobody who may store one",
    Action.TIME_ZONE: "a field that asks for options; nothing is ever pressed",
}
# That a press came is noted, so that the same one counts once; and refusals are said.
BOOKKEEPING = frozenset({"gestures", "inbox", "outbox", "channel_pace"})


def last_post(database: Database) -> int:
    with database.reading() as connection:
        return int(connection.exec_driver_sql("SELECT coalesce(max(id), 0) FROM outbox").scalar_one())


def posts_after(database: Database, known: int) -> list[Any]:
    with database.reading() as connection:
        rows = connection.exec_driver_sql(f"SELECT payload FROM outbox WHERE id > {known}")
        return [row.payload for row in rows]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_forged_press_is_answered_in_words_and_changes_nothing(database: Database) -> None:
    it = make_everything(database)
    slack, stage = it.slack, it.stage
    before, wrong = rows_of(database, BOOKKEEPING), set[str]()
    for action in sorted(set(Action) - set(HARMLESS)):
        known = last_post(database)
        for where in ("note", "modal", "home"):
            for user in (MIA, GUEST) if where == "note" else (MIA,):
                for value in FORGED if where == "note" and user == MIA else FORGED[:2]:
                    chosen = {"selected_option": {"value": value}}
                    for element in ({"value": value}, chosen) if value == "x" else ({"value": value},):
                        answer = slack.press(action, user, where=where, **element)
                        if answer.status != 200:
                            wrong.add(f"{action}: {answer.status} for {element}")
        said = str(posts_after(database, known)) + str(stage.slack.forms)
        if "Something went wrong" in said:
            wrong.add(f"{action}: an apology")
        stage.slack.forms.clear()
        rows = rows_of(database, BOOKKEEPING)
        if rows != before:
            wrong.add(f"{action}: changed {[name for name, found in rows.items() if found != before[name]]}")
            before = rows
    assert not wrong, "\n".join(sorted(wrong))
