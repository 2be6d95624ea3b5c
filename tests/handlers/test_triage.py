"""Triage over signed requests: buttons of cards, the walk in a form, and what must not be possible."""

import json
from itertools import count, product
from typing import Any

import pytest

from bot.ids import Field, View
from bot.triage.rules import Pressed
from storage.database import Database
from storage.insights import Insight
from tests.bot.triage.desk import card_of, flagged, history, now
from tests.handlers.requests import Slack, http_mode
from tests.stage import Stage, make_stage
from tests.support import ANNA, BEN, GUEST, MARKETING, MIA, STRANGER, TEAM, TOM

_numbers = count(1)


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database, card_threshold=2)


@pytest.fixture
def slack(stage: Stage) -> Slack:
    return http_mode(stage)


@pytest.fixture
def insight(stage: Stage) -> Insight:
    found = flagged(stage, ANNA)
    assert found.message_ts
    stage.flag(TOM, found.message_ts)
    return now(stage, found)


def buttons(shown: dict[str, Any]) -> dict[str, str]:
    """The buttons of a card or form: action and value."""
    return {
        one["action_id"]: one.get("value", "")
        for block in shown["blocks"]
        for one in block.get("elements", [])
        if "action_id" in one
    }


def menu(shown: dict[str, Any]) -> dict[str, str]:
    """The options of the menu behind the buttons: word and value."""
    (found,) = [
        one for block in shown["blocks"] for one in block.get("elements", []) if one.get("type") == "overflow"
    ]
    return {one["value"].split(":")[0]: one["value"] for one in found["options"]}


def form_of(slack: Slack) -> dict[str, Any]:
    return dict(slack.stage.slack.forms[-1][1])


def text(value: str) -> dict[str, Any]:
    return {"type": "plain_text_input", "value": value}


def submit(slack: Slack, view: dict[str, Any], values: dict[str, Any], user: str = MIA) -> Any:
    """A form's answer, each of a form of its own."""
    state = {"values": {block: {block: element} for block, element in values.items()}}
    shown = {**view, "id": f"V{next(_numbers)}", "hash": "1772442000.abc", "state": state}
    return slack.interact("view_submission", user, view=shown)


def press_in_form(slack: Slack, action: str, view: dict[str, Any], user: str = MIA, **element: Any) -> Any:
    """A button in a form of ours, as Slack sends it with the whole form."""
    acted = {"type": "button", "action_id": action, "block_id": "b", "action_ts": "1772442000.1", **element}
    shown = {**view, "id": "V1", "hash": "1772442000.abc", "state": {"values": {}}}
    container = {"type": "view", "view_id": "V1"}
    return slack.interact("block_actions", user, actions=[acted], container=container, view=shown)


def test_a_card_is_taken_finished_and_says_so(slack: Slack, stage: Stage, insight: Insight) -> None:
    card = card_of(stage, insight)
    slack.press("triage_take", MIA, value=buttons(card)["triage_take"])
    card = card_of(stage, insight)
    assert "Taken by Mia" in str(card)
    slack.press("triage_done", MIA, value=buttons(card)["triage_done"])
    view = form_of(slack)
    assert view["callback_id"] == View.TRIAGE_OUTCOME
    wrong = submit(slack, view, {Field.OUTCOME: text("  ")})
    assert set(json.loads(wrong.body)["errors"]) == {Field.OUTCOME}
    assert submit(slack, view, {Field.OUTCOME: text("A new list")}).body == ""
    assert "A new list" in str(card_of(stage, insight))
    assert stage.slack.answers == [], "what the card shows is not said besides"


def test_the_second_of_two_is_told_in_the_channel(slack: Slack, stage: Stage, insight: Insight) -> None:
    value = buttons(card_of(stage, insight))["triage_take"]
    slack.press("triage_take", MIA, value=value)
    slack.press("triage_take", TOM, value=value)
    stage.send()
    ((_, body),) = stage.slack.answers
    assert body["text"] == "Mia took #1 just now."
    assert body["response_type"] == "ephemeral" and not body["replace_original"]


def test_category_and_merge_from_the_menu(slack: Slack, stage: Stage, insight: Insight) -> None:
    other = flagged(stage, BEN, "25%")
    options = menu(card_of(stage, insight))
    slack.press("triage_more", MIA, selected_option={"value": options["category"]})
    chosen = {"type": "static_select", "selected_option": {"value": "competitor"}}
    assert submit(slack, form_of(slack), {Field.CATEGORY: chosen}).body == ""
    assert now(stage, insight).category == "competitor"
    slack.press("triage_more", MIA, selected_option={"value": options["merge"]})
    view = form_of(slack)
    wrong = submit(slack, view, {Field.TARGET: text("#99")})
    assert set(json.loads(wrong.body)["errors"]) == {Field.TARGET}
    assert submit(slack, view, {Field.TARGET: text(f"#{other.number}")}).body == ""
    assert now(stage, insight).merged_into_id == other.id


def test_a_walk_goes_from_one_to_the_next_and_remembers_where(slack: Slack, stage: Stage) -> None:
    one, two, three = (flagged(stage, ANNA, f"number {n}") for n in "123")
    slack.press("triage_open", MIA, value=f"{stage.bridge.id}:0:")
    view = form_of(slack)
    assert view["callback_id"] == View.TRIAGE and "number 1" in str(view) and "3 insights" in str(view)
    press_in_form(slack, "triage_next", view, value=buttons(view)["triage_next"])  # skip
    view = form_of(slack)
    assert stage.slack.forms[-1][0] == "views.update" and "number 2" in str(view)
    press_in_form(slack, "triage_acknowledge", view, value=buttons(view)["triage_acknowledge"])
    view = form_of(slack)
    assert "Acknowledged by Mia" in str(view) and "2 insights" in str(view)
    press_in_form(slack, "triage_done", view, value=buttons(view)["triage_done"])
    view = form_of(slack)
    assert stage.slack.forms[-1][0] == "views.update" and view["callback_id"] == View.TRIAGE_OUTCOME
    press_in_form(slack, "triage_back", view, value=buttons(view)["triage_back"])
    assert "number 2" in str(form_of(slack))
    answer = json.loads(submit(slack, view, {Field.OUTCOME: text("Settled")}).body)
    assert answer["response_action"] == "update"
    view = answer["view"]
    assert "Settled" in str(view) and view["callback_id"] == View.TRIAGE
    press_in_form(slack, "triage_next", view, value=buttons(view)["triage_next"])
    view = form_of(slack)
    assert "number 3" in str(view)
    press_in_form(slack, "triage_take", view, value=buttons(view)["triage_take"])
    press_in_form(slack, "triage_next", view, value=buttons(view)["triage_next"])
    view = form_of(slack)
    assert "1 insight is still untriaged" in str(view)
    press_in_form(slack, "triage_next", view, value=buttons(view)["triage_next"])
    view = form_of(slack)
    press_in_form(slack, "triage_take", view, value=buttons(view)["triage_take"])
    press_in_form(slack, "triage_next", view, value=buttons(view)["triage_next"])
    assert "Nothing is left" in str(form_of(slack))
    assert [now(stage, each).status for each in (one, two, three)] == ["in_progress", "done", "in_progress"]


def test_a_walk_that_was_closed_goes_on_where_it_stood(slack: Slack, stage: Stage) -> None:
    numbers = [flagged(stage, ANNA, f"number {n}") for n in range(1, 5)]
    walk = f"{stage.bridge.id}:0:"
    slack.press("triage_open", MIA, value=walk)
    press_in_form(slack, "triage_next", form_of(slack), value=buttons(form_of(slack))["triage_next"])
    slack.press("triage_open", MIA, value=walk)  # closed meanwhile
    assert "number 2" in str(form_of(slack)) and "before this one: 1" in str(form_of(slack))
    slack.press("triage_take", TOM, value=Pressed.of(numbers[1]).value)  # somebody else, in between
    slack.press("triage_open", MIA, value=walk)
    assert "number 3" in str(form_of(slack)) and "3 insights" in str(form_of(slack))
    slack.press("triage_open", TOM, value=walk)  # everybody's walk is her own
    assert "number 1" in str(form_of(slack)) and "before this one" not in str(form_of(slack))
    slack.press("triage_open", MIA, value=":0:")  # and another walk has a place of its own
    assert "number 1" in str(form_of(slack))
    slack.press("triage_open", MIA, value=walk)
    view = form_of(slack)
    press_in_form(slack, "triage_restart", view, value=buttons(view)["triage_restart"])
    assert "number 1" in str(form_of(slack))
    for _ in "1234":
        view = form_of(slack)
        press_in_form(slack, "triage_next", view, value=buttons(view)["triage_next"])
    slack.press("triage_open", MIA, value=walk)  # after the end: what was skipped is not lost
    assert "number 1" in str(form_of(slack))


def test_a_walk_whose_rest_was_triaged_begins_anew(slack: Slack, stage: Stage) -> None:
    one, two = (flagged(stage, ANNA, f"number {n}") for n in "12")
    slack.press("triage_open", MIA, value=":0:")
    press_in_form(slack, "triage_next", form_of(slack), value=buttons(form_of(slack))["triage_next"])
    assert "number 2" in str(form_of(slack))
    slack.press("triage_take", TOM, value=Pressed.of(two).value)
    slack.press("triage_open", MIA, value=":0:")
    assert "number 1" in str(form_of(slack)) and now(stage, one).status == "new"


def test_a_made_up_walk_leaves_no_place(slack: Slack, stage: Stage) -> None:
    flagged(stage, ANNA, "number 1")
    for value in ("99:0:", ":0:forged", f":0:{'x' * 41}"):
        slack.press("triage_open", MIA, value=value)
        press_in_form(slack, "triage_next", {"type": "modal", "callback_id": "triage"}, value=value)
    slack.press("triage_open", ANNA, value=":0:")
    assert stage.rows("walks") == []


def test_the_digest_leads_to_the_walk(slack: Slack, stage: Stage) -> None:
    for words in ("one", "two"):
        flagged(stage, ANNA, words)
    stage.clock.pass_time(minutes=1)
    slack.command("digest now", MIA, command="/frontline")
    stage.send(seconds=2)
    (head,) = [one for one in stage.slack.posts(MARKETING) if "thread_ts" not in one]
    assert "Triage 2 new" in str(head["blocks"][-1])
    slack.press("triage_open", MIA, value=buttons(head)["triage_open"])
    assert "one" in str(form_of(slack))


def test_a_walk_says_what_somebody_else_did_meanwhile(slack: Slack, stage: Stage) -> None:
    insight = flagged(stage, ANNA)
    slack.press("triage_open", MIA, value=":0:")
    view = form_of(slack)
    slack.press("triage_take", TOM, value=Pressed.of(insight).value)
    press_in_form(slack, "triage_take", view, value=buttons(view)["triage_take"])
    assert "Tom took #1 just now." in str(form_of(slack)) and "Taken by Tom" in str(form_of(slack))
    assert [by for kind, by, _ in history(stage, insight) if kind == "status"] == [TOM]


def test_the_walk_is_marketings_and_stays_in_its_bridges(slack: Slack, stage: Stage) -> None:
    flagged(stage, ANNA, "secret")
    for user in (ANNA, BEN):
        slack.press("triage_open", user, value=f"{stage.bridge.id}:0:")
        press_in_form(slack, "triage_next", {"type": "modal", "callback_id": "triage"}, user, value=":0:")
        press_in_form(slack, "triage_back", {"type": "modal", "callback_id": "triage"}, user, value=":1:")
    stage.send()
    assert "secret" not in str(stage.slack.forms) + str(stage.slack.answers)


# --- what must not be possible -----------------------------------------------------------------------------


ACTIONS = (
    "triage_acknowledge",
    "triage_take",
    "triage_done",
    "triage_decline",
    "triage_more",
    "triage_open",
    "triage_next",
    "triage_back",
    "inbox_bridge",
    "inbox_category",
    "inbox_more",
    "inbox_back",
    "home_notices",
)
NONSENSE = (
    "",
    "x",
    "999:new@0",
    "1",
    ":::",
    "category:999:new@0",
    "nonsense:1:new@0",
    "9" * 40,
    "999:0:",
    "-1:0:",
)


def what_is_true(stage: Stage) -> dict[str, Any]:
    """All that a refused attempt must leave as it is: insights, history, notices, settings, posts."""
    names = ("insights", "history", "supporters", "timers", "told", "schedules", "bridges", "categories")
    found: dict[str, Any] = {name: stage.rows(name) for name in names}
    found["outbox"] = [one for one in stage.rows("outbox") if one["kind"] in ("post", "direct")]
    return found


def test_values_that_are_none_of_ours_change_nothing(slack: Slack, stage: Stage, insight: Insight) -> None:
    before = what_is_true(stage)
    view = {"type": "modal", "callback_id": "triage", "private_metadata": '{"walk": "x"}'}
    for action, value in product(ACTIONS, NONSENSE):
        for where in ("note", "home"):
            assert slack.press(action, MIA, where=where, value=value).status == 200
            option = {"value": value}
            assert slack.press(action, MIA, where=where, selected_option=option).status == 200
        assert press_in_form(slack, action, view, value=value).status == 200
    assert what_is_true(stage) == before


@pytest.mark.parametrize("user", [ANNA, BEN, GUEST, STRANGER, "UNOBODY"])
def test_who_may_not_triage_is_told_and_changes_nothing(
    slack: Slack, stage: Stage, insight: Insight, user: str
) -> None:
    before = what_is_true(stage)
    value = Pressed.of(insight).value
    for action in ACTIONS[:4]:
        slack.press(action, user, value=value)
    for word in ("take", "outcome", "category", "merge"):
        slack.press("triage_more", user, selected_option={"value": f"{word}:{value}"})
    assert what_is_true(stage) == before
    assert stage.slack.forms == [], "no form opens with the insight's words"
    stage.send()
    assert len(stage.slack.answers) == 8 and all(body["text"] for _, body in stage.slack.answers)


def test_people_of_other_organisations_are_ignored(slack: Slack, stage: Stage, insight: Insight) -> None:
    before = stage.everything()
    value = Pressed.of(insight).value
    acted = {"type": "button", "block_id": "b", "action_ts": "1772442000.1", "value": value}
    for action in ACTIONS:
        answer = slack.interact(
            "block_actions", "UELSEWHERE", "T9", actions=[{**acted, "action_id": action}], container={}
        )
        assert answer.status == 200 and not answer.body
    assert stage.everything() == before and stage.slack.forms == []


FORMS: dict[View, dict[str, dict[str, Any]]] = {
    View.TRIAGE_OUTCOME: {Field.OUTCOME: {"type": "plain_text_input", "value": "words"}},
    View.TRIAGE_CATEGORY: {Field.CATEGORY: {"type": "static_select", "selected_option": {"value": "market"}}},
    View.TRIAGE_MERGE: {Field.TARGET: {"type": "plain_text_input", "value": "#2"}},
}


@pytest.mark.parametrize("view", FORMS)
def test_forged_and_stale_forms_change_nothing(
    slack: Slack, stage: Stage, insight: Insight, view: View
) -> None:
    flagged(stage, BEN, "another")
    pressed = Pressed.of(insight).value

    def answered(metadata: str, user: str = MIA, team: str | None = None) -> str:
        shown = {"type": "modal", "callback_id": view, "private_metadata": metadata}
        state = {"values": {block: {block: element} for block, element in FORMS[view].items()}}
        full = {**shown, "id": f"V{next(_numbers)}", "hash": "1772442000.abc", "state": state}
        return str(slack.interact("view_submission", user, team or TEAM, view=full).body)

    def asked(value: str, step: object = "done") -> str:
        return json.dumps({"pressed": value, "step": step, "walk": None})

    before = what_is_true(stage)
    for metadata in ("", "[]", "{", asked("999:new@0"), asked("x"), asked(pressed, "nonsense")):
        assert "push" in answered(metadata), f"refused in words: {metadata}"
    for user in (ANNA, BEN, GUEST, STRANGER, "UNOBODY"):
        assert "push" in answered(asked(pressed), user), user
    assert answered(asked(pressed), "UELSEWHERE", "T9") == ""
    assert what_is_true(stage) == before
    slack.press("triage_take", TOM, value=pressed)
    taken = what_is_true(stage)
    if view is not View.TRIAGE_CATEGORY:  # filing anew undoes nobody's work
        assert "Tom took #1 just now." in answered(asked(pressed))
        assert what_is_true(stage)["insights"] == taken["insights"]


def test_a_button_of_a_deleted_or_withdrawn_insight_is_refused(
    slack: Slack, stage: Stage, insight: Insight
) -> None:
    value = Pressed.of(insight).value
    assert insight.message_ts
    for user in (ANNA, TOM):
        stage.unflag(user, insight.message_ts)
    before = what_is_true(stage)["insights"]
    for action in ACTIONS[:4]:
        slack.press(action, MIA, value=value)
    stage.send()
    assert {body["text"] for _, body in stage.slack.answers} == {"#1 was withdrawn meanwhile."}
    assert what_is_true(stage)["insights"] == before
