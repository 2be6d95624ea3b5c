"""Small helpers over SQLAlchemy Core: rows to dataclasses, upserts, locks. Dialect differences end here."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Connection, Executable, Row, Select, Table, func, select
from sqlalchemy.dialects import postgresql, sqlite

T = TypeVar("T")


def fetch_one(connection: Connection, statement: Executable, kind: type[T]) -> T | None:
    """The first row as `kind`, a dataclass whose fields are named as the columns; None without a row."""
    row = connection.execute(statement).first()
    return None if row is None else as_kind(row, kind)


def fetch_all(connection: Connection, statement: Executable, kind: type[T]) -> list[T]:
    """All rows as `kind`."""
    return [as_kind(row, kind) for row in connection.execute(statement)]


def as_kind(row: Row[Any], kind: type[T]) -> T:
    return kind(**row._mapping)


def columns_for(table: Table, kind: type[Any]) -> Select[Any]:
    """A select of just the columns that `kind`, a dataclass, has fields for."""
    return select(*(table.c[name] for name in kind.__dataclass_fields__))


def insert_once(connection: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert unless a unique key says that it is there already. True: inserted."""
    statement = _insert_unless_known(connection.dialect.name, table)
    return connection.execute(statement, dict(values)).rowcount == 1


def upsert(connection: Connection, table: Table, values: Mapping[str, Any], keys: Sequence[str]) -> None:
    """Insert, or update every other column of the row with the same `keys`."""
    statement = _insert(connection, table).values(**values)
    rest = {name: statement.excluded[name] for name in values if name not in keys}
    if rest:
        connection.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=rest))
    else:
        connection.execute(statement.on_conflict_do_nothing())


def lock(connection: Connection, *key: str) -> None:
    """Hold `key` alone until the transaction ends. SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("|".join(key), 0))))


@cache
def _insert_unless_known(dialect: str, table: Table) -> Any:
    """Made once, with the values as parameters: on the way to an acknowledgement, building the statement and
    its cache key anew would cost more than the database does.
    """
    insert = (postgresql if dialect == "postgresql" else sqlite).insert(table)
    # Row counts are kept for updates and deletions only, otherwise.
    return insert.on_conflict_do_nothing().execution_options(preserve_rowcount=True)


def _insert(connection: Connection, table: Table) -> Any:
    return (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)
