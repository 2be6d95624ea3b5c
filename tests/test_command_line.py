"""The command line as an operator types it: one clear message and exit status each."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app import main
from storage import outbox, schema
from storage.database import open_database
from tests.support import MARKETING, make_services, say


@pytest.fixture
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty database that the command line is pointed at; no other settings."""
    monkeypatch.chdir(tmp_path)
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "PORT"):
        monkeypatch.delenv(name, raising=False)
    address = f"sqlite:///{tmp_path / 'frontline.db'}"
    monkeypatch.setenv("DATABASE_URL", address)
    schema.upgrade(open_database(address))
    return address


def call(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def park_two(address: str) -> None:
    services = make_services(open_database(address))
    with services.db.writing() as connection:
        voice = say(services, connection)
        for key in ("one", "two"):
            voice.post(key, MARKETING, {"text": f"words of {key}"})
        connection.exec_driver_sql("UPDATE outbox SET state = 'parked', error = 'not_in_channel'")


def states(address: str) -> dict[str, int]:
    with open_database(address).reading() as connection:
        return outbox.counts(connection)


def test_parked_posts_are_listed_without_their_words(address: str) -> None:
    park_two(address)
    result = call("outbox", "list")
    assert result.exit_code == 0
    assert result.output.count("not_in_channel") == 2
    assert "words" not in result.output


def test_one_parked_post_is_retried_and_the_rest_dropped(address: str) -> None:
    park_two(address)
    assert call("outbox", "retry", "1").exit_code == 0
    assert states(address) == {"pending": 1, "parked": 1}
    assert call("outbox", "drop", "--all").exit_code == 0
    assert states(address) == {"pending": 1, "dropped": 1}


def test_naming_nothing_is_misuse(address: str) -> None:
    assert call("outbox", "drop").exit_code == 2
    assert call("outbox", "retry", "1", "--all").exit_code == 2


def test_missing_tokens_are_told_all_at_once(address: str) -> None:
    result = call("run")
    assert result.exit_code == 1
    assert "SLACK_BOT_TOKEN" in result.output
    assert "SLACK_APP_TOKEN" in result.output
    assert "Traceback" not in result.output


def test_an_instant_that_is_none_is_misuse(address: str) -> None:
    assert call("tick", "--at", "yesterday").exit_code == 2


def test_upgrading_says_what_it_did(address: str) -> None:
    result = call("db", "upgrade")
    assert (result.exit_code, "Already up to date" in result.output) == (0, True)


def test_a_backup_is_not_written_over_another(address: str, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    assert call("db", "backup", str(target)).exit_code == 0
    again = call("db", "backup", str(target))
    assert again.exit_code == 1
    assert "exists" in again.output


def test_the_manifest_for_http_names_the_address(address: str) -> None:
    result = call("manifest", "--http", "https://frontline.example/slack/events")
    assert result.exit_code == 0
    assert result.output.count("https://frontline.example/slack/events") == 5
    assert "socket_mode_enabled: false" in result.output
