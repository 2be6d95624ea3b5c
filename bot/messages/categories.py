"""The form in which a bridge's categories are named, added, retired and brought back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from slack_sdk.models.blocks import Block
from slack_sdk.models.blocks.basic_components import PlainTextObject
from slack_sdk.models.blocks.block_elements import CheckboxesElement, PlainTextInputElement

from bot.i18n import Texts
from bot.ids import Field, View
from bot.messages.common import field, modal, mrkdwn, option

NEW_FIELDS: Final = 3
BOXES: Final = 10  # options of a group of checkboxes, docs.slack.dev/reference/block-kit
_LINE_LIMIT: Final = 1500  # characters typed; names are checked apart


@dataclass(frozen=True)
class ShownCategory:
    """A category as the form shows it."""

    key: str
    name: str
    emoji: str
    cues: str = ""


def line_block(key: str) -> str:
    """The block id of an active category's field."""
    return f"{Field.CATEGORY_LINE}-{key}"


def new_block(number: int) -> str:
    return f"{Field.CATEGORY_NEW}-{number}"


def back_block(number: int) -> str:
    return f"{Field.CATEGORY_BACK}-{number}"


def back_blocks(retired: int) -> list[str]:
    """The block ids of the boxes for so many retired categories."""
    return [back_block(number) for number in range((retired + BOXES - 1) // BOXES)]


def category_form(
    _: Texts, active: Sequence[ShownCategory], retired: Sequence[ShownCategory], metadata: str
) -> dict[str, Any]:
    """The form of one bridge's categories."""
    blocks: list[Block] = [
        mrkdwn(
            _(
                "One category a line: its emoji, then its name. A reaction with the emoji flags straight "
                "into the category. Empty a line to retire its category; insights keep it.\n"
                "Words behind a = let Frontline suggest the category by itself, beside what it knows: "
                "`:fire: Hot topics = outage, goes down, escalat*`"
            )
        )
    ]
    blocks += [
        field(
            line_block(one.key),
            one.name,
            _input(line_block(one.key), _line(one)),
            optional=True,
        )
        for one in active
    ]
    blocks += [
        field(new_block(number), _("New category"), _input(new_block(number)), optional=True)
        for number in range(NEW_FIELDS)
    ]
    for number, block_id in enumerate(back_blocks(len(retired))):
        options = [
            option(f":{one.emoji}: {one.name}", one.key)
            for one in retired[number * BOXES : (number + 1) * BOXES]
        ]
        boxes = CheckboxesElement(action_id=block_id, options=options)
        blocks.append(field(block_id, _("Bring back"), boxes, optional=True))
    return modal(
        View.CATEGORIES,
        _("Categories"),
        blocks,
        submit=_("Save"),
        close=_("Cancel"),
        private_metadata=metadata,
    )


def _line(one: ShownCategory) -> str:
    return f":{one.emoji}: {one.name}" + (f" = {one.cues}" if one.cues else "")


def _input(block_id: str, value: str | None = None) -> PlainTextInputElement:
    # Not shown as a picture: a line takes an emoji by its name.
    shown = PlainTextObject(text=":fire: …", emoji=False)
    return PlainTextInputElement(
        action_id=block_id, initial_value=value, max_length=_LINE_LIMIT, placeholder=shown
    )
