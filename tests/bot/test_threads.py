"""Replies in threads that Frontline opened: taken once each, by whatever path; edits and deletions follow."""

from collections.abc import Mapping

import pytest
from sqlalchemy import Connection, update

from bot import threads as rules
from bot.catchup import CatchUp
from bot.inbox import Incoming, Worker, work_one
from bot.insights.source import message_changed, message_deleted
from bot.say import Say
from bot.slack import SlackUnclear, SourceMessage
from bot.threads import Follower, open_thread
from bot.workers import WORKERS
from storage import threads
from storage.database import Database
from storage.outbox import drop
from storage.tables import outbox
from storage.threads import Thread
from tests.stage import Stage, make_stage
from tests.support import ANNA, BEN, GUEST, MARKETING, MIA, STRANGER, TEAM, say


class Told:
    """A feature that notes what it is told of."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        follower = Follower(self.taken, self.edited, self.removed)
        followers = {"topic": follower}
        self.workers: Mapping[str, Worker] = {
            **WORKERS,
            "thread_reply": rules.reply_taken(followers),
            "message_changed": rules.both(message_changed, rules.reply_changed(followers)),
            "message_deleted": rules.both(message_deleted, rules.reply_removed(followers)),
        }

    def taken(self, connection: Connection, say: Say, thread: Thread, message: SourceMessage) -> None:
        self.heard.append(f"{thread.subject} + {message.text}")

    def edited(self, connection: Connection, say: Say, thread: Thread, message: SourceMessage) -> None:
        self.heard.append(f"{thread.subject} = {message.text}")

    def removed(self, connection: Connection, say: Say, thread: Thread, channel_id: str, ts: str) -> None:
        self.heard.append(f"{thread.subject} -")

    def work(self, stage: Stage) -> list[str]:
        while work_one(stage.services, self.workers):
            pass
        heard, self.heard = self.heard, []
        return heard


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database)


def begin(stage: Stage, subject: str = "7") -> int:
    with stage.services.db.writing() as connection:
        voice = say(stage.services, connection)
        post = voice.post(f"prompt:{subject}", MARKETING, {"text": "What is new?", "blocks": []})
        assert post is not None
        open_thread(connection, voice, stage.bridge.id, "topic", subject, post)
    return post


def opened(stage: Stage, subject: str = "7") -> str:
    """A thread that stands in Slack; gives its first message's `ts`."""
    begin(stage, subject)
    stage.send()
    return str(stage.slack.posts(MARKETING)[-1]["ts"])


def answer(stage: Stage, root: str, text: str, user: str = MIA, **more: object) -> str:
    ts = stage.slack.say(MARKETING, user, text, thread_ts=root, **more)
    stage.hear(Incoming("thread_reply", f"thread_reply:{MARKETING}:{ts}", MARKETING, ts, user, root))
    return ts


def follow(stage: Stage, kind: str, ts: str, stamp: str = "1") -> None:
    stage.hear(Incoming(kind, f"{kind}:{MARKETING}:{ts}:{stamp}", MARKETING, ts))


def catch_up(stage: Stage) -> None:
    catching = CatchUp(stage.services, days=14)
    catching.begin()
    while catching.work_one():
        pass


def test_a_reply_is_taken_once_and_its_edit_and_deletion_follow(stage: Stage) -> None:
    told, root = Told(), opened(stage)
    ts = answer(stage, root, "prices")
    assert told.work(stage) == ["7 + prices"]
    stage.slack.edit(MARKETING, ts, "price lists")
    follow(stage, "message_changed", ts)
    assert told.work(stage) == ["7 = price lists"]
    stage.slack.delete(MARKETING, ts)
    follow(stage, "message_deleted", ts)
    follow(stage, "message_deleted", ts, "2")
    assert told.work(stage) == ["7 -"]


def test_what_comes_by_two_paths_is_taken_once(stage: Stage) -> None:
    told, root = Told(), opened(stage)
    ts = answer(stage, root, "prices")
    stage.hear(Incoming("thread_reply", "another key", MARKETING, ts, MIA, root))
    assert told.work(stage) == ["7 + prices"]


def test_answers_of_guests_outsiders_bots_and_ourselves_are_not_taken(stage: Stage) -> None:
    told, root = Told(), opened(stage)
    for user in (GUEST, STRANGER, "UBOT"):
        answer(stage, root, "no", user)
    answer(stage, root, "no", MIA, bot_id="BOTHER")
    assert told.work(stage) == []
    assert stage.rows("thread_replies") == []


def test_a_reply_elsewhere_is_no_answer(stage: Stage) -> None:
    told, _ = Told(), opened(stage)
    other = stage.slack.say(MARKETING, MIA, "by the way")
    answer(stage, other, "yes?")
    assert told.work(stage) == []


def test_an_answer_that_comes_before_the_post_is_recorded_waits_for_it(stage: Stage) -> None:
    told = Told()
    begin(stage)
    stage.slack.lose_answer("chat.postMessage")
    stage.send()
    root = str(stage.slack.posts(MARKETING)[-1]["ts"])
    answer(stage, root, "quick")
    assert told.work(stage) == []
    stage.send(seconds=15)
    stage.clock.pass_time(seconds=60)
    assert told.work(stage) == ["7 + quick"]


def test_a_closed_thread_takes_only_what_was_written_before(stage: Stage) -> None:
    told, root = Told(), opened(stage)
    early = answer(stage, root, "in time")
    stage.clock.pass_time(minutes=5)
    with stage.services.db.writing() as connection:
        thread = threads.about(connection, TEAM, "topic", "7")
        assert thread is not None
        threads.close_thread(connection, thread.id, stage.clock.now())
    stage.clock.pass_time(minutes=5)
    answer(stage, root, "too late")
    assert early
    assert told.work(stage) == ["7 + in time"]


def test_catching_up_finds_answers_edits_and_deletions(stage: Stage) -> None:
    told, root = Told(), opened(stage)
    kept = answer(stage, root, "one")
    gone = answer(stage, root, "two")
    assert told.work(stage) == ["7 + one", "7 + two"]
    missed = stage.slack.say(MARKETING, BEN, "three", thread_ts=root)
    stage.slack.edit(MARKETING, kept, "one more")
    stage.slack.standing[MARKETING][kept]["edited"] = {"ts": "1772442000.000000"}
    stage.slack.delete(MARKETING, gone)
    catch_up(stage)
    assert missed
    assert sorted(told.work(stage)) == ["7 + three", "7 -", "7 = one more"]
    catch_up(stage)
    assert told.work(stage) == []


@pytest.mark.parametrize("root_on_every_page", [True, False])
def test_pages_of_a_long_thread_take_nothing_away(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, root_on_every_page: bool
) -> None:
    told, root = Told(), opened(stage)
    stamps = [answer(stage, root, str(number)) for number in range(6)]
    assert len(told.work(stage)) == 6

    def pages(channel: str, ts: str, limit: int, cursor: str = "0") -> dict[str, object]:
        begin = int(cursor)
        thread = [
            stage.slack.standing[MARKETING][one] for one in stamps if one in stage.slack.standing[MARKETING]
        ]
        head = [stage.slack.standing[MARKETING][root]] if root_on_every_page or begin == 0 else []
        following = str(begin + 2) if begin + 2 < len(thread) else ""
        return {
            "messages": [*head, *thread[begin : begin + 2]],
            "response_metadata": {"next_cursor": following},
        }

    monkeypatch.setattr(stage.slack, "_conversations_replies", pages)
    catch_up(stage)
    assert told.work(stage) == []
    stage.slack.delete(MARKETING, stamps[2])
    catch_up(stage)
    assert told.work(stage) == ["7 -"]


def test_nothing_is_taken_while_slack_cannot_be_read(stage: Stage) -> None:
    told, root = Told(), opened(stage)
    answer(stage, root, "prices", ANNA)
    stage.slack.fail("reactions.get", SlackUnclear("TimeoutError"))
    assert told.work(stage) == []
    stage.clock.pass_time(seconds=5)
    assert told.work(stage) == ["7 + prices"]


def test_a_reply_waits_for_as_long_as_its_threads_beginning_is_in_doubt(stage: Stage) -> None:
    """While Slack is away for hours neither is given up; what an operator drops is waited for no more."""
    begin(stage)
    stage.slack.fail("chat.postMessage", SlackUnclear("TimeoutError"))
    stage.send()
    answer(stage, stage.slack.say(MARKETING, "UBOT", "What is new?"), "prices")
    told = Told()
    for _ in range(20):
        assert told.work(stage) == []
        stage.clock.pass_time(minutes=20)
    assert [row["state"] for row in stage.rows("inbox")] == ["pending"]
    with stage.services.db.writing() as connection:
        connection.execute(update(outbox).values(state="parked"))
        assert drop(connection, None, stage.clock.now()) == 1
    stage.clock.pass_time(minutes=20)
    assert told.work(stage) == []
    assert [row["state"] for row in stage.rows("inbox")] == ["done"]
