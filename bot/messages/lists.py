"""The form of a bridge's lists of names, and the offer of names that no list knows yet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, StaticSelectElement
from slack_sdk.models.blocks.block_elements import PlainTextInputElement

from bot.i18n import Texts
from bot.ids import Action, Field, View
from bot.messages.common import bold, modal, mrkdwn, option
from bot.messages.common import field as input_field
from bot.slacktext import inert_mrkdwn
from storage.analysis import Unknown

LIMIT: Final = 3000  # characters of a field, docs.slack.dev/reference/block-kit
KINDS: Final = ("competitor", "customer", "product")
FIELDS: Final[dict[str, Field]] = {
    "competitor": Field.LIST_COMPETITORS,
    "customer": Field.LIST_CUSTOMERS,
    "product": Field.LIST_PRODUCTS,
}


@dataclass(frozen=True)
class ListsStart:
    """What the form shows."""

    bridge_id: int
    bridge_name: str
    texts: Mapping[str, str]  # by kind, one entry a line
    unknown: Sequence[Unknown] = ()
    turn: int = 0  # rises when Frontline itself changes a field: Slack keeps what stands in one by its id
    metadata: str = field(default="")


def block_of(kind: str, turn: int) -> str:
    """The block id of a kind's field."""
    return f"{FIELDS[kind]}-{turn}"


def lists_form(_: Texts, start: ListsStart) -> dict[str, Any]:
    """The form of one bridge's lists."""
    labels = {"competitor": _("Competitors"), "customer": _("Customers"), "product": _("Our products")}
    blocks: list[Block] = [
        mrkdwn(
            _(
                "*{bridge}*: names to be recognised in insights, in all their forms and with slips of the "
                "finger. One a line; behind a = what it is called besides: `Acme = acme.com, Акме`",
                bridge=inert_mrkdwn(start.bridge_name, {}, 80),
            )
        )
    ]
    for kind in KINDS:
        block_id = block_of(kind, start.turn)
        element = PlainTextInputElement(
            action_id=block_id,
            initial_value=start.texts.get(kind) or None,
            multiline=True,
            max_length=LIMIT,
        )
        blocks.append(input_field(block_id, labels[kind], element, optional=True))
    if start.unknown:
        blocks.append(mrkdwn(_("*Often in insights, on no list*")))
        blocks += [
            block
            for one in start.unknown
            for block in offer(_, start.bridge_id, one, Action.NAME_ADD_HERE, Action.NAME_IGNORE_HERE)
        ]
    return modal(
        View.LISTS, _("Names"), blocks, submit=_("Save"), close=_("Cancel"), private_metadata=start.metadata
    )


def offer(_: Texts, bridge_id: int, one: Unknown, add: Action, ignore: Action) -> list[Block]:
    """A name that no list knows: what it is, or that it is nothing."""
    insights = _.plural("{n} insight", "{n} insights", one.count)
    line = f"{bold(inert_mrkdwn(one.shown, {}, 80))} · {insights}"
    labels = {"competitor": _("a competitor"), "customer": _("a customer"), "product": _("our product")}
    choice = StaticSelectElement(
        action_id=add,
        placeholder=_("Add as…"),
        options=[option(labels[kind], f"{bridge_id}:{kind}:{one.key}") for kind in KINDS],
    )
    drop = ButtonElement(text=_("Ignore"), action_id=ignore, value=f"{bridge_id}:{one.key}")
    return [mrkdwn(line), ActionsBlock(elements=[choice, drop])]
