"""`/insight about Acme`: what is known of a customer, competitor or product, as far as the reader may see."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_

from bot.analysis.forms import fold
from bot.bridges.categories import REQUEST
from bot.insights.words import names_in
from bot.messages import about as messages
from bot.search.conditions import about_name, seen_by
from bot.search.query import Asked
from bot.services import Services
from bot.themes.joining import title_for
from bot.workspace.access import Viewer
from storage import about, analysis, insights, themes, workspace
from storage.insights import Insight

PAGE: Final = 5
PERIOD: Final = timedelta(days=30)
MOST_THEMES: Final = 3
MOST_REQUESTS: Final = 3


@dataclass(frozen=True)
class Named:
    """A name whose page is wanted."""

    name: str
    line: str = ""  # where it was typed: the whole line, which may have been meant as an insight


def about_page(
    services: Services, connection: Connection, reader: Viewer, named: Named, offset: int
) -> dict[str, Any]:
    """Counts, movement, themes, open requests, and a page of the latest quotes."""
    team_id, now = services.team_id, services.clock.now()
    called = _as_listed(connection, reader, named.name)
    met = about_name(connection, team_id, reader, called, now)
    counts = about.counts(connection, met, now - PERIOD, now - 2 * PERIOD)
    found = insights.select_page(connection, met, limit=PAGE, offset=offset)
    waiting = about.open_requests(connection, met, REQUEST, MOST_REQUESTS)
    shown = and_(*seen_by(team_id, reader, Asked("")))
    known = messages.Known(
        name=called,
        counts=counts,
        deals=about.deals(connection, met),
        themes=_themes(connection, team_id, met, shown),
        waiting=waiting,
        found=found,
        names=_names(connection, team_id, [*found, *waiting]),
        offset=offset,
        size=PAGE,
        line=named.line,
        turning=("about:", f":{named.line}") if named.line else ("known:", f":{named.name}"),
    )
    return messages.page(reader.texts, reader, known, now)


def _as_listed(connection: Connection, reader: Viewer, name: str) -> str:
    """The name on a bridge's lists that is written or spelt so; else the name as it was typed."""
    for bridge in reader.near:
        for one in analysis.names_of(connection, bridge.id):
            if fold(name) in {fold(spelling) for spelling in (one.name, *one.aliases)}:
                return one.name
    return name


def _themes(
    connection: Connection, team_id: str, met: list[ColumnElement[bool]], shown: ColumnElement[bool]
) -> list[messages.ThemeLine]:
    """The themes of most of these insights, in words that the reader may see."""
    counts = dict(about.themes(connection, met, MOST_THEMES))
    known, members = themes.by_ids(connection, counts), themes.members_of(connection, counts, shown)
    lines = []
    for theme_id, count in counts.items():
        seen = members[theme_id]
        title = title_for(connection, team_id, known[theme_id], [one.id for one in seen if one.has_words])
        if title.text and len(seen) > 1:
            lines.append(messages.ThemeLine(theme_id, title.text, count))
    return lines


def _names(connection: Connection, team_id: str, shown: list[Insight]) -> dict[str, str]:
    authors = {one.author_id for one in shown if one.author_id}
    mentioned = names_in(connection, team_id, [one.text for one in shown])
    return {**mentioned, **workspace.names(connection, team_id, authors)}
