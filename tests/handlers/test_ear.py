"""The ear: every subscribed event is acknowledged, after what matters of it is committed (promise 1)."""

from typing import Any

import pytest
from slack_bolt import App, BoltRequest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from bot.bridges.watch import BridgeWatch
from bot.config import Settings
from bot.ids import Event
from bot.services import Services
from handlers.bolt import build_bolt
from handlers.events import READERS
from storage.database import Database
from storage.tables import inbox, workspaces
from tests.support import ANNA, SALES, TEAM, make_bridge, make_services


@pytest.fixture
def services(database: Database) -> Services:
    services = make_services(database)
    services.slack.client.base_url = "http://127.0.0.1:9/"
    make_bridge(services)
    return services


@pytest.fixture
def bolt(services: Services) -> App:
    settings = Settings(_env_file=None, slack_bot_token="xoxb-1", slack_app_token="xapp-1")  # type: ignore[call-arg]
    return build_bolt(services, settings, BridgeWatch(services.db, TEAM))


def event(kind: str, event_id: str = "Ev1", **details: Any) -> BoltRequest:
    body = {
        "type": "event_callback",
        "team_id": TEAM,
        "event_id": event_id,
        "event": {"type": kind, **details},
    }
    return BoltRequest(body=body, mode="socket_mode")


def reaction(emoji: str = "bulb", event_id: str = "Ev1") -> BoltRequest:
    item = {"type": "message", "channel": SALES, "ts": "1772000000.000100"}
    return event(
        "reaction_added", event_id, user=ANNA, reaction=emoji, item=item, event_ts="1772000001.000200"
    )


def stored(database: Database) -> list[str]:
    with database.reading() as connection:
        return list(connection.scalars(select(inbox.c.kind)))


def test_every_event_of_the_manifest_has_its_reader() -> None:
    assert set(READERS) == set(Event)


def test_an_event_is_stored_acknowledged_and_the_worker_woken(bolt: App, services: Services) -> None:
    answer = bolt.dispatch(reaction())
    assert (answer.status, answer.body) == (200, "")
    assert stored(services.db) == ["reaction_added"]
    assert services.wake.inbox.is_set()


def test_what_is_of_no_interest_is_acknowledged_and_wakes_nobody(bolt: App, services: Services) -> None:
    message = event("message", channel=SALES, user=ANNA, text="Hello", ts="1.1", channel_type="channel")
    for request in (message, reaction("thumbsup")):
        assert bolt.dispatch(request).status == 200
    assert stored(services.db) == []
    assert not services.wake.inbox.is_set()


def test_a_repeated_event_is_acknowledged_and_wakes_nobody(bolt: App, services: Services) -> None:
    bolt.dispatch(reaction())
    services.wake.inbox.clear()
    assert bolt.dispatch(reaction(event_id="Ev2")).status == 200
    assert stored(services.db) == ["reaction_added"]
    assert not services.wake.inbox.is_set()


def test_what_could_not_be_stored_is_not_acknowledged(
    bolt: App, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> bool:
        raise RuntimeError

    monkeypatch.setattr("handlers.events.accept", fail)
    assert bolt.dispatch(reaction()).status == 500
    monkeypatch.undo()
    assert bolt.dispatch(reaction()).status == 200
    assert stored(services.db) == ["reaction_added"]


def test_an_event_that_was_never_subscribed_is_not_acknowledged(bolt: App) -> None:
    assert bolt.dispatch(event("emoji_changed")).status == 404


def test_a_stored_statement_is_committed_when_it_returns(services: Services) -> None:
    with services.db.storing() as connection:
        connection.execute(insert(workspaces).values(team_id="T2", bot_user_id="U2"))
        with services.db.reading() as other:
            found = select(workspaces.c.team_id).where(workspaces.c.team_id == "T2")
            assert other.scalar(found) == "T2"
    with pytest.raises(IntegrityError), services.db.storing() as connection:
        connection.execute(insert(workspaces).values(team_id="T2", bot_user_id="U3"))
    with services.db.writing() as connection:  # the connection goes back to the pool as it was
        connection.execute(insert(workspaces).values(team_id="T3", bot_user_id="U3"))
        connection.rollback()
    with services.db.reading() as other:
        assert other.scalar(select(workspaces.c.team_id).where(workspaces.c.team_id == "T3")) is None
