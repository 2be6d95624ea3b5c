"""Erasing: the forms behind `/frontline erase`, the home tab's button, and a bridge's lifetime."""

from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack, App

from bot.erasure import answer, lifetime
from bot.ids import Action, View
from handlers.edge import Edge, value_of

Body = Mapping[str, Any]


def register(app: App, edge: Edge) -> None:
    """All listeners of the feature."""
    services = edge.services

    @app.action(Action.HOME_ERASE)
    def from_home(ack: Ack, body: Body) -> None:
        edge.action(ack, body, lambda gesture: answer.open_erase(services, gesture))

    @app.view(View.ERASE)
    def choose(ack: Ack, body: Body) -> None:
        edge.submission(ack, body, lambda one, form: answer.choose_target(services, one, form))

    @app.view(View.ERASE_PREVIEW)
    def confirm(ack: Ack, body: Body) -> None:
        metadata = str(body["view"].get("private_metadata") or "")
        edge.submission(ack, body, lambda one, form: answer.confirm(services, one, metadata, form))

    @app.action(Action.BRIDGE_LIFETIME)
    def open_lifetime(ack: Ack, body: Body, action: Body) -> None:
        edge.action(ack, body, lambda gesture: lifetime.open_form(services, gesture, value_of(action)))

    @app.view(View.LIFETIME)
    def save_lifetime(ack: Ack, body: Body) -> None:
        metadata = str(body["view"].get("private_metadata") or "")
        edge.submission(ack, body, lambda one, form: lifetime.save_form(services, one, metadata, form))

    @app.view(View.LIFETIME_PREVIEW)
    def confirm_lifetime(ack: Ack, body: Body) -> None:
        metadata = str(body["view"].get("private_metadata") or "")
        edge.submission(ack, body, lambda one, form: lifetime.confirm(services, one, metadata, form))
