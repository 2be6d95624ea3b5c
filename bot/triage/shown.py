"""Gathers what a card, form or page of the triage says of an insight, and builds cards when they are sent."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from bot.i18n import texts
from bot.insights.words import names_in
from bot.messages.triage import Shown, card
from bot.services import Services
from storage import bridges, insights, workspace
from storage.bridges import Bridge
from storage.insights import Insight
from storage.outbox import OutboxRow


def shown_of(connection: Connection, team_id: str, bridge: Bridge, insight: Insight, zone: str) -> Shown:
    """The insight with the names that it needs."""
    names = dict(names_in(connection, team_id, [insight.text, insight.outcome]))
    people = {insight.author_id, insight.status_by, insight.taken_by} - {None}
    names |= workspace.names(connection, team_id, [str(one) for one in people])
    target = insights.by_id(connection, insight.merged_into_id) if insight.merged_into_id else None
    return Shown(bridge, insight, names, zone, target.number if target else None)


def build_card(services: Services, row: OutboxRow) -> Mapping[str, Any]:
    """The card as the insight stands now; nothing where other organisations have come to read the channel."""
    with services.db.reading() as connection:
        insight = insights.by_id(connection, int(row.payload["insight"]))
        bridge = bridges.bridge(connection, insight.bridge_id) if insight else None
        if insight is None or bridge is None:
            return {}
        channel = workspace.channel(connection, services.team_id, bridge.marketing_channel_id)
        if channel is not None and channel.is_shared:
            return {}
        shown = shown_of(connection, services.team_id, bridge, insight, bridge.time_zone)
    return card(texts(bridge.language), shown)
