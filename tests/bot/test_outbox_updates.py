"""Posts that are brought up to date, and files: the newest state stands, and each file comes once."""

from collections.abc import Mapping
from typing import Any

import pytest

from bot.outbox import LEASE, Builder, send_one
from bot.services import Services
from bot.slack import SlackRefused
from bot.workers import BUILDERS
from storage.database import Database
from storage.outbox import OutboxRow
from tests.stage import Stage, make_stage
from tests.support import ANNA, MARKETING, SALES, say


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database)


class Counter(dict[str, Builder]):
    """Builds posts and files that say how things stand."""

    def __init__(self) -> None:
        self.state = "one"
        super().__init__({**BUILDERS, "state": self.build, "file": self.build_file})

    def build(self, services: Services, row: OutboxRow) -> Mapping[str, Any]:
        return {"text": f"{self.state} {row.payload['name']}", "blocks": []} if self.state else {}

    def build_file(self, services: Services, row: OutboxRow) -> Mapping[str, Any]:
        return {"content": self.state.encode(), "title": "Report"}


def send(stage: Stage, builders: Counter, seconds: int = 0) -> None:
    for _ in range(seconds + 1):
        while send_one(stage.services, builders):
            pass
        stage.clock.pass_time(seconds=1)


def post(stage: Stage, key: str = "card:1") -> int:
    with stage.services.db.writing() as connection:
        row_id = say(stage.services, connection).post(key, MARKETING, {"text": "first", "blocks": []})
    assert row_id is not None
    return row_id


def update(stage: Stage, post_id: int, name: str = "card") -> None:
    with stage.services.db.writing() as connection:
        say(stage.services, connection).update(post_id, "state", name=name)


def standing(stage: Stage) -> list[str]:
    return [one["text"] for one in stage.slack.posts(MARKETING)]


def test_an_update_says_how_things_stand_when_it_is_sent(stage: Stage) -> None:
    card, builders = post(stage), Counter()
    update(stage, card, "old")
    update(stage, card, "new")
    builders.state = "two"
    send(stage, builders)
    assert standing(stage) == ["two new"]
    assert stage.slack.calls.count("chat.update") == 1


def test_an_update_waits_for_its_post(stage: Stage) -> None:
    card, builders = post(stage), Counter()
    update(stage, card)
    stage.slack.lose_answer("chat.postMessage")
    send(stage, builders)
    assert standing(stage) == ["first"]
    send(stage, builders, seconds=15)
    assert standing(stage) == ["one card"]


def test_a_newer_wish_is_carried_out_after_an_older_one(stage: Stage) -> None:
    card, builders = post(stage), Counter()
    update(stage, card)
    send(stage, builders)
    builders.state = "two"
    update(stage, card)
    send(stage, builders)
    assert standing(stage) == ["two card"]


def test_nothing_to_say_changes_nothing(stage: Stage) -> None:
    card, builders = post(stage), Counter()
    builders.state = ""
    update(stage, card)
    send(stage, builders)
    assert standing(stage) == ["first"]
    assert {row["state"] for row in stage.rows("outbox")} == {"sent"}


def test_a_deletion_reaches_what_an_update_has_shown(stage: Stage) -> None:
    ts = stage.slack.say(SALES, ANNA, "secret plan")
    stage.flag(ANNA, ts)
    card = post(stage)
    with stage.services.db.writing() as connection:
        say(stage.services, connection).update(
            card, "state", name="x", quoted=[stage.insight(ts).id, stage.insight(ts).id]
        )
    send(stage, Counter())
    stage.delete(ts)
    assert [row["kind"] for row in stage.rows("outbox") if row["state"] == "pending"].count("redact") == 1


def share(stage: Stage, **where: Any) -> None:
    with stage.services.db.writing() as connection:
        voice = say(stage.services, connection)
        voice.file("export:1", "file", "report.csv", comment="Here it is", **where)


def test_a_file_comes_to_the_person_once(stage: Stage) -> None:
    builders = Counter()
    share(stage, user_id=ANNA)
    share(stage, user_id=ANNA)
    send(stage, builders)
    ((name, content),) = stage.slack.shared_files(f"D{ANNA[1:]}")
    assert name.startswith("report-") and name.endswith(".csv") and content == b"one"


@pytest.mark.parametrize("in_thread", [False, True])
def test_a_file_whose_answer_was_lost_is_not_sent_again(stage: Stage, in_thread: bool) -> None:
    builders = Counter()
    share(stage, **({"parent_id": post(stage)} if in_thread else {"user_id": ANNA}))
    stage.slack.lose_answer("files.completeUploadExternal")
    send(stage, builders, seconds=20)
    assert len(stage.slack.shared_files(MARKETING if in_thread else f"D{ANNA[1:]}")) == 1
    assert {row["state"] for row in stage.rows("outbox")} == {"sent"}


def test_a_file_that_is_slow_to_upload_comes_once(stage: Stage) -> None:
    """Another process may only look for it when its sharing has had its time."""
    builders = Counter()
    share(stage, user_id=ANNA)

    def take_time(when: str, method: str) -> None:
        if when == "before":
            stage.slack.watch = lambda when, method: None
            stage.clock.pass_time(seconds=LEASE.total_seconds() / 2)
            while send_one(stage.services, builders):
                pass
            stage.slack.watch = take_time

    stage.slack.watch = take_time
    assert send_one(stage.services, builders)
    assert len(stage.slack.shared_files(f"D{ANNA[1:]}")) == 1


def test_a_file_that_slack_did_not_take_comes_later(stage: Stage) -> None:
    share(stage, user_id=ANNA)
    stage.slack.fail("files.completeUploadExternal", SlackRefused("internal_error"))
    send(stage, Counter(), seconds=20)
    assert len(stage.slack.shared_files(f"D{ANNA[1:]}")) == 1
