"""Slack's edge of themes: their page's buttons and forms."""

from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import Ack, App

from bot.gestures import Answer, FormState, Gesture
from bot.ids import Action, View
from bot.services import Services
from bot.themes import people
from handlers.edge import Edge

Body = Mapping[str, Any]
Press = Callable[[Services, Gesture, str | None], Answer]
Save = Callable[[Services, Gesture, str, FormState], Answer]


def register(app: App, edge: Edge) -> None:
    """All listeners of the feature."""
    services = edge.services

    def button(action_id: Action, press: Press) -> None:
        @app.action(action_id)
        def pressed(ack: Ack, body: Body, action: Body) -> None:
            edge.action(ack, body, lambda gesture: press(services, gesture, action.get("value")))

    def form(view: View, save: Save) -> None:
        @app.view(view)
        def submitted(ack: Ack, body: Body) -> None:
            about = str(body["view"].get("private_metadata") or "")
            edge.submission(ack, body, lambda gesture, answers: save(services, gesture, about, answers))

    button(Action.THEME_OPEN, people.open_theme)
    button(Action.THEME_PULL, people.pull_out)
    button(Action.THEME_RENAME, people.open_rename)
    button(Action.THEME_MERGE, people.open_merge)
    button(Action.THEME_SPLIT, people.open_split)
    form(View.THEME_RENAME, people.save_rename)
    form(View.THEME_MERGE, people.save_merge)
    form(View.THEME_SPLIT, people.save_split)
