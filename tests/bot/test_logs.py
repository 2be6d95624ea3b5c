"""No text and no token in any log, whoever writes it (promise 4)."""

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from slack_bolt import App
from slack_sdk import WebClient
from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError
from structlog.testing import capture_logs

from bot.errors import OperatorError
from bot.gestures import Answer, Gesture, Open
from bot.inbox import Incoming
from bot.logs import configure_logging, correlation, describe
from bot.slack import SlackRefused
from handlers.edge import Edge
from storage.database import Database
from storage.tables import insights
from tests.stage import make_stage
from tests.support import ANNA, BEN, SALES, TEAM

SECRET = "Hartmann leaves us for Acme"
SECRET_KEYS = [
    *("text", "first_text", "blocks", "payload", "body", "note", "outcome", "view", "message", "attachments"),
    *("token", "bot_token", "signing_secret", "password", "response_url", "database_url", "params"),
]
Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    yield
    root.setLevel(level)
    root.handlers = handlers
    structlog.reset_defaults()


def lines(capsys: Capture) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_json_lines_carry_level_time_and_correlation(capsys: Capture) -> None:
    configure_logging("INFO", "json")
    with correlation("Ev123"):
        structlog.get_logger("bot.test").info("event_done", kind="reaction_added", seconds=0.2)
    (line,) = lines(capsys)
    assert line["event"] == "event_done"
    assert (line["level"], line["logger"], line["kind"]) == ("info", "bot.test", "reaction_added")
    assert line["correlation_id"] == "Ev123"
    assert line["timestamp"].endswith("Z")


def test_console_lines_are_for_people(capsys: Capture) -> None:
    configure_logging("INFO", "console")
    structlog.get_logger("bot.test").warning("post_refused", code="is_archived")
    logging.getLogger("elsewhere").warning("from a library")
    said = capsys.readouterr().err
    assert "post_refused" in said
    assert "code=is_archived" in said
    assert "from a library" in said


@pytest.mark.parametrize(
    "key",
    SECRET_KEYS,
)
def test_keys_that_may_hold_text_are_withheld(capsys: Capture, key: str) -> None:
    configure_logging("INFO", "json")
    structlog.get_logger("bot.test").info("x", **{key: SECRET}, nested={"deep": [{key: SECRET}]})
    assert SECRET not in capsys.readouterr().err


def test_identifiers_are_kept(capsys: Capture) -> None:
    configure_logging("INFO", "json")
    structlog.get_logger("bot.test").info("x", message_ts="1.2", state="sent", post=7, tokens=3, view_id="V1")
    (line,) = lines(capsys)
    assert (line["message_ts"], line["state"], line["post"], line["view_id"]) == ("1.2", "sent", 7, "V1")


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("used xoxb-12-34-AbC to post", "used xoxb-… to post"),
        ("xapp-1-A0-12-ff00 refused", "xapp-… refused"),
        ("to https://hooks.slack.com/commands/T1/2/abc done", "to https://hooks.slack.com/… done"),
        (
            "wss://wss.slack.com/link/?ticket=abc-1&app_id=2 lost",
            "wss://wss.slack.com/link/?ticket=…&app_id=… lost",
        ),
        ("postgresql://frontline:hunter2@db/x", "postgresql://frontline:…@db/x"),
    ],
)
def test_secrets_are_cut_out_of_any_string(capsys: Capture, said: str, kept: str) -> None:
    configure_logging("INFO", "json")
    structlog.get_logger("bot.test").info("x", detail=said, more=[said])
    logging.getLogger("slack_sdk.web").error(said)
    own, foreign = lines(capsys)
    assert own["detail"] == foreign["event"] == kept
    assert own["more"] == [kept]


def test_libraries_never_go_below_info(capsys: Capture) -> None:
    configure_logging("DEBUG", "json")
    structlog.get_logger("bot.test").debug("ours")
    client = WebClient("xoxb-1", base_url="http://127.0.0.1:9/")
    app = App(
        client=client, signing_secret="x", token_verification_enabled=False
    )  # made after: Bolt copies levels
    assert app.logger.level >= logging.INFO
    for name in ("slack_sdk.web.base_client", "slack_bolt.App", "urllib3", "some.app"):
        logging.getLogger(name).debug(SECRET)
    stubborn = logging.getLogger("slack_sdk.stubborn")
    stubborn.setLevel(logging.DEBUG)
    stubborn.debug(SECRET)
    said = capsys.readouterr().err
    assert SECRET not in said
    assert '"ours"' in said


def test_an_unreadable_answer_of_slack_is_not_quoted(capsys: Capture) -> None:
    configure_logging("INFO", "json")
    message = f"Received a response in a non-JSON format: <html>{SECRET}\n{SECRET}"
    logging.getLogger("slack_sdk.web.base_client").error("Failed to decode Slack API response: %s", message)
    assert SECRET not in capsys.readouterr().err


def test_exceptions_show_place_and_type_but_no_values(capsys: Capture) -> None:
    configure_logging("INFO", "console")
    log = structlog.get_logger("bot.test")

    def fail(text: str) -> None:
        try:
            int(text)
        except ValueError as problem:
            raise KeyError(text) from problem

    try:
        fail(SECRET)
    except KeyError as problem:
        log.exception("event_failed")
        logging.getLogger("slack_bolt.App").exception(f"Failed to run listener function (error: {problem})")
    said = capsys.readouterr().err
    assert SECRET not in said
    assert "KeyError: [withheld]" in said
    assert "ValueError: [withheld]" in said
    assert "which led to:" in said
    assert "test_logs.py" in said
    assert "Failed to run listener function" in said


def test_our_own_words_and_the_systems_are_shown() -> None:
    assert describe(OperatorError("Port 80 is taken.")) == "bot.errors.OperatorError: Port 80 is taken."
    assert describe(FileNotFoundError(2, "No such file", "a.db")).startswith("FileNotFoundError: [Errno 2]")


def test_a_drivers_error_never_quotes_the_row(database: Database, capsys: Capture) -> None:
    configure_logging("INFO", "json")
    with pytest.raises(DBAPIError) as caught, database.writing() as connection:
        connection.execute(insert(insights).values(text=SECRET, team_id="T1"))
    try:
        raise caught.value
    except DBAPIError:
        structlog.get_logger("bot.test").exception("event_failed")
    said = capsys.readouterr().err
    assert SECRET not in said
    assert "IntegrityError" in said
    assert "SQLITE_CONSTRAINT_NOTNULL" in said or "23502" in said


def test_logs_go_to_stderr_alone() -> None:
    code = (
        "from bot.logs import configure_logging; configure_logging('INFO', 'json'); "
        "import structlog; structlog.get_logger('bot').info('hi')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    assert json.loads(done.stderr)["event"] == "hi"


def test_one_correlation_id_leads_from_the_event_to_the_post(database: Database) -> None:
    stage = make_stage(database)
    ts = stage.slack.say(SALES, BEN, "too expensive")
    stage.hear(Incoming("reaction_added", "k", SALES, ts, ANNA, "bulb", ts), "Ev0123")
    with capture_logs() as logs:
        stage.work()
        stage.send()
    told = {one["event"] for one in logs if one.get("correlation_id") == "Ev0123"}
    assert {"event_done", "post_done"} <= told
    assert "too expensive" not in str(logs)


def test_errors_of_a_gesture_carry_its_id(database: Database, capsys: Capture) -> None:
    stage = make_stage(database)
    edge = Edge(stage.services)
    body = {
        "trigger_id": "t1",
        "user_id": ANNA,
        "team_id": TEAM,
        "channel_id": SALES,
        "response_url": "https://a",
    }

    def break_down(gesture: Gesture) -> Answer:
        raise KeyError("too expensive")

    stage.slack.fail("views.open", SlackRefused("expired_trigger_id"))
    configure_logging("INFO", "json")
    edge.command(lambda **answer: None, body, break_down)  # type: ignore[arg-type]
    edge.command(lambda **answer: None, body, lambda gesture: Open({"type": "modal"}))  # type: ignore[arg-type]
    stage.send()
    structlog.get_logger("bot.test").info("something_else")
    told = {one["event"]: one.get("correlation_id") for one in lines(capsys)}
    assert told == {
        "gesture_failed": "t1",
        "form_not_opened": "t1",
        "post_done": "t1",
        "something_else": None,
    }
