"""What is erased stands nowhere any more: in no column of any table, and in nothing that Frontline shows."""

import re

import pytest

from bot.erasure import answer
from bot.gestures import FormState, Reply, Update
from storage.database import Database
from storage.tables import metadata
from tests.bot.erasure.life import OKAPI, QUAGGA, Life, live
from tests.stage import form
from tests.support import ANNA, TOM

# What holds neither words nor people; all others must be filled before anything is erased, so that a table
# that is added later is noticed here.
MACHINERY = {
    "activity_plans",
    "channel_pace",
    "presence",
    "gaps",
    "troubles",
    "refused_blocks",
    "reanalyses",
    "schedules",
    "runs",
    "lifetimes",
}
RECORD = {"erasures", "erased_insights", "erased_people"}
# A person took these from the other; a theme needs more than two for it.
RARE = {"theme_partings", "activity_plans"}


@pytest.fixture
def life(database: Database) -> Life:
    return live(database)


def empty_tables(life: Life) -> set[str]:
    return {table.name for table in metadata.sorted_tables if not life.stage.rows(table.name)}


def erase(life: Life, target: FormState) -> str:
    """Erase it in the forms, as Tom, and let all that is due be done."""
    services, gesture = life.stage.services, life.stage.gesture
    asked = answer.choose_target(services, gesture(TOM, None), target)
    assert isinstance(asked, Update)
    metadata = str(asked.view["private_metadata"])
    done = answer.confirm(services, gesture(TOM, None), metadata, form(confirm="erase"))
    assert isinstance(done, Reply), done
    life.settle()
    return str(done.message["text"])


def kept(life: Life) -> list[tuple[str, str]]:
    """The rows of all tables, as text."""
    return [
        (table.name, repr(row)) for table in metadata.sorted_tables for row in life.stage.rows(table.name)
    ]


def test_a_person_leaves_no_trace(life: Life) -> None:
    assert empty_tables(life) <= MACHINERY | RECORD | RARE
    assert QUAGGA in life.stage.everything() and ANNA in life.stage.everything()
    erase(life, FormState({"erase_person": {"selected_user": ANNA}}))
    for table, row in kept(life):
        assert ANNA not in row, (table, row)
        assert QUAGGA not in row, (table, row)
    assert QUAGGA not in life.stage.everything()  # the search index
    shown = life.shown()
    assert ANNA not in shown, shown[shown.index(ANNA) - 500 :][:700]
    assert QUAGGA not in shown, shown[shown.index(QUAGGA) - 300 :][:400]
    found = re.search(r"\bAnna\b", shown)
    assert found is None, shown[found.start() - 200 :][:300] if found else ""
    assert not life.stage.slack.posts(f"D{ANNA[1:]}") or all(
        one.get("files") for one in life.stage.slack.posts(f"D{ANNA[1:]}")
    )
    assert OKAPI in life.stage.everything()  # what Ben said stays
    assert [
        row["state"] for row in life.stage.rows("outbox") if row["state"] not in ("sent", "dropped")
    ] == []


def test_an_insight_leaves_no_trace(life: Life) -> None:
    number = life.his.number
    near = life.also[1]
    assert OKAPI in life.shown()
    for one in (life.his.number, near.number):
        erase(life, form(erase_number=f"#{one}"))
    for table, row in kept(life):
        assert OKAPI not in row, (table, row)
    assert OKAPI not in life.stage.everything()
    shown = life.shown()
    assert OKAPI not in shown, shown[shown.index(OKAPI) - 300 :][:400]
    assert f"*#{number}*" not in shown  # the bare number may stand among others, as in a report's list
    assert all(row["insight_id"] != life.his.id for row in life.stage.rows("supporters"))
    assert QUAGGA in life.stage.everything()  # what others said stays
    assert [
        row["state"] for row in life.stage.rows("outbox") if row["state"] not in ("sent", "dropped")
    ] == []
