"""Finds themes anew, as if the insights came in once more: `app.py reanalyse`.

What people have decided stands: a theme that they named, merged or split stays whole, and what they took out
of one stays where it is.
"""

from sqlalchemy import Connection

from bot.say import Say
from bot.themes.joining import place_insight, retitle
from storage import insights, themes
from storage.insights import Insight
from storage.rows import lock
from storage.themes import Theme


def regroup(connection: Connection, say: Say, insight: Insight) -> None:
    """Let an insight leave its theme, and join the one that it belongs to as things are now.

    For all insights in the order in which they came: each is compared with those before it.
    """
    # Before anything is read: what is waited for may be a person who decides about that theme.
    lock(connection, "themes", str(insight.bridge_id))
    current = insights.by_id(connection, insight.id)
    if current is None or current.text_removed_at is not None:
        return
    theme = themes.of_insight(connection, insight.id)
    if theme is not None and theme.is_kept:
        return
    if themes.parted_from(connection, insight.id):
        return
    themes.forget_likeness(connection, insight.id)
    if theme is not None:
        _leave(connection, say, insight, theme)
    place_insight(connection, say, current)


def _leave(connection: Connection, say: Say, insight: Insight, theme: Theme) -> None:
    themes.leave(connection, insight.id)
    if not themes.newest_members(connection, theme.id, 1):
        themes.remove(connection, theme.id)
    elif theme.title_from_id == insight.id:
        retitle(connection, say.team_id, theme.id)
