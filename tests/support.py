"""Builders for tests: a clock that stands, a Slack that is specced, a workspace with people and a bridge."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from unittest.mock import create_autospec

from sqlalchemy import Connection

from bot.bridges.categories import default_categories
from bot.say import Say
from bot.services import Services
from bot.slack import Identity, SlackGateway
from storage import bridges, workspace
from storage.bridges import Bridge, BridgeValues
from storage.database import Database
from storage.workspace import Channel, Person

TEAM = "T1"
SALES, SALES_2, MARKETING = "CSALES", "CSALES2", "CMARKETING"
ANNA, BEN, MIA, TOM, GUEST, STRANGER = "UANNA", "UBEN", "UMIA", "UTOM", "UGUEST", "USTRANGER"
BOT = Identity(team_id=TEAM, team="Acme", user_id="UBOT", bot_id="BBOT", url="https://acme.slack.com/")
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@dataclass
class StandingClock:
    """A clock that moves only when told to."""

    instant: datetime = MONDAY
    real_instant: datetime = field(default=MONDAY)

    def now(self) -> datetime:
        return self.instant

    def real(self) -> datetime:
        return self.real_instant

    def pass_time(self, **duration: float) -> None:
        """Both times move on, as in `timedelta`."""
        self.instant += timedelta(**duration)
        self.real_instant += timedelta(**duration)


def person(user_id: str, **changes: object) -> Person:
    """A full member who speaks English."""
    plain = Person(
        user_id=user_id,
        name=user_id[1:].title(),
        locale="en-GB",
        time_zone="Europe/Berlin",
        is_admin=False,
        is_guest=False,
        is_external=False,
        is_bot=False,
        is_deleted=False,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def channel(channel_id: str, **changes: object) -> Channel:
    """A public channel that Frontline is in."""
    plain = Channel(
        channel_id=channel_id,
        name=channel_id[1:].lower(),
        is_private=False,
        is_direct=False,
        is_member=True,
        is_archived=False,
        is_shared=False,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def make_services(database: Database, clock: StandingClock | None = None) -> Services:
    """Services over a specced Slack, in a workspace with people and channels, and no bridge yet.

    Anna and Ben are sales people (both in SALES, Ben in SALES_2 too), Mia is a marketer, Tom an admin.
    """
    clock = clock or StandingClock()
    with database.writing() as connection:
        workspace.save_workspace(connection, TEAM, BOT.team, BOT.user_id)
        for one in (
            person(ANNA),
            person(BEN, locale="ru-RU"),
            person(MIA),
            person(TOM, is_admin=True),
            person(GUEST, is_guest=True),
            person(STRANGER, is_external=True),
        ):
            workspace.save_person(connection, TEAM, one, clock.now())
        for channel_id, members in {
            SALES: [ANNA, BEN, TOM, GUEST],
            SALES_2: [BEN],
            MARKETING: [MIA, TOM],
        }.items():
            workspace.save_channel(connection, TEAM, channel(channel_id), clock.now())
            workspace.replace_members(connection, TEAM, channel_id, members)
    slack = create_autospec(SlackGateway, instance=True, spec_set=True)
    return Services(db=database, clock=clock, slack=slack, identity=BOT)


def make_bridge(services: Services, **changes: object) -> Bridge:
    """A bridge from SALES and SALES_2 to MARKETING, in Berlin and English, managed by Mia."""
    values = BridgeValues(
        name="default",
        marketing_channel_id=MARKETING,
        time_zone="Europe/Berlin",
        language="en",
        flag_emoji=("bulb",),
        sales_channel_ids=(SALES, SALES_2),
        manager_ids=(MIA,),
    )
    with services.db.writing() as connection:
        at = services.clock.now()
        bridge_id = bridges.add_bridge(connection, TEAM, replace(values, **changes), at)  # type: ignore[arg-type]
        bridges.save_categories(connection, TEAM, bridge_id, default_categories())
        made = bridges.bridge(connection, bridge_id)
    assert made is not None
    return made


def say(services: Services, connection: Connection) -> Say:
    """A voice for use cases that speak."""
    clock = services.clock
    return Say(connection, services.team_id, clock.now(), clock.real(), "test")
