"""Insights join their themes after they were stored: in their order, by one process, whatever happens."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.inbox import Incoming, work_one
from bot.insights.capture import Capture, store_insight
from bot.themes import joining, placing
from bot.themes.joining import Decision, decide
from bot.themes.placing import AT_ONCE, LEASE, LONGEST_WAIT, place_some
from bot.themes.titles import Title, best_title
from bot.workers import WORKERS
from storage import insights, theme_queue, themes
from storage.database import Database
from storage.erasing import remove_insight
from storage.insights import Insight
from storage.theme_queue import PATIENCE
from tests.stage import Stage, make_stage
from tests.support import ANNA, SALES, TEAM, make_bridge, say

BLANK = "invoice pdf comes out blank"
OTHER = "orbit gives 25% off"


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database)


def store(stage: Stage, text: str, source: str = "command", **more: Any) -> int:
    """As use cases do; its theme is not looked for."""
    with stage.services.db.writing() as connection:
        words = Capture(source, text, ANNA, stage.clock.now(), author_id=ANNA, **more)
        return store_insight(connection, say(stage.services, connection), stage.bridge, words).id


def groups(stage: Stage) -> list[set[int]]:
    found: dict[int, set[int]] = {}
    for row in stage.rows("theme_members"):
        found.setdefault(row["theme_id"], set()).add(row["insight_id"])
    return sorted(found.values(), key=min)


def waiting(stage: Stage) -> list[int]:
    return sorted(row["insight_id"] for row in stage.rows("theme_queue"))


def told(stage: Stage) -> list[dict[str, Any]]:
    return [row for row in stage.rows("outbox") if str(row["dedupe_key"]).startswith("like:")]


def deciding(
    monkeypatch: pytest.MonkeyPatch, then: Callable[[Connection, Insight, Decision], None]
) -> list[int]:
    """Let something happen each time that a decision was made; gives for which insights, as it grows."""
    asked: list[int] = []

    def decide_and_more(connection: Connection, team_id: str, insight: Insight) -> Decision:
        decision = decide(connection, team_id, insight)
        asked.append(insight.id)
        then(connection, insight, decision)
        return decision

    monkeypatch.setattr(placing, "decide", decide_and_more)
    return asked


def test_storing_waits_for_no_theme(stage: Stage) -> None:
    first, second = store(stage, BLANK), store(stage, BLANK)
    assert groups(stage) == [] and waiting(stage) == [first, second]
    assert place_some(stage.services)
    assert groups(stage) == [{first, second}] and waiting(stage) == []
    assert not place_some(stage.services)


def test_nobody_waits_for_one_who_stores_an_insight(stage: Stage) -> None:
    database = stage.services.db
    if database.is_sqlite:
        pytest.skip("one writer at a time")

    def store_in(connection: Connection) -> int:
        connection.exec_driver_sql("SET LOCAL lock_timeout = '2s'")  # or the two would wait for ever
        words = Capture("command", BLANK, ANNA, stage.clock.now())
        return store_insight(connection, say(stage.services, connection), stage.bridge, words).number

    with database.writing() as one, database.writing() as other:
        assert store_in(one) != store_in(other)


def test_while_one_process_is_at_it_no_other_is(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [store(stage, BLANK) for _ in range(AT_ONCE + 2)]
    beside: list[bool] = []
    asked = deciding(monkeypatch, lambda *_: beside.append(place_some(stage.services)))
    assert place_some(stage.services)
    assert asked == made[:AT_ONCE] and beside == [False] * AT_ONCE
    while place_some(stage.services):
        pass
    assert asked == made


def test_bridges_do_not_wait_for_each_other(stage: Stage) -> None:
    ours = store(stage, BLANK)
    with stage.services.db.writing() as connection:
        real = stage.clock.real()
        assert theme_queue.claim(connection, real, real + LEASE, "another process", AT_ONCE)
    other = make_bridge(stage.services, name="other", sales_channel_ids=("CELSE",))
    with stage.services.db.writing() as connection:
        words = Capture("command", BLANK, ANNA, stage.clock.now())
        theirs = store_insight(connection, say(stage.services, connection), other, words).id
    assert place_some(stage.services)
    assert waiting(stage) == [ours] and theirs not in waiting(stage)
    stage.clock.pass_time(seconds=LEASE.total_seconds() + 1)  # that process is dead
    assert place_some(stage.services)
    assert waiting(stage) == []


def test_who_was_taken_for_dead_changes_nothing(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = store(stage, BLANK), store(stage, BLANK)
    lateness = iter([timedelta(), LEASE + timedelta(seconds=1)])

    def sleep(connection: Connection, insight: Insight, decision: Decision) -> None:
        late = next(lateness, None)
        if late:
            connection.rollback()
            stage.clock.pass_time(seconds=late.total_seconds())
            assert place_some(stage.services)  # another process takes over

    deciding(monkeypatch, sleep)
    assert place_some(stage.services)
    assert groups(stage) == [{first, second}] and waiting(stage) == []
    assert len(told(stage)) == 1


def test_what_people_do_meanwhile_stands(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = store(stage, BLANK), store(stage, BLANK)
    place_some(stage.services)
    third = store(stage, BLANK)
    undone: list[int] = []

    def undo(connection: Connection, insight: Insight, decision: Decision) -> None:
        if undone:
            return
        undone.append(insight.id)
        connection.rollback()
        with stage.services.db.writing() as writing:  # marketing takes the theme apart
            assert decision.theme_id is not None
            themes.part(writing, first, [second])
            themes.remove(writing, decision.theme_id)

    asked = deciding(monkeypatch, undo)
    place_some(stage.services)
    assert asked == [third, third]
    assert groups(stage) in ([{first, third}], [{second, third}])


def test_an_erased_neighbour_is_not_joined(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    first = store(stage, BLANK)
    place_some(stage.services)
    second = store(stage, BLANK)

    def erase(connection: Connection, insight: Insight, decision: Decision) -> None:
        if decision.like_id == first:
            connection.rollback()
            with stage.services.db.writing() as writing:
                insights.change(writing, first, {"status": "withdrawn"})

    deciding(monkeypatch, erase)
    place_some(stage.services)
    assert groups(stage) == [] and waiting(stage) == [] and told(stage) == []
    assert second in {one.id for one in stage.all()}


def test_one_that_is_erased_meanwhile_holds_nobody_up(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, third = (store(stage, BLANK) for _ in range(3))

    def erase(connection: Connection, insight: Insight, decision: Decision) -> None:
        if insight.id == first:
            connection.rollback()
            with stage.services.db.writing() as writing:
                remove_insight(writing, TEAM, insight, "UBOT")

    deciding(monkeypatch, erase)
    assert place_some(stage.services)
    assert groups(stage) == [{second, third}] and waiting(stage) == []


def test_new_words_count_though_the_old_ones_were_being_compared(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = store(stage, BLANK)
    ts = stage.slack.say(SALES, ANNA, OTHER)
    stage.reaction(ANNA, ts)
    place_some(stage.services)
    edited: list[int] = []

    def edit(connection: Connection, insight: Insight, decision: Decision) -> None:
        if insight.text == OTHER and not edited:
            edited.append(insight.id)
            connection.rollback()
            stage.slack.edit(SALES, ts, BLANK)
            stage.hear(Incoming("message_changed", "edited", SALES, ts))
            work_one(stage.services, WORKERS)

    deciding(monkeypatch, edit)
    stage.work()
    assert edited and groups(stage) == [{first, edited[0]}]


@pytest.mark.parametrize("earlier", [1, 2])
def test_deleted_words_name_no_theme_though_they_were_read_before(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, earlier: int
) -> None:
    if stage.services.db.is_sqlite:
        pytest.skip("one writer at a time")
    ts = stage.slack.say(SALES, ANNA, BLANK)
    stage.flag(ANNA, ts)
    for _nth in range(earlier):
        store(stage, "the invoice pdf is blank")
    stage.place()
    last = store(stage, "a blank invoice pdf again")

    def find_and_delete(texts: Mapping[int, str]) -> Title | None:
        found = best_title(texts)
        if not stage.insight(ts).text_removed_at:
            stage.slack.delete(SALES, ts)
            stage.hear(Incoming("message_deleted", "deleted", SALES, ts))
            work_one(stage.services, WORKERS)
            return Title(BLANK, stage.insight(ts).id)
        return found

    monkeypatch.setattr(joining, "best_title", find_and_delete)
    stage.place()
    assert any(last in one for one in groups(stage)) and waiting(stage) == []
    (theme,) = stage.rows("themes")
    assert theme["title"] and theme["title_from_id"] != stage.insight(ts).id


def test_a_name_that_was_given_meanwhile_stands(stage: Stage) -> None:
    for _nth in range(2):
        store(stage, BLANK)
    stage.place()
    (theme,) = stage.rows("themes")
    with stage.services.db.writing() as connection:
        themes.name(connection, theme["id"], "Ours")
        themes.call(connection, theme["id"], BLANK, None)
    (theme,) = stage.rows("themes")
    assert (theme["title"], theme["is_named"]) == ("Ours", True)


def test_the_outbox_is_woken_where_something_is_told(stage: Stage) -> None:
    outbox = stage.services.wake.outbox
    outbox.clear()
    store(stage, BLANK)
    assert place_some(stage.services) and not outbox.is_set()
    store(stage, BLANK)
    assert place_some(stage.services) and outbox.is_set()


def test_one_that_fails_is_tried_again_and_holds_nobody_up_for_ever(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = store(stage, OTHER), store(stage, BLANK), store(stage, BLANK)

    failing = [first]

    def fail(connection: Connection, insight: Insight, decision: Decision) -> None:
        if insight.id in failing:
            raise ValueError

    def counted() -> tuple[int, int]:
        with stage.services.db.reading() as connection:
            return theme_queue.count(connection), theme_queue.set_aside_count(connection)

    asked = deciding(monkeypatch, fail)
    for number in range(PATIENCE):
        assert waiting(stage) == [first, second, third] and counted() == (3, 0)
        assert place_some(stage.services)
        assert number == PATIENCE - 1 or not place_some(stage.services)  # not at once
        if number < PATIENCE - 1:
            stage.clock.pass_time(seconds=2**number)
    stage.place()
    assert asked == [first] * PATIENCE + [second, third]
    assert groups(stage) == [{second, third}] and counted() == (0, 1), "it is kept, and can be seen"
    fourth = store(stage, BLANK)
    stage.place()
    failing.clear()
    stage.clock.pass_time(seconds=LONGEST_WAIT.total_seconds())
    stage.place()
    assert groups(stage) == [{second, third, fourth}] and counted() == (0, 0)
    assert asked[-2:] == [fourth, first]


def test_who_saved_it_is_told_once_where_she_saved_it(stage: Stage) -> None:
    store(stage, BLANK, channel_id=SALES)
    second, third = store(stage, BLANK, channel_id=SALES), store(stage, BLANK)
    place_some(stage.services)
    rows = {row["dedupe_key"]: row for row in told(stage)}
    assert rows.keys() == {f"like:{second}", f"like:{third}"}
    assert (rows[f"like:{second}"]["kind"], rows[f"like:{second}"]["channel_id"]) == ("note", SALES)
    assert (rows[f"like:{third}"]["kind"], rows[f"like:{third}"]["user_id"]) == ("direct", ANNA)
    assert rows[f"like:{third}"]["not_before_at"] is None  # she did something just now


@pytest.mark.parametrize("source", ["import", "answer", "anonymous"])
def test_nobody_is_told_of_what_nobody_saved(stage: Stage, source: str) -> None:
    store(stage, BLANK)
    store(stage, BLANK, source)
    place_some(stage.services)
    assert told(stage) == [] and len(groups(stage)) == 1


def test_what_was_taken_back_meanwhile_is_not_spoken_of(stage: Stage) -> None:
    store(stage, BLANK)
    second = store(stage, BLANK)
    with stage.services.db.writing() as connection:
        insights.change(connection, second, {"status": "withdrawn"})
    place_some(stage.services)
    assert told(stage) == [] and waiting(stage) == []
