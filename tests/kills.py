"""Ends a process, as far as a test can, at any one of the boundaries that a step passes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from tests.stage import Stage


class Killed(BaseException):
    """The process ends here: no handler of ours runs."""


class Killer:
    """Counts the boundaries of a sending: before each statement, before and after each commit and call."""

    def __init__(self, at: int | None = None) -> None:
        self.at = at
        self.passed: list[str] = []

    def here(self, when: str, what: str) -> None:
        self.passed.append(f"{when} {what}")
        if len(self.passed) == self.at:
            raise Killed(self.passed[-1])


@contextmanager
def watched(stage: Stage, killer: Killer) -> Iterator[None]:
    """Let the killer see everything that happens on the way to Slack and to the database."""
    engine, slack = stage.services.db.engine, stage.slack
    commit = engine.dialect.do_commit

    def before(_: Any, __: Any, statement: str, *___: Any) -> None:
        killer.here("before", statement.split()[0])

    def do_commit(connection: Any) -> None:
        killer.here("before", "COMMIT")
        commit(connection)
        killer.here("after", "COMMIT")

    def end(connection: Any, *_: Any) -> None:
        connection.rollback()  # closed with a query half read, SQLite would keep the transaction open

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "invalidate", end)
    engine.dialect.do_commit = do_commit  # type: ignore[assignment, method-assign]
    slack.watch = killer.here
    try:
        yield
    except Killed:
        pass
    finally:
        engine.dispose()  # the connections of a process end with it
        slack.watch = lambda when, method: None
        engine.dialect.do_commit = commit  # type: ignore[method-assign]
        event.remove(engine, "before_cursor_execute", before)
        event.remove(engine, "invalidate", end)
