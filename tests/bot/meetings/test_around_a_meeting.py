"""From the prompt to the next agenda: what is said when, once, and what is taken from people."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import ColumnElement, Connection
from sqlalchemy.exc import OperationalError

from bot.meetings import attend, topics
from bot.meetings.meeting import KINDS, MINUTES, PROMPT, REMINDER
from bot.timers import ring_one
from bot.workers import BELLS
from storage import agenda, insights, workspace
from storage.database import Database
from storage.insights import Insight
from tests.bot.meetings.builders import FIRST, WEEK, Meetings, chosen, shown
from tests.stage import Stage, make_stage
from tests.support import ANNA, BEN, MARKETING, MIA, SALES, SALES_2, TEAM, channel

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database)


@pytest.fixture
def it(stage: Stage) -> Meetings:
    meetings = Meetings(stage)
    meetings.set_up()
    return meetings


def test_the_next_two_are_planned_and_their_timers_set(it: Meetings) -> None:
    assert [one.starts_at for one in it.ahead()] == [FIRST, FIRST + WEEK]
    assert [one.facilitator_id for one in it.ahead()] == [MIA, ANNA], "in turn"
    assert it.timer(PROMPT) == FIRST - timedelta(days=1)
    assert it.timer(REMINDER) == FIRST - HOUR
    assert it.timer(MINUTES) == FIRST + HOUR


def test_the_prompt_comes_once_and_says_the_time_in_each_readers_own(it: Meetings) -> None:
    it.wait_until(FIRST - timedelta(days=1) - MINUTE)
    assert it.prompts() == []
    it.prompted()
    it.wait_until(FIRST - timedelta(hours=20))
    (prompt,) = it.prompts()
    assert f"<!date^{int(FIRST.timestamp())}^" in shown(prompt)
    assert f"<@{ANNA}>" in shown(prompt) and "Room 5" in shown(prompt)
    assert "What worries customers this week?" in shown(prompt)


def test_replies_become_topics_confirmed_by_a_reaction_edited_and_removed(it: Meetings, stage: Stage) -> None:
    it.prompted()
    first, second = it.reply("Prices <!channel>"), it.reply("Fair in May", ANNA)
    stage.send()
    assert [one.text for one in it.topics()] == ["Prices <!channel>", "Fair in May"]
    assert stage.slack.own_reactions(MARKETING, first) == {"memo"}
    stage.edit(first, "Price lists", MARKETING)
    stage.delete(second, MARKETING)
    assert [one.text for one in it.topics()] == ["Price lists"]


def test_the_reminder_brings_topics_and_an_edit_after_it_reaches_it(it: Meetings, stage: Stage) -> None:
    it.prompted()
    first, second = it.reply("Prices <!channel>"), it.reply("A secret", ANNA)
    it.wait_until(FIRST - HOUR)
    (reminder,) = it.reminders()
    assert reminder["thread_ts"] == it.prompts()[0]["ts"]
    assert "Prices @" in shown(reminder) and "A secret" in shown(reminder)
    assert "<!channel>" not in shown(reminder)
    stage.edit(first, "Price lists", MARKETING)
    stage.delete(second, MARKETING)
    stage.send(5)
    (reminder,) = it.reminders()
    assert "Price lists" in shown(reminder)
    assert "A secret" not in stage.everything() + str(stage.slack.standing[MARKETING])


QUOTED = {  # what each part of the agenda quotes
    "topic": "let us speak of the spring fair",
    "theme": "invoice pdf comes out blank",
    "top": "orbit gives 25% off",
    "request": "we need a brochure in Polish",
}


@pytest.mark.parametrize("part", QUOTED)
def test_what_is_deleted_while_the_agenda_is_compiled_is_not_posted(
    it: Meetings, stage: Stage, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    if stage.services.db.is_sqlite:
        pytest.skip("one writer at a time")
    stamps = {name: stage.slack.say(SALES, ANNA, text) for name, text in QUOTED.items()}
    for ts in (*stamps.values(), stage.slack.say(SALES, ANNA, "another invoice pdf that is blank")):
        stage.flag(ANNA, ts)
    own = {name: stage.insight(ts).id for name, ts in stamps.items()}
    with stage.services.db.writing() as connection:
        insights.change(connection, own["request"], {"category": "request"})
    topics.add_insight(stage.services, stage.gesture(MIA), str(own["topic"]))
    hold = agenda.held

    def delete_and_hold(
        connection: Connection, ids: Collection[int], shown: ColumnElement[bool]
    ) -> dict[int, Insight]:
        if own[part] in ids and not stage.insight(stamps[part]).text_removed_at:
            stage.delete(stamps[part])
        found = hold(connection, ids, shown)
        changed = f"SELECT 1 FROM insights WHERE id = {min(ids)} FOR UPDATE NOWAIT"
        with pytest.raises(OperationalError), stage.services.db.writing() as other:
            other.exec_driver_sql(changed)
        return found

    monkeypatch.setattr(agenda, "held", delete_and_hold)
    it.wait_until(FIRST - HOUR)
    said = str(stage.slack.standing[MARKETING])
    assert {name for name, text in QUOTED.items() if text in said} == set(QUOTED) - {part}


def test_what_is_said_after_the_meeting_is_no_topic(it: Meetings) -> None:
    it.prompted()
    it.wait_until(FIRST + 2 * HOUR)
    it.reply("Thank you all")
    assert it.topics() == []


def test_who_comes_is_shown_in_prompt_and_reminder(it: Meetings, stage: Stage) -> None:
    it.prompted()
    for user, answer in ((ANNA, "yes"), (MIA, "no"), (ANNA, "no"), (ANNA, "yes")):
        attend.answer(stage.services, stage.gesture(user), "1", answer)
    stage.send(5)
    assert "Coming: Anna" in shown(it.prompts()[0]) and "Can't come: Mia" in shown(it.prompts()[0])
    it.wait_until(FIRST - HOUR)
    assert "Coming: Anna" in shown(it.reminders()[0])


def test_in_both_channels_a_private_channels_topic_stays_there_and_with_marketing(stage: Stage) -> None:
    it = Meetings(stage)
    with stage.services.db.writing() as connection:
        workspace.save_channel(connection, TEAM, channel(SALES, is_private=True), stage.clock.now())
    it.set_up(meeting_channels=chosen("both"))
    it.prompted()
    assert [len(it.prompts(one)) for one in (MARKETING, SALES, SALES_2)] == [1, 1, 1]
    it.reply("From the private channel", ANNA, SALES)
    it.reply("From the public channel", BEN, SALES_2)
    it.reply("From marketing", MIA, MARKETING)
    it.wait_until(FIRST - HOUR)
    said = {one: shown(it.reminders(one)[0]) for one in (MARKETING, SALES, SALES_2)}
    assert all("From marketing" in one and "From the public" in one for one in said.values())
    assert "From the private" in said[MARKETING] and "From the private" in said[SALES]
    assert "From the private" not in said[SALES_2]


def test_a_shared_channel_hears_nothing_and_the_facilitator_is_told(it: Meetings, stage: Stage) -> None:
    with stage.services.db.writing() as connection:
        workspace.save_channel(connection, TEAM, channel(MARKETING, is_shared=True), stage.clock.now())
    it.wait_until(FIRST - timedelta(days=1))
    it.wait_until(FIRST - HOUR)
    assert stage.slack.posts(MARKETING) == []
    assert any("nowhere" in one for one in it.direct(MIA))
    assert any("begins" in one for one in it.direct(ANNA)), "who can't read of it there is told directly"


def test_who_is_in_none_of_its_channels_is_reminded_directly(it: Meetings) -> None:
    it.prompted()
    it.wait_until(FIRST - HOUR)
    assert len([one for one in it.direct(ANNA) if "begins" in one]) == 1
    assert not any("begins" in one for one in it.direct(MIA))


def begins(it: Meetings) -> int:
    """How often Anna was told directly that it begins."""
    return len([one for one in it.direct(ANNA) if "begins" in one])


def at_time(stage: Stage, time: str) -> tuple[Meetings, datetime]:
    """A meeting on that Thursday at another hour of Berlin's; her day begins at nine."""
    meetings = Meetings(stage)
    meetings.set_up(time={"selected_time": time})
    starts_at = datetime.fromisoformat(f"2026-03-05T{time}:00+01:00")
    meetings.wait_until(starts_at - timedelta(days=1))
    return meetings, starts_at


def test_a_reminder_waits_for_her_morning_and_not_beyond_the_meeting(stage: Stage) -> None:
    it, starts_at = at_time(stage, "09:30")
    it.wait_until(starts_at - HOUR)
    assert begins(it) == 0 and len(it.reminders()) == 1, "the channel's does not wait"
    it.wait_until(starts_at - timedelta(minutes=30))
    assert begins(it) == 1


def test_a_reminder_that_would_come_after_the_beginning_comes_at_once(stage: Stage) -> None:
    it, starts_at = at_time(stage, "08:30")
    it.wait_until(starts_at - HOUR)
    assert begins(it) == 1


def test_a_reminder_that_waited_says_nothing_of_a_meeting_that_was_called_off(stage: Stage) -> None:
    it, starts_at = at_time(stage, "09:30")
    it.wait_until(starts_at - HOUR)
    it.change_one("skip", reason="ill")
    it.wait_until(starts_at - timedelta(minutes=30))
    assert begins(it) == 0


# --- late --------------------------------------------------------------------------------------------------


def test_a_late_prompt_and_reminder_come_until_the_meeting_begins(it: Meetings, stage: Stage) -> None:
    it.wait_until(FIRST - MINUTE)
    assert len(it.prompts()) == len(it.reminders()) == 1


def test_what_came_too_late_is_recorded_and_said_in_the_next_agenda(it: Meetings) -> None:
    it.wait_until(FIRST + MINUTE)
    assert (it.all()[0].prompt_missed, it.all()[0].reminder_missed) == (True, True)
    assert it.prompts() == it.reminders() == []
    it.wait_until(FIRST + 2 * HOUR)
    it.prompted(FIRST + WEEK)
    it.wait_until(FIRST + WEEK - HOUR)
    assert "too late or not at all" in shown(it.reminders()[0])
    assert "Nobody recorded minutes" in shown(it.reminders()[0])


def test_a_prompt_noted_as_missed_under_a_clock_that_went_wrong_is_posted_and_no_longer_missed(
    it: Meetings, stage: Stage
) -> None:
    stage.clock.instant = FIRST + MINUTE
    assert ring_one(stage.services, BELLS)  # the prompt's timer alone, as by another process
    assert it.all()[0].prompt_missed
    stage.clock.instant = FIRST - HOUR
    it.wait_until(FIRST - HOUR)
    assert len(it.prompts()) == len(it.reminders()) == 1
    assert not it.all()[0].prompt_missed


def test_meetings_that_passed_while_frontline_was_down_are_recorded_as_missed(it: Meetings) -> None:
    it.wait_until(FIRST + 4 * WEEK + 2 * HOUR)
    past = [one for one in it.all() if one.starts_at <= FIRST + 4 * WEEK]
    assert (
        [one.starts_at for one in past]
        == [
            FIRST,
            FIRST + WEEK,
            FIRST + 2 * WEEK,
            datetime(2026, 3, 26, 13, tzinfo=UTC),
            datetime(2026, 4, 2, 12, tzinfo=UTC),  # summer time has begun
        ][: len(past)]
    )
    assert all(one.prompt_missed and one.reminder_missed for one in past)
    assert len(it.ahead()) == 2
    assert it.prompts() == []


# --- one meeting, and the series ---------------------------------------------------------------------------


def test_a_moved_meeting_updates_its_prompt_and_is_reminded_of_at_its_new_time(it: Meetings) -> None:
    it.prompted()
    it.change_one("move", "2026-03-06", "16:00", reason="Fair <!here>")
    moved = datetime(2026, 3, 6, 15, tzinfo=UTC)
    it.wait_until(FIRST - HOUR)
    assert it.reminders() == []
    (prompt,) = it.prompts()
    assert str(int(moved.timestamp())) in shown(prompt) and "Fair" in shown(prompt)
    assert "<!here>" not in shown(prompt)
    it.wait_until(moved - HOUR)
    assert len(it.reminders()) == 1


@pytest.mark.parametrize("what", ["skip", "cancel"])
@pytest.mark.parametrize("when", ["before", "prompted", "reminded"])
def test_a_meeting_called_off_leaves_no_timer_and_its_posts_say_so(
    it: Meetings, what: str, when: str
) -> None:
    if when != "before":
        it.prompted()
        it.reply("Prices")
    if when == "reminded":
        it.wait_until(FIRST - HOUR)
    it.change_one(what)
    assert [it.timer(kind) for kind in KINDS] == [None] * len(KINDS)
    assert [one.starts_at for one in it.ahead()] == [FIRST + WEEK, FIRST + 2 * WEEK]
    it.wait_until(FIRST + 2 * HOUR)
    posts = it.prompts() + it.reminders()
    assert len(posts) == {"before": 0, "prompted": 1, "reminded": 2}[when]
    word = {"skip": "skipped", "cancel": "cancelled"}[what]
    assert all(word in shown(one) for one in posts)
    assert len(it.topics(2)) == (0 if when == "before" else 1), "its topics wait for the next meeting"
    assert not any("How did" in one for one in it.direct(MIA))


@pytest.mark.parametrize("changed", ["time", "day", "reminder", "nothing"])
@pytest.mark.parametrize("when", ["prompted", "reminded"])
def test_editing_the_series_after_the_prompt_neither_doubles_nor_loses_a_reminder(
    it: Meetings, changed: str, when: str
) -> None:
    it.prompted()
    if when == "reminded":
        it.wait_until(FIRST - HOUR)
    changes = {
        "time": {"time": {"selected_time": "15:30"}},
        "day": {"weekday": chosen(4)},
        "reminder": {"meeting_reminder_ahead": chosen(30)},
        "nothing": {},
    }[changed]
    it.edit(**changes)
    starts_at = it.ahead()[0].starts_at
    assert it.ahead()[0].id == 1, "what was announced keeps its thread"
    it.wait_until(starts_at - timedelta(minutes=15))
    it.wait_until(starts_at + 2 * HOUR)
    assert len(it.prompts()) == 1
    true = [one for one in it.reminders() if str(int(starts_at.timestamp())) in shown(one)]
    standing = [one for one in true if "has moved" not in shown(one)]
    assert len(standing) == 1
    assert str(int(starts_at.timestamp())) in shown(it.prompts()[0])
    assert len(it.reminders()) == (2 if when == "reminded" and changed in ("time", "day") else 1)


def test_a_channel_added_after_the_prompt_gets_its_own(it: Meetings) -> None:
    it.prompted()
    it.edit(meeting_channels=chosen("both"))
    it.wait_until(FIRST - HOUR)
    assert [len(it.prompts(one)) for one in (MARKETING, SALES)] == [1, 1]
    assert [len(it.reminders(one)) for one in (MARKETING, SALES)] == [1, 1]


def test_moving_back_to_a_time_that_was_reminded_of_reminds_again(it: Meetings) -> None:
    it.prompted()
    it.wait_until(FIRST - HOUR)
    it.change_one("move", "2026-03-06", "16:00")
    it.change_one("move", "2026-03-05", "14:00")
    it.wait_until(FIRST - MINUTE)
    standing = [one for one in it.reminders() if "has moved" not in shown(one)]
    assert len(standing) == 1


def test_a_series_that_ends_calls_its_meetings_off(it: Meetings) -> None:
    it.prompted()
    it.edit(meeting_ended={"selected_options": [{"value": "ended"}]})
    it.wait_until(FIRST + 2 * WEEK)
    assert it.ahead() == [] and it.reminders() == []
    assert "cancelled" in shown(it.prompts()[0])
    assert it.stage.rows("timers") == []
