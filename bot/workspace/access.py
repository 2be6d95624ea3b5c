"""Who a person is to Frontline: her language, her rights, what she may see (promise 7)."""

from dataclasses import dataclass

from sqlalchemy import Connection

from bot.errors import UnknownPerson, UserError
from bot.i18n import DEFAULT_LANGUAGE, N_, Texts, language_of, texts
from storage import bridges, workspace
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

    @property
    def texts(self) -> Texts:
        return texts(self.language)

    @property
    def is_admin(self) -> bool:
        return self.person is not None and self.person.is_admin and not self.person.is_deleted

    @property
    def time_zone(self) -> str:
        return (self.person.time_zone if self.person else None) or "UTC"

    def manages(self, bridge: Bridge) -> bool:
        """Whether she may change the bridge and its digest."""
        return self.is_admin or self.user_id in bridge.manager_ids

    @property
    def may_create_bridges(self) -> bool:
        return self.is_admin or any(self.user_id in bridge.manager_ids for bridge in self.bridges)

    @property
    def managed(self) -> tuple[Bridge, ...]:
        return tuple(bridge for bridge in self.bridges if self.manages(bridge))

    def is_marketer_of(self, bridge: Bridge) -> bool:
        """Whether she is a member of the bridge's marketing channel, and so sees all that it yields."""
        return bridge.marketing_channel_id in self.channel_ids

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
    asked = workspace.language_setting(connection, team_id, user_id)
    return Viewer(
        user_id=user_id,
        person=person,
        language=asked or language_of(person.locale if person else None) or DEFAULT_LANGUAGE,
        channel_ids=frozenset(workspace.channels_of(connection, team_id, user_id)),
        bridges=tuple(bridges.all_bridges(connection, team_id)),
    )


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
