"""The one thing to call when an insight has changed: home tabs, its card, and whether it gets one now."""

from datetime import timedelta
from typing import Final

from sqlalchemy import Connection

from bot.i18n import texts
from bot.messages.triage import card
from bot.questions.shown import answers_changed
from bot.say import Say
from bot.triage.rules import OPEN
from bot.triage.shown import shown_of
from storage import bridges, insights, outbox, workspace
from storage.bridges import Bridge
from storage.insights import Insight

CARD: Final = "card"  # the builder, and the beginning of the post's key
# Of marketing's home tabs those are redrawn that were looked at lately; the others are when they are opened.
LATELY: Final = timedelta(minutes=30)


def insight_changed(connection: Connection, say: Say, insight_id: int) -> None:
    """Bring all that shows the insight up to date; one that has become weighty gets a card, once."""
    insight = insights.by_id(connection, insight_id)
    bridge = bridges.bridge(connection, insight.bridge_id) if insight else None
    if insight is None or bridge is None:
        return
    _refresh_homes(connection, say, insight, bridge)
    _refresh_card(connection, say, insight, bridge)
    answers_changed(connection, say, insight.id)
    if insight.merged_into_id is not None:
        insight_changed(connection, say, insight.merged_into_id)


def card_key(insight_id: int) -> str:
    """The dedupe key of an insight's card: it appears once, whatever happens."""
    return f"{CARD}:{insight_id}"


def deserves_card(insight: Insight, bridge: Bridge) -> bool:
    """Whether marketing should see it at once; what was brought in from a file is no news."""
    if insight.source == "import":
        return False
    weighs = insight.is_urgent or insight.supporter_count >= bridge.card_threshold
    return weighs and insight.status in OPEN and insight.text_removed_at is None


def _refresh_homes(connection: Connection, say: Say, insight: Insight, bridge: Bridge) -> None:
    concerned = {insight.reporter_id, *insights.supporters_of(connection, insight.id)}
    if insight.author_id:
        concerned.add(insight.author_id)
    opened = workspace.with_home(connection, say.team_id, concerned)
    marketing = workspace.members_looking(
        connection, say.team_id, bridge.marketing_channel_id, say.now - LATELY
    )
    for user_id in sorted({*opened, *marketing}):
        say.home(user_id)


def _refresh_card(connection: Connection, say: Say, insight: Insight, bridge: Bridge) -> None:
    post = outbox.by_key(connection, card_key(insight.id))
    if post is not None:
        if post.state != "dropped":
            say.update(post.id, CARD, quoted=[insight.id], insight=insight.id)
        return
    if not deserves_card(insight, bridge):
        return
    channel = workspace.channel(connection, say.team_id, bridge.marketing_channel_id)
    if channel is not None and (channel.is_shared or channel.is_archived):
        return
    shown = shown_of(connection, say.team_id, bridge, insight, bridge.time_zone)
    say.post(
        card_key(insight.id),
        bridge.marketing_channel_id,
        card(texts(bridge.language), shown),
        bridge_id=bridge.id,
        quoted=[insight.id],
    )
