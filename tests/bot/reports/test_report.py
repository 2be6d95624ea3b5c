"""The report to sales: on its schedule, once to each sales channel, and only what that channel may show."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.digests.form import open_form, save_form
from bot.digests.schedule import SALES_REPORT, Frequency, Rhythm, rhythm_of, save_rhythm, schedule_of
from bot.errors import FormError, UserError
from bot.gestures import Open, Reply
from bot.help import answer_frontline
from bot.i18n import texts
from bot.ids import Field
from bot.messages.report import duration
from bot.reports.answer import send_previewed
from bot.reports.compile import median_of
from bot.schedules import run_one_due
from bot.slack import SlackRefused
from bot.triage.rules import Step
from bot.workers import JOBS
from storage import workspace
from storage.database import Database
from tests.bot.triage.desk import finish, flagged, now, step
from tests.fakeslack import key_of
from tests.stage import Stage, form, make_stage
from tests.support import ANNA, BEN, MIA, SALES, SALES_2, TEAM, TOM, channel


@pytest.fixture
def stage(database: Database) -> Stage:
    made = make_stage(database)
    with made.services.db.writing() as connection:
        schedule_of(connection, made.bridge, made.clock.now(), SALES_REPORT)
    return made


def make_private(stage: Stage, channel_id: str, members: list[str]) -> None:
    with stage.services.db.writing() as connection:
        workspace.save_channel(connection, TEAM, channel(channel_id, is_private=True), stage.clock.now())
        workspace.replace_members(connection, TEAM, channel_id, members)


def fall_due(stage: Stage) -> None:
    """The clock goes to the next report, which is sent."""
    with stage.services.db.reading() as connection:
        due = schedule_of(connection, stage.bridge, stage.clock.now(), SALES_REPORT).next_run_at
    assert due is not None
    stage.clock.pass_time(seconds=(due - stage.clock.now()).total_seconds())
    while run_one_due(stage.services, JOBS):
        pass
    stage.send(seconds=5)


def reports(stage: Stage, channel_id: str) -> list[str]:
    found = [one for one in stage.slack.posts(channel_id) if "report" in key_of(one)]
    return [str(one["blocks"]) for one in found]


def test_it_comes_on_the_first_monday_of_the_month_at_ten(stage: Stage) -> None:
    with stage.services.db.reading() as connection:
        schedule = schedule_of(connection, stage.bridge, stage.clock.now(), SALES_REPORT)
    assert schedule.next_run_at == datetime(2026, 4, 6, 8, 0, tzinfo=UTC), "10:00 in Berlin, summer time"
    assert rhythm_of(schedule) == SALES_REPORT.default


def test_each_sales_channel_hears_once_what_was_told_and_what_became_of_it(stage: Stage) -> None:
    done, declined, taken, _new = (flagged(stage, ANNA, f"words {number}") for number in range(4))
    stage.clock.pass_time(hours=2)
    finish(stage, done, "A new *list* <!channel>")
    finish(stage, declined, "Not now", Step.DECLINE)
    step(stage, taken, Step.TAKE)
    fall_due(stage)
    for place in (SALES, SALES_2):
        (said,) = reports(stage, place)
        assert "4 insights" in said and "1 done, 1 declined" in said
        assert "1 in progress, 1 waiting" in said
        assert "words 0" in said and "words 1" in said and "words 2" not in said
        assert "Not now" in said and "<!channel>" not in said
        assert "a first answer after 2 hours, an outcome after 2 hours" in said
    assert reports(stage, "CMARKETING") == []
    fall_due(stage)
    assert "A quiet time" in reports(stage, SALES)[-1] and len(reports(stage, SALES)) == 2


def test_a_channel_sees_what_is_public_or_its_own(stage: Stage) -> None:
    make_private(stage, SALES_2, [BEN])
    finish(stage, flagged(stage, ANNA, "public words"), "public outcome")
    finish(stage, flagged(stage, BEN, "private words", channel=SALES_2), "private outcome")
    flagged(stage, BEN, "private too", channel=SALES_2)
    fall_due(stage)
    (public,), (private,) = reports(stage, SALES), reports(stage, SALES_2)
    assert "private" not in public and "1 insight" in public and "*Still open*: nothing" in public
    assert all(words in private for words in ("public outcome", "private outcome", "3 insights", "1 waiting"))


@pytest.mark.parametrize("changes", [{"is_shared": True}, {"is_archived": True}])
def test_nothing_is_said_where_outsiders_read(stage: Stage, changes: dict[str, bool]) -> None:
    with stage.services.db.writing() as connection:
        workspace.save_channel(connection, TEAM, channel(SALES_2, **changes), stage.clock.now())
    fall_due(stage)
    assert reports(stage, SALES_2) == [] and len(reports(stage, SALES)) == 1


def test_the_next_report_says_how_many_nobody_came_to_see(stage: Stage) -> None:
    fall_due(stage)
    stage.clock.pass_time(days=70)  # Frontline is down over two reports, and makes up the second
    stage.slack.fail("chat.postMessage", SlackRefused("not_in_channel"))  # in one of the channels
    while run_one_due(stage.services, JOBS):
        pass
    stage.send(seconds=5)
    missed = "1 report before this one was missed"
    (parked,) = [place for place in (SALES, SALES_2) if len(reports(stage, place)) == 1]
    (other,) = {SALES, SALES_2} - {parked}
    assert [missed in said for said in reports(stage, other)] == [False, True]
    fall_due(stage)
    assert [missed in said for said in reports(stage, other)] == [False, True, False]
    assert "2 reports before this one were missed" in reports(stage, parked)[-1]


def test_a_deleted_text_leaves_the_report(stage: Stage) -> None:
    insight = flagged(stage, ANNA, "secret words")
    finish(stage, insight, "Outcome")
    fall_due(stage)
    assert insight.message_ts and "secret words" in reports(stage, SALES)[0]
    stage.delete(insight.message_ts)
    stage.send(seconds=5)
    assert all("secret words" not in said for place in (SALES, SALES_2) for said in reports(stage, place))


def test_very_much_fits(stage: Stage) -> None:
    for number in range(30):
        finish(stage, flagged(stage, ANNA, f"{number} " * 300), "word " * 400)
    fall_due(stage)
    assert "And 22 more." in reports(stage, SALES)[0]


def command(stage: Stage, line: str, user: str = MIA, where: str = SALES) -> Any:
    return answer_frontline(stage.services, stage.gesture(user, where), line)


def test_preview_is_for_one_alone_and_can_be_sent_once(stage: Stage) -> None:
    finish(stage, flagged(stage, ANNA, "words"), "Outcome")
    stage.clock.pass_time(minutes=1)
    shown = command(stage, "report preview")
    assert isinstance(shown, Reply) and "Outcome" in str(shown.message)
    assert stage.slack.posts(SALES) == []
    (value,) = [
        one["value"]
        for block in shown.message["blocks"]
        for one in block.get("elements", [])
        if one.get("action_id") == "report_send_now"
    ]
    for _ in range(2):
        send_previewed(stage.services, stage.gesture(MIA), value)
    stage.send(seconds=4)
    assert len(reports(stage, SALES)) == len(reports(stage, SALES_2)) == 1


def test_a_manager_outside_a_private_channel_is_shown_another(stage: Stage) -> None:
    with stage.services.db.writing() as connection:
        workspace.replace_members(connection, TEAM, "CMARKETING", [])
    make_private(stage, SALES_2, [BEN])
    flagged(stage, BEN, "private words", channel=SALES_2)
    shown = command(stage, "report preview", MIA, SALES_2)
    assert f"<#{SALES}>" in str(shown.message)
    make_private(stage, SALES, [ANNA])
    with pytest.raises(UserError, match="private"):
        command(stage, "report preview", MIA, SALES_2)


def test_now_pause_and_resume_are_the_managers(stage: Stage) -> None:
    for word in ("now", "pause", "resume", "preview"):
        with pytest.raises(UserError):
            command(stage, f"report {word}", ANNA)
    command(stage, "report now")
    stage.send(seconds=4)
    assert len(reports(stage, SALES)) == 1
    assert "paused" in command(stage, "отчёт пауза").message["text"]
    stage.clock.pass_time(days=40)
    while run_one_due(stage.services, JOBS):
        pass
    stage.send(seconds=4)
    assert len(reports(stage, SALES)) == 1
    assert "Next report" in command(stage, "report resume").message["text"]
    with pytest.raises(UserError, match="/frontline report"):
        command(stage, "report nonsense")


def test_the_form_keeps_a_weekday_of_the_month(stage: Stage) -> None:
    opened = open_form(stage.services, stage.gesture(MIA), str(stage.bridge.id), SALES_REPORT)
    assert isinstance(opened, Open) and "Monday" in str(opened.view)
    metadata = opened.view["private_metadata"]
    answers = form(frequency="option:monthly_weekday", weekday="option:4", month_week="option:-1")
    answers = type(answers)({**answers.values, Field.TIME: {"selected_time": "16:30"}})
    save_form(stage.services, stage.gesture(MIA), metadata, answers)
    with stage.services.db.reading() as connection:
        schedule = schedule_of(connection, stage.bridge, stage.clock.now(), SALES_REPORT)
    assert rhythm_of(schedule).week == -1 and schedule.rule == "FREQ=MONTHLY;BYDAY=-1FR"
    assert schedule.next_run_at == datetime(2026, 3, 27, 15, 30, tzinfo=UTC)
    with pytest.raises(FormError):
        save_form(stage.services, stage.gesture(MIA), metadata, form(frequency="option:daily"))
    for forged in ("999:sales_report", f"{stage.bridge.id}:nonsense"):
        with pytest.raises(UserError):
            save_form(stage.services, stage.gesture(MIA), forged, answers)
    with pytest.raises(UserError):
        save_form(stage.services, stage.gesture(ANNA), metadata, answers)


@pytest.mark.parametrize("week", [1, 2, 3, 4, -1])
@pytest.mark.parametrize("weekday", [0, 6])
def test_rhythms_survive_being_stored(stage: Stage, week: int, weekday: int) -> None:
    rhythm = Rhythm(Frequency.MONTHLY_WEEKDAY, weekday=weekday, week=week)
    with stage.services.db.writing() as connection:
        saved = save_rhythm(connection, stage.bridge, rhythm, stage.clock.now(), regular=SALES_REPORT)
    assert rhythm_of(saved) == rhythm


def test_medians_and_durations() -> None:
    start = datetime(2026, 3, 2, tzinfo=UTC)
    times = [(start, start + timedelta(hours=hours)) for hours in (1, 2, 30)]
    assert median_of(times) == timedelta(hours=2) and median_of([]) is None
    told = [duration(texts("en"), timedelta(minutes=one)) for one in (0, 1, 59, 60, 47 * 60, 48 * 60)]
    assert told == ["1 minute", "1 minute", "59 minutes", "1 hour", "47 hours", "2 days"]


def test_who_acted_first_counts_not_who_finished(stage: Stage) -> None:
    insight = flagged(stage, ANNA)
    stage.clock.pass_time(hours=1)
    step(stage, insight, Step.ACKNOWLEDGE, TOM)
    stage.clock.pass_time(days=3)
    finish(stage, now(stage, insight))
    fall_due(stage)
    assert "a first answer after 1 hour, an outcome after 3 days" in reports(stage, SALES)[0]
