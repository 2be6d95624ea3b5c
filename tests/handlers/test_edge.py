"""Gestures: committed before they are acknowledged, and answered where they were made (promises 1, 5)."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from slack_bolt import Ack
from slack_sdk.models.blocks import DividerBlock
from structlog.testing import capture_logs

from bot.errors import FormError, UserError
from bot.gestures import Answer, Done, FormState, Gesture, Open, Reply, Update
from bot.i18n import N_
from bot.ids import View
from bot.messages.common import modal
from bot.slack import SlackRefused, SlackUnclear
from handlers.edge import Edge, form_state
from storage import inbox
from storage.database import Database
from tests.stage import Stage, make_stage
from tests.support import ANNA, BEN, SALES, TEAM

FORM = modal(View.NOTICE, "A form", [DividerBlock()], close="Close")
URL = "https://hooks.slack.test/1"
REFUSAL = UserError(N_("That category is no longer in use; choose another."))


class Acknowledged(list[dict[str, Any]]):
    """Stands in for Bolt's `ack`: what was acknowledged, and whether the gesture was committed by then."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self.stage = stage
        self.committed: list[bool] = []
        self.looks = True

    def __call__(self, **answer: Any) -> None:
        self.append(answer)
        if self.looks:
            self.committed.append(bool(self.stage.rows("gestures")))

    @property
    def ack(self) -> Ack:
        return self  # type: ignore[return-value]


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database)


@pytest.fixture
def acked(stage: Stage) -> Acknowledged:
    return Acknowledged(stage)


def command_body(user: str = ANNA, team: str = TEAM) -> dict[str, Any]:
    return {
        "trigger_id": "t1",
        "user_id": user,
        "team_id": team,
        "channel_id": SALES,
        "response_url": URL,
    }


def action_body(where: str = "note", user: str = ANNA, team: str = TEAM) -> dict[str, Any]:
    body: dict[str, Any] = {"trigger_id": "t1", "user": {"id": user, "team_id": team}}
    if where == "note":
        return body | {"response_url": URL, "channel": {"id": SALES}}
    return body | {"view": {"id": "V1", "type": where}, "container": {"type": "view", "view_id": "V1"}}


def form_body(user: str = ANNA, team: str = TEAM) -> dict[str, Any]:
    values = {"text": {"text": {"type": "plain_text_input", "value": " words "}}}
    view = {"id": "V1", "hash": "h1", "state": {"values": values}}
    return {"trigger_id": "t1", "user": {"id": user, "team_id": team}, "view": view}


def giving(stage: Stage, answer: Answer | Exception) -> Callable[[Gesture], Answer]:
    """A use case that commits and answers so."""

    def use(gesture: Gesture) -> Answer:
        if isinstance(answer, Exception):
            raise answer
        with stage.services.db.writing() as connection:
            inbox.first_time(connection, gesture.key, stage.clock.now())
        return answer

    return use


def in_form(stage: Stage, answer: Answer | Exception) -> Callable[[Gesture, FormState], Answer]:
    use = giving(stage, answer)
    return lambda gesture, state: use(gesture)


# --- commit first, acknowledge last -------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [Reply({"text": "Saved"}), Open(FORM), Done()])
def test_what_is_acknowledged_is_committed(stage: Stage, acked: Acknowledged, answer: Answer) -> None:
    edge = Edge(stage.services)
    edge.command(acked.ack, command_body(), giving(stage, answer))
    edge.action(acked.ack, action_body(), giving(stage, answer))
    edge.submission(acked.ack, form_body(), in_form(stage, answer))
    assert acked.committed == [True] * 3
    assert stage.services.wake.inbox.is_set()
    assert stage.services.wake.outbox.is_set()


def test_a_form_opens_after_the_acknowledgement_so_that_slack_waits_for_nothing(
    stage: Stage, acked: Acknowledged
) -> None:
    when: list[int] = []
    stage.slack.watch = lambda at, method: when.append(len(acked)) if at == "before" else None
    edge = Edge(stage.services)
    edge.command(acked.ack, command_body(), giving(stage, Open(FORM)))
    edge.action(acked.ack, action_body(), giving(stage, Open(FORM)))
    assert when == [1, 2]


# --- where the answer goes ----------------------------------------------------------------------------------


def test_a_commands_answer_travels_in_the_acknowledgement(stage: Stage, acked: Acknowledged) -> None:
    Edge(stage.services).command(acked.ack, command_body(), giving(stage, Reply({"text": "Saved"})))
    assert acked == [{"response_type": "ephemeral", "text": "Saved"}]


@pytest.mark.parametrize("replaces", [True, False])
def test_a_buttons_answer_goes_through_its_address_once(
    stage: Stage, acked: Acknowledged, replaces: bool
) -> None:
    for _ in range(2):
        Edge(stage.services).action(
            acked.ack, action_body(), giving(stage, Reply({"text": "Done"}, replaces=replaces))
        )
    stage.send()
    said = {"text": "Done", "response_type": "ephemeral", "replace_original": replaces}
    assert stage.slack.answers == [(URL, said)]
    assert acked == [{}, {}]


@pytest.mark.parametrize(("where", "method"), [("note", "views.open"), ("home", "views.open")])
def test_a_form_is_opened(stage: Stage, acked: Acknowledged, where: str, method: str) -> None:
    Edge(stage.services).action(acked.ack, action_body(where), giving(stage, Open(FORM)))
    assert [one[0] for one in stage.slack.forms] == [method]


def test_within_a_form_another_is_put_on_top_or_in_its_place(stage: Stage, acked: Acknowledged) -> None:
    edge = Edge(stage.services)
    edge.action(acked.ack, action_body("modal"), giving(stage, Open(FORM)))
    edge.action(acked.ack, action_body("modal"), giving(stage, Update(FORM)))
    assert [one[0] for one in stage.slack.forms] == ["views.push", "views.update"]
    edge.submission(acked.ack, form_body(), in_form(stage, Open(FORM)))
    edge.submission(acked.ack, form_body(), in_form(stage, Update(FORM)))
    assert [one.get("response_action") for one in acked[2:]] == ["push", "update"]


@pytest.mark.parametrize("where", ["modal", "home"])
@pytest.mark.parametrize("quiet", [True, False])
def test_a_refusal_is_said_even_where_slack_gives_no_address(
    stage: Stage, acked: Acknowledged, where: str, quiet: bool
) -> None:
    Edge(stage.services).action(acked.ack, action_body(where), giving(stage, REFUSAL), quiet=quiet)
    ((_, shown),) = stage.slack.forms
    assert "no longer in use" in str(shown)


def test_a_quiet_change_shows_by_itself(stage: Stage, acked: Acknowledged) -> None:
    Edge(stage.services).action(
        acked.ack, action_body("home"), giving(stage, Reply({"text": "Done"})), quiet=True
    )
    assert stage.slack.forms == []
    assert acked == [{}]


# --- errors -------------------------------------------------------------------------------------------------


def everywhere(stage: Stage, acked: Acknowledged, problem: Exception, user: str) -> list[str]:
    """What the person sees after a command, in a note and above a form."""
    edge = Edge(stage.services)
    edge.command(acked.ack, command_body(user), giving(stage, problem))
    edge.action(acked.ack, action_body("note", user), giving(stage, problem))
    edge.submission(acked.ack, form_body(user), in_form(stage, problem))
    stage.send()
    command, _, form = acked
    assert form["response_action"] == "push", "what was typed stays below"
    return [str(command["text"]), str(stage.slack.answers[0][1]["text"]), str(form["view"])]


@pytest.mark.parametrize(("user", "words"), [(ANNA, "no longer in use"), (BEN, "выберите другую")])
def test_what_a_person_can_do_something_about_is_said_in_her_language(
    stage: Stage, acked: Acknowledged, user: str, words: str
) -> None:
    shown = everywhere(stage, acked, REFUSAL, user)
    assert [words in one for one in shown] == [True] * 3


def test_anything_else_is_apologised_for_under_a_reference_that_the_log_has_too(
    stage: Stage, acked: Acknowledged
) -> None:
    with capture_logs() as logs:
        shown = everywhere(stage, acked, ZeroDivisionError("zebrafish"), ANNA)
    references = [one["reference"] for one in logs if one["event"] == "gesture_failed"]
    assert len(references) == 3
    for text, reference in zip(shown, references, strict=True):
        assert reference in text
        assert "nothing was saved" in text
        assert "zebrafish" not in text


def test_without_a_database_a_person_still_gets_an_answer(
    stage: Stage, acked: Acknowledged, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError

    acked.looks = False
    with capture_logs():
        monkeypatch.setattr(type(stage.services.db), "reading", broken)
        Edge(stage.services).command(acked.ack, command_body(), giving(stage, OSError()))
        monkeypatch.undo()
    assert "Something went wrong" in acked[0]["text"]


def test_faults_of_a_form_stand_beside_their_fields(stage: Stage, acked: Acknowledged) -> None:
    problem = FormError({"text": N_("Write what you heard.")})
    Edge(stage.services).submission(acked.ack, form_body(BEN), in_form(stage, problem))
    (answer,) = acked
    assert answer["response_action"] == "errors"
    assert set(answer["errors"]) == {"text"}
    assert "Write" not in answer["errors"]["text"]


@pytest.mark.parametrize("problem", [SlackRefused("expired_trigger_id"), SlackUnclear("TimeoutError")])
@pytest.mark.parametrize("slow", ["command", "note"])
def test_a_form_that_slack_does_not_open_is_said(
    stage: Stage, acked: Acknowledged, problem: SlackRefused | SlackUnclear, slow: str
) -> None:
    stage.slack.fail("views.open", problem)
    edge = Edge(stage.services)
    if slow == "command":
        edge.command(acked.ack, command_body(), giving(stage, Open(FORM)))
    else:
        edge.action(acked.ack, action_body(), giving(stage, Open(FORM)))
    stage.send()
    ((_, said),) = stage.slack.answers
    assert problem.code in str(said["text"])


# --- people of other organisations --------------------------------------------------------------------------


def test_gestures_of_other_organisations_are_acknowledged_and_ignored(
    stage: Stage, acked: Acknowledged
) -> None:
    edge, seen = Edge(stage.services), []

    def use(gesture: Gesture, *_: object) -> Answer:
        seen.append(gesture)
        return Reply({"text": "secret"})

    def options(user_id: str, typed: str) -> list[dict[str, Any]]:
        seen.append(Gesture("k", user_id))
        return [{"text": "secret"}]

    edge.command(acked.ack, command_body("U9", "T9"), use)
    edge.action(acked.ack, action_body("note", "U9", "T9"), use)
    edge.submission(acked.ack, form_body("U9", "T9"), use)
    edge.options(acked.ack, action_body("modal", "U9", "T9"), options)
    assert seen == []
    assert acked == [{}, {}, {}, {"options": []}]


# --- reading ------------------------------------------------------------------------------------------------


def test_a_form_is_read_by_its_blocks() -> None:
    values: Mapping[str, Any] = {
        "text": {"text": {"type": "plain_text_input", "value": " words "}},
        "empty": {"empty": {"type": "plain_text_input", "value": None}},
        "category": {"insight_x": {"selected_option": {"value": "market", "text": {}}}},
        "urgent": {"urgent": {"selected_options": [{"value": "urgent"}]}},
        "people": {"people": {"selected_users": ["U1", "U2"]}},
        "channel": {"channel": {"selected_conversation": "C1"}},
        "nothing": {"nothing": {"selected_option": None}},
        "gone": {},
    }
    form = form_state(json.loads(json.dumps({"state": {"values": values}})))
    assert (form.text("text"), form.text("empty"), form.text("gone"), form.text("no")) == ("words",) + (
        None,
    ) * 3
    assert (form.option("category"), form.option("nothing")) == ("market", None)
    assert (form.options("urgent"), form.options("no")) == (("urgent",), ())
    assert (form.many("people"), form.picked("channel")) == (("U1", "U2"), "C1")
    assert form_state({}).text("text") is None
