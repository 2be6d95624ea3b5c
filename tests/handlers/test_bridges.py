"""Bridges at Slack's edge."""

from typing import Any, cast

import pytest

from bot.ids import Action, Field, View
from bot.services import Services
from bot.slack import SlackRefused
from storage import bridges
from storage.database import Database
from tests.bot.bridges.forms import bridge_values, initial_values, typed
from tests.handlers.slackside import SlackSide
from tests.support import ANNA, BEN, TEAM, make_bridge, make_services


@pytest.fixture
def services(database: Database) -> Services:
    return make_services(database)


@pytest.fixture
def slack(services: Services) -> SlackSide:
    return SlackSide(services)


def opened(services: Services, method: str) -> dict[str, Any]:
    """The view of the one call that opened or updated a form."""
    call = cast(Any, services.slack).call
    call.assert_called_once()
    assert call.call_args.args == (method,)
    view = dict(call.call_args.kwargs["view"])
    call.reset_mock()
    return view


def names(services: Services) -> list[str]:
    with services.db.reading() as connection:
        return [bridge.name for bridge in bridges.all_bridges(connection, TEAM)]


def test_a_bridge_is_made_from_the_home_tab(services: Services, slack: SlackSide) -> None:
    slack.action(Action.HOME_SETUP, view="home")
    form = opened(services, "views.open")
    answer = slack.submit(View.BRIDGE, bridge_values(), form["private_metadata"])
    assert answer["response_action"] == "update"
    assert answer["view"]["callback_id"] == View.NOTICE
    assert names(services) == ["EMEA"]
    assert services.wake.inbox.is_set()


def test_faults_stand_beside_their_fields(services: Services, slack: SlackSide) -> None:
    slack.action(Action.BRIDGE_NEW)
    form = opened(services, "views.push")
    answer = slack.submit(View.BRIDGE, bridge_values(name="", emoji="💡"), form["private_metadata"])
    assert answer["response_action"] == "errors"
    assert set(answer["errors"]) == {Field.NAME, Field.EMOJI}
    assert names(services) == []


def test_a_stale_form_is_answered_in_words(services: Services, slack: SlackSide) -> None:
    bridge = make_bridge(services)
    slack.action(Action.BRIDGE_EDIT, str(bridge.id))
    form = opened(services, "views.update")
    with services.db.writing() as connection:
        connection.exec_driver_sql("UPDATE bridges SET language = 'ru'")
    answer = slack.submit(View.BRIDGE, bridge_values(), form["private_metadata"])
    assert answer["view"]["callback_id"] == View.NOTICE
    assert "Somebody changed this bridge meanwhile" in str(answer["view"])
    assert names(services) == ["default"]


def test_categories_open_on_top_and_close_when_saved(services: Services, slack: SlackSide) -> None:
    bridge = make_bridge(services)
    slack.action(Action.BRIDGE_CATEGORIES, str(bridge.id))
    form = opened(services, "views.push")
    values = initial_values(form)
    refused = slack.submit(
        View.CATEGORIES, {**values, "bridge_category-other": typed(None)}, form["private_metadata"]
    )
    assert set(refused["errors"]) == {"bridge_category-other"}
    values["bridge_category_new-0"] = typed(":truck: Trucks")
    assert slack.submit(View.CATEGORIES, values, form["private_metadata"]) == {}
    with services.db.reading() as connection:
        found = bridges.bridge(connection, bridge.id)
    assert found is not None
    assert found.category("trucks") is not None


def test_time_zones_are_searched_while_one_types(services: Services, slack: SlackSide) -> None:
    answer = slack.options(Action.TIME_ZONE, "berl")
    assert [(one["value"], one["text"]["text"]) for one in answer["options"]] == [
        ("Europe/Berlin", "Berlin, Germany · UTC+1")
    ]
    assert len(slack.options(Action.TIME_ZONE, "")["options"]) == 100
    assert slack.options(Action.TIME_ZONE, "", BEN)["options"][0]["value"] == "Europe/Berlin"
    assert slack.options(Action.TIME_ZONE, "no such place")["options"] == []


def test_people_of_other_organisations_get_nothing(services: Services, slack: SlackSide) -> None:
    bridge = make_bridge(services, manager_ids=(ANNA,))
    assert slack.options(Action.TIME_ZONE, "berl", ANNA, team_id="T2")["options"] == []
    slack.action(Action.BRIDGE_EDIT, str(bridge.id), ANNA, team_id="T2")
    slack.action(Action.HOME_SETUP, None, ANNA, view="home", team_id="T2")
    assert slack.submit(View.BRIDGE, bridge_values(), "", ANNA, team_id="T2") == {}
    cast(Any, services.slack).call.assert_not_called()
    assert names(services) == ["default"]


def test_a_form_that_slack_does_not_open_is_no_error_of_ours(services: Services, slack: SlackSide) -> None:
    cast(Any, services.slack).call.side_effect = SlackRefused("expired_trigger_id")
    assert slack.action(Action.BRIDGE_NEW) == {}


@pytest.mark.parametrize("callback_id", [View.NOTICE, View.BRIDGES])
def test_forms_that_only_show_something_are_acknowledged(slack: SlackSide, callback_id: str) -> None:
    assert slack.submit(callback_id, {}) == {}


def test_links_are_acknowledged(slack: SlackSide) -> None:
    assert slack.action(Action.OPEN_LINK) == {}
