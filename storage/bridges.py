"""Bridges, their sales channels, managers and categories."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, insert, select, update

from storage.rows import columns_for, fetch_all, fetch_one
from storage.tables import (
    bridge_channels,
    bridge_managers,
    bridges,
    categories,
    workspaces,
)

DEFAULT_NAME: Final = "default"  # of the bridge that the settings make
DEFAULT_THRESHOLD: Final = 3  # supporters that bring an insight into the marketing channel at once


@dataclass(frozen=True)
class Category:
    """A category of one bridge. `name` is None where the name that ships with Frontline is used."""

    key: str
    name: str | None
    emoji: str
    position: int
    is_retired: bool
    cues: str | None = None  # words that speak for it beside those that ship, with commas between them


@dataclass(frozen=True)
class Marketers:
    """Who of a marketing channel's members is marketing, by user id and by id of a user group."""

    people: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bridge:
    """What joins sales channels to one marketing channel."""

    id: int
    name: str
    marketing_channel_id: str
    time_zone: str
    language: str
    flag_emoji: tuple[str, ...]
    sales_channel_ids: tuple[str, ...]
    manager_ids: tuple[str, ...]
    categories: tuple[Category, ...]  # by position, retired ones included
    created_at: datetime
    card_threshold: int = DEFAULT_THRESHOLD
    marketers: Marketers | None = None  # None: all members of the marketing channel

    @property
    def active_categories(self) -> tuple[Category, ...]:
        return tuple(category for category in self.categories if not category.is_retired)

    def category(self, key: str) -> Category | None:
        return next((category for category in self.categories if category.key == key), None)

    def category_of_emoji(self, emoji: str) -> Category | None:
        """The active category that this emoji flags straight into."""
        return next((category for category in self.active_categories if category.emoji == emoji), None)

    def is_flag(self, emoji: str) -> bool:
        """Whether this emoji (without skin tone) turns a message into an insight here."""
        return emoji in self.flag_emoji or self.category_of_emoji(emoji) is not None


@dataclass(frozen=True)
class BridgeRow:
    """The bridge's own row."""

    id: int
    name: str
    marketing_channel_id: str
    time_zone: str
    language: str
    flag_emoji: list[str]
    created_at: datetime
    card_threshold: int
    marketers: dict[str, list[str]] | None


def all_bridges(connection: Connection, team_id: str) -> list[Bridge]:
    """All bridges of the workspace, by name."""
    rows = fetch_all(
        connection,
        columns_for(bridges, BridgeRow).where(bridges.c.team_id == team_id).order_by(bridges.c.name),
        BridgeRow,
    )
    return [_whole(connection, row) for row in rows]


def bridge(connection: Connection, bridge_id: int) -> Bridge | None:
    row = fetch_one(connection, columns_for(bridges, BridgeRow).where(bridges.c.id == bridge_id), BridgeRow)
    return None if row is None else _whole(connection, row)


def bridge_of_sales_channel(connection: Connection, team_id: str, channel_id: str) -> Bridge | None:
    found = connection.scalar(
        select(bridge_channels.c.bridge_id).where(
            bridge_channels.c.team_id == team_id, bridge_channels.c.channel_id == channel_id
        )
    )
    return None if found is None else bridge(connection, found)


def bridged_since(connection: Connection, team_id: str) -> dict[str, datetime]:
    """All sales channels of the workspace, and since when they have been."""
    rows = connection.execute(
        select(bridge_channels.c.channel_id, bridge_channels.c.bridged_at)
        .where(bridge_channels.c.team_id == team_id)
        .order_by(bridge_channels.c.channel_id)
    )
    return {row.channel_id: row.bridged_at for row in rows}


def _whole(connection: Connection, row: BridgeRow) -> Bridge:
    channels = connection.scalars(
        select(bridge_channels.c.channel_id)
        .where(bridge_channels.c.bridge_id == row.id)
        .order_by(bridge_channels.c.bridged_at, bridge_channels.c.channel_id)
    )
    managers = connection.scalars(
        select(bridge_managers.c.user_id)
        .where(bridge_managers.c.bridge_id == row.id)
        .order_by(bridge_managers.c.user_id)
    )
    kinds = fetch_all(
        connection,
        columns_for(categories, Category)
        .where(categories.c.bridge_id == row.id)
        .order_by(categories.c.position, categories.c.key),
        Category,
    )
    return Bridge(
        id=row.id,
        name=row.name,
        marketing_channel_id=row.marketing_channel_id,
        time_zone=row.time_zone,
        language=row.language,
        flag_emoji=tuple(row.flag_emoji),
        sales_channel_ids=tuple(channels),
        manager_ids=tuple(managers),
        categories=tuple(kinds),
        created_at=row.created_at,
        card_threshold=row.card_threshold,
        marketers=_marketers(row.marketers),
    )


def _marketers(stored: dict[str, list[str]] | None) -> Marketers | None:
    if stored is None:
        return None
    return Marketers(tuple(stored["people"]), tuple(stored["groups"]))


@dataclass(frozen=True)
class BridgeValues:
    """What a form or the settings say of a bridge."""

    name: str
    marketing_channel_id: str
    time_zone: str
    language: str
    flag_emoji: Sequence[str]
    sales_channel_ids: Sequence[str]
    manager_ids: Sequence[str]
    card_threshold: int = DEFAULT_THRESHOLD
    marketers: Marketers | None = None


def add_bridge(connection: Connection, team_id: str, values: BridgeValues, at: datetime) -> int:
    bridge_id: int = connection.execute(
        insert(bridges).values(team_id=team_id, created_at=at, **_own(values)).returning(bridges.c.id)
    ).scalar_one()
    _save_parts(connection, team_id, bridge_id, values, at)
    return bridge_id


def change_bridge(
    connection: Connection, team_id: str, bridge_id: int, values: BridgeValues, at: datetime
) -> None:
    connection.execute(update(bridges).where(bridges.c.id == bridge_id).values(**_own(values)))
    _save_parts(connection, team_id, bridge_id, values, at)


def _own(values: BridgeValues) -> dict[str, object]:
    return {
        "name": values.name,
        "marketing_channel_id": values.marketing_channel_id,
        "time_zone": values.time_zone,
        "language": values.language,
        "flag_emoji": list(values.flag_emoji),
        "card_threshold": values.card_threshold,
        "marketers": None if values.marketers is None else asdict(values.marketers),
    }


def _save_parts(
    connection: Connection, team_id: str, bridge_id: int, values: BridgeValues, at: datetime
) -> None:
    mine = bridge_channels.c.bridge_id == bridge_id
    known = set(connection.scalars(select(bridge_channels.c.channel_id).where(mine)))
    wanted = set(values.sales_channel_ids)
    if known - wanted:
        connection.execute(
            delete(bridge_channels).where(mine, bridge_channels.c.channel_id.in_(known - wanted))
        )
    rows = [
        {"team_id": team_id, "channel_id": channel, "bridge_id": bridge_id, "bridged_at": at}
        for channel in sorted(wanted - known)
    ]
    if rows:
        connection.execute(insert(bridge_channels), rows)
    connection.execute(delete(bridge_managers).where(bridge_managers.c.bridge_id == bridge_id))
    people = [{"bridge_id": bridge_id, "user_id": user} for user in sorted(set(values.manager_ids))]
    if people:
        connection.execute(insert(bridge_managers), people)
    touch(connection, team_id)


def save_categories(connection: Connection, team_id: str, bridge_id: int, kinds: Sequence[Category]) -> None:
    """Replace the bridge's categories. A key that insights use must stay, if retired."""
    connection.execute(delete(categories).where(categories.c.bridge_id == bridge_id))
    connection.execute(
        insert(categories),
        [
            {
                "bridge_id": bridge_id,
                "key": kind.key,
                "name": kind.name,
                "emoji": kind.emoji,
                "position": kind.position,
                "is_retired": kind.is_retired,
                "cues": kind.cues,
            }
            for kind in kinds
        ],
    )
    touch(connection, team_id)


def touch(connection: Connection, team_id: str) -> None:
    """Tell all replicas that a bridge has changed."""
    connection.execute(
        update(workspaces)
        .where(workspaces.c.team_id == team_id)
        .values(bridges_version=workspaces.c.bridges_version + 1)
    )


def version(connection: Connection, team_id: str) -> int:
    """Rises with every change of a bridge."""
    found: int | None = connection.scalar(
        select(workspaces.c.bridges_version).where(workspaces.c.team_id == team_id)
    )
    return found or 0
