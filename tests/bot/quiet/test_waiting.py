"""Quiet hours: what Frontline sends unasked waits, is true when it comes, and comes once (promise 3)."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.errors import FormError, UserError
from bot.gestures import Answer, Done, FormState, Open, Reply
from bot.help import answer_frontline
from bot.ids import Field
from bot.inbox import Incoming, say_for
from bot.outbox import send_one
from bot.quiet.settings import open_hours, save_hours
from bot.say import built
from bot.scheduler import is_idle
from bot.triage.notices import WAIT
from bot.triage.rules import Step
from bot.workers import BUILDERS
from storage import outbox, timers, workspace
from storage.database import Database
from storage.insights import Insight
from tests.bot.triage.desk import finish, flagged, now, step
from tests.fakeslack import key_of
from tests.stage import Stage, make_stage
from tests.support import ANNA, BEN, MONDAY, SALES, STRANGER, TEAM, TOM, channel, person

EVENING = MONDAY + timedelta(hours=10)  # 20:00 in Berlin
MORNING = MONDAY + timedelta(hours=23)  # Tuesday, 09:00 in Berlin
HELLO = {"text": "hello", "blocks": []}


@pytest.fixture
def stage(database: Database) -> Stage:
    stage = make_stage(database)
    at(stage, EVENING)
    return stage


def at(stage: Stage, instant: datetime) -> None:
    """It is that time; all that is due is done."""
    assert instant >= stage.clock.now()
    stage.clock.pass_time(seconds=(instant - stage.clock.now()).total_seconds())
    stage.ring()
    stage.send(seconds=4)


def soon(stage: Stage) -> None:
    at(stage, stage.clock.now() + WAIT)


def notices(stage: Stage, place: str = SALES) -> list[str]:
    return [str(one["text"]) for one in stage.slack.posts(place) if key_of(one).startswith(("notice:", "t:"))]


def direct(stage: Stage, user: str = ANNA, message: dict[str, Any] | None = None, **more: Any) -> None:
    with stage.services.db.writing() as connection:
        say = say_for(stage.services, connection, "test")
        say.direct(f"t:{user}:{stage.clock.now().isoformat()}", user, message or HELLO, **more)
    stage.send(seconds=4)


def hours(stage: Stage, user: str, stored: str) -> None:
    with stage.services.db.writing() as connection:
        workspace.save_working_hours(connection, TEAM, user, stored)


def move(stage: Stage, user: str, zone: str | None) -> None:
    with stage.services.db.writing() as connection:
        workspace.save_person(connection, TEAM, person(user, time_zone=zone), stage.clock.now())


# --- notices of insights -----------------------------------------------------------------------------------


def test_a_notice_in_the_thread_waits_for_the_morning_and_comes_once(stage: Stage) -> None:
    insight = flagged(stage, ANNA)
    step(stage, insight, Step.TAKE)
    soon(stage)
    assert notices(stage) == []
    assert is_idle(stage.services), "a tick has nothing to do"
    at(stage, MORNING - timedelta(minutes=1))
    assert notices(stage) == []
    at(stage, MORNING)
    (taken,) = notices(stage)
    assert taken.startswith("<@UANNA> :hammer: *#1*")
    at(stage, MORNING + timedelta(days=2))
    assert len(notices(stage)) == 1


def test_what_is_so_in_the_morning_is_told_and_nothing_before_it(stage: Stage) -> None:
    insight = flagged(stage, ANNA)
    step(stage, insight, Step.TAKE)
    soon(stage)
    finish(stage, now(stage, insight), "A new price list")
    soon(stage)
    at(stage, MORNING)
    (done,) = notices(stage)
    assert ":white_check_mark:" in done
    assert "A new price list" in str(stage.slack.posts(SALES)[-1])


def test_nothing_is_told_of_what_was_deleted_overnight(stage: Stage) -> None:
    insight = flagged(stage, ANNA, "secret words")
    with stage.services.db.writing() as connection:
        workspace.set_member(connection, TEAM, SALES, ANNA, is_in=False)  # so she is told directly
    finish(stage, insight, "A new price list")
    soon(stage)
    assert insight.message_ts
    stage.delete(insight.message_ts)
    at(stage, MORNING)
    (done,) = notices(stage, "DANNA")
    assert ":white_check_mark:" in done
    assert "secret words" not in str(stage.slack.posts("DANNA"))


def test_people_of_several_time_zones_are_told_in_one_post_that_suits_all(stage: Stage) -> None:
    move(stage, TOM, "America/New_York")
    insight = flagged(stage, ANNA)
    assert insight.message_ts
    stage.flag(TOM, insight.message_ts)
    step(stage, insight, Step.TAKE)
    soon(stage)  # 14:00 in New York, and evening in Berlin
    at(stage, MORNING)
    assert notices(stage) == []
    at(stage, MORNING + timedelta(hours=6))
    (taken,) = notices(stage)
    assert taken.startswith("<@UANNA> <@UTOM> ")


def test_directly_each_is_told_in_her_own_hours(stage: Stage) -> None:
    move(stage, TOM, "America/New_York")
    insight = flagged(stage, ANNA)
    assert insight.message_ts
    stage.flag(TOM, insight.message_ts)
    with stage.services.db.writing() as connection:
        workspace.save_channel(connection, TEAM, channel(SALES, is_shared=True), stage.clock.now())
    step(stage, insight, Step.TAKE)
    soon(stage)
    assert len(notices(stage, "DTOM")) == 1 and notices(stage, "DANNA") == []
    at(stage, MORNING)
    assert len(notices(stage, "DTOM")) == 1 and len(notices(stage, "DANNA")) == 1


def test_a_frontline_that_was_down_all_day_tells_it_the_day_after(stage: Stage) -> None:
    step(stage, flagged(stage, ANNA), Step.TAKE)
    soon(stage)
    direct(stage)
    at(stage, EVENING + timedelta(days=1))
    assert notices(stage) == [] and notices(stage, "DANNA") == []
    at(stage, MORNING + timedelta(days=1))
    assert len(notices(stage)) == 1 and notices(stage, "DANNA") == ["hello"]


# --- direct messages ---------------------------------------------------------------------------------------


def test_a_direct_message_waits_and_holds_up_nothing_that_does_not(stage: Stage) -> None:
    direct(stage)
    assert notices(stage, "DANNA") == []
    direct(stage, message={"text": "an answer", "blocks": []}, at_once=True)
    assert notices(stage, "DANNA") == ["an answer"]
    with stage.services.db.reading() as connection:
        assert outbox.due_count(connection, stage.clock.now()) == 0
        assert outbox.waiting_count(connection, stage.clock.now()) == 1
        assert outbox.oldest_pending(connection, stage.clock.now()) is None, "no alert over a night"
        assert outbox.next_waiting(connection, stage.clock.now()) == MORNING
    at(stage, MORNING)
    assert notices(stage, "DANNA") == ["an answer", "hello"]


def test_what_would_come_too_late_does_not_wait(stage: Stage) -> None:
    direct(stage, expires_at=MORNING)
    assert notices(stage, "DANNA") == ["hello"]
    direct(stage, BEN, expires_at=MORNING + timedelta(minutes=1))
    assert notices(stage, "DBEN") == []
    at(stage, MORNING)
    assert notices(stage, "DBEN") == ["hello"]


def test_who_switches_quiet_hours_off_hears_at_once_what_waited(stage: Stage) -> None:
    step(stage, flagged(stage, ANNA), Step.TAKE)
    soon(stage)
    direct(stage)
    assert save_hours(stage.services, stage.gesture(ANNA, None), FormState({})) == Done()
    soon(stage)
    assert notices(stage, "DANNA") == ["hello"] and len(notices(stage)) == 1


def test_a_new_time_zone_moves_what_waits(stage: Stage) -> None:
    direct(stage)
    stage.slack.profiles[ANNA] = {"name": "anna", "tz": "America/New_York", "team_id": TEAM}
    stage.hear(Incoming("person", "person:UANNA:1", user_id=ANNA))
    stage.work()
    stage.send(seconds=2)
    assert notices(stage, "DANNA") == ["hello"]  # 14:00 there


def test_whose_time_zone_is_not_known_has_that_of_the_bridge(stage: Stage) -> None:
    move(stage, ANNA, None)
    direct(stage, bridge_id=stage.bridge.id)
    assert notices(stage, "DANNA") == []
    move(stage, BEN, "Mars/Olympus")
    direct(stage, BEN)
    assert notices(stage, "DBEN") == ["hello"], "without any, nothing waits"


def test_what_is_true_no_more_when_it_comes_goes_unsaid(stage: Stage) -> None:
    direct(stage, message=built("nothing"))
    stage.clock.pass_time(hours=13)
    assert send_one(stage.services, {**BUILDERS, "nothing": lambda _services, _row: {}})
    (row,) = stage.rows("outbox")
    assert (row["state"], row["error"]) == ("dropped", "superseded")
    assert stage.slack.posts("DANNA") == []


def test_two_replicas_send_what_waited_once(stage: Stage) -> None:
    direct(stage)
    stage.clock.pass_time(hours=13)
    other = replace(stage.services)
    while send_one(other, BUILDERS) or send_one(stage.services, BUILDERS):
        pass
    assert notices(stage, "DANNA") == ["hello"]


# --- a person's own choice ---------------------------------------------------------------------------------


def chosen(*days: int, waits: bool = True, start: str = "08:00", until: str = "16:30") -> FormState:
    return FormState(
        {
            Field.QUIET: {"selected_options": [{"value": "waits"}] if waits else []},
            Field.WORK_DAYS: {"selected_options": [{"value": str(day)} for day in days]},
            Field.WORK_FROM: {"selected_time": start},
            Field.WORK_UNTIL: {"selected_time": until},
        }
    )


def test_hours_are_chosen_in_a_form_and_hold(stage: Stage) -> None:
    gesture = stage.gesture(ANNA, None)
    assert save_hours(stage.services, gesture, chosen(1, 2)) == Done()
    hours(stage, ANNA, "off")
    save_hours(stage.services, gesture, chosen(3))  # the same answer again
    with stage.services.db.reading() as connection:
        assert workspace.working_hours(connection, TEAM, [ANNA]) == {ANNA: "off"}
    save_hours(stage.services, stage.gesture(ANNA, None), chosen(1, 2))
    answer = answer_frontline(stage.services, stage.gesture(ANNA), "notices hours")
    assert isinstance(answer, Open)
    shown = str(answer.view)
    assert "'initial_time': '08:00'" in shown and "'initial_time': '16:30'" in shown
    assert "Europe/Berlin" in shown
    direct(stage)
    at(stage, MORNING - timedelta(hours=1))
    assert notices(stage, "DANNA") == ["hello"]


def test_a_form_without_a_day_says_so_and_outsiders_have_none(stage: Stage) -> None:
    with pytest.raises(FormError) as problem:
        save_hours(stage.services, stage.gesture(ANNA, None), chosen())
    assert list(problem.value.fields) == [Field.WORK_DAYS]
    with pytest.raises(UserError):
        open_hours(stage.services, stage.gesture(STRANGER, None))
    with pytest.raises(UserError):
        save_hours(stage.services, stage.gesture(STRANGER, None), chosen(1))
    assert stage.rows("person_settings") == []


def test_forged_fields_count_as_nothing(stage: Stage) -> None:
    forged = FormState(
        {
            Field.QUIET: {"selected_options": [{"value": "waits"}]},
            Field.WORK_DAYS: {"selected_options": [{"value": "9; DROP"}, {"value": "4"}]},
            Field.WORK_FROM: {"selected_time": "<!channel>"},
        }
    )
    save_hours(stage.services, stage.gesture(ANNA, None), forged)
    with stage.services.db.reading() as connection:
        assert workspace.working_hours(connection, TEAM, [ANNA]) == {ANNA: "4 09:00 18:00"}


def test_the_word_still_chooses_which_notices(stage: Stage) -> None:
    answer: Answer = answer_frontline(stage.services, stage.gesture(ANNA), "notices outcome")
    assert isinstance(answer, Reply) and "quiet hours" in str(answer.message)


def test_an_insights_timer_is_moved_and_not_lost(stage: Stage) -> None:
    insight: Insight = flagged(stage, ANNA)
    step(stage, insight, Step.TAKE)
    soon(stage)
    with stage.services.db.reading() as connection:
        assert timers.due_at(connection, TEAM, "notice", str(insight.id)) == MORNING
