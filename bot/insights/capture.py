"""A message becomes an insight: stored once, whatever the path (promise 2), with the very message's text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from bot import metrics
from bot.analysis.understand import keep, read_new
from bot.bridges.categories import OTHER
from bot.clock import from_slack_ts
from bot.errors import UserError
from bot.i18n import N_
from bot.insights.support import mark_message
from bot.insights.words import index_insight
from bot.say import Say
from bot.services import Services
from bot.slack import SourceMessage
from storage import erasure, insights, theme_queue, workspace
from storage.bridges import Bridge
from storage.erasing_people import unmentioned
from storage.insights import Insight

_MENTION: Final = re.compile(r"<@([UW][A-Z0-9]+)")
ERASED: Final = N_("The insight of this message was erased; it is not taken in again.")
TOLD: Final = frozenset({"reaction", "command", "form", "shortcut", "message"})  # sources: a person saved it
MOST_TEXT: Final = 40_000  # characters; Slack cuts messages there (docs.slack.dev, chat.postMessage)


def require_not_erased(connection: Connection, team_id: str, channel_id: str, message_ts: str) -> None:
    """Raises UserError for a message whose insight was erased: it stays so, whatever the path."""
    if erasure.was_erased(connection, team_id, channel_id, message_ts):
        raise UserError(ERASED)


@dataclass(frozen=True)
class Links:
    """Where a message and its thread's first message stand."""

    permalink: str | None = None
    thread_permalink: str | None = None


@dataclass(frozen=True)
class Capture:
    """All that a new insight begins with."""

    source: str  # reaction · command · form · shortcut · message
    text: str
    reporter_id: str
    said_at: datetime
    category: str = OTHER
    category_by: str = "default"  # default · suggested · flag · person
    channel_id: str | None = None
    message_ts: str | None = None
    thread_ts: str | None = None
    author_id: str | None = None
    author_name: str | None = None
    has_files: bool = False
    links: Links = field(default_factory=Links)
    details: Mapping[str, Any] = field(default_factory=dict)


def is_direct(channel_id: str) -> bool:
    """Whether it is the conversation of one person with Frontline (ids of direct messages begin with D)."""
    return channel_id.startswith("D")


def links_of(services: Services, message: SourceMessage) -> Links:
    """Ask Slack for the addresses; called by workers, outside any transaction.

    A message to Frontline alone has none that others could open.
    """
    if is_direct(message.channel_id):
        return Links()
    permalink = services.slack.permalink(message.channel_id, message.ts)
    thread = (
        services.slack.permalink(message.channel_id, message.thread_ts)
        if message.thread_ts is not None
        else None
    )
    return Links(permalink, thread)


def of_message(message: SourceMessage, links: Links, **more: Any) -> Capture:
    """The capture of a message as it stands in Slack."""
    return Capture(
        text=message.text,
        said_at=from_slack_ts(message.ts),
        channel_id=message.channel_id,
        message_ts=message.ts,
        thread_ts=message.thread_ts,
        author_id=message.user_id,
        author_name=message.author_name,
        has_files=message.has_files,
        links=links,
        **more,
    )


def text_of(connection: Connection, team_id: str, message: SourceMessage) -> str:
    """The message's text as it is stored: without mentions of people who were erased since it was written."""
    return _unmentioned(connection, team_id, message.text, from_slack_ts(message.ts))


def _unmentioned(connection: Connection, team_id: str, text: str, written_at: datetime) -> str:
    mentioned = set(_MENTION.findall(text))
    for user_id, erased_at in erasure.people_erased(connection, team_id, mentioned).items():
        if written_at <= erased_at:
            text = unmentioned(text, user_id)
    return text[:MOST_TEXT]


def store_insight(connection: Connection, say: Say, bridge: Bridge, capture: Capture) -> Insight:
    """Store a new insight under the workspace's next number; what nobody says is read from its words.

    The theme it belongs to is found afterwards (`bot.themes.placing`).
    """
    values = {
        "bridge_id": bridge.id,
        "source": capture.source,
        "channel_id": capture.channel_id,
        "message_ts": capture.message_ts,
        "thread_ts": capture.thread_ts,
        "permalink": capture.links.permalink,
        "thread_permalink": capture.links.thread_permalink,
        "author_id": capture.author_id,
        "author_name": capture.author_name,
        "reporter_id": capture.reporter_id,
        "text": _unmentioned(connection, say.team_id, capture.text, capture.said_at),
        "has_files": capture.has_files,
        "category": capture.category,
        "category_by": capture.category_by,
        "competitors": [],
        "said_at": capture.said_at,
        "created_at": say.now,
        "changed_at": say.now,
        **capture.details,
    }
    filled, understood = read_new(connection, bridge, values)
    values |= filled
    values["number"] = workspace.next_insight_number(connection, say.team_id)
    insight_id = insights.add(connection, say.team_id, values)
    insights.record(
        connection, insight_id, say.now, capture.reporter_id, "created", {"category": values["category"]}
    )
    insight = insights.by_id(connection, insight_id)
    assert insight is not None
    keep(connection, insight, understood)
    index_insight(connection, say.team_id, insight)
    theme_queue.add(connection, insight.id, bridge.id, say.real, tells=capture.source in TOLD)
    mark_message(connection, say, insight, on=True)
    metrics.insight(capture.source)
    return insight
