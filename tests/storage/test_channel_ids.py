"""A channel's new id is followed everywhere: nothing is kept of the old one, and no column is forgotten."""

import re

import pytest
from sqlalchemy import insert, update

from bot.inbox import Incoming, work_one
from bot.workers import WORKERS
from storage import catchup
from storage.channel_ids import FOLLOWED, LEFT, follow_channel
from storage.database import Database
from storage.tables import (
    erased_insights,
    metadata,
    outbox,
    thread_replies,
    threads,
)
from tests.bot.erasure.life import live
from tests.bot.questions.desk import Asking
from tests.stage import Stage, make_stage
from tests.support import ANNA, MARKETING, MIA, SALES, TEAM, say

NEW = "CNEWSALES"
NEW_MARKETING = "CNEWMARKETING"


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database)


def follow(stage: Stage, old: str = SALES, new: str = NEW) -> None:
    with stage.services.db.writing() as connection:
        follow_channel(connection, TEAM, old, new)


def test_every_column_that_is_named_after_channels_was_decided_about() -> None:
    named = {
        column for table in metadata.sorted_tables for column in table.columns if "channel" in column.name
    }
    assert {str(one) for one in named - FOLLOWED - LEFT.keys()} == set()
    assert FOLLOWED.isdisjoint(LEFT)


def test_after_a_whole_life_the_old_id_stands_nowhere_but_where_it_was_left(database: Database) -> None:
    """Whatever the columns are called: life fills all tables (tests/bot/erasure/test_everywhere.py)."""
    stage = live(database).stage
    follow(stage, SALES, NEW)
    follow(stage, MARKETING, NEW_MARKETING)
    with stage.services.db.writing() as connection:  # what was said is history, and forgotten by and by
        said = outbox.c.state.in_(("sent", "dropped"))
        connection.execute(update(outbox).where(said).values(payload=None))
    old_ids = re.compile(rf"\b({SALES}|{MARKETING})\b")  # there is a CSALES2 too
    left = {str(one) for one in LEFT}
    for table in metadata.sorted_tables:
        for row in stage.rows(table.name):
            for name, value in row.items():
                if f"{table.name}.{name}" not in left:
                    assert not old_ids.search(repr(value)), (table.name, name, value)


def test_what_waits_is_worked_on_under_the_new_id(stage: Stage) -> None:
    ts = stage.slack.say(SALES, ANNA, "Acme gives 25% off")
    stage.reaction(ANNA, ts)
    stage.slack.standing[NEW] = stage.slack.standing.pop(SALES)
    follow(stage)
    stage.work()
    assert stage.insight(ts, NEW).text == "Acme gives 25% off"
    assert stage.of_message(ts) is None


def test_who_had_an_event_in_hand_loses_it(stage: Stage) -> None:
    """Else it would make an insight under the old id, which nothing would ever follow."""
    ts = stage.slack.say(SALES, ANNA, "Acme gives 25% off")
    stage.reaction(ANNA, ts)

    def followed(when: str, method: str) -> None:
        if (when, method) == ("after", "chat.getPermalink"):
            stage.slack.watch = lambda when, method: None
            follow(stage)
            stage.slack.standing[NEW] = stage.slack.standing.pop(SALES)

    stage.slack.watch = followed
    assert work_one(stage.services, WORKERS)
    assert stage.all() == []
    stage.clock.pass_time(minutes=3)
    stage.work()
    assert stage.insight(ts, NEW).channel_id == NEW


def test_a_deletion_reaches_what_was_posted_under_the_old_id(stage: Stage) -> None:
    ts = stage.slack.say(SALES, ANNA, "Acme gives 25% off")
    stage.flag(ANNA, ts)
    with stage.services.db.writing() as connection:
        voice = say(stage.services, connection)
        voice.post("k", MARKETING, {"text": "x", "blocks": []}, quoted=[stage.insight(ts).id])
    stage.send()
    follow(stage, MARKETING, NEW_MARKETING)
    stage.delete(ts)
    places = {row["kind"]: row["channel_id"] for row in stage.rows("outbox") if row["target_ts"]}
    assert places["redact"] == NEW_MARKETING


def test_a_question_goes_on_where_its_channel_is_now(stage: Stage) -> None:
    asking = Asking(stage)
    asking.ask("What do customers fear?")
    root = asking.root()
    stage.slack.standing[NEW] = stage.slack.standing.pop(SALES)
    stage.slack.inside[NEW] = {ANNA, MIA}
    stage.hear(Incoming("channel_id_changed", f"channel_id_changed:{SALES}:{NEW}", SALES, item=NEW))
    stage.work()
    (question,) = stage.rows("questions")
    assert NEW in question["channel_ids"]
    assert SALES not in question["channel_ids"]
    stage.reply(ANNA, root, "The price", NEW)
    assert [one.text for one in stage.all()] == ["The price"]
    asking.close("A leaflet")
    assert all(row["closed_at"] for row in stage.rows("threads"))


def test_a_post_in_doubt_keeps_the_key_by_which_it_is_looked_up(stage: Stage) -> None:
    """It may stand in Slack with that key, and must not be posted again."""
    with stage.services.db.writing() as connection:
        voice = say(stage.services, connection)
        voice.post(f"post:{SALES}", SALES, {"text": "x", "blocks": []})
        voice.post(f"later:{SALES}", SALES, {"text": f"see <#{SALES}>", "blocks": []})
    stage.slack.lose_answer("chat.postMessage")
    stage.send()
    stage.slack.standing[NEW] = stage.slack.standing.pop(SALES)
    follow(stage)
    stage.clock.pass_time(minutes=5)
    stage.send(5)
    rows = {row["dedupe_key"]: row for row in stage.rows("outbox")}
    assert set(rows) == {f"post:{SALES}", f"later:{NEW}"}
    assert [row["state"] for row in rows.values()] == ["sent", "sent"]
    assert [one["text"] for one in stage.slack.posts(NEW)] == ["x", f"see <#{NEW}>"]
    assert SALES not in stage.slack.standing


def test_what_was_erased_is_known_under_the_new_id(stage: Stage) -> None:
    now = stage.clock.now()
    row = {"team_id": TEAM, "number": 1, "message_ts": "1.000001", "captured_at": now, "erased_at": now}
    with stage.services.db.writing() as connection:
        connection.execute(insert(erased_insights).values(**row, channel_id=SALES))
    follow(stage)
    assert [one["channel_id"] for one in stage.rows("erased_insights")] == [NEW]


def test_a_reading_under_way_begins_anew_and_once(stage: Stage) -> None:
    now = stage.clock.now()
    job = {"kind": "history", "oldest_ts": "0", "cursor": "of the old id", "due_at": now, "begun_at": now}
    with stage.services.db.writing() as connection:
        for channel_id in (SALES, "CSALES2"):
            catchup.ask_for(connection, TEAM, {**job, "channel_id": channel_id})
    follow(stage)
    follow(stage, NEW, "CSALES2")  # known already
    (left,) = stage.rows("catchup_jobs")
    assert left["channel_id"] == "CSALES2"


def test_what_is_known_under_the_new_id_already_stays(stage: Stage) -> None:
    now = stage.clock.now()
    with stage.services.db.writing() as connection:
        voice = say(stage.services, connection)
        for channel_id, subject in ((SALES, f"7:{SALES}"), (NEW, f"7:{NEW}")):
            post = voice.post(f"q:{channel_id}", channel_id, {"text": "x", "blocks": []})
            values = {"team_id": TEAM, "bridge_id": stage.bridge.id, "kind": "topic", "subject": subject}
            thread = connection.execute(
                insert(threads).values(**values, outbox_id=post, opened_at=now).returning(threads.c.id)
            ).scalar_one()
            reply = {"team_id": TEAM, "message_ts": "1.000001", "thread_id": thread, "user_id": MIA}
            connection.execute(insert(thread_replies).values(**reply, channel_id=channel_id, taken_at=now))
    follow(stage)
    assert {row["subject"] for row in stage.rows("threads")} == {f"7:{SALES}", f"7:{NEW}"}
    assert {row["dedupe_key"] for row in stage.rows("outbox")} == {f"q:{SALES}", f"q:{NEW}"}
