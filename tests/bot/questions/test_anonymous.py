"""An anonymous answer is nobody's: no table says whose, no post names her, and each person answers once."""

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.errors import FormError, UserError
from bot.gestures import Open, Reply
from bot.insights.change import may_see
from bot.insights.rules import ANONYMOUS
from bot.questions.anonymous import open_answer
from bot.workspace.access import viewer
from storage import bridges, questions, workspace
from storage.database import Database
from storage.tables import metadata
from tests.bot.questions.desk import Asking
from tests.stage import Stage, make_stage
from tests.support import ANNA, BEN, BOT, GUEST, MARKETING, MIA, SALES, SALES_2, STRANGER, TEAM, TOM, person

CROWD = [f"UCROWD{n}" for n in range(6)]


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database)


@pytest.fixture
def desk(stage: Stage) -> Asking:
    return Asking(stage)


def crowd(stage: Stage) -> None:
    """Six more people come to SALES, so that nine are asked."""
    with stage.services.db.writing() as connection:
        for user in CROWD:
            workspace.save_person(connection, TEAM, person(user), stage.clock.now())
        workspace.replace_members(connection, TEAM, SALES, [ANNA, BEN, TOM, GUEST, *CROWD])


def sentence(refused: pytest.ExceptionInfo[UserError]) -> str:
    return refused.value.message.msgid.format(**refused.value.message.params)


def said_of(stage: Stage, user: str) -> list[tuple[str, Any]]:
    """Every row of every table that holds the person's id, and the tables in which it may: the directory."""
    known = {"people", "channel_members", "person_settings", "bridge_managers", "bridges"}
    with stage.services.db.reading() as connection:
        return [
            (table.name, row)
            for table in metadata.sorted_tables
            if table.name not in known
            for row in connection.exec_driver_sql(f'SELECT * FROM "{table.name}"')
            if user in repr(row)
        ]


# --- the promise -------------------------------------------------------------------------------------------


def test_nothing_that_is_stored_said_or_logged_names_who_answered(stage: Stage, desk: Asking) -> None:
    crowd(stage)
    desk.ask(anonymous=True)
    desk.root()
    with capture_logs() as logged:
        answer = desk.answer("competitor: Acme gives 25% off", ANNA)
        stage.work()
        stage.send(seconds=15)
    assert isinstance(answer, Reply) and "without your name" in str(answer.message)
    (one,) = desk.answers
    assert (one.source, one.category, one.text) == (ANONYMOUS, "competitor", "competitor: Acme gives 25% off")
    assert (one.author_id, one.author_name, one.channel_id, one.message_ts) == (None, None, None, None)
    assert one.reporter_id == BOT.user_id
    assert f"{one.said_at:%H:%M}" == "23:00", "the day alone, which begins so in Berlin"
    assert said_of(stage, ANNA) == []
    assert ANNA not in str(stage.slack.standing) + str(stage.slack.notes) + str(logged)
    assert "Anna" not in str(stage.slack.standing)


def test_at_its_end_all_is_destroyed_by_which_who_answered_could_be_found(stage: Stage, desk: Asking) -> None:
    desk.ask(anonymous=True)
    desk.answer("Price", ANNA)
    (row,) = stage.rows("questions")
    assert re.fullmatch("[0-9a-f]{64}", row["voice_key"]) and len(row["voices"]) == 1
    desk.close()
    (row,) = stage.rows("questions")
    assert (row["voice_key"], row["voices"]) == (None, None)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(st.permutations([ANNA, BEN, TOM]))
def test_the_order_of_the_hashes_does_not_tell_who_came_first(stage: Stage, order: list[str]) -> None:
    """They are sorted, so that of two databases that got the same answers each holds the same."""
    with stage.services.db.writing() as connection:
        values = {"bridge_id": stage.bridge.id, "asked_by": MIA, "text": "x", "channel_ids": [SALES]}
        at = {"asked_at": stage.clock.now(), "is_anonymous": True, "voice_key": "k"}
        number = questions.add(connection, TEAM, values | at)
        for user in order:
            assert questions.speak(connection, number, f"hash of {user}")
    (row,) = [one for one in stage.rows("questions") if one["id"] == number]
    assert row["voices"] == sorted(row["voices"]) and len(row["voices"]) == 3


def test_each_person_answers_once_and_a_repeated_form_is_the_same_answer(stage: Stage, desk: Asking) -> None:
    desk.ask(anonymous=True)
    for _ in range(2):
        desk.answer("Price", ANNA, key="V1:1")
    with pytest.raises(UserError) as refused:
        desk.answer("Price, again", ANNA)
    assert sentence(refused) == "You have answered this already; each person can once."
    with pytest.raises(UserError):
        open_answer(stage.services, stage.gesture(ANNA), "1")
    desk.answer("Price", BEN)
    assert [one.text for one in desk.answers] == ["Price", "Price"]


def test_only_those_asked_answer_and_what_is_forged_changes_nothing(stage: Stage, desk: Asking) -> None:
    desk.ask(anonymous=True)
    desk.ask("By name")
    before = stage.everything()
    for user in (GUEST, STRANGER, MIA, "UNOBODY"):
        with pytest.raises(UserError):
            desk.answer("x", user)
        with pytest.raises(UserError):
            open_answer(stage.services, stage.gesture(user), "1")
    for number in ("2", "999", "x", "", "-1", "9" * 30):
        with pytest.raises(UserError, match="no longer exists"):
            desk.answer("x", ANNA, number)
        with pytest.raises(UserError, match="no longer exists"):
            open_answer(stage.services, stage.gesture(ANNA), number)
    for text in ("", " ", "x" * 3001):
        with pytest.raises(FormError):
            desk.answer(text, ANNA)
    assert stage.everything() == before
    desk.close()
    with pytest.raises(UserError, match="closed"):
        desk.answer("late", ANNA)
    assert stage.all() == []


def test_marketing_alone_sees_it(stage: Stage, desk: Asking) -> None:
    desk.ask(anonymous=True)
    desk.answer("Price", ANNA)
    (one,) = desk.answers
    with stage.services.db.reading() as connection:
        bridge = bridges.bridge(connection, stage.bridge.id)
        assert bridge is not None
        sees = {
            user: may_see(connection, viewer(connection, TEAM, user), one, bridge)
            for user in (ANNA, BEN, MIA, TOM, GUEST)
        }
    assert sees == {ANNA: False, BEN: False, MIA: True, TOM: True, GUEST: False}


def test_the_form_says_what_is_kept_and_how_many_are_asked(stage: Stage, desk: Asking) -> None:
    desk.ask(anonymous=True)
    form = open_answer(stage.services, stage.gesture(ANNA), "1")
    assert isinstance(form, Open)
    assert "without your name" in str(form.view) and "3 people are asked" in str(form.view)


# --- small teams -------------------------------------------------------------------------------------------


def test_of_fewer_than_three_an_anonymous_answer_would_be_plain(stage: Stage, desk: Asking) -> None:
    for user, channels in ((MIA, (SALES_2,)), (TOM, (SALES,))):
        with pytest.raises(FormError) as refused:
            desk.ask(channels=channels, user=user, anonymous=True)
        assert set(refused.value.fields) == {"anonymous"}
    assert stage.rows("questions") == stage.rows("outbox") == stage.rows("gestures") == []


def test_how_many_have_answered_is_not_said_where_few_are_asked(stage: Stage, desk: Asking) -> None:
    desk.ask(anonymous=True)
    desk.answer("Price", ANNA)
    for text in (desk.progress(), str(stage.slack.posts(SALES))):
        assert "anonymous · open until" in text
        assert "people asked" not in text
    desk.close()
    stage.send(seconds=5)
    assert "Closed. Thank you!" in str(stage.slack.posts(SALES))


def test_the_first_answers_are_not_counted_one_by_one(stage: Stage, desk: Asking) -> None:
    crowd(stage)
    desk.ask(anonymous=True)
    assert "*0* of 9 people asked" in desk.progress()
    for user in (ANNA, BEN):
        desk.answer("Price", user)
        assert "fewer than 3 of 9 people asked have answered" in desk.progress()
    desk.answer("Price", TOM)
    assert "*3* of 9 people asked have answered" in desk.progress()


# --- the thread --------------------------------------------------------------------------------------------


def test_who_replies_in_the_thread_is_told_once_and_alone_that_it_shows_her_name(
    stage: Stage, desk: Asking
) -> None:
    desk.ask(anonymous=True)
    root = desk.root()
    for _ in range(2):
        stage.reply(ANNA, root, "okapi")
    stage.reply(MIA, root, "Take your time")
    stage.send(seconds=3)
    (note,) = stage.slack.notes
    assert (note["user"], note["channel"], note["thread_ts"]) == (ANNA, SALES, root)
    assert "not taken" in str(note) and "question_answer_open" in str(note)
    assert stage.all() == [] and "okapi" not in stage.everything()
    ts = stage.reply(ANNA, root, "numbat")
    stage.flag(BEN, ts)
    assert desk.answers == [], "flagged, it is an insight like any message, under her name"
    assert stage.insight(ts).author_id == ANNA


# --- reminder and end --------------------------------------------------------------------------------------


def test_all_are_reminded_once_while_less_than_half_have_answered(stage: Stage, desk: Asking) -> None:
    crowd(stage)
    desk.ask(anonymous=True)
    desk.answer("Price", ANNA)
    for _ in range(2):
        stage.clock.pass_time(days=2)
        stage.ring()
        stage.send(seconds=3)
    (reminder,) = [one for one in stage.slack.posts(SALES) if "still hopes" in one["text"]]
    assert "question_answer_open" in str(reminder)


def test_nobody_is_reminded_when_half_have_answered(stage: Stage, desk: Asking) -> None:
    desk.ask(anonymous=True)
    for user in (ANNA, BEN):
        desk.answer("Price", user)
    stage.clock.pass_time(days=4)
    stage.ring()
    assert desk.posts(f"question:1:{SALES}:reminder") == []


def test_what_comes_of_it_is_told_to_the_channel_and_names_nobody(stage: Stage, desk: Asking) -> None:
    desk.ask(anonymous=True)
    desk.answer("They fear okapis", ANNA)
    stage.clock.pass_time(days=8)
    stage.ring()
    stage.send(seconds=3)
    (direct,) = stage.slack.posts("DMIA")
    assert "tell the channels" in str(direct)
    desk.close("A leaflet")
    stage.send(seconds=5)
    told = stage.slack.posts(SALES)[-1]
    assert "A leaflet" in str(told) and told.get("thread_ts") is None
    assert "<@" not in str(told)
    summary = next(one for one in stage.slack.posts(MARKETING) if "is closed" in str(one["blocks"]))
    assert "okapis" in str(summary) and "anonymous · Mon" in str(summary)


def test_where_nobody_answered_nobody_is_told(stage: Stage, desk: Asking) -> None:
    desk.ask(anonymous=True)
    desk.close("A leaflet")
    stage.send(seconds=5)
    assert "leaflet" not in str(stage.slack.posts(SALES))
