"""Slack's side of bridges and `/frontline`: real payload shapes, through Bolt, to the listeners."""

import json
from collections.abc import Mapping
from typing import Any

from slack_bolt import App, BoltRequest
from slack_bolt.authorization import AuthorizeResult

from bot.services import Services
from handlers import bridges, erasure, frontline, lists
from handlers.edge import Edge
from tests.support import BOT, TEAM, TOM

# As long as Slack's own.
TRIGGER = "5710113498658.4843418593953.b9ec1ee4e0d8a3c33a3e1a1d7f3b5b0c"


class SlackSide:
    """Sends what Slack sends, and gives the acknowledgement's body."""

    def __init__(self, services: Services) -> None:
        authorized = AuthorizeResult(
            enterprise_id=None,
            team_id=TEAM,
            bot_token="xoxb-test",
            bot_user_id=BOT.user_id,
            bot_id=BOT.bot_id,
        )
        self._app = App(signing_secret="secret", authorize=lambda: authorized, process_before_response=True)
        for feature in (bridges, erasure, frontline, lists):
            feature.register(self._app, Edge(services))

    def send(self, body: Mapping[str, Any]) -> dict[str, Any]:
        response = self._app.dispatch(BoltRequest(body=dict(body), mode="socket_mode"))
        assert response.status == 200, body
        return dict(json.loads(response.body)) if response.body else {}

    def command(self, text: str, user_id: str = TOM, channel_id: str = "C1", **more: Any) -> dict[str, Any]:
        return self.send(
            {
                "command": "/frontline",
                "text": text,
                "team_id": TEAM,
                "user_id": user_id,
                "channel_id": channel_id,
                "trigger_id": TRIGGER,
                "response_url": "https://hooks.slack.test/commands/1",
                "api_app_id": "A1",
                **more,
            }
        )

    def action(
        self, action_id: str, value: str | None = None, user_id: str = TOM, view: str = "modal", **more: Any
    ) -> dict[str, Any]:
        pressed = {"type": "button", "action_id": action_id, "block_id": "b", "value": value}
        shown = {"id": "V1", "type": view, "hash": "1.h", "state": {"values": {}}}
        return self._interact("block_actions", user_id, actions=[pressed], view=shown, **more)

    def submit(
        self, callback_id: str, values: Mapping[str, Any], metadata: str = "", user_id: str = TOM, **more: Any
    ) -> dict[str, Any]:
        """`values`: each block's element state; its `action_id` does not matter to the forms."""
        state = {"values": {block: {"element": element} for block, element in values.items()}}
        view = {"id": "V1", "type": "modal", "hash": "1.h", "callback_id": callback_id, "state": state}
        return self._interact("view_submission", user_id, view={**view, "private_metadata": metadata}, **more)

    def options(self, action_id: str, typed: str, user_id: str = TOM, **more: Any) -> dict[str, Any]:
        return self._interact(
            "block_suggestion", user_id, action_id=action_id, block_id="b", value=typed, **more
        )

    def _interact(self, kind: str, user_id: str, **body: Any) -> dict[str, Any]:
        team_id = body.pop("team_id", TEAM)
        return self.send(
            {
                "type": kind,
                "team": {"id": TEAM, "domain": "acme"},
                "user": {"id": user_id, "team_id": team_id},
                "api_app_id": "A1",
                "trigger_id": TRIGGER,
                **body,
            }
        )
