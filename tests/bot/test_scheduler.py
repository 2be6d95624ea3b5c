"""The loops: every step runs, errors do not end them, a stop finishes what is in hand."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from datetime import date, time, timedelta
from itertools import count
from time import monotonic

import pytest

from bot.inbox import Incoming, accept, work_one
from bot.live import GIVES_WAY, Live
from bot.outbox import send_one
from bot.recurrence import Recurrence
from bot.scheduler import Step, Workers, is_idle, settle, settle_beside
from bot.schedules import run_one_due, save_schedule
from bot.timers import ring_one
from storage import inbox, outbox, timers
from storage.database import Database
from tests.support import MARKETING, TEAM, StandingClock, make_bridge, make_services, say

SOON = 5.0  # seconds; far more than any of this takes


class Queue:
    """Work for a step, and a way to wait until so many units are done."""

    def __init__(self, *units: object) -> None:
        self.units = deque(units)
        self.done: list[object] = []
        self.changed = threading.Condition()

    def step(self) -> bool:
        with self.changed:
            if not self.units:
                return False
            unit = self.units.popleft()
            self.done.append(unit)
            self.changed.notify_all()
        if isinstance(unit, Exception):
            raise unit
        return True

    def wait_for(self, count: int) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.done) >= count, SOON)


@pytest.fixture
def started() -> Iterator[list[Workers]]:
    running: list[Workers] = []
    yield running
    for workers in running:
        workers.stop()


def test_a_bell_wakes_its_step(started: list[Workers]) -> None:
    queue, bell = Queue("a", "b"), threading.Event()
    workers = Workers([Step("q", queue.step, bell, poll=50)])
    started.append(workers)
    workers.start()
    queue.wait_for(2)
    queue.units.append("c")
    bell.set()
    queue.wait_for(3)
    assert workers.stuck() == {}


def test_work_lets_requests_in_hand_pass_but_not_for_ever(started: list[Workers]) -> None:
    came = threading.Event()

    class Patient(Live):
        def let_pass(self, longest: float = GIVES_WAY) -> None:
            came.set()
            super().let_pass(SOON)

    live, queue, beside = Patient(), Queue("a"), []

    def work() -> bool:
        beside.append(live.in_hand)
        return queue.step()

    workers = Workers([Step("q", work, poll=50)], live)
    started.append(workers)
    with live.answering("http"):
        workers.start()
        assert came.wait(SOON)
    queue.wait_for(1)
    assert beside[0] == 0
    hurried = Live()
    with hurried.answering("http"):
        hurried.let_pass(0.001)  # it ends though the request does not


def test_a_bell_wakes_its_step_once(started: list[Workers]) -> None:
    queue, bell, looks = Queue(), threading.Event(), []

    def look() -> bool:
        looks.append(1)
        return queue.step()

    workers = Workers([Step("q", look, bell, poll=50)])
    started.append(workers)
    workers.start()
    for number in range(1, 4):
        queue.units.append(number)
        bell.set()
        queue.wait_for(number)
    workers.stop()
    assert len(looks) < 20  # a bell that was never cleared would ring for ever


def test_a_step_looks_by_itself_and_by_the_clockwork(started: list[Workers]) -> None:
    polled, ticked = Queue(), Queue()
    workers = Workers([Step("p", polled.step, poll=0.01), Step("t", ticked.step, poll=50, every=1)])
    started.append(workers)
    workers.start()
    polled.units.append("later")
    polled.wait_for(1)
    ticked.units.append("later")
    ticked.wait_for(1)


def test_an_error_is_backed_off_and_the_loop_goes_on(started: list[Workers]) -> None:
    queue = Queue(RuntimeError("boom"), "after")
    workers = Workers([Step("q", queue.step, poll=0.01)])
    started.append(workers)
    workers.start()
    queue.wait_for(2)
    assert workers.stuck() == {}


def test_a_stop_finishes_the_unit_in_hand() -> None:
    begun, go, finished = threading.Event(), threading.Event(), []

    def unit() -> bool:
        begun.set()
        go.wait(SOON)
        finished.append(1)
        return True

    workers = Workers([Step("q", unit, threads=2)])
    workers.start()
    assert begun.wait(SOON)
    assert not workers.stop(timeout=0.01)  # still busy
    go.set()
    assert workers.stop(timeout=SOON)
    assert len(finished) == 2  # one of each thread, and none was begun after
    assert not workers.running


def test_a_stop_is_quick_while_all_wait() -> None:
    workers = Workers([Step(name, Queue().step, poll=50, threads=2) for name in "abc"])
    workers.start()
    assert workers.stop(timeout=SOON)


def test_what_hangs_shows(started: list[Workers]) -> None:
    begun, go = threading.Event(), threading.Event()

    def hang() -> bool:
        begun.set()
        go.wait(SOON)
        return False

    workers = Workers([Step("hanging", hang, poll=0, patience=0.0001), Step("fine", Queue().step)])
    started.append(workers)
    workers.start()
    assert begun.wait(SOON)
    deadline = monotonic() + SOON
    while not workers.stuck() and monotonic() < deadline:
        pass
    assert set(workers.stuck()) == {"hanging"}
    go.set()


def test_a_poll_longer_than_patience_is_refused() -> None:
    with pytest.raises(ValueError, match="stuck"):
        Step("x", Queue().step, poll=60)


# --- settling ----------------------------------------------------------------------------------------------


def test_settling_does_all_that_is_due(database: Database) -> None:
    services = make_services(database)
    services.slack.post.return_value = "1.000001"  # type: ignore[attr-defined]
    with database.writing() as connection:
        accept(services, connection, Incoming(kind="tell", natural_key="k"))
    assert not is_idle(services)
    workers = {
        "tell": lambda _, row: lambda connection, say: say.post("p", MARKETING, {"text": "hi"}) and None
    }
    steps = [
        Step("inbox", lambda: work_one(services, workers)),
        Step("outbox", lambda: send_one(services, {})),
    ]
    assert settle(services, steps, timeout=SOON)
    assert is_idle(services)
    assert services.slack.post.call_count == 1  # type: ignore[attr-defined]
    with database.reading() as connection:
        assert outbox.counts(connection) == {"sent": 1}


def test_beside_others_settling_ends_though_ever_more_comes_in(database: Database) -> None:
    clock = StandingClock()
    services = make_services(database, clock)
    services.slack.post.return_value = "1.000001"  # type: ignore[attr-defined]
    keys = count()

    def people_go_on() -> bool:
        with database.writing() as connection:
            accept(services, connection, Incoming(kind="tell", natural_key=str(next(keys))))
            voice = say(services, connection)
            voice.post(f"other-{next(keys)}", MARKETING, {"text": "by another process"})
            timers.set_timer(connection, TEAM, "bell", str(next(keys)), clock.now())
        clock.pass_time(seconds=1)  # that much is said in a channel
        return True

    workers = {"tell": lambda _, row: lambda connection, say: say.post(row.natural_key, "C2", {"text": "hi"})}
    bells = {"bell": lambda _, connection, say, timer: say.post(f"b{timer.subject}", "C3", {"text": "ding"})}
    clock.instant += timedelta(days=7)  # as with `tick --at`: nobody else's clock has come so far
    with database.writing() as connection:
        accept(services, connection, Incoming(kind="tell", natural_key="first"))
        for number in range(3):
            timers.set_timer(connection, TEAM, "bell", f"first-{number}", clock.now())
        voice = say(services, connection)
        held = voice.row("post", "waited", "lane", channel_id="C4", payload={"text": "good morning"})
        outbox.add(connection, {**held, "not_before_at": clock.real() + timedelta(days=2)})
    steps = [
        Step("people", people_go_on),
        Step("timers", lambda: ring_one(services, bells)),
        Step("inbox", lambda: work_one(services, workers)),
        Step("outbox", lambda: send_one(services, {})),
    ]
    assert settle_beside(services, steps, timeout=SOON)
    sent = {call.kwargs["key"] for call in services.slack.post.call_args_list}  # type: ignore[attr-defined]
    assert "waited" in sent
    with database.reading() as connection:
        assert all(outbox.by_key(connection, key) for key in ("first", "bfirst-0", "bfirst-1", "bfirst-2"))
    assert not is_idle(services)


@pytest.mark.parametrize("settling", [settle, settle_beside])
def test_a_step_that_fails_is_left_aside_and_the_others_finish(
    database: Database, settling: Callable[..., bool]
) -> None:
    clock = StandingClock()
    services = make_services(database, clock)
    bridge = make_bridge(services)
    daily = Recurrence(rule="FREQ=DAILY", time=time(9), zone="Europe/Berlin", start_on=date(2026, 3, 1))
    with database.writing() as connection:
        save_schedule(connection, bridge.id, "digest", daily, clock.now(), is_paused=False)
        for number in range(3):
            timers.set_timer(connection, TEAM, "bell", str(number), clock.now())
    clock.pass_time(days=1)
    tries, rung, failed, began = [], [], set[str](), monotonic()

    def run(*_: object) -> None:
        tries.append(1)
        raise ZeroDivisionError

    steps = [
        Step("schedules", lambda: run_one_due(services, {"digest": run})),
        Step("timers", lambda: ring_one(services, {"bell": lambda *given: rung.append(given[-1].subject)})),
    ]
    assert not settling(services, steps, SOON, failed)
    assert monotonic() - began < SOON, "what is due to the failed step is not waited for"
    assert (sorted(rung), failed, len(tries)) == (["0", "1", "2"], {"schedules"}, 1)
    assert not settling(services, steps, SOON, failed)
    assert len(tries) == 1, "what failed before is left aside from the first"


def test_a_due_schedule_is_work(database: Database) -> None:
    clock = StandingClock()
    services = make_services(database, clock)
    bridge = make_bridge(services)
    weekly = Recurrence(
        rule="FREQ=WEEKLY;BYDAY=MO", time=time(9), zone="Europe/Berlin", start_on=date(2026, 3, 1)
    )
    with database.writing() as connection:
        save_schedule(connection, bridge.id, "digest", weekly, clock.now(), is_paused=False)
    assert is_idle(services)
    clock.pass_time(days=7)
    assert not is_idle(services)
    ran = []
    jobs = {"digest": lambda *given: ran.append(given[-1])}
    assert settle(services, [Step("due", lambda: run_one_due(services, jobs))], timeout=SOON)
    assert len(ran) == 1


def test_what_another_holds_is_awaited_and_what_is_backed_off_is_not(database: Database) -> None:
    clock = StandingClock()
    services = make_services(database, clock)
    later = clock.real() + timedelta(minutes=5)
    with database.writing() as connection:
        accept(services, connection, Incoming("tell", "k", channel_id="C1", message_ts="1.1"))
        accept(services, connection, Incoming("tell", "l", channel_id="C1", message_ts="1.1"))
        voice = say(services, connection)
        parent = voice.post("p", MARKETING, {"text": "head"})
        voice.post("c", MARKETING, {"text": "detail"}, parent_id=parent)
        event = inbox.claim(connection, clock.real(), later, "mine")
        post = outbox.claim(connection, clock.real(), clock.now(), later, "mine")
        assert event is not None
        assert post is not None
    assert not settle(services, [Step("none", lambda: False)], timeout=0.01)
    with database.writing() as connection:
        inbox.put_back(connection, event.id, "mine", due_at=later, error="x")
    assert not is_idle(services)  # the post is still in hand
    with database.writing() as connection:
        outbox.put_back(connection, post.id, "mine", {"due_at": later})
    assert is_idle(services)  # the second event waits for the first, the detail for its head


def test_a_channels_pace_is_awaited(database: Database) -> None:
    clock = StandingClock()
    services = make_services(database, clock)
    with database.writing() as connection:
        say(services, connection).post("p", MARKETING, {"text": "x"})
        outbox.pace(connection, MARKETING, clock.real() + timedelta(seconds=1))
    assert not send_one(services, {})
    assert not is_idle(services)
