"""What stands in the database at the end of a run, read with plain SQL."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Engine, inspect, text

Row = Mapping[str, Any]


class Stored:
    """All rows of the database, read once."""

    def __init__(self, engine: Engine) -> None:
        names = inspect(engine).get_table_names()
        with engine.connect() as connection:
            self.tables: dict[str, list[Row]] = {
                name: [dict(row) for row in connection.execute(text(f'SELECT * FROM "{name}"')).mappings()]
                for name in names
            }
        self.insights = self.tables["insights"]
        self.by_message = {(row["channel_id"], row["message_ts"]): row for row in self.insights}
        self.supporters: dict[int, set[str]] = defaultdict(set)
        for row in self.tables["supporters"]:
            self.supporters[row["insight_id"]].add(row["user_id"])
        self.outbox = {row["dedupe_key"]: row for row in self.tables["outbox"]}
