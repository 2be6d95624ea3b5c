"""What is said to those who manage a bridge when something befell its channels or another manager."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.i18n import N_, Message, Texts
from bot.messages.bridges import pages
from bot.messages.common import message, mrkdwn
from bot.slacktext import inert_mrkdwn


class Fault(StrEnum):
    """What keeps a channel from doing its part."""

    ABSENT = "absent"  # Frontline is not in it, or it is gone
    ARCHIVED = "archived"
    SHARED = "shared"  # with another organisation (Slack Connect)
    PRIVATE = "private"  # not a fault, but it changes who sees what


@dataclass(frozen=True)
class Trouble:
    """One thing that befell one channel of one bridge."""

    bridge: str
    channel: str  # as `channel_shown` writes it
    is_marketing: bool
    fault: Fault


_SALES: dict[Fault, Message] = {
    Fault.ABSENT: N_(
        "I am no longer in {channel}, or it was deleted. What is flagged there no longer reaches the bridge "
        "“{bridge}”. Type `/invite @Frontline` there, or take it out of the bridge in `/frontline setup`."
    ),
    Fault.ARCHIVED: N_(
        "{channel} is archived, so that nothing can be flagged there for the bridge “{bridge}”. Unarchive "
        "it, or take it out of the bridge in `/frontline setup`."
    ),
    Fault.SHARED: N_(
        "{channel}, a sales channel of the bridge “{bridge}”, is shared with another organisation now. I "
        "post nothing there that its people could see, and ignore what they do; your own people can go on "
        "flagging."
    ),
    Fault.PRIVATE: N_(
        "{channel}, a sales channel of the bridge “{bridge}”, is private now. What is flagged there from now "
        "on is shown in the marketing channel and in that channel only."
    ),
}
_MARKETING: dict[Fault, Message] = {
    Fault.ABSENT: N_(
        "I am no longer in {channel}, the marketing channel of the bridge “{bridge}”, or it was deleted. The "
        "digest can't be posted. Type `/invite @Frontline` there, or choose another in `/frontline setup`."
    ),
    Fault.ARCHIVED: N_(
        "{channel}, the marketing channel of the bridge “{bridge}”, is archived. The digest can't be posted. "
        "Unarchive it, or choose another in `/frontline setup`."
    ),
    Fault.SHARED: N_(
        "{channel}, the marketing channel of the bridge “{bridge}”, is shared with another organisation now. "
        "The digest is not posted there, since people outside could read what your sales hear. End the "
        "sharing, or choose another channel in `/frontline setup`."
    ),
}


def concerns(fault: Fault, *, is_marketing: bool) -> bool:
    """Whether there is anything to be said about it."""
    return fault in (_MARKETING if is_marketing else _SALES)


def channel_shown(channel_id: str, public_name: str | None) -> str:
    """A public channel by its name; else as Slack shows it to those who may know it."""
    return f"#{inert_mrkdwn(public_name, {}, 100)}" if public_name else f"<#{channel_id}>"


def trouble_message(_: Texts, troubles: Sequence[Trouble]) -> dict[str, Any]:
    """One message for all that a person should know."""
    lines = []
    for trouble in troubles:
        sentence = (_MARKETING if trouble.is_marketing else _SALES)[trouble.fault]
        shown = inert_mrkdwn(trouble.bridge, {}, 200)
        lines.append(_.say(Message(sentence.msgid, {"channel": trouble.channel, "bridge": shown})))
    text = _("Something happened to a channel of a bridge that you look after.")
    return message(text, [mrkdwn(part) for part in pages(lines)])


def manager_left(_: Texts, name: str, bridge_names: Sequence[str]) -> dict[str, Any]:
    """A manager's account was deactivated; `bridge_names` are those of her bridges."""
    text = _("A manager of a bridge that you look after has left.")
    lines = [
        _(
            "The account of {name}, who managed the bridge “{bridge}”, was deactivated. Choose in "
            "`/frontline setup` who manages it.",
            name=inert_mrkdwn(name, {}, 100),
            bridge=inert_mrkdwn(bridge, {}, 200),
        )
        for bridge in bridge_names
    ]
    return message(text, [mrkdwn(part) for part in pages(lines)])
