"""Which bridge's digest a person means, and whether she may."""

from collections.abc import Callable
from typing import Final

from bot.errors import UserError
from bot.i18n import N_
from bot.messages.common import comma
from bot.slacktext import inert_mrkdwn
from bot.workspace.access import Viewer
from storage.bridges import Bridge

May = Callable[[Bridge], bool]
NOT_ALLOWED: Final = N_("Only the managers of the bridge and workspace admins may do this.")


def may_preview(who: Viewer) -> May:
    """Managers may, and members of the marketing channel, who see all that the bridge yields."""
    return lambda bridge: who.manages(bridge) or who.sees_all_of(bridge)


def may_market(who: Viewer) -> May:
    """Managers may, and who is marketing for the bridge."""
    return lambda bridge: who.manages(bridge) or who.is_marketer_of(bridge)


def choose_bridge(who: Viewer, may: May, channel_id: str | None, name: str = "") -> Bridge:
    """The bridge named; else that of the channel; else the only one she may. Raises UserError."""
    if not who.bridges:
        raise UserError(N_("There is no bridge yet. An admin makes one with /frontline setup."))
    if name:
        candidates = tuple(one for one in who.bridges if one.name.casefold() == name.casefold())
        if not candidates:
            raise UserError(
                N_(
                    "I know no bridge called “{name}”. Bridges: {names}.",
                    name=inert_mrkdwn(name, {}, 80),
                    names=_names(who.bridges),
                )
            )
    else:
        here = tuple(
            one for one in who.bridges if channel_id in {one.marketing_channel_id, *one.sales_channel_ids}
        )
        candidates = here or who.bridges
    allowed = [bridge for bridge in candidates if may(bridge)]
    if not allowed:
        raise UserError(NOT_ALLOWED)
    if len(allowed) > 1:
        raise UserError(
            N_(
                "Which bridge? Type it in one of its channels, or name it, "
                "as in /frontline digest preview {example}. Bridges: {names}.",
                example=inert_mrkdwn(allowed[0].name, {}, 80),
                names=_names(tuple(allowed)),
            )
        )
    return allowed[0]


def bridge_by_id(who: Viewer, bridge_id: str) -> Bridge:
    """The bridge that a form or button carries, which she must manage. Raises UserError, also if forged."""
    bridge = next((one for one in who.bridges if str(one.id) == bridge_id), None)
    if bridge is None:
        raise UserError(N_("This bridge is gone; nothing was changed."))
    if not who.manages(bridge):
        raise UserError(NOT_ALLOWED)
    return bridge


def _names(bridges: tuple[Bridge, ...]) -> str:
    return comma(inert_mrkdwn(bridge.name, {}, 80) for bridge in bridges)
