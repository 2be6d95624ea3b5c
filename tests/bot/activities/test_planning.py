"""Plans: who may, what is refused beside which field, and what a stored plan says."""

from datetime import date
from typing import Any

import pytest

from bot.activities import planning, showing
from bot.activities.command import answer_activity
from bot.activities.kinds import Kind
from bot.errors import FormError, UserError
from bot.gestures import Open, Reply, Update
from bot.i18n import texts
from storage import insights, workspace
from storage.database import Database
from tests.bot.activities.builders import FIRST, LAST, Desk
from tests.stage import make_stage
from tests.support import ANNA, BEN, GUEST, MARKETING, MIA, SALES, STRANGER, TEAM, TOM, person


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(make_stage(database))


def faults(desk: Desk, **changes: Any) -> dict[str, str]:
    with pytest.raises(FormError) as problem:
        desk.try_plan(**changes)
    assert desk.all() == []
    return {block: texts("en").say(text) for block, text in problem.value.fields.items()}


def test_a_plan_is_stored_as_it_was_written(desk: Desk) -> None:
    activity = desk.plan(
        title="  Trade   fair ",
        planned_first_revenue="20k",
        planned_meetings="0",
        planned_repeat_deals=None,
    )
    assert (activity.title, activity.purpose, activity.owner_id) == ("Trade fair", "convince", MIA)
    assert (activity.starts_on, activity.ends_on) == (FIRST, LAST)
    assert (activity.planned_budget, activity.currency, activity.status) == (500_000, "EUR", "planned")
    plan = desk.figures(activity).plan
    assert plan == {Kind.LEADS: 40, Kind.MEETINGS: 0, Kind.FIRST_REVENUE: 2_000_000}


def test_the_answer_is_the_card(desk: Desk) -> None:
    answer = desk.try_plan()
    assert isinstance(answer, Update)
    assert "Trade fair" in str(answer.view) and "nothing recorded yet of €5,000.00" in str(answer.view)


def test_the_first_plan_gives_the_bridge_its_currency(desk: Desk) -> None:
    desk.plan(currency="₽")
    assert desk.all()[-1].currency == "RUB"
    again = desk.plan(title="Another", currency=None)
    assert again.currency == "RUB"
    # What the form does not ask for any more is not taken from a forged answer.
    assert desk.plan(title="Third", currency="USD").currency == "RUB"


def test_a_gesture_counts_once(desk: Desk) -> None:
    first, second = desk.try_plan(key="V1:h1"), desk.try_plan(key="V1:h1")
    assert len(desk.all()) == 1
    assert first == second


@pytest.mark.parametrize("user", [ANNA, BEN, GUEST, STRANGER, "UNOBODY"])
def test_sales_people_guests_and_strangers_may_not_plan(desk: Desk, user: str) -> None:
    with pytest.raises(UserError):
        desk.try_plan(user)
    assert desk.all() == []


@pytest.mark.parametrize("user", [MIA, TOM])
def test_marketers_and_managers_may(desk: Desk, user: str) -> None:
    assert desk.plan(user).created_by == user


def test_a_forged_bridge_is_refused(desk: Desk) -> None:
    with pytest.raises(UserError, match="bridge is gone"):
        planning.open_plan(desk.stage.services, desk.stage.gesture(MIA), "999")


@pytest.mark.parametrize(
    ("changes", "block", "words"),
    [
        ({"title": None}, "activity_title", "title"),
        ({"title": "x" * 151}, "activity_title", "150"),
        ({"purpose": None}, "activity_purpose", "what it is to do"),
        ({"purpose": "sell"}, "activity_purpose", "what it is to do"),
        ({"owner": None}, "activity_owner", "full member"),
        ({"owner": GUEST}, "activity_owner", "full member"),
        ({"owner": STRANGER}, "activity_owner", "full member"),
        ({"owner": "UNOBODY"}, "activity_owner", "full member"),
        ({"starts_on": None}, "activity_starts_on", "day"),
        ({"ends_on": "1999-01-01"}, "activity_ends_on", "day"),
        ({"ends_on": "2026-03-01"}, "activity_ends_on", "before the first"),
        ({"currency": "XYZ"}, "activity_currency", "no such currency"),
        ({"currency": None}, "activity_currency", "no such currency"),
        ({"budget": "a lot"}, "activity_budget", "12,500"),
        ({"budget": "5000 USD"}, "activity_budget", "Plan in EUR"),
        ({"budget": "5000 XYZ"}, "activity_budget", "12,500"),
        ({"budget": "-5"}, "activity_budget", "below zero"),
        ({"budget": "99999999999999999"}, "activity_budget", "more than I can count"),
        ({"planned_leads": "1.5"}, "activity_planned_leads", "whole number"),
        ({"planned_leads": "-1"}, "activity_planned_leads", "below zero"),
        ({"planned_deals": "", "planned_leads": "9999999999"}, "activity_planned_leads", "more than I can"),
        ({"planned_first_revenue": "x"}, "activity_planned_first_revenue", "12,500"),
        ({"insights": "#99"}, "activity_insights", "no insight #99"),
        ({"insights": "the one of Monday"}, "activity_insights", "numbers of insights"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    desk: Desk, changes: dict[str, Any], block: str, words: str
) -> None:
    assert words in faults(desk, **changes)[block]


def test_all_faults_are_told_at_once(desk: Desk) -> None:
    assert set(faults(desk, title=None, budget="x", planned_leads="y")) == {
        "activity_title",
        "activity_budget",
        "activity_planned_leads",
    }


def test_a_title_and_first_day_are_taken_once(desk: Desk) -> None:
    desk.plan()
    with pytest.raises(FormError):
        desk.try_plan()
    desk.plan(starts_on="2026-03-03")
    assert len(desk.all()) == 2


# --- changing ----------------------------------------------------------------------------------------------


def test_the_form_of_a_change_shows_the_plan_as_it_is_read_back(desk: Desk) -> None:
    activity = desk.plan(planned_first_revenue="20,000.50", budget="1 500,05")
    answer = planning.open_change(desk.stage.services, desk.stage.gesture(MIA), activity.id)
    assert isinstance(answer, Open)
    shown = {
        block["block_id"]: block["element"].get("initial_value")
        for block in answer.view["blocks"]
        if block["type"] == "input"
    }
    assert shown["activity_budget"] == "1500.05"
    assert shown["activity_planned_first_revenue"] == "20000.50"
    assert shown["activity_planned_leads"] == "40"
    assert "activity_currency" not in shown


def test_a_change_changes_the_plan_alone(desk: Desk) -> None:
    activity = desk.plan()
    desk.enter(activity, "300")
    desk.change(activity, title="Fair", budget=None, planned_leads=None, ends_on="2026-04-30")
    after = desk.figures(activity)
    assert (after.activity.title, after.activity.planned_budget, dict(after.plan)) == ("Fair", None, {})
    assert after.activity.ends_on == date(2026, 4, 30)
    assert after.totals.spend == 30_000
    assert (after.activity.created_by, after.activity.currency) == (MIA, "EUR")


def test_sales_may_see_and_not_change(desk: Desk) -> None:
    activity = desk.plan()
    answer = showing.open_card(desk.stage.services, desk.stage.gesture(ANNA), activity.id)
    assert isinstance(answer, Open) and "activity_spend" not in str(answer.view)
    with pytest.raises(UserError, match="Only marketing"):
        planning.open_change(desk.stage.services, desk.stage.gesture(ANNA), activity.id)
    with pytest.raises(UserError, match="Only marketing"):
        desk.change(activity, ANNA, title="Mine")
    assert desk.now(activity) == activity


def test_who_is_in_none_of_the_channels_sees_nothing(desk: Desk) -> None:
    activity = desk.plan()
    with desk.stage.services.db.writing() as connection:
        workspace.save_person(connection, TEAM, person("ULEA"), desk.stage.clock.now())
    with pytest.raises(UserError, match="may not see it"):
        showing.open_card(desk.stage.services, desk.stage.gesture("ULEA"), activity.id)
    with pytest.raises(UserError, match="may not see it"):
        showing.open_card(desk.stage.services, desk.stage.gesture(MIA), 999)
    answer = showing.show_list(desk.stage.services, desk.stage.gesture("ULEA", "CELSE"))
    assert isinstance(answer, Reply) and "Trade fair" not in str(answer.message)


# --- what gave rise to it ----------------------------------------------------------------------------------


def flagged(desk: Desk, user: str = ANNA) -> int:
    ts = desk.stage.slack.say(SALES, BEN, "they want to see it work")
    desk.stage.flag(user, ts)
    return desk.stage.insight(ts).number


def history(desk: Desk, number: int) -> list[tuple[str, dict[str, Any]]]:
    with desk.stage.services.db.reading() as connection:
        insight = insights.by_number(connection, TEAM, number)
        assert insight is not None
        return [(one.change, one.detail) for one in insights.history_of(connection, insight.id)]


def test_insights_that_gave_rise_to_it_are_linked_and_remember_it(desk: Desk) -> None:
    one, two = flagged(desk), flagged(desk)
    activity = desk.plan(insights=f"#{one}, #{two}")
    assert desk.figures(activity).insight_numbers == (one, two)
    assert ("activity", {"activity": activity.id}) in history(desk, one)
    desk.change(activity, insights=f"№{two}")
    assert desk.figures(activity).insight_numbers == (two,)
    assert history(desk, one)[-1] == ("activity_left", {"activity": activity.id})
    assert len([change for change, _ in history(desk, two) if change == "activity"]) == 1


def test_a_withdrawn_insight_gives_rise_to_nothing(desk: Desk) -> None:
    number = flagged(desk)
    ts = next(one.message_ts for one in desk.stage.all() if one.number == number)
    assert ts is not None
    desk.stage.unflag(ANNA, ts)
    said = faults(desk, insights=f"#{number}")["activity_insights"]
    assert f"no insight #{number}" in said


# --- the command and the list ------------------------------------------------------------------------------


def test_the_command_opens_the_form_for_marketing_and_the_list_for_sales(desk: Desk) -> None:
    services = desk.stage.services
    form = answer_activity(services, desk.stage.gesture(MIA, MARKETING), "")
    assert isinstance(form, Open) and form.view["callback_id"] == "activity_plan"
    desk.plan()
    for user, words in ((ANNA, ""), (MIA, "list"), (BEN, "список")):
        listed = answer_activity(services, desk.stage.gesture(user), words)
        assert isinstance(listed, Reply) and "Trade fair" in str(listed.message["blocks"])
        assert ("activity_new" in str(listed.message)) == (user == MIA)
    with pytest.raises(UserError, match="/frontline activity list"):
        answer_activity(services, desk.stage.gesture(MIA), "please")


def test_the_list_goes_on_where_the_page_ends(desk: Desk) -> None:
    for number in range(12):
        desk.plan(title=f"Step {number:02}")
    first = showing.show_list(desk.stage.services, desk.stage.gesture(MIA))
    assert isinstance(first, Reply)
    assert "Step 09" in str(first.message) and "Step 10" not in str(first.message)
    second = showing.show_list(desk.stage.services, desk.stage.gesture(MIA), 10, turning=True)
    assert isinstance(second, Reply) and second.replaces
    assert "Step 11" in str(second.message) and "Step 09" not in str(second.message)
