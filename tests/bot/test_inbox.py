"""Events in: durable before they are acknowledged, processed once, parked and not lost (promises 1, 2, 4)."""

import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection, event, insert, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from structlog.testing import capture_logs

from bot.inbox import LEASE, MOST_ATTEMPTS, Incoming, NotYet, Worker, work_one
from bot.say import Say
from bot.services import Services
from bot.slack import SlackBusy, SlackRefused, SlackUnclear
from bot.workers import WORKERS
from storage import inbox
from storage.database import Database
from storage.inbox import InboxRow
from storage.tables import gestures
from tests.stage import Stage, make_stage
from tests.support import ANNA, SALES

TS = "1772442000.000001"


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database)


@pytest.fixture
def unlogged() -> Iterator[None]:
    """Tracebacks for people take longer than all else where much fails on purpose."""
    with capture_logs():
        yield


def incoming(key: str = "k", kind: str = "test", **more: str) -> Incoming:
    return Incoming(kind, key, **more)


class Recorder:
    """A worker that records what it did in the database, in the same transaction as its event."""

    def __init__(self, *problems: Exception | None) -> None:
        self.problems = list(problems)
        self.seen: list[str] = []

    def __call__(self, services: Services, row: InboxRow) -> "Recorder.Apply":
        self.seen.append(row.natural_key)
        problem = self.problems.pop(0) if self.problems else None
        if problem is not None:
            raise problem
        return Recorder.Apply(row)

    class Apply:
        def __init__(self, row: InboxRow) -> None:
            self.row = row

        def __call__(self, connection: Connection, say: Say) -> None:
            connection.execute(insert(gestures).values(key=f"did {self.row.natural_key}", at=say.now))


def work(stage: Stage, worker: Worker) -> bool:
    return work_one(stage.services, {"test": worker})


def done(stage: Stage) -> list[str]:
    """What the recorder's changes left behind."""
    with stage.services.db.reading() as connection:
        return sorted(key[4:] for key in connection.scalars(select(gestures.c.key)) if key.startswith("did "))


def states(stage: Stage) -> dict[str, str]:
    return {row["natural_key"]: row["state"] for row in stage.rows("inbox")}


# --- each event and each gesture once ----------------------------------------------------------------------


def test_an_event_and_a_gesture_count_once(stage: Stage) -> None:
    worker = Recorder()
    assert stage.hear(incoming("gesture"), "Ev1")
    assert not stage.hear(incoming("gesture"), "Ev1"), "redelivered"
    assert not stage.hear(incoming("gesture"), "Ev2"), "the same gesture as another event"
    assert not stage.hear(incoming("another"), "Ev1"), "the same event, read in another way"
    assert not stage.hear(incoming("gesture")), "caught up"
    while work(stage, worker):
        pass
    assert not stage.hear(incoming("gesture"), "Ev3"), "done long ago"
    assert not work(stage, worker)
    assert done(stage) == ["gesture"]


def test_the_same_event_at_once_through_several_connections_is_stored_once(stage: Stage) -> None:
    together = threading.Barrier(6, timeout=20)

    def deliver(number: int) -> bool:
        together.wait()
        return stage.hear(incoming("gesture"), f"Ev{number % 3}")

    with ThreadPoolExecutor(6) as threads:
        assert sum(threads.map(deliver, range(6))) == 1


def test_several_workers_do_each_event_once(stage: Stage) -> None:
    keys = sorted(f"k{number:02}" for number in range(24))
    for key in keys:
        stage.hear(incoming(key))
    worker, together = Recorder(), threading.Barrier(4, timeout=20)

    def run() -> None:
        together.wait()
        misses = 0
        while misses < 3:
            misses += not work(stage, worker)

    with ThreadPoolExecutor(4) as threads:
        for running in [threads.submit(run) for _ in range(4)]:
            running.result()
    assert sorted(worker.seen) == done(stage) == keys


# --- the change and its `done` stand or fall together -------------------------------------------------------


class _Broken(Exception):
    pass


def test_a_change_that_fails_leaves_nothing_and_is_tried_again(stage: Stage) -> None:
    broken = True

    def worker(services: Services, row: InboxRow) -> Recorder.Apply:
        change = Recorder.Apply(row)

        class Apply(Recorder.Apply):
            def __call__(self, connection: Connection, say: Say) -> None:
                change(connection, say)
                if broken:
                    raise _Broken("with words that nobody may read")

        return Apply(row)

    stage.hear(incoming())
    assert work(stage, worker)
    assert done(stage) == []
    (row,) = stage.rows("inbox")
    assert (row["state"], row["attempts"], row["claim"]) == ("pending", 1, None)
    assert row["error"] == "_Broken", "the kind of the error, never its words"
    broken = False
    assert not work(stage, worker), "not at once"
    stage.clock.pass_time(seconds=1)
    assert work(stage, worker)
    assert done(stage) == ["k"]


def test_a_change_whose_claim_was_lost_is_rolled_back(stage: Stage) -> None:
    """Slower than its lease: another worker has the event now, and does it alone."""
    other = Recorder()

    def slow(services: Services, row: InboxRow) -> Recorder.Apply:
        stage.clock.pass_time(seconds=LEASE.total_seconds() + 1)
        assert work(stage, other)
        return Recorder.Apply(InboxRow(**{**row.__dict__, "natural_key": "too late"}))

    stage.hear(incoming())
    assert work(stage, slow)
    assert done(stage) == ["k"]
    assert states(stage) == {"k": "done"}


def test_a_change_whose_event_another_has_in_hand_is_rolled_back(stage: Stage) -> None:
    def slow(services: Services, row: InboxRow) -> Recorder.Apply:
        stage.clock.pass_time(seconds=LEASE.total_seconds() + 1)
        with services.db.writing() as connection:
            assert inbox.claim(connection, stage.clock.real(), stage.clock.real() + LEASE, "another")
        return Recorder.Apply(row)

    stage.hear(incoming())
    assert work(stage, slow)
    assert done(stage) == []
    (row,) = stage.rows("inbox")
    assert (row["state"], row["claim"]) == ("pending", "another")


def test_what_a_killed_worker_held_comes_back_when_its_lease_ends(stage: Stage) -> None:
    class Killed(BaseException):
        pass

    def killed(services: Services, row: InboxRow) -> Recorder.Apply:
        raise Killed

    stage.hear(incoming())
    with pytest.raises(Killed):
        work(stage, killed)
    worker = Recorder()
    stage.clock.pass_time(seconds=LEASE.total_seconds() - 1)
    assert not work(stage, worker)
    stage.clock.pass_time(seconds=1)
    assert work(stage, worker)
    assert done(stage) == ["k"]


# --- failures ----------------------------------------------------------------------------------------------


def attempts_until_parked(stage: Stage, problem: Exception) -> int | None:
    """How often an event is tried; None where it was not given up."""
    stage.hear(incoming())
    worker = Recorder(*[problem] * 30)
    for _ in range(30):
        work(stage, worker)
        stage.clock.pass_time(seconds=1000)
        if states(stage) == {"k": "parked"}:
            return len(worker.seen)
    return None


@pytest.mark.usefixtures("unlogged")
@pytest.mark.parametrize(
    ("problem", "attempts"),
    [
        (_Broken(), MOST_ATTEMPTS),
        (SlackRefused("missing_scope"), 1),
        (SlackUnclear("http_500"), None),
        (SlackRefused("accesslimited"), None),
        (SlackRefused("token_revoked"), None),
        (SlackBusy(30), None),
        (NotYet("thread_not_known"), None),
        (OperationalError("SELECT 1", {}, Exception()), None),
        (PoolTimeout(), None),
    ],
)
def test_how_often_an_event_is_tried(stage: Stage, problem: Exception, attempts: int | None) -> None:
    assert attempts_until_parked(stage, problem) == attempts


@pytest.mark.usefixtures("unlogged")
def test_after_a_weekend_without_access_an_event_has_all_its_tries(stage: Stage) -> None:
    weekend = [SlackRefused("token_revoked"), SlackBusy(30), SlackUnclear("http_503")] * 5
    worker = Recorder(*weekend, *[_Broken()] * (MOST_ATTEMPTS - 1))
    stage.hear(incoming())
    while len(worker.seen) < len(weekend) + MOST_ATTEMPTS - 1:
        assert work(stage, worker)
        stage.clock.pass_time(seconds=1000)
    assert stage.rows("inbox")[0]["attempts"] == MOST_ATTEMPTS - 1
    assert work(stage, worker)
    assert done(stage) == ["k"]


@pytest.mark.usefixtures("unlogged")
def test_a_database_that_fails_at_every_commit_costs_no_try(stage: Stage) -> None:
    """Nor can it be told then that the event waits: its lease ends."""
    engine, worker = stage.services.db.engine, Recorder()

    def fail(_: object, __: object, statement: str, *___: object) -> None:
        if "UPDATE inbox SET state" in statement or "error=" in statement:
            raise OperationalError(statement, {}, Exception())

    stage.hear(incoming())
    event.listen(engine, "before_cursor_execute", fail)
    try:
        for _ in range(MOST_ATTEMPTS + 1):
            with pytest.raises(OperationalError):
                work(stage, worker)
            stage.clock.pass_time(seconds=LEASE.total_seconds())
    finally:
        event.remove(engine, "before_cursor_execute", fail)
    assert work(stage, worker)
    assert done(stage) == ["k"]


def waits(stage: Stage, worker: Recorder) -> list[float]:
    """How long the event waits after each try that the worker lets fail."""
    found = []
    stage.hear(incoming())
    while worker.problems:
        assert work(stage, worker)
        (row,) = stage.rows("inbox")
        found.append((row["due_at"] - stage.clock.real()).total_seconds())
        stage.clock.pass_time(seconds=found[-1])
    return found


def test_waits_for_slack_grow_to_a_quarter_of_an_hour_and_its_own_wait_is_obeyed(stage: Stage) -> None:
    worker = Recorder(*[SlackUnclear("lost")] * 13, SlackBusy(45))
    assert waits(stage, worker) == [1, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 45]


@pytest.mark.usefixtures("unlogged")
def test_waits_after_failures_of_its_own_grow(stage: Stage) -> None:
    worker = Recorder(*[_Broken()] * (MOST_ATTEMPTS - 1))
    assert waits(stage, worker) == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900]


def test_parked_events_are_seen_and_can_be_tried_anew(stage: Stage) -> None:
    worker = Recorder(SlackRefused("missing_scope"))
    stage.hear(incoming(kind="test", channel_id=SALES))
    work(stage, worker)
    with stage.services.db.writing() as connection:
        (parked,) = inbox.parked(connection)
        assert (parked.error, parked.channel_id) == ("missing_scope", SALES)
        assert inbox.unpark(connection, stage.clock.real()) == 1
    assert work(stage, worker)
    assert done(stage) == ["k"]


def test_a_failing_event_holds_up_no_other(stage: Stage) -> None:
    worker = Recorder(SlackUnclear("lost"))
    stage.hear(incoming("a"))
    stage.hear(incoming("b"))
    while work(stage, worker):
        pass
    assert done(stage) == ["b"]


def test_events_of_one_message_wait_for_each_other(stage: Stage) -> None:
    """An edit must find the insight that the flag before it makes."""
    worker = Recorder(SlackUnclear("lost"))
    stage.hear(incoming("flag", channel_id=SALES, message_ts=TS))
    stage.hear(incoming("edit", channel_id=SALES, message_ts=TS))
    stage.hear(incoming("else", channel_id=SALES, message_ts="1772442000.000002"))
    while work(stage, worker):
        pass
    assert worker.seen == ["flag", "else"]
    stage.clock.pass_time(seconds=1)
    while work(stage, worker):
        pass
    assert worker.seen == ["flag", "else", "flag", "edit"]


def test_an_edit_in_the_moment_of_the_flag_is_not_lost(stage: Stage) -> None:
    ts = stage.slack.say(SALES, ANNA, "first wording")
    stage.reaction(ANNA, ts)

    def edited(when: str, method: str) -> None:
        if (when, method) == ("after", "chat.getPermalink"):
            stage.slack.watch = lambda when, method: None
            stage.slack.edit(SALES, ts, "second wording")
            stage.hear(Incoming("message_changed", "edit", SALES, ts))
            assert not work_one(stage.services, WORKERS), "it waits for the flag"

    stage.slack.watch = edited
    stage.work()
    assert (stage.insight(ts).text, stage.insight(ts).first_text) == ("second wording", "first wording")


def test_no_text_is_ever_in_the_inbox(stage: Stage) -> None:
    columns: Mapping[str, object] = stage.rows("inbox")[0] if stage.hear(incoming()) else {}
    ts = stage.slack.say(SALES, ANNA, "zebrafish")
    stage.flag(ANNA, ts)
    stage.edit(ts, "zebrafish and okapi")
    assert "text" not in columns
    assert "zebrafish" not in str(stage.rows("inbox"))
    assert stage.insight(ts).text == "zebrafish and okapi"
