"""Meetings over signed requests: from Slack's payload to what is stored, and refusals in words."""

import json
from typing import Any

import pytest

from bot.ids import Action, View
from storage.database import Database
from tests.bot.meetings.builders import FIRST, SERIES, Meetings, chosen, typed
from tests.handlers.requests import Slack, http_mode
from tests.stage import Stage, make_stage
from tests.support import ANNA, MARKETING, MIA


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database)


@pytest.fixture
def slack(stage: Stage) -> Slack:
    return http_mode(stage)


@pytest.fixture
def it(stage: Stage) -> Meetings:
    meetings = Meetings(stage)
    meetings.set_up()
    return meetings


def form_of(slack: Slack) -> dict[str, Any]:
    return dict(slack.stage.slack.forms[-1][1])


def test_the_command_opens_the_form_whose_answer_plans_the_meetings(slack: Slack, stage: Stage) -> None:
    assert slack.command("meeting", MIA, command="/frontline", channel_id=MARKETING).body == ""
    view = form_of(slack)
    assert view["callback_id"] == View.MEETING
    wrong = slack.submit(view, {**SERIES, "meeting_title": typed("")}, MIA)
    assert set(json.loads(wrong.body)["errors"]) == {"meeting_title"}
    right = json.loads(slack.submit(view, SERIES, MIA).body)
    assert right["response_action"] == "update" and "Thursday" in str(right["view"])
    assert Meetings(stage).ahead()[0].starts_at == FIRST


def test_another_frequency_updates_the_form(slack: Slack, it: Meetings) -> None:
    slack.press(Action.MEETING_CHANGE, MIA, value="1")
    view = form_of(slack) | {"id": "V1", "hash": "h", "type": "modal"}
    values = {**SERIES, "frequency": chosen("monthly_day")}
    view["state"] = {"values": {block: {block: element} for block, element in values.items()}}
    pressed = {"action_id": Action.MEETING_FREQUENCY, "block_id": "frequency", **chosen("monthly_day")}
    assert slack.interact("block_actions", MIA, view=view, actions=[pressed]).status == 200
    assert slack.stage.slack.forms[-1][0] == "views.update" and "meeting_day" in str(form_of(slack))


def test_the_buttons_of_the_prompt(slack: Slack, it: Meetings) -> None:
    slack.press(Action.MEETING_YES, ANNA, value="1")
    slack.press(Action.MEETING_NO, MIA, value="1")
    answers = {row["user_id"]: row["answer"] for row in it.stage.rows("meeting_answers")}
    assert answers == {ANNA: "yes", MIA: "no"}
    slack.press(Action.MEETING_SUGGEST, ANNA, value="1")
    assert form_of(slack)["callback_id"] == View.MEETING_SUGGEST
    told = json.loads(slack.submit(form_of(slack), {"meeting_reason": typed("Friday?")}).body)
    assert "has been told" in str(told["view"])


def test_one_meeting_minutes_and_items(slack: Slack, it: Meetings) -> None:
    it.prompted()
    it.wait_until(FIRST)
    slack.press(Action.MEETING_RECORD, MIA, value="1")
    values = {
        "meeting_what": chosen("held"),
        "meeting_present-0": {"selected_users": [MIA, ANNA]},
        "meeting_items-0": typed("@anna by Friday: price list\n@mia: fair\n@mia: van"),
    }
    assert "recorded" in slack.submit(form_of(slack), values, MIA).body
    slack.press(Action.ACTION_DONE, ANNA, value="1")
    for action, fields in (
        (Action.ACTION_LATER, {"item_due": {"selected_date": "2026-04-01"}}),
        (Action.ACTION_HAND_OVER, {"item_owner": {"selected_user": ANNA}}),
        (Action.ACTION_DROP, {"meeting_reason": typed("enough")}),
    ):
        slack.press(action, MIA, value="2")
        assert slack.submit(form_of(slack), fields, MIA, view_id=action).body == ""
    assert [(one.status, one.owner_id) for one in sorted(it.items(), key=lambda one: one.id)] == [
        ("done", ANNA),
        ("dropped", ANNA),
        ("open", MIA),
    ]
    slack.press(Action.MEETING_CHANGE_ONE, MIA, value="2")
    slack.submit(form_of(slack), {"meeting_what": chosen("skip")}, MIA, view_id="skip")
    assert it.all()[1].status == "skipped"


def test_the_calendar_file_is_promised_and_sent(slack: Slack, it: Meetings) -> None:
    slack.press(Action.MEETING_FILE, ANNA, value="1")
    it.stage.send(5)
    assert "on its way" in str(it.stage.slack.answers)
    assert it.stage.slack.shared_files(f"D{ANNA[1:]}")


def test_values_that_are_none_of_ours_do_no_harm(slack: Slack, it: Meetings) -> None:
    before = {name: it.stage.rows(name) for name in ("meeting_series", "meeting_occurrences", "action_items")}
    for action in Action:
        if action.startswith(("meeting_", "action_")) and action is not Action.MEETING_FREQUENCY:
            for value in ("", "x", "999", "1:x:y", "-1"):
                assert slack.press(action, MIA, value=value).status == 200, (action, value)
    for view in View:
        if view.startswith(("meeting_", "action_")):
            for memory in ("", "x", "999:1", "::"):
                shown: dict[str, Any] = {
                    "type": "modal",
                    "callback_id": view,
                    "private_metadata": memory,
                    "blocks": [],
                }
                assert slack.submit(shown, {}, MIA).status == 200, (view, memory)
    assert {name: it.stage.rows(name) for name in before} == before
    assert it.stage.rows("meeting_minutes") == []
