"""The lists of names at Slack's edge."""

from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack, App

from bot.bridges import lists
from bot.ids import Action, View
from handlers.edge import Edge, form_state

Body = Mapping[str, Any]


def register(app: App, edge: Edge) -> None:
    """All listeners of the feature."""
    services = edge.services

    @app.view(View.LISTS)
    def save(ack: Ack, body: Body) -> None:
        metadata = str(body["view"].get("private_metadata") or "")
        edge.submission(ack, body, lambda one, form: lists.save_lists(services, one, form, metadata))

    @app.action(Action.BRIDGE_LISTS)
    def open_form(ack: Ack, body: Body, action: Body) -> None:
        edge.action(ack, body, lambda one: lists.open_lists(services, one, action["value"]))

    @app.action(Action.NAME_ADD)
    def add(ack: Ack, body: Body, action: Body) -> None:
        value = str(action["selected_option"]["value"])
        edge.action(ack, body, lambda one: lists.add_unknown(services, one, value))

    @app.action(Action.NAME_IGNORE)
    def ignore(ack: Ack, body: Body, action: Body) -> None:
        edge.action(ack, body, lambda one: lists.ignore_unknown(services, one, str(action["value"])))

    @app.action(Action.NAME_ADD_HERE)
    def add_here(ack: Ack, body: Body, action: Body) -> None:
        view, value = body["view"], str(action["selected_option"]["value"])
        edge.action(ack, body, lambda one: lists.add_in_form(services, one, view, form_state(view), value))

    @app.action(Action.NAME_IGNORE_HERE)
    def ignore_here(ack: Ack, body: Body, action: Body) -> None:
        view, value = body["view"], str(action["value"])
        edge.action(ack, body, lambda one: lists.ignore_in_form(services, one, view, form_state(view), value))
