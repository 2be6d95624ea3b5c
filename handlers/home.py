"""The home tab's own buttons; those of its insights are the insights' own."""

from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack, App

from bot.gestures import id_in
from bot.home import filters
from bot.home.sections import MINE
from bot.home.tab import turn_page
from bot.ids import Action, View
from bot.insights import saving
from bot.insights.known import names_to_look_up, open_page
from bot.quiet.settings import open_hours, save_hours
from bot.triage.settings import choose_at_home
from handlers.edge import Edge, value_of

Body = Mapping[str, Any]


def register(app: App, edge: Edge) -> None:
    """All listeners of the feature."""

    @app.action(Action.HOME_NEW)
    def new_insight(ack: Ack, body: Body) -> None:
        edge.action(ack, body, lambda gesture: saving.open_form(edge.services, gesture))

    @app.action(Action.NOTICES)
    def notices(ack: Ack, body: Body, action: Body) -> None:
        value = value_of(action)
        edge.action(ack, body, lambda gesture: choose_at_home(edge.services, gesture, value))

    @app.action(Action.QUIET_HOURS)
    def quiet_hours(ack: Ack, body: Body) -> None:
        edge.action(ack, body, lambda gesture: open_hours(edge.services, gesture))

    @app.view(View.QUIET_HOURS)
    def hours_chosen(ack: Ack, body: Body) -> None:
        edge.submission(ack, body, lambda gesture, form: save_hours(edge.services, gesture, form))

    @app.options(Action.HOME_ABOUT)
    def names(ack: Ack, body: Body) -> None:
        edge.options(ack, body, lambda user_id, typed: names_to_look_up(edge.services, user_id, typed))

    @app.action(Action.HOME_ABOUT)
    def about(ack: Ack, body: Body, action: Body) -> None:
        name = value_of(action)
        edge.action(ack, body, lambda gesture: open_page(edge.services, gesture, name))

    @app.action(Action.MINE_FILTER)
    def open_mine(ack: Ack, body: Body) -> None:
        edge.action(ack, body, lambda gesture: filters.open_filter(edge.services, gesture, MINE))

    @app.view(View.MINE_FILTER)
    def save_mine(ack: Ack, body: Body) -> None:
        edge.submission(
            ack, body, lambda gesture, form: filters.save_filter(edge.services, gesture, form, MINE)
        )

    def turn(ack: Ack, body: Body, action: Body) -> None:
        edge.action(ack, body, lambda gesture: turn_page(edge.services, gesture, id_in(value_of(action))))

    app.action(Action.HOME_PAGE)(turn)
    app.action(Action.HOME_PAGE_OLDER)(turn)
