"""Slack's edge of the triage: cards, the walk through what is new, and their forms."""

from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import Ack, App

from bot.gestures import Answer, FormState, Gesture
from bot.home import filters
from bot.ids import Action, View
from bot.messages.triage import Asked
from bot.services import Services
from bot.triage import change, inbox, merge, walk
from bot.triage.change import read_asked, walk_of
from bot.triage.rules import Step
from handlers.edge import Edge

Body = Mapping[str, Any]
Save = Callable[[Services, Gesture, Asked, FormState], Answer]


def register(app: App, edge: Edge) -> None:
    """All listeners of the feature."""
    _steps(app, edge)
    _walk(app, edge)
    _forms(app, edge)
    _inbox(app, edge)


def _steps(app: App, edge: Edge) -> None:
    services = edge.services

    def step(action_id: Action, use: Callable[[Gesture, Any, str | None], Answer]) -> None:
        @app.action(action_id)
        def pressed(ack: Ack, body: Body, action: Body) -> None:
            value = (action.get("selected_option") or action).get("value")
            edge.action(ack, body, lambda gesture: use(gesture, value, walk_of(body.get("view"))))

    step(
        Action.TRIAGE_ACKNOWLEDGE,
        lambda one, value, at: change.take_step(services, one, value, Step.ACKNOWLEDGE, at),
    )
    step(Action.TRIAGE_TAKE, lambda one, value, at: change.take_step(services, one, value, Step.TAKE, at))
    step(Action.TRIAGE_DONE, lambda one, value, at: change.open_outcome(services, one, value, Step.DONE, at))
    step(
        Action.TRIAGE_DECLINE,
        lambda one, value, at: change.open_outcome(services, one, value, Step.DECLINE, at),
    )
    step(Action.TRIAGE_MORE, lambda one, value, at: change.choose_more(services, one, value, at))


def _walk(app: App, edge: Edge) -> None:
    services = edge.services

    @app.action(Action.TRIAGE_OPEN)
    def begin(ack: Ack, body: Body, action: Body) -> None:
        edge.action(ack, body, lambda gesture: walk.begin(services, gesture, action.get("value")))

    @app.action(Action.TRIAGE_RESTART)
    @app.action(Action.TRIAGE_NEXT)
    def go_on(ack: Ack, body: Body, action: Body) -> None:
        edge.action(ack, body, lambda gesture: walk.go_on(services, gesture, action.get("value")))

    @app.action(Action.TRIAGE_BACK)
    def back(ack: Ack, body: Body, action: Body) -> None:
        edge.action(ack, body, lambda gesture: walk.back(services, gesture, action.get("value")))


def _forms(app: App, edge: Edge) -> None:
    services = edge.services

    def form(view: View, save: Save) -> None:
        @app.view(view)
        def submitted(ack: Ack, body: Body) -> None:
            edge.submission(
                ack, body, lambda gesture, answers: save(services, gesture, read_asked(body["view"]), answers)
            )

    form(View.TRIAGE_OUTCOME, change.save_outcome)
    form(View.TRIAGE_CATEGORY, change.save_category)
    form(View.TRIAGE_MERGE, merge.save_merge)


def _inbox(app: App, edge: Edge) -> None:
    services = edge.services

    def filtered(action_id: Action, name: str) -> None:
        @app.action(action_id)
        def chosen(ack: Ack, body: Body, action: Body) -> None:
            value = (action.get("selected_option") or {}).get("value")
            edge.action(ack, body, lambda gesture: inbox.choose(services, gesture, name, value))

    def turned(ack: Ack, body: Body, action: Body) -> None:
        edge.action(ack, body, lambda gesture: inbox.turn(services, gesture, action.get("value")))

    @app.action(Action.INBOX_FILTER)
    def open_filter(ack: Ack, body: Body) -> None:
        edge.action(ack, body, lambda gesture: filters.open_filter(services, gesture, inbox.FILTER))

    @app.view(View.INBOX_FILTER)
    def save_filter(ack: Ack, body: Body) -> None:
        edge.submission(
            ack, body, lambda gesture, answers: filters.save_filter(services, gesture, answers, inbox.FILTER)
        )

    filtered(Action.INBOX_BRIDGE, "inbox_bridge")
    filtered(Action.INBOX_CATEGORY, "inbox_category")
    app.action(Action.INBOX_PAGE)(turned)
    app.action(Action.INBOX_PAGE_BACK)(turned)
