"""Catching up comes to its end, whatever Slack answers."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from unittest.mock import Mock

import pytest
from structlog.testing import capture_logs

from bot.catchup import CALLS_A_MINUTE, LEASE, MOST_TRIES, CatchUp
from bot.slack import SlackBusy, SlackProblem, SlackRefused, SlackUnclear
from storage import catchup
from storage.database import Database
from tests.bot.meetings.builders import FIRST, Meetings
from tests.bot.questions.desk import Asking
from tests.stage import Stage, make_stage
from tests.support import ANNA, BEN, MARKETING, MIA, SALES, SALES_2, TEAM


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database)


def replica(stage: Stage) -> CatchUp:
    return CatchUp(stage.services, days=14, calls_a_minute=6_000_000)


def left(stage: Stage) -> int:
    with stage.services.db.reading() as connection:
        return catchup.left(connection, TEAM)


def work_off(stage: Stage, catching: CatchUp) -> int:
    """Make all calls that may be made now; gives how many there were."""
    calls = 0
    while catching.work_one():
        calls += 1
        stage.work()
        assert calls < 200, "it never ends"
    return calls


def flag_unheard(stage: Stage, channel: str = SALES) -> str:
    ts = stage.slack.say(channel, ANNA, "flagged while nobody listened")
    stage.slack.standing[channel][ts]["reactions"] = [{"name": "bulb", "users": [ANNA], "count": 1}]
    return ts


@dataclass
class Pages:
    """A history of one message a page."""

    stage: Stage
    takes_cursors: bool = True
    grown_old: str | None = None  # a cursor that is not taken the next time
    asked: list[str | None] = field(default_factory=list)  # cursors in SALES

    def __call__(self, channel: str, cursor: str | None = None, **more: Any) -> dict[str, Any]:
        if channel == SALES:
            self.asked.append(cursor)
        if cursor is not None and not self.takes_cursors:
            raise SlackRefused("invalid_cursor")
        if cursor is not None and cursor == self.grown_old:
            self.grown_old = None
            raise SlackRefused("invalid_cursor")
        stamps, number = sorted(self.stage.slack.standing.get(channel, {})), int(cursor or 0)
        following = str(number + 1) if number + 1 < len(stamps) else ""
        return {
            "messages": [self.stage.slack.standing[channel][one] for one in stamps[number : number + 1]],
            "response_metadata": {"next_cursor": following},
        }


@pytest.fixture
def pages(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Pages:
    made = Pages(stage)
    monkeypatch.setattr(stage.slack, "_conversations_history", made)
    return made


def test_a_channel_whose_cursor_grew_old_is_read_from_its_beginning(stage: Stage, pages: Pages) -> None:
    stamps = [flag_unheard(stage) for _ in range(4)]
    before = replica(stage)
    before.begin()
    while len(pages.asked) < 2 and before.work_one():
        stage.work()
    stage.clock.pass_time(days=3)
    pages.grown_old = "2"
    work_off(stage, replica(stage))
    assert pages.asked == [None, "1", "2", None, "1", "2", "3"]
    assert left(stage) == 0
    assert all(stage.of_message(ts) for ts in stamps)


def test_cursors_that_are_never_taken_end_too(stage: Stage, pages: Pages) -> None:
    for _ in range(3):
        flag_unheard(stage)
    pages.takes_cursors = False
    catching = replica(stage)
    catching.begin()
    work_off(stage, catching)
    assert pages.asked == [None, "1", None, "1"]
    assert left(stage) == 0


def test_what_one_channel_is_refused_holds_up_no_other(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    ts, channels = flag_unheard(stage, SALES_2), []

    def history(channel: str, **more: Any) -> dict[str, Any]:
        channels.append(channel)
        if channel == SALES:
            raise SlackRefused("missing_scope")
        return {"messages": list(stage.slack.standing[channel].values())}

    monkeypatch.setattr(stage.slack, "_conversations_history", history)
    catching = replica(stage)
    catching.begin()
    with capture_logs() as logs:
        work_off(stage, catching)
    assert stage.of_message(ts, SALES_2) is not None
    assert left(stage) == 0
    (warning,) = [one for one in logs if one["log_level"] == "warning"]
    assert (warning["channel"], warning["code"]) == (SALES, "missing_scope")
    assert "nobody listened" not in str(logs)
    channels.clear()
    stage.clock.pass_time(minutes=30)
    catching.begin()
    work_off(stage, catching)
    assert SALES in channels, "it is tried again when all is compared anew"


@pytest.mark.parametrize("problem", [SlackRefused("access_denied"), SlackUnclear("fatal_error")])
def test_an_insight_that_cannot_be_read_holds_up_no_other(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, problem: SlackProblem
) -> None:
    bad, good = (stage.slack.say(SALES, ANNA, f"message {number}") for number in range(2))
    for ts in (bad, good):
        stage.flag(ANNA, ts)
    stage.slack.edit(SALES, good, "edited while nobody listened")
    answer = stage.slack._reactions_get

    def reactions(channel: str, timestamp: str, full: bool = False) -> dict[str, Any]:
        if timestamp == bad:
            raise problem
        return answer(channel, timestamp, full)

    monkeypatch.setattr(stage.slack, "_reactions_get", reactions)
    catching = replica(stage)
    catching.begin()
    for _ in range(MOST_TRIES):
        work_off(stage, catching)
        stage.clock.pass_time(minutes=MOST_TRIES)
    assert stage.insight(good).text == "edited while nobody listened"
    assert left(stage) == 0


def test_nothing_is_set_aside_while_the_token_is_lost(stage: Stage) -> None:
    ts = flag_unheard(stage)
    stage.slack.fail("conversations.history", SlackRefused("token_revoked"), times=3 * MOST_TRIES)
    catching = replica(stage)
    catching.begin()
    for _ in range(3 * MOST_TRIES):
        work_off(stage, catching)
        stage.clock.pass_time(minutes=1)
    assert not stage.slack.faults
    work_off(stage, catching)
    assert stage.of_message(ts) is not None
    assert left(stage) == 0


def test_a_reconnection_is_not_forgotten_when_the_database_fails(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    catching = replica(stage)
    catching.step()
    work_off(stage, catching)
    ts = flag_unheard(stage)
    catching.ask()
    with monkeypatch.context() as patch:
        patch.setattr("storage.catchup.ask_for", Mock(side_effect=OSError("the database is away")))
        with pytest.raises(OSError, match="away"):
            catching.step()
    catching.step()
    work_off(stage, catching)
    assert stage.of_message(ts) is not None


def test_what_was_passed_before_a_reconnection_is_read_again(stage: Stage) -> None:
    passed, other = stage.slack.say(SALES, ANNA, "one"), stage.slack.say(SALES, ANNA, "two")
    for ts in (passed, other):
        stage.flag(ANNA, ts)
    catching = replica(stage)
    catching.begin()
    assert catching.work_one()  # reads the first insight
    del stage.slack.standing[SALES][passed]
    catching.begin()
    work_off(stage, catching)
    assert stage.insight(passed).text_removed_at is not None
    assert stage.insight(other).text_removed_at is None


def test_who_asks_while_it_begins_is_heard(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    catching = replica(stage)
    begun: list[bool] = []
    begins = catching.begin

    def begin() -> None:
        begun.append(True)
        if len(begun) == 1:
            catching.ask()
        begins()

    monkeypatch.setattr(catching, "begin", begin)
    for _ in range(3):
        catching.step()
    assert len(begun) == 2


def test_while_one_replica_reads_no_other_does(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = replica(stage), replica(stage)
    answer, others = stage.slack._conversations_history, []

    def history(channel: str, **more: Any) -> dict[str, Any]:
        others.append(other.work_one())
        return answer(channel, **more)

    monkeypatch.setattr(stage.slack, "_conversations_history", history)
    one.begin()
    work_off(stage, one)
    assert others == [False, False], "neither while SALES is read nor while SALES_2 is"


def test_a_replica_that_died_while_it_read_is_waited_for_no_longer_than_its_lease(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    ts = flag_unheard(stage)
    one, other = replica(stage), replica(stage)
    one.begin()
    with monkeypatch.context() as patch:
        patch.setattr(stage.slack, "call", Mock(side_effect=KeyboardInterrupt))
        assert one.work_one(), "a list without insights takes no call"
        with pytest.raises(KeyboardInterrupt):
            one.work_one()
    assert not other.work_one()
    stage.clock.pass_time(seconds=LEASE.total_seconds() + 1)
    work_off(stage, other)
    assert stage.of_message(ts) is not None and left(stage) == 0


def test_replicas_share_one_pace(stage: Stage) -> None:
    one, other = (CatchUp(stage.services, days=14) for _ in range(2))
    one.begin()
    assert one.work_in_pace()
    stage.clock.pass_time(seconds=60 / CALLS_A_MINUTE - 0.1)
    assert not other.work_in_pace()
    stage.clock.pass_time(seconds=0.2)
    assert other.work_in_pace()


def test_replicas_wait_together_when_slack_is_busy(stage: Stage) -> None:
    one, other = (CatchUp(stage.services, days=14) for _ in range(2))
    one.begin()
    stage.slack.fail("conversations.history", SlackBusy(20))
    one.work_one()
    one.work_one()
    assert not stage.slack.faults
    stage.clock.pass_time(seconds=19)
    assert not other.work_in_pace()
    stage.clock.pass_time(seconds=2)
    assert other.work_in_pace()


def test_an_open_question_is_answered_whatever_its_age(stage: Stage) -> None:
    desk = Asking(stage)
    desk.ask(days=200)
    root = desk.root()
    stage.clock.pass_time(days=100)
    stage.slack.say(SALES, BEN, "the price", thread_ts=root)
    catching = replica(stage)
    catching.begin()
    work_off(stage, catching)
    assert [one.text for one in desk.answers] == ["the price"]
    desk.close()
    stage.clock.pass_time(days=15)
    catching.begin()
    assert not [one for one in stage.rows("catchup_jobs") if one["kind"] == "replies"], (
        "it is closed for good"
    )


def test_topics_of_a_meeting_that_was_moved_far_are_found(stage: Stage) -> None:
    it = Meetings(stage)
    it.set_up()
    it.wait_until(FIRST - timedelta(days=1))
    (prompt,) = it.prompts()
    it.change_one("move", "2026-04-16", "16:00")
    stage.clock.pass_time(days=30)
    stage.slack.say(MARKETING, MIA, "prices", thread_ts=str(prompt["ts"]))
    catching = replica(stage)
    catching.begin()
    work_off(stage, catching)
    assert [one.text for one in it.topics()] == ["prices"]
    stage.clock.pass_time(days=60)
    catching.begin()
    asked = [one["thread_ts"] for one in stage.rows("catchup_jobs") if one["kind"] == "replies"]
    assert prompt["ts"] not in asked
