"""The forms in which an insight is written, completed and managed. Pure."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    ButtonElement,
    CheckboxesElement,
    ContextBlock,
    InputBlock,
    PlainTextInputElement,
    SectionBlock,
    StaticSelectElement,
)
from slack_sdk.models.blocks.basic_components import MarkdownTextObject, PlainTextObject

from bot import slacktext
from bot.bridges.categories import OTHER, category_name
from bot.errors import FormError
from bot.gestures import FormState
from bot.i18n import N_, Texts
from bot.ids import Action, Field, View
from bot.messages.common import field, modal, mrkdwn, option
from bot.messages.insights import controls, headline, quote_block
from storage.bridges import Bridge
from storage.insights import Insight

MOST_INPUT = 3000  # a plain text input's limit
SOURCE = "source"  # block ids of the shown message: source-0, source-1, …


def new_form(
    _: Texts,
    bridges: Sequence[Bridge],
    chosen: Bridge,
    *,
    text: str = "",
    category: str | None = None,
    customer: str | None = None,
    channel_id: str | None = None,
) -> dict[str, Any]:
    """The form for an insight in one's own words."""
    words = field(
        Field.TEXT,
        _("What did you hear?"),
        PlainTextInputElement(
            action_id=Field.TEXT,
            multiline=True,
            max_length=MOST_INPUT,
            min_length=1,
            initial_value=slacktext.shorten(text, MOST_INPUT) or None,
            focus_on_load=True,
            placeholder=_("Acme gives 25% off until New Year"),
        ),
    )
    return modal(
        View.NEW_INSIGHT,
        _("New insight"),
        [
            *_bridge_choice(_, bridges, chosen),
            words,
            _category_choice(_, chosen, category),
            *_details(_, customer=customer),
        ],
        submit=_("Save"),
        close=_("Cancel"),
        private_metadata=_metadata(bridge=chosen.id, channel=channel_id),
    )


def message_form(
    _: Texts,
    bridges: Sequence[Bridge],
    chosen: Bridge,
    *,
    text: str,
    source: Mapping[str, Any],
) -> dict[str, Any]:
    """The form for a message: its words as they are, which come back with the answer, and the details.

    Nothing is stored before the form is answered; the blocks carry the words meanwhile.
    """
    return modal(
        View.SAVE_MESSAGE,
        _("Save as insight"),
        [
            *_bridge_choice(_, bridges, chosen),
            *source_blocks(_, text),
            _category_choice(_, chosen, None),
            *_details(_),
        ],
        submit=_("Save"),
        close=_("Cancel"),
        private_metadata=_metadata(bridge=chosen.id, source=dict(source)),
    )


def source_blocks(_: Texts, text: str) -> list[Block]:
    """The message in plain text, whole, in as many sections as it takes."""
    parts = [text[start : start + MOST_INPUT] for start in range(0, len(text), MOST_INPUT)]
    if not parts:
        return [mrkdwn(_("(a message with a file)"))]
    return [
        SectionBlock(block_id=f"{SOURCE}-{number}", text=PlainTextObject(text=part, emoji=False))
        for number, part in enumerate(parts)
    ]


def source_text(view: Mapping[str, Any]) -> str:
    """The words that `source_blocks` carried."""
    return "".join(
        str(block["text"]["text"])
        for block in view.get("blocks") or []
        if str(block.get("block_id", "")).startswith(f"{SOURCE}-")
    )


def edit_form(_: Texts, bridge: Bridge, insight: Insight, names: Mapping[str, str]) -> dict[str, Any]:
    """What is known of an insight, to be completed."""
    deal = ""
    if insight.deal_amount is not None and insight.deal_currency:
        deal = plain_money(insight.deal_amount, insight.deal_currency)
    return modal(
        View.EDIT_INSIGHT,
        _("Insight #{number}", number=insight.number)[:24],
        [
            quote_block(_, insight, names),
            _category_choice(_, bridge, insight.category),
            *_details(
                _,
                customer=insight.customer,
                competitors=", ".join(insight.competitors),
                product=insight.product,
                note=insight.note,
                deal=deal,
                is_urgent=insight.is_urgent,
            ),
        ],
        submit=_("Save"),
        close=_("Cancel"),
        private_metadata=_metadata(insight=insight.id),
    )


def plain_money(amount: int, currency: str) -> str:
    """An amount as `bot.insights.details.read_money` reads it: «12500.50 EUR»."""
    from decimal import Decimal

    from babel.numbers import get_currency_precision

    return f"{Decimal(amount).scaleb(-get_currency_precision(currency)):f} {currency}"


def manage_form(
    _: Texts, bridge: Bridge, insight: Insight, user_id: str, supporter_ids: Sequence[str]
) -> dict[str, Any]:
    """Behind the shortcut of a message that is an insight: see it, change it, support it, take it back."""
    blocks: list[Block] = [mrkdwn(headline(_, bridge, insight))]
    if insight.supporter_count:
        people = _.plural("{n} person supports it.", "{n} people support it.", insight.supporter_count)
        blocks.append(ContextBlock(elements=[MarkdownTextObject(text=people)]))
    own = user_id in supporter_ids
    actions = controls(_, bridge, insight, undo=own)
    if not own:
        support = _("Add my support")
        actions.elements.append(
            ButtonElement(text=support, action_id=Action.ADD_SUPPORT, value=str(insight.id), style="primary")
        )
    actions.elements.append(
        ButtonElement(text=_("Put on the agenda"), action_id=Action.MEETING_TOPIC, value=str(insight.id))
    )
    blocks.append(actions)
    return modal(
        View.MANAGE_MESSAGE, _("Insight #{number}", number=insight.number)[:24], blocks, close=_("Close")
    )


def chosen_category(form: FormState, bridge: Bridge) -> str | None:
    """The category chosen in a form. Raises FormError for one that the bridge has no longer."""
    key = form.option(Field.CATEGORY)
    category = bridge.category(key) if key else None
    if key and (category is None or category.is_retired):
        raise FormError({Field.CATEGORY: N_("That category is no longer in use; choose another.")})
    return key


def metadata_of(view: Mapping[str, Any]) -> dict[str, Any]:
    """What a form of ours carries round; empty where it is none of ours."""
    try:
        data = json.loads(view.get("private_metadata") or "{}")
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}


def _metadata(**values: Any) -> str:
    return json.dumps({name: value for name, value in values.items() if value is not None})


def _bridge_choice(_: Texts, bridges: Sequence[Bridge], chosen: Bridge) -> list[InputBlock]:
    if len(bridges) < 2:
        return []
    options = [option(one.name, str(one.id)) for one in bridges[:100]]
    element = StaticSelectElement(
        action_id=Action.PICK_BRIDGE,
        options=options,
        initial_option=next(one for one in options if one.value == str(chosen.id)),
    )
    block = field(Field.BRIDGE, _("For which bridge?"), element)
    block.dispatch_action = True  # the categories follow
    return [block]


def _category_choice(_: Texts, bridge: Bridge, key: str | None) -> InputBlock:
    options = [option(f":{one.emoji}: {category_name(one, _)}", one.key) for one in bridge.active_categories]
    initial = next((one for one in options if one.value == (key or OTHER)), None)
    element = StaticSelectElement(action_id=Field.CATEGORY, options=options, initial_option=initial)
    return field(Field.CATEGORY, _("Category"), element)


def _details(
    _: Texts,
    *,
    customer: str | None = None,
    competitors: str | None = None,
    product: str | None = None,
    note: str | None = None,
    deal: str | None = None,
    is_urgent: bool = False,
) -> list[InputBlock]:
    urgent = option(_("Urgent: marketing should see it at once"), "urgent")
    return [
        _line(_("Customer or partner"), Field.CUSTOMER, customer),
        _line(_("Competitors"), Field.COMPETITORS, competitors, hint=_("Separated by commas")),
        _line(_("Our product"), Field.PRODUCT, product),
        _line(_("Deal value"), Field.DEAL, deal, hint=_("Amount and currency, as in 12,500 EUR")),
        field(
            Field.URGENT,
            _("Urgency"),
            CheckboxesElement(
                action_id=Field.URGENT, options=[urgent], initial_options=[urgent] if is_urgent else None
            ),
            optional=True,
        ),
        field(
            Field.NOTE,
            _("Note"),
            PlainTextInputElement(
                action_id=Field.NOTE, multiline=True, max_length=MOST_INPUT, initial_value=note or None
            ),
            optional=True,
            hint=_("Your own words about it"),
        ),
    ]


def _line(label: str, block: Field, value: str | None, *, hint: str | None = None) -> InputBlock:
    element = PlainTextInputElement(action_id=block, initial_value=value or None)
    return field(block, label, element, optional=True, hint=hint)
