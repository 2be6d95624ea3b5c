"""`/insight`, the shortcuts, and the buttons and forms of single insights."""

from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import Ack, App

from bot.errors import UserError
from bot.gestures import Answer, Gesture, id_in
from bot.ids import Action, Command, Shortcut, View
from bot.insights import change, lists, messages_to_us, saving
from bot.insights.command import answer_insight, store_text
from bot.messages.insight_forms import metadata_of
from bot.slack import read_message
from bot.triage.rules import UNREADABLE
from handlers.edge import Edge, form_in, form_state, value_of

Body = Mapping[str, Any]


def register(app: App, edge: Edge) -> None:
    """All listeners of the feature."""
    _commands_and_shortcuts(app, edge)
    _forms(app, edge)
    _buttons(app, edge)
    _lists(app, edge)


def _commands_and_shortcuts(app: App, edge: Edge) -> None:
    services = edge.services

    @app.command(Command.INSIGHT)
    def insight(ack: Ack, body: Body) -> None:
        edge.command(ack, body, lambda gesture: answer_insight(services, gesture, body.get("text") or ""))

    @app.shortcut(Shortcut.NEW_INSIGHT)
    def new_insight(ack: Ack, body: Body) -> None:
        edge.action(ack, body, lambda gesture: saving.open_form(services, gesture))

    @app.shortcut(Shortcut.SAVE_MESSAGE)
    def save_message(ack: Ack, body: Body) -> None:
        channel_id = body["channel"]["id"]
        shortcut = saving.Shortcut(channel_id, read_message(channel_id, body["message"]))
        edge.action(ack, body, lambda gesture: saving.open_message(services, gesture, shortcut))


def _forms(app: App, edge: Edge) -> None:
    services = edge.services

    @app.view(View.NEW_INSIGHT)
    def save_new(ack: Ack, body: Body) -> None:
        edge.submission(ack, body, lambda one, form: saving.save_new(services, one, body["view"], form))

    @app.view(View.SAVE_MESSAGE)
    def save_message(ack: Ack, body: Body) -> None:
        edge.submission(ack, body, lambda one, form: saving.save_message(services, one, body["view"], form))

    @app.view(View.EDIT_INSIGHT)
    def save_details(ack: Ack, body: Body) -> None:
        insight_id = id_in(metadata_of(body["view"]).get("insight"))
        edge.submission(ack, body, lambda one, form: change.save_details(services, one, form, insight_id))

    @app.action(Action.PICK_BRIDGE)
    def pick_bridge(ack: Ack, body: Body) -> None:
        def use(gesture: Gesture) -> Answer:
            view = form_in(body)
            return saving.pick_bridge(services, gesture, view, form_state(view))

        edge.action(ack, body, use)


def _buttons(app: App, edge: Edge) -> None:
    services = edge.services

    def pressed(ack: Ack, body: Body, value: str, use: Callable[[Gesture, int], Answer]) -> None:
        """In a note the note changes, behind the shortcut the form; the home tab follows anyway."""

        def change_and_show(gesture: Gesture) -> Answer:
            insight_id = id_in(value)
            answer = use(gesture, insight_id)
            return change.manage(services, gesture, insight_id) if _where(body) == "modal" else answer

        edge.action(ack, body, change_and_show, quiet=_where(body) == "home")

    @app.action(Action.CHANGE_CATEGORY)
    def change_category(ack: Ack, body: Body, action: Body) -> None:
        value, _, key = value_of(action).partition(":")
        pressed(ack, body, value, lambda one, insight: change.change_category(services, one, insight, key))

    @app.action(Action.UNDO)
    def undo(ack: Ack, body: Body, action: Body) -> None:
        pressed(ack, body, value_of(action), lambda one, insight: change.undo(services, one, insight))

    @app.action(Action.ADD_DETAILS)
    def add_details(ack: Ack, body: Body, action: Body) -> None:
        edge.action(ack, body, lambda one: change.open_details(services, one, id_in(value_of(action))))

    @app.action(Action.ADD_SUPPORT)
    def add_support(ack: Ack, body: Body, action: Body) -> None:
        edge.action(ack, body, lambda one: change.add_support(services, one, id_in(value_of(action))))

    @app.action(Action.SAVE_TEXT)
    def save_text(ack: Ack, body: Body, action: Body) -> None:
        edge.action(ack, body, lambda one: store_text(services, one, value_of(action)))

    @app.action(Action.SAVE_DM)
    def save_dm(ack: Ack, body: Body, action: Body) -> None:
        edge.action(ack, body, lambda one: messages_to_us.ask_to_save(services, one, value_of(action)))


def _lists(app: App, edge: Edge) -> None:
    def turn(ack: Ack, body: Body, action: Body) -> None:
        def page(gesture: Gesture) -> Answer:
            try:
                wanted = lists.Wanted.from_value(value_of(action))
            except ValueError:
                raise UserError(UNREADABLE) from None
            return lists.show_list(edge.services, gesture, wanted, turning=True)

        edge.action(ack, body, page)

    app.action(Action.LIST_PAGE)(turn)
    app.action(Action.LIST_PAGE_OLDER)(turn)


def _where(body: Body) -> str:
    """What the button stands in: `home`, `modal`, or a message."""
    return str((body.get("view") or {}).get("type") or "message")
