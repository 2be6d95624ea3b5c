"""Walks through what nobody has looked at yet, one insight at a time, in one form.

Each person's walk keeps its place: closed and opened again, it goes on where it stood.
"""

from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import Connection

from bot.errors import UserError
from bot.gestures import Answer, Gesture, Open, Update
from bot.i18n import N_
from bot.messages import triage_walk as messages
from bot.services import Services
from bot.triage.rules import UNREADABLE
from bot.triage.shown import shown_of
from bot.workspace.access import Viewer, require_colleague, viewer
from storage import insights, walks
from storage.insights import Insight

LONGEST_CATEGORY: Final = 40  # characters of a category's key


@dataclass(frozen=True)
class Walk:
    """Which untriaged insights, and where it stands. Goes round through buttons and forms."""

    bridge_id: int | None = None  # None: all bridges whose marketing channel the person is in
    category: str | None = None
    at: int = 0  # id of the insight shown; 0: before the first

    @property
    def value(self) -> str:
        return f"{self.bridge_id or ''}:{self.at}:{self.category or ''}"


def read_walk(value: object) -> Walk:
    """Raises UserError for a value that is none of ours."""
    parts = str(value).split(":", 2)
    if len(parts) != 3 or not parts[1].isdecimal() or not (parts[0] == "" or parts[0].isdecimal()):
        raise UserError(UNREADABLE)
    bridge, at, category = parts
    if len(bridge) > 15 or len(at) > 15 or len(category) > LONGEST_CATEGORY:
        raise UserError(UNREADABLE)
    return Walk(int(bridge) if bridge else None, category or None, int(at))


def begin(services: Services, gesture: Gesture, value: object) -> Answer:
    """Open the form where the person left it, or at what is still untriaged behind that place; at the first
    where nothing is. Raises UserError.
    """
    walk = read_walk(value)
    with services.db.writing() as connection:
        reader = marketer(services, connection, gesture.user_id)
        place = walks.place(connection, services.team_id, reader.user_id, walk.bridge_id, walk.category or "")
        before = replace(walk, at=max(0, place - 1))
        if insights.next_untriaged(connection, _conditions(reader, walk), before.at) is None:
            before = replace(walk, at=0)
        return Open(_next(services, connection, reader, before, keeps=True))


def go_on(services: Services, gesture: Gesture, value: object) -> Answer:
    """Show the one after it. Raises UserError."""
    with services.db.writing() as connection:
        reader = marketer(services, connection, gesture.user_id)
        return Update(_next(services, connection, reader, read_walk(value), keeps=True))


def back(services: Services, gesture: Gesture, value: object) -> Answer:
    """From a form of the walk to the insight that it stands at. Raises UserError."""
    with services.db.reading() as connection:
        reader = marketer(services, connection, gesture.user_id)
        return at(services, connection, reader, str(value))


def at(
    services: Services, connection: Connection, reader: Viewer, value: str, *, above: str | None = None
) -> Answer:
    """Where the walk stands, as things are now; `above`: what is to be said first. Raises UserError."""
    walk = read_walk(value)
    insight = insights.by_id(connection, walk.at)
    if insight is None or insight.bridge_id not in {one.id for one in reader.marketing}:
        return Update(_next(services, connection, reader, walk))
    return Update(_page(services, connection, reader, walk, insight, above))


def marketer(services: Services, connection: Connection, user_id: str) -> Viewer:
    """Who triages for some bridge. Raises UserError."""
    reader = viewer(connection, services.team_id, user_id)
    require_colleague(reader)
    if not reader.marketing:
        raise UserError(
            N_("Only marketing triages. Who that is stands in the bridge's form, `/frontline setup`.")
        )
    return reader


def _conditions(reader: Viewer, walk: Walk) -> insights.Untriaged:
    ids = [one.id for one in reader.marketing if walk.bridge_id in (None, one.id)]
    return insights.Untriaged(tuple(ids), walk.category)


def _next(
    services: Services, connection: Connection, reader: Viewer, walk: Walk, *, keeps: bool = False
) -> dict[str, object]:
    """What comes behind the walk's place; `keeps`: that is its place from now on."""
    wanted = _conditions(reader, walk)
    insight = insights.next_untriaged(connection, wanted, walk.at)
    if keeps and _is_of(reader, walk):
        at_id = insight.id if insight else 0
        walks.save_place(
            connection, services.team_id, reader.user_id, walk.bridge_id, walk.category or "", at_id
        )
    if insight is None:
        left = insights.count_untriaged(connection, wanted)
        return messages.end(reader.texts, left, replace(walk, at=0).value)
    return _page(services, connection, reader, replace(walk, at=insight.id), insight, None)


def _page(
    services: Services,
    connection: Connection,
    reader: Viewer,
    walk: Walk,
    insight: Insight,
    above: str | None,
) -> dict[str, object]:
    bridge = next(one for one in reader.bridges if one.id == insight.bridge_id)
    shown = shown_of(connection, services.team_id, bridge, insight, reader.time_zone)
    wanted = _conditions(reader, walk)
    left = insights.count_untriaged(connection, wanted)
    earlier = insights.count_untriaged(connection, wanted, before_id=insight.id)
    several = len(reader.marketing) > 1
    restart = replace(walk, at=0).value if earlier else None
    return messages.page(
        reader.texts,
        shown,
        messages.Place(walk.value, left, earlier, restart),
        names_bridge=several,
        above=above,
    )


def _is_of(reader: Viewer, walk: Walk) -> bool:
    """Whether it is a walk that she can take: made up ones leave no place behind."""
    mine = [one for one in reader.marketing if walk.bridge_id in (None, one.id)]
    return bool(mine) and (not walk.category or any(one.category(walk.category) for one in mine))
