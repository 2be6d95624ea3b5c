"""Who a person is to Frontline: her language, her rights, what she may see (promise 7)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from bot.errors import UnknownPerson, UserError
from bot.i18n import DEFAULT_LANGUAGE, N_, Texts, language_of, texts
from storage import bridges, meetings, workspace
from storage.bridges import Bridge
from storage.workspace import Person


@dataclass(frozen=True)
class Viewer:
    """A person who asks Frontline something, with all that decides the answer."""

    user_id: str
    person: Person | None  # None: not in the directory yet
    language: str
    channel_ids: frozenset[str]
    bridges: tuple[Bridge, ...]  # all of the workspace
    group_ids: frozenset[str] = frozenset()  # of the user groups that some bridge names and she is in

    @property
    def texts(self) -> Texts:
        return texts(self.language)

    @property
    def is_admin(self) -> bool:
        return self.is_colleague and self.person is not None and self.person.is_admin

    @property
    def is_colleague(self) -> bool:
        """Whether she can hold a right: known, active, and neither guest, outsider nor bot."""
        return self.person is not None and is_colleague(self.person)

    @property
    def time_zone(self) -> str:
        return (self.person.time_zone if self.person else None) or "UTC"

    def manages(self, bridge: Bridge) -> bool:
        """Whether she may change the bridge and its digest."""
        return self.is_admin or (self.is_colleague and self.user_id in bridge.manager_ids)

    @property
    def may_create_bridges(self) -> bool:
        return self.is_admin or any(self.manages(bridge) for bridge in self.bridges)

    @property
    def managed(self) -> tuple[Bridge, ...]:
        return tuple(bridge for bridge in self.bridges if self.manages(bridge))

    def sees_all_of(self, bridge: Bridge) -> bool:
        """Whether she is a member of the bridge's marketing channel, where all that it yields is shown."""
        return bridge.marketing_channel_id in self.channel_ids

    def is_marketer_of(self, bridge: Bridge) -> bool:
        """Whether she may triage and plan for the bridge: a member of its marketing channel, and named
        where the bridge names who of them is marketing. To be named alone shows nobody anything."""
        named = bridge.marketers
        return (
            self.is_colleague
            and self.sees_all_of(bridge)
            and (named is None or self.user_id in named.people or not self.group_ids.isdisjoint(named.groups))
        )

    @property
    def marketing(self) -> tuple[Bridge, ...]:
        return tuple(bridge for bridge in self.bridges if self.is_marketer_of(bridge))

    @property
    def near(self) -> tuple[Bridge, ...]:
        """The bridges one of whose channels she is in; all, where she is in none."""
        mine = tuple(
            bridge
            for bridge in self.bridges
            if self.channel_ids & {bridge.marketing_channel_id, *bridge.sales_channel_ids}
        )
        return mine or self.bridges


def viewer(connection: Connection, team_id: str, user_id: str) -> Viewer:
    """Look a person up; costs a fixed number of queries and no call to Slack."""
    person = workspace.person(connection, team_id, user_id)
    known = tuple(bridges.all_bridges(connection, team_id))
    asked = workspace.language_setting(connection, team_id, user_id)
    return Viewer(
        user_id=user_id,
        person=person,
        language=asked or language_of(person.locale if person else None) or DEFAULT_LANGUAGE,
        channel_ids=frozenset(workspace.channels_of(connection, team_id, user_id)),
        bridges=known,
        group_ids=_groups_of(connection, team_id, user_id, known),
    )


def _groups_of(
    connection: Connection, team_id: str, user_id: str, known: tuple[Bridge, ...]
) -> frozenset[str]:
    """Asked only where a bridge names groups at all: most don't."""
    if not any(bridge.marketers and bridge.marketers.groups for bridge in known):
        return frozenset()
    return frozenset(one.group_id for one in meetings.groups(connection, team_id) if user_id in one.members)


def is_colleague(person: Person) -> bool:
    """Whether a person can hold a right: active, and neither guest, outsider nor bot."""
    return not (person.is_guest or person.is_external or person.is_bot or person.is_deleted)


def marketers_of(connection: Connection, team_id: str, known: Sequence[Bridge]) -> dict[int, list[Person]]:
    """Who is marketing for each of the bridges now, by name: those of whom `is_marketer_of` holds."""
    members = workspace.colleagues_by_channel(
        connection, team_id, {bridge.marketing_channel_id for bridge in known}
    )
    named = any(bridge.marketers and bridge.marketers.groups for bridge in known)
    groups = {one.group_id: one.members for one in meetings.groups(connection, team_id)} if named else {}
    found = {bridge.id: members.get(bridge.marketing_channel_id, []) for bridge in known}
    for bridge in known:
        if bridge.marketers is not None:
            ids = {*bridge.marketers.people}
            ids.update(user for group in bridge.marketers.groups for user in groups.get(group, ()))
            found[bridge.id] = [one for one in found[bridge.id] if one.user_id in ids]
    return found


def require_own(viewer: Viewer) -> None:
    """Guests may what concerns them alone; people of other organisations may nothing. Raises UserError."""
    person = viewer.person
    if person is not None and (person.is_external or person.is_deleted):
        raise UserError(N_("Frontline is for members of this workspace only."))


def require_colleague(viewer: Viewer) -> None:
    """Guests may only flag; people of other organisations may nothing. Raises UserError."""
    person = viewer.person
    if person is None:
        raise UnknownPerson(
            N_("I don't know you yet. I am reading the list of people now; try again in a minute.")
        )
    if person.is_external or person.is_deleted:
        raise UserError(N_("Frontline is for members of this workspace only."))
    if person.is_guest:
        raise UserError(N_("As a guest you can flag messages with an emoji; the rest is for full members."))
