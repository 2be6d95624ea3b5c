"""Insights for digests, written straight into the database or made without one."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from bot.bridges.categories import default_categories
from bot.digests.compile import CategoryPart, Digest, Queue
from bot.digests.period import Period
from bot.digests.schedule import Frequency
from storage import insights
from storage.bridges import Bridge
from storage.digests import Span, Totals
from storage.insights import Insight
from tests.support import ANNA, MARKETING, MIA, SALES, TEAM

MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)  # 09:00 in Berlin
WEEK = timedelta(days=7)
PLAIN: dict[str, Any] = {
    "source": "reaction",
    "channel_id": SALES,
    "message_ts": None,
    "thread_ts": None,
    "permalink": "https://acme.slack.com/archives/CSALES/p1",
    "thread_permalink": None,
    "author_id": ANNA,
    "author_name": None,
    "reporter_id": ANNA,
    "text": "They say our offer came too late.",
    "has_files": False,
    "category": "customer",
    "category_by": "default",
    "customer": None,
    "competitors": [],
    "product": None,
    "note": None,
    "deal_amount": None,
    "deal_currency": None,
    "is_urgent": False,
    "status": "new",
    "outcome": None,
    "supporter_count": 1,
    "said_at": MONDAY - timedelta(days=1),
    "created_at": MONDAY - timedelta(days=1),
    "changed_at": MONDAY - timedelta(days=1),
    "edited_at": None,
    "text_removed_at": None,
}


def add_insight(connection: Connection, bridge: Bridge, number: int, **changes: Any) -> int:
    """An insight of the day before MONDAY, under «customer»; gives its id."""
    return insights.add(connection, TEAM, {**PLAIN, "bridge_id": bridge.id, "number": number, **changes})


def an_insight(number: int, **changes: Any) -> Insight:
    """The same without a database."""
    return Insight(**{**PLAIN, "id": number, "number": number, "bridge_id": 1, "first_text": None, **changes})


def a_bridge(**changes: Any) -> Bridge:
    """A bridge without a database."""
    values: dict[str, Any] = {
        "id": 1,
        "name": "default",
        "marketing_channel_id": MARKETING,
        "time_zone": "Europe/Berlin",
        "language": "en",
        "flag_emoji": ("bulb",),
        "sales_channel_ids": (SALES,),
        "manager_ids": (MIA,),
        "categories": default_categories(),
        "created_at": MONDAY - 10 * WEEK,
    }
    return Bridge(**{**values, **changes})


def a_week(end: datetime = MONDAY, **changes: Any) -> Period:
    """The week that ends at `end`, and the one before it."""
    period = Period(Span(end - WEEK, end), Span(end - 2 * WEEK, end - WEEK), Frequency.WEEKLY)
    return Period(**{**period.__dict__, **changes})


def a_digest(**changes: Any) -> Digest:
    """Two customers' words in a week, one the week before."""
    quotes = (an_insight(2), an_insight(1))
    values: dict[str, Any] = {
        "bridge": a_bridge(),
        "period": a_week(),
        "totals": Totals(insights=2, people=1, channels=1, supporters=2),
        "total_before": 1,
        "is_compared": True,
        "knows_new": True,
        "categories": (CategoryPart("customer", 2, 1, quotes),),
        "customers": (),
        "competitors": (),
        "requests": Queue(0, False, ()),
        "untouched": Queue(2, False, ()),
        "activities": (),
        "names": {ANNA: "Anna"},
    }
    return Digest(**{**values, **changes})
