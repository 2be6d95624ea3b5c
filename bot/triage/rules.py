"""What can be done about an insight as it stands, and whether a button still shows that. Pure."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from bot.errors import UserError
from bot.i18n import N_, Message, Texts
from bot.insights.rules import MERGED, NEW, WITHDRAWN
from bot.workspace.access import Viewer
from storage.bridges import Bridge
from storage.insights import Insight

ACKNOWLEDGED: Final = "acknowledged"
IN_PROGRESS: Final = "in_progress"
DONE: Final = "done"
DECLINED: Final = "declined"
OPEN: Final = (NEW, ACKNOWLEDGED, IN_PROGRESS)
ENDED: Final = (DONE, DECLINED)  # with an outcome, in words
GONE: Final = (WITHDRAWN, MERGED)  # nothing more can be done


class Step(StrEnum):
    """What marketing does with an insight; the value is the status that it leads to."""

    ACKNOWLEDGE = ACKNOWLEDGED
    TAKE = IN_PROGRESS
    DONE = DONE
    DECLINE = DECLINED

    @property
    def needs_outcome(self) -> bool:
        return self in (Step.DONE, Step.DECLINE)


def may_triage(reader: Viewer, bridge: Bridge) -> bool:
    """Marketing may, and those who manage the bridge."""
    return reader.is_marketer_of(bridge) or reader.manages(bridge)


def is_possible(status: str, step: Step) -> bool:
    """Whether the step leads on from that status. What is taken again is open again."""
    if status in GONE:
        return False
    return status == NEW if step is Step.ACKNOWLEDGE else True


def seen(insight: Insight) -> str:
    """How the insight stood when a button was drawn: changes with every step taken."""
    at = int(insight.status_at.timestamp() * 1000) if insight.status_at else 0
    return f"{insight.status}@{at}"


@dataclass(frozen=True)
class Pressed:
    """What a button or form of triage carries: which insight, and how it stood."""

    insight_id: int
    seen: str

    @property
    def value(self) -> str:
        return f"{self.insight_id}:{self.seen}"

    @classmethod
    def of(cls, insight: Insight) -> "Pressed":
        return cls(insight.id, seen(insight))


UNREADABLE: Final = N_("This can't be read any more. Open it again.")


def read_pressed(value: object) -> Pressed:
    """What a button carries. Raises UserError for a value that is none of ours."""
    number, _colon, rest = str(value).partition(":")
    if not number.isdecimal() or len(number) > 15:
        raise UserError(UNREADABLE)
    return Pressed(int(number), rest)


def standing(_: Texts, insight: Insight, who: str, ago: timedelta | None, target: int | None) -> Message:
    """What somebody else did meanwhile, in words: «Mia took #142 two minutes ago»."""
    when = "" if ago is None else since(_, ago)
    words = {"name": who or _("A colleague"), "number": insight.number, "ago": when}
    if insight.status == ACKNOWLEDGED:
        return N_("{name} acknowledged #{number} {ago}.", **words)
    if insight.status == IN_PROGRESS:
        return N_("{name} took #{number} {ago}.", **words)
    if insight.status == DONE:
        return N_("{name} marked #{number} as done {ago}.", **words)
    if insight.status == DECLINED:
        return N_("{name} declined #{number} {ago}.", **words)
    if insight.status == MERGED and target is not None:
        return N_("#{number} is now part of #{target}.", number=insight.number, target=target)
    if insight.status == NEW:
        return N_("#{number} is open again; look at it anew.", number=insight.number)
    return N_("#{number} was withdrawn meanwhile.", number=insight.number)


def since(_: Texts, ago: timedelta) -> str:
    """How long ago something was, in the coarsest unit that tells it."""
    minutes = max(0, int(ago.total_seconds() // 60))
    if minutes < 1:
        return _("just now")
    if minutes < 60:
        return _.plural("{n} minute ago", "{n} minutes ago", minutes)
    if minutes < 24 * 60:
        return _.plural("{n} hour ago", "{n} hours ago", minutes // 60)
    return _.plural("{n} day ago", "{n} days ago", minutes // (24 * 60))
