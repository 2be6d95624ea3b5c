"""A gap in which nobody listened is told once when it is caught up, with what was found in it."""

from datetime import timedelta

import pytest

from bot.catchup import EVERY, CatchUp
from bot.home.health import section
from bot.home.look import Look
from bot.upkeep.presence import NOTICED, WORTH_TELLING
from bot.upkeep.watch import Upkeep, look
from bot.workspace.access import viewer
from storage.database import Database
from tests.stage import Stage, make_stage
from tests.support import ANNA, BEN, MIA, SALES, TEAM, TOM

LONG = 3 * 3600.0  # seconds


class Replica:
    """A process that listens, or does not."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.listens = True
        self.catching = CatchUp(
            stage.services, days=14, calls_a_minute=6_000_000, is_listening=lambda: self.listens
        )
        self.asked = 0
        self.upkeep = Upkeep(stage.services, is_listening=lambda: self.listens, catch_up=self._ask)

    def _ask(self) -> None:
        self.asked += 1
        self.catching.ask()

    def note(self) -> None:
        """What it does every half minute."""
        self.stage.clock.pass_time(seconds=31)
        self.upkeep.step()

    def catch_up(self) -> None:
        """One whole catching up; then it looks how it is."""
        self.catching.begin()
        while self.catching.is_under_way():
            self.stage.work()
            self.catching.work_one()
        self.stage.work()
        look(self.stage.services)
        self.stage.send(2)


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database)


def told(stage: Stage) -> list[tuple[str, str]]:
    return [
        (user, str(one["blocks"]))
        for user in (ANNA, BEN, MIA, TOM)
        for one in stage.slack.posts(f"D{user[1:]}")
        if "was away" in str(one["text"])
    ]


def flag_unheard(stage: Stage, emoji: str = "bulb") -> str:
    ts = stage.slack.say(SALES, ANNA, "said while nobody listened")
    stage.slack.standing[SALES][ts]["reactions"] = [{"name": emoji, "users": [ANNA], "count": 1}]
    return ts


def test_a_restart_after_hours_is_told_once_with_what_was_caught_up(stage: Stage) -> None:
    Replica(stage).note()
    kept = stage.slack.say(SALES, ANNA, "flagged before")
    stage.flag(ANNA, kept)
    stage.clock.pass_time(seconds=LONG)
    flag_unheard(stage)
    stage.slack.delete(SALES, kept)
    later = Replica(stage)
    later.upkeep.note()
    assert told(stage) == [], "not before it is caught up"
    later.catch_up()
    said = told(stage)
    assert [user for user, _ in said] == [MIA, TOM]
    for words in ("I was away from Mon 2 Mar, 10:00 to Mon 2 Mar, 13:", "1 flag set", "1 edit or deletion"):
        assert words in said[0][1]
    assert "repl" not in said[0][1]
    for _ in range(3):
        later.catch_up()
        later.note()
    stage.send(2)
    assert len(told(stage)) == 2


def test_the_next_gap_is_told_again(stage: Stage) -> None:
    replica = Replica(stage)
    for count in (1, 2):
        replica.note()
        stage.clock.pass_time(seconds=LONG if count == 1 else 1200)
        replica.note()
        assert replica.asked == count, "who was away asks for catching up"
        replica.catch_up()
        assert len(told(stage)) == 2 * count
    assert "Nothing had been missed" in told(stage)[0][1]


@pytest.mark.parametrize(
    ("length", "is_flagged", "count"),
    [
        (NOTICED, True, 0),  # a quick restart
        (NOTICED + timedelta(minutes=1), False, 0),  # nothing to tell
        (NOTICED + timedelta(minutes=1), True, 2),
        (WORTH_TELLING, False, 2),
    ],
)
def test_short_gaps_are_told_only_where_something_was_missed(
    stage: Stage, length: timedelta, is_flagged: bool, count: int
) -> None:
    replica = Replica(stage)
    replica.upkeep.note()
    stage.clock.pass_time(seconds=length.total_seconds())
    if is_flagged:
        flag_unheard(stage)
    replica.upkeep.note()
    replica.catch_up()
    assert len(told(stage)) == count


def test_no_gap_while_another_replica_listens(stage: Stage) -> None:
    one, other = Replica(stage), Replica(stage)
    one.note()
    one.listens = False
    for _ in range(30):
        other.note()
        one.note()
    other.catch_up()
    assert stage.rows("gaps") == []


def test_a_connection_that_is_lost_is_a_gap_until_it_is_back(stage: Stage) -> None:
    replica = Replica(stage)
    replica.note()
    replica.listens = False
    for _ in range(30):
        replica.note()
    flag_unheard(stage)
    replica.catch_up()  # Slack's Web API can be reached
    assert told(stage) == [], "it is not over"
    (gap,) = stage.rows("gaps")
    assert (gap["ended_at"], gap["flags"]) == (None, 1)
    replica.listens = True
    replica.catch_up()
    said = told(stage)
    assert len(said) == 2 and "1 flag set" in said[0][1]


def test_a_comparison_that_had_begun_before_does_not_end_a_gap(stage: Stage) -> None:
    replica = Replica(stage)
    replica.note()
    replica.listens = False
    stage.clock.pass_time(seconds=LONG)
    replica.catching.begin()
    replica.listens = True
    replica.note()
    while replica.catching.is_under_way():
        replica.catching.work_one()
    look(stage.services)
    stage.send(2)
    assert told(stage) == []
    replica.catch_up()
    assert len(told(stage)) == 2


def test_a_tick_without_a_process_is_no_gap(stage: Stage) -> None:
    tick = CatchUp(stage.services, days=14, calls_a_minute=6_000_000)
    for _ in range(3):
        tick.begin()
        stage.clock.pass_time(hours=3)
        look(stage.services)
    assert stage.rows("gaps") == []


def test_the_home_tab_shows_the_last_gap_and_what_comes(stage: Stage) -> None:
    def shown(user: str) -> str:
        with stage.services.db.reading() as connection:
            look_at = Look(connection, TEAM, viewer(connection, TEAM, user), stage.clock.now(), {})
            return str([block.to_dict() for block in section(look_at)])

    replica = Replica(stage)
    replica.note()
    stage.clock.pass_time(seconds=LONG)
    flag_unheard(stage)
    replica.note()
    assert "It is being caught up" in shown(TOM)
    replica.catch_up()
    for words in ("Caught up: 1 flag set or taken back", "Last compared with Slack", "no meeting is planned"):
        assert words in shown(TOM)
        assert words in shown(MIA)
    assert shown(ANNA) == "[]"


def flag_many(stage: Stage, count: int) -> list[str]:
    """So many insights that checking them at a call each takes long."""
    stamps = [stage.slack.say(SALES, ANNA, f"message {number}") for number in range(count)]
    for ts in stamps:
        stage.slack.standing[SALES][ts]["reactions"] = [{"name": "bulb", "users": [ANNA], "count": 1}]
        stage.reaction(ANNA, ts)
    stage.work()
    return stamps


def go_on(replica: Replica) -> None:
    """A minute and a half, in which one call is made."""
    replica.stage.clock.pass_time(minutes=1)
    replica.note()
    replica.catching.step()
    replica.stage.work()
    replica.stage.send(2)


def test_a_round_that_takes_hours_ends_though_connections_are_renewed(stage: Stage) -> None:
    replica = Replica(stage)
    replica.note()
    flag_many(stage, 30)
    stage.clock.pass_time(seconds=LONG)
    flag_unheard(stage)
    began_at = stage.clock.real()
    for number in range(60):
        go_on(replica)
        if number % 8 == 7:
            replica.catching.ask()
        if told(stage):
            break
    assert stage.clock.real() - began_at > timedelta(minutes=40)
    assert [user for user, _ in told(stage)] == [MIA, TOM]
    assert "1 flag set" in told(stage)[0][1]
    (presence,) = stage.rows("presence")
    assert presence["caught_up_at"] > began_at


def test_what_a_round_had_passed_already_is_found_by_the_next_at_once(stage: Stage) -> None:
    replica = Replica(stage)
    replica.note()
    first, *_ = flag_many(stage, 6)
    began_at = stage.clock.real()
    for _ in range(5):
        go_on(replica)
    flagged = flag_unheard(stage)
    stage.slack.edit(SALES, first, "edited while the connection was renewed")
    replica.catching.ask()
    for _ in range(5):
        go_on(replica)
    assert stage.of_message(flagged) is not None, "channels are read anew while the round goes on"
    assert stage.insight(first).text == "message 0"
    for _ in range(8):
        go_on(replica)
    assert stage.insight(first).text == "edited while the connection was renewed"
    assert stage.clock.real() - began_at < EVERY


def test_the_end_of_a_round_is_told_though_the_next_begins_at_once(stage: Stage) -> None:
    replica = Replica(stage)
    replica.note()
    stage.clock.pass_time(seconds=LONG)
    replica.note()
    replica.catching.begin()
    while replica.catching.work_one():
        pass
    replica.catching.begin()
    stage.send(2)
    assert len(told(stage)) == 2
