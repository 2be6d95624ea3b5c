"""One schema for SQLite and PostgreSQL. `*_at` is an instant (aware UTC), `*_on` a local date.

Instants of work (leases, backoff, pace) are in real time; all others follow the injected clock.
"""

from storage.tables.activities import (
    activities,
    activity_answers,
    activity_askings,
    activity_entries,
    activity_insights,
    activity_plans,
    bridge_currencies,
)
from storage.tables.analysis import embeddings, ignored_names, names, readings, reanalyses, sightings
from storage.tables.base import metadata
from storage.tables.bridges import bridge_channels, bridge_managers, bridges, categories
from storage.tables.erasure import erased_insights, erased_people, erasures, lifetimes
from storage.tables.health import gaps, presence, troubles
from storage.tables.insights import flags, history, insights, supporters, told
from storage.tables.machinery import (
    catchup_jobs,
    channel_pace,
    gestures,
    inbox,
    outbox,
    quotes,
    refused_blocks,
    runs,
    schedules,
    thread_replies,
    threads,
    timers,
)
from storage.tables.meetings import (
    action_item_history,
    action_items,
    meeting_answers,
    meeting_minutes,
    meeting_occurrences,
    meeting_posts,
    meeting_series,
    meeting_topics,
    user_groups,
)
from storage.tables.questions import questions
from storage.tables.themes import likenesses, theme_members, theme_partings, theme_queue, themes
from storage.tables.workspace import (
    channel_members,
    channels,
    insight_numbers,
    people,
    person_settings,
    walks,
    workspaces,
)

__all__ = [
    "action_item_history",
    "action_items",
    "activities",
    "activity_answers",
    "activity_askings",
    "activity_entries",
    "activity_insights",
    "activity_plans",
    "bridge_channels",
    "bridge_currencies",
    "bridge_managers",
    "bridges",
    "catchup_jobs",
    "categories",
    "channel_members",
    "channel_pace",
    "channels",
    "embeddings",
    "erased_insights",
    "erased_people",
    "erasures",
    "flags",
    "gaps",
    "gestures",
    "history",
    "ignored_names",
    "inbox",
    "insight_numbers",
    "insights",
    "lifetimes",
    "likenesses",
    "meeting_answers",
    "meeting_minutes",
    "meeting_occurrences",
    "meeting_posts",
    "meeting_series",
    "meeting_topics",
    "metadata",
    "names",
    "outbox",
    "people",
    "person_settings",
    "presence",
    "questions",
    "quotes",
    "readings",
    "reanalyses",
    "refused_blocks",
    "runs",
    "schedules",
    "sightings",
    "supporters",
    "theme_members",
    "theme_partings",
    "theme_queue",
    "themes",
    "thread_replies",
    "threads",
    "timers",
    "told",
    "troubles",
    "user_groups",
    "walks",
    "workspaces",
]
