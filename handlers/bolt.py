"""Puts the Bolt app together: authorisation known from the start, the ear first, then the features."""

import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from bot.bridges.watch import BridgeWatch
from bot.config import Settings
from bot.services import Services
from handlers import (
    activities,
    bridges,
    digests,
    erasure,
    events,
    frontline,
    home,
    insights,
    lists,
    meetings,
    questions,
    themes,
    triage,
)
from handlers.edge import Edge

# Each with register(app, edge).
FEATURES: Final = (
    insights,
    home,
    bridges,
    frontline,
    digests,
    triage,
    activities,
    meetings,
    themes,
    questions,
    lists,
    erasure,
)
LISTENER_THREADS: Final = 32  # Bolt's own five would wait together for one slow form


def build_bolt(services: Services, settings: Settings, watch: BridgeWatch) -> App:
    """Frontline's Bolt app. Opens nothing.

    Authorisation is given from `auth.test` at the start: Bolt's own lazy one answers 200 when Slack's API
    fails, before any middleware of ours has run, and the event would be lost.
    """
    identity = services.identity
    known = AuthorizeResult(
        enterprise_id=None,
        team_id=identity.team_id,
        bot_user_id=identity.user_id,
        bot_id=identity.bot_id,
        bot_token=settings.slack_bot_token,
    )

    def authorize(**_: Any) -> AuthorizeResult:
        return known

    logger = logging.getLogger("slack_bolt.frontline")
    logger.setLevel(max(logging.INFO, logging.getLogger().level))  # at DEBUG it logs bodies
    app = App(
        logger=logger,
        client=WebClient(
            base_url=services.slack.client.base_url, logger=logger
        ),  # a token would undo `authorize`
        authorize=authorize,
        signing_secret=settings.slack_signing_secret or None,
        request_verification_enabled=not settings.socket_mode,
        listener_executor=ThreadPoolExecutor(LISTENER_THREADS, thread_name_prefix="listener"),
    )
    edge = Edge(services)
    events.register(app, services, watch)
    for feature in FEATURES:
        feature.register(app, edge)
    return app
