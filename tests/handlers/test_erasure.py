"""Erasing at Slack's edge: the command, the forms, and what forged or stale ones come to."""

import json
from dataclasses import replace
from typing import Any, cast
from unittest.mock import create_autospec

import pytest
from sqlalchemy import select

from bot.ids import Action, View
from bot.services import Services
from bot.slack import SlackGateway
from storage.database import Database
from storage.tables import erasures, insights, lifetimes
from tests.handlers.slackside import SlackSide
from tests.stage import make_stage
from tests.support import ANNA, BEN, MIA, SALES, STRANGER, TOM, make_bridge


@pytest.fixture
def services(database: Database) -> Services:
    stage = make_stage(database)
    ts = stage.slack.say(SALES, BEN, "They want 25% off.")
    stage.flag(ANNA, ts)
    return replace(stage.services, slack=create_autospec(SlackGateway, instance=True, spec_set=True))


def opened(services: Services) -> dict[str, Any]:
    return dict(cast(Any, services.slack).call.call_args.kwargs["view"])


def count(services: Services, table: Any) -> int:
    with services.db.reading() as connection:
        return len(connection.execute(select(table)).all())


def test_an_insight_is_erased_by_command_and_confirmed_in_words(services: Services) -> None:
    slack = SlackSide(services)
    slack.command("erase #1")
    view = opened(services)
    assert view["callback_id"] == View.ERASE_PREVIEW and "#1" in json.dumps(view)
    wrong = slack.submit(View.ERASE_PREVIEW, {"erase_confirm": {"value": "no"}}, view["private_metadata"])
    assert set(wrong["errors"]) == {"erase_confirm"} and count(services, insights) == 1
    word = {"erase_confirm": {"value": "Erase"}}
    done = slack.submit(View.ERASE_PREVIEW, word, view["private_metadata"])
    assert "#1 is erased" in json.dumps(done)
    again = slack.submit(View.ERASE_PREVIEW, word, view["private_metadata"])
    assert "#1 is erased" in json.dumps(again)
    assert (count(services, insights), count(services, erasures)) == (0, 1)
    assert "erased already" in json.dumps(slack.command("erase 1"))


def test_the_home_tab_leads_to_the_form_that_asks(services: Services) -> None:
    slack = SlackSide(services)
    slack.action(Action.HOME_ERASE, value="erase", view="home")
    assert opened(services)["callback_id"] == View.ERASE
    both = {"erase_number": {"value": "1"}, "erase_person": {"selected_user": ANNA}}
    assert set(slack.submit(View.ERASE, both)["errors"]) == {"erase_number"}
    assert set(slack.submit(View.ERASE, {"erase_number": {"value": "x"}})["errors"]) == {"erase_number"}
    shown = slack.submit(View.ERASE, {"erase_person": {"selected_user": ANNA}})
    assert shown["view"]["callback_id"] == View.ERASE_PREVIEW


@pytest.mark.parametrize(("user", "said"), [(ANNA, "can erase"), (STRANGER, "members of this workspace")])
def test_those_who_may_not_are_told_so(services: Services, user: str, said: str) -> None:
    slack = SlackSide(services)
    assert said in json.dumps(slack.command("erase #1", user_id=user))
    confirm = {"erase_confirm": {"value": "ERASE"}}
    forged = slack.submit(View.ERASE_PREVIEW, confirm, json.dumps([1, None, "x"]), user_id=user)
    assert said in json.dumps(forged)
    assert (count(services, insights), count(services, erasures)) == (1, 0)


def test_a_manager_of_one_bridge_erases_its_insights_and_no_person(services: Services) -> None:
    make_bridge(services, name="Other", sales_channel_ids=("C9",), manager_ids=(TOM,))
    slack = SlackSide(services)
    slack.command("erase #1", user_id=MIA)
    assert opened(services)["callback_id"] == View.ERASE_PREVIEW
    assert "all bridges" in json.dumps(slack.command(f"erase <@{ANNA}|anna>", user_id=MIA))
    forged = slack.submit(
        View.ERASE_PREVIEW, {"erase_confirm": {"value": "ERASE"}}, json.dumps([None, ANNA, "x"]), user_id=MIA
    )
    assert "all bridges" in json.dumps(forged) and count(services, erasures) == 0


@pytest.mark.parametrize("metadata", ["", "[]", "{}", "[1, 2, 3, 4]", '["x", null, "s"]', "[null, null, 1]"])
def test_what_cannot_be_read_changes_nothing(services: Services, metadata: str) -> None:
    slack = SlackSide(services)
    for view in (View.ERASE_PREVIEW, View.LIFETIME_PREVIEW):
        confirm = {"erase_confirm": {"value": "ERASE"}}
        assert "open it again" in json.dumps(slack.submit(view, confirm, metadata)).lower()
    assert (count(services, insights), count(services, erasures)) == (1, 0)


def test_unknown_and_foreign_numbers_are_refused(services: Services) -> None:
    slack = SlackSide(services)
    assert "no insight #77" in json.dumps(slack.command("erase #77"))
    assert "nobody of that name" in json.dumps(slack.command("erase <@U0000000X>"))
    assert "what to erase" in json.dumps(slack.command("erase all of it"))
    assert slack.submit(View.ERASE, {"erase_number": {"value": "1"}}, team_id="T2") == {}


def test_a_stale_preview_is_shown_anew(services: Services) -> None:
    slack = SlackSide(services)
    stale = json.dumps([1, None, "of another time"])
    answer = slack.submit(View.ERASE_PREVIEW, {"erase_confirm": {"value": "ERASE"}}, stale)
    assert "has changed meanwhile" in json.dumps(answer) and count(services, insights) == 1


def test_the_lifetime_is_set_in_the_bridges_form(services: Services) -> None:
    slack = SlackSide(services)
    slack.action(Action.BRIDGE_LIFETIME, value="1")
    assert opened(services)["callback_id"] == View.LIFETIME
    days = {"selected_option": {"value": "days"}}
    saved = slack.submit(View.LIFETIME, {"lifetime_count": {"value": "30"}, "lifetime_unit": days}, "1")
    assert "for 30 days" in json.dumps(saved) and count(services, lifetimes) == 1
    for wrong in ("0", "-1", "x", "99999"):
        answer = slack.submit(View.LIFETIME, {"lifetime_count": {"value": wrong}, "lifetime_unit": days}, "1")
        assert set(answer["errors"]) == {"lifetime_count"}
    refused = slack.submit(
        View.LIFETIME, {"lifetime_count": {"value": "1"}, "lifetime_unit": days}, "1", user_id=ANNA
    )
    assert "set up by workspace admins" in json.dumps(refused)
    forged = slack.submit(View.LIFETIME, {"lifetime_count": {"value": "1"}, "lifetime_unit": days}, "99")
    assert "no longer exists" in json.dumps(forged)
