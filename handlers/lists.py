"""The lists of names at Slack's edge."""

from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import Ack, App

from bot.bridges import lists
from bot.gestures import Answer, FormState, Gesture
from bot.ids import Action, View
from bot.services import Services
from handlers.edge import Edge, form_in, form_state, value_of

Body = Mapping[str, Any]
InForm = Callable[[Services, Gesture, Mapping[str, Any], FormState, str], Answer]


def register(app: App, edge: Edge) -> None:
    """All listeners of the feature."""
    services = edge.services

    @app.view(View.LISTS)
    def save(ack: Ack, body: Body) -> None:
        metadata = str(body["view"].get("private_metadata") or "")
        edge.submission(ack, body, lambda one, form: lists.save_lists(services, one, form, metadata))

    @app.action(Action.BRIDGE_LISTS)
    def open_form(ack: Ack, body: Body, action: Body) -> None:
        edge.action(ack, body, lambda one: lists.open_lists(services, one, value_of(action)))

    @app.action(Action.NAME_ADD)
    def add(ack: Ack, body: Body, action: Body) -> None:
        value = value_of(action)
        edge.action(ack, body, lambda one: lists.add_unknown(services, one, value))

    @app.action(Action.NAME_IGNORE)
    def ignore(ack: Ack, body: Body, action: Body) -> None:
        edge.action(ack, body, lambda one: lists.ignore_unknown(services, one, value_of(action)))

    def in_form(ack: Ack, body: Body, action: Body, use: InForm) -> None:
        def press(gesture: Gesture) -> Answer:
            view = form_in(body)
            return use(services, gesture, view, form_state(view), value_of(action))

        edge.action(ack, body, press)

    @app.action(Action.NAME_ADD_HERE)
    def add_here(ack: Ack, body: Body, action: Body) -> None:
        in_form(ack, body, action, lists.add_in_form)

    @app.action(Action.NAME_IGNORE_HERE)
    def ignore_here(ack: Ack, body: Body, action: Body) -> None:
        in_form(ack, body, action, lists.ignore_in_form)
