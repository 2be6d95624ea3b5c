"""Lets insights that have come in join their themes, after they were stored and acknowledged.

Finding where one belongs takes many times what storing it takes, so nobody's acknowledgement and no other
writer waits for it. Those of a bridge go one after the other, whichever process does it: the same history
gives the same themes.
"""

from datetime import timedelta
from typing import Final
from uuid import uuid4

import structlog
from sqlalchemy import Connection

from bot import metrics
from bot.inbox import say_for
from bot.insights.capture import is_direct
from bot.messages import insights as messages
from bot.outbox import ClaimLost
from bot.say import Say
from bot.services import Services
from bot.themes.joining import MOST_TRIES, carry_out, decide, retitle
from bot.themes.likes import like_for
from bot.workspace.access import viewer
from storage import bridges, insights, theme_queue, themes
from storage.rows import lock
from storage.theme_queue import Waiting

log = structlog.get_logger()

LEASE: Final = timedelta(seconds=60)
AT_ONCE: Final = 10  # insights that are claimed together
LONGEST_WAIT: Final = timedelta(hours=1)  # between tries


def place_some(services: Services) -> bool:
    """Let a few insights of a bridge join their themes. False: none waits, or others are at it."""
    clock, token = services.clock, uuid4().hex
    with services.db.writing() as connection:
        real = clock.real()
        claimed = theme_queue.claim(connection, real, real + LEASE, token, AT_ONCE)
    for one in claimed:
        services.live.let_pass()
        try:
            has_told = _place(services, one, token)
        except ClaimLost:
            log.info("theme_claim_lost", insight=one.insight_id)
            continue
        except Exception as problem:  # a process boundary: it is tried again later
            _put_off(services, one, token)
            metrics.retry("themes", type(problem).__name__)
            log.exception("theme_failed", insight=one.insight_id)
            break
        if has_told:
            services.wake.outbox.set()
    return bool(claimed)


class _Outdated(Exception):
    """What a decision rests on has changed since."""


def _place(services: Services, waiting: Waiting, token: str) -> bool:
    """Whether something is told of it. Raises ClaimLost."""
    for _try in range(MOST_TRIES):
        try:
            return _decide_and_place(services, waiting, token)
        except _Outdated:
            pass
    raise _Outdated


def _decide_and_place(services: Services, waiting: Waiting, token: str) -> bool:
    """Raises ClaimLost, _Outdated."""
    with services.db.reading() as connection:
        insight = insights.by_id(connection, waiting.insight_id)
        if insight is None:  # erased, and its place in the queue with it
            return False
        theme = themes.of_insight(connection, insight.id)
        decision = decide(connection, services.team_id, insight) if theme is None else None
    with services.db.writing() as connection:
        lock(connection, "themes", str(waiting.bridge_id))
        if not theme_queue.finish(connection, insight.id, token):  # taken for dead, edited or erased
            raise ClaimLost
        if decision is None:  # its text has changed
            _retitle(connection, services.team_id, insight.id)
            return False
        say = say_for(services, connection, f"theme-{insight.id}")
        if not carry_out(connection, say, insight, decision):
            raise _Outdated
        return waiting.tells and decision.like_id is not None and _tell(connection, say, insight.id)


def _retitle(connection: Connection, team_id: str, insight_id: int) -> None:
    theme = themes.of_insight(connection, insight_id)
    if theme is not None:
        retitle(connection, team_id, theme.id)


def _tell(connection: Connection, say: Say, insight_id: int) -> bool:
    """Say to the one who passed it on what was heard before: where the message stands, else to her alone."""
    insight = insights.by_id(connection, insight_id)
    bridge = bridges.bridge(connection, insight.bridge_id) if insight else None
    if insight is None or bridge is None or insight.status in ("withdrawn", "merged"):
        return False
    reader = viewer(connection, say.team_id, insight.reporter_id)
    like = like_for(connection, reader, bridge, insight)
    if like is None:
        return False
    key, note = f"like:{insight.id}", messages.looks_like(reader.texts, insight, like)
    if insight.channel_id is None or is_direct(insight.channel_id):
        say.direct(key, insight.reporter_id, note, at_once=True)
    else:
        say.note(key, insight.channel_id, insight.reporter_id, note, thread_ts=insight.thread_ts)
    return True


def _put_off(services: Services, waiting: Waiting, token: str) -> None:
    real, wait = services.clock.real(), min(LONGEST_WAIT, timedelta(seconds=2 ** min(waiting.attempts, 16)))
    with services.db.writing() as connection:
        theme_queue.put_off(connection, waiting.insight_id, token, real + wait)
        theme_queue.release(connection, token, real)
