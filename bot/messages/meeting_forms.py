"""The forms about one meeting, its minutes and its action items. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from slack_sdk.models.blocks import (
    Block,
    ContextBlock,
    DatePickerElement,
    InputBlock,
    PlainTextInputElement,
    StaticSelectElement,
    TimePickerElement,
    UserMultiSelectElement,
    UserSelectElement,
)
from slack_sdk.models.blocks.basic_components import MarkdownTextObject

from bot import slacktext
from bot.gestures import FormState
from bot.i18n import Texts
from bot.ids import Field, View
from bot.meetings.meeting import CANCEL, MOVE, SKIP, Meeting
from bot.messages.common import field, modal, mrkdwn, option
from bot.messages.meeting_agenda import item_line
from bot.messages.meetings import title, when
from storage.actions import ActionItem
from storage.meetings import Minutes

HELD: Final = "held"
SKIPPED: Final = "skipped"
MOVED: Final = "moved"
OUTCOMES: Final = (HELD, SKIPPED, MOVED)
MOST_INPUT: Final = 3000


def suggest_form(_: Texts, meeting: Meeting) -> dict[str, Any]:
    """Another time, in fields or in words."""
    blocks = [
        mrkdwn(_about(_, meeting)),
        *_moment(_, meeting, None),
        _words(_("When would it suit you?"), Field.MEETING_REASON, most=1000, optional=True),
    ]
    return modal(
        View.MEETING_SUGGEST,
        _("Another time"),
        blocks,
        submit=_("Send"),
        close=_("Cancel"),
        private_metadata=str(meeting.id),
    )


def one_form(_: Texts, meeting: Meeting, suggested: datetime | None) -> dict[str, Any]:
    """Move, skip or cancel one meeting."""
    choices = {
        MOVE: _("Move it"),
        SKIP: _("Skip it this time"),
        CANCEL: _("Cancel it"),
    }
    options = {what: option(text, what) for what, text in choices.items()}
    blocks: list[Block] = [
        mrkdwn(_about(_, meeting)),
        field(
            Field.MEETING_WHAT,
            _("What is to happen?"),
            StaticSelectElement(
                action_id=Field.MEETING_WHAT,
                options=list(options.values()),
                initial_option=options[MOVE],
            ),
            hint=_("A skipped meeting counts in how regular the meetings are, a cancelled one does not."),
        ),
        *_moment(_, meeting, suggested or meeting.starts_at),
        _words(_("Reason"), Field.MEETING_REASON, most=500, optional=True),
    ]
    return modal(
        View.MEETING_ONE,
        _("This meeting"),
        blocks,
        submit=_("Save"),
        close=_("Cancel"),
        private_metadata=str(meeting.id),
    )


def _about(_: Texts, meeting: Meeting) -> str:
    return f"*{title(meeting)}* · {when(_, meeting.starts_at, meeting.bridge.time_zone)}"


def _moment(_: Texts, meeting: Meeting, chosen: datetime | None) -> list[InputBlock]:
    zone = meeting.bridge.time_zone
    local = chosen.astimezone(ZoneInfo(zone)) if chosen else None
    at = local or meeting.starts_at.astimezone(ZoneInfo(zone))
    return [
        field(
            Field.MEETING_DATE,
            _("New day"),
            DatePickerElement(
                action_id=Field.MEETING_DATE, initial_date=local.date().isoformat() if local else None
            ),
            optional=True,
            hint=_("Only where it moves"),
        ),
        field(
            Field.TIME,
            _("New time"),
            TimePickerElement(action_id=Field.TIME, initial_time=at.strftime("%H:%M")),
            optional=True,
            hint=_("Local time of the bridge: {zone}", zone=zone),
        ),
    ]


# --- minutes -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Typed:
    """What stands in the minutes' form."""

    revision: str  # of the minutes on which it was opened
    outcome: str | None
    present: tuple[str, ...]
    decisions: str
    items: str
    notes: str

    def block(self, name: Field) -> str:
        """A field's block id: Slack keeps what stands in a field of the same id when it replaces a form."""
        return f"{name}-{self.revision}"


@dataclass(frozen=True)
class MinutesStart:
    """What the minutes' form shows."""

    meeting: Meeting
    minutes: Minutes | None  # as they are stored
    items: Sequence[ActionItem]
    names: Mapping[str, str]
    expected: Sequence[str]  # who was to come
    typed: Typed | None = None  # what was written while somebody else saved


def read_minutes(form: FormState, revision: str) -> Typed:
    """What was filled in."""

    def name(block: Field) -> str:
        return f"{block}-{revision}"

    return Typed(
        revision=revision,
        outcome=form.option(Field.MEETING_WHAT),
        present=tuple(dict.fromkeys(form.many(name(Field.MEETING_PRESENT)))),
        decisions=form.text(name(Field.MEETING_DECISIONS)) or "",
        items=form.text(name(Field.MEETING_ITEMS)) or "",
        notes=form.text(name(Field.MEETING_NOTES)) or "",
    )


def minutes_form(_: Texts, start: MinutesStart) -> dict[str, Any]:
    """Held, skipped or moved; who was there, what was decided, who does what until when."""
    meeting, stored = start.meeting, start.minutes
    shown = _merged(start)
    choices = {HELD: _("It was held"), SKIPPED: _("It was skipped"), MOVED: _("It was moved")}
    options = {what: option(text, what) for what, text in choices.items()}
    blocks: list[Block] = [mrkdwn(_about(_, meeting))]
    if start.typed is not None and stored is not None:
        who = slacktext.inert_mrkdwn(start.names.get(stored.recorded_by, ""), {}, 60) or _("Somebody")
        warning = _(
            "{person} has saved minutes meanwhile. Both versions stand below; put them in order "
            "and save again.",
            person=who,
        )
        blocks.append(mrkdwn(":warning: " + warning))
    blocks += [
        field(
            Field.MEETING_WHAT,
            _("How did it go?"),
            StaticSelectElement(
                action_id=Field.MEETING_WHAT,
                options=list(options.values()),
                initial_option=options.get(shown.outcome or HELD, options[HELD]),
            ),
        ),
        field(
            shown.block(Field.MEETING_PRESENT),
            _("Who was there"),
            UserMultiSelectElement(
                action_id=Field.MEETING_PRESENT, initial_users=list(shown.present)[:50] or None
            ),
            optional=True,
        ),
        _words(_("Decisions"), Field.MEETING_DECISIONS, shown.decisions, shown=shown, optional=True),
        *_known_items(_, start),
        _words(
            _("Action items") if not start.items else _("Further action items"),
            Field.MEETING_ITEMS,
            shown.items,
            shown=shown,
            optional=True,
            hint=_("One a line, as in: @anna by Friday: price list"),
        ),
        _words(_("Notes"), Field.MEETING_NOTES, shown.notes, shown=shown, optional=True),
    ]
    if stored is None:
        blocks += _moment(_, meeting, None)
    return modal(
        View.MEETING_MINUTES,
        _("Minutes"),
        blocks,
        submit=_("Save"),
        close=_("Cancel"),
        private_metadata=f"{meeting.id}:{shown.revision}",
    )


def _merged(start: MinutesStart) -> Typed:
    """The stored minutes, and what she has typed beside them."""
    stored, typed = start.minutes, start.typed
    known = Typed(
        revision=str(stored.revision if stored else 0),
        outcome=HELD,
        present=tuple(stored.present if stored else start.expected),
        decisions=slacktext.plain(stored.decisions, {}) if stored else "",
        items="",
        notes=slacktext.plain(stored.notes, {}) if stored else "",
    )
    if typed is None:
        return known
    return Typed(
        revision=known.revision,
        outcome=typed.outcome,
        present=tuple(dict.fromkeys([*known.present, *typed.present])),
        decisions=_both(known.decisions, typed.decisions),
        items=typed.items,
        notes=_both(known.notes, typed.notes),
    )


def _both(stored: str, typed: str) -> str:
    """Both texts, each line once."""
    known = {line.strip() for line in stored.splitlines()}
    added = [line for line in typed.splitlines() if line.strip() and line.strip() not in known]
    return "\n".join([stored, *added]).strip()


def _known_items(_: Texts, start: MinutesStart) -> list[Block]:
    if not start.items:
        return []
    lines = [f"• {item_line(_, one, start.names, one.created_at.date())}" for one in start.items]
    text = _("Recorded already; they are changed with their own buttons:") + "\n" + "\n".join(lines)
    return [ContextBlock(elements=[MarkdownTextObject(text=slacktext.shorten(text, 2900), verbatim=True)])]


def _words(
    label: str,
    name: Field,
    value: str = "",
    *,
    shown: Typed | None = None,
    most: int = MOST_INPUT,
    optional: bool = False,
    hint: str | None = None,
) -> InputBlock:
    element = PlainTextInputElement(
        action_id=name, multiline=True, max_length=most, initial_value=value[:most] or None
    )
    block_id = shown.block(name) if shown else name
    return field(block_id, label, element, optional=optional, hint=hint)


# --- action items ------------------------------------------------------------------------------------------

LATER: Final = "later"
HAND_OVER: Final = "hand_over"
DROP: Final = "drop"


def item_form(_: Texts, item: ActionItem, kind: str, today: date) -> dict[str, Any]:
    """*Later*, *Hand over* or *Drop*."""
    about: list[Block] = [mrkdwn(slacktext.inert_mrkdwn(item.text, {}, 500))]
    buttons = {"submit": _("Save"), "close": _("Cancel"), "private_metadata": str(item.id)}
    if kind == LATER:
        day = max(item.due_on or today, today).isoformat()
        due = DatePickerElement(action_id=Field.ITEM_DUE, initial_date=day)
        fields = [*about, field(Field.ITEM_DUE, _("By when?"), due)]
        return modal(View.ACTION_LATER, _("Later"), fields, **buttons)
    if kind == HAND_OVER:
        owner = UserSelectElement(action_id=Field.ITEM_OWNER)
        fields = [*about, field(Field.ITEM_OWNER, _("Who takes it over?"), owner)]
        return modal(View.ACTION_HAND_OVER, _("Hand over"), fields, **buttons)
    fields = [*about, _words(_("Why?"), Field.MEETING_REASON, most=500)]
    return modal(View.ACTION_DROP, _("Drop"), fields, **buttons)
