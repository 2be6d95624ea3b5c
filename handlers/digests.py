"""Slack's edge of digests and reports: the form of the schedule, and *Send now* of a preview."""

from typing import Any

from slack_bolt import Ack, App

from bot.digests.answer import send_previewed
from bot.digests.form import change_frequency, open_form, save_form
from bot.digests.schedule import SALES_REPORT
from bot.gestures import Answer, Gesture
from bot.ids import Action, View
from bot.reports.answer import send_previewed as send_report
from handlers.edge import Edge, form_in, form_state


def register(app: App, edge: Edge) -> None:
    """Register the listeners of digests."""
    services = edge.services

    @app.view(View.DIGEST)
    def submitted(ack: Ack, body: dict[str, Any]) -> None:
        metadata = str(body["view"].get("private_metadata") or "")
        edge.submission(ack, body, lambda gesture, form: save_form(services, gesture, metadata, form))

    @app.action(Action.DIGEST_FREQUENCY)
    def frequency_chosen(ack: Ack, body: dict[str, Any]) -> None:
        def use(gesture: Gesture) -> Answer:
            view = form_in(body)
            metadata = str(view.get("private_metadata") or "")
            return change_frequency(services, gesture, metadata, form_state(view))

        edge.action(ack, body, use)

    @app.action(Action.DIGEST_SEND)
    def send_pressed(ack: Ack, body: dict[str, Any]) -> None:
        value = _value(body)
        edge.action(ack, body, lambda gesture: send_previewed(services, gesture, value))

    @app.action(Action.REPORT_SEND)
    def report_send_pressed(ack: Ack, body: dict[str, Any]) -> None:
        value = _value(body)
        edge.action(ack, body, lambda gesture: send_report(services, gesture, value))

    @app.action(Action.BRIDGE_REPORT)
    def report_pressed(ack: Ack, body: dict[str, Any]) -> None:
        bridge_id = _value(body)
        edge.action(ack, body, lambda gesture: open_form(services, gesture, bridge_id, SALES_REPORT))

    @app.action(Action.BRIDGE_DIGEST)
    def schedule_pressed(ack: Ack, body: dict[str, Any]) -> None:
        bridge_id = _value(body)
        edge.action(ack, body, lambda gesture: open_form(services, gesture, bridge_id))


def _value(body: dict[str, Any]) -> str:
    """What the pressed button carries."""
    return str(body["actions"][0].get("value") or "")
