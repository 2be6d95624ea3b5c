"""An activity begins, ends or is cancelled; stale buttons change nothing."""

from datetime import timedelta

import pytest

from bot.activities import planning
from bot.activities.kinds import Kind
from bot.errors import FormError, UserError
from storage.activities import Activity
from storage.database import Database
from tests.bot.activities.builders import FIRST, Desk
from tests.stage import make_stage
from tests.support import ANNA, GUEST, MIA


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(make_stage(database))


@pytest.fixture
def activity(desk: Desk) -> Activity:
    return desk.plan()


def test_from_plan_to_end(desk: Desk, activity: Activity) -> None:
    desk.start(activity)
    assert (desk.now(activity).status, desk.now(activity).started_on) == ("running", FIRST)
    desk.stage.clock.pass_time(days=3)
    desk.finish(activity)
    after = desk.now(activity)
    assert (after.status, after.ended_on) == ("finished", FIRST + timedelta(days=3))


def test_results_may_come_after_the_end(desk: Desk, activity: Activity) -> None:
    desk.start(activity)
    desk.finish(activity)
    desk.enter(activity, "3", Kind.FIRST_DEALS)
    assert desk.figures(activity).totals.deals == 3
    assert desk.now(activity).status == "finished"


def test_stale_buttons_change_nothing(desk: Desk, activity: Activity) -> None:
    with pytest.raises(UserError, match="moved on"):
        desk.finish(activity)
    desk.start(activity)
    with pytest.raises(UserError, match="moved on"):
        desk.start(activity)
    desk.finish(activity)
    for gesture in (desk.start, desk.finish, desk.cancel):
        with pytest.raises(UserError, match="moved on"):
            gesture(activity)
    assert desk.now(activity).status == "finished"


@pytest.mark.parametrize("user", [ANNA, GUEST])
def test_others_may_not(desk: Desk, activity: Activity, user: str) -> None:
    for gesture in (desk.start, desk.finish):
        with pytest.raises(UserError):
            gesture(activity, user)
    with pytest.raises(UserError):
        desk.cancel(activity, user=user)
    assert desk.now(activity) == activity


def test_a_cancelled_activity_keeps_its_costs_and_takes_no_results(desk: Desk, activity: Activity) -> None:
    desk.enter(activity, "300")
    desk.cancel(activity)
    after = desk.figures(activity)
    assert (after.activity.status, after.activity.cancel_reason) == ("cancelled", "no stand left")
    assert after.totals.spend == 30_000
    assert after.flags(FIRST + timedelta(days=400)) == ()
    desk.enter(activity, "100", note="the fee for cancelling")
    desk.correct(desk.entries(activity)[0], "200")
    assert desk.figures(activity).totals.spend == 30_000
    with pytest.raises(UserError, match="only spend and corrections"):
        desk.enter(activity, "3", Kind.LEADS)
    with pytest.raises(UserError, match="can't be changed"):
        desk.change(activity, title="Revived")
    with pytest.raises(UserError, match="can't be changed"):
        planning.open_change(desk.stage.services, desk.stage.gesture(MIA), activity.id)


@pytest.mark.parametrize("reason", [None, "  ", "x" * 501])
def test_cancelling_wants_a_reason(desk: Desk, activity: Activity, reason: str | None) -> None:
    with pytest.raises(FormError):
        desk.cancel(activity, reason)
    assert desk.now(activity).status == "planned"
