"""A theme's page and its forms. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextBlock,
    DividerBlock,
    PlainTextInputElement,
    StaticMultiSelectElement,
)
from slack_sdk.models.blocks.basic_components import MarkdownTextObject

from bot import slacktext
from bot.i18n import Texts
from bot.ids import Action, Field, View
from bot.messages.common import field, message, modal, mrkdwn, option
from bot.messages.insights import entry
from storage.bridges import Bridge
from storage.insights import Insight
from storage.themes import Theme

MOST_SHOWN: Final = 8
MOST_OPTIONS: Final = 100  # docs.slack.dev/reference/block-kit: of a select


@dataclass(frozen=True)
class Shown:
    """A theme as one person sees it."""

    theme_id: int
    title: str
    bridge: Bridge
    members: Sequence[Insight]  # newest first
    names: Mapping[str, str]
    zone: str


def titled(_: Texts, title: str, fallback: Sequence[Insight]) -> str:
    """The theme's name as plain text; one whose words are gone is called by its numbers."""
    if title:
        return title
    return ", ".join(f"#{one.number}" for one in fallback[:3]) or _("(no text)")


def page(_: Texts, shown: Shown, *, may_change: bool) -> dict[str, Any]:
    """The theme's insights, and for who may what can be done about them."""
    name = slacktext.inert_mrkdwn(titled(_, shown.title, shown.members), {}, 80)
    count = _.plural("{n} insight", "{n} insights", len(shown.members))
    blocks: list[Block] = [mrkdwn(_("*Theme:* {title} · {count}", title=name, count=count))]
    for one in shown.members[:MOST_SHOWN]:
        blocks += [DividerBlock(), *entry(_, shown.bridge, one, shown.names, shown.zone)]
        if may_change and len(shown.members) > 1:
            value = f"{shown.theme_id}:{one.id}"
            blocks.append(
                ActionsBlock(
                    elements=[ButtonElement(text=_("Take out"), action_id=Action.THEME_PULL, value=value)]
                )
            )
    rest = len(shown.members) - MOST_SHOWN
    if rest > 0:
        more = _.plural("And {n} more insight", "And {n} more insights", rest)
        blocks.append(ContextBlock(elements=[MarkdownTextObject(text=more)]))
    if may_change:
        blocks += [DividerBlock(), _controls(_, shown)]
    return message(_("Theme"), blocks)


def _controls(_: Texts, shown: Shown) -> ActionsBlock:
    value = str(shown.theme_id)
    elements = [
        ButtonElement(text=_("Rename…"), action_id=Action.THEME_RENAME, value=value),
        ButtonElement(text=_("Merge with…"), action_id=Action.THEME_MERGE, value=value),
    ]
    if len(shown.members) > 1:
        elements.append(ButtonElement(text=_("Split…"), action_id=Action.THEME_SPLIT, value=value))
    return ActionsBlock(elements=elements)


def gone(_: Texts) -> dict[str, Any]:
    """Too few insights are left for a theme."""
    text = _("There is no theme any more: only one insight is left of it.")
    return message(text, [mrkdwn(text)])


def rename_form(_: Texts, theme: Theme, title: str) -> dict[str, Any]:
    """The theme's name."""
    element = PlainTextInputElement(action_id=Field.THEME_NAME, initial_value=title, max_length=70)
    hint = _("Left empty, the theme is called by its insights' own words.")
    blocks = [field(Field.THEME_NAME, _("Name of the theme"), element, optional=True, hint=hint)]
    return modal(
        View.THEME_RENAME,
        _("Rename theme"),
        blocks,
        close=_("Cancel"),
        submit=_("Save"),
        private_metadata=str(theme.id),
    )


def merge_form(_: Texts, theme: Theme) -> dict[str, Any]:
    """The number of an insight that this theme is about too."""
    element = PlainTextInputElement(action_id=Field.THEME_OTHER, placeholder="#142")
    hint = _("All insights of its theme come along.")
    blocks = [field(Field.THEME_OTHER, _("An insight of the other theme"), element, hint=hint)]
    return modal(
        View.THEME_MERGE,
        _("Merge themes"),
        blocks,
        close=_("Cancel"),
        submit=_("Save"),
        private_metadata=str(theme.id),
    )


def split_form(
    _: Texts, theme: Theme, members: Sequence[Insight], names: Mapping[str, str]
) -> dict[str, Any]:
    """The insights that are about something else."""
    options = [
        option(f"#{one.number} {' '.join(slacktext.plain(one.text, names).split())}", str(one.id))
        for one in members[:MOST_OPTIONS]
    ]
    element = StaticMultiSelectElement(
        action_id=Field.THEME_MEMBERS, options=options, placeholder=_("Choose insights")
    )
    hint = _("They become a theme of their own, and Frontline never joins them to this one again.")
    blocks = [field(Field.THEME_MEMBERS, _("About something else"), element, hint=hint)]
    return modal(
        View.THEME_SPLIT,
        _("Split theme"),
        blocks,
        close=_("Cancel"),
        submit=_("Save"),
        private_metadata=str(theme.id),
    )
