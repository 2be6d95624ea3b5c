"""Stores a file's rows: all or none, each once however often the file comes, and without a word in Slack."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from bot.clock import Clock
from bot.errors import OperatorError
from bot.importing.rows import Reading, Ready, read_row
from bot.importing.table import read_sheet
from bot.insights.capture import Capture, Links, store_insight
from bot.say import Say
from storage import bridges, erasure, insights, workspace
from storage.bridges import Bridge
from storage.database import Database
from storage.rows import lock

MOST_FAULTS: Final = 30  # shown at once


@dataclass(frozen=True)
class Imported:
    """What an import came to, or would come to."""

    new: int
    known: int  # rows that were stored before, or came earlier in the file
    ignored: tuple[str, ...]  # columns


def import_file(
    database: Database, clock: Clock, content: bytes, *, bridge: str | None = None, dry_run: bool = False
) -> Imported:
    """Store what the file holds in that bridge, or the only one. Raises OperatorError that names each line
    that is wrong; then nothing is stored."""
    sheet = read_sheet(content)
    with database.writing() as connection:
        team_id, target = _target(connection, bridge)
        reading = Reading(target, workspace.all_names(connection, team_id), clock.now())
        ready: list[Ready] = []
        faults = list(sheet.faults)
        for row in sheet.rows:
            found, wrong = read_row(row, reading)
            faults += wrong
            ready += [found] if found else []
        if faults:
            raise OperatorError(_sentence(faults))
        lock(connection, "import", team_id)
        unknown = _unknown(connection, team_id, ready)
        if not dry_run:
            say = Say(connection, team_id, clock.now(), clock.real(), "import")
            nobody = workspace.bot_user_id(connection, team_id)
            for one in unknown:
                _store(connection, say, target, one, nobody)
    return Imported(len(unknown), len(ready) - len(unknown), sheet.ignored)


def _sentence(faults: Sequence[str]) -> str:
    shown = list(faults[:MOST_FAULTS])
    if len(faults) > MOST_FAULTS:
        shown.append(f"… and {len(faults) - MOST_FAULTS} more.")
    return "\n  ".join([f"Nothing was imported; {len(faults)} things are wrong:", *shown])


def _target(connection: Connection, name: str | None) -> tuple[str, Bridge]:
    known = [
        (team, one) for team in workspace.teams(connection) for one in bridges.all_bridges(connection, team)
    ]
    fitting = [pair for pair in known if name is None or pair[1].name == name]
    names = ", ".join(sorted(one.name for _, one in known)) or "none yet"
    if not fitting:
        raise OperatorError(f"There is no bridge named {name}. Bridges: {names}.")
    if len(fitting) > 1:
        raise OperatorError(f"Say with --bridge which bridge it goes to. Bridges: {names}.")
    return fitting[0]


def _unknown(connection: Connection, team_id: str, ready: Sequence[Ready]) -> list[Ready]:
    """The rows that are not stored yet, each once."""
    keys = insights.import_keys(connection, team_id) | erasure.erased_keys(connection, team_id)
    links = insights.permalinks(connection, team_id)
    found = []
    for one in ready:
        if one.key not in keys and (one.permalink is None or one.permalink not in links):
            keys.add(one.key)
            found.append(one)
    return found


def _store(connection: Connection, say: Say, bridge: Bridge, row: Ready, nobody: str) -> None:
    capture = Capture(
        source="import",
        text=row.text,
        reporter_id=row.reporter_id or nobody,
        said_at=row.said_at,
        category=row.category,
        category_by=row.category_by,
        author_id=row.author_id,
        author_name=row.author_name,
        links=Links(row.permalink),
        details={
            **row.details,
            "created_at": row.created_at,
            "import_key": row.key,
        },
    )
    store_insight(connection, say, bridge, capture)
