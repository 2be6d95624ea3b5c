"""The other side: the least a Bolt app can do, with nothing of Frontline's in it."""

import logging
import sqlite3
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from time import time
from typing import Any, Final

import psycopg
from slack_bolt import App, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from benchmarks.slackside import BOT, SECRET

Store = Callable[[Mapping[str, Any]], None]
_INSERT: Final = "INSERT INTO events (event_id, kind, channel_id, message_ts, user_id, item, received_at)"
_TABLE: Final = """
    CREATE TABLE IF NOT EXISTS events (
        id {key}, event_id VARCHAR(64) UNIQUE, kind VARCHAR(40), channel_id VARCHAR(32),
        message_ts VARCHAR(20), user_id VARCHAR(32), item VARCHAR(255), received_at DOUBLE PRECISION
    )
"""


def build_bare(event: str, store: Store | None = None, *, signed: bool = False) -> App:
    """A Bolt app with one listener, which is empty, for `event`; `store` is called in a middleware, so before
    the acknowledgement.

    Authorisation is known from the start, as Frontline's is: Bolt's own would ask Slack.
    """
    known = AuthorizeResult(
        enterprise_id=None,
        team_id=BOT.team_id,
        bot_user_id=BOT.user_id,
        bot_id=BOT.bot_id,
        bot_token="xoxb-none",
    )
    app = App(
        logger=logging.getLogger("bare"),
        client=WebClient(),
        authorize=lambda: known,
        signing_secret=SECRET if signed else None,
        request_verification_enabled=signed,
    )
    if store is not None:
        app.middleware(_storing(store))
    app.event(event)(lambda: None)
    return app


def _storing(store: Store) -> Callable[..., BoltResponse]:
    def middleware(body: Mapping[str, Any], next: Callable[[], BoltResponse]) -> BoltResponse:
        store(body)
        return next()

    return middleware


def sqlite_store(file: Path) -> Store:
    """One raw insert and commit, as durable as Frontline's: write-ahead log, synced at every commit."""
    connection = sqlite3.connect(file, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(_TABLE.format(key="INTEGER PRIMARY KEY"))
    connection.commit()
    turn = threading.Lock()

    def store(body: Mapping[str, Any]) -> None:
        with turn:
            connection.execute(f"{_INSERT} VALUES (?, ?, ?, ?, ?, ?, ?)", _row(body))
            connection.commit()

    return store


def postgres_store(address: str) -> Store:
    """One raw insert that commits by itself (one round trip), through a connection of each thread's own."""
    with psycopg.connect(address) as connection:
        connection.execute(_TABLE.format(key="BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"))
    own = threading.local()

    def store(body: Mapping[str, Any]) -> None:
        if not hasattr(own, "connection"):
            own.connection = psycopg.connect(address, autocommit=True)
        own.connection.execute(f"{_INSERT} VALUES (%s, %s, %s, %s, %s, %s, %s)", _row(body))

    return store


def _row(body: Mapping[str, Any]) -> tuple[object, ...]:
    event = body["event"]
    item = event["item"]
    return (
        body["event_id"],
        event["type"],
        item["channel"],
        item["ts"],
        event["user"],
        event["reaction"],
        time(),
    )
