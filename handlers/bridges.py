"""The forms of bridges and their categories."""

from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack, App

from bot.bridges import category_form, setup
from bot.ids import Action, View
from handlers.edge import Edge, value_of

Body = Mapping[str, Any]


def register(app: App, edge: Edge) -> None:
    """All listeners of the feature."""
    _forms(app, edge)
    _buttons(app, edge)
    _nothing_to_do(app)


def _forms(app: App, edge: Edge) -> None:
    services = edge.services

    @app.view(View.BRIDGE)
    def save_bridge(ack: Ack, body: Body) -> None:
        metadata = str(body["view"].get("private_metadata") or "")
        edge.submission(ack, body, lambda one, form: setup.save_bridge(services, one, form, metadata))

    @app.view(View.CATEGORIES)
    def save_categories(ack: Ack, body: Body) -> None:
        metadata = str(body["view"].get("private_metadata") or "")
        edge.submission(
            ack, body, lambda one, form: category_form.save_category_form(services, one, form, metadata)
        )

    @app.options(Action.TIME_ZONE)
    def time_zones(ack: Ack, body: Body) -> None:
        edge.options(ack, body, lambda user_id, typed: setup.zone_options(services, user_id, typed))


def _buttons(app: App, edge: Edge) -> None:
    services = edge.services

    @app.action(Action.HOME_SETUP)
    def from_home(ack: Ack, body: Body) -> None:
        edge.action(ack, body, lambda gesture: setup.open_setup(services, gesture))

    @app.action(Action.BRIDGE_EDIT)
    def edit(ack: Ack, body: Body, action: Body) -> None:
        edge.action(ack, body, lambda gesture: setup.open_bridge(services, gesture, value_of(action)))

    @app.action(Action.BRIDGE_NEW)
    def new(ack: Ack, body: Body) -> None:
        edge.action(ack, body, lambda gesture: setup.open_new_bridge(services, gesture))

    @app.action(Action.BRIDGE_CATEGORIES)
    def categories(ack: Ack, body: Body, action: Body) -> None:
        edge.action(
            ack, body, lambda gesture: category_form.open_categories(services, gesture, value_of(action))
        )


def _nothing_to_do(app: App) -> None:
    """What Slack sends although there is nothing to be done: without an acknowledgement it would warn."""

    def just_acknowledge(ack: Ack) -> None:
        ack()

    app.view(View.BRIDGES)(just_acknowledge)
    app.view(View.NOTICE)(just_acknowledge)
    app.action(Action.OPEN_LINK)(just_acknowledge)
