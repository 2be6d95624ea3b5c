"""Plans as CSV: written for spreadsheets, and read from them, all or nothing.

Columns are found by name, in English or Russian, in any order. What was imported before is left as it is, so
that a file may be imported twice.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from typing import Any, Final, TextIO

from sqlalchemy import Connection

from bot.activities.figures import figures_of
from bot.activities.kinds import RESULTS, Kind, Purpose
from bot.activities.ledger import ledger
from bot.activities.money import typed
from bot.activities.planning import Plan, read_plan, store_plan
from bot.clock import Clock
from bot.errors import FormError, OperatorError
from bot.export import BYTE_ORDER_MARK, harmless
from bot.gestures import FormState
from bot.i18n import DEFAULT_LANGUAGE, texts
from bot.ids import Field
from bot.say import Say
from bot.workspace.access import Viewer
from storage import activities, bridges, workspace
from storage.activities import Activity
from storage.bridges import Bridge
from storage.database import Database

IMPORTED: Final = "import"  # who planned it, in place of a person
MOST_ROWS: Final = 2_000
_OWNER: Final = Field.OWNER.value
_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    Field.TITLE: ("title", "название"),
    Field.PURPOSE: ("purpose", "цель"),
    Field.OWNER: ("owner", "кто ведёт", "кто ведет", "ответственный"),
    Field.STARTS_ON: ("starts_on", "first day", "start", "первый день", "начало"),
    Field.ENDS_ON: ("ends_on", "last day", "end", "последний день", "конец"),
    Field.CURRENCY: ("currency", "валюта"),
    Field.BUDGET: ("budget", "planned budget", "бюджет", "плановый бюджет"),
    Field.INSIGHTS: ("insights", "инсайты"),
    f"{Field.PLANNED}_{Kind.LEADS}": ("leads", "лиды"),
    f"{Field.PLANNED}_{Kind.MEETINGS}": ("meetings", "встречи"),
    f"{Field.PLANNED}_{Kind.FIRST_DEALS}": ("first_deals", "first deals", "первые сделки"),
    f"{Field.PLANNED}_{Kind.REPEAT_DEALS}": ("repeat_deals", "repeat deals", "повторные сделки"),
    f"{Field.PLANNED}_{Kind.FIRST_REVENUE}": (
        "first_revenue",
        "revenue of first deals",
        "выручка первых сделок",
    ),
    f"{Field.PLANNED}_{Kind.REPEAT_REVENUE}": (
        "repeat_revenue",
        "revenue of repeat deals",
        "выручка повторных сделок",
    ),
}
_BLOCKS: Final = {name: block for block, names in _NAMES.items() for name in names}
_IGNORED: Final = frozenset({"status", "spent"})  # written by the export; results come by entries
_REQUIRED: Final = (Field.TITLE, Field.PURPOSE, Field.OWNER, Field.STARTS_ON, Field.ENDS_ON)
_PURPOSES: Final = {
    **{one.value: one for one in Purpose},
    "привлечь": Purpose.ATTRACT,
    "привлечение": Purpose.ATTRACT,
    "убедить": Purpose.CONVINCE,
    "убеждение": Purpose.CONVINCE,
    "удержать": Purpose.RETAIN,
    "удержание": Purpose.RETAIN,
}


@dataclass(frozen=True)
class Imported:
    """What an import came to."""

    added: int
    known: int  # were there already, just so


class _Fault(Exception):
    """What keeps a row from being imported, beside what its form would say."""

    def __init__(self, block: str, text: str) -> None:
        super().__init__(text)
        self.block = block


class _OnlyTried(Exception):
    """A dry run: nothing is kept."""


def import_plans(
    database: Database, clock: Clock, content: bytes, bridge_name: str | None, *, dry_run: bool
) -> Imported:
    """Store all plans of a file, or none. `dry_run`: only say what would be.

    Raises OperatorError with a line for each fault.
    """
    rows = list(_rows(content))
    tried: list[Imported] = []
    with suppress(_OnlyTried), database.writing() as connection:
        team_id, bridge = _bridge(connection, bridge_name)
        say = Say(connection, team_id, clock.now(), clock.real(), IMPORTED)
        tried.append(_import_rows(connection, say, bridge, rows))
        if dry_run:
            raise _OnlyTried
    return tried[0]


def _import_rows(
    connection: Connection, say: Say, bridge: Bridge, rows: Sequence[tuple[int, Mapping[str, str]]]
) -> Imported:
    """All rows. Raises OperatorError with a line for each fault."""
    faults: list[str] = []
    added = known = 0
    for line, row in rows:
        try:
            is_new = _import_row(connection, say, bridge, row)
        except FormError as problem:
            faults += _said(line, problem)
        except _Fault as problem:
            faults.append(f"line {line}, {_NAMES[problem.block][0]}: {problem}")
        else:
            added, known = added + is_new, known + (not is_new)
    if faults:
        raise OperatorError("Nothing was imported:\n" + "\n".join(faults))
    return Imported(added, known)


def _import_row(connection: Connection, say: Say, bridge: Bridge, row: Mapping[str, str]) -> bool:
    """True: stored; False: it was there, just so. Raises FormError."""
    form = FormState(dict(_form(connection, say.team_id, row)))
    reader = Viewer(
        user_id=IMPORTED,
        person=None,
        language=DEFAULT_LANGUAGE,
        channel_ids=frozenset({bridge.marketing_channel_id}),
        bridges=(bridge,),
    )
    known = activities.currency_of(connection, bridge.id)
    plan = read_plan(connection, say.team_id, reader, bridge, form, known)
    if known is not None and row.get(Field.CURRENCY, "") not in ("", known):
        raise _Fault(Field.CURRENCY, f"The bridge plans in {known}.")
    same = activities.by_title(connection, bridge.id, plan.title, plan.starts_on)
    if same is None:
        store_plan(connection, say, IMPORTED, bridge, plan)
        return True
    if not _is_same(connection, same, plan):
        raise _Fault(Field.TITLE, "It exists with another plan; change that in Slack.")
    return False


def _is_same(connection: Connection, activity: Activity, plan: Plan) -> bool:
    (figures,) = figures_of(connection, [activity])
    linked = activities.insight_ids_of(connection, activity.id)
    return (
        (activity.purpose, activity.owner_id, activity.ends_on, activity.currency, activity.planned_budget)
        == (plan.purpose, plan.owner_id, plan.ends_on, plan.currency, plan.budget)
        and dict(figures.plan) == dict(plan.results)
        and set(plan.insight_ids) <= linked
    )


# --- reading -----------------------------------------------------------------------------------------------


def _rows(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """The line's number and its cells by field. Raises OperatorError where the file can't be read."""
    text = _decoded(content)
    header_line = text.split("\n", 1)[0]
    delimiter = max(";\t,", key=header_line.count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    header = [name.strip().casefold() for name in next(reader, [])]
    blocks = [_BLOCKS.get(name) for name in header]
    unknown = [name for name, block in zip(header, blocks, strict=True) if block is None]
    unknown = [name for name in unknown if name not in _IGNORED]
    missing = [_NAMES[block][0] for block in _REQUIRED if block not in blocks]
    if unknown or missing:
        known = ", ".join(names[0] for names in _NAMES.values())
        said = [f"line 1: unknown column “{name}”" for name in unknown]
        said += [f"line 1: missing column “{name}”" for name in missing]
        raise OperatorError("Nothing was imported:\n" + "\n".join(said) + f"\nColumns: {known}")
    for count, cells in enumerate(reader):
        if count >= MOST_ROWS:
            raise OperatorError(f"A file holds at most {MOST_ROWS} plans; split it.")
        if any(cell.strip() for cell in cells):
            found = {block: _bare(cell) for block, cell in zip(blocks, cells, strict=False) if block}
            yield reader.line_num, found


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1251"):
        try:
            return content.decode(encoding).replace("\r\n", "\n")
        except UnicodeDecodeError:
            continue
    raise OperatorError("The file is no text; save it as CSV in UTF-8.")


def _bare(cell: str) -> str:
    """Without the apostrophe that the export puts before what a spreadsheet would run."""
    text = cell.strip()
    return text[1:] if text.startswith("'") and harmless(text[1:]) == text else text


def _form(connection: Connection, team_id: str, row: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    """The row's cells as a form would say them."""
    for block, cell in row.items():
        if block == Field.PURPOSE:
            chosen = _PURPOSES.get(cell.casefold(), cell)
            yield block, {"selected_option": {"value": chosen}}
        elif block == _OWNER:
            yield block, {"selected_user": _person(connection, team_id, cell)}
        elif block in (Field.STARTS_ON, Field.ENDS_ON):
            yield block, {"selected_date": _iso(cell)}
        else:
            yield block, {"value": cell or None}


def _person(connection: Connection, team_id: str, cell: str) -> str:
    """An id, or the one person of that name; what is neither is left to the form's check."""
    named = workspace.named(connection, team_id, cell.removeprefix("@"))
    return named[0] if len(named) == 1 else cell


def _iso(cell: str) -> str:
    """«2026-03-02» or «02.03.2026»."""
    try:
        return datetime.strptime(cell, "%d.%m.%Y").date().isoformat()  # noqa: DTZ007 - a local date
    except ValueError:
        return cell


def _said(line: int, problem: FormError) -> list[str]:
    _ = texts(DEFAULT_LANGUAGE)
    return [
        f"line {line}, {_NAMES[block][0] if block in _NAMES else block}: {_.say(message)}"
        for block, message in problem.fields.items()
    ]


def _bridge(connection: Connection, name: str | None) -> tuple[str, Bridge]:
    """The bridge of that name, or the only one. Raises OperatorError."""
    known = [
        (team, bridge)
        for team in workspace.teams(connection)
        for bridge in bridges.all_bridges(connection, team)
    ]
    found = [one for one in known if name is None or one[1].name == name]
    if len(found) != 1:
        names = ", ".join(sorted(bridge.name for _team, bridge in known)) or "none yet"
        raise OperatorError(f"Name the bridge with --bridge. Bridges: {names}.")
    return found[0]


# --- writing -----------------------------------------------------------------------------------------------


def export_plans(database: Database, out: TextIO, bridge_name: str | None) -> int:
    """Write all plans, so that they can be imported again; gives how many. Raises OperatorError."""
    with database.reading() as connection:
        _team, bridge = _bridge(connection, bridge_name)
        found = figures_of(
            connection, activities.find(connection, activities.of_bridges([bridge.id]), limit=10**6)
        )
    out.write(BYTE_ORDER_MARK)
    writer = csv.writer(out)
    writer.writerow([*(names[0] for names in _NAMES.values()), *sorted(_IGNORED)])
    for figures in found:
        one = figures.activity
        values: dict[str, str] = {
            Field.TITLE: harmless(one.title),
            Field.PURPOSE: one.purpose,
            Field.OWNER: one.owner_id,
            Field.STARTS_ON: one.starts_on.isoformat(),
            Field.ENDS_ON: one.ends_on.isoformat(),
            Field.CURRENCY: one.currency,
            Field.BUDGET: "" if one.planned_budget is None else typed(one.planned_budget, one.currency),
            Field.INSIGHTS: " ".join(f"#{number}" for number in figures.insight_numbers),
        }
        for kind in RESULTS:
            amount = figures.plan.get(kind)
            said = "" if amount is None else typed(amount, one.currency) if kind.is_money else str(amount)
            values[f"{Field.PLANNED}_{kind}"] = said
        spent = "" if figures.totals.spend is None else typed(figures.totals.spend, one.currency)
        writer.writerow([*(values[block] for block in _NAMES), spent, one.status])
    return len(found)


def export_ledger(database: Database, out: TextIO, bridge_name: str | None) -> int:
    """Write every entry of all activities; gives how many activities. Raises OperatorError."""
    with database.reading() as connection:
        team_id, bridge = _bridge(connection, bridge_name)
        listed = activities.find(connection, activities.of_bridges([bridge.id]), limit=10**6)
        out.write(ledger(connection, team_id, figures_of(connection, listed)))
    return len(listed)
