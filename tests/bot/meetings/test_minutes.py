"""Minutes: asked for, recorded by several, corrected in place; and what was promised in them."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from bot.digests.compile import compile_digest
from bot.digests.period import Period
from bot.digests.schedule import Frequency
from bot.errors import FormError, UserError
from bot.gestures import Answer, FormState, Reply, Update
from bot.i18n import texts
from bot.ids import Field
from bot.meetings import items, minutes
from bot.meetings.items import DAY_BEFORE, ON_THE_DAY
from bot.meetings.meeting import NUDGE
from bot.messages.digest import head_blocks
from storage import workspace
from storage.database import Database
from storage.digests import Span, Totals
from tests.bot.meetings.builders import FIRST, WEEK, Meetings, chosen, key_of, shown, typed
from tests.stage import Stage, make_stage
from tests.support import ANNA, BEN, GUEST, MARKETING, MIA, SALES, SALES_2, STRANGER, TEAM

HOUR = timedelta(hours=1)
FRIDAY = date(2026, 3, 6)


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database)


@pytest.fixture
def it(stage: Stage) -> Meetings:
    """A meeting that has just ended."""
    meetings = Meetings(stage)
    meetings.set_up()
    meetings.prompted()
    meetings.wait_until(FIRST - HOUR)
    meetings.wait_until(FIRST + HOUR)
    return meetings


def posted(it: Meetings, kind: str, channel: str = MARKETING) -> list[dict[str, Any]]:
    it.stage.send(5)
    return [one for one in it.stage.slack.posts(channel) if key_of(one).startswith(f"meeting-{kind}")]


def refused(answer: Any) -> dict[str, str]:
    """What a form said beside its fields."""
    with pytest.raises(FormError) as problem:
        answer()
    return {block: texts("en").say(sentence) for block, sentence in problem.value.fields.items()}


# --- asking ------------------------------------------------------------------------------------------------


def test_the_facilitator_is_asked_at_the_end_and_once_more_next_morning(it: Meetings) -> None:
    assert len([one for one in it.direct(MIA) if "How did" in one]) == 1
    it.wait_until(datetime.fromisoformat("2026-03-06T08:00:00+00:00"))
    it.wait_until(FIRST + timedelta(days=3))
    assert len([one for one in it.direct(MIA) if "Nobody has recorded" in one]) == 1
    assert not any("How did" in one or "Nobody" in one for one in it.direct(ANNA))


def test_nobody_is_asked_again_where_it_is_recorded(it: Meetings) -> None:
    it.record("ok")
    assert it.timer(NUDGE) is None
    it.wait_until(FIRST + timedelta(days=1))
    assert not any("Nobody has recorded" in one for one in it.direct(MIA))


def test_minutes_wait_for_the_meeting_to_begin(stage: Stage) -> None:
    meetings = Meetings(stage)
    meetings.set_up()
    with pytest.raises(UserError):
        minutes.open_minutes(stage.services, stage.gesture(MIA), "1")


# --- recording ---------------------------------------------------------------------------------------------


def test_minutes_go_to_the_thread_and_a_summary_to_both_sides(it: Meetings) -> None:
    it.record("Prices <!channel> stay", "@anna by Friday: price list", "Coffee was cold")
    (full,) = posted(it, "minutes")
    assert full["thread_ts"] == it.prompts()[0]["ts"]
    for words in ("Prices <!channel> stay", "price list", "Coffee was cold", "Anna, Mia"):
        assert words in shown(full)
    literal = [block for block in full["blocks"] if block["type"] == "rich_text"]
    assert shown(full).count("<!channel>") == str(literal).count("<!channel>") == 1, "words, not a mention"
    for channel in (MARKETING, SALES, SALES_2):
        (summary,) = posted(it, "summary", channel)
        assert "price list" in shown(summary) and "Coffee" not in shown(summary)
        assert bool(summary.get("reply_broadcast")) is (channel == MARKETING)


def test_a_correction_updates_what_is_posted(it: Meetings) -> None:
    it.record("Prices stay")
    before = len(it.stage.slack.posts(MARKETING))
    posted(it, "minutes")
    it.record("Prices fall", revision=1)
    (full,), (summary,) = posted(it, "minutes"), posted(it, "summary", SALES)
    assert "Prices fall" in shown(full) and "corrected" in shown(full)
    assert "Prices fall" in shown(summary)
    assert len(it.stage.slack.posts(MARKETING)) == before + 2


def test_two_who_record_at_once_lose_nothing(it: Meetings) -> None:
    it.record("Prices stay", "@anna by Friday: price list", "notes of Mia", user=MIA, present=(MIA,))
    answer = it.record("Prices stay\nFair in May", "@mia: book the booth", user=ANNA, present=(ANNA,))
    assert isinstance(answer, Update)
    form = str(answer.view)
    for words in (
        "Prices stay",
        "Fair in May",
        "book the booth",
        "notes of Mia",
        "price list",
        "Mia has saved",
    ):
        assert words in form
    assert form.count("Prices stay") == 1, "what both wrote stands once"
    assert "Fair in May" not in shown(posted(it, "minutes")[0])
    it.record("Prices stay\nFair in May", "@mia: book the booth", user=ANNA, present=(ANNA, MIA), revision=1)
    full = shown(posted(it, "minutes")[0])
    assert "Fair in May" in full and "price list" in full and "book the booth" in full
    assert {one.text for one in it.items()} == {"price list", "book the booth"}


def test_the_same_form_sent_twice_counts_once(it: Meetings) -> None:
    gesture = it.stage.gesture(MIA, key="V1:hash")
    form = FormState(
        {
            Field.MEETING_WHAT: chosen("held"),
            f"{Field.MEETING_PRESENT}-0": {"selected_users": [MIA]},
            f"{Field.MEETING_ITEMS}-0": typed("@anna: price list"),
        }
    )
    for _ in range(2):
        assert isinstance(minutes.save_minutes(it.stage.services, gesture, "1:0", form), Reply)
    assert len(it.items()) == 1


def test_skipped_and_moved_are_recorded_too(it: Meetings) -> None:
    it.record(outcome="skipped", notes="Fair")
    assert it.all()[0].status == "skipped"
    it.wait_until(FIRST + WEEK + HOUR)
    answer = it.record(
        outcome="moved",
        occurrence_id=2,
        meeting_date={"selected_date": "2026-03-13"},
        time={"selected_time": "09:00"},
    )
    assert isinstance(answer, Reply)
    assert (it.all()[1].status, it.all()[1].is_moved) == ("planned", True)
    with pytest.raises(UserError):
        minutes.open_minutes(it.stage.services, it.stage.gesture(MIA), "2")


def test_each_wrong_field_gets_its_sentence(it: Meetings) -> None:
    lines = {
        "price list": "Line 1: whose",
        "@anna by Friday: ok\n@zoe: x": "Line 2: I know nobody called “zoe”",
        "@anna by sometime: x": "don't understand “by sometime”",
        "@anna 2026-01-01: x": "past already",
        "@anna by Friday:": "what is to be done",
        "@anna: " + "x" * 501: "at most 500",
        "\n".join(["@anna: x"] * 51): "At most 50",
    }
    for text, sentence in lines.items():
        told = refused(lambda text=text: it.record(items=text))
        assert set(told) == {f"{Field.MEETING_ITEMS}-0"}
        assert sentence in told[f"{Field.MEETING_ITEMS}-0"], text
    assert set(refused(lambda: it.record(present=()))) == {f"{Field.MEETING_PRESENT}-0"}
    assert set(refused(lambda: it.record(outcome="eaten"))) == {Field.MEETING_WHAT}
    assert set(refused(lambda: it.record(outcome="moved"))) == {Field.MEETING_DATE}
    past: dict[str, Any] = {
        "meeting_date": {"selected_date": "2026-01-01"},
        "time": {"selected_time": "09:00"},
    }
    assert set(refused(lambda: it.record(outcome="moved", **past))) == {Field.MEETING_DATE}
    no_time: dict[str, Any] = {
        "meeting_date": {"selected_date": "2026-05-01"},
        "time": {"selected_time": "late"},
    }
    assert set(refused(lambda: it.record(outcome="moved", **no_time))) == {Field.TIME}
    it.record("ok")
    assert set(refused(lambda: it.record(outcome="skipped", revision=1))) == {Field.MEETING_WHAT}


@pytest.mark.parametrize("user", [BEN, GUEST, STRANGER, "UNOBODY"])
def test_who_takes_no_part_records_nothing(it: Meetings, user: str) -> None:
    with pytest.raises(UserError):
        it.record("ok", user=user)
    with pytest.raises(UserError):
        minutes.open_minutes(it.stage.services, it.stage.gesture(user), "1")
    with pytest.raises(UserError):
        it.change_one("cancel", occurrence_id=2, user=user)
    assert it.stage.rows("meeting_minutes") == []


@pytest.mark.parametrize("value", ["", "x", "99", "1:2:3", "-1", "9" * 30])
def test_forged_values_are_refused_in_words(it: Meetings, value: str) -> None:
    for use in (minutes.open_minutes, items.done):
        with pytest.raises(UserError):
            use(it.stage.services, it.stage.gesture(MIA), value)


# --- action items ------------------------------------------------------------------------------------------


def test_the_owner_is_told_and_reminded_the_day_before_and_on_the_day(it: Meetings) -> None:
    it.record(items="@anna by Wednesday: price list\n@mia: fair")
    assert [(one.owner_id, one.due_on) for one in it.items()] == [(ANNA, date(2026, 3, 11)), (MIA, None)]
    it.wait_until(FIRST + 2 * HOUR)
    assert sum("price list" in one for one in it.direct(ANNA)) == 1
    it.wait_until(datetime.fromisoformat("2026-03-10T08:00:00+00:00"))
    assert sum("Due tomorrow" in one for one in it.direct(ANNA)) == 1
    it.wait_until(datetime.fromisoformat("2026-03-11T08:00:00+00:00"))
    it.wait_until(datetime.fromisoformat("2026-03-12T08:00:00+00:00"))
    assert sum("Due today" in one for one in it.direct(ANNA)) == 1


def test_an_items_reminder_makes_sense_on_its_local_day_only(it: Meetings) -> None:
    it.record(items="@anna by Monday: price list")
    with it.stage.services.db.writing() as connection:
        workspace.save_working_hours(connection, TEAM, ANNA, "off")
    it.wait_until(datetime.fromisoformat("2026-03-09T22:30:00+00:00"))  # 23:30 in Berlin
    assert not any("Due tomorrow" in one for one in it.direct(ANNA))
    assert sum("Due today" in one for one in it.direct(ANNA)) == 1
    assert it.items()[0].reminder_missed


def on(moment: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-{moment}:00+00:00")


def test_a_reminder_waits_for_the_owners_working_day_and_says_what_is_so_then(it: Meetings) -> None:
    it.record(items="@anna by Saturday: price list\n@anna by Sunday: fair\n@anna by Monday: leaflet")
    it.wait_until(on("06T08:00"))  # Friday, 09:00 in Berlin
    assert sum("Due tomorrow" in one and "price list" in one for one in it.direct(ANNA)) == 1
    before = len(it.direct(ANNA))
    for moment in ("07T08:00", "08T08:00", "09T07:59"):
        it.wait_until(on(moment))
    assert len(it.direct(ANNA)) == before, "nothing on a weekend"
    items.done(it.stage.services, it.stage.gesture(ANNA), str(it.items()[1].id))  # the fair
    it.wait_until(on("09T08:00"))
    told = it.direct(ANNA)[before:]
    assert sum("Was due Sat 7 Mar" in one and "price list" in one for one in told) == 1
    assert sum("Due today" in one and "leaflet" in one for one in told) == 1
    assert len(told) == 2, "not of what is done, and of Monday's once"
    assert not any(one.reminder_missed for one in it.items())


def test_an_item_given_in_the_evening_waits_unless_she_gave_it_to_herself(it: Meetings) -> None:
    it.wait_until(FIRST + 5 * HOUR)  # 19:00 in Berlin
    it.record(items="@anna: price list\n@mia: fair", user=MIA)
    it.wait_until(FIRST + 6 * HOUR)
    assert any("fair" in one for one in it.direct(MIA)) and not any("price" in one for one in it.direct(ANNA))
    change(it, items.hand_over, item_owner={"selected_user": BEN})
    it.wait_until(on("06T08:00"))
    assert not any("price" in one for one in it.direct(ANNA)), "it is another's by now"
    assert sum("price" in one for one in it.direct(BEN)) == 1


def test_who_hears_of_the_meeting_in_the_morning_is_not_asked_twice_for_its_minutes(stage: Stage) -> None:
    it = Meetings(stage)
    it.set_up(time={"selected_time": "17:30"})
    late = FIRST + timedelta(hours=3.5)
    it.prompted(late)
    it.wait_until(late - HOUR)
    it.wait_until(late + HOUR)  # 18:30 in Berlin
    assert not any("Record the minutes" in one for one in it.direct(MIA))
    it.wait_until(on("06T08:00"))
    it.wait_until(on("06T09:00"))
    assert sum("Record the minutes" in one for one in it.direct(MIA)) == 1


def change(it: Meetings, what: Any, user: str = ANNA, **fields: dict[str, Any]) -> Answer:
    form = FormState({str(Field[name.upper()]): value for name, value in fields.items()})
    answer: Answer = what(it.stage.services, it.stage.gesture(user), "1", form)
    return answer


def test_done_later_handed_over_and_dropped(it: Meetings) -> None:
    it.record(items="@anna by Monday: price list")
    change(it, items.later, item_due={"selected_date": "2026-03-20"})
    assert it.timer(ON_THE_DAY) == datetime.fromisoformat("2026-03-20T08:00:00+00:00")
    assert it.timer(DAY_BEFORE) == datetime.fromisoformat("2026-03-19T08:00:00+00:00")
    change(it, items.hand_over, item_owner={"selected_user": BEN})
    it.stage.send(5)
    assert it.items()[0].owner_id == BEN and any("price list" in one for one in it.direct(BEN))
    with pytest.raises(UserError):
        items.done(it.stage.services, it.stage.gesture(GUEST), "1")
    items.done(it.stage.services, it.stage.gesture(BEN), "1")
    assert it.items()[0].status == "done"
    assert it.timer(ON_THE_DAY) is None and it.timer(DAY_BEFORE) is None
    assert ":white_check_mark:" in shown(posted(it, "minutes")[0]), "the minutes follow"
    with pytest.raises(UserError):
        change(it, items.drop, user=BEN, meeting_reason=typed("late"))
    kinds = [row["change"] for row in it.stage.rows("action_item_history")]
    assert kinds == ["given", "later", "handed", "done"]


def test_dropping_wants_a_reason_and_shows_it(it: Meetings) -> None:
    it.record(items="@anna: price list")
    assert set(refused(lambda: change(it, items.drop))) == {Field.MEETING_REASON}
    change(it, items.drop, meeting_reason=typed("no <longer> needed"))
    assert it.items()[0].status == "dropped"
    assert "no &lt;longer&gt; needed" in shown(posted(it, "minutes")[0])


def test_wrong_answers_about_items_get_their_sentence(it: Meetings) -> None:
    it.record(items="@anna by Monday: price list")
    for day in (None, "x", "2026-01-01"):
        told = refused(lambda day=day: change(it, items.later, item_due={"selected_date": day}))
        assert set(told) == {Field.ITEM_DUE}
    for owner in (None, ANNA, GUEST, STRANGER, "UNOBODY"):
        told = refused(lambda owner=owner: change(it, items.hand_over, item_owner={"selected_user": owner}))
        assert set(told) == {Field.ITEM_OWNER}


def test_what_is_undone_comes_back_in_the_next_agenda_and_how_regular_it_is(it: Meetings) -> None:
    it.record(items="@anna by Friday: price list\n@mia by Friday: fair")
    items.done(it.stage.services, it.stage.gesture(MIA), "2")
    it.prompted(FIRST + WEEK)
    it.wait_until(FIRST + WEEK - HOUR)
    agenda = shown(it.reminders()[-1])
    assert "Anna: price list · 6 days overdue" in agenda
    assert "fair" not in agenda
    assert "Held 1 of the last 1" in agenda and "in time: 50%" in agenda
    assert it.ahead()[0].facilitator_id == ANNA, "it is her turn now"


def test_the_monthly_digest_tells_how_regular_it_is(it: Meetings) -> None:
    it.record(items="@anna by Friday: price list")
    it.prompted(FIRST + WEEK)
    end = FIRST + WEEK
    for frequency in (Frequency.MONTHLY, Frequency.WEEKLY):
        month = Period(Span(end - 4 * WEEK, end), Span(end - 8 * WEEK, end - 4 * WEEK), frequency)
        with it.stage.services.db.reading() as connection:
            digest = compile_digest(connection, it.stage.bridge, month)
        head = str(
            [
                block.to_dict()
                for block in head_blocks(texts("en"), replace(digest, totals=Totals(1, 1, 1, 1)))
            ]
        )
        is_told = "Sales & marketing" in head.replace("&amp;", "&") and "Held 1 of the last" in head
        assert is_told == (frequency is Frequency.MONTHLY)


def test_lists_in_command_and_home_tab(it: Meetings) -> None:
    it.record(items="@anna by Friday: price list")
    with it.stage.services.db.writing() as connection:
        workspace.home_was_opened(connection, TEAM, ANNA, it.stage.clock.now())
    mine, others = it.frontline("actions", ANNA), it.frontline("поручения", MIA)
    assert isinstance(mine, Reply) and isinstance(others, Reply)
    assert "price list" in str(mine.message) and "action_done" in str(mine.message)
    assert "Anna: price list" in str(others.message) and "action_done" not in str(others.message)
    change(it, items.later, item_due={"selected_date": "2026-03-20"})
    it.stage.send(5)
    home = str(it.stage.slack.homes[ANNA])
    assert "price list" in home and "Sales &amp; marketing" in home
