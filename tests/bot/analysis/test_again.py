"""All insights are read anew in batches, from where it stopped; what people decided stands."""

import pytest

from bot.analysis import again
from bot.errors import OperatorError
from bot.insights import change
from storage import analysis
from storage.database import Database
from tests.stage import Stage, make_stage
from tests.support import ANNA, SALES, TEAM, TOM

WORDS = "Hartmann says the Northwind guys gave a discount"


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database)


def flagged(stage: Stage, text: str) -> str:
    ts = stage.slack.say(SALES, TOM, text)
    stage.flag(ANNA, ts)
    return ts


def reanalyse(stage: Stage, bridge: str | None = None) -> list[again.Step]:
    return list(again.reanalyse(stage.services.db, stage.clock, TEAM, bridge))


def list_names(stage: Stage) -> None:
    with stage.services.db.writing() as connection:
        names: list[tuple[str, str, list[str]]] = [
            ("competitor", "Northwind", []),
            ("customer", "Hartmann", []),
        ]
        analysis.save_names(connection, stage.bridge.id, names)


def test_names_listed_later_are_found_and_decisions_stand(stage: Stage) -> None:
    first, second = flagged(stage, WORDS), flagged(stage, WORDS)
    decided = stage.insight(second)
    change.change_category(stage.services, stage.gesture(ANNA), decided.id, "process")
    list_names(stage)
    steps = reanalyse(stage)
    assert (steps[0].left, sum(step.read for step in steps)) == (2, 2)
    insight = stage.insight(first)
    assert (insight.customer, insight.competitors) == ("Hartmann", ["Northwind"])
    assert (stage.insight(second).category, stage.insight(second).category_by) == ("process", "person")
    assert sum(step.changed for step in reanalyse(stage)) == 0
    assert stage.rows("reanalyses") == []


def test_it_goes_on_where_it_stopped(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(again, "BATCH", 1)
    for _nth in range(3):
        flagged(stage, WORDS)
    list_names(stage)
    run = again.reanalyse(stage.services.db, stage.clock, TEAM, None)
    assert [next(run).left, next(run).left] == [3, 2]
    run.close()
    flagged(stage, "came after it began")
    assert [step.left for step in reanalyse(stage)] == [2, 1, 0]


def test_one_bridge_by_name(stage: Stage) -> None:
    flagged(stage, WORDS)
    assert [step.read for step in reanalyse(stage, "default")] == [0, 1]
    with pytest.raises(OperatorError, match="default"):
        reanalyse(stage, "nowhere")
