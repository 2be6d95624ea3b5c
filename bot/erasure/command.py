"""`app.py erase` and `app.py erasures`: for whoever runs Frontline, also after a backup was restored."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TextIO

from sqlalchemy import Connection

from bot.clock import Clock
from bot.erasure import insight as of_insight
from bot.erasure import person as of_person
from bot.erasure.own_data import lines_of
from bot.erasure.run import begin_person, erase_one, step
from bot.errors import OperatorError
from bot.i18n import DEFAULT_LANGUAGE, texts
from bot.messages.erasure import gone_lines, stay_lines
from bot.say import Say
from storage import bridges, erasing_people, erasure, insights, workspace
from storage.database import Database
from storage.insights import Insight


def team_of(database: Database, wanted: str | None) -> str:
    """The workspace that is meant. Raises OperatorError."""
    with database.reading() as connection:
        teams = workspace.teams(connection)
    if wanted is not None and wanted not in teams:
        raise OperatorError(f"There is no workspace {wanted}. Workspaces: {', '.join(teams) or 'none yet'}.")
    if wanted is None and len(teams) != 1:
        raise OperatorError(
            f"Say with --workspace which it is. Workspaces: {', '.join(teams) or 'none yet'}."
        )
    return wanted or teams[0]


def preview(database: Database, team_id: str, numbers: Sequence[int], people: Sequence[str]) -> list[str]:
    """What would go, and what would stay, a line each. Raises OperatorError for what there is not."""
    _ = texts(DEFAULT_LANGUAGE)
    with database.reading() as connection:
        found = [_insight(connection, team_id, number) for number in numbers]
        counts = of_insight.counts_of(connection, found) if found else Counter[str]()
        for user_id in people:
            counts.update(_counts_of_person(connection, team_id, user_id))
    lines = [f"- {line}" for line in gone_lines(_, counts)]
    if stays := stay_lines(_, counts):
        lines += ["Stays, without the name:", *(f"- {line}" for line in stays)]
    return lines


def _insight(connection: Connection, team_id: str, number: int) -> Insight:
    insight = insights.by_number(connection, team_id, number)
    if insight is None:
        known = erasure.number_was_erased(connection, team_id, number)
        raise OperatorError(f"#{number} was erased already." if known else f"There is no insight #{number}.")
    return insight


def _counts_of_person(connection: Connection, team_id: str, user_id: str) -> Counter[str]:
    counts = of_person.counts_of(connection, team_id, user_id)
    if workspace.person(connection, team_id, user_id) is None and not any(counts.values()):
        raise OperatorError(f"Nothing is stored of {user_id}.")
    return counts


def erase(
    database: Database, clock: Clock, team_id: str, numbers: Sequence[int], people: Sequence[str]
) -> None:
    """Erase all that, each insight and each batch of a person in a transaction. Raises OperatorError."""
    for number in numbers:
        with database.writing() as connection:
            insight = _insight(connection, team_id, number)
            bridge = bridges.bridge(connection, insight.bridge_id)
            assert bridge is not None
            erase_one(connection, _say(connection, clock, team_id), insight, bridge, None)
    for user_id in people:
        with database.writing() as connection:
            _counts_of_person(connection, team_id, user_id)
            erasure_id = begin_person(connection, _say(connection, clock, team_id), user_id, None)
        is_done = False
        while not is_done:
            with database.writing() as connection:
                is_done = step(connection, _say(connection, clock, team_id), erasure_id)


def _say(connection: Connection, clock: Clock, team_id: str) -> Say:
    return Say(connection, team_id, clock.now(), clock.real(), "erase")


def write_own_data(database: Database, team_id: str, user_id: str, out: TextIO) -> int:
    """Write all that is a person's own; gives how many lines."""
    count = 0
    with database.reading() as connection:
        for line in lines_of(connection, team_id, user_id):
            out.write(line)
            count += 1
    return count


# --- what must not come back with a restored backup --------------------------------------------------------


def write_record(database: Database, out: TextIO) -> int:
    """Write by what erased insights and people are known again, as JSON Lines; gives how many. No text."""
    with database.reading() as connection:
        found: list[dict[str, Any]] = [
            {"workspace": one.team_id, "insight": one.number, "captured_at": one.captured_at.isoformat()}
            for one in erasure.all_erased(connection)
        ]
        found += [
            {"workspace": team_id, "person": fingerprint, "erased_at": at.isoformat()}
            for team_id, fingerprint, at in erasure.all_people(connection)
        ]
    for one in found:
        out.write(json.dumps(one) + "\n")
    return len(found)


def erase_again(database: Database, clock: Clock, lines: Iterable[str]) -> tuple[int, int]:
    """Erase what a record names and a restored backup has brought back; gives insights and people.

    An insight is the same only if it was captured at the same instant too: numbers may have been given anew.
    Raises OperatorError for a file that is no record.
    """
    numbers = people = 0
    for entry in _entries(lines):
        team_id = str(entry["workspace"])
        with database.reading() as connection:
            known = _known_again(connection, team_id, entry)
            persons = _person_again(connection, team_id, entry)
        erase(database, clock, team_id, known, persons)
        numbers, people = numbers + len(known), people + len(persons)
    return numbers, people


def _entries(lines: Iterable[str]) -> Iterator[Mapping[str, Any]]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            if "workspace" not in entry or not {"insight", "person"} & set(entry):
                raise ValueError
        except (ValueError, TypeError):
            raise OperatorError(f"Line {number} is none that `app.py erasures` has written.") from None
        yield entry


def _known_again(connection: Connection, team_id: str, entry: Mapping[str, Any]) -> list[int]:
    if "insight" not in entry:
        return []
    insight = insights.by_number(connection, team_id, int(entry["insight"]))
    is_same = insight is not None and insight.created_at == datetime.fromisoformat(entry["captured_at"])
    return [insight.number] if insight is not None and is_same else []


def _person_again(connection: Connection, team_id: str, entry: Mapping[str, Any]) -> list[str]:
    if "person" not in entry:
        return []
    everyone = erasing_people.everyone(connection, team_id)
    found = [one for one in everyone if erasure.fingerprint(team_id, one) == entry["person"]]
    known = erasure.people_erased(connection, team_id, found)
    return [one for one in found if one not in known]
