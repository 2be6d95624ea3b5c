"""What flags, support and status mean: pure rules, no database."""

from collections.abc import Iterable
from typing import Final

from storage.bridges import Bridge
from storage.insights import Flag, Insight

CONFIRMATION: Final = "inbox_tray"  # Frontline's own reaction at a message that is an insight
SHORTCUT: Final = ""  # stands for the emoji where a message was saved by shortcut or button

ANONYMOUS: Final = "anonymous"  # source: an answer to a question, of which is not stored whose it is

NEW: Final = "new"
WITHDRAWN: Final = "withdrawn"
MERGED: Final = "merged"  # into another insight, where it counts from then on


def counts(flags: Iterable[Flag], bridge: Bridge) -> bool:
    """Whether a person's flags at a message amount to support."""
    return any(
        flag.is_on and not flag.is_undone and (flag.emoji == SHORTCUT or bridge.is_flag(flag.emoji))
        for flag in flags
    )


def is_news(known: Flag | None, event_ts: str) -> bool:
    """Whether an event tells of a later change of the flag than the one known."""
    return known is None or known.changed_ts < event_ts


def flag_decides_category(insight: Insight, user_id: str) -> bool:
    """The first category emoji decides, whoever sets it; later ones only if the reporter's, until triage."""
    if insight.status not in (NEW, WITHDRAWN):
        return False
    return insight.category_by in ("default", "suggested") or insight.reporter_id == user_id


def may_change(insight: Insight, user_id: str, supporter_ids: Iterable[str], *, is_marketer: bool) -> bool:
    """Who may change category and details: marketing always, those who passed it on until triage."""
    if is_marketer:
        return True
    return insight.status == NEW and user_id in {insight.reporter_id, insight.author_id, *supporter_ids}
