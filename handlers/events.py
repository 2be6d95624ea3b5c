"""The ear: a middleware that stores what matters of an event, and acknowledges it after that (promise 1).

A raise leaves the event unacknowledged, and Slack sends it again. Events have no listeners: Bolt acknowledges
before it runs one, so a listener could only wake the worker, and would cost a thread for it
(docs/benchmarks.md has the figures).
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

import structlog
from slack_bolt import App, BoltRequest, BoltResponse
from slack_bolt.middleware import Middleware

from bot import metrics
from bot.bridges.watch import BridgeWatch
from bot.ids import Event
from bot.inbox import Incoming, accept
from bot.services import Services
from bot.slack import base_emoji, message_text, read_person
from storage import inbox, insights, threads, workspace

log = structlog.get_logger()

Payload = Mapping[str, Any]
Reader = Callable[["Ear", Payload], Incoming | None]


class Ear(Middleware):
    """Reads events into what is stored of them: who did what where, and no text."""

    def __init__(self, services: Services, watch: BridgeWatch) -> None:
        self.services = services
        self.watch = watch

    def process(
        self, *, req: BoltRequest, resp: BoltResponse, next: Callable[[], BoltResponse]
    ) -> BoltResponse:
        """Store the event and acknowledge it; what is no event, or none that we know, is Bolt's."""
        if req.body.get("type") == "app_rate_limited":
            return _rate_limited(req.body)
        if req.body.get("type") != "event_callback":
            return next()
        # Slack's samples of some events have no time; to tell two of them apart, the event's id does as well.
        event = {"event_ts": req.body.get("event_id"), **req.body["event"]}
        reader = READERS.get(event["type"])
        if reader is None:
            return _rate_limited(event) if event["type"] == "app_rate_limited" else next()
        incoming = reader(self, event)
        if incoming is None:
            metrics.event(event["type"], "ignored")
        else:
            self._store(incoming, req.body.get("event_id"))
        return BoltResponse(status=200)

    def _store(self, incoming: Incoming, event_id: str | None) -> None:
        with self.services.db.storing() as connection:
            is_new = accept(self.services, connection, incoming, event_id)
        metrics.event(incoming.kind, "accepted" if is_new else "repeated")
        if is_new:
            self.services.wake.inbox.set()


def _rate_limited(told: Payload) -> BoltResponse:
    """Slack drops events above 30,000 an hour (docs.slack.dev/reference/events/app_rate_limited)."""
    log.warning("events_rate_limited", minute=told.get("minute_rate_limited"))
    return BoltResponse(status=200)


def read_reaction(ear: Ear, event: Payload) -> Incoming | None:
    item = event.get("item") or {}
    if item.get("type") != "message":
        return None
    bridge = ear.watch.of_sales_channel(item["channel"])
    emoji = base_emoji(event["reaction"])
    if bridge is None or not bridge.is_flag(emoji):
        return None
    kind, channel, ts, user = event["type"], item["channel"], item["ts"], event["user"]
    return Incoming(
        kind=kind,
        natural_key=f"{kind}:{channel}:{ts}:{user}:{emoji}:{event['event_ts']}",
        channel_id=channel,
        message_ts=ts,
        user_id=user,
        item=emoji,
        event_ts=event["event_ts"],
    )


def read_message_event(ear: Ear, event: Payload) -> Incoming | None:
    subtype = event.get("subtype")
    if subtype == "message_changed":
        return _edit(ear, event)
    if subtype == "message_deleted":
        return _of_insight(ear, event, "message_deleted", str(event.get("deleted_ts")))
    if subtype in CONVERTED:
        return read_channel(ear, {**event, "type": subtype})
    if event.get("bot_id") or not event.get("user") or subtype not in WRITTEN:
        return None
    if event.get("channel_type") == "im":
        return _to_us("direct_message", event)
    return _reply(ear, event)


# Who may read a channel has changed: Slack says it in the channel, and sends no event beside that
# (docs.slack.dev/reference/events/message/channel_convert_to_private).
CONVERTED: Final = frozenset({"channel_convert_to_private", "channel_convert_to_public"})
# What people write themselves; all else is said by bots, or by Slack about the channel.
WRITTEN: Final = frozenset({None, "file_share", "thread_broadcast"})


def _reply(ear: Ear, event: Payload) -> Incoming | None:
    """A reply below a post of Frontline's own: whether its thread is one that takes replies, the worker sees.

    The post may not be recorded yet when someone answers it.
    """
    channel, ts, root = event["channel"], event["ts"], event.get("thread_ts")
    if root in (None, ts) or not ear.watch.is_bridged(channel):
        return None
    parent = event.get("parent_user_id") or (event.get("root") or {}).get("user")
    if parent not in (None, ear.services.identity.user_id):
        return None
    return Incoming(
        kind="thread_reply",
        natural_key=f"thread_reply:{channel}:{ts}",
        channel_id=channel,
        message_ts=ts,
        user_id=event["user"],
        item=root,
    )


def _edit(ear: Ear, event: Payload) -> Incoming | None:
    now, before = event.get("message") or {}, event.get("previous_message") or {}
    if now.get("subtype") == "tombstone":  # deleted, with replies below it
        return _of_insight(ear, event, "message_deleted", str(now.get("ts")))
    if before and message_text(now) == message_text(before):  # unfurled links, reply counters
        return None
    return _of_insight(ear, event, "message_changed", str(now.get("ts")))


def _of_insight(ear: Ear, event: Payload, kind: str, ts: str) -> Incoming | None:
    """Only what happens to an insight's message, or to a reply that was taken, is of interest, or to one that
    is about to become one."""
    channel, team_id = event["channel"], ear.services.team_id
    with ear.services.db.reading() as connection:
        if not (
            insights.is_source(connection, team_id, channel, ts)
            or threads.thread_of_reply(connection, team_id, channel, ts)
            or inbox.has_pending(connection, channel, ts)
        ):
            return None
    stamp = event.get("event_ts") or event.get("ts")
    return Incoming(
        kind=kind, natural_key=f"{kind}:{channel}:{ts}:{stamp}", channel_id=channel, message_ts=ts
    )


def read_mention(ear: Ear, event: Payload) -> Incoming | None:
    return None if event.get("bot_id") or not event.get("user") else _to_us("mention", event)


def _to_us(kind: str, event: Payload) -> Incoming:
    return Incoming(
        kind=kind,
        natural_key=f"{kind}:{event['channel']}:{event['ts']}",
        channel_id=event["channel"],
        message_ts=event["ts"],
        user_id=event["user"],
    )


def read_home(ear: Ear, event: Payload) -> Incoming | None:
    if event.get("tab") != "home":
        return None
    key = f"home_opened:{event['user']}:{event['event_ts']}"
    return Incoming(kind="home_opened", natural_key=key, user_id=event["user"])


def read_membership(ear: Ear, event: Payload) -> Incoming | None:
    """Who is in a bridge's channels matters, and where Frontline itself is."""
    channel, user = event["channel"], event["user"]
    if user != ear.services.identity.user_id and not ear.watch.is_bridged(channel):
        return None
    return _about_channel(event, channel, f"{user}:")


def read_channel(ear: Ear, event: Payload) -> Incoming | None:
    raw = event.get("channel")
    channel = raw["id"] if isinstance(raw, Mapping) else str(raw)
    return _about_channel(event, channel) if ear.watch.is_bridged(channel) else None


def _about_channel(event: Payload, channel: str, who: str = "") -> Incoming:
    key = f"{event['type']}:{channel}:{who}{event['event_ts']}"
    return Incoming(kind="channel", natural_key=key, channel_id=channel, item=event["type"])


def read_new_id(ear: Ear, event: Payload) -> Incoming | None:
    old, new = event["old_channel_id"], event["new_channel_id"]
    key = f"channel_id_changed:{old}:{new}"
    return Incoming(kind="channel_id_changed", natural_key=key, channel_id=old, item=new)


def read_user(ear: Ear, event: Payload) -> Incoming | None:
    """Profiles change all the time (a status, a picture); only what Frontline keeps of them matters."""
    told = read_person(event["user"], ear.services.team_id)
    with ear.services.db.reading() as connection:
        known = workspace.person(connection, ear.services.team_id, told.user_id)
    if known is not None and (told == known or (told.locale is None and _same_but_locale(told, known))):
        return None
    key = f"{event['type']}:{told.user_id}:{event['event_ts']}"
    return Incoming(kind="person", natural_key=key, user_id=told.user_id)


def _same_but_locale(told: workspace.Person, known: workspace.Person) -> bool:
    return replace(told, locale=known.locale) == known


def read_lost_access(ear: Ear, event: Payload) -> Incoming | None:
    key = f"{event['type']}:{event['event_ts']}"
    return Incoming(kind="access_lost", natural_key=key, item=event["type"])


READERS: Final[Mapping[str, Reader]] = {
    Event.REACTION_ADDED: read_reaction,
    Event.REACTION_REMOVED: read_reaction,
    Event.MESSAGE: read_message_event,
    Event.APP_MENTION: read_mention,
    Event.APP_HOME_OPENED: read_home,
    Event.MEMBER_JOINED: read_membership,
    Event.MEMBER_LEFT: read_membership,
    Event.CHANNEL_ID_CHANGED: read_new_id,
    Event.TEAM_JOIN: read_user,
    Event.USER_CHANGE: read_user,
    Event.TOKENS_REVOKED: read_lost_access,
    Event.APP_UNINSTALLED: read_lost_access,
    **dict.fromkeys(
        (
            Event.CHANNEL_ARCHIVE,
            Event.CHANNEL_UNARCHIVE,
            Event.CHANNEL_DELETED,
            Event.CHANNEL_RENAME,
            Event.CHANNEL_SHARED,
            Event.CHANNEL_UNSHARED,
            Event.CHANNEL_LEFT,
            Event.GROUP_ARCHIVE,
            Event.GROUP_UNARCHIVE,
            Event.GROUP_DELETED,
            Event.GROUP_RENAME,
            Event.GROUP_LEFT,
        ),
        read_channel,
    ),
}


def register(app: App, services: Services, watch: BridgeWatch) -> None:
    """The ear, for every event that the manifest subscribes to. Bolt answers others with 404."""
    app.middleware(Ear(services, watch))
