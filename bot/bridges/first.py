"""The bridge `default`, made from the settings at the first start."""

import structlog

from bot.bridges.categories import DEFAULT_FLAGS
from bot.bridges.setup import ask_to_join, make_bridge
from bot.config import Settings
from bot.digests.schedule import REGULARS, schedule_of
from bot.errors import OperatorError
from bot.services import Services
from storage import bridges
from storage.bridges import DEFAULT_NAME, BridgeValues
from storage.rows import lock

log = structlog.get_logger()


def ensure_schedules(services: Services) -> None:
    """Give each bridge what every bridge says on a schedule, where an older version has made it without.

    Safe to call at every start of every replica.
    """
    now = services.clock.now()
    with services.db.writing() as connection:
        for bridge in bridges.all_bridges(connection, services.team_id):
            for regular in REGULARS.values():
                schedule_of(connection, bridge, now, regular)


def ensure_default_bridge(services: Services, settings: Settings) -> bool:
    """Make the bridge of SALES_CHANNELS and MARKETING_CHANNEL where the workspace has none. True: made.

    Safe to call at every start of every replica. Raises OperatorError for settings that contradict.
    """
    if not settings.sales_channels or not settings.marketing_channel:
        return False
    if settings.marketing_channel in settings.sales_channels:
        raise OperatorError(
            "MARKETING_CHANNEL is one of SALES_CHANNELS. Frontline carries what sales hears from one to the "
            "other: name two different channels."
        )
    values = BridgeValues(
        name=DEFAULT_NAME,
        marketing_channel_id=settings.marketing_channel,
        time_zone=settings.timezone,
        language=settings.language,
        flag_emoji=DEFAULT_FLAGS,
        sales_channel_ids=settings.sales_channels,
        manager_ids=(),
    )
    channels = (*settings.sales_channels, settings.marketing_channel)
    with services.db.writing() as connection:
        lock(connection, "bridges", services.team_id)
        if bridges.all_bridges(connection, services.team_id):
            return False
        bridge = make_bridge(services, connection, values)
        ask_to_join(services, connection, channels, f"{DEFAULT_NAME}:{bridge.id}", None)
    services.wake.inbox.set()
    log.info("default_bridge_made", bridge=bridge.id, channels=len(channels))
    return True
