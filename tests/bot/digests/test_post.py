"""The digest's run: once, of the right period, to the right channel."""

from datetime import time, timedelta
from typing import Any

import pytest

from bot.digests.post import post_digest
from bot.digests.schedule import DIGEST, Frequency, Rhythm, default_schedule, save_rhythm
from bot.outbox import send_one
from bot.schedules import pause, resume, run_one_due
from bot.services import Services
from bot.slack import SlackProblem, SlackRefused, SlackUnclear
from storage import outbox, schedules, workspace
from storage.bridges import Bridge
from storage.database import Database
from storage.outbox import OutboxRow
from storage.schedules import Schedule
from storage.tables import outbox as outbox_table
from tests.bot.digests.builders import MONDAY, WEEK, add_insight
from tests.support import MARKETING, MIA, TEAM, StandingClock, channel, make_bridge, make_services, say

JOBS = {DIGEST.kind: post_digest}


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock(MONDAY - timedelta(days=3))


@pytest.fixture
def services(database: Database, clock: StandingClock) -> Services:
    return make_services(database, clock)


@pytest.fixture
def bridge(services: Services) -> Bridge:
    made = make_bridge(services)
    with services.db.writing() as connection:
        default_schedule(connection, made, services.clock.now())
    return made


def posts(services: Services) -> list[OutboxRow]:
    with services.db.reading() as connection:
        ids = connection.scalars(outbox_table.select().with_only_columns(outbox_table.c.id).order_by("id"))
        found = [outbox.by_id(connection, one) for one in ids]
    return [row for row in found if row is not None]


def heads(services: Services) -> list[OutboxRow]:
    return [row for row in posts(services) if row.parent_id is None]


def stored_schedule(services: Services, bridge: Bridge) -> Schedule:
    with services.db.reading() as connection:
        found = schedules.of_bridge(connection, bridge.id, DIGEST.kind)
    assert found is not None
    return found


def insight(services: Services, bridge: Bridge, number: int, **changes: Any) -> int:
    with services.db.writing() as connection:
        return add_insight(connection, bridge, number, message_ts=f"{number}.000001", **changes)


def run_in_weeks(services: Services, clock: StandingClock, *weeks: int) -> None:
    for week in weeks:
        clock.instant = MONDAY + week * WEEK
        assert run_one_due(services, JOBS)


def deliver(services: Services, clock: StandingClock) -> None:
    services.slack.post.return_value = "1.000001"  # type: ignore[attr-defined]
    while send_one(services, {}):
        clock.pass_time(seconds=2)


def test_head_and_thread_are_written_with_what_they_quote(
    services: Services, bridge: Bridge, clock: StandingClock
) -> None:
    quoted = insight(services, bridge, 1)
    clock.instant = MONDAY
    assert run_one_due(services, JOBS)
    head, page = posts(services)
    assert head.dedupe_key == f"digest:{stored_schedule(services, bridge).id}:20260302T0800"
    assert head.channel_id == page.channel_id == MARKETING
    assert page.parent_id == head.id
    assert head.expires_at == MONDAY + WEEK
    with services.db.reading() as connection:
        assert [row.id for row in outbox.quoting(connection, quoted)] == [page.id]


def test_a_run_happens_once(services: Services, bridge: Bridge, clock: StandingClock) -> None:
    insight(services, bridge, 1)
    clock.instant = MONDAY
    due = stored_schedule(services, bridge)
    assert run_one_due(services, JOBS)
    assert not run_one_due(services, JOBS)
    said = posts(services)
    with services.db.writing() as connection:
        post_digest(services, connection, say(services, connection), due, MONDAY)
    assert posts(services) == said


def test_a_late_start_makes_up_the_latest_and_records_the_missed(
    services: Services, bridge: Bridge, clock: StandingClock
) -> None:
    insight(services, bridge, 1, created_at=MONDAY - timedelta(days=2))
    insight(services, bridge, 2, created_at=MONDAY + WEEK + timedelta(days=1))
    clock.instant = MONDAY + 2 * WEEK + timedelta(hours=5)
    assert run_one_due(services, JOBS)
    assert not run_one_due(services, JOBS)
    schedule = stored_schedule(services, bridge)
    with services.db.reading() as connection:
        runs = schedules.runs_of(connection, schedule.id)
    assert [run.outcome for run in runs] == ["done", "missed", "missed"]
    head, page = posts(services)
    assert head.dedupe_key.endswith("20260316T0800")
    assert "#2" in str(page.payload)
    assert "*1 insight*" in str(head.payload)  # the one of the missed week only waits
    assert schedule.next_run_at == MONDAY + 3 * WEEK


def test_the_next_digest_says_how_many_were_missed(
    services: Services, bridge: Bridge, clock: StandingClock
) -> None:
    clock.instant = MONDAY
    assert run_one_due(services, JOBS)  # written, but Slack is away until it is too late
    clock.instant = MONDAY + 3 * WEEK  # and then Frontline is down for two weeks
    assert run_one_due(services, JOBS)
    first, late = (str(row.payload["blocks"]) for row in heads(services))
    assert "missed" not in first
    assert "3 digests before this one were missed" in late
    with services.db.writing() as connection:
        for row in posts(services):
            connection.execute(outbox_table.update().where(outbox_table.c.id == row.id).values(state="sent"))
    clock.instant = MONDAY + 4 * WEEK
    assert run_one_due(services, JOBS)
    assert "missed" not in str(heads(services)[-1].payload["blocks"])


@pytest.mark.parametrize("changes", [{"is_archived": True}, {"is_shared": True}])
def test_the_next_digest_tells_of_those_for_which_the_channel_was_closed(
    services: Services, bridge: Bridge, clock: StandingClock, changes: dict[str, bool]
) -> None:
    run_in_weeks(services, clock, 0)
    deliver(services, clock)
    with services.db.writing() as connection:
        workspace.save_channel(connection, TEAM, channel(MARKETING, **changes), clock.now())
    run_in_weeks(services, clock, 1, 2)
    with services.db.writing() as connection:
        workspace.save_channel(connection, TEAM, channel(MARKETING), clock.now())
        runs = schedules.runs_of(connection, stored_schedule(services, bridge).id)
    assert [run.outcome for run in runs] == ["missed", "missed", "done"]
    run_in_weeks(services, clock, 3)
    assert "2 digests before this one were missed" in str(heads(services)[-1].payload["blocks"])


@pytest.mark.parametrize(
    ("problem", "tries", "told"),
    [
        (SlackRefused("not_in_channel"), 1, "3 digests before this one were missed"),
        (SlackUnclear("URLError"), 12, "3 digests before this one were missed"),
        # Those that were tried may stand: perhaps all that was lost is the answer.
        (SlackUnclear("URLError"), 1, "1 digest before this one was missed"),
    ],
)
def test_the_next_digest_tells_of_those_that_slack_did_not_take(
    services: Services,
    bridge: Bridge,
    clock: StandingClock,
    problem: SlackProblem,
    tries: int,
    told: str,
) -> None:
    services.slack.post.side_effect = problem  # type: ignore[attr-defined]
    services.slack.find_post.side_effect = problem  # type: ignore[attr-defined]
    for week in range(3):
        run_in_weeks(services, clock, week)
        for _ in range(tries):
            clock.pass_time(minutes=11)
            while send_one(services, {}):
                pass
    run_in_weeks(services, clock, 3)
    assert told in str(heads(services)[-1].payload["blocks"])


def test_the_next_digest_tells_of_the_one_that_an_edit_overtook(
    services: Services, bridge: Bridge, clock: StandingClock
) -> None:
    clock.instant = MONDAY
    with services.db.writing() as connection:
        save_rhythm(connection, bridge, Rhythm(at=time(11)), clock.now())
    assert not run_one_due(services, JOBS)
    clock.instant = MONDAY + timedelta(hours=2)
    assert run_one_due(services, JOBS)
    assert "1 digest before this one was missed" in str(heads(services)[0].payload["blocks"])


def test_a_quiet_week_is_one_line(services: Services, bridge: Bridge, clock: StandingClock) -> None:
    clock.instant = MONDAY
    assert run_one_due(services, JOBS)
    head, below = posts(services)
    assert "nothing came in" in str(head.payload) and len(head.payload["blocks"]) == 1
    assert below.parent_id == head.id and "Coverage" in str(below.payload)


def test_a_paused_digest_does_not_run_until_resumed(
    services: Services, bridge: Bridge, clock: StandingClock
) -> None:
    with services.db.writing() as connection:
        pause(connection, stored_schedule(services, bridge), clock.now())
    clock.instant = MONDAY + WEEK
    assert not run_one_due(services, JOBS)
    with services.db.writing() as connection:
        resume(connection, stored_schedule(services, bridge), clock.now())
    assert not run_one_due(services, JOBS)
    clock.instant = MONDAY + 2 * WEEK
    assert run_one_due(services, JOBS)
    assert len(heads(services)) == 1


def test_mondays_daily_digest_reaches_back_to_friday(
    services: Services, bridge: Bridge, clock: StandingClock
) -> None:
    with services.db.writing() as connection:
        save_rhythm(connection, bridge, Rhythm(Frequency.WEEKDAYS), clock.now())
    insight(services, bridge, 1, created_at=MONDAY - timedelta(days=3) + timedelta(minutes=1))
    insight(services, bridge, 2, created_at=MONDAY - timedelta(days=3) - timedelta(minutes=1))
    clock.instant = MONDAY
    assert run_one_due(services, JOBS)
    head = posts(services)[0]
    assert "*1 insight*" in str(head.payload)
    assert "Daily digest" in str(head.payload)


def test_another_organisation_sees_no_digest(
    services: Services, bridge: Bridge, clock: StandingClock
) -> None:
    insight(services, bridge, 1)
    with services.db.writing() as connection:
        workspace.save_channel(connection, TEAM, channel(MARKETING, is_shared=True), clock.now())
    clock.instant = MONDAY
    assert run_one_due(services, JOBS)
    [told] = posts(services)
    assert (told.kind, told.user_id) == ("direct", MIA)
    assert "another organisation" in told.payload["text"]
    assert "offer" not in str(told.payload)
