"""The form that walks through what nobody has looked at yet. Pure."""

import json
from dataclasses import dataclass
from typing import Any

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, ContextBlock, DividerBlock
from slack_sdk.models.blocks.basic_components import MarkdownTextObject

from bot import slacktext
from bot.i18n import Texts
from bot.ids import Action, View
from bot.insights.rules import NEW
from bot.messages.common import modal, mrkdwn
from bot.messages.triage import Shown, about, controls
from bot.triage.rules import GONE


@dataclass(frozen=True)
class Place:
    """Where the walk stands."""

    walk: str
    left: int  # how many are untriaged in all
    earlier: int = 0  # how many of them came before this one
    restart: str | None = None  # the walk at its beginning, where there is anything to go back to


def page(_: Texts, shown: Shown, place: Place, *, names_bridge: bool, above: str | None) -> dict[str, Any]:
    """One insight with what can be done about it, and the way to the next."""
    insight = shown.insight
    blocks: list[Block] = [mrkdwn(f":warning: {above}")] if above else []
    count = _.plural("{n} insight is untriaged", "{n} insights are untriaged", place.left)
    if place.earlier:
        count += " · " + _("before this one: {n}", n=_.number(place.earlier))
    if names_bridge:
        count = f"{slacktext.inert_mrkdwn(shown.bridge.name, {}, 80)} · {count}"
    blocks += [ContextBlock(elements=[MarkdownTextObject(text=count, verbatim=True)]), *about(_, shown)]
    if insight.status not in GONE:
        blocks.append(controls(_, insight))
    forward = _("Skip") if insight.status == NEW else _("Next")
    style = None if insight.status == NEW else "primary"
    button = ButtonElement(text=forward, action_id=Action.TRIAGE_NEXT, value=place.walk, style=style)
    buttons = [button]
    if place.restart is not None:
        again = ButtonElement(
            text=_("From the beginning"), action_id=Action.TRIAGE_RESTART, value=place.restart
        )
        buttons.append(again)
    blocks += [DividerBlock(), ActionsBlock(elements=buttons)]
    return _walk(_, blocks, place.walk)


def end(_: Texts, left: int, walk: str) -> dict[str, Any]:
    """The last one was seen."""
    if not left:
        return _walk(_, [mrkdwn(_(":tada: Nothing is left to triage."))], walk)
    text = _.plural(
        "That was the last. {n} insight is still untriaged.",
        "That was the last. {n} insights are still untriaged.",
        left,
    )
    button = ButtonElement(text=_("From the beginning"), action_id=Action.TRIAGE_NEXT, value=walk)
    return _walk(_, [mrkdwn(text), ActionsBlock(elements=[button])], walk)


def _walk(_: Texts, blocks: list[Block], walk: str) -> dict[str, Any]:
    return modal(
        View.TRIAGE, _("Triage"), blocks, close=_("Close"), private_metadata=json.dumps({"walk": walk})
    )
