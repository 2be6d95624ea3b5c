"""`/insight list`, `mine`, `search` and `about`: what a person may see, in pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from slack_sdk.models.blocks import ActionsBlock
from sqlalchemy import ColumnElement, Connection

from bot import slacktext
from bot.gestures import Answer, Gesture, Reply
from bot.insights import syntax
from bot.insights.about import Named, about_page
from bot.insights.words import names_in
from bot.messages import insights as messages
from bot.search.conditions import conditions, seen_by
from bot.search.hits import best_first
from bot.search.query import Asked, parse_query, plain_query
from bot.services import Services
from bot.workspace.access import Viewer, require_colleague, viewer
from storage import insights, workspace
from storage.insights import Insight

PAGE: Final = 5


@dataclass(frozen=True)
class Wanted:
    """Which list, and from which entry on. Goes round through the page's buttons."""

    kind: str  # list · mine · search · about · known (as about, the name chosen and not typed)
    line: str = ""  # of a search: the whole line as it was typed, which may have been meant as an insight
    offset: int = 0

    @property
    def query(self) -> str:
        """What is searched for, as Slack sent it."""
        return syntax.behind_word(self.line)

    @property
    def asked(self) -> Asked:
        """What is searched for, understood."""
        return parse_query(plain_query(self.query))

    @property
    def about(self) -> Named:
        """The name whose page is wanted."""
        if self.kind == "known":
            return Named(self.line)
        return Named(syntax.name_behind_word(self.line), self.line)

    def value(self, offset: int) -> str:
        return f"{self.kind}:{offset}:{self.line}"

    @classmethod
    def from_value(cls, value: str) -> "Wanted":
        """Read a button's value. Raises ValueError for one that is none of ours."""
        kind, offset, line = value.split(":", 2)
        if kind not in ("list", "mine", "search", "about", "known"):
            raise ValueError(kind)
        return cls(kind, line, max(0, int(offset)))


def show_list(services: Services, gesture: Gesture, wanted: Wanted, *, turning: bool = False) -> Answer:
    """One page of a list, for the person alone. Raises UserError for a query that means nothing."""
    with services.db.reading() as connection:
        reader = viewer(connection, services.team_id, gesture.user_id)
        require_colleague(reader)
        if wanted.kind in ("about", "known"):
            return Reply(
                about_page(services, connection, reader, wanted.about, wanted.offset), replaces=turning
            )
        asked = wanted.asked
        now = services.clock.now()
        if wanted.kind == "search":
            met = conditions(connection, services.team_id, reader, asked, now)
        else:
            met = _conditions(services.team_id, reader, wanted)
        total = insights.count(connection, met)
        if asked.words:
            found = best_first(connection, met, asked.query, now, limit=PAGE, offset=wanted.offset)
        else:
            found = insights.select_page(connection, met, limit=PAGE, offset=wanted.offset)
        return Reply(_page(connection, services.team_id, reader, wanted, found, total), replaces=turning)


def _conditions(team_id: str, reader: Viewer, wanted: Wanted) -> list[ColumnElement[bool]]:
    if wanted.kind == "mine":
        return [insights.of_team(team_id), insights.mine(reader.user_id)]
    return seen_by(team_id, reader, Asked(""))


def _page(
    connection: Connection,
    team_id: str,
    reader: Viewer,
    wanted: Wanted,
    found: Sequence[Insight],
    total: int,
) -> dict[str, Any]:
    _ = reader.texts
    names = dict(names_in(connection, team_id, [wanted.query, *(one.text for one in found)]))
    names |= workspace.names(connection, team_id, {one.author_id for one in found if one.author_id})
    bridges = {bridge.id: bridge for bridge in reader.bridges}
    entries = [messages.entry(_, bridges[one.bridge_id], one, names, reader.time_zone) for one in found]
    last = wanted.offset + len(found)
    return messages.page(
        _,
        messages.list_title(_, wanted.kind, slacktext.plain(wanted.query, names), total, wanted.offset, last),
        entries,
        earlier=wanted.value(last) if last < total else None,
        later=wanted.value(max(0, wanted.offset - PAGE)) if wanted.offset else None,
        by_date=not wanted.asked.words,
        offer=_offer(reader, wanted),
    )


def _offer(reader: Viewer, wanted: Wanted) -> ActionsBlock | None:
    """A search may have been meant as an insight."""
    if wanted.kind != "search" or not wanted.query:
        return None
    return messages.save_instead(reader.texts, wanted.line)
