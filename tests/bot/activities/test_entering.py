"""Entries: what each one does to the sums, and that none is ever edited away."""

from datetime import date, timedelta
from typing import Any

import pytest

from bot.activities import entering
from bot.activities.command import answer_activity
from bot.activities.figures import Flag
from bot.activities.kinds import Kind
from bot.activities.ratios import Undefined
from bot.errors import FormError, UserError
from bot.gestures import Open, Reply
from bot.i18n import texts
from storage.activities import Activity
from storage.database import Database
from tests.bot.activities.builders import FIRST, Desk, an_entry
from tests.stage import make_stage
from tests.support import ANNA, GUEST, MIA, STRANGER, TOM


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(make_stage(database))


@pytest.fixture
def activity(desk: Desk) -> Activity:
    return desk.plan()


def refused(desk: Desk, activity: Activity, amount: str, **more: Any) -> dict[str, str]:
    before = desk.entries(activity)
    with pytest.raises(FormError) as problem:
        desk.enter(activity, amount, **more)
    assert desk.entries(activity) == before
    return {block: texts("en").say(text) for block, text in problem.value.fields.items()}


def test_spend_and_results_are_kept_with_who_entered_them(desk: Desk, activity: Activity) -> None:
    desk.enter(activity, "1,200.50", note="the stand")
    desk.enter(activity, "7", Kind.LEADS, TOM)
    desk.enter(activity, "20k", Kind.FIRST_REVENUE)
    found = [(one.kind, one.amount, one.note, one.entered_by) for one in desk.entries(activity)]
    assert found == [
        ("spend", 120_050, "the stand", MIA),
        ("leads", 7, None, TOM),
        ("first_revenue", 2_000_000, None, MIA),
    ]


def test_a_gesture_counts_once(desk: Desk, activity: Activity) -> None:
    assert desk.enter(activity, "5", key="V1:h") == desk.enter(activity, "5", key="V1:h")
    assert len(desk.entries(activity)) == 1


@pytest.mark.parametrize("user", [ANNA, GUEST, STRANGER, "UNOBODY"])
def test_others_may_enter_nothing(desk: Desk, activity: Activity, user: str) -> None:
    with pytest.raises(UserError):
        desk.enter(activity, "5", user=user)
    with pytest.raises(UserError):
        entering.open_entry(desk.stage.services, desk.stage.gesture(user), activity.id, is_spend=True)
    assert desk.entries(activity) == []


@pytest.mark.parametrize(
    ("amount", "more", "block", "words"),
    [
        ("", {}, "activity_amount", "12,500"),
        ("5 XYZ", {}, "activity_amount", "12,500"),
        ("0", {}, "activity_amount", "Nothing spent"),
        ("99999999999999999", {}, "activity_amount", "more than I can count"),
        ("1.5", {"kind": Kind.LEADS}, "activity_amount", "whole number"),
        ("9999999999", {"kind": Kind.LEADS}, "activity_amount", "more than I can count"),
        ("5", {"on_date": FIRST + timedelta(days=1)}, "activity_on_date", "yet to come"),
        ("5", {"on_date": date(1999, 12, 31)}, "activity_on_date", "Choose a day"),
        ("5", {"note": "x" * 1001}, "note", "1,000"),
        ("5 USD", {}, "activity_rate", "one USD is worth in EUR"),
        ("5 USD", {"rate": "0"}, "activity_rate", "one USD is worth"),
        ("5 USD", {"rate": "cheap"}, "activity_rate", "one USD is worth"),
        ("5", {"rate": "0.92"}, "activity_rate", "No rate is needed"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    desk: Desk, activity: Activity, amount: str, more: dict[str, Any], block: str, words: str
) -> None:
    assert words in refused(desk, activity, amount, **more)[block]


def test_a_forged_kind_is_refused(desk: Desk, activity: Activity) -> None:
    assert "what came" in refused(desk, activity, "5", kind="likes")["activity_kind"]


def test_today_is_that_of_the_bridge(desk: Desk, activity: Activity) -> None:
    desk.stage.clock.pass_time(hours=14, minutes=30)  # 23:30 UTC: past midnight in Berlin
    desk.enter(activity, "5", on_date=FIRST + timedelta(days=1))
    assert desk.entries(activity)[0].on_date == FIRST + timedelta(days=1)


# --- another currency --------------------------------------------------------------------------------------


def test_another_currency_needs_a_rate_which_is_kept(desk: Desk, activity: Activity) -> None:
    desk.enter(activity, "100.05 USD", rate="0,9214")
    (entry,) = desk.entries(activity)
    assert (entry.given_amount, entry.given_currency, entry.rate) == (10_005, "USD", "0.9214")
    assert entry.amount == 9_219  # 92.18607, rounded once
    answer = entering.open_correction(
        desk.stage.services, desk.stage.gesture(MIA), f"{activity.id}:{entry.id}"
    )
    assert isinstance(answer, Open)
    assert "100.05 USD" in str(answer.view) and "0.9214" in str(answer.view)


def test_a_change_of_the_bridges_currency_leaves_what_exists_in_its_own(
    desk: Desk, activity: Activity
) -> None:
    desk.enter(activity, "100")
    answer = answer_activity(desk.stage.services, desk.stage.gesture(TOM), "currency dollars")
    assert isinstance(answer, Reply) and "now plans in USD" in str(answer.message)
    new = desk.plan(title="In dollars", currency=None)
    assert (desk.now(activity).currency, new.currency) == ("EUR", "USD")
    desk.enter(activity, "50")  # goes on in its own
    assert desk.figures(activity).totals.spend == 15_000
    assert "one USD is worth in EUR" in refused(desk, activity, "5 USD")["activity_rate"]
    with pytest.raises(ValueError, match="currencies"):
        desk.figures(activity).totals + desk.figures(new).totals


def test_only_managers_choose_the_currency_and_only_one_that_exists(desk: Desk, activity: Activity) -> None:
    with pytest.raises(UserError, match="managers"):
        answer_activity(desk.stage.services, desk.stage.gesture(ANNA), "currency USD")
    with pytest.raises(UserError, match="no such currency"):
        answer_activity(desk.stage.services, desk.stage.gesture(MIA), "валюта XYZ")
    assert desk.plan(title="Another", currency=None).currency == "EUR"


# --- corrections -------------------------------------------------------------------------------------------


def test_a_correction_takes_the_place_of_what_stays_in_the_ledger(desk: Desk, activity: Activity) -> None:
    desk.enter(activity, "500")
    desk.enter(activity, "20")
    desk.correct(desk.entries(activity)[0], "50", TOM, note="a nought too many")
    first, second, correction = desk.entries(activity)
    assert (first.amount, first.entered_by) == (50_000, MIA)
    assert (correction.amount, correction.corrects_id, correction.entered_by) == (5_000, first.id, TOM)
    assert correction.kind == "spend"
    assert desk.figures(activity).totals.spend == 7_000
    assert [one.id for one in desk.figures(activity).standing] == [second.id, correction.id]


def test_nought_strikes_an_entry_out(desk: Desk, activity: Activity) -> None:
    desk.enter(activity, "500")
    desk.correct(desk.entries(activity)[0], "0")
    assert desk.figures(activity).totals.spend == 0
    assert len(desk.entries(activity)) == 2


def test_an_entry_is_corrected_once_then_its_correction_is(desk: Desk, activity: Activity) -> None:
    desk.enter(activity, "500")
    (first,) = desk.entries(activity)
    desk.correct(first, "50")
    with pytest.raises(UserError, match="corrected already"):
        desk.correct(first, "5")
    with pytest.raises(UserError, match="corrected already"):
        entering.open_correction(desk.stage.services, desk.stage.gesture(MIA), f"{activity.id}:{first.id}")
    desk.correct(desk.entries(activity)[-1], "60")
    assert desk.figures(activity).totals.spend == 6_000


def test_an_entry_of_another_activity_is_not_corrected(desk: Desk, activity: Activity) -> None:
    other = desk.plan(title="Webinar")
    desk.enter(other, "500")
    (entry,) = desk.entries(other)
    with pytest.raises(UserError, match="no longer exists"):
        desk.correct(an_entry(entry.id, Kind.SPEND, 1, activity_id=activity.id), "5")
    with pytest.raises(UserError, match="no longer exists"):
        desk.correct(an_entry(999, Kind.SPEND, 1, activity_id=activity.id), "5")
    assert len(desk.entries(other)) == 1 and desk.entries(activity) == []


# --- noughts, negative and huge ones -----------------------------------------------------------------------


def test_a_result_of_nought_is_known_and_brings_no_ratio(desk: Desk, activity: Activity) -> None:
    desk.enter(activity, "100")
    assert desk.figures(activity).result_share(Kind.LEADS) is Undefined.NOTHING_RECORDED
    desk.enter(activity, "0", Kind.LEADS)
    figures = desk.figures(activity)
    assert figures.result_share(Kind.LEADS) == 0
    assert figures.totals.cost_per_lead is Undefined.NO_LEADS
    desk.finish(activity)
    assert Flag.NO_RESULTS in desk.figures(activity).flags(FIRST)


def test_a_refund_needs_a_word_and_lowers_the_sum(desk: Desk, activity: Activity) -> None:
    desk.enter(activity, "500")
    assert "why" in refused(desk, activity, "-200")["note"]
    desk.enter(activity, "-200", note="the stand was smaller")
    assert desk.figures(activity).totals.spend == 30_000


def test_more_than_there_is_can_not_be_taken_back(desk: Desk, activity: Activity) -> None:
    desk.enter(activity, "500")
    assert "take back more" in refused(desk, activity, "-500.01", note="x")["activity_amount"]
    desk.enter(activity, "-400", note="x")
    with pytest.raises(FormError):  # nor by a correction that leaves a refund standing alone
        desk.correct(desk.entries(activity)[0], "300")
    desk.enter(activity, "-100", note="x")
    assert desk.figures(activity).totals.spend == 0


def test_huge_sums_stay_exact(desk: Desk, activity: Activity) -> None:
    for _ in range(12):
        desk.enter(activity, "9,999,999,999,999.99")
    assert desk.figures(activity).totals.spend == 12 * 999_999_999_999_999
    assert "€119,999,999,999,999.88" in str(desk.enter(activity, "1", Kind.LEADS))


# --- what lets it run --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "on_date", "status"),
    [
        (Kind.SPEND, FIRST - timedelta(days=20), "planned"),  # paid ahead
        (Kind.SPEND, FIRST, "running"),
        (Kind.LEADS, FIRST - timedelta(days=1), "running"),
    ],
)
def test_what_happens_lets_a_planned_activity_run(
    desk: Desk, activity: Activity, kind: Kind, on_date: date, status: str
) -> None:
    desk.enter(activity, "5", kind, on_date=on_date)
    after = desk.now(activity)
    assert (after.status, after.started_on) == (status, on_date if status == "running" else None)


def test_over_budget_is_said_on_the_card(desk: Desk, activity: Activity) -> None:
    desk.enter(activity, "5000")
    assert Flag.OVER_BUDGET not in desk.figures(activity).flags(FIRST)
    answer = desk.enter(activity, "0.01")
    assert "over budget" in str(answer)
