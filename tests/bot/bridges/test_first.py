"""With SALES_CHANNELS and MARKETING_CHANNEL set, an `.env` is enough to begin."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from bot.bridges.first import ensure_default_bridge
from bot.config import Settings
from bot.errors import OperatorError
from bot.services import Services
from storage import bridges, schedules
from storage.bridges import Bridge
from storage.database import Database
from storage.tables import inbox
from tests.support import MARKETING, SALES, TEAM, make_bridge, make_services


def settings(**changes: object) -> Settings:
    values: dict[str, object] = {
        "sales_channels": f"{SALES},CNEW",
        "marketing_channel": MARKETING,
        "timezone": "Europe/Moscow",
        "language": "ru",
    }
    return Settings(_env_file=None, **{**values, **changes})  # type: ignore[call-arg,arg-type]


def all_bridges(services: Services) -> list[Bridge]:
    with services.db.reading() as connection:
        return bridges.all_bridges(connection, TEAM)


def joins(services: Services) -> list[str]:
    with services.db.reading() as connection:
        return list(connection.scalars(select(inbox.c.channel_id).where(inbox.c.kind == "join_channel")))


def test_the_default_bridge_is_made_once_with_all_that_a_bridge_has(database: Database) -> None:
    services = make_services(database)
    assert ensure_default_bridge(services, settings())
    assert not ensure_default_bridge(services, settings(marketing_channel="COTHER"))
    (made,) = all_bridges(services)
    assert (made.name, made.time_zone, made.language) == ("default", "Europe/Moscow", "ru")
    assert (set(made.sales_channel_ids), made.marketing_channel_id) == ({SALES, "CNEW"}, MARKETING)
    assert len(made.active_categories) == 7
    with services.db.reading() as connection:
        digest = schedules.of_bridge(connection, made.id, "digest")
    assert digest is not None
    assert digest.time_zone == "Europe/Moscow"
    assert joins(services) == ["CNEW"]
    assert services.wake.inbox.is_set()


def test_a_workspace_that_has_a_bridge_gets_none(database: Database) -> None:
    services = make_services(database)
    make_bridge(services, name="Renamed")
    assert not ensure_default_bridge(services, settings())
    assert [one.name for one in all_bridges(services)] == ["Renamed"]


def test_without_settings_nothing_is_made(database: Database) -> None:
    services = make_services(database)
    assert not ensure_default_bridge(services, settings(sales_channels="", marketing_channel=""))
    assert all_bridges(services) == []


def test_settings_that_contradict_are_told(database: Database) -> None:
    with pytest.raises(OperatorError, match="MARKETING_CHANNEL"):
        ensure_default_bridge(make_services(database), settings(marketing_channel=SALES))


def test_replicas_that_start_at_once_make_one(database: Database) -> None:
    services = make_services(database)
    together = Barrier(4)

    def start(_: int) -> bool:
        together.wait()
        return ensure_default_bridge(services, settings())

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(start, range(4)))
    assert sorted(made) == [False, False, False, True]
    assert len(all_bridges(services)) == 1
