"""`/insight export …`: what a query finds, as a file in a direct message. For marketing and managers only."""

from collections.abc import Mapping
from dataclasses import replace
from io import StringIO
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, Connection, false

from bot import export
from bot.errors import UserError
from bot.gestures import Answer, Gesture, Reply
from bot.i18n import N_
from bot.inbox import say_for
from bot.insights import syntax
from bot.messages.search import export_comment, export_on_its_way
from bot.search.conditions import conditions, seen_by
from bot.search.query import Asked, Kind, parse_query, plain_query
from bot.services import Services
from bot.workspace.access import Viewer, require_colleague, viewer
from storage import insights
from storage.outbox import OutboxRow

EXPORT: Final = "export"  # the builder
FORMATS: Final = ("csv", "jsonl")


def send_export(services: Services, gesture: Gesture, line: str) -> Answer:
    """Send the file that the line asks for to the person. Raises UserError."""
    with services.db.writing() as connection:
        reader = viewer(connection, services.team_id, gesture.user_id)
        require_colleague(reader)
        if not (reader.marketing or reader.managed):
            raise UserError(N_("Only marketing and the managers of a bridge can export insights."))
        asked, form = _read(line)
        total = insights.count(connection, _may_have(services, connection, reader, asked))
        if not total:
            raise UserError(N_("Nothing to export: no insight that you can see fits."))
        say = say_for(services, connection, gesture.key)
        day = services.clock.now().astimezone().date()
        say.file(
            f"export:{gesture.key}",
            EXPORT,
            f"insights-{day.isoformat()}.{form}",
            user_id=gesture.user_id,
            comment=export_comment(reader.texts, total),
            person=gesture.user_id,
            line=line,
        )
    return Reply(export_on_its_way(reader.texts, total, form, line))


def build_export(services: Services, row: OutboxRow) -> Mapping[str, Any]:
    """The file, of what the person may see when it is sent."""
    out = StringIO(newline="")
    with services.db.reading() as connection:
        reader = viewer(connection, services.team_id, row.payload["person"])
        asked, form = _read(row.payload["line"])
        try:
            met = _may_have(services, connection, reader, asked)
        except UserError:  # a bridge or category was renamed meanwhile: no wider answer than was asked for
            met = [false()]
        export.write(connection, out, met, format=cast(export.Format, form))
    return {"content": out.getvalue().encode(), "title": row.payload["filename"]}


def _read(line: str) -> tuple[Asked, str]:
    """The query and the format of a line. Raises UserError."""
    asked = parse_query(plain_query(syntax.behind_word(line)))
    forms = [value.casefold() for value in asked.values(Kind.FORMAT)] or ["csv"]
    if len(forms) > 1 or forms[0] not in FORMATS:
        raise UserError(N_("I can write `format:csv`, for spreadsheets, or `format:jsonl`."))
    filters = tuple(one for one in asked.filters if one.kind is not Kind.FORMAT)
    return replace(asked, filters=filters), forms[0]


def _may_have(
    services: Services, connection: Connection, reader: Viewer, asked: Asked
) -> list[ColumnElement[bool]]:
    """What she may take along: of what she sees, that of the bridges where she markets or manages."""
    met = (
        seen_by(services.team_id, reader, asked)
        if asked == Asked("")
        else conditions(connection, services.team_id, reader, asked, services.clock.now())
    )
    return [*met, insights.of_bridges({one.id for one in (*reader.marketing, *reader.managed)})]
