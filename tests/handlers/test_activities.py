"""Activities at Slack's edge: signed requests in Slack's shapes, through the whole Bolt app."""

import json
from datetime import timedelta
from typing import Any

import pytest

from bot.activities.kinds import Kind
from storage.activities import Activity
from storage.database import Database
from tests.bot.activities.builders import Desk, entry_answers, plan_answers
from tests.handlers.requests import Slack, http_mode
from tests.stage import make_stage
from tests.support import ANNA, MARKETING, MIA, SALES


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(make_stage(database))


@pytest.fixture
def slack(desk: Desk) -> Slack:
    return http_mode(desk.stage)


@pytest.fixture
def activity(desk: Desk) -> Activity:
    return desk.plan()


def opened(desk: Desk) -> tuple[str, dict[str, Any]]:
    """The form opened or changed last, and how."""
    method, view = desk.stage.slack.forms[-1]
    return method, dict(view)


def test_the_command_opens_the_form_whose_answer_leads_to_the_card(desk: Desk, slack: Slack) -> None:
    slack.command("activity", MIA, command="/frontline", channel_id=MARKETING)
    method, view = opened(desk)
    assert (method, view["callback_id"]) == ("views.open", "activity_plan")
    answer = slack.submit(view, plan_answers().values, MIA)
    body = json.loads(answer.body)
    assert (body["response_action"], body["view"]["callback_id"]) == ("update", "activity_card")
    assert [one.title for one in desk.all()] == ["Trade fair"]


def test_faults_stand_beside_their_fields(desk: Desk, slack: Slack) -> None:
    slack.command("activity", MIA, command="/frontline", channel_id=MARKETING)
    answer = slack.submit(opened(desk)[1], plan_answers(title=None, budget="5 XYZ").values, MIA)
    body = json.loads(answer.body)
    assert body["response_action"] == "errors"
    assert set(body["errors"]) == {"activity_title", "activity_budget"}
    assert desk.all() == []


def test_from_the_list_by_the_card_to_an_entry(desk: Desk, slack: Slack, activity: Activity) -> None:
    listed = json.loads(slack.command("activity list", MIA, command="/frontline").body)
    assert "Trade fair" in str(listed["blocks"])
    slack.press("activity_open", MIA, value=str(activity.id))
    assert opened(desk)[0] == "views.open"
    slack.press("activity_spend", MIA, where="modal", value=str(activity.id))
    method, form = opened(desk)
    assert (method, form["callback_id"]) == ("views.update", "activity_entry")
    slack.submit(form, entry_answers("300").values, MIA)
    assert desk.figures(activity).totals.spend == 30_000
    slack.press("activity_result", MIA, where="modal", value=str(activity.id))
    answer = slack.submit(opened(desk)[1], entry_answers("7", kind=Kind.LEADS).values, MIA, "V2")
    assert "Leads: 7 of 40" in json.loads(answer.body)["view"]["blocks"][2]["text"]["text"]


def test_an_entry_is_corrected_from_the_menu(desk: Desk, slack: Slack, activity: Activity) -> None:
    desk.enter(activity, "300")
    (entry,) = desk.entries(activity)
    chosen = {"selected_option": {"value": f"{activity.id}:{entry.id}"}}
    slack.press("activity_correct", MIA, where="modal", **chosen)
    slack.submit(opened(desk)[1], entry_answers("30").values, MIA)
    assert desk.figures(activity).totals.spend == 3_000


def test_start_finish_cancel(desk: Desk, slack: Slack, activity: Activity) -> None:
    slack.press("activity_start", MIA, where="modal", value=str(activity.id))
    assert (opened(desk)[0], desk.now(activity).status) == ("views.update", "running")
    slack.press("activity_finish", MIA, where="modal", value=str(activity.id))
    assert desk.now(activity).status == "finished"
    other = desk.plan(title="Webinar")
    slack.press("activity_stop", MIA, where="modal", value=str(other.id))
    slack.submit(opened(desk)[1], {"activity_reason": {"value": "no speaker"}}, MIA)
    assert desk.now(other).status == "cancelled"


def test_sales_is_asked_and_answers(desk: Desk, slack: Slack, activity: Activity) -> None:
    desk.start(activity)
    desk.finish(activity)
    desk.stage.ring()
    desk.stage.send(5)
    (asking,) = desk.stage.slack.posts(SALES)
    buttons = {one["action_id"]: one["value"] for one in asking["blocks"][1]["elements"]}
    slack.press("activity_helped_somewhat", ANNA, value=buttons["activity_helped_somewhat"])
    slack.press("activity_comment", ANNA, value=buttons["activity_helped"])
    slack.submit(opened(desk)[1], {"activity_comment": {"value": "early days"}}, ANNA)
    (given,) = desk.stage.rows("activity_answers")
    assert (given["answer"], given["comment"]) == ("somewhat", "early days")
    slack.press("activity_helped", ANNA, value=buttons["activity_helped"])
    slack.submit(opened(desk)[1], {"activity_deal": {"value": "Hartmann"}}, ANNA, "V2")
    (given,) = desk.stage.rows("activity_answers")
    assert (given["answer"], given["deal"], given["user_id"]) == ("yes", "Hartmann", ANNA)
    for action in ("activity_helped_not", "activity_unnoticed"):
        slack.press(action, ANNA, value=buttons[action])
    assert desk.stage.rows("activity_answers")[0]["answer"] == "unnoticed"


@pytest.mark.parametrize(
    "action",
    [
        "activity_open",
        "activity_spend",
        "activity_result",
        "activity_edit",
        "activity_start",
        "activity_stop",
    ],
)
@pytest.mark.parametrize("value", ["999", "x"])
def test_forged_buttons_are_answered_in_words_and_change_nothing(
    desk: Desk, slack: Slack, activity: Activity, action: str, value: str
) -> None:
    answer = slack.press(action, MIA, where="home", value=value)
    assert answer.status == 200
    assert opened(desk)[1]["callback_id"] == "notice"
    assert desk.now(activity) == activity


def test_the_home_tab_has_them_for_marketing(desk: Desk, slack: Slack, activity: Activity) -> None:
    desk.stage.clock.pass_time(days=1)
    for user in (MIA, ANNA):
        slack.event({"type": "app_home_opened", "user": user, "tab": "home", "event_ts": f"1.{user}"})
    desk.stage.work()
    desk.stage.send()
    homes = desk.stage.slack.homes
    assert "Trade fair" in str(homes[MIA]) and "should have begun" in str(homes[MIA])
    assert "Trade fair" not in str(homes[ANNA])
    desk.enter(activity, "6000", on_date=activity.starts_on + timedelta(days=1))
    desk.stage.send()
    assert "over budget" in str(desk.stage.slack.homes[MIA])
