"""`/frontline mydata`: a person's own data as JSON Lines, by direct message and for herself alone."""

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection

from bot.gestures import Answer, Gesture, Reply
from bot.inbox import say_for
from bot.messages.erasure import own_data_comes, own_data_comment
from bot.services import Services
from bot.workspace.access import require_own, viewer
from storage import inbox, own_data
from storage.outbox import OutboxRow

BUILDER: Final = "own_data"


def send_own_data(services: Services, gesture: Gesture, _words: str) -> Answer:
    """Send the person a file with all that is hers. Guests may have it too. Raises UserError."""
    with services.db.writing() as connection:
        reader = viewer(connection, services.team_id, gesture.user_id)
        require_own(reader)
        if inbox.first_time(connection, gesture.key, services.clock.now()):
            say = say_for(services, connection, gesture.key)
            say.file(
                f"own-data:{gesture.key}"[:255],
                BUILDER,
                "my-data.jsonl",
                user_id=gesture.user_id,
                comment=own_data_comment(reader.texts),
            )
    return Reply({"text": own_data_comes(reader.texts)})


def build_own_data(services: Services, row: OutboxRow) -> Mapping[str, Any]:
    """A `bot.outbox.Builder`: the file, of whom the message goes to, as things stand when it is sent."""
    assert row.user_id is not None
    with services.db.reading() as connection:
        content = "".join(lines_of(connection, services.team_id, row.user_id))
    return {"content": content.encode(), "title": row.payload["filename"]}


def lines_of(connection: Connection, team_id: str, user_id: str) -> Iterator[str]:
    """Each thing that is hers, a line: what it is, and its values as they are stored. Times are UTC."""
    for kind, values in own_data.everything_of(connection, team_id, user_id):
        record = {"kind": kind, **{name: _plain(value) for name, value in values.items()}}
        yield json.dumps(record, ensure_ascii=False) + "\n"


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime | date) else value
