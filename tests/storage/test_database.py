"""Connections: those that were lost while idle are replaced, and busy ones cost no extra round trip."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from storage import database as module
from storage.database import Database, open_database


@pytest.fixture
def postgres(postgres_server: str) -> Iterator[Database]:
    database = open_database(postgres_server)
    yield database
    database.close()


def lose_connection(database: Database) -> int:
    """End the only pooled connection from the server's side; gives its process number."""
    with database.reading() as connection:
        lost: int = connection.scalar(text("SELECT pg_backend_pid()"))
    other = open_database(database.engine.url.render_as_string(hide_password=False))
    with other.reading() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:lost, 5000)"), {"lost": lost})
    other.close()
    return lost


def test_a_connection_lost_while_idle_is_replaced(
    postgres: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = lose_connection(postgres)
    monkeypatch.setattr(module, "IDLE", 0.0)
    with postgres.reading() as connection:
        assert connection.scalar(text("SELECT pg_backend_pid()")) != lost


def test_a_connection_just_used_is_not_tried_again(
    postgres: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "IDLE", 3600.0)
    with postgres.reading() as connection:
        connection.execute(text("SELECT 1"))

    def refuse(_: object) -> bool:
        raise AssertionError("a round trip too many")

    monkeypatch.setattr(postgres.engine.dialect, "do_ping", refuse)
    with postgres.reading() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
