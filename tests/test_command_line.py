"""The command line as an operator types it: one clear message and exit status each."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app import main
from storage import outbox, schema
from storage.database import open_database
from tests.support import MARKETING, make_bridge, make_services, say


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


def test_how_many_posts_a_word_concerned_is_told(address: str) -> None:
    park_two(address)
    with open_database(address).writing() as connection:
        connection.exec_driver_sql("UPDATE outbox SET parent_id = 1 WHERE id = 2")
    assert call("outbox", "retry", "2").output == "Tried anew, with what belongs together: 2.\n"
    with open_database(address).writing() as connection:
        connection.exec_driver_sql("UPDATE outbox SET state = 'parked'")
    assert call("outbox", "drop", "1").output == "Dropped, with what belongs to them: 2.\n"
    assert call("outbox", "drop", "1").output == "Dropped, with what belongs to them: 0.\n"


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


def test_the_manifest_for_http_wants_a_whole_address(address: str) -> None:
    assert call("manifest", "--http", "frontline.example").exit_code == 2


def test_a_database_address_of_no_use_is_told_with_all_other_faults(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://u:hidden@db/x")
    monkeypatch.setenv("TIMEZONE", "Mars/Base")
    result = call("run")
    assert result.exit_code == 1
    assert "DATABASE_URL must be" in result.output
    assert "TIMEZONE must be" in result.output
    assert "hidden" not in result.output


def test_an_export_into_a_folder_that_is_not_there_is_one_sentence(address: str, tmp_path: Path) -> None:
    result = call("export", "--out", str(tmp_path / "nowhere" / "insights.csv"))
    assert result.exit_code == 1
    assert "No such file or directory" in result.output
    assert isinstance(result.exception, SystemExit)


def test_an_export_by_a_misspelt_filter_is_one_sentence_and_no_file(address: str, tmp_path: Path) -> None:
    make_bridge(make_services(open_database(address)))
    out = tmp_path / "insights.csv"
    result = call("export", "--query", "stauts:done", "--out", str(out))
    assert result.exit_code == 1 and not out.exists()
    assert result.output.strip().count("\n") == 0 and "did you mean `status:`" in result.output
    assert call("export", "--query", "status:done", "--out", str(out)).exit_code == 0 and out.exists()


def test_an_export_since_no_instant_names_its_own_option(address: str) -> None:
    result = call("export", "--since", "yesterday")
    assert (result.exit_code, "--since" in result.output, "--at" in result.output) == (2, True, False)


@pytest.mark.parametrize("command", [("export",), ("db", "upgrade")])
def test_a_newer_database_is_refused(address: str, command: tuple[str, ...]) -> None:
    with open_database(address).writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    result = call(*command)
    assert result.exit_code == 1
    assert "made by a newer Frontline" in result.output


def test_an_empty_database_has_nothing_to_export_and_says_what_to_do(
    address: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'other.db'}")
    result = call("export")
    assert result.exit_code == 1
    assert "db upgrade" in result.output


def test_plans_of_activities_come_in_and_go_out(address: str, tmp_path: Path) -> None:
    make_bridge(make_services(open_database(address)))
    file, out = tmp_path / "plan.csv", tmp_path / "out.csv"
    row = "Fair,attract,UMIA,2026-03-02,2026-03-31,EUR,5000"
    file.write_text(f"title,purpose,owner,starts_on,ends_on,currency,budget\n{row}\n", "utf-8")
    assert (
        "Activities that would be imported: 1;" in call("activities", "import", str(file), "--dry-run").output
    )
    assert "Activities imported: 1; there already: 0." in call("activities", "import", str(file)).output
    assert "Activities imported: 0; there already: 1." in call("activities", "import", str(file)).output
    assert call("activities", "export", "--out", str(out)).exit_code == 0
    assert "Fair,attract,UMIA,2026-03-02,2026-03-31,EUR,5000.00" in out.read_text("utf-8")
    file.write_text(f"title,purpose,owner,starts_on,ends_on,currency,budget\n{row} XYZ\n", "utf-8")
    refused = call("activities", "import", str(file))
    assert refused.exit_code == 1
    assert "line 2, budget: Write an amount in EUR" in refused.output
