"""The ledger: every entry of a bridge's activities as CSV, corrected ones included."""

import csv
from collections.abc import Iterable, Mapping
from datetime import date
from io import StringIO
from typing import Any, Final

from sqlalchemy import Connection

from bot.activities.figures import Figures, figures_of
from bot.activities.kinds import Kind
from bot.activities.money import typed
from bot.activities.periods import Days
from bot.activities.report import MOST
from bot.export import BYTE_ORDER_MARK, harmless
from bot.i18n import texts
from bot.services import Services
from storage import activities, bridges, workspace
from storage.activities import Entry
from storage.outbox import OutboxRow

COLUMNS: Final = (
    "activity",
    "purpose",
    "status",
    "starts_on",
    "ends_on",
    "owner",
    "entry",
    "kind",
    "date",
    "amount",
    "currency",
    "given_amount",
    "given_currency",
    "rate",
    "note",
    "counts",
    "corrects",
    "entered_by",
    "entered_at",
)


def build_ledger(services: Services, row: OutboxRow) -> Mapping[str, Any]:
    """A `bot.outbox.Builder`: the ledger of the activities that a report is about."""
    about = row.payload
    days = Days(date.fromisoformat(about["first"]), date.fromisoformat(about["last"]))
    with services.db.reading() as connection:
        bridge = bridges.bridge(connection, about["bridge"])
        language = bridge.language if bridge else "en"
        found = activities.find(
            connection,
            activities.of_bridges([about["bridge"]]),
            activities.touching(days.first, days.last),
            limit=MOST,
        )
        written = ledger(connection, services.team_id, figures_of(connection, found))
    return {"content": written.encode(), "title": texts(language)("Ledger of the activities")}


def ledger(connection: Connection, team_id: str, found: Iterable[Figures]) -> str:
    """All entries of these activities; an activity without any has a line of its own."""
    listed = list(found)
    people = {one.activity.owner_id for one in listed}
    people |= {entry.entered_by for one in listed for entry in one.entries}
    names = workspace.names(connection, team_id, people)
    out = StringIO(newline="")
    out.write(BYTE_ORDER_MARK)
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for figures in listed:
        standing = {one.id for one in figures.standing}
        for entry in figures.entries:
            writer.writerow([*_about(figures, names), *_entry(figures, entry, names, entry.id in standing)])
        if not figures.entries:
            writer.writerow([*_about(figures, names), *[""] * (len(COLUMNS) - 6)])
    return out.getvalue()


def _about(figures: Figures, names: Mapping[str, str]) -> list[str]:
    one = figures.activity
    owner = names.get(one.owner_id, one.owner_id)
    days = (one.starts_on.isoformat(), one.ends_on.isoformat())
    return [harmless(one.title), one.purpose, one.status, *days, harmless(owner)]


def _entry(figures: Figures, entry: Entry, names: Mapping[str, str], counts: bool) -> list[str]:
    kind, currency = Kind(entry.kind), figures.activity.currency
    given = ""
    if entry.given_amount is not None and entry.given_currency:
        given = typed(entry.given_amount, entry.given_currency)
    return [
        str(entry.id),
        kind,
        entry.on_date.isoformat(),
        typed(entry.amount, currency) if kind.is_money else str(entry.amount),
        currency if kind.is_money else "",
        given,
        entry.given_currency or "",
        entry.rate or "",
        harmless(entry.note),
        "yes" if counts else "no",
        "" if entry.corrects_id is None else str(entry.corrects_id),
        harmless(names.get(entry.entered_by, entry.entered_by)),
        entry.entered_at.isoformat(timespec="seconds"),
    ]
