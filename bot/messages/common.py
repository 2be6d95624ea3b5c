"""Small parts that all texts are made of."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import Block, InputBlock, Option, SectionBlock
from slack_sdk.models.blocks.basic_components import MarkdownTextObject, PlainTextObject
from slack_sdk.models.views import View as ViewModel

from bot.i18n import Texts
from bot.ids import View


def message(text: str, blocks: Sequence[Block]) -> dict[str, Any]:
    """What goes to Slack: the fallback text and the blocks. Raises where a limit of Slack's is broken."""
    return {"text": text, "blocks": [block.to_dict() for block in blocks]}


def modal(
    callback_id: View,
    title: str,
    blocks: Sequence[Block],
    *,
    close: str,
    submit: str | None = None,
    private_metadata: str | None = None,
) -> dict[str, Any]:
    """A form, as `views.open` wants it."""
    return ViewModel(
        type="modal",
        callback_id=callback_id,
        title=PlainTextObject(text=title),
        submit=PlainTextObject(text=submit) if submit else None,
        close=PlainTextObject(text=close),
        blocks=list(blocks),
        private_metadata=private_metadata,
    ).to_dict()


def home(blocks: Sequence[Block]) -> dict[str, Any]:
    """A home tab, as `views.publish` wants it."""
    return ViewModel(type="home", blocks=list(blocks)).to_dict()


def notice(_: Texts, text: str, blocks: Sequence[Mapping[str, Any]] | None = None) -> dict[str, Any]:
    """A form that only says something: the text, or the blocks of a message in its place."""
    form = modal(View.NOTICE, "Frontline", [mrkdwn(text)], close=_("Close"))
    return form | {"blocks": list(blocks)} if blocks else form


def mrkdwn(text: str, **more: Any) -> SectionBlock:
    """A paragraph. Never pass stored text that `bot.slacktext` has not made inert."""
    return SectionBlock(text=MarkdownTextObject(text=text, verbatim=True), **more)


def option(label: str, value: str, description: str | None = None) -> Option:
    """A choice; a label too long for Slack is shortened."""
    text = label if len(label) <= 75 else label[:74] + "…"
    return Option(text=PlainTextObject(text=text, emoji=True), value=value, description=description)


def field(
    block_id: str, label: str, element: Any, *, optional: bool = False, hint: str | None = None
) -> InputBlock:
    """A field of a form; its element's `action_id` is the block's id."""
    return InputBlock(
        block_id=block_id,
        label=PlainTextObject(text=label),
        element=element,
        optional=optional,
        hint=PlainTextObject(text=hint) if hint else None,
    )


def emoji(name: str) -> str:
    return f":{name}:"


def link(address: str, label: str) -> str:
    """A link in mrkdwn; `label` is a text of ours."""
    return f"<{address}|{label}>"


def bold(text: str) -> str:
    """Bold in mrkdwn; `text` is a text of ours, or inert."""
    return f"*{text}*"


def comma(parts: Iterable[str]) -> str:
    return ", ".join(parts)
