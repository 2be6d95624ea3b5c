"""The report: what it says of which days, to whom it goes, once, and in which form."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.activities import reports_command
from bot.activities.kinds import Answer, Kind, Purpose
from bot.activities.periods import Days, read_days
from bot.activities.report import Part, Report, compile_report
from bot.activities.reports_command import answer_activities
from bot.errors import UserError
from bot.gestures import Reply
from bot.i18n import LANGUAGES, texts
from bot.messages.activity_report import report_details, report_post, report_preview
from bot.schedules import run_one_due
from bot.slack import SlackRefused
from bot.variants import plainest
from bot.workers import JOBS
from playground import blocks as slack
from storage import activity_answers, workspace
from storage.activities import Activity
from storage.database import Database
from tests.bot.activities.builders import Desk, an_entry, some_figures
from tests.bot.digests.builders import a_bridge
from tests.stage import make_stage
from tests.support import ANNA, BEN, MARKETING, MIA, SALES, SALES_2, TEAM, TOM, channel

MARCH = Days(date(2026, 3, 1), date(2026, 3, 31))
TODAY = date(2026, 3, 20)


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(make_stage(database))


def compiled(desk: Desk, days: Days = MARCH) -> Report:
    with desk.stage.services.db.reading() as connection:
        return compile_report(connection, TEAM, desk.stage.bridge, days, TODAY)


def to(desk: Desk, instant: datetime) -> None:
    desk.stage.clock.pass_time(seconds=(instant - desk.stage.clock.now()).total_seconds())


# --- days --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("", "2026-03-01", "2026-03-31"),
        ("этот месяц", "2026-03-01", "2026-03-31"),
        ("last month", "2026-02-01", "2026-02-28"),
        ("Прошлый месяц", "2026-02-01", "2026-02-28"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2026-Q1", "2026-01-01", "2026-03-31"),
        ("2026 к4", "2026-10-01", "2026-12-31"),
        ("last quarter", "2025-10-01", "2025-12-31"),
        ("quarter", "2026-01-01", "2026-03-31"),
        ("2026", "2026-01-01", "2026-12-31"),
        ("прошлый год", "2025-01-01", "2025-12-31"),
        ("2026-03-02..2026-03-15", "2026-03-02", "2026-03-15"),
        ("2026-03-02 – 2026-03-15", "2026-03-02", "2026-03-15"),
        ("2026-03-02 2026-03-15", "2026-03-02", "2026-03-15"),
    ],
)
def test_periods_as_people_name_them(words: str, first: str, last: str) -> None:
    assert read_days(words, TODAY) == Days(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    "words",
    ["soon", "2026-13", "2026-03-15..2026-03-02", "2026-02-30..2026-03-01", "0001", "2026-Q5", "9999"],
)
def test_what_is_no_period(words: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_days(words, TODAY)


# --- what is compiled --------------------------------------------------------------------------------------


def test_what_ran_and_what_is_planned(desk: Desk) -> None:
    desk.start(desk.plan(title="Ran"))
    desk.plan(title="Later", starts_on="2026-05-01", ends_on="2026-05-31")
    paid_ahead = desk.plan(title="Paid ahead", starts_on="2026-06-01", ends_on="2026-06-30")
    desk.enter(paid_ahead, "100")
    cancelled = desk.plan(title="Cancelled")
    desk.cancel(cancelled)
    old = desk.plan(title="Old", starts_on="2025-01-01", ends_on="2025-01-31")
    report = compiled(desk)
    assert {one.activity.title for one in report.ran} == {"Ran", "Paid ahead", "Cancelled"}
    assert [one.activity.title for one in report.planned] == ["Later", "Paid ahead"]
    assert old.status == "planned"


def test_the_periods_cost_is_told_apart_from_all_of_it(desk: Desk) -> None:
    activity = desk.plan(starts_on="2026-02-01")
    desk.enter(activity, "100", on_date=date(2026, 2, 28))
    desk.enter(activity, "30", on_date=date(2026, 3, 1))
    (part,) = compiled(desk).parts
    assert (part.in_period.spend, part.so_far.spend, part.budget) == (3_000, 13_000, 500_000)


PURPOSES = st.sampled_from(list(Purpose))
CURRENCIES = st.sampled_from(["EUR", "USD"])
SPENDS = st.lists(st.integers(0, 10**6), max_size=4)


@given(st.lists(st.tuples(PURPOSES, CURRENCIES, SPENDS), max_size=8))
def test_parts_sum_up_to_what_their_activities_say(given_: list[tuple[Purpose, str, list[int]]]) -> None:
    figures = [
        some_figures(
            *(an_entry(number, Kind.SPEND, amount) for number, amount in enumerate(spends)),
            id=index,
            purpose=purpose,
            currency=currency,
        )
        for index, (purpose, currency, spends) in enumerate(given_)
    ]
    report = Report(a_bridge(), MARCH, TODAY, tuple(figures), (), (), (), {})
    for part in report.parts:
        mine = [spends for _, currency, spends in given_ if currency == part.currency]
        assert (part.so_far.spend or 0) == sum(map(sum, mine))
        by_purpose = [part.of_purpose(one) for one in Purpose]
        assert sum(one.so_far.spend or 0 for one in by_purpose) == (part.so_far.spend or 0)
    assert sum(len(part.figures) for part in report.parts) == len(figures)


def test_cancelled_plans_are_no_plan_but_their_costs_are_costs() -> None:
    part = Part(
        "EUR",
        (
            some_figures(an_entry(1, Kind.SPEND, 100), planned_budget=500),
            some_figures(an_entry(2, Kind.SPEND, 70), planned_budget=900, status="cancelled"),
        ),
        MARCH,
    )
    assert (part.so_far.spend, part.budget) == (170, 500)


def test_the_best_and_the_worst_by_revenue_per_unit_of_cost() -> None:
    def one(id_: int, spend: int | None, revenue: int | None, currency: str = "EUR") -> Any:
        entries = [an_entry(1, Kind.SPEND, spend)] if spend is not None else []
        entries += [an_entry(2, Kind.FIRST_REVENUE, revenue)] if revenue is not None else []
        return some_figures(*entries, id=id_, title=f"No. {id_}", currency=currency)

    ran = (one(1, 100, 300), one(2, 100, 50, "USD"), one(3, None, 10), one(4, 0, 10), one(5, 100, 900))
    report = Report(a_bridge(), MARCH, TODAY, ran, (), (), (), {})
    assert [(ratio, figures.activity.id) for ratio, figures in report.ranked] == [
        (Fraction(9), 5),
        (Fraction(3), 1),
        (Fraction(1, 2), 2),
    ]
    said = str(report_post(texts("en"), report))
    assert "*Best ratio*: No. 5, €9.00 for each €1.00" in said
    assert "*Worst ratio*: No. 2, US$0.50 for each US$1.00" in said
    alone = str(report_post(texts("en"), replace(report, ran=ran[:1])))
    assert "no other to compare with" in alone
    none = str(report_post(texts("en"), replace(report, ran=ran[2:3])))
    assert "undefined, of none are both cost and revenue known" in none


# --- how it looks ------------------------------------------------------------------------------------------


def full(count: int = 3) -> Report:
    ran = tuple(
        some_figures(
            an_entry(1, Kind.SPEND, 600_000),
            an_entry(2, Kind.LEADS, 12),
            an_entry(3, Kind.FIRST_REVENUE, 900_000),
            id=index,
            title=f"Fair {index} <!here> *x*" + "y" * 100,
            purpose=("attract", "convince", "retain")[index % 3],
            numbers=(12, 15),
        )
        for index in range(count)
    )
    planned = tuple(some_figures(id=900 + index, status="planned") for index in range(14))
    return Report(a_bridge(name="EMEA"), MARCH, TODAY, ran, planned, (), (), {MIA: "Mia"})


def kinds(message: Any) -> list[str]:
    return [block["type"] for block in message["blocks"]]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("count", [0, 1, 3, 90])
def test_all_forms_are_within_slacks_limits(language: str, count: int) -> None:
    _ = texts(language)
    post = report_post(_, full(count))
    forms = [post["blocks"], *post.get("plainer", [])]
    assert len(forms) == (4 if count else 1)
    for blocks in forms:
        slack.check_message(list(blocks))
        assert sum(len(text) for text in slack.texts({"blocks": blocks})) < 13_000
        # Cells are literal to Slack; all that it would parse is inert.
        assert "<!here>" not in str([one for one in blocks if one["type"] in ("section", "context")])
    slack.check_message(list(report_preview(_, _, full(count), "1:2026-03-01..2026-03-31:key")["blocks"]))


def test_the_forms_get_plainer() -> None:
    post = report_post(texts("en"), full())
    special = [
        [one["type"] for one in form if one["type"].startswith(("data", "table"))]
        for form in [post["blocks"], *post["plainer"]]
    ]
    assert special == [["data_visualization", "data_table"], ["data_table"], ["table"], []]
    assert "€6,000.00 of €5,000.00 (120%)" in str(plainest(post))


def test_the_chart_shows_planned_and_spent_by_purpose_in_whole_units() -> None:
    chart = next(one for one in report_post(texts("en"), full())["blocks"] if "chart" in one)
    series = {one["name"]: [point["value"] for point in one["data"]] for one in chart["chart"]["series"]}
    assert series == {"Planned budget": [5000] * 3, "Spent so far": [6000] * 3}
    assert chart["chart"]["axis_config"]["categories"] == ["attract", "convince", "retain"]


def test_the_table_is_sorted_by_exact_minor_units() -> None:
    table = next(one for one in report_post(texts("en"), full(1))["blocks"] if one["type"] == "data_table")
    header, row = table["rows"]
    cells = dict(zip((one["text"] for one in header), row, strict=True))
    assert cells["Spent so far"] == {"type": "raw_number", "value": 600_000, "text": "€6,000.00"}
    assert cells["Meetings"] == {"type": "raw_text", "text": "–"}
    assert cells["Cost per lead"] == {"type": "raw_number", "value": 50_000, "text": "€500.00"}
    assert cells["Cost per deal"]["text"] == "undefined: no deals"


def test_a_time_without_any_is_said_in_one_line() -> None:
    empty = Report(a_bridge(), MARCH, TODAY, (), (), (), (), {})
    assert kinds(report_post(texts("en"), empty)) == ["section"]
    assert "ни одной не было" in str(report_post(texts("ru"), empty))


# --- where it goes -----------------------------------------------------------------------------------------


@pytest.fixture
def activity(desk: Desk) -> Activity:
    """Ran in March, over budget, and sales was asked."""
    made = desk.plan()
    desk.start(made)
    desk.enter(made, "6,000")
    desk.enter(made, "12k", Kind.FIRST_REVENUE)
    desk.finish(made)
    desk.stage.ring()
    with desk.stage.services.db.writing() as connection:
        values = {"answer": Answer.YES, "deal": "Hartmann", "comment": "the demo did it"}
        (asking,) = activity_answers.askings_of(connection, [made.id])
        activity_answers.save_answer(connection, asking.id, ANNA, values, desk.stage.clock.now())
    desk.stage.send(5)
    return made


def posts(desk: Desk, name: str) -> list[dict[str, Any]]:
    desk.stage.send(10)
    asked = "Did this help you sell?"
    return [one for one in desk.stage.slack.posts(name) if asked not in one["text"]]


FIRST_OF_APRIL = datetime(2026, 4, 1, 7, 30, tzinfo=UTC)  # 09:30 in Berlin, in summer time


def test_it_comes_on_the_first_for_the_month_before_to_all_channels_once(
    desk: Desk, activity: Activity
) -> None:
    to(desk, FIRST_OF_APRIL - timedelta(seconds=1))
    assert not run_one_due(desk.stage.services, JOBS)
    to(desk, FIRST_OF_APRIL)
    assert run_one_due(desk.stage.services, JOBS)
    assert not run_one_due(desk.stage.services, JOBS)
    heads = [posts(desk, name)[0] for name in (MARKETING, SALES, SALES_2)]
    assert heads[0]["blocks"] == heads[1]["blocks"] == heads[2]["blocks"]
    said = str(heads[1]["blocks"])
    assert "Activities: March 2026" in said
    assert "*Cost in this time: €6,000.00*" in said
    assert "€2.00 for each €1.00" in said
    assert "over budget" in said
    assert "1 of 3 asked have answered – yes: 1" in said
    # What sales said in confidence stays in the marketing channel's thread.
    assert "Hartmann" not in said and "the demo did it" not in said
    details, file = posts(desk, MARKETING)[1:]
    assert details["thread_ts"] == file["thread_ts"] == heads[0]["ts"]
    assert "Hartmann" in str(details["blocks"]) and "the demo did it" in str(details["blocks"])
    assert len(posts(desk, SALES)) == len(posts(desk, SALES_2)) == 1


def test_the_ledger_has_every_entry(desk: Desk, activity: Activity) -> None:
    desk.correct(desk.entries(activity)[0], "5,500.50", TOM, note="=1+1")
    answer_activities(desk.stage.services, desk.stage.gesture(MIA, MARKETING), "now 2026-03")
    desk.stage.send(10)
    ((name, content),) = desk.stage.slack.shared_files(MARKETING)
    assert name.startswith("activities-2026-03-01-2026-03-31-")
    lines = content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("activity,purpose,status")
    assert len(lines) == 4
    assert "spend,2026-03-02,6000.00,EUR,,,,,no,,Mia" in lines[1]
    assert "spend,2026-03-02,5500.50,EUR,,,,'=1+1,yes,1,Tom" in lines[3]


def test_a_missed_first_is_made_up_until_the_next(desk: Desk, activity: Activity) -> None:
    to(desk, datetime(2026, 5, 20, 12, tzinfo=UTC))
    assert run_one_due(desk.stage.services, JOBS)
    assert "April 2026" in str(posts(desk, SALES)[0]["blocks"])
    assert len(posts(desk, SALES)) == 1
    assert [one["outcome"] for one in desk.stage.rows("runs")] == ["missed", "done"]


def test_where_blocks_are_refused_the_next_plainer_form_goes_out_once(desk: Desk, activity: Activity) -> None:
    desk.stage.slack.fail("chat.postMessage", SlackRefused("invalid_blocks"), times=2)
    answer_activities(desk.stage.services, desk.stage.gesture(MIA, MARKETING), "now 2026-03")
    found = [posts(desk, name)[0] for name in (MARKETING, SALES, SALES_2)]
    assert all("table" in kinds(one) and "data_table" not in kinds(one) for one in found)
    assert desk.stage.slack.faults == []  # the other two channels were not refused first


def test_channels_shared_with_outsiders_get_nothing(desk: Desk, activity: Activity) -> None:
    with desk.stage.services.db.writing() as connection:
        for name in (SALES, MARKETING):
            shared = channel(name, is_shared=True)
            workspace.save_channel(connection, TEAM, shared, desk.stage.clock.now())
    to(desk, FIRST_OF_APRIL)
    run_one_due(desk.stage.services, JOBS)
    assert posts(desk, SALES) == posts(desk, MARKETING) == []
    assert len(posts(desk, SALES_2)) == 1
    (told,) = posts(desk, "DMIA")
    assert "shared with another organisation" in told["text"]
    with pytest.raises(UserError, match="shared with another"):
        answer_activities(desk.stage.services, desk.stage.gesture(MIA, MARKETING), "now")


# --- on demand ---------------------------------------------------------------------------------------------


def preview(desk: Desk, user: str, words: str = "2026-03") -> str:
    answer = answer_activities(desk.stage.services, desk.stage.gesture(user, SALES), words)
    assert isinstance(answer, Reply)
    slack.check_message(list(answer.message["blocks"]))
    return str(answer.message["blocks"])


def test_sales_sees_the_report_and_managers_may_send_it(desk: Desk, activity: Activity) -> None:
    for user, may_send in ((ANNA, False), (BEN, False), (MIA, True), (TOM, True)):
        shown = preview(desk, user)
        assert "Trade fair" in shown and "€6,000.00 of €5,000.00 (120%)" in shown
        assert ("activity_report_send" in shown) == may_send
    assert posts(desk, SALES) == []


@pytest.mark.parametrize("words", ["now", "pause", "resume"])
def test_sales_may_not_send_or_pause(desk: Desk, activity: Activity, words: str) -> None:
    before = desk.stage.rows("schedules")
    with pytest.raises(UserError, match="managers"):
        answer_activities(desk.stage.services, desk.stage.gesture(ANNA), words)
    assert desk.stage.rows("schedules") == before and posts(desk, SALES) == []


def test_a_wrong_period_is_answered_with_what_can_be_said(desk: Desk, activity: Activity) -> None:
    with pytest.raises(UserError, match="2026-Q1"):
        preview(desk, ANNA, "whenever")


def test_a_preview_is_sent_once_however_often_it_is_pressed(desk: Desk, activity: Activity) -> None:
    value = f"{desk.stage.bridge.id}:2026-03-01..2026-03-31:trigger"
    for _ in range(2):
        reports_command.send_previewed(desk.stage.services, desk.stage.gesture(MIA), value)
    assert len(posts(desk, SALES)) == 1


@pytest.mark.parametrize("value", ["", "999:2026-03:x", "1", "x:y:z"])
def test_forged_buttons_send_nothing(desk: Desk, activity: Activity, value: str) -> None:
    if value == "1":
        value = f"{desk.stage.bridge.id}:nonsense:x"
    with pytest.raises(UserError):
        reports_command.send_previewed(desk.stage.services, desk.stage.gesture(MIA), value)
    forged = f"{desk.stage.bridge.id}:2026-03:x"
    with pytest.raises(UserError):
        reports_command.send_previewed(desk.stage.services, desk.stage.gesture(ANNA), forged)
    assert posts(desk, SALES) == []


def test_paused_it_does_not_come_and_resumed_it_does(desk: Desk, activity: Activity) -> None:
    services = desk.stage.services
    paused = answer_activities(services, desk.stage.gesture(MIA), "пауза")
    assert isinstance(paused, Reply) and "paused" in str(paused.message)
    to(desk, FIRST_OF_APRIL)
    assert not run_one_due(services, JOBS)
    resumed = answer_activities(services, desk.stage.gesture(MIA), "resume")
    assert isinstance(resumed, Reply) and "1 May, 09:30" in str(resumed.message)


def test_without_an_activity_no_bridge_has_a_report(desk: Desk) -> None:
    assert desk.stage.rows("schedules") == []
    desk.plan()
    assert [one["kind"] for one in desk.stage.rows("schedules")] == ["activity_report"]


def test_details_are_only_there_where_something_was_said() -> None:
    assert report_details(texts("en"), full()) is None
