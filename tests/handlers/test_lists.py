"""The lists of names at Slack's edge."""

from typing import Any, cast

import pytest

from bot.ids import Action, View
from bot.services import Services
from storage import analysis
from storage.database import Database
from tests.handlers.slackside import SlackSide
from tests.support import make_bridge, make_services


@pytest.fixture
def services(database: Database) -> Services:
    return make_services(database)


def test_the_form_opens_from_the_bridges_and_is_saved(services: Services) -> None:
    bridge, slack = make_bridge(services), SlackSide(services)
    slack.action(Action.BRIDGE_LISTS, value=str(bridge.id))
    call = cast(Any, services.slack).call
    view = dict(call.call_args.kwargs["view"])
    answer = slack.submit(View.LISTS, {"list_competitor-0": {"value": "="}}, view["private_metadata"])
    assert set(answer["errors"]) == {"list_competitor-0"}
    slack.submit(View.LISTS, {"list_competitor-0": {"value": "Acme"}}, view["private_metadata"])
    with services.db.reading() as connection:
        assert [one.name for one in analysis.names_of(connection, bridge.id)] == ["Acme"]
