"""Posts are said exactly once (promise 3): over a kill at any line, lost answers, and several senders."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from bot.outbox import LEASE, MOST_ATTEMPTS, SETTLING, send_one
from bot.slack import SlackBusy, SlackRefused, SlackUnclear
from bot.variants import PLAINER
from bot.workers import BUILDERS
from storage import outbox, workspace
from storage.database import Database
from storage.outbox import OutboxRow
from storage.tables import outbox as table
from tests.fakeslack import Fault, key_of
from tests.kills import Killer, watched
from tests.stage import Stage, make_stage
from tests.support import ANNA, BEN, TEAM, say

Write = Callable[[Stage, str, str], None]  # stage, key, channel


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database)


def send(stage: Stage) -> bool:
    return send_one(stage.services, BUILDERS)


def post_and_die(stage: Stage, key: str, channel: str) -> None:
    """A process posts, and ends before it knows."""
    acted = boundaries(stage, post).index("after chat.postMessage") + 1
    post(stage, key, channel)
    with watched(stage, Killer(acted)):
        send(stage)


def recover(stage: Stage) -> None:
    """Another process takes over, when leases have ended and Slack has settled."""
    for _ in range(4):
        stage.clock.pass_time(seconds=(LEASE + SETTLING).total_seconds())
        stage.send(seconds=3)


def row_of(stage: Stage, key: str) -> OutboxRow:
    with stage.services.db.reading() as connection:
        row = outbox.by_key(connection, key)
    assert row is not None
    return row


def post(stage: Stage, key: str, channel: str, **more: Any) -> None:
    with stage.services.db.writing() as connection:
        say(stage.services, connection).post(key, channel, {"text": key}, **more)


def reply(stage: Stage, key: str, channel: str) -> None:
    """A page in the thread of a head that stands already."""
    post(stage, f"{key}:head", channel)
    stage.send(seconds=1)
    post(stage, key, channel, parent_id=row_of(stage, f"{key}:head").id)
    stage.clock.pass_time(seconds=2)


def direct(stage: Stage, key: str, channel: str) -> None:
    with stage.services.db.writing() as connection:
        say(stage.services, connection).direct(key, f"U{channel}", {"text": key})


def said(stage: Stage, key: str) -> list[Any]:
    """The messages that stand in Slack with that key."""
    return [
        one for channel in stage.slack.standing for one in stage.slack.posts(channel) if key_of(one) == key
    ]


def assert_said_once(stage: Stage, key: str, note: object = None) -> None:
    standing, row = said(stage, key), row_of(stage, key)
    assert len(standing) == 1, note
    assert (row.state, row.message_ts) == ("sent", standing[0]["ts"]), note
    assert row.in_doubt_at is None, note


# --- kills -------------------------------------------------------------------------------------------------


def boundaries(stage: Stage, write: Write) -> list[str]:
    """What a sending passes when nobody stops it."""
    write(stage, "calm", "C-calm")
    killer = Killer()
    with watched(stage, killer):
        assert send(stage)
    assert_said_once(stage, "calm")
    return killer.passed


@pytest.mark.parametrize("write", [post, reply, direct])
def test_a_kill_at_any_boundary_leaves_one_message(stage: Stage, write: Write) -> None:
    points = boundaries(stage, write)
    assert {"before chat.postMessage", "after chat.postMessage", "before COMMIT"} <= set(points)
    for at, point in enumerate(points, start=1):
        key = f"k{at}"
        write(stage, key, f"C{at}")
        with watched(stage, Killer(at)):
            send(stage)
        recover(stage)
        assert_said_once(stage, key, point)


def test_a_second_kill_at_any_boundary_of_the_recovery_leaves_one_message(stage: Stage) -> None:
    acted = boundaries(stage, post).index("after chat.postMessage") + 1
    for first in (acted - 1, acted):  # before and after Slack has acted
        for second in range(1, 40):
            key = f"k{first}-{second}"
            post(stage, key, f"C{first}-{second}")
            with watched(stage, Killer(first)):
                send(stage)
            stage.clock.pass_time(seconds=LEASE.total_seconds() + 1)
            killer = Killer(second)
            with watched(stage, killer):
                send(stage)
            recover(stage)
            assert_said_once(stage, key, (first, killer.passed[-1]))
            if len(killer.passed) < second:
                break
        else:
            pytest.fail("the recovery has more boundaries than were tried")


def test_a_kill_at_any_boundary_shows_a_note_at_most_once(stage: Stage) -> None:
    def note(key: str, channel: str) -> None:
        with stage.services.db.writing() as connection:
            say(stage.services, connection).note(key, channel, ANNA, {"text": key})

    note("calm", "C")
    killer = Killer()
    with watched(stage, killer):
        assert send(stage)
    for at, point in enumerate(killer.passed, start=1):
        note(f"n{at}", "C")
        with watched(stage, Killer(at)):
            send(stage)
        recover(stage)
        shown = [one for one in stage.slack.notes if one["text"] == f"n{at}"]
        assert len(shown) <= 1, point
        assert row_of(stage, f"n{at}").state in ("sent", "dropped"), point
    acted = killer.passed.index("after chat.postEphemeral") + 1
    assert len([one for one in stage.slack.notes if one["text"] == f"n{acted}"]) == 1


# --- what Slack answers ------------------------------------------------------------------------------------


def test_a_lost_answer_is_looked_up_and_not_posted_again(stage: Stage) -> None:
    stage.slack.lose_answer("chat.postMessage")
    post(stage, "p", "C1")
    assert send(stage)
    assert row_of(stage, "p").state == "pending"
    assert not send(stage), "Slack's history may not show it yet: it settles first"
    stage.clock.pass_time(seconds=SETTLING.total_seconds())
    stage.send()
    assert_said_once(stage, "p")
    assert stage.slack.calls.count("chat.postMessage") == 1


def test_what_slack_did_not_act_on_is_posted_again(stage: Stage) -> None:
    stage.slack.fail("chat.postMessage", SlackUnclear("http_500"))
    post(stage, "p", "C1")
    stage.send(seconds=20)
    assert_said_once(stage, "p")
    assert stage.slack.calls == ["chat.postMessage", "conversations.history", "chat.postMessage"]


def test_a_reply_of_unknown_outcome_is_looked_for_in_its_thread(stage: Stage) -> None:
    stage.slack.faults.append(Fault("chat.postMessage", SlackUnclear("lost"), acts=True))
    stage.slack.faults.insert(0, Fault("chat.postMessage", SlackUnclear("lost"), acts=True))
    post(stage, "head", "C1")
    with stage.services.db.writing() as connection:
        say(stage.services, connection).post(
            "page", "C1", {"text": "page"}, parent_id=row_of(stage, "head").id
        )
    stage.send(seconds=40)
    assert_said_once(stage, "head")
    assert_said_once(stage, "page")
    assert said(stage, "page")[0]["thread_ts"] == said(stage, "head")[0]["ts"]
    assert stage.slack.calls.count("conversations.replies") == 1


def talk(stage: Stage, channel: str, count: int, seconds: float = 1, **more: Any) -> None:
    """People write so many messages, while time goes on and nothing is sent."""
    for number in range(count):
        stage.slack.say(channel, ANNA, f"chat {number}", **more)
        stage.clock.pass_time(seconds=seconds)


def go_on(stage: Stage, minutes: int) -> None:
    """Let time pass for who is told to come again in a minute."""
    for _ in range(minutes):
        stage.send()
        stage.clock.pass_time(minutes=1)


@pytest.mark.parametrize("in_thread", [False, True])
@pytest.mark.parametrize("acts", [False, True])
def test_a_look_up_ends_where_slack_shows_15_messages_a_minute(
    stage: Stage, acts: bool, in_thread: bool
) -> None:
    write = reply if in_thread else post
    stage.slack.is_strict = True
    write(stage, "p", "C1")
    more = {"thread_ts": said(stage, "p:head")[0]["ts"]} if in_thread else {}
    talk(stage, "C1", 20, **more)
    stage.slack.faults.append(Fault("chat.postMessage", SlackUnclear("TimeoutError"), acts=acts))
    assert send(stage)
    talk(stage, "C1", 40, **more)
    go_on(stage, minutes=8)
    assert_said_once(stage, "p")
    assert row_of(stage, "p").target_ts is None


def test_a_look_up_goes_on_where_another_process_ended(stage: Stage) -> None:
    stage.slack.is_strict = True
    stage.slack.lose_answer("chat.postMessage")
    post(stage, "p", "C1")
    assert send(stage)
    talk(stage, "C1", 40)
    assert send(stage)
    seen_to = row_of(stage, "p").target_ts
    assert seen_to is not None
    with watched(stage, Killer(3)):
        send(stage)
    talk(stage, "C1", 100)
    go_on(stage, minutes=4)
    assert_said_once(stage, "p")
    assert stage.slack.calls.count("conversations.history") <= 6, "what came after the doubt is not looked at"


def test_what_came_long_after_the_doubt_is_not_looked_through(stage: Stage) -> None:
    stage.slack.is_strict = True
    post_and_die(stage, "p", "C1")
    stage.clock.pass_time(hours=2)
    talk(stage, "C1", 200)
    go_on(stage, minutes=2)
    assert_said_once(stage, "p")
    assert stage.slack.calls.count("conversations.history") == 1


def test_a_limit_of_histories_slows_no_other_post(stage: Stage) -> None:
    stage.slack.lose_answer("chat.postMessage")
    post(stage, "p", "C1", expires_at=stage.clock.now() + timedelta(seconds=5))
    assert send(stage)
    stage.slack.fail("conversations.history", SlackBusy(600), times=9)
    stage.clock.pass_time(seconds=SETTLING.total_seconds())
    stage.send()
    post(stage, "q", "C1")
    stage.send(seconds=2)
    assert_said_once(stage, "q")


def test_a_busy_slack_is_obeyed_and_leaves_no_doubt(stage: Stage) -> None:
    stage.slack.fail("chat.postMessage", SlackBusy(30))
    post(stage, "p", "C1")
    post(stage, "q", "C2")
    stage.send(seconds=29)
    assert said(stage, "p") == []
    assert_said_once(stage, "q")
    assert row_of(stage, "p").in_doubt_at is None
    stage.send(seconds=2)
    assert_said_once(stage, "p")
    assert "conversations.history" not in stage.slack.calls


@pytest.mark.parametrize("code", ["channel_not_found", "not_in_channel", "is_archived", "invalid_blocks"])
def test_what_slack_refuses_for_good_is_parked_with_all_below_it(stage: Stage, code: str) -> None:
    stage.slack.fail("chat.postMessage", SlackRefused(code))
    post(stage, "head", "C1")
    head = row_of(stage, "head")
    post(stage, "page", "C1", parent_id=head.id)
    page = row_of(stage, "page")
    with stage.services.db.writing() as connection:
        say(stage.services, connection).redact(page, 7)
    stage.send(seconds=5)
    states = {row["dedupe_key"]: (row["state"], row["error"]) for row in stage.rows("outbox")}
    assert states == {
        "head": ("parked", code),
        "page": ("parked", "parent_not_posted"),
        f"redact:{page.id}:7": ("parked", "parent_not_posted"),
    }
    with stage.services.db.writing() as connection:
        outbox.unpark(connection, stage.clock.real())
    stage.send(seconds=5)
    assert_said_once(stage, "head")
    assert_said_once(stage, "page")


def park_a_digest(stage: Stage) -> dict[str, int]:
    """A head that Slack refused, its page and the page's redaction; gives their ids."""
    stage.slack.fail("chat.postMessage", SlackRefused("not_in_channel"))
    post(stage, "head", "C1")
    post(stage, "page", "C1", parent_id=row_of(stage, "head").id)
    with stage.services.db.writing() as connection:
        say(stage.services, connection).redact(row_of(stage, "page"), 7)
    stage.send(seconds=5)
    return {row["dedupe_key"].split(":")[0]: row["id"] for row in stage.rows("outbox")}


def states(stage: Stage) -> dict[str, str]:
    return {row["dedupe_key"].split(":")[0]: row["state"] for row in stage.rows("outbox")}


@pytest.mark.parametrize("named", ["head", "page", "redact"])
def test_what_belongs_together_is_tried_anew_together(stage: Stage, named: str) -> None:
    ids = park_a_digest(stage)
    post(stage, "other", "C2")
    with stage.services.db.writing() as connection:
        assert outbox.unpark(connection, stage.clock.real(), [ids[named]]) == 3
    stage.send(seconds=5)
    assert set(states(stage).values()) == {"sent"}
    assert_said_once(stage, "head")
    assert_said_once(stage, "page")


def test_a_page_that_was_parked_alone_is_tried_alone(stage: Stage) -> None:
    post(stage, "head", "C1")
    stage.send(seconds=1)
    for key in ("page-1", "page-2"):
        post(stage, key, "C1", parent_id=row_of(stage, "head").id)
    stage.slack.fail("chat.postMessage", SlackRefused("invalid_blocks"), times=2)
    stage.send(seconds=3)
    with stage.services.db.writing() as connection:
        assert outbox.unpark(connection, stage.clock.real(), [row_of(stage, "page-2").id]) == 1
    stage.send(seconds=3)
    assert states(stage) == {"head": "sent", "page-1": "parked", "page-2": "sent"}


@pytest.mark.parametrize(
    ("named", "left"),
    [("head", {"head": "dropped", "page": "dropped"}), ("page", {"head": "parked", "page": "dropped"})],
)
def test_what_belongs_to_a_dropped_post_is_dropped_with_it(
    stage: Stage, named: str, left: dict[str, str]
) -> None:
    ids = park_a_digest(stage)
    with stage.services.db.writing() as connection:
        say(stage.services, connection).redact(row_of(stage, "page"), 7)  # wished for anew: it waits
        dropped = outbox.drop(connection, [ids[named]], stage.clock.now())
    assert dropped == list(left.values()).count("dropped") + 1
    assert states(stage) == {**left, "redact": "dropped"}


@pytest.mark.parametrize("state", ["parked", "dropped"])
def test_what_comes_to_a_post_that_will_not_come_ends_with_it(stage: Stage, state: str) -> None:
    """Also what an older Frontline left waiting for it."""
    stage.slack.fail("chat.postMessage", SlackRefused("not_in_channel"))
    post(stage, "head", "C1")
    stage.send(seconds=1)
    if state == "dropped":
        with stage.services.db.writing() as connection:
            assert outbox.drop(connection, None, stage.clock.now()) == 1
    post(stage, "page", "C1", parent_id=row_of(stage, "head").id)
    with stage.services.db.writing() as connection:
        say(stage.services, connection).update(row_of(stage, "head").id, "never built")
    stage.send(seconds=3)
    assert states(stage) == {"head": state, "page": state, "update": state}
    assert row_of(stage, "page").error == "parent_not_posted"


def test_what_is_tried_anew_is_not_parked_by_who_saw_its_parent_parked(stage: Stage) -> None:
    park_a_digest(stage)
    real, now = stage.clock.real(), stage.clock.now()
    with stage.services.db.writing() as connection:
        say(stage.services, connection).redact(row_of(stage, "page"), 7)
        row = outbox.claim(connection, real, now, real + LEASE, "t")
        assert row is not None and row.kind == "redact"
    with stage.services.db.writing() as connection:
        assert outbox.unpark(connection, real) == 3
        assert not outbox.finish(connection, row, "t", state="parked", real=real, values={})
    assert set(states(stage).values()) == {"pending"}


def test_a_post_parked_in_doubt_is_looked_up_when_it_is_unparked(stage: Stage) -> None:
    """Posted, its answer lost, Frontline removed from the channel, invited again: still said once."""
    stage.slack.lose_answer("chat.postMessage")
    stage.slack.fail("conversations.history", SlackRefused("not_in_channel"))
    post(stage, "p", "C1")
    stage.send(seconds=15)
    assert row_of(stage, "p").state == "parked"
    with stage.services.db.writing() as connection:
        outbox.unpark(connection, stage.clock.real())
    stage.send(seconds=1)
    assert_said_once(stage, "p")


def test_lost_access_gives_nothing_up_however_long_it_lasts(stage: Stage) -> None:
    stage.slack.fail("chat.postMessage", SlackRefused("token_revoked"), times=MOST_ATTEMPTS + 5)
    post(stage, "p", "C1")
    for _ in range(MOST_ATTEMPTS + 6):
        stage.clock.pass_time(seconds=700)
        stage.send()
    assert_said_once(stage, "p")


def test_passing_refusals_are_tried_again_and_parked_in_the_end(stage: Stage) -> None:
    stage.slack.fail("chat.postMessage", SlackRefused("message_limit_exceeded"), times=MOST_ATTEMPTS)
    post(stage, "p", "C1")
    for attempt in range(1, MOST_ATTEMPTS + 1):
        assert row_of(stage, "p").state == "pending", attempt
        stage.clock.pass_time(seconds=700)
        stage.send()
    assert row_of(stage, "p").state == "parked"


def test_our_own_fault_keeps_the_post_lets_others_pass_and_is_parked_in_the_end(stage: Stage) -> None:
    with stage.services.db.writing() as connection:
        say(stage.services, connection).home(ANNA)
    post(stage, "p", "C1")
    with capture_logs():
        for _ in range(MOST_ATTEMPTS):
            send_one(stage.services, {})  # no builder
            send_one(stage.services, {})
            stage.clock.pass_time(seconds=700)
    assert_said_once(stage, "p")
    assert (row_of(stage, f"home:{ANNA}").state, row_of(stage, f"home:{ANNA}").error) == (
        "parked",
        "KeyError",
    )


@pytest.mark.parametrize("minutes", [-29, 29])
def test_a_clock_that_is_wrong_still_finds_what_it_posted(stage: Stage, minutes: int) -> None:
    """Slack stamps messages with its own time."""
    stage.slack.clock = type(stage.clock)(stage.clock.instant, stage.clock.real_instant)
    stage.clock.pass_time(minutes=minutes)
    post_and_die(stage, "p", "C1")
    recover(stage)
    assert_said_once(stage, "p")


def test_a_clock_that_was_put_forward_still_finds_what_it_posted(stage: Stage) -> None:
    """`tick --at` next year, killed after posting: Slack's time is today's."""
    stage.slack.clock = type(stage.clock)(stage.clock.instant, stage.clock.real_instant)
    stage.clock.instant += timedelta(days=365)
    post_and_die(stage, "p", "C1")
    recover(stage)
    assert_said_once(stage, "p")


# --- order and pace ----------------------------------------------------------------------------------------


def test_pages_come_after_their_head_and_in_order(stage: Stage) -> None:
    stage.slack.fail("chat.postMessage", SlackUnclear("http_503"))
    post(stage, "head", "C1")
    for number in range(5):
        post(stage, f"page-{number}", "C1", parent_id=row_of(stage, "head").id)
    post(stage, "next", "C1")
    stage.send(seconds=30)
    standing = [key_of(one) for one in stage.slack.posts("C1")]
    assert [key for key in standing if key != "next"] == ["head", *(f"page-{n}" for n in range(5))]
    assert standing.index("next") > standing.index("head")
    root = stage.slack.posts("C1")[0]["ts"]
    assert {one.get("thread_ts") for one in stage.slack.posts("C1") if "page" in key_of(one)} == {root}


def test_a_post_that_must_wait_holds_up_its_own_lane_alone(stage: Stage) -> None:
    stage.slack.fail("chat.postMessage", SlackUnclear("http_503"))
    for key, channel in (("a1", "CA"), ("a2", "CA"), ("b1", "CB")):
        post(stage, key, channel)
    stage.send(seconds=3)
    assert [len(said(stage, key)) for key in ("a1", "a2", "b1")] == [0, 0, 1]
    stage.send(seconds=20)
    assert [key_of(one) for one in stage.slack.posts("CA")] == ["a1", "a2"]


def test_a_channel_gets_one_post_a_second(stage: Stage) -> None:
    for number in range(3):
        post(stage, f"p{number}", "C1")
        post(stage, f"q{number}", "C2")
    seen = []
    for _ in range(4):
        stage.send()
        seen.append((len(stage.slack.posts("C1")), len(stage.slack.posts("C2"))))
        stage.clock.pass_time(seconds=1)
    assert seen == [(1, 1), (2, 2), (3, 3), (3, 3)]


def test_a_post_is_written_once_whoever_asks_again(stage: Stage) -> None:
    post(stage, "p", "C1")
    with stage.services.db.writing() as connection:
        assert say(stage.services, connection).post("p", "C1", {"text": "other"}) is None
    stage.send(seconds=3)
    assert [one["text"] for one in said(stage, "p")] == ["p"]


def test_several_senders_never_send_a_row_twice(stage: Stage) -> None:
    keys = [f"p{number}" for number in range(24)]
    for key in keys:
        post(stage, key, f"C-{key}")
    together = threading.Barrier(4, timeout=20)

    def run() -> int:
        together.wait()
        misses = sent = 0
        while misses < 3:
            if send(stage):
                sent += 1
            else:
                misses += 1
        return sent

    with ThreadPoolExecutor(4) as threads:
        running = [threads.submit(run) for _ in range(4)]
        assert sum(one.result() for one in running) == len(keys)
    for key in keys:
        assert_said_once(stage, key)


def test_who_lost_the_claim_records_nothing(stage: Stage) -> None:
    """Slower than its lease: the post stands, and its new owner finds it."""

    def take_over(when: str, method: str) -> None:
        if (when, method) == ("after", "chat.postMessage"):
            stage.slack.watch = lambda when, method: None
            stage.clock.pass_time(seconds=LEASE.total_seconds() + 1)
            assert send(stage)

    post(stage, "p", "C1")
    stage.slack.watch = take_over
    assert send(stage)
    assert_said_once(stage, "p")


def test_who_lost_the_claim_overturns_nothing(stage: Stage) -> None:
    """Refused, but only after its lease had ended and another had posted."""

    def take_over(when: str, method: str) -> None:
        if (when, method) == ("before", "chat.postMessage"):
            stage.slack.watch = lambda when, method: None
            stage.clock.pass_time(seconds=LEASE.total_seconds() + 1)
            assert send(stage)
            stage.slack.fail("chat.postMessage", SlackRefused("not_in_channel"))

    post(stage, "p", "C1")
    stage.slack.watch = take_over
    assert send(stage)
    assert_said_once(stage, "p")


def test_who_lost_the_claim_while_looking_up_posts_nothing(stage: Stage) -> None:
    """Slack was so slow to tell that nothing stands that another has posted meanwhile."""

    def take_over(when: str, method: str) -> None:
        if (when, method) == ("after", "conversations.history"):
            stage.slack.watch = lambda when, method: None
            stage.clock.pass_time(seconds=LEASE.total_seconds() + 1)
            assert send(stage)

    stage.slack.fail("chat.postMessage", SlackUnclear("http_500"))
    post(stage, "p", "C1")
    assert send(stage)
    stage.clock.pass_time(seconds=SETTLING.total_seconds())
    stage.slack.watch = take_over
    assert send(stage)
    assert_said_once(stage, "p")


def slowly(stage: Stage, seconds: float) -> None:
    """Let each call to Slack take so long, while another process sends what it may."""

    def take_time(when: str, method: str) -> None:
        if when == "before":
            stage.slack.watch = lambda when, method: None
            stage.clock.pass_time(seconds=seconds)
            stage.send()
            stage.slack.watch = take_time

    stage.slack.watch = take_time


def test_slow_calls_before_the_post_leave_it_its_lease(stage: Stage) -> None:
    direct(stage, "p", "1")  # conversations.open, then chat.postMessage
    slowly(stage, LEASE.total_seconds() - 1)
    assert send(stage)
    stage.slack.watch = lambda when, method: None
    recover(stage)
    assert_said_once(stage, "p")
    assert stage.slack.calls.count("chat.postMessage") == 1


def test_each_plainer_form_of_a_post_has_its_own_lease(stage: Stage) -> None:
    forms = [[{"type": kind}] for kind in ("chart", "table", "section")]
    with stage.services.db.writing() as connection:
        rich = {"text": "p", "blocks": forms[0], PLAINER: forms[1:]}
        say(stage.services, connection).post("p", "C1", rich)
    stage.slack.fail("chat.postMessage", SlackRefused("invalid_blocks"), times=2)
    slowly(stage, LEASE.total_seconds() / 2)
    assert send(stage)
    assert_said_once(stage, "p")
    assert stage.slack.calls.count("chat.postMessage") == 3


def test_who_was_frozen_before_it_posts_posts_nothing(stage: Stage) -> None:
    """Its lease ended meanwhile, and another has posted."""

    def take_over(when: str, method: str) -> None:
        if (when, method) == ("after", "conversations.open"):
            stage.slack.watch = lambda when, method: None
            stage.clock.pass_time(seconds=LEASE.total_seconds() + 1)
            assert send(stage)

    direct(stage, "p", "1")
    stage.slack.watch = take_over
    assert send(stage)
    assert_said_once(stage, "p")


# --- expiry ------------------------------------------------------------------------------------------------


def test_what_comes_too_late_is_dropped_with_its_pages(stage: Stage) -> None:
    until = stage.clock.now() + timedelta(hours=1)
    post(stage, "head", "C1", expires_at=until)
    post(stage, "page", "C1", parent_id=row_of(stage, "head").id, expires_at=until)
    stage.clock.pass_time(hours=1)
    stage.send(seconds=2)
    assert stage.slack.posts("C1") == []
    states = {(row["state"], row["error"]) for row in stage.rows("outbox")}
    assert states == {("dropped", "expired"), ("dropped", "parent_not_posted")}


def test_what_is_in_doubt_is_looked_up_even_when_its_time_is_over(stage: Stage) -> None:
    stage.slack.lose_answer("chat.postMessage")
    post(stage, "p", "C1", expires_at=stage.clock.now() + timedelta(seconds=5))
    post(stage, "page", "C1", parent_id=row_of(stage, "p").id)
    stage.send(seconds=15)
    assert_said_once(stage, "p")
    assert_said_once(stage, "page")


def test_what_has_expired_in_doubt_holds_up_none_of_its_lane(stage: Stage) -> None:
    """However long Slack does not tell whether it stands: it will not be said any more."""
    stage.slack.lose_answer("chat.postMessage")
    stage.slack.fail("conversations.history", SlackUnclear("http_503"), times=3)
    post(stage, "p", "C1", expires_at=stage.clock.now() + timedelta(seconds=15))
    post(stage, "q", "C1")
    stage.send(seconds=14)
    assert said(stage, "q") == []
    stage.send(seconds=3)
    assert_said_once(stage, "q")
    assert row_of(stage, "p").state == "pending"
    stage.send(seconds=60)
    assert_said_once(stage, "p")


# --- wishes ------------------------------------------------------------------------------------------------


def react(stage: Stage, ts: str, *, on: bool) -> None:
    with stage.services.db.writing() as connection:
        say(stage.services, connection).react("C1", ts, "inbox_tray", on=on)


def test_the_newest_wish_stands(stage: Stage) -> None:
    ts = stage.slack.say("C1", ANNA, "hello")
    for wishes in ([True], [False], [True, False, True], [False], [True, True]):
        for wish in wishes:
            react(stage, ts, on=wish)
        stage.send()
        assert stage.slack.own_reactions("C1", ts) == ({"inbox_tray"} if wishes[-1] else set()), wishes
    assert len(stage.rows("outbox")) == 1


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("problem", [None, SlackBusy(5), SlackUnclear("lost"), SlackRefused("fatal")])
def test_a_wish_that_comes_while_the_older_one_is_sent_stands_in_the_end(
    stage: Stage, when: str, problem: Exception | None
) -> None:
    ts = stage.slack.say("C1", ANNA, "hello")
    # A demo's clock runs ahead of the real one: nothing may wait for it.
    stage.clock.instant += timedelta(days=7)

    def change_mind(at: str, method: str) -> None:
        if (at, method) == (when, "reactions.add"):
            stage.slack.watch = lambda when, method: None
            react(stage, ts, on=False)
            assert not send(stage), "the older one is still under way, and might end last"

    react(stage, ts, on=True)
    if problem is not None:
        assert isinstance(problem, SlackBusy | SlackUnclear | SlackRefused)
        stage.slack.faults.append(Fault("reactions.add", problem, acts=when == "after"))
    stage.slack.watch = change_mind
    assert send(stage)
    stage.send(seconds=15)
    assert stage.slack.own_reactions("C1", ts) == set()
    (row,) = stage.rows("outbox")
    assert row["state"] == "sent"


def test_a_home_tab_is_built_when_it_is_sent(stage: Stage) -> None:
    with stage.services.db.writing() as connection:
        voice = say(stage.services, connection)
        voice.home(BEN)
        voice.home(BEN)
        workspace.save_language(connection, TEAM, BEN, "en")
    stage.send()
    assert stage.slack.calls == ["views.publish"]
    assert "My insights" in str(stage.slack.homes[BEN])


def test_a_reaction_at_a_message_that_is_gone_is_done_with(stage: Stage) -> None:
    react(stage, "1772442000.000001", on=True)
    stage.send()
    (row,) = stage.rows("outbox")
    assert row["state"] == "sent"


@pytest.mark.parametrize("kind", ["note", "answer"])
def test_what_is_said_to_one_person_is_not_kept(stage: Stage, kind: str) -> None:
    """Nothing could take a quote out of it once its message is deleted."""
    with stage.services.db.writing() as connection:
        voice = say(stage.services, connection)
        if kind == "note":
            voice.note("k", "C1", ANNA, {"text": "zebrafish"})
        else:
            voice.answer("k", "https://hooks.slack.test/1", {"text": "zebrafish"})
    stage.send()
    assert "zebrafish" in str([*stage.slack.notes, *stage.slack.answers])
    assert "zebrafish" not in stage.everything()


def test_a_wish_waits_for_its_turn_after_a_crash_and_is_then_carried_out(stage: Stage) -> None:
    ts = stage.slack.say("C1", ANNA, "hello")
    react(stage, ts, on=True)
    with watched(stage, Killer(7)):
        send(stage)
    react(stage, ts, on=False)
    with stage.services.db.writing() as connection:
        connection.execute(update(table).values(due_at=stage.clock.real() + LEASE))
    stage.clock.pass_time(seconds=LEASE.total_seconds())
    stage.send()
    assert stage.slack.own_reactions("C1", ts) == set()
