"""`/insight list`, `mine` and `search`: what a person may see, in pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from slack_sdk.models.blocks import ActionsBlock
from sqlalchemy import ColumnElement, Connection

from bot import stems
from bot.gestures import Answer, Gesture, Reply
from bot.insights import syntax
from bot.insights.words import names_in
from bot.messages import insights as messages
from bot.services import Services
from bot.workspace.access import Viewer, require_colleague, viewer
from storage import insights, search, workspace
from storage.insights import Insight
from storage.search import Term
from storage.tables import insights as table

PAGE: Final = 5
MOST_HITS: Final = 1000


@dataclass(frozen=True)
class Wanted:
    """Which list, and from which entry on. Goes round through the page's buttons."""

    kind: str  # list · mine · search
    line: str = ""  # of a search: the whole line as it was typed, which may have been meant as an insight
    offset: int = 0

    @property
    def query(self) -> str:
        """What is searched for."""
        command = syntax.parse(self.line, ())
        return command.query if isinstance(command, syntax.Search) else ""

    def value(self, offset: int) -> str:
        return f"{self.kind}:{offset}:{self.line}"

    @classmethod
    def from_value(cls, value: str) -> "Wanted":
        """Read a button's value. Raises ValueError for one that is none of ours."""
        kind, offset, line = value.split(":", 2)
        if kind not in ("list", "mine", "search"):
            raise ValueError(kind)
        return cls(kind, line, max(0, int(offset)))


def show_list(services: Services, gesture: Gesture, wanted: Wanted, *, turning: bool = False) -> Answer:
    """One page of a list, for the person alone."""
    with services.db.reading() as connection:
        reader = viewer(connection, services.team_id, gesture.user_id)
        require_colleague(reader)
        conditions = _conditions(connection, services.team_id, reader, wanted)
        total = insights.count(connection, conditions)
        found = insights.select_page(connection, conditions, limit=PAGE, offset=wanted.offset)
        return Reply(_page(connection, services.team_id, reader, wanted, found, total), replaces=turning)


def _conditions(
    connection: Connection, team_id: str, reader: Viewer, wanted: Wanted
) -> list[ColumnElement[bool]]:
    conditions = [insights.of_team(team_id)]
    if wanted.kind == "mine":
        return [*conditions, insights.mine(reader.user_id)]
    marketing = [bridge.id for bridge in reader.marketing]
    conditions += [insights.LIVE, insights.visible(reader.user_id, reader.channel_ids, marketing)]
    if wanted.kind == "search":
        asked = stems.query(wanted.query)
        terms = [Term(term.stem, term.prefix) for term in asked.terms]
        hits = search.matching(connection, terms, asked.phrases, MOST_HITS)
        conditions.append(table.c.id.in_(hits))
    return conditions


def _page(
    connection: Connection,
    team_id: str,
    reader: Viewer,
    wanted: Wanted,
    found: Sequence[Insight],
    total: int,
) -> dict[str, Any]:
    _ = reader.texts
    names = dict(names_in(connection, team_id, [one.text for one in found]))
    names |= workspace.names(connection, team_id, {one.author_id for one in found if one.author_id})
    bridges = {bridge.id: bridge for bridge in reader.bridges}
    entries = [messages.entry(_, bridges[one.bridge_id], one, names, reader.time_zone) for one in found]
    last = wanted.offset + len(found)
    return messages.page(
        _,
        messages.list_title(_, wanted.kind, wanted.query, total, wanted.offset, last),
        entries,
        earlier=wanted.value(last) if last < total else None,
        later=wanted.value(max(0, wanted.offset - PAGE)) if wanted.offset else None,
        offer=_offer(reader, wanted),
    )


def _offer(reader: Viewer, wanted: Wanted) -> ActionsBlock | None:
    """A search may have been meant as an insight."""
    if wanted.kind != "search" or not wanted.query:
        return None
    return messages.save_instead(reader.texts, wanted.line)
