"""All insights are read anew in batches, from where it stopped; what people decided stands."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from bot.analysis import again
from bot.analysis.understand import reread
from bot.errors import OperatorError
from bot.inbox import work_one
from bot.insights import change
from bot.themes import again as themes_again
from bot.themes import joining, people
from bot.themes.placing import place_some
from bot.workers import WORKERS
from storage import analysis, insights, themes
from storage.database import Database
from storage.rows import lock
from tests.stage import Stage, form, make_stage
from tests.support import ANNA, MIA, SALES, TEAM, TOM

WORDS = "Hartmann says the Northwind guys gave a discount"


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database)


def flagged(stage: Stage, text: str) -> str:
    ts = stage.slack.say(SALES, TOM, text)
    stage.flag(ANNA, ts)
    return ts


def reanalyse(stage: Stage, bridge: str | None = None) -> list[again.Step]:
    steps = list(again.reanalyse(stage.services.db, stage.clock, TEAM, bridge))
    find_themes(stage, bridge)
    return steps


def find_themes(stage: Stage, bridge: str | None = None) -> list[again.Step]:
    return list(again.find_themes(stage.services.db, stage.clock, TEAM, bridge))


def grouped(stage: Stage) -> set[frozenset[int]]:
    """The themes, as the numbers of their insights."""
    found: dict[int, set[int]] = {}
    for row in stage.rows("theme_members"):
        found.setdefault(row["theme_id"], set()).add(row["insight_id"])
    return {frozenset(one) for one in found.values()}


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


def test_no_text_changes_while_what_is_read_of_it_is_stored(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    if stage.services.db.is_sqlite:
        pytest.skip("one writer at a time")
    ts = flagged(stage, WORDS)
    insight_id = stage.insight(ts).id
    tried: list[int] = []

    def delete_and_read(*args: Any) -> bool:
        tried.append(insight_id)
        change = f"SELECT 1 FROM insights WHERE id = {insight_id} FOR NO KEY UPDATE NOWAIT"
        with pytest.raises(OperationalError), stage.services.db.writing() as other:
            other.exec_driver_sql(change)
        with stage.services.db.writing() as other:
            other.exec_driver_sql("SET LOCAL lock_timeout = '2s'")
            insights.record(other, insight_id, stage.clock.now(), ANNA, "noted")  # nobody else waits
        return reread(*args)

    monkeypatch.setattr(again, "reread", delete_and_read)
    reanalyse(stage)
    assert tried == [insight_id]


ALIKE = (
    "invoice pdf comes out blank",
    "blank PDFs for invoices again",
    "customer says the invoice PDF is blank",
    "the blank invoice PDF once more",
)


def mix_up(stage: Stage) -> None:
    """As an earlier way to compare may have left it: all in one theme."""
    known = [row["id"] for row in stage.rows("themes")]
    with stage.services.db.writing() as connection:
        for old in known:
            themes.remove(connection, old)
        theme_id = themes.start(connection, stage.bridge.id, stage.clock.now())
        for one in stage.all():
            themes.join(connection, theme_id, one.id, stage.clock.now())


def test_themes_are_found_anew_as_if_all_came_in_once_more(stage: Stage) -> None:
    for text in (*ALIKE[:2], "the fair in Hannover was a success", ALIKE[2]):
        flagged(stage, text)
    first = grouped(stage)
    assert frozenset({1, 2, 4}) in first
    mix_up(stage)
    assert grouped(stage) == {frozenset({1, 2, 3, 4})}
    reanalyse(stage)
    assert grouped(stage) == first
    assert len({row["theme_id"] for row in stage.rows("theme_members")}) == len(stage.rows("themes"))


def test_what_people_decided_about_themes_stands(stage: Stage) -> None:
    for text in (*ALIKE, "the fair in Hannover was a success"):
        flagged(stage, text)
    mix_up(stage)
    theme_id = stage.rows("theme_members")[0]["theme_id"]
    people.pull_out(stage.services, stage.gesture(MIA), f"{theme_id}:4")
    decided = grouped(stage)
    assert decided == {frozenset({1, 2, 3, 5})}
    reanalyse(stage)
    assert grouped(stage) == decided, (
        "neither what was taken out comes back, nor what was left is taken apart"
    )


def test_a_named_theme_stays_whole(stage: Stage) -> None:
    for text in (*ALIKE[:2], "the fair in Hannover was a success"):
        flagged(stage, text)
    mix_up(stage)
    with stage.services.db.writing() as connection:
        theme_id = stage.rows("theme_members")[0]["theme_id"]
        themes.name(connection, theme_id, "Ours")
    reanalyse(stage)
    assert grouped(stage) == {frozenset({1, 2, 3})}
    assert [row["title"] for row in stage.rows("themes") if row["is_named"]] == ["Ours"]


def while_waiting(monkeypatch: pytest.MonkeyPatch, stage: Stage, then: Callable[[], object]) -> None:
    """Let something be committed while the themes are waited for, the first time."""
    if stage.services.db.is_sqlite:
        pytest.skip("one writer at a time")
    waits = [then]

    def lock_later(connection: Connection, *key: str) -> None:
        if waits:
            waits.pop()()
        lock(connection, *key)

    monkeypatch.setattr(themes_again, "lock", lock_later)


def test_one_that_joins_its_theme_meanwhile_is_no_endless_work(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.reaction(ANNA, stage.slack.say(SALES, TOM, ALIKE[0]))
    stage.reaction(ANNA, stage.slack.say(SALES, TOM, ALIKE[1]))
    while work_one(stage.services, WORKERS):
        pass
    while_waiting(monkeypatch, stage, lambda: place_some(stage.services))
    assert grouped(stage) == set()
    reanalyse(stage)
    assert grouped(stage) == {frozenset({1, 2})}
    assert stage.rows("theme_queue") == []


def test_what_a_person_decides_meanwhile_stands(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    for text in (*ALIKE[:2], "the fair in Hannover was a success"):
        flagged(stage, text)
    mix_up(stage)
    theme_id = stage.rows("theme_members")[0]["theme_id"]

    def name() -> None:
        people.save_rename(stage.services, stage.gesture(MIA), str(theme_id), form(theme_name="Ours"))

    while_waiting(monkeypatch, stage, name)
    reanalyse(stage)
    assert grouped(stage) == {frozenset({1, 2, 3})}


def test_a_text_that_is_deleted_meanwhile_joins_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    flagged(stage, ALIKE[0])
    second = flagged(stage, ALIKE[1])
    while_waiting(monkeypatch, stage, lambda: stage.delete(second))
    reanalyse(stage)
    assert grouped(stage) == set()


def test_what_can_not_be_decided_at_once_waits_as_a_new_one_does(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    for text in ALIKE[:2]:
        flagged(stage, text)
    with monkeypatch.context() as patch:
        patch.setattr(joining, "carry_out", lambda *_: False)
        reanalyse(stage)
    assert [row["insight_id"] for row in stage.rows("theme_queue")] == [1, 2]
    stage.place()
    assert grouped(stage) == {frozenset({1, 2})}


def test_finding_themes_goes_on_where_it_stopped_and_reads_nothing_twice(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(again, "LONGEST", 0.0)
    for text in ALIKE[:3]:
        flagged(stage, text)
    first = grouped(stage)
    mix_up(stage)
    list(again.reanalyse(stage.services.db, stage.clock, TEAM, None))
    run = again.find_themes(stage.services.db, stage.clock, TEAM, None)
    assert [next(run).left, next(run).left] == [3, 2]
    run.close()
    assert [step.left for step in again.reanalyse(stage.services.db, stage.clock, TEAM, None)] == [0]
    flagged(
        stage, ALIKE[3]
    )  # while it stands still: it joins what is left of the old theme, and goes with it
    assert [step.left for step in find_themes(stage)] == [3, 2, 1, 0]
    assert grouped(stage) == {one | {4} for one in first}
    assert stage.rows("reanalyses") == []
