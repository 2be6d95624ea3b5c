"""The database is busy, or goes away: nothing acknowledged is lost, and Frontline recovers by itself."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Final

import pytest
from sqlalchemy import create_engine, event, text
from structlog.testing import capture_logs

from bot import health, manifest
from bot.config import Settings
from bot.health import database_part
from handlers.running import Frontline, start
from playground.model import Message
from playground.person import Person
from playground.server import Playground
from storage import inbox, insights

SOON: Final = 30.0  # seconds
BUSY: Final = 200  # milliseconds that SQLite waits for the writer's lock; in earnest 10 s


class RealClock:
    """Both times are the machine's."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def real(self) -> datetime:
        return datetime.now(UTC)


class Stage:
    """One person, one channel, one Frontline over a database of either kind."""

    def __init__(self, playground: Playground, database_url: str) -> None:
        people, channels = playground.workspace.people, playground.workspace.channels
        bot = playground.workspace.bot_user_id
        anna = people.add("anna")
        sales = channels.add("sales", members=[anna.id, bot]).id
        marketing = channels.add("marketing", members=[bot]).id
        self.playground = playground
        self.frontline: Frontline = start(
            Settings(
                _env_file=None,  # type: ignore[call-arg]
                slack_bot_token=playground.bot_token,
                slack_app_token=playground.app_token,
                slack_api_url=playground.api_url,
                database_url=database_url,
                sales_channels=(sales,),
                marketing_channel=marketing,
            ),
            RealClock(),
        )
        playground.wait_connected()
        self.anna: Person = playground.person("anna")

    def is_kept(self, message: Message) -> bool:
        services = self.frontline.services
        with services.db.reading() as connection:
            return insights.is_source(connection, services.team_id, message.channel, message.ts)

    def database(self) -> str:
        """What readiness says of it."""
        part = database_part(self.frontline.services.db)
        assert part.is_ok == (part.says == "answers")
        return part.says

    def waiting(self) -> int:
        with self.frontline.services.db.reading() as connection:
            return inbox.waiting_count(connection)


@pytest.fixture(autouse=True)
def no_standing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "FAILURE_STANDS", 0.0)


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    # Slack comes again at once, and then for as long as a test takes.
    delays = (0.1, *[0.3] * 60)
    # Unconfigured, structlog draws every variable of a trace, which takes seconds.
    with (
        capture_logs(),
        Playground(manifest=manifest.manifest(), ack_seconds=2.0, retry_delays=delays) as playground,
    ):
        running = Stage(playground, database_url)
        try:
            yield running
        finally:
            running.frontline.stop()


def until(is_so: Callable[[], bool]) -> None:
    deadline, pause = monotonic() + SOON, threading.Event()
    while not is_so():
        assert monotonic() < deadline, "it did not come true"
        pause.wait(0.05)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_locked_database_acknowledges_nothing_and_loses_nothing(stage: Stage, tmp_path: Path) -> None:
    database = stage.frontline.services.db

    @event.listens_for(database.engine, "checkout")
    def hurry(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute(f"PRAGMA busy_timeout={BUSY}")

    other = sqlite3.connect(tmp_path / "frontline.db", isolation_level=None)
    message = stage.anna.post("sales", "heard while another program holds the lock")
    other.execute("BEGIN IMMEDIATE")
    stage.anna.react(message, "bulb", wait=False)
    flag = stage.playground.log.deliveries("reaction_added")[0]
    until(lambda: len(flag.attempts) > 2)
    assert flag.state == "pending" and not any(one.outcome == "acked" for one in flag.attempts)
    assert stage.database() == "answers, but failed with SQLITE_BUSY"
    other.execute("ROLLBACK")
    until(lambda: stage.is_kept(message))
    until(lambda: flag.state == "acked" and stage.waiting() == 0)
    until(lambda: stage.database() == "answers")
    other.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_full_database_acknowledges_nothing_and_loses_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = stage.frontline.services.db
    pages: dict[str, int] = {}

    @event.listens_for(database.engine, "checkout")
    def limit(connection: sqlite3.Connection, *_: object) -> None:
        if pages:
            connection.execute(f"PRAGMA max_page_count={pages['most']}")

    message = stage.anna.post("sales", "heard while the disk is full")
    stage.anna.command("sales", "/insight before it was full")
    with database.reading() as connection:
        pages["most"] = int(connection.exec_driver_sql("PRAGMA page_count").scalar_one())
        free = int(connection.exec_driver_sql("PRAGMA freelist_count").scalar_one())
    assert free < 50
    assert stage.database() == "answers"
    monkeypatch.setattr(
        health, "FAILURE_STANDS", 3600.0
    )  # what is small finds room in the pages that there are
    long = "x" * 39_000  # more than the pages that are left
    refused = stage.anna.command("sales", f"/insight {long}")
    assert "Something went wrong" in str(refused.response)  # the person knows that nothing was saved
    assert stage.database() == "answers, but failed with SQLITE_FULL"
    pages["most"] = 1_000_000
    monkeypatch.setattr(health, "FAILURE_STANDS", 0.0)
    until(lambda: stage.database() == "answers")  # though nobody writes
    saved = stage.anna.command("sales", f"/insight {long}")
    assert "Something went wrong" not in str(saved.response)
    stage.anna.react(message, "bulb")
    until(lambda: stage.is_kept(message) and stage.waiting() == 0)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_restarted_postgresql_loses_nothing(stage: Stage, database_url: str) -> None:
    """To Frontline, all connections ended at once and new ones refused are a restart."""
    name = database_url.rsplit("/", 1)[1].split("?")[0]
    admin = create_engine(
        database_url.replace("postgresql://", "postgresql+psycopg://").replace(name, "postgres"),
        isolation_level="AUTOCOMMIT",
    )
    messages = [stage.anna.post("sales", f"message {number} of a bad day") for number in range(8)]
    with admin.connect() as connection:
        stage.anna.react(messages[0], "bulb")
        until(lambda: stage.is_kept(messages[0]) and stage.waiting() == 0)
        connection.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'))
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"),
            {"name": name},
        )
        for message in messages[1:]:
            stage.anna.react(message, "bulb", wait=False)
        flags = [
            one
            for one in stage.playground.log.deliveries("reaction_added")
            if one.payload["event"]["reaction"] == "bulb"
        ][1:]
        until(lambda: all(len(one.attempts) > 1 for one in flags))
        assert stage.database() == "OperationalError"
        assert [one.state for one in flags] == ["pending"] * (len(messages) - 1)
        connection.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'))
    until(lambda: stage.database() == "answers")
    until(lambda: all(stage.is_kept(one) for one in messages) and stage.waiting() == 0)
    admin.dispose()
