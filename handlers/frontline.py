"""`/frontline …`."""

from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack, App

from bot.help import answer_frontline
from bot.ids import Command
from handlers.edge import Edge


def register(app: App, edge: Edge) -> None:
    """All listeners of the feature."""

    @app.command(Command.FRONTLINE)
    def frontline(ack: Ack, body: Mapping[str, Any]) -> None:
        line = str(body.get("text") or "")
        edge.command(ack, body, lambda gesture: answer_frontline(edge.services, gesture, line))
