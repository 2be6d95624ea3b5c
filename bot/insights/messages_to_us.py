"""Direct messages and mentions: answered with help, stored only when *Save as insight* is pressed."""

from sqlalchemy import Connection

from bot.errors import UserError
from bot.gestures import Answer, Gesture, Reply
from bot.inbox import Apply, Incoming, accept
from bot.insights import capture
from bot.insights.capture import store_insight
from bot.insights.change import flag_by_shortcut
from bot.insights.saving import bridges_for
from bot.insights.support import settle_support
from bot.messages import insights as messages
from bot.messages.help import help_blocks
from bot.say import Say
from bot.services import Services
from bot.slack import SlackRefused
from bot.triage.changed import insight_changed
from bot.triage.rules import UNREADABLE
from bot.workspace.access import require_colleague, viewer
from bot.workspace.directory import GONE, nothing
from storage import bridges, erasure, inbox, insights
from storage.inbox import InboxRow
from storage.rows import lock


def message_to_us(services: Services, row: InboxRow) -> Apply:
    """Someone wrote to Frontline or mentioned it: help, and a button for each bridge to save it to."""
    assert row.channel_id and row.message_ts and row.user_id
    channel_id, message_ts, user_id = row.channel_id, row.message_ts, row.user_id

    def apply(connection: Connection, say: Say) -> None:
        reader = viewer(connection, say.team_id, user_id)
        person = reader.person
        if person is not None and (person.is_external or person.is_bot or person.is_deleted):
            return
        is_guest = person is not None and person.is_guest
        possible = [] if is_guest or not reader.bridges else bridges_for(reader, channel_id)
        choices = [
            (bridge.name if len(possible) > 1 else "", f"{channel_id}:{message_ts}:{bridge.id}")
            for bridge in possible
        ]
        bridge = possible[0] if possible else None
        offer = messages.offer_message(reader.texts, help_blocks(reader.texts, bridge), choices)
        if row.kind == "direct_message":
            say.post(f"help:{channel_id}:{message_ts}", channel_id, offer)
        else:
            say.note(f"help:{channel_id}:{message_ts}", channel_id, user_id, offer)

    return apply


def ask_to_save(services: Services, gesture: Gesture, value: str) -> Answer:
    """*Save as insight* was pressed: the worker reads the message and stores it. Raises UserError."""
    if value.count(":") != 2:
        raise UserError(UNREADABLE)
    channel_id, message_ts, bridge_id = value.split(":")
    with services.db.writing() as connection:
        reader = viewer(connection, services.team_id, gesture.user_id)
        require_colleague(reader)
        _ = reader.texts
        if inbox.first_time(connection, gesture.key, services.clock.now()):
            incoming = Incoming(
                kind="save_message",
                natural_key=f"save:{channel_id}:{message_ts}:{gesture.user_id}:{gesture.key}",
                channel_id=channel_id,
                message_ts=message_ts,
                user_id=gesture.user_id,
                item=bridge_id,
            )
            accept(services, connection, incoming)
        return Reply({"text": _("Saving it …")})


def save_message(services: Services, row: InboxRow) -> Apply:
    """Store a message that its author asked to have stored."""
    assert row.channel_id and row.message_ts and row.user_id and row.item
    user_id, bridge_id = row.user_id, int(row.item)
    try:
        message = services.slack.message(row.channel_id, row.message_ts)
    except SlackRefused as refused:
        if refused.code not in GONE:
            raise
        return nothing
    if message is None or message.user_id == services.identity.user_id:
        return nothing
    links = capture.links_of(services, message)

    def apply(connection: Connection, say: Say) -> None:
        lock(connection, message.channel_id, message.ts)
        bridge = bridges.bridge(connection, bridge_id)
        reader = viewer(connection, say.team_id, user_id)
        if bridge is None or bridge not in bridges_for(reader, message.channel_id):
            return
        if erasure.was_erased(connection, say.team_id, message.channel_id, message.ts):
            return
        insight = insights.by_message(connection, say.team_id, message.channel_id, message.ts)
        if insight is None:
            new = capture.of_message(message, links, source="message", reporter_id=user_id)
            insight = store_insight(connection, say, bridge, new)
        else:
            settle_support(connection, say, insight, user_id, supports=True)
        flag_by_shortcut(connection, say, insight, user_id)
        current = insights.by_id(connection, insight.id)
        assert current is not None
        note = messages.saved(reader.texts, bridge, current)
        if capture.is_direct(message.channel_id):
            say.post(f"saved:{row.natural_key}", message.channel_id, note)
        else:
            say.note(f"saved:{row.natural_key}", message.channel_id, user_id, note)
        insight_changed(connection, say, current.id)

    return apply
