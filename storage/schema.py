"""The schema's version: upgrades an older database, refuses a newer one."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError

from storage.database import Database, DatabaseProblem
from storage.rows import lock

_FOLDER: Final = Path(__file__).parent / "migrations"


def alembic_config() -> Config:
    """How Alembic finds the migrations."""
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    return config


def newest() -> str:
    """The revision this Frontline works with."""
    head = ScriptDirectory.from_config(alembic_config()).get_current_head()
    assert head is not None
    return head


def current(database: Database) -> str | None:
    """The database's revision; None where it is empty. Raises DatabaseProblem where it can't be read."""
    try:
        with database.reading() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except DBAPIError as problem:
        raise DatabaseProblem(cannot_use(database, problem)) from None


def refuse_newer(database: Database) -> str | None:
    """The database's revision, as `current`. Raises DatabaseProblem also where a newer Frontline made it."""
    revision = current(database)
    known = {script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()}
    if revision is not None and revision not in known:
        raise DatabaseProblem(
            f"The database was made by a newer Frontline (schema {revision}; this one knows up to "
            f"{newest()}). Install that version again, or restore a backup made before the upgrade."
        )
    return revision


def upgrade(database: Database) -> tuple[str | None, str]:
    """Bring the schema up to date, all or nothing; gives the revisions before and after.

    Raises DatabaseProblem where the database is newer than this Frontline, can't be written or reached.
    """
    before, head = refuse_newer(database), newest()
    if before == head:
        return before, head
    try:
        with database.writing() as connection:
            lock(connection, "migrations")  # replicas that start together
            config = alembic_config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except DBAPIError as problem:
        raise DatabaseProblem(cannot_use(database, problem)) from None
    return before, head


def cannot_use(database: Database, problem: DBAPIError) -> str:
    """A sentence for what the driver says, without address or password."""
    said = str(problem.orig).strip().splitlines()[0] if problem.orig else type(problem).__name__
    if "readonly" in said or "read-only" in said:
        return "The database is read-only; make its file and folder writable for the user who runs Frontline."
    if "unable to open" in said:
        path = database.engine.url.database
        return f"The database file can't be opened ({path}); is its folder there, and writable for Frontline?"
    return f"The database can't be used: {said}"
