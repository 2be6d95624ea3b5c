"""The doctor finds each fault and says what to do, against the playground and both databases."""

from collections.abc import Callable, Iterator
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.config import Settings, SettingsProblem
from bot.doctor import Check, all_well, as_table, checks, examine
from bot.manifest import BOT_SCOPES, manifest
from bot.recurrence import Recurrence
from bot.schedules import save_schedule
from playground.server import Playground
from storage import outbox, schedules, schema, workspace
from storage.bridges import BridgeValues, add_bridge
from storage.database import Database, open_database
from storage.outbox import OutboxRow
from tests.support import StandingClock, make_services, say

WEEKLY = Recurrence(
    rule="FREQ=WEEKLY;BYDAY=MO", time=time(9), zone="Europe/Berlin", start_on=date(2026, 3, 1)
)


@pytest.fixture
def playground() -> Iterator[Playground]:
    with Playground(manifest=manifest()) as running:
        space = running.workspace
        with space.core.silently():
            anna = space.people.add("anna", "Anna Berg")
            for name in ("sales", "marketing"):
                space.channels.add(name, members=[anna.id, space.bot_user_id])
            space.channels.add("without-bot", members=[anna.id])
            space.channels.add("secret", private=True, members=[anna.id])
        yield running


def id_of(playground: Playground, name: str) -> str:
    return playground.workspace.channels.named(name).id


class Installation:
    """A Frontline that has run in the playground's workspace, and its doctor."""

    def __init__(self, playground: Playground, database: Database, url: str) -> None:
        self.playground, self.database, self.url = playground, database, url
        self.clock = StandingClock()
        self.team = playground.workspace.core.team_id
        with database.writing() as connection:
            workspace.save_workspace(connection, self.team, "Acme", "UBOT")
            workspace.directory_was_read(connection, self.team, self.clock.now())

    def settings(self, **changes: Any) -> Settings:
        plain = {
            "slack_bot_token": self.playground.bot_token,
            "slack_app_token": self.playground.app_token,
            "slack_api_url": self.playground.api_url,
            "database_url": self.url,
        }
        return Settings(_env_file=None, **(plain | changes))  # type: ignore[call-arg]

    def bridge(self, sales: str = "sales", marketing: str = "marketing") -> int:
        values = BridgeValues(
            name="default",
            marketing_channel_id=id_of(self.playground, marketing),
            time_zone="Europe/Berlin",
            language="en",
            flag_emoji=("bulb",),
            sales_channel_ids=(id_of(self.playground, sales),),
            manager_ids=(),
        )
        with self.database.writing() as connection:
            bridge_id = add_bridge(connection, self.team, values, self.clock.now())
            save_schedule(connection, bridge_id, "digest", WEEKLY, self.clock.now(), is_paused=False)
        return bridge_id

    def found(self, **changes: Any) -> list[Check]:
        return checks(self.settings(**changes), BOT_SCOPES, self.clock)

    def faults(self, **changes: Any) -> list[tuple[str, str]]:
        """The names of what is not well with what is said, each of which must say what to do."""
        failed = [check for check in self.found(**changes) if not check.is_ok]
        assert all(check.what_to_do for check in failed)
        return [(check.name, check.says) for check in failed]


@pytest.fixture
def installation(playground: Playground, database: Database, database_url: str) -> Installation:
    return Installation(playground, database, database_url)


def test_a_good_installation_is_well(installation: Installation) -> None:
    installation.bridge()
    found = installation.found()
    assert all_well(found), as_table(found)
    told = {check.name: check.says for check in found}
    assert told["scopes"] == f"all {len(BOT_SCOPES)} granted"
    assert told["app token"] == "opens Socket Mode"
    assert told["sales channel of default"] == "#sales"
    assert told["marketing channel of default"] == "#marketing"
    assert told["digest of default"] == "next run Mon 9 Mar, 09:00 (Europe/Berlin)"
    assert told["directory"] == "people and channels read 0 min ago"
    assert told["parked posts"] == told["parked events"] == "none"


def test_no_check_changes_anything(installation: Installation) -> None:
    installation.bridge()
    before = len(installation.playground.log.calls())
    installation.found()
    called = {call.method for call in installation.playground.log.calls()[before:]}
    assert called == {"auth.test", "apps.connections.open", "conversations.info"}


def test_a_revoked_token(installation: Installation) -> None:
    installation.bridge()
    installation.playground.revoke_tokens()
    assert ("slack", "auth.test: token_revoked") in installation.faults()


def test_an_unreachable_slack(installation: Installation) -> None:
    installation.bridge()
    faults = installation.faults(slack_api_url="http://127.0.0.1:9/api/")
    assert [name for name, _ in faults] == ["slack", "app token"]


def test_missing_scopes_are_named(installation: Installation) -> None:
    installation.bridge()
    found = checks(installation.settings(), [*BOT_SCOPES, "pins:read", "bookmarks:read"], installation.clock)
    assert [(check.name, check.says) for check in found if not check.is_ok] == [
        ("scopes", "missing: bookmarks:read, pins:read")
    ]


def test_a_wrong_app_token(installation: Installation) -> None:
    installation.bridge()
    assert installation.faults(slack_app_token="xapp-wrong") == [
        ("app token", "apps.connections.open: invalid_auth")
    ]


@pytest.mark.parametrize(
    ("sales", "says"),
    [("without-bot", "Frontline is not in #without-bot"), ("secret", "channel_not_found")],
)
def test_a_channel_without_the_bot(installation: Installation, sales: str, says: str) -> None:
    installation.bridge(sales=sales)
    ((name, said),) = installation.faults()
    assert name == "sales channel of default"
    assert says in said


def test_an_archived_and_a_shared_channel(installation: Installation) -> None:
    installation.bridge()
    channels = installation.playground.workspace.channels
    channels.share(id_of(installation.playground, "sales"))  # captured from, with notices by direct message
    channels.share(id_of(installation.playground, "marketing"))
    assert installation.faults() == [
        ("marketing channel of default", "#marketing is shared with another organisation")
    ]
    channels.archive(id_of(installation.playground, "sales"))
    assert ("sales channel of default", "#sales is archived") in installation.faults()


def test_without_a_bridge_it_says_how_to_make_one(installation: Installation) -> None:
    assert installation.faults() == [("bridges", "none yet")]


def test_without_a_bridge_the_settings_channels_are_looked_at(installation: Installation) -> None:
    ids = {name: id_of(installation.playground, name) for name in ("sales", "without-bot", "marketing")}
    faults = installation.faults(
        sales_channels=(ids["sales"], ids["without-bot"]), marketing_channel=ids["marketing"]
    )
    assert faults == [("sales channel", "Frontline is not in #without-bot")]


def test_what_is_parked_is_told_without_its_words(installation: Installation) -> None:
    installation.bridge()
    services = make_services(installation.database, installation.clock)
    with installation.database.writing() as connection:
        say(services, connection).post("p", "C1", {"text": "Hartmann leaves"})
        row = outbox.claim(
            connection, installation.clock.real(), installation.clock.now(), installation.clock.real(), "t"
        )
        assert isinstance(row, OutboxRow)
        values = {"finished_at": installation.clock.now(), "error": "is_archived"}
        outbox.finish(connection, row, "t", state="parked", real=installation.clock.real(), values=values)
    ((name, says),) = installation.faults()
    assert name == "parked posts"
    assert says == "1: post to C1 (is_archived, 2026-03-02 09:00 UTC)"
    assert "Hartmann" not in as_table(installation.found())


def test_an_overdue_schedule_and_an_old_directory(installation: Installation) -> None:
    installation.bridge()
    installation.clock.pass_time(days=8)
    assert installation.faults() == [
        ("directory", "people and channels read 8 days ago"),
        ("digest of default", "next run Mon 9 Mar, 09:00 (Europe/Berlin)"),
    ]


def test_a_paused_schedule_is_well(installation: Installation) -> None:
    bridge_id = installation.bridge()
    with installation.database.writing() as connection:
        schedule = schedules.of_bridge(connection, bridge_id, "digest")
        assert schedule is not None
        schedules.set_paused(connection, schedule.id, is_paused=True, next_run_at=schedule.next_run_at)
    installation.clock.pass_time(hours=1)
    assert installation.faults() == []


def test_a_newer_schema(installation: Installation) -> None:
    with installation.database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    ((name, says),) = installation.faults()
    assert name == "database"
    assert "schema 9999 of a newer Frontline" in says


# --- settings and database files ---------------------------------------------------------------------------


def of_settings(playground: Playground, url: str) -> list[Check]:
    settings = Settings(  # type: ignore[call-arg]
        _env_file=None,
        slack_bot_token=playground.bot_token,
        slack_signing_secret="s",
        slack_api_url=playground.api_url,
        database_url=url,
    )
    return checks(settings, BOT_SCOPES, StandingClock())


def test_bad_settings_are_all_that_is_told() -> None:
    def load() -> Settings:
        raise SettingsProblem(["Set SLACK_BOT_TOKEN: …", "PORT must be a number."])

    found = examine(load, BOT_SCOPES, StandingClock())
    assert [check.what_to_do for check in found] == ["Set SLACK_BOT_TOKEN: …", "PORT must be a number."]
    assert not all_well(found)


def test_a_database_that_is_not_there_yet_is_not_made(playground: Playground, tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    found = of_settings(playground, f"sqlite:///{path}")
    assert all_well(found), as_table(found)
    assert not path.exists()


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("sqlite:////nowhere/at/all/x.db", "Make the folder"),
        ("postgresql://u:hidden@127.0.0.1:9/x", "The database can't be used"),
    ],
)
def test_a_database_that_cannot_be_opened(playground: Playground, url: str, what: str) -> None:
    found = [check for check in of_settings(playground, url) if not check.is_ok]
    assert len(found) == 1
    assert what in f"{found[0].says} {found[0].what_to_do}"
    assert "hidden" not in as_table(found)


@pytest.mark.parametrize(
    "makes", [lambda path: path.write_bytes(b""), lambda path: path.write_text("no database" * 999)]
)
def test_an_empty_and_a_broken_file(
    playground: Playground, tmp_path: Path, makes: Callable[[Path], object]
) -> None:
    path = tmp_path / "x.db"
    makes(path)
    found = [check for check in of_settings(playground, f"sqlite:///{path}") if not check.is_ok]
    assert [check.name for check in found] == ["database"]
    assert found[0].what_to_do


def test_a_read_only_database(playground: Playground, tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    made = open_database(f"sqlite:///{path}")
    schema.upgrade(made)
    made.close()
    found = [
        check
        for check in of_settings(playground, f"sqlite:///file:{path}?mode=ro&uri=true")
        if not check.is_ok
    ]
    assert found
    assert "read-only" in found[0].what_to_do


def test_the_table_says_what_to_do_below_each_fault() -> None:
    table = as_table([Check("slack", True, "Acme"), Check("database", False, "gone", "Bring it back.")])
    assert table.splitlines() == [
        "ok    slack     Acme",
        "FAIL  database  gone",
        "                -> Bring it back.",
        "1 of 2 checks failed.",
    ]
    assert as_table([Check("slack", True, "Acme")]).endswith("All is well.")
