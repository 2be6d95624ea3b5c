"""What a bridge's form may hold: every fault is told at once, beside its field."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from bot.bridges.categories import category_name, default_categories
from bot.bridges.emoji import read_emoji
from bot.bridges.zones import zone_names
from bot.errors import FormError
from bot.gestures import FormState
from bot.i18n import LANGUAGES, N_, Message
from bot.ids import Field
from bot.insights.rules import CONFIRMATION
from bot.messages.bridges import ALL_MEMBERS, NAME_LIMIT, NAMED
from bot.workspace.access import Viewer, is_colleague
from storage import meetings, workspace
from storage.bridges import Bridge, BridgeValues, Marketers
from storage.workspace import Channel, Person

MOST_THRESHOLD: Final = 999


@dataclass(frozen=True)
class BridgeAnswers:
    """A bridge's form as it was filled in."""

    name: str
    sales: tuple[str, ...]
    marketing: str | None
    zone: str | None
    language: str | None
    emoji: str
    managers: tuple[str, ...]
    threshold: str | None
    marketing_by: str | None
    marketers: Marketers

    @property
    def channels(self) -> tuple[str, ...]:
        """All of the bridge's channels, the marketing channel last."""
        return tuple(dict.fromkeys([*self.sales, *([self.marketing] if self.marketing else [])]))


def read_answers(form: FormState) -> BridgeAnswers:
    return BridgeAnswers(
        name=" ".join((form.text(Field.NAME) or "").split()),
        sales=tuple(dict.fromkeys(form.many(Field.SALES))),
        marketing=form.picked(Field.MARKETING),
        zone=form.option(Field.TIME_ZONE),
        language=form.option(Field.LANGUAGE),
        emoji=form.text(Field.EMOJI) or "",
        managers=tuple(dict.fromkeys(form.many(Field.MANAGERS))),
        threshold=form.text(Field.THRESHOLD),
        marketing_by=form.option(Field.MARKETING_BY),
        marketers=Marketers(
            tuple(dict.fromkeys(form.many(Field.MARKETERS))),
            tuple(dict.fromkeys(form.options(Field.MARKETER_GROUPS))),
        ),
    )


@dataclass(frozen=True)
class Check:
    """The answers, beside all that decides whether they can stand."""

    answers: BridgeAnswers
    bridge: Bridge | None  # None: a new one
    who: Viewer
    channels: dict[str, Channel]  # those of the answers that are known

    @property
    def others(self) -> tuple[Bridge, ...]:
        return tuple(one for one in self.who.bridges if self.bridge is None or one.id != self.bridge.id)

    def is_new_here(self, channel_id: str) -> bool:
        bridge = self.bridge
        return bridge is None or channel_id not in {*bridge.sales_channel_ids, bridge.marketing_channel_id}

    def shown(self, channel_id: str) -> str:
        """`#name`, where the person may know it."""
        channel = self.channels.get(channel_id)
        return f"#{channel.name}" if channel and channel.name and not self.is_hidden(channel_id) else "#…"

    def is_hidden(self, channel_id: str) -> bool:
        """Whether this is a private channel whose members are known and don't include her."""
        channel = self.channels.get(channel_id)
        return bool(
            channel and channel.is_private and channel.is_member and channel_id not in self.who.channel_ids
        )


def checked(
    connection: Connection, team_id: str, who: Viewer, bridge: Bridge | None, answers: BridgeAnswers
) -> BridgeValues:
    """The answers as values. Raises FormError with every fault."""
    found = ((one, workspace.channel(connection, team_id, one)) for one in answers.channels)
    check = Check(answers, bridge, who, {one: channel for one, channel in found if channel})
    faults = {
        Field.NAME: _name(check),
        Field.SALES: _sales(check),
        Field.MARKETING: _marketing(check),
        Field.TIME_ZONE: None if answers.zone in zone_names() else N_("Choose a time zone of the list."),
        Field.LANGUAGE: None if answers.language in LANGUAGES else N_("Choose a language of the list."),
        Field.EMOJI: _emoji(check),
        Field.MANAGERS: _managers(connection, team_id, check),
        Field.THRESHOLD: _threshold(answers.threshold),
        Field.MARKETING_BY: _marketing_by(answers),
        Field.MARKETERS: _marketers(connection, team_id, check),
        Field.MARKETER_GROUPS: _groups(connection, team_id, answers),
    }
    told = {str(block): fault for block, fault in faults.items() if fault is not None}
    if told:
        raise FormError(told)
    assert answers.marketing is not None
    assert answers.zone is not None
    assert answers.language is not None
    assert answers.threshold is not None
    return BridgeValues(
        name=answers.name,
        marketing_channel_id=answers.marketing,
        time_zone=answers.zone,
        language=answers.language,
        flag_emoji=read_emoji(answers.emoji).names,
        sales_channel_ids=answers.sales,
        manager_ids=_managers_to_be(check),
        card_threshold=int(answers.threshold),
        marketers=answers.marketers if answers.marketing_by == NAMED else None,
    )


def _name(check: Check) -> Message | None:
    name = check.answers.name
    if not name:
        return N_("Give the bridge a name.")
    if len(name) > NAME_LIMIT:
        return N_("At most {limit} characters, please.", limit=NAME_LIMIT)
    if name.casefold() in {other.name.casefold() for other in check.others}:
        return N_("Another bridge has this name already.")
    return None


def _sales(check: Check) -> Message | None:
    if not check.answers.sales:
        return N_("Choose at least one sales channel.")
    fault = _first(_unusable(check, channel) for channel in check.answers.sales)
    if fault:
        return fault
    for other in check.others:
        for channel in check.answers.sales:
            if channel in other.sales_channel_ids:
                return N_(
                    "{channel} belongs to the bridge “{bridge}” already; take it out there first.",
                    channel=check.shown(channel),
                    bridge=other.name,
                )
    return None


def _marketing(check: Check) -> Message | None:
    marketing = check.answers.marketing
    if marketing is None:
        return N_("Choose the marketing channel.")
    if marketing in check.answers.sales:
        return N_("The marketing channel can't be one of the sales channels.")
    channel = check.channels.get(marketing)
    if channel and channel.is_shared and not check.is_hidden(marketing):
        return N_(
            "{channel} is shared with another organisation, whose people would read what your sales hear. "
            "Choose another.",
            channel=check.shown(marketing),
        )
    return _unusable(check, marketing)


def _unusable(check: Check, channel_id: str) -> Message | None:
    channel = check.channels.get(channel_id)
    if not channel_id.startswith(("C", "G")) or (channel and channel.is_direct):
        return N_("Choose channels, not direct messages.")
    if check.is_hidden(channel_id) and check.is_new_here(channel_id):
        return N_("A private channel can be bridged by its members only.")
    if channel and channel.is_archived:
        return N_("{channel} is archived: unarchive it, or take it out.", channel=check.shown(channel_id))
    return None


def _emoji(check: Check) -> Message | None:
    read = read_emoji(check.answers.emoji)
    if read.wrong:
        return N_("“{text}” is not the name of an emoji; write it like :bulb:.", text=read.wrong[0][:60])
    if not read.names:
        return N_("Give at least one emoji, such as :bulb:.")
    if CONFIRMATION in read.names:
        return N_(":{emoji}: is Frontline's own sign; choose another.", emoji=CONFIRMATION)
    kinds = check.bridge.active_categories if check.bridge else default_categories()
    for kind in kinds:
        if kind.emoji in read.names:
            return N_(
                ":{emoji}: belongs to the category “{category}” already.",
                emoji=kind.emoji,
                category=category_name(kind, check.who.texts),
            )
    return None


def _marketing_by(answers: BridgeAnswers) -> Message | None:
    if answers.marketing_by == ALL_MEMBERS:
        return None
    if answers.marketing_by != NAMED:
        return N_("Choose who is marketing.")
    if answers.marketers == Marketers():
        return N_("Name at least one person or group, or choose all members.")
    return None


def _marketers(connection: Connection, team_id: str, check: Check) -> Message | None:
    answers = check.answers
    if answers.marketing_by == ALL_MEMBERS:
        if answers.marketers == Marketers():
            return None
        return N_("All members are chosen above: choose “Only those named below”, or empty this list.")
    for user_id in answers.marketers.people:
        fault = _unfit(workspace.person(connection, team_id, user_id)) or _not_there(
            connection, team_id, check, user_id
        )
        if fault:
            return fault
    return None


def _not_there(connection: Connection, team_id: str, check: Check, user_id: str) -> Message | None:
    """Where Frontline is in the marketing channel, it knows who else is."""
    marketing = check.answers.marketing or ""
    channel = check.channels.get(marketing)
    if channel is None or not channel.is_member or check.is_hidden(marketing):
        return None
    if workspace.members_among(connection, team_id, marketing, [user_id]):
        return None
    return N_(
        "{name} is not in {channel}: only its members see what the bridge yields. Invite them first.",
        name=workspace.names(connection, team_id, [user_id]).get(user_id, user_id),
        channel=check.shown(marketing),
    )


def _unfit(person: Person | None) -> Message | None:
    """Why that person can hold no right."""
    if person is None:
        return N_("One of these people is not known yet; try again in a minute.")
    if person.is_deleted:
        return N_("The account of {name} is deactivated.", name=person.name)
    if not is_colleague(person):
        return N_("{name} can't: only full members of this workspace can.", name=person.name)
    return None


def _groups(connection: Connection, team_id: str, answers: BridgeAnswers) -> Message | None:
    if answers.marketing_by == ALL_MEMBERS or not answers.marketers.groups:
        return None
    known = {one.group_id for one in meetings.groups(connection, team_id)}
    return None if known.issuperset(answers.marketers.groups) else N_("One of these groups no longer exists.")


def _managers(connection: Connection, team_id: str, check: Check) -> Message | None:
    for user_id in _managers_to_be(check):
        person = workspace.person(connection, team_id, user_id)
        fault = _unfit(person)
        if fault and check.who.is_admin:
            return fault
    return None


def _managers_to_be(check: Check) -> tuple[str, ...]:
    """Admins choose; a manager leaves them as they are, and manages what she makes."""
    if check.who.is_admin:
        return check.answers.managers
    return check.bridge.manager_ids if check.bridge else (check.who.user_id,)


def _threshold(text: str | None) -> Message | None:
    if text is not None and text.isascii() and text.isdecimal() and 1 < int(text) <= MOST_THRESHOLD:
        return None
    return N_("Write a number from 2 to {most}.", most=MOST_THRESHOLD)


def _first(faults: Iterable[Message | None]) -> Message | None:
    return next((fault for fault in faults if fault is not None), None)
