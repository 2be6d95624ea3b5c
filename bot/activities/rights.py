"""Who may plan and enter, who may see, and which bridge is meant."""

from collections.abc import Callable
from typing import Final

from sqlalchemy import Connection

from bot.errors import UserError
from bot.gestures import Gesture
from bot.i18n import N_, Message
from bot.services import Services
from bot.workspace.access import Viewer, require_colleague, viewer
from storage import activities
from storage.activities import Activity
from storage.bridges import Bridge

May = Callable[[Bridge], bool]
GONE: Final = N_("This activity no longer exists, or you may not see it.")
MARKETING_ONLY: Final = N_(
    "Only marketing and the managers of the bridge may plan activities and enter figures."
)
MANAGERS_ONLY: Final = N_("Only the managers of the bridge and workspace admins may do this.")


def colleague(services: Services, connection: Connection, gesture: Gesture) -> Viewer:
    """Who acts: a full member of this workspace. Raises UserError."""
    who = viewer(connection, services.team_id, gesture.user_id)
    require_colleague(who)
    return who


def may_plan(who: Viewer, bridge: Bridge) -> bool:
    """Marketers of the bridge and its managers plan and enter."""
    return who.manages(bridge) or who.is_marketer_of(bridge)


def may_see(who: Viewer, bridge: Bridge) -> bool:
    """All who are in a channel of the bridge see the list and the report, too."""
    return (
        may_plan(who, bridge)
        or who.sees_all_of(bridge)
        or not who.channel_ids.isdisjoint(bridge.sales_channel_ids)
    )


def find(connection: Connection, who: Viewer, activity_id: int) -> tuple[Activity, Bridge]:
    """An activity that the person may see. Raises UserError for one that is gone, another's or made up."""
    activity = activities.by_id(connection, activity_id)
    bridge = next((one for one in who.bridges if activity and one.id == activity.bridge_id), None)
    if activity is None or bridge is None or not may_see(who, bridge):
        raise UserError(GONE)
    return activity, bridge


def find_to_change(connection: Connection, who: Viewer, activity_id: int) -> tuple[Activity, Bridge]:
    """An activity that the person may change. Raises UserError."""
    activity, bridge = find(connection, who, activity_id)
    if not may_plan(who, bridge):
        raise UserError(MARKETING_ONLY)
    return activity, bridge


def choose_bridge(who: Viewer, may: May, gesture: Gesture, refusal: Message = MARKETING_ONLY) -> Bridge:
    """The bridge of the channel in which she acts; else the only one she may. Raises UserError."""
    if not who.bridges:
        raise UserError(N_("There is no bridge yet. An admin makes one with /frontline setup."))
    here = [
        one for one in who.bridges if gesture.channel_id in {one.marketing_channel_id, *one.sales_channel_ids}
    ]
    allowed = [one for one in here or who.bridges if may(one)]
    if not allowed:
        raise UserError(refusal)
    if len(allowed) > 1:
        raise UserError(N_("Which bridge? Type it in one of its channels."))
    return allowed[0]


def bridge_by_id(who: Viewer, bridge_id: str, may: May, refusal: Message = MARKETING_ONLY) -> Bridge:
    """The bridge that a form or button carries. Raises UserError, also if forged."""
    bridge = next((one for one in who.bridges if str(one.id) == bridge_id), None)
    if bridge is None:
        raise UserError(N_("This bridge is gone; nothing was changed."))
    if not may(bridge):
        raise UserError(refusal)
    return bridge
