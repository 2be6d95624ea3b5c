"""Erases one insight: its words, what people did with it, and every copy. Only its number stays, unused.

What was merged into it are other people's messages: they stay, and the oldest takes its place.
"""

from collections import Counter

from sqlalchemy import Connection

from bot.erasure.posts import posts_of, remove_posts
from bot.insights.support import mark_message
from bot.questions.shown import refresh as refresh_question
from bot.quiet.waiting import NOTICE
from bot.say import Say
from bot.themes.joining import retitle
from bot.triage.changed import insight_changed
from storage import erasing, erasure, insights, questions, themes, timers, workspace
from storage.bridges import Bridge
from storage.insights import Insight
from storage.rows import lock

# Of an insight that takes another's place: what has become of the matter goes on with it.
_STANDING = (
    "status",
    "outcome",
    "status_by",
    "status_at",
    "taken_by",
    "first_response_at",
    "outcome_at",
    "is_urgent",
)


def counts_of(connection: Connection, found: list[Insight]) -> Counter[str]:
    """What goes with these insights, by kind: for the preview, and for the record."""
    counts = Counter(erasing.counts_of(connection, [one.id for one in found]))
    counts["insights"] = len(found)
    for one in found:
        alone, among = posts_of(connection, one)
        counts["posts"] += len(alone) + len(among)
    return counts


def erase_insight(connection: Connection, say: Say, insight: Insight, bridge: Bridge) -> Counter[str]:
    """Erase it in this transaction; gives what went, by kind."""
    if insight.channel_id and insight.message_ts:
        lock(connection, insight.channel_id, insight.message_ts)
    lock(connection, "themes", str(insight.bridge_id))
    counts = counts_of(connection, [insight])
    remove_posts(connection, say, insight)
    _refresh_homes(connection, say, insight, bridge)
    heir = _inherit(connection, say, insight)
    theme = themes.of_insight(connection, insight.id)
    question_id = questions.question_of(connection, insight.id)
    mark_message(connection, say, insight, on=False)
    timers.cancel(connection, say.team_id, NOTICE, str(insight.id))
    erasure.remember_insight(connection, say.team_id, insight, say.now)
    nobody = workspace.bot_user_id(connection, say.team_id)
    erasing.remove_insight(connection, say.team_id, insight, nobody)
    if theme is not None:
        _tend_theme(connection, say, theme.id)
    if question_id is not None:
        refresh_question(connection, say, question_id)
    for whole in (heir, insight.merged_into_id):
        if whole is not None:
            gather_support(connection, say, whole)
            insight_changed(connection, say, whole)
    return counts


def _refresh_homes(connection: Connection, say: Say, insight: Insight, bridge: Bridge) -> None:
    """Home tabs that may show it: of those who passed it on, and of marketing."""
    concerned = {insight.reporter_id, *insights.supporters_of(connection, insight.id)}
    concerned |= workspace.members_of(connection, say.team_id, bridge.marketing_channel_id)
    if insight.author_id:
        concerned.add(insight.author_id)
    for user_id in workspace.with_home(connection, say.team_id, concerned):
        say.home(user_id)


def _inherit(connection: Connection, say: Say, insight: Insight) -> int | None:
    """Let the oldest insight that was merged into this one take its place; gives its id."""
    parts = insights.merged_into(connection, insight.id)
    if not parts:
        return None
    heir, *others = parts
    standing = {name: getattr(insight, name) for name in _STANDING}
    insights.change(connection, heir.id, {**standing, "merged_into_id": None})
    for one in others:
        insights.change(connection, one.id, {"merged_into_id": heir.id})
    for user_id, news in insights.told_of(connection, insight.id).items():
        insights.was_told(connection, heir.id, user_id, news, say.now)
    return heir.id


def gather_support(connection: Connection, say: Say, insight_id: int, but: str | None = None) -> None:
    """Count those who support the insight or a part of it, as they are now; not that one person."""
    known = set(insights.supporters_of(connection, insight_id))
    for part in insights.merged_into(connection, insight_id):
        for user_id in insights.own_supporters_of(connection, part.id):
            if user_id not in known and user_id != but:
                insights.add_supporter(connection, insight_id, user_id, say.now, part.id)
                known.add(user_id)
    insights.change(connection, insight_id, {"supporter_count": len(known), "changed_at": say.now})


def _tend_theme(connection: Connection, say: Say, theme_id: int) -> None:
    """Its name was perhaps the insight's words; without members it is none."""
    if themes.is_empty(connection, theme_id):
        themes.remove(connection, theme_id)
    else:
        retitle(connection, say.team_id, theme_id)
