"""Closing the loop: told once, together, where it belongs, and only to those who should know (promise 3)."""

from typing import Any

import pytest

from bot.errors import UserError
from bot.gestures import Reply
from bot.help import answer_frontline
from bot.insights import saving
from bot.triage.notices import WAIT
from bot.triage.rules import Step
from bot.triage.settings import choose_at_home
from storage import insights, workspace
from storage.bridges import Bridge
from storage.database import Database
from storage.insights import Insight
from tests.bot.triage.desk import finish, flagged, merge_into, now, step
from tests.fakeslack import key_of
from tests.stage import Stage, make_stage
from tests.support import (
    ANNA,
    BEN,
    GUEST,
    SALES,
    SALES_2,
    STRANGER,
    TEAM,
    TOM,
    channel,
    person,
)

Told = tuple[str, str | None, str]  # where, in which thread, what


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database)


@pytest.fixture
def insight(stage: Stage) -> Insight:
    return flagged(stage, ANNA)


def wait(stage: Stage, **duration: float) -> None:
    stage.clock.pass_time(**(duration or {"seconds": WAIT.total_seconds()}))
    stage.ring()
    stage.send(seconds=4)


def told(stage: Stage) -> list[Told]:
    """All notices that stand in Slack: place, thread, text."""
    return [
        (place, one.get("thread_ts"), str(one["text"]))
        for place in sorted(stage.slack.standing)
        for one in stage.slack.posts(place)
        if key_of(one).startswith("notice:")
    ]


def choose(stage: Stage, user: str, word: str) -> Reply:
    answer = answer_frontline(stage.services, stage.gesture(user), f"notices {word}")
    assert isinstance(answer, Reply)
    return answer


def test_reporter_and_supporters_hear_of_taking_and_outcome_in_the_thread_of_the_message(
    stage: Stage, insight: Insight
) -> None:
    assert insight.message_ts
    stage.flag(TOM, insight.message_ts)
    step(stage, insight, Step.TAKE)
    wait(stage)
    (taken,) = told(stage)
    assert taken[:2] == (SALES, insight.message_ts)
    assert taken[2].startswith("<@UANNA> <@UTOM> :hammer: *#1*") and "Mia took it" in taken[2]
    finish(stage, now(stage, insight), "A new <!channel> list")
    wait(stage)
    _, done = told(stage)
    assert done[1] == insight.message_ts and done[2].startswith("<@UANNA> <@UTOM> :white_check_mark: *#1*")
    said = str(stage.slack.posts(SALES)[-1]["blocks"])
    assert "A new" in said and "<!channel>" not in said


def test_a_reply_is_answered_in_its_thread(stage: Stage) -> None:
    root = stage.slack.say(SALES, BEN, "root")
    ts = stage.slack.say(SALES, BEN, "a reply", thread_ts=root)
    stage.flag(ANNA, ts)
    step(stage, stage.insight(ts), Step.TAKE)
    wait(stage)
    assert [one[1] for one in told(stage)] == [root]


def test_changes_within_a_few_minutes_make_one_notice(stage: Stage, insight: Insight) -> None:
    step(stage, insight, Step.TAKE)
    wait(stage, minutes=2)
    finish(stage, now(stage, insight), "First")
    wait(stage, minutes=2)
    finish(stage, now(stage, insight), "Better words")
    wait(stage, minutes=2)
    assert told(stage) == []
    wait(stage, minutes=1)
    assert len(told(stage)) == 1
    assert "Better words" in str(stage.slack.posts(SALES))
    wait(stage, hours=2)
    assert len(told(stage)) == 1


def test_acknowledging_is_no_news_and_neither_is_who_takes_over(stage: Stage, insight: Insight) -> None:
    step(stage, insight, Step.ACKNOWLEDGE)
    wait(stage)
    assert told(stage) == []
    step(stage, now(stage, insight), Step.TAKE)
    wait(stage)
    step(stage, now(stage, insight), Step.TAKE, TOM)
    wait(stage)
    assert len(told(stage)) == 1
    finish(stage, now(stage, insight), "Words")
    wait(stage)
    step(stage, now(stage, insight), Step.TAKE)
    wait(stage)
    assert len(told(stage)) == 3, "opened again is news"


def test_nobody_is_told_of_her_own_change(stage: Stage, insight: Insight) -> None:
    assert insight.message_ts
    stage.flag(TOM, insight.message_ts)
    finish(stage, insight, user=TOM)
    wait(stage)
    (one,) = told(stage)
    assert "<@UTOM>" not in one[2] and "<@UANNA>" in one[2]


def test_a_crash_while_ringing_loses_nothing_and_doubles_nothing(
    stage: Stage, insight: Insight, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish(stage, insight)

    def broken(*_: object) -> None:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(insights, "was_told", broken)
        wait(stage)
    assert told(stage) == []
    stage.slack.lose_answer("chat.postMessage")
    wait(stage, seconds=30)
    wait(stage, seconds=30)
    assert len(told(stage)) == 1


def test_one_that_went_back_to_where_it_was_is_not_told(stage: Stage, insight: Insight) -> None:
    step(stage, insight, Step.ACKNOWLEDGE)
    with stage.services.db.writing() as connection:
        insights.change(connection, insight.id, {"status": "withdrawn"})
    wait(stage)
    assert told(stage) == []


@pytest.mark.parametrize("changes", [{"is_shared": True}, {"is_archived": True}, {"is_member": False}])
def test_where_it_cannot_be_posted_it_comes_by_direct_message(
    stage: Stage, insight: Insight, changes: dict[str, bool]
) -> None:
    with stage.services.db.writing() as connection:
        workspace.save_channel(connection, TEAM, channel(SALES, **changes), stage.clock.now())
    finish(stage, insight)
    wait(stage)
    ((place, thread, text),) = told(stage)
    assert (place, thread) == ("DANNA", None)
    assert "<@" not in text and "They want 25% off." in str(stage.slack.posts("DANNA"))


def test_who_has_left_the_channel_is_told_directly_and_the_others_in_it(
    stage: Stage, insight: Insight
) -> None:
    assert insight.message_ts
    stage.flag(TOM, insight.message_ts)
    with stage.services.db.writing() as connection:
        workspace.set_member(connection, TEAM, SALES, ANNA, is_in=False)
    finish(stage, insight)
    wait(stage)
    thread, direct = told(stage)
    assert direct[0] == "DANNA" and thread[0] == SALES
    assert "<@UANNA>" not in thread[2] and "<@UTOM>" in thread[2]


def test_what_was_typed_has_no_thread(stage: Stage) -> None:
    saving.store_typed(stage.services, stage.gesture(), "typed", None, None)
    finish(stage, stage.all()[0])
    wait(stage)
    assert [one[0] for one in told(stage)] == ["DANNA"]


def test_a_deleted_message_is_answered_directly_and_without_its_words(stage: Stage, insight: Insight) -> None:
    assert insight.message_ts
    finish(stage, insight)
    stage.delete(insight.message_ts)
    wait(stage)
    assert [one[0] for one in told(stage)] == ["DANNA"]
    assert "25%" not in str(stage.slack.posts("DANNA"))


def test_a_deletion_reaches_a_direct_notice_too(stage: Stage, insight: Insight) -> None:
    with stage.services.db.writing() as connection:
        workspace.set_member(connection, TEAM, SALES, ANNA, is_in=False)
    finish(stage, insight)
    wait(stage)
    assert insight.message_ts
    stage.delete(insight.message_ts)
    stage.send(seconds=3)
    assert "25%" not in str(stage.slack.posts("DANNA"))


@pytest.mark.parametrize("gone", [{"is_deleted": True}, {"is_external": True}, {"is_bot": True}])
def test_who_is_no_colleague_any_more_is_told_nothing(
    stage: Stage, insight: Insight, gone: dict[str, Any]
) -> None:
    with stage.services.db.writing() as connection:
        workspace.save_person(connection, TEAM, person(ANNA, **gone), stage.clock.now())
    finish(stage, insight)
    wait(stage)
    assert told(stage) == []


def test_a_guest_who_flagged_is_told_in_the_thread(stage: Stage) -> None:
    finish(stage, flagged(stage, GUEST))
    wait(stage)
    assert [one[2].split()[0] for one in told(stage)] == ["<@UGUEST>"]


@pytest.mark.parametrize(("word", "taken", "done"), [("all", 1, 1), ("outcome", 0, 1), ("off", 0, 0)])
def test_a_person_chooses_what_she_is_told(
    stage: Stage, insight: Insight, word: str, taken: int, done: int
) -> None:
    choose(stage, ANNA, word)
    step(stage, insight, Step.TAKE)
    wait(stage)
    assert len(told(stage)) == taken
    finish(stage, now(stage, insight))
    wait(stage)
    assert len(told(stage)) == taken + done


def test_the_choice_is_said_set_in_words_and_at_home(stage: Stage) -> None:
    assert "what came of it" in choose(stage, ANNA, "").message["text"]
    assert "nothing" in choose(stage, ANNA, "off").message["text"]
    assert "I know" in choose(stage, ANNA, "often").message["text"]
    assert "итог" not in choose(stage, BEN, "выкл").message["text"]
    choose_at_home(stage.services, stage.gesture(ANNA), "outcome")
    with stage.services.db.reading() as connection:
        chosen = workspace.notice_settings(connection, TEAM, [ANNA, BEN, TOM])
    assert chosen == {ANNA: "outcome", BEN: "off"}
    with pytest.raises(UserError):
        choose(stage, STRANGER, "off")


# --- merged ------------------------------------------------------------------------------------------------


def private(stage: Stage, bridge: Bridge, channel_id: str, members: list[str]) -> None:
    with stage.services.db.writing() as connection:
        known = channel(channel_id, is_private=True)
        workspace.save_channel(connection, TEAM, known, stage.clock.now())
        workspace.replace_members(connection, TEAM, channel_id, members)
    assert channel_id in bridge.sales_channel_ids


def test_who_flagged_a_part_is_told_there_and_never_sees_the_wholes_words(stage: Stage) -> None:
    private(stage, stage.bridge, SALES_2, [BEN])
    whole = flagged(stage, BEN, "private words", channel=SALES_2)
    part = flagged(stage, ANNA, "Anna's words")
    merge_into(stage, part, f"#{whole.number}")
    finish(stage, now(stage, whole), "Settled")
    wait(stage)
    there, own = sorted(told(stage), key=lambda one: one[0] == SALES_2, reverse=True)
    assert there[:2] == (SALES_2, whole.message_ts) and "<@UBEN>" in there[2] and "<@UANNA>" not in there[2]
    assert own[:2] == (SALES, part.message_ts) and "<@UANNA>" in own[2]
    assert f"#{part.number} is part of #{whole.number}" in own[2]
    shown = str(stage.slack.standing[SALES]) + str(stage.slack.standing.get("DANNA"))
    assert "private words" not in shown
    with stage.services.db.reading() as connection:
        mine = insights.select_page(connection, [insights.mine(ANNA)], limit=10)
    assert [one.number for one in mine] == [part.number]


def test_who_joins_by_a_merger_hears_what_came_of_it_and_the_others_not_again(stage: Stage) -> None:
    whole = flagged(stage, ANNA)
    finish(stage, whole)
    wait(stage)
    merge_into(stage, flagged(stage, TOM), f"#{whole.number}")
    wait(stage)
    first, second = told(stage)
    assert "<@UANNA>" in first[2] and "<@UTOM>" in second[2] and "<@UANNA>" not in second[2]


def test_very_many_are_told_in_several_posts(stage: Stage, insight: Insight) -> None:
    people = [f"U{number:09}" for number in range(230)]
    with stage.services.db.writing() as connection:
        for user in people:
            workspace.save_person(connection, TEAM, person(user), stage.clock.now())
            insights.add_supporter(connection, insight.id, user, stage.clock.now())
            workspace.set_member(connection, TEAM, SALES, user, is_in=True)
    finish(stage, insight)
    wait(stage)
    mentioned = " ".join(one[2] for one in told(stage))
    assert len(told(stage)) == 3 and mentioned.count("<@") == 231
