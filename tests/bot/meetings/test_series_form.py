"""The form of a series, its command and its calendar file: what can't stand is said beside its field."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import icalendar
import pytest

from bot.errors import FormError, UserError
from bot.gestures import FormState, Gesture, Open, Reply, Update
from bot.i18n import texts
from bot.ids import Field
from bot.meetings import attend, calendar_file, series, topics
from storage import meetings, workspace
from storage.database import Database
from storage.meetings import Group
from tests.bot.meetings.builders import FIRST, Meetings, chosen, filled, shown, typed, users
from tests.stage import Stage, make_stage
from tests.support import ANNA, BEN, GUEST, MARKETING, MIA, SALES, STRANGER, TEAM, TOM

NOBODY = "UNOBODY"


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database)


@pytest.fixture
def it(stage: Stage) -> Meetings:
    meetings = Meetings(stage)
    meetings.set_up()
    return meetings


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"meeting_title": typed(" ")}, Field.MEETING_TITLE, "name"),
    ({"meeting_title": typed("x" * 121)}, Field.MEETING_TITLE, "At most 120"),
    ({"frequency": chosen("hourly")}, Field.FREQUENCY, "how often"),
    ({"weekday": chosen(7)}, Field.WEEKDAY, "day of the week"),
    ({"frequency": chosen("monthly_day"), "meeting_day": chosen(32)}, Field.MEETING_DAY, "of the month"),
    ({"frequency": chosen("monthly_weekday"), "meeting_nth": chosen(5)}, Field.MEETING_NTH, "which one"),
    ({"time": {"selected_time": "25:00"}}, Field.TIME, "09:00"),
    ({"time": {}}, Field.TIME, "09:00"),
    ({"meeting_from": {"selected_date": "soon"}}, Field.MEETING_FROM, "day from which"),
    ({"meeting_from": {"selected_date": "0001-01-01"}}, Field.MEETING_FROM, "day from which"),
    ({"meeting_length": chosen("7")}, Field.MEETING_LENGTH, "how long"),
    ({"meeting_channels": chosen("all")}, Field.MEETING_CHANNELS, "announced"),
    ({"meeting_people": users(MIA)}, Field.MEETING_PEOPLE, "at least the heads"),
    ({"meeting_people": users(MIA, GUEST)}, Field.MEETING_PEOPLE, "full members"),
    ({"meeting_people": users(MIA, STRANGER)}, Field.MEETING_PEOPLE, "full members"),
    ({"meeting_people": users(MIA, NOBODY)}, Field.MEETING_PEOPLE, "don't know"),
    ({"meeting_facilitators": users(GUEST)}, Field.MEETING_FACILITATORS, "full members"),
    ({"meeting_groups": {"selected_options": [{"value": "S9"}]}}, Field.MEETING_GROUPS, "no longer"),
    ({"meeting_place": typed("x" * 301)}, Field.MEETING_PLACE, "At most 300"),
    ({"meeting_prompts": typed("\n".join(["x?"] * 11))}, Field.MEETING_PROMPTS, "At most 10"),
    ({"meeting_prompts": typed("x" * 301)}, Field.MEETING_PROMPTS, "300"),
    ({"meeting_prompt_ahead": chosen(1)}, Field.MEETING_PROMPT_AHEAD, "ask for topics"),
    ({"meeting_reminder_ahead": chosen(1)}, Field.MEETING_REMINDER_AHEAD, "remind"),
    (
        {"meeting_prompt_ahead": chosen(240), "meeting_reminder_ahead": chosen(240)},
        Field.MEETING_REMINDER_AHEAD,
        "after",
    ),
    ({"meeting_off_days": typed("24.12\nsometime")}, Field.MEETING_OFF_DAYS, "“sometime”"),
    ({"meeting_off_days": typed("24.12," * 101)}, Field.MEETING_OFF_DAYS, "At most 100"),
    ({"meeting_holidays": typed("Atlantis")}, Field.MEETING_HOLIDAYS, "“Atlantis”"),
    ({"meeting_off_policy": chosen("shrug")}, Field.MEETING_OFF_POLICY, "day off"),
]


@pytest.mark.parametrize(("changes", "field", "sentence"), WRONG, ids=lambda one: str(one)[:40])
def test_each_wrong_field_gets_its_sentence(
    stage: Stage, changes: dict[str, Any], field: str, sentence: str
) -> None:
    with pytest.raises(FormError) as problem:
        Meetings(stage).set_up(**changes)
    told = {block: texts("en").say(one) for block, one in problem.value.fields.items()}
    assert set(told) == {field}
    assert sentence in told[field]
    assert stage.rows("meeting_series") == []


def test_an_empty_form_is_told_all_its_faults_at_once(stage: Stage) -> None:
    with pytest.raises(FormError) as problem:
        series.save_series(stage.services, stage.gesture(MIA), f"{stage.bridge.id}::", FormState({}))
    assert len(problem.value.fields) >= 10


def test_the_form_comes_back_as_it_was_saved(it: Meetings) -> None:
    it.edit(
        frequency=chosen("monthly_weekday"),
        meeting_nth=chosen(-1),
        meeting_off_days=typed("24 December, 31.12"),
        meeting_holidays=typed("de-by"),
        meeting_prompts=typed("What <new>?\n\n  And & next? "),
    )
    stored = it.series()
    assert stored.rule == "FREQ=MONTHLY;BYDAY=-1TH"
    assert (stored.off_days, stored.holidays) == (["2026-12-24", "2026-12-31"], "DE-BY")
    answer = series.open_series(it.stage.services, it.stage.gesture(MIA), "1")
    assert isinstance(answer, Open)
    form = str(answer.view)
    assert "What <new>?\\nAnd & next?" in form and "Sales & marketing" in form
    assert "&amp;" not in form


def test_another_frequency_shows_the_fields_of_its_day(it: Meetings) -> None:
    memory = f"{it.stage.bridge.id}::"
    for frequency, fields in (
        ("weekly", {Field.WEEKDAY}),
        ("monthly_day", {Field.MEETING_DAY}),
        ("monthly_weekday", {Field.WEEKDAY, Field.MEETING_NTH}),
    ):
        answer = series.change_frequency(
            it.stage.services, it.stage.gesture(MIA), memory, filled(frequency=chosen(frequency))
        )
        assert isinstance(answer, Update)
        blocks = {one["block_id"] for one in answer.view["blocks"]}
        assert blocks & {Field.WEEKDAY, Field.MEETING_DAY, Field.MEETING_NTH} == fields
        assert "Room 5" in str(answer.view), "what was typed stays"


def test_who_changed_it_first_is_not_overwritten(it: Meetings) -> None:
    stale = f"{it.stage.bridge.id}:1:{it.series().revision}"
    it.edit(meeting_place=typed("Room 6"))
    with pytest.raises(UserError, match="meanwhile"):
        series.save_series(it.stage.services, it.stage.gesture(MIA), stale, filled())
    assert it.series().place == "Room 6"


@pytest.mark.parametrize("user", [ANNA, BEN, GUEST, STRANGER, NOBODY])
def test_only_managers_and_admins_set_up_and_change(it: Meetings, user: str) -> None:
    gesture, bridge = it.stage.gesture(user), it.stage.bridge.id
    for memory in (f"{bridge}::", f"{bridge}:1:1"):
        with pytest.raises(UserError):
            series.save_series(it.stage.services, gesture, memory, filled())
    with pytest.raises(UserError):
        series.open_series(it.stage.services, gesture, "1")
    with pytest.raises(UserError):
        series.open_new(it.stage.services, gesture, str(bridge))
    with pytest.raises(UserError):
        it.frontline("meeting new", user, SALES)
    assert len(it.stage.rows("meeting_series")) == 1 and it.series().revision == 1


@pytest.mark.parametrize("memory", ["", "x", ":", "1", "99::", "1:99:1", "1:x:1", "1:1:x", "1:1:1:1"])
def test_forged_forms_are_refused_in_words(it: Meetings, memory: str) -> None:
    before = it.stage.rows("meeting_series")
    if memory in ("1", "1:1:1:1"):
        return  # as good as a new series, or the series itself
    with pytest.raises(UserError):
        series.save_series(it.stage.services, it.stage.gesture(MIA), memory, filled())
    assert it.stage.rows("meeting_series") == before


def test_the_command_lists_them_and_opens_the_form_where_there_is_none(stage: Stage) -> None:
    it = Meetings(stage)
    assert isinstance(it.frontline("meeting"), Open)
    empty = it.frontline("встречи", ANNA, SALES)
    assert isinstance(empty, Reply) and "No meeting" in str(empty.message)
    it.set_up()
    listed, mine = it.frontline("meeting"), it.frontline("meeting", ANNA, SALES)
    assert isinstance(listed, Reply) and isinstance(mine, Reply)
    assert "every week: Thursday, 14:00" in str(listed.message)
    assert "meeting_change'" in str(listed.message) and "meeting_change'" not in str(mine.message)
    assert "meeting_change_one" in str(mine.message), "she takes part"
    with pytest.raises(UserError):
        it.frontline("meeting tomorrow")


def test_the_zone_of_the_bridge_is_the_meetings(it: Meetings) -> None:
    from bot.inbox import say_for
    from bot.meetings.series import settle_bridge

    moved = replace(it.stage.bridge, time_zone="America/New_York")
    with it.stage.services.db.writing() as connection:
        settle_bridge(connection, say_for(it.stage.services, connection, "test"), moved)
    assert it.ahead()[0].starts_at == FIRST + timedelta(hours=6)


# --- one meeting -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "day", "at", "field"),
    [
        ("explode", "", "", Field.MEETING_WHAT),
        ("move", "", "10:00", Field.MEETING_DATE),
        ("move", "2026-02-30", "10:00", Field.MEETING_DATE),
        ("move", "2026-01-01", "10:00", Field.MEETING_DATE),
        ("move", "2026-03-06", "", Field.TIME),
    ],
)
def test_a_wrong_change_of_one_meeting_gets_its_sentence(
    it: Meetings, what: str, day: str, at: str, field: str
) -> None:
    with pytest.raises(FormError) as problem:
        it.change_one(what, day, at)
    assert set(problem.value.fields) == {field}


def test_what_is_over_or_off_is_not_changed_again(it: Meetings) -> None:
    it.change_one("cancel")
    with pytest.raises(UserError):
        it.change_one("move", "2026-03-06", "10:00")
    with pytest.raises(UserError):
        attend.answer(it.stage.services, it.stage.gesture(ANNA), "1", "yes")


def test_another_time_is_suggested_to_the_facilitator(it: Meetings) -> None:
    def suggest(**fields: dict[str, Any]) -> Any:
        form = FormState({str(Field[name.upper()]): value for name, value in fields.items()})
        return attend.save_suggestion(it.stage.services, it.stage.gesture(ANNA), "1", form)

    cases: tuple[tuple[dict[str, Any], Field], ...] = (
        ({}, Field.MEETING_REASON),
        (
            {"meeting_date": {"selected_date": "2020-01-01"}, "time": {"selected_time": "10:00"}},
            Field.MEETING_DATE,
        ),
        ({"meeting_date": {"selected_date": "2026-05-01"}}, Field.TIME),
    )
    for wrong, field in cases:
        with pytest.raises(FormError) as problem:
            suggest(**wrong)
        assert set(problem.value.fields) == {field}
    suggest(meeting_reason=typed("Friday <!here>?"))
    it.stage.send(5)
    (told,) = it.direct(MIA)
    assert "Friday" in told and "<!here>" not in told and "meeting_change_one" in told


# --- topics ------------------------------------------------------------------------------------------------


def test_topics_by_command_and_from_an_insight(it: Meetings) -> None:
    answer = it.frontline("topic Prices for the fair", ANNA, SALES)
    assert isinstance(answer, Reply) and "On the agenda" in answer.message["text"]
    it.stage.flag(ANNA, it.stage.slack.say(SALES, BEN, "Acme is cheaper"))
    gesture = it.stage.gesture(ANNA)
    for _ in range(2):
        topics.add_insight(it.stage.services, gesture, "1")
    topics.add_insight(it.stage.services, it.stage.gesture(TOM), "1")
    assert [(one.text, one.insight_id) for one in it.topics()] == [("Prices for the fair", None), ("", 1)]
    it.prompted()
    it.wait_until(FIRST - timedelta(hours=1))
    agenda = shown(it.reminders()[0])
    assert "Prices for the fair" in agenda and agenda.count("Acme is cheaper") == 1


def test_a_deleted_message_is_taken_out_of_the_agenda(it: Meetings) -> None:
    ts = it.stage.slack.say(SALES, BEN, "Acme is cheaper")
    it.stage.flag(ANNA, ts)
    it.prompted()
    it.wait_until(FIRST - timedelta(hours=1))
    assert "Acme is cheaper" in shown(it.reminders()[0])
    it.stage.delete(ts)
    it.stage.send(5)
    assert "Acme is cheaper" not in shown(it.reminders()[0])
    assert "Acme is cheaper" not in it.stage.everything()


@pytest.mark.parametrize("value", ["", "x", "99"])
def test_an_insight_that_is_none_is_refused(it: Meetings, value: str) -> None:
    with pytest.raises(UserError):
        topics.add_insight(it.stage.services, it.stage.gesture(ANNA), value)


def test_topics_want_words_a_meeting_and_a_colleague(stage: Stage) -> None:
    it = Meetings(stage)
    for user, line in ((ANNA, "topic"), (ANNA, "topic Prices"), (GUEST, "topic Prices")):
        with pytest.raises(UserError):
            it.frontline(line, user, SALES)


# --- groups and file ---------------------------------------------------------------------------------------


def test_members_of_a_chosen_group_take_part(stage: Stage) -> None:
    with stage.services.db.writing() as connection:
        meetings.replace_groups(connection, TEAM, [Group("S1", "heads", [BEN])])
    it = Meetings(stage)
    it.set_up(meeting_people=users(), meeting_groups={"selected_options": [{"value": "S1"}]})
    it.prompted()
    assert "<!subteam^S1>" in shown(it.prompts()[0])
    it.wait_until(FIRST - timedelta(hours=1))
    assert any("начало" in one for one in it.direct(BEN)), "he is in none of its channels"
    assert isinstance(it.change_one("skip", occurrence_id=1, user=BEN), Reply)


def test_the_calendar_file_is_sent_once_to_who_asks(it: Meetings) -> None:
    gesture = it.stage.gesture(ANNA)
    it.change_one("move", "2026-03-06", "16:00")
    for _ in range(2):
        calendar_file.send_file(it.stage.services, gesture, "1")
    it.stage.send(5)
    ((name, content),) = it.stage.slack.shared_files(f"D{ANNA[1:]}")
    assert name.startswith("meeting-") and name.endswith(".ics")
    events: list[Any] = list(icalendar.Calendar.from_ical(content).walk("VEVENT"))
    assert len(events) == 2
    moved = next(one for one in events if "RECURRENCE-ID" in one)
    assert moved["DTSTART"].dt.isoformat() == "2026-03-06T16:00:00+01:00"
    assert moved["RECURRENCE-ID"].dt.date() == date(2026, 3, 5)


def test_who_is_near_no_channel_of_it_gets_no_file(it: Meetings) -> None:
    with it.stage.services.db.writing() as connection:
        for channel_id in (MARKETING, SALES):
            workspace.set_member(connection, TEAM, channel_id, TOM, is_in=False)
        workspace.save_person(
            connection,
            TEAM,
            replace(workspace.person(connection, TEAM, TOM), is_admin=False),  # type: ignore[arg-type, type-var]
            FIRST,
        )
    with pytest.raises(UserError):
        calendar_file.send_file(it.stage.services, Gesture("k", TOM), "1")
