"""`/insight`, shortcuts, buttons and forms over signed requests: from Slack's payload to what is stored."""

import json
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.ids import Action, Field, View
from bot.insights.words import index_insight
from storage import insights
from storage.database import Database
from tests.handlers.requests import Slack, http_mode
from tests.stage import Stage, make_stage
from tests.support import ANNA, BEN, GUEST, MIA, SALES, TEAM, TOM, make_bridge


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database)


@pytest.fixture
def slack(stage: Stage) -> Slack:
    return http_mode(stage)


def texts(value: str) -> dict[str, Any]:
    return {"type": "plain_text_input", "value": value}


def chosen(value: str) -> dict[str, Any]:
    option = {"text": {"type": "plain_text", "text": value, "emoji": True}, "value": value}
    return {"type": "static_select", "selected_option": option}


def form_of(slack: Slack) -> dict[str, Any]:
    """The form that Slack was asked to show last."""
    return dict(slack.stage.slack.forms[-1][1])


def test_a_command_is_stored_and_answered_at_once(slack: Slack, stage: Stage) -> None:
    answer = slack.command("competitor: Acme gives 25% off #Hartmann")
    assert answer.status == 200
    said = json.loads(answer.body)
    assert said["response_type"] == "ephemeral"
    assert "Saved as #1" in said["text"]
    assert [(one.category, one.customer) for one in stage.all()] == [("competitor", "Hartmann")]


def test_the_same_command_delivered_twice_stores_once_and_is_answered_alike(
    slack: Slack, stage: Stage
) -> None:
    answers = [slack.command("text", trigger_id="1.2.3").body for _ in range(2)]
    assert answers[0] == answers[1]
    assert len(stage.all()) == 1


def test_a_command_that_fails_stores_nothing_and_is_apologised_for(
    slack: Slack, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(insights, "record", broken)
    with capture_logs() as logs:
        answer = slack.command("text")
    (reference,) = [one["reference"] for one in logs if one["event"] == "gesture_failed"]
    assert answer.status == 200
    assert reference in json.loads(answer.body)["text"]
    assert stage.all() == [] == stage.rows("gestures")


def test_an_empty_command_opens_the_form_whose_answer_is_stored(slack: Slack, stage: Stage) -> None:
    assert slack.command("").body == ""
    view = form_of(slack)
    assert view["callback_id"] == View.NEW_INSIGHT
    wrong = slack.submit(view, {Field.TEXT: texts("words"), Field.DEAL: texts("a lot")})
    assert json.loads(wrong.body)["response_action"] == "errors"
    assert set(json.loads(wrong.body)["errors"]) == {Field.DEAL}
    assert stage.all() == []
    right: dict[str, Any] = {
        Field.TEXT: texts("words"),
        Field.DEAL: texts("80k USD"),
        Field.CATEGORY: chosen("market"),
        Field.URGENT: {"type": "checkboxes", "selected_options": [{"value": "urgent"}]},
    }
    assert slack.submit(view, right).body == ""
    (insight,) = stage.all()
    assert (insight.deal_amount, insight.category, insight.is_urgent) == (8_000_000, "market", True)


def test_the_global_shortcut_and_the_home_tabs_button_open_the_form(slack: Slack) -> None:
    assert slack.interact("shortcut", callback_id="new_insight", action_ts="1.1").status == 200
    assert slack.press("home_new_insight", where="home").status == 200
    opened = [(method, view["callback_id"]) for method, view in slack.stage.slack.forms]
    assert opened == [("views.open", View.NEW_INSIGHT)] * 2


def test_the_message_shortcut_saves_the_very_message(slack: Slack, stage: Stage) -> None:
    root = stage.slack.say(SALES, ANNA, "root")
    ts = stage.slack.say(SALES, BEN, "R&amp;D is late", thread_ts=root)
    used: dict[str, Any] = {
        "callback_id": "save_message_as_insight",
        "message_ts": ts,
        "response_url": "https://hooks.slack.test/app/1",
        "channel": {"id": SALES, "name": "sales"},
        "message": stage.slack.standing[SALES][ts],
    }
    assert slack.interact("message_action", **used).status == 200
    view = form_of(slack)
    assert slack.submit(view, {Field.CATEGORY: chosen("process")}).body == ""
    stage.work()
    insight = stage.insight(ts)
    assert (insight.text, insight.author_id, insight.category) == ("R&amp;D is late", BEN, "process")
    assert slack.interact("message_action", **used).status == 200
    assert form_of(slack)["callback_id"] == View.MANAGE_MESSAGE


def test_another_bridge_in_the_form_shows_its_categories(slack: Slack, stage: Stage) -> None:
    other = make_bridge(stage.services, name="other", sales_channel_ids=("COTHER",))
    slack.command("", MIA, channel_id="CPRIVATE")
    view = form_of(slack) | {"id": "V1", "hash": "h", "type": "modal"}
    view["state"] = {"values": {Field.BRIDGE: {"insight_bridge": chosen(str(other.id))}}}
    pressed = {"action_id": "insight_bridge", "block_id": Field.BRIDGE, **chosen(str(other.id))}
    answer = slack.interact("block_actions", MIA, view=view, actions=[pressed])
    assert answer.status == 200
    assert stage.slack.forms[-1][0] == "views.update"


def test_the_buttons_of_the_note(slack: Slack, stage: Stage) -> None:
    stage.flag(ANNA, stage.slack.say(SALES, BEN, "text"))
    slack.press("insight_category", **chosen("1:competitor"))
    assert stage.all()[0].category == "competitor"
    slack.press("insight_details")
    view = form_of(slack)
    assert view["callback_id"] == View.EDIT_INSIGHT
    assert slack.submit(view, {Field.CUSTOMER: texts("Hartmann")}).body == ""
    assert stage.all()[0].customer == "Hartmann"
    slack.press("insight_undo")
    assert stage.all()[0].status == "withdrawn"
    stage.send()
    said = [body["text"] for _, body in stage.slack.answers]
    assert "Competitors" in said[0]
    assert "withdrawn" in said[1]
    assert all(body["replace_original"] for _, body in stage.slack.answers)


@pytest.mark.parametrize("where", ["home", "modal"])
def test_undo_in_the_home_tab_and_behind_the_shortcut(slack: Slack, stage: Stage, where: str) -> None:
    stage.flag(ANNA, stage.slack.say(SALES, BEN, "text"))
    slack.press("insight_undo", where=where)
    assert stage.all()[0].status == "withdrawn"
    slack.press("insight_undo", where=where)
    assert "already" in str(form_of(slack)), "a refusal is said in a form, where no address is given"


def test_support_behind_the_shortcut(slack: Slack, stage: Stage) -> None:
    stage.flag(ANNA, stage.slack.say(SALES, BEN, "text"))
    slack.press("insight_support", TOM, where="modal")
    assert stage.supporters(stage.all()[0]) == {ANNA, TOM}
    assert stage.slack.forms[-1][0] == "views.update"


def test_a_search_is_answered_paged_and_may_be_saved_instead(slack: Slack, stage: Stage) -> None:
    for number in range(6):
        slack.command(f"price {number}")
    page = json.loads(slack.command("search price").body)
    buttons = {
        one["action_id"]: one["value"]
        for block in page["blocks"]
        if block["type"] == "actions"
        for one in block["elements"]
    }
    slack.press("insight_list_older", value=buttons["insight_list_older"])
    slack.press("insight_save_text", value=buttons["insight_save_text"])
    stage.send()
    older, saved = (body for _, body in stage.slack.answers)
    assert older["replace_original"] and "price 0" in str(older)
    assert "Saved as #7" in saved["text"]
    assert stage.all()[-1].text == "search price"


def test_a_direct_message_is_saved_when_its_button_is_pressed(slack: Slack, stage: Stage) -> None:
    ts = stage.slack.say("DANNA", ANNA, "told in private")
    slack.press("insight_save_message", value=f"DANNA:{ts}:{stage.bridge.id}")
    stage.work()
    assert stage.insight(ts, "DANNA").text == "told in private"


def test_values_that_are_none_of_ours_do_no_harm(slack: Slack, stage: Stage) -> None:
    with capture_logs():
        for action in (
            "insight_undo",
            "insight_details",
            "insight_support",
            "insight_save_message",
            "insight_list_newer",
            "home_older",
        ):
            for value in ("", "x", "999", "1:2:3:4", "DANNA:1.1"):
                assert slack.press(action, value=value).status == 200, (action, value)
    assert stage.all() == []


def test_guests_and_other_organisations(slack: Slack, stage: Stage) -> None:
    assert "guest" in json.loads(slack.command("text", GUEST).body)["text"]
    assert slack.command("text", "U9", team_id="T9").body == ""
    assert stage.all() == []


def test_a_name_is_looked_up_in_the_home_tab_and_its_page_opens_and_turns(slack: Slack, stage: Stage) -> None:
    for number in range(6):
        stage.flag(ANNA, stage.slack.say(SALES, ANNA, f"text {number}"))
        with stage.services.db.writing() as connection:
            insights.change(connection, number + 1, {"customer": "Hartmann"})
            named = insights.by_id(connection, number + 1)
            assert named is not None
            index_insight(connection, TEAM, named)
        stage.clock.pass_time(seconds=1)
    answer = slack.interact(
        "block_suggestion", action_id=Action.HOME_ABOUT, block_id="about-1", value="hart", container={}
    )
    assert [one["value"] for one in json.loads(answer.body)["options"]] == ["Hartmann"]
    slack.press(Action.HOME_ABOUT, where="home", selected_option=chosen("Hartmann")["selected_option"])
    view = form_of(slack)
    assert view["type"] == "modal" and "*6 insights*" in str(view)
    (older,) = [
        one
        for block in view["blocks"]
        for one in block.get("elements", [])
        if one.get("action_id") == Action.LIST_PAGE_OLDER
    ]
    slack.press(Action.LIST_PAGE_OLDER, where="modal", value=older["value"])
    assert "text 0" in str(form_of(slack)) and "text 5" not in str(form_of(slack))
    assert stage.slack.forms[-1][0] == "views.update"
