"""Whose fault an error of the database is: the database's own passes, the statement's comes again."""

from typing import Final

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

# SQLite tells its own faults (a full disk, a lock) and a statement's that it can't carry out as one kind.
_OF_THE_STATEMENT: Final = "SQLITE_ERROR"


def is_databases(problem: BaseException) -> bool:
    """Whether the database was away, busy, full or the like: another try may fare better."""
    if isinstance(problem, PoolTimeout):
        return True
    if not isinstance(problem, DBAPIError):
        return False
    if problem.connection_invalidated:
        return True
    name = getattr(problem.orig, "sqlite_errorname", None)
    return isinstance(problem, OperationalError | InterfaceError) and name != _OF_THE_STATEMENT
