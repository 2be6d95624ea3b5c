"""The forms in which bridges are made and changed, and what is said once they are saved."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from slack_sdk.models.blocks import ActionsBlock, Block, ContextBlock, SectionBlock
from slack_sdk.models.blocks.basic_components import MarkdownTextObject, PlainTextObject
from slack_sdk.models.blocks.block_elements import (
    ButtonElement,
    ConversationFilter,
    ConversationMultiSelectElement,
    ConversationSelectElement,
    ExternalDataSelectElement,
    PlainTextInputElement,
    RadioButtonsElement,
    StaticMultiSelectElement,
    StaticSelectElement,
    UserMultiSelectElement,
)

from bot.bridges.emoji import write_emoji
from bot.bridges.zones import ZoneChoice
from bot.i18n import LANGUAGES, Texts
from bot.ids import Action, Field, View
from bot.messages.common import comma, field, message, modal, mrkdwn, option
from bot.slacktext import inert_mrkdwn
from storage.bridges import DEFAULT_THRESHOLD, Bridge
from storage.meetings import Group

NAME_LIMIT: Final = 80
MOST_LISTED: Final = 90  # bridges in the list; a form takes 100 blocks
MOST_GROUPS: Final = 80  # of a menu's 100 options
# Who is marketing: what the form's choice says.
ALL_MEMBERS: Final = "members"
NAMED: Final = "named"
_SECTION: Final = 2800  # characters; Slack takes 3,000
# Languages are called by their own names everywhere.
LANGUAGE_NAMES: Final = {"en": "English", "ru": "Русский"}

ChannelState = Literal["in", "joining", "invite"]


@dataclass(frozen=True)
class FormStart:
    """What a bridge's form opens with."""

    bridge: Bridge | None  # None: a new one
    zone: ZoneChoice
    language: str
    flag_emoji: tuple[str, ...]
    chooses_managers: bool  # else they are only shown
    may_create: bool
    shows_shared: bool  # a channel of the bridge is shared with another organisation already
    metadata: str
    groups: Sequence[Group] = ()  # the workspace's user groups, where its plan has them


def bridge_form(_: Texts, start: FormStart) -> dict[str, Any]:
    """The form of one bridge."""
    bridge = start.bridge
    blocks: list[Block] = [
        field(
            Field.NAME,
            _("Name"),
            PlainTextInputElement(
                action_id=Field.NAME,
                initial_value=bridge.name if bridge else None,
                max_length=NAME_LIMIT,
                placeholder=_("For example: EMEA"),
            ),
        ),
        *_channel_fields(_, start),
        field(
            Field.TIME_ZONE,
            _("Time zone"),
            ExternalDataSelectElement(
                action_id=Action.TIME_ZONE,
                initial_option=option(start.zone.label, start.zone.name),
                min_query_length=0,
                placeholder=_("City, country or +3"),
            ),
        ),
        field(Field.LANGUAGE, _("Language of its posts"), _language_select(start.language)),
        field(
            Field.EMOJI,
            _("Flag emoji"),
            PlainTextInputElement(
                action_id=Field.EMOJI, initial_value=write_emoji(start.flag_emoji), max_length=500
            ),
            hint=_(
                "A reaction with one of these turns a message into an insight. "
                "Each category has its own emoji besides."
            ),
        ),
        _threshold(_, bridge),
        *_marketers(_, bridge, start.groups),
        *_managers(_, start),
        *_buttons(_, start),
    ]
    title = _("Bridge") if bridge else _("New bridge")
    return modal(
        View.BRIDGE,
        title,
        blocks,
        submit=_("Save"),
        close=_("Cancel"),
        private_metadata=start.metadata,
    )


def _channel_fields(_: Texts, start: FormStart) -> list[Block]:
    bridge = start.bridge
    # A filter must not hide what stands in the field already.
    wanted = ConversationFilter(
        include=["public", "private"],
        exclude_bot_users=True,
        exclude_external_shared_channels=not start.shows_shared,
    )
    return [
        field(
            Field.SALES,
            _("Sales channels"),
            ConversationMultiSelectElement(
                action_id=Field.SALES,
                filter=wanted,
                initial_conversations=list(bridge.sales_channel_ids) if bridge else None,
                placeholder=_("Where sales people talk"),
            ),
            hint=_("What is flagged there is shown in the marketing channel."),
        ),
        field(
            Field.MARKETING,
            _("Marketing channel"),
            ConversationSelectElement(
                action_id=Field.MARKETING,
                filter=wanted,
                initial_conversation=bridge.marketing_channel_id if bridge else None,
                placeholder=_("Where the digest is posted"),
            ),
        ),
    ]


def _language_select(chosen: str) -> StaticSelectElement:
    options = {language: option(LANGUAGE_NAMES[language], language) for language in LANGUAGES}
    return StaticSelectElement(
        action_id=Field.LANGUAGE, options=list(options.values()), initial_option=options[chosen]
    )


def _threshold(_: Texts, bridge: Bridge | None) -> Block:
    element = PlainTextInputElement(
        action_id=Field.THRESHOLD,
        initial_value=str(bridge.card_threshold if bridge else DEFAULT_THRESHOLD),
        max_length=3,
    )
    hint = _(
        "So many people who flag the same bring it into the marketing channel at once, as urgent ones do."
    )
    return field(Field.THRESHOLD, _("Show at once from this many people"), element, hint=hint)


def _marketers(_: Texts, bridge: Bridge | None, groups: Sequence[Group]) -> list[Block]:
    named = bridge.marketers if bridge else None
    choices = {
        ALL_MEMBERS: option(_("All members of the marketing channel"), ALL_MEMBERS),
        NAMED: option(_("Only those named below"), NAMED),
    }
    chosen = choices[ALL_MEMBERS if named is None else NAMED]
    by = RadioButtonsElement(
        action_id=Field.MARKETING_BY, options=list(choices.values()), initial_option=chosen
    )
    people = UserMultiSelectElement(
        action_id=Field.MARKETERS, initial_users=list(named.people) or None if named else None
    )
    hint = _("They count while they are members of the marketing channel. Guests never do.")
    blocks: list[Block] = [
        field(
            Field.MARKETING_BY,
            _("Who is marketing"),
            by,
            hint=_("They triage, plan activities, ask sales and export."),
        ),
        field(Field.MARKETERS, _("People of marketing"), people, optional=True, hint=hint),
    ]
    # A group that is gone since stays in the form, so that it can be seen and taken out.
    handles = {one.group_id: f"@{one.handle}" for one in groups[:MOST_GROUPS]}
    handles |= {one: handles.get(one, _("a group that is gone")) for one in (named.groups if named else ())}
    if handles:
        options = {one: option(handle, one) for one, handle in handles.items()}
        initial = [options[one] for one in (named.groups if named else ())]
        element = StaticMultiSelectElement(
            action_id=Field.MARKETER_GROUPS, options=list(options.values()), initial_options=initial or None
        )
        blocks.append(field(Field.MARKETER_GROUPS, _("Groups of marketing"), element, optional=True))
    return blocks


def _managers(_: Texts, start: FormStart) -> list[Block]:
    managers = start.bridge.manager_ids if start.bridge else ()
    if start.chooses_managers:
        element = UserMultiSelectElement(action_id=Field.MANAGERS, initial_users=list(managers) or None)
        hint = _(
            "They may change this bridge and its digest, and make new bridges. Workspace admins always may."
        )
        return [field(Field.MANAGERS, _("Managers"), element, optional=True, hint=hint)]
    if not managers:
        return []
    shown = comma(f"<@{user}>" for user in managers[:20])
    text = _("Managers: {people}. Workspace admins choose them.", people=shown)
    return [ContextBlock(elements=[MarkdownTextObject(text=text)])]


def _buttons(_: Texts, start: FormStart) -> list[Block]:
    bridge = start.bridge
    if bridge is None:
        return []
    buttons = [
        _button(Action.BRIDGE_CATEGORIES, _("Categories…"), str(bridge.id)),
        _button(Action.BRIDGE_LISTS, _("Names…"), str(bridge.id)),
        _button(Action.BRIDGE_DIGEST, _("Digest schedule…"), str(bridge.id)),
        _button(Action.BRIDGE_REPORT, _("Report to sales…"), str(bridge.id)),
        _button(Action.BRIDGE_LIFETIME, _("Lifetime…"), str(bridge.id)),
    ]
    if start.may_create:
        buttons.append(_button(Action.BRIDGE_NEW, _("New bridge…"), "new"))
    return [ActionsBlock(elements=buttons)]


def _button(action: Action, label: str, value: str) -> ButtonElement:
    return ButtonElement(action_id=action, text=PlainTextObject(text=label), value=value)


def bridge_list(_: Texts, bridges: Sequence[Bridge], *, may_create: bool) -> dict[str, Any]:
    """The bridges that a person may change, each with its button."""
    blocks: list[Block] = [_line(_, bridge) for bridge in bridges[:MOST_LISTED]]
    if len(bridges) > MOST_LISTED:
        more = _.plural(
            "…and {n} more bridge. Type `/frontline setup` in one of its channels to find it first here.",
            "…and {n} more bridges. Type `/frontline setup` in a channel of the one you want "
            "to find it first here.",
            len(bridges) - MOST_LISTED,
        )
        blocks.append(mrkdwn(more))
    if may_create:
        blocks.append(ActionsBlock(elements=[_button(Action.BRIDGE_NEW, _("New bridge…"), "new")]))
    return modal(View.BRIDGES, _("Bridges"), blocks, close=_("Close"))


def _line(_: Texts, bridge: Bridge) -> SectionBlock:
    sales = [f"<#{channel}>" for channel in bridge.sales_channel_ids]
    shown = sales[:20] + (["…"] if len(sales) > 20 else [])
    text = f"*{inert_mrkdwn(bridge.name, {}, 200)}*\n{comma(shown)} → <#{bridge.marketing_channel_id}>"
    return mrkdwn(text, accessory=_button(Action.BRIDGE_EDIT, _("Edit"), str(bridge.id)))


def bridge_saved(
    _: Texts, name: str, states: Sequence[tuple[str, ChannelState]], *, is_new: bool
) -> dict[str, Any]:
    """What became of a saved form, channel by channel."""
    shown = inert_mrkdwn(name, {}, 200)
    if is_new:
        lines = [_("The bridge *{name}* is ready.", name=shown)]
    else:
        lines = [_("The bridge *{name}* is saved.", name=shown)]
    lines += [_channel_line(_, channel_id, state) for channel_id, state in states]
    if any(state == "joining" for _channel, state in states):
        lines.append(_("If I can't join a channel, I will tell you in a direct message what to do."))
    if is_new:
        lines.append(_("Its digest comes every Monday at 09:00; you can change that in the bridge's form."))
    return modal(View.NOTICE, "Frontline", [mrkdwn(text) for text in pages(lines)], close=_("Close"))


def _channel_line(_: Texts, channel_id: str, state: ChannelState) -> str:
    shown = f"<#{channel_id}>"
    if state == "in":
        return _("• in {channel} ✓", channel=shown)
    if state == "joining":
        return _("• joining {channel} …", channel=shown)
    return _("• {channel} is private: please type `/invite @Frontline` there", channel=shown)


def pages(lines: Iterable[str]) -> list[str]:
    """The lines, joined to as few paragraphs as Slack's limit of a section allows."""
    found: list[str] = []
    for line in lines:
        if found and len(found[-1]) + 1 + len(line) <= _SECTION:
            found[-1] += "\n" + line
        else:
            found.append(line)
    return found


def could_not_join(_: Texts, channel_id: str, code: str) -> dict[str, Any]:
    """Why Frontline is not in a channel that it should be in, and what to do about it."""
    shown = f"<#{channel_id}>"
    if code == "is_archived":
        text = _(
            "I can't join {channel}: it is archived. Unarchive it, or take it out of the bridge in "
            "`/frontline setup`.",
            channel=shown,
        )
    elif code in {"channel_not_found", "method_not_supported_for_channel_type"}:
        text = _(
            "I can't join {channel} by myself: it is private. Please type `/invite @Frontline` there; "
            "until then nothing can be flagged or posted in it.",
            channel=shown,
        )
    else:
        text = _(
            "I can't join {channel}: Slack refused with “{code}”. Please type `/invite @Frontline` there; "
            "until then nothing can be flagged or posted in it.",
            channel=shown,
            code=code,
        )
    return message(_("I could not join a channel of a bridge."), [mrkdwn(text)])
