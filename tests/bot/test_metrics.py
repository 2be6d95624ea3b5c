"""Metrics: counted where it happens, depths read when asked."""

from contextlib import ExitStack, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot import metrics
from bot.inbox import Incoming, accept
from storage import inbox, outbox
from storage.database import Database, open_database
from storage.tables import outbox as outbox_table
from tests.support import ANNA, MARKETING, MONDAY, StandingClock, make_services, say


def value(text: str, sample: str) -> float:
    """The value of one sample, by its full name with labels; 0 where it is not there."""
    found = [line.rsplit(" ", 1)[1] for line in text.splitlines() if line.rsplit(" ", 1)[0] == sample]
    return float(found[0]) if found else 0.0


def test_what_the_core_counts(database: Database) -> None:
    clock = StandingClock()
    before = metrics.exposition(database, clock).decode()
    metrics.event("reaction_added", "accepted")
    metrics.post("post", "sent")
    metrics.retry("outbox", "ratelimited")
    metrics.retry("outbox", "Received a response in a non-JSON format: <html>")
    metrics.missed_runs("digest", 2)
    metrics.insight("reaction")
    metrics.acknowledged("http", 0.02)
    after = metrics.exposition(database, clock).decode()

    def grew(sample: str) -> float:
        return value(after, sample) - value(before, sample)

    assert grew('frontline_events_total{kind="reaction_added",result="accepted"}') == 1
    assert grew('frontline_posts_total{kind="post",result="sent"}') == 1
    assert grew('frontline_retries_total{queue="outbox",reason="ratelimited"}') == 1
    assert grew('frontline_retries_total{queue="outbox",reason="other"}') == 1
    assert grew('frontline_missed_runs_total{kind="digest"}') == 2
    assert grew('frontline_insights_total{source="reaction"}') == 1
    assert grew('frontline_ack_seconds_bucket{le="0.025",transport="http"}') == 1
    assert "python_info" not in after


def test_every_metric_is_described_for_who_runs_it(database: Database) -> None:
    described = Path("docs/operations.md").read_text(encoding="utf-8")
    families = [*metrics.REGISTRY.collect(), *metrics.Depths(database, StandingClock()).collect()]
    names = {one.name + ("_total" if one.type == "counter" else "") for one in families}
    assert len(names) >= 13
    assert {name for name in names if f"| `{name}` |" not in described} == set()


def test_depths_come_from_the_database(database: Database) -> None:
    clock = StandingClock()
    services = make_services(database, clock)
    with database.writing() as connection:
        for key in ("one", "two"):
            accept(services, connection, Incoming(kind="reaction_added", natural_key=key))
        say(services, connection).post("p", MARKETING, {"text": "x"})
    with database.writing() as connection:
        row = inbox.claim(connection, clock.real(), clock.real(), "t")
        assert row is not None
        inbox.count_failure(connection, row.id, "t", due_at=MONDAY, error="boom", park=True)
    clock.pass_time(seconds=90)
    told = metrics.exposition(database, clock).decode()
    assert value(told, 'frontline_queue_rows{queue="inbox",state="pending"}') == 1
    assert value(told, 'frontline_queue_rows{queue="inbox",state="parked"}') == 1
    assert value(told, 'frontline_queue_rows{queue="outbox",state="pending"}') == 1
    assert value(told, 'frontline_queue_oldest_seconds{queue="inbox"}') == 90
    assert value(told, 'frontline_queue_oldest_seconds{queue="outbox"}') == 90
    assert value(told, "frontline_schedule_overdue_seconds") == 0
    assert value(told, "frontline_database_up") == 1


def test_a_post_is_as_old_as_it_has_been_waiting(database: Database) -> None:
    """A home tab is wished for again and again for months: no alert when it is."""
    clock = StandingClock()
    services = make_services(database, clock)

    def age() -> float:
        told = metrics.exposition(database, clock).decode()
        return value(told, 'frontline_queue_oldest_seconds{queue="outbox"}')

    def give_up_all(state: str) -> None:
        with database.writing() as connection:
            connection.execute(update(outbox_table).values(state=state))

    def wish() -> None:
        with database.writing() as connection:
            say(services, connection).home(ANNA)

    wish()
    give_up_all("sent")
    clock.pass_time(days=60)
    wish()
    assert age() == 0
    clock.pass_time(seconds=90)
    wish()
    assert age() == 90, "a newer wish does not make it wait anew"
    give_up_all("sent")
    with database.writing() as connection:
        say(services, connection).direct("d", ANNA, {"text": "x"})
        connection.execute(update(outbox_table).values(not_before_at=clock.now()))
    give_up_all("parked")
    clock.pass_time(days=3)
    with database.writing() as connection:
        assert outbox.unpark(connection, clock.real()) == 2
    clock.pass_time(seconds=20)
    assert age() == 20


def test_without_a_database_the_counters_still_answer() -> None:
    empty = open_database("sqlite://")
    told = metrics.exposition(empty, StandingClock()).decode()
    assert "frontline_database_up 0.0" in told
    assert "# TYPE frontline_events_total counter" in told
    empty.close()


def test_while_no_connection_is_free_the_counters_still_answer(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database.engine.pool, "_timeout", 0.01)  # in earnest 30 s
    with ExitStack() as held:
        with suppress(PoolTimeout):
            while True:
                held.enter_context(database.engine.connect())
        told = metrics.exposition(database, StandingClock()).decode()
    assert "frontline_database_up 0.0" in told
    assert "# TYPE frontline_events_total counter" in told


@pytest.mark.parametrize(("earlier", "seconds"), [(None, 0), (MONDAY + timedelta(hours=1), 0), (MONDAY, 60)])
def test_ages_are_never_negative(earlier: object, seconds: int) -> None:
    assert metrics._seconds_between(earlier, MONDAY + timedelta(minutes=1)) == seconds  # type: ignore[arg-type]
