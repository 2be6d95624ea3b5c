"""What is said about erasing: forms with a preview, what stands where something was, the record. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextBlock,
    HeaderBlock,
    StaticSelectElement,
)
from slack_sdk.models.blocks.basic_components import MarkdownTextObject
from slack_sdk.models.blocks.block_elements import PlainTextInputElement, UserSelectElement

from bot import slacktext
from bot.i18n import Texts
from bot.ids import Action, Field, View
from bot.messages.common import field, home, message, modal, mrkdwn, option
from storage.bridges import Bridge
from storage.erasure import INSIGHT, LIFETIME, PERSON, Erasure, Lifetime

MOST_ENTRIES: Final = 5  # of the record, in the home tab
NAME: Final = 80


def erased_words(_: Texts) -> str:
    """What stands in a post in place of an insight that was erased."""
    return _("Erased.")


def nothing_here(_: Texts) -> dict[str, Any]:
    """The home tab of a person who was erased, until she opens it again."""
    return home([mrkdwn(_("Nothing of you is stored any more."))])


# --- kinds of things, counted ------------------------------------------------------------------------------


def gone_lines(_: Texts, counts: Mapping[str, int]) -> list[str]:
    """What goes, a line each; kinds of which there is none are left out."""
    n = Counter(counts)
    said = {
        "insights": _.plural("{n} insight with its text", "{n} insights with their text", n["insights"]),
        "history": _.plural("{n} entry of its history", "{n} entries of their history", n["history"]),
        "reports": _.plural(
            "{n} insight loses its reporter and stays",
            "{n} insights lose their reporter and stay",
            n["reports"],
        ),
        "supports": _.plural(
            "{n} record of who supported an insight", "{n} records of who supported an insight", n["supports"]
        ),
        "themes": _.plural("{n} place in a theme", "{n} places in themes", n["themes"]),
        "activities": _.plural("{n} link to an activity", "{n} links to activities", n["activities"]),
        "topics": _.plural("{n} topic of a meeting", "{n} topics of meetings", n["topics"]),
        "answers": _.plural("{n} answer to a meeting", "{n} answers to meetings", n["answers"]),
        "items": _.plural("{n} action item", "{n} action items", n["items"]),
        "words": _.plural("{n} answer about an activity", "{n} answers about activities", n["words"]),
        "messages": _.plural("{n} direct message of mine", "{n} direct messages of mine", n["messages"]),
        "posts": _.plural(
            "{n} post of mine that is deleted or rewritten",
            "{n} posts of mine that are deleted or rewritten",
            n["posts"],
        ),
    }
    return [line for kind, line in said.items() if n[kind]]


def stay_lines(_: Texts, counts: Mapping[str, int]) -> list[str]:
    """What stays, without the person's name."""
    n = Counter(counts)
    said = {
        "minutes_stay": _.plural("minutes of {n} meeting", "minutes of {n} meetings", n["minutes_stay"]),
        "questions_stay": _.plural("{n} question to sales", "{n} questions to sales", n["questions_stay"]),
        "activities_stay": _.plural("{n} activity", "{n} activities", n["activities_stay"]),
        "entries_stay": _.plural("{n} entry of a ledger", "{n} entries of ledgers", n["entries_stay"]),
    }
    return [line for kind, line in said.items() if n[kind]]


# --- forms -------------------------------------------------------------------------------------------------


def erase_form(_: Texts, *, people: bool) -> dict[str, Any]:
    """Asks what is to be erased. `people`: whether whole persons may be."""
    number = PlainTextInputElement(action_id=Field.ERASE_NUMBER, max_length=12, placeholder="#142")
    blocks: list[Block] = [
        mrkdwn(_("What is erased is gone for good. Before anything happens you see what would go.")),
        field(Field.ERASE_NUMBER, _("Number of an insight"), number, optional=True),
    ]
    if people:
        person = UserSelectElement(action_id=Field.ERASE_PERSON)
        hint = _("All that she wrote and did goes; what others wrote stays without her.")
        blocks.append(field(Field.ERASE_PERSON, _("Or a person"), person, optional=True, hint=hint))
    return modal(View.ERASE, _("Erase"), blocks, submit=_("Next"), close=_("Cancel"))


@dataclass(frozen=True)
class Preview:
    """What would go: of an insight, or of a person by her name."""

    number: int | None
    name: str
    counts: Mapping[str, int]
    word: str  # to be typed
    metadata: str
    has_changed: bool = False


def confirm_word(_: Texts) -> str:
    """What must be typed so that something is erased."""
    return _("ERASE")


def preview_form(_: Texts, preview: Preview) -> dict[str, Any]:
    """What goes and what stays, and the word that confirms it."""
    blocks: list[Block] = []
    if preview.has_changed:
        blocks.append(mrkdwn(":warning: " + _("What would go has changed meanwhile; look again.")))
    if preview.number is not None:
        head = _(
            "*Insight #{number}* goes for good, from every place where it stands:", number=preview.number
        )
    else:
        name = slacktext.inert_mrkdwn(preview.name, {}, NAME)
        head = _("*{name}* goes for good, from every place where she or he stands:", name=name)
    lines = gone_lines(_, preview.counts)
    if preview.number is None:
        lines.append(_("settings, rights and what is known of her or him from Slack"))
    else:
        lines.append(_("its words in the search index and in names of themes"))
    blocks.append(mrkdwn("\n".join([head, *(f"• {line}" for line in lines)])))
    if stays := stay_lines(_, preview.counts):
        text = _("What was set up or recorded for the company stays, without the name:")
        blocks.append(mrkdwn("\n".join([text, *(f"• {line}" for line in stays)])))
    note = _(
        "Messages that people wrote in Slack, files that were sent already, and backups are not reached. "
        "A record remains of who erased when and how much, without any text."
    )
    blocks.append(ContextBlock(elements=[MarkdownTextObject(text=note)]))
    typed = PlainTextInputElement(action_id=Field.CONFIRM, max_length=20, placeholder=preview.word)
    blocks.append(field(Field.CONFIRM, _("To confirm, write {word}", word=preview.word), typed))
    return modal(
        View.ERASE_PREVIEW,
        _("Erase for good?"),
        blocks,
        submit=_("Erase for good"),
        close=_("Cancel"),
        private_metadata=preview.metadata,
    )


def insight_is_erased(_: Texts, number: int) -> str:
    return _("#{number} is erased. My posts follow within a minute.", number=number)


def person_is_being_erased(_: Texts) -> str:
    return _("It is being erased now. I tell you in a direct message when that is done.")


def person_is_erased(_: Texts, counts: Mapping[str, int]) -> dict[str, Any]:
    """To whoever let a person be erased: without her name."""
    text = _("The person is erased. My posts follow within some minutes.")
    lines = [f"• {line}" for line in gone_lines(_, counts)]
    return message(text, [mrkdwn("\n".join([text, *lines]))])


def own_data_comes(_: Texts) -> str:
    return _("A file with all that is stored of you is on its way, in a direct message.")


def own_data_comment(_: Texts) -> str:
    """Beside the file."""
    return _("All that is stored of you, a line each (JSON Lines). Times are UTC.")


# --- lifetime ----------------------------------------------------------------------------------------------


def lifetime_words(_: Texts, lifetime: Lifetime | None) -> str:
    """«90 days», «18 months», «for ever»."""
    if lifetime is None:
        return _("for ever")
    if lifetime.unit == "days":
        return _.plural("{n} day", "{n} days", lifetime.count)
    return _.plural("{n} month", "{n} months", lifetime.count)


def lifetime_form(_: Texts, bridge: Bridge, lifetime: Lifetime | None) -> dict[str, Any]:
    """How long the bridge keeps its insights; empty: for ever."""
    count = PlainTextInputElement(
        action_id=Field.LIFETIME,
        initial_value=str(lifetime.count) if lifetime else None,
        max_length=5,
        placeholder=_("for ever"),
    )
    units = {"days": option(_("days"), "days"), "months": option(_("months"), "months")}
    unit = StaticSelectElement(
        action_id=Field.LIFETIME_UNIT,
        options=list(units.values()),
        initial_option=units[lifetime.unit if lifetime else "months"],
    )
    name = slacktext.inert_mrkdwn(bridge.name, {}, NAME)
    text = _(
        "*{bridge}*: insights that were passed on longer ago are erased every night, with all copies. "
        "Before anything goes you see how many that are.",
        bridge=name,
    )
    blocks: list[Block] = [
        mrkdwn(text),
        field(
            Field.LIFETIME,
            _("Keep insights for"),
            count,
            optional=True,
            hint=_("Leave it empty to keep them for ever."),
        ),
        field(Field.LIFETIME_UNIT, _("Unit"), unit),
    ]
    return modal(
        View.LIFETIME,
        _("Lifetime"),
        blocks,
        submit=_("Save"),
        close=_("Cancel"),
        private_metadata=str(bridge.id),
    )


def lifetime_preview(
    _: Texts, bridge: Bridge, lifetime: Lifetime, count: int, at: str, metadata: str, *, has_changed: bool
) -> dict[str, Any]:
    """So many insights would go with the next run."""
    blocks: list[Block] = []
    if has_changed:
        blocks.append(mrkdwn(":warning: " + _("What would go has changed meanwhile; look again.")))
    name = slacktext.inert_mrkdwn(bridge.name, {}, NAME)
    time = lifetime_words(_, lifetime)
    many = _.plural(
        "*{n} insight* of “{bridge}” is older than {time}. It is erased for good on {moment}, "
        "with all copies.",
        "*{n} insights* of “{bridge}” are older than {time}. They are erased for good on {moment}, "
        "with all copies.",
        count,
        bridge=name,
        time=time,
        moment=at,
    )
    blocks.append(mrkdwn(many))
    text = _("Until then you can set another lifetime. Backups are not reached.")
    blocks.append(ContextBlock(elements=[MarkdownTextObject(text=text)]))
    word = confirm_word(_)
    typed = PlainTextInputElement(action_id=Field.CONFIRM, max_length=20, placeholder=word)
    blocks.append(field(Field.CONFIRM, _("To confirm, write {word}", word=word), typed))
    return modal(
        View.LIFETIME_PREVIEW,
        _("Lifetime"),
        blocks,
        submit=_("Save"),
        close=_("Cancel"),
        private_metadata=metadata,
    )


def lifetime_saved(_: Texts, bridge: Bridge, lifetime: Lifetime | None) -> str:
    name = slacktext.inert_mrkdwn(bridge.name, {}, NAME)
    if lifetime is None:
        return _("“{bridge}” keeps its insights for ever.", bridge=name)
    return _("“{bridge}” keeps its insights for {time}.", bridge=name, time=lifetime_words(_, lifetime))


# --- the record --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Record:
    """What the home tab says about erasing."""

    entries: Sequence[Erasure]
    names: Mapping[str, str]
    bridges: Mapping[int, str]
    lifetimes: Sequence[tuple[str, Lifetime]]  # bridges that have one, by name
    zone: str


def record(_: Texts, shown: Record) -> list[Block]:
    """The way to erase something, lifetimes, and what was erased last."""
    button = ButtonElement(text=_("Erase…"), action_id=Action.HOME_ERASE, value="erase")
    blocks: list[Block] = [HeaderBlock(text=_("Erasing")), ActionsBlock(elements=[button])]
    lines = []
    for name, lifetime in shown.lifetimes:
        time = lifetime_words(_, lifetime)
        lines.append(
            _(
                "“{bridge}” keeps its insights for {time}.",
                bridge=slacktext.inert_mrkdwn(name, {}, NAME),
                time=time,
            )
        )
    lines += [_entry(_, one, shown) for one in shown.entries[:MOST_ENTRIES]]
    if lines:
        blocks.append(mrkdwn("\n".join(lines)))
    return blocks


def _entry(_: Texts, entry: Erasure, shown: Record) -> str:
    who = slacktext.inert_mrkdwn(shown.names.get(entry.by_user_id or "", ""), {}, NAME)
    bridge = slacktext.inert_mrkdwn(shown.bridges.get(entry.bridge_id or 0, ""), {}, NAME)
    words = {"name": who or _("whoever runs Frontline"), "bridge": bridge}
    said = {
        INSIGHT: _("{name} erased an insight of “{bridge}”", **words),
        PERSON: _("{name} erased a person", **words),
        LIFETIME: _("the lifetime of “{bridge}” ended for some", **words),
    }[entry.kind]
    if entry.finished_at is None:
        said += " " + _("(under way)")
    lines = [f"{_.moment(entry.begun_at, shown.zone)}: {said}", *gone_lines(_, entry.counts)[:4]]
    return "• " + " · ".join(lines)
