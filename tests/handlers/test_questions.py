"""A question over Slack's own requests: form, answers, closing; what is forged is refused in words."""

import json
from typing import Any

import pytest
from structlog.testing import capture_logs

from storage.database import Database
from tests.handlers.requests import Slack, http_mode
from tests.stage import Stage, make_stage
from tests.support import ANNA, MARKETING, MIA, SALES


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database)


@pytest.fixture
def slack(stage: Stage) -> Slack:
    return http_mode(stage)


def form_of(slack: Slack) -> dict[str, Any]:
    """The form that was opened last; they are opened on a thread of their own."""
    slack.bolt.listener_runner.listener_executor.shutdown(wait=True)
    return slack.stage.slack.forms[-1][1]


VALUES = {
    "text": {"value": "What do they fear?"},
    "asked_in": {"selected_options": [{"value": SALES}]},
    "closes_on": {"selected_date": "2026-03-09"},
    "time": {"selected_time": "10:00"},
}


def ask(slack: Slack, **changes: Any) -> Any:
    view = {"callback_id": "question_ask", "private_metadata": str(slack.stage.bridge.id), "type": "modal"}
    return slack.submit(view | changes.pop("view", {}), VALUES, changes.pop("user", MIA))


def test_from_the_command_to_the_outcome(slack: Slack, stage: Stage) -> None:
    slack.command("ask What do they fear?", MIA, command="/frontline", channel_id=MARKETING)
    assert "on its way" in ask(slack).body
    stage.send(seconds=3)
    (question,) = stage.slack.posts(SALES)
    stage.reply(ANNA, question["ts"], "The price")
    form = view("question_outcome", "1", {"outcome": {"value": "A leaflet"}})
    said = slack.interact("view_submission", MIA, view=form)
    assert "Those who answered" in said.body
    listed = json.loads(slack.command("questions", MIA, command="/frontline").body)
    assert "A leaflet" in str(listed["blocks"])
    assert len(stage.all()) == 1


def test_the_form_opens_with_what_was_typed(slack: Slack) -> None:
    slack.command("спросить Чего боятся клиенты?", MIA, command="/frontline", channel_id=MARKETING)
    assert "Чего боятся клиенты?" in str(form_of(slack))


def test_what_is_forged_or_stale_is_refused_in_words_and_leaves_no_trace(slack: Slack, stage: Stage) -> None:
    outcome = {"callback_id": "question_outcome", "type": "modal"}
    with capture_logs():
        assert "Only marketing" in ask(slack, user=ANNA).body
        for metadata in ("", "x", "999", "1:2"):
            assert "gone" in ask(slack, view={"private_metadata": metadata}).body
            said = slack.submit(outcome | {"private_metadata": metadata}, {"outcome": {"value": "x"}}, MIA)
            assert "no longer exists" in said.body
            assert slack.press("question_close", MIA, value=metadata).status == 200
        assert (
            slack.interact("view_submission", MIA, team="T9", view=view("question_ask", "1", VALUES)).body
            == ""
        )
    stage.send(seconds=2)
    answers = [body["text"] for _, body in stage.slack.answers]
    assert answers == ["This question no longer exists, or you may not see it."] * 4
    assert stage.rows("questions") == []
    assert stage.all() == []
    assert [one for one in stage.rows("outbox") if one["kind"] != "answer"] == []


def view(callback: str, metadata: str, values: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": "V9",
        "hash": "9.9",
        "callback_id": callback,
        "private_metadata": metadata,
        "type": "modal",
        "state": {"values": {block: {block: element} for block, element in values.items()}},
    }
