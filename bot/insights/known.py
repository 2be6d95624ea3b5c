"""The customers, competitors and products that can be looked up in the home tab: those the reader may see."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Connection

from bot.analysis.forms import fold
from bot.errors import UserError
from bot.gestures import Answer, Gesture, Reply
from bot.i18n import N_
from bot.inbox import say_for
from bot.insights.about import Named, about_page
from bot.messages import about as messages
from bot.messages.about import MOST_OFFERED, Offered
from bot.search.conditions import about_name
from bot.services import Services
from bot.workspace.access import Viewer, require_colleague, viewer
from storage import about, analysis, insights
from storage.about import Names
from storage.analysis import ListedName

NEWEST: Final = 5_000  # of a bridge's insights: the names in them are offered, the most frequent first
MOST_LISTED: Final = 5  # of the lists, that nobody has named lately and that are looked for further back


def names_to_look_up(services: Services, user_id: str, typed: str) -> list[dict[str, Any]]:
    """The options of the home tab's field for what was typed so far."""
    with services.db.reading() as connection:
        reader = viewer(connection, services.team_id, user_id)
        try:
            require_colleague(reader)
        except UserError:
            return []
        found = offered(connection, services, reader, typed)
    return messages.options(reader.texts, found)


def open_page(services: Services, gesture: Gesture, name: str | None) -> Answer:
    """The page of the name that was chosen. Raises UserError."""
    with services.db.writing() as connection:
        reader = viewer(connection, services.team_id, gesture.user_id)
        require_colleague(reader)
        if not name:
            raise UserError(N_("Choose a name first."))
        # The field is drawn anew and empty: the same name can be chosen again.
        say_for(services, connection, gesture.key).home(gesture.user_id)
        return Reply(about_page(services, connection, reader, Named(name), 0))


def has_names(connection: Connection, reader: Viewer) -> bool:
    """Whether there is anything to look up."""
    return any(True for _names in _lately(connection, reader))


def offered(connection: Connection, services: Services, reader: Viewer, typed: str) -> list[Offered]:
    """Names that fit what was typed and stand in insights that the reader may see."""
    listed = [one for bridge in reader.bridges for one in analysis.names_of(connection, bridge.id)]
    also = {one.name: " ".join(one.aliases) for one in listed}
    counted: Counter[tuple[str, str]] = Counter()
    for one in _lately(connection, reader):
        counted.update(_called(one))
    asked = fold(typed.strip())
    kinds: dict[str, dict[str, int]] = {}
    for (kind, name), count in counted.items():
        if asked in fold(f"{name} {also.get(name, '')}"):
            kinds.setdefault(name, {})[kind] = count
    found = [Offered(name, tuple(of), sum(of.values())) for name, of in kinds.items()]
    found.sort(key=lambda one: (-one.count, fold(one.name), one.name))
    if asked and len(found) < MOST_OFFERED:
        rest = [
            one for one in listed if one.name not in kinds and asked in fold(f"{one.name} {also[one.name]}")
        ]
        found += _further_back(connection, services, reader, rest)
    return found[:MOST_OFFERED]


def _lately(connection: Connection, reader: Viewer) -> Iterator[Names]:
    marketing = [bridge.id for bridge in reader.marketing]
    seen = insights.visible(reader.user_id, reader.channel_ids, marketing)
    for bridge in reader.bridges:
        yield from about.named_lately(connection, bridge.id, seen, NEWEST)


def _called(one: Names) -> set[tuple[str, str]]:
    pairs = [("customer", one.customer), ("product", one.product)]
    pairs += [("competitor", name) for name in one.competitors]
    return {(kind, name) for kind, name in pairs if name}


def _further_back(
    connection: Connection, services: Services, reader: Viewer, listed: Sequence[ListedName]
) -> list[Offered]:
    found = []
    for one in listed[:MOST_LISTED]:
        met = about_name(connection, services.team_id, reader, one.name, services.clock.now())
        count = insights.count(connection, met)
        if count:
            found.append(Offered(one.name, (one.kind,), count))
    return found
