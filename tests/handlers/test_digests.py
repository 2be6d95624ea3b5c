"""Digests at Slack's edge: real payload shapes through Bolt."""

import json
from typing import Any

import pytest
from slack_bolt import App, BoltRequest, BoltResponse
from slack_bolt.authorization import AuthorizeResult

from bot.digests.schedule import Frequency, default_schedule, rhythm_of, schedule_of
from bot.services import Services
from handlers import digests
from handlers.edge import Edge
from storage.bridges import Bridge
from storage.database import Database
from storage.tables import outbox
from tests.bot.digests.builders import MONDAY
from tests.support import BOT, MARKETING, MIA, TEAM, make_bridge, make_services


@pytest.fixture
def services(database: Database) -> Services:
    return make_services(database)


@pytest.fixture
def bridge(services: Services) -> Bridge:
    made = make_bridge(services)
    with services.db.writing() as connection:
        default_schedule(connection, made, MONDAY)
    return made


def dispatch(services: Services, body: dict[str, Any]) -> BoltResponse:
    def authorize() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None,
            team_id=TEAM,
            bot_token="xoxb-test",
            bot_user_id=BOT.user_id,
            bot_id=BOT.bot_id,
        )

    app = App(signing_secret="secret", authorize=authorize, process_before_response=True)
    digests.register(app, Edge(services))
    whole = {
        "token": "verification",
        "team": {"id": TEAM, "domain": "acme"},
        "user": {"id": MIA, "username": "mia", "team_id": TEAM},
        "api_app_id": "A1",
        "trigger_id": "1.2.abc",
        **body,
    }
    return app.dispatch(BoltRequest(body=whole, mode="socket_mode"))


def a_view(bridge: Bridge, frequency: str, **more: Any) -> dict[str, Any]:
    return {
        "id": "V1",
        "type": "modal",
        "callback_id": "digest_schedule",
        "hash": "1.abc",
        "private_metadata": str(bridge.id),
        "blocks": [],
        "state": {
            "values": {
                "frequency": {
                    "digest_frequency": {
                        "type": "static_select",
                        "selected_option": {"text": {}, "value": frequency},
                    }
                },
                "time": {"time": {"type": "timepicker", "selected_time": "07:30"}},
                "paused": {"paused": {"type": "checkboxes", "selected_options": []}},
                **more,
            }
        },
    }


def stored(services: Services, bridge: Bridge) -> Any:
    with services.db.writing() as connection:
        return rhythm_of(schedule_of(connection, bridge, MONDAY))


def test_the_form_is_saved_and_answered_with_the_next_run(services: Services, bridge: Bridge) -> None:
    response = dispatch(services, {"type": "view_submission", "view": a_view(bridge, "daily")})
    assert response.status == 200
    answer = json.loads(response.body)
    assert answer["response_action"] == "update"
    assert "Next digest" in json.dumps(answer["view"])
    assert stored(services, bridge).frequency is Frequency.DAILY


def test_a_missing_day_stands_beside_its_field(services: Services, bridge: Bridge) -> None:
    response = dispatch(services, {"type": "view_submission", "view": a_view(bridge, "monthly")})
    answer = json.loads(response.body)
    assert answer["response_action"] == "errors"
    assert set(answer["errors"]) == {"month_day"}


def action(name: str, value: str | None, **more: Any) -> dict[str, Any]:
    pressed = {"type": "button", "action_id": name, "block_id": "b", "action_ts": "1.1", "value": value}
    return {"type": "block_actions", "actions": [pressed], **more}


def test_choosing_a_frequency_updates_the_form(services: Services, bridge: Bridge) -> None:
    body = action("digest_frequency", None, view=a_view(bridge, "monthly"), container={"type": "view"})
    assert dispatch(services, body).status == 200
    call: Any = services.slack.call
    (method,), arguments = call.call_args
    assert (method, arguments["view_id"]) == ("views.update", "V1")
    assert "month_day" in json.dumps(arguments["view"])


def test_the_bridges_form_leads_to_the_schedule(services: Services, bridge: Bridge) -> None:
    body = action("bridge_digest_open", str(bridge.id), view={"id": "V9", "type": "modal"})
    assert dispatch(services, body).status == 200
    call: Any = services.slack.call
    (method,), arguments = call.call_args
    assert method == "views.push"
    assert arguments["view"]["callback_id"] == "digest_schedule"


def test_send_now_posts_and_replaces_the_preview(services: Services, bridge: Bridge) -> None:
    body = action(
        "digest_send_now",
        f"{bridge.id}:key",
        channel={"id": MARKETING, "name": "marketing"},
        container={"type": "message", "channel_id": MARKETING, "is_ephemeral": True},
        response_url="https://hooks.slack.com/actions/T1/1/x",
    )
    assert dispatch(services, body).status == 200
    with services.db.reading() as connection:
        rows = list(connection.execute(outbox.select().order_by(outbox.c.id)))
    assert [row.kind for row in rows] == ["post", "answer"]
    assert rows[1].payload["body"]["replace_original"] is True
