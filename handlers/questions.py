"""The forms and buttons of questions."""

from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack, App

from bot.ids import Action, View
from bot.questions import anonymous, asking, closing
from handlers.edge import Edge, value_of

Body = Mapping[str, Any]


def register(app: App, edge: Edge) -> None:
    """All listeners of the feature."""
    services = edge.services

    @app.view(View.ASK)
    def ask(ack: Ack, body: Body) -> None:
        bridge_id = str(body["view"].get("private_metadata") or "")
        edge.submission(ack, body, lambda one, form: asking.ask(services, one, bridge_id, form))

    @app.action(Action.QUESTION_CLOSE)
    def close(ack: Ack, body: Body, action: Body) -> None:
        edge.action(ack, body, lambda one: closing.open_outcome(services, one, value_of(action)))

    @app.action(Action.QUESTION_ANSWER)
    def answer(ack: Ack, body: Body, action: Body) -> None:
        edge.action(ack, body, lambda one: anonymous.open_answer(services, one, value_of(action)))

    @app.view(View.QUESTION_ANSWER)
    def answered(ack: Ack, body: Body) -> None:
        question_id = str(body["view"].get("private_metadata") or "")
        edge.submission(ack, body, lambda one, form: anonymous.save_answer(services, one, question_id, form))

    @app.view(View.QUESTION_OUTCOME)
    def outcome(ack: Ack, body: Body) -> None:
        question_id = str(body["view"].get("private_metadata") or "")
        edge.submission(ack, body, lambda one, form: closing.save_outcome(services, one, question_id, form))
