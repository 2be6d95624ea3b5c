"""Frontline's command line, and the one place where its parts are put together.

Exit status: 0 fine, 1 failed, 2 misuse.
"""

import errno
import signal
import sys
import tempfile
import threading
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any, Final, TextIO

import click
import structlog
from sqlalchemy.exc import DBAPIError

from bot import backup as backups
from bot import export as exports
from bot import manifest as manifests
from bot.bridges.categories import BUILT_IN
from bot.bridges.first import ensure_default_bridge
from bot.bridges.watch import BridgeWatch
from bot.clock import Clock, FixedClock, SystemClock
from bot.config import Settings, SettingsProblem, load_settings
from bot.doctor import all_well, as_table, examine
from bot.errors import OperatorError
from bot.health import SlackProbe, database_part, readiness, socket_part, workers_part
from bot.housekeeping import DirectoryKeeper, Housekeeping
from bot.i18n import texts
from bot.ids import Action, Field
from bot.inbox import work_one
from bot.logs import configure_logging
from bot.metrics import exposition
from bot.outbox import send_one
from bot.scheduler import Step, Workers, settle
from bot.schedules import run_one_due
from bot.services import Services
from bot.slack import LOST_ACCESS, SlackGateway, SlackProblem
from bot.workers import BUILDERS, JOBS, WORKERS
from bot.workspace.directory import read_directory
from handlers.bolt import build_bolt
from handlers.http import HttpServer, build_http
from handlers.socket import SocketConnection
from playground.clock import Clock as PlaygroundClock
from playground.demo import Access, open_demo
from playground.story import Ids, tell_story
from storage import schedules, schema, workspace
from storage.database import Database, DatabaseProblem, open_database

log = structlog.get_logger()

STOP_WITHIN: Final = 10.0  # seconds, from SIGTERM on


# --- putting it together -----------------------------------------------------------------------------------


def open_services(settings: Settings, clock: Clock) -> Services:
    """The database upgraded, Slack asked who we are, the directory read, the first bridge made.

    Raises OperatorError or DatabaseProblem with a sentence that says what to do.
    """
    slack = SlackGateway(settings.slack_bot_token, settings.slack_api_url)
    database = open_database(settings.database_url)
    before, after = schema.upgrade(database)
    if before != after:
        log.info("database_upgraded", before=before, after=after)
    try:
        identity = slack.identity()
        services = Services(db=database, clock=clock, slack=slack, identity=identity)
        with database.writing() as connection:
            workspace.save_workspace(connection, identity.team_id, identity.team, identity.user_id)
            is_first = workspace.directory_read_at(connection, identity.team_id) is None
        if is_first:
            read_directory(services)
    except SlackProblem as problem:
        raise OperatorError(_slack_trouble(problem, settings)) from None
    ensure_default_bridge(services, settings)
    return services


def _slack_trouble(problem: SlackProblem, settings: Settings) -> str:
    if problem.code in LOST_ACCESS:
        return (
            f"Slack refuses SLACK_BOT_TOKEN ({problem.code}). Install the app to the workspace again "
            "and copy the new bot token."
        )
    if problem.code == "missing_scope":
        return "The bot token lacks a scope. Update the app with manifest.yml and install it again."
    return (
        f"Slack can't be reached at {settings.slack_api_url} ({problem.code}). "
        "Check the network, the proxy and SLACK_API_URL."
    )


def work_steps(services: Services) -> list[Step]:
    """The units of work that make up Frontline: what is due, what came in, what goes out."""
    return [
        Step("schedules", lambda: run_one_due(services, JOBS), every=2.0),
        Step("inbox", lambda: work_one(services, WORKERS), wake=services.wake.inbox, poll=2.0, threads=2),
        Step("outbox", lambda: send_one(services, BUILDERS), wake=services.wake.outbox, poll=0.5),
    ]


@dataclass(frozen=True)
class Frontline:
    """A running Frontline."""

    services: Services
    watch: BridgeWatch
    workers: Workers
    socket: SocketConnection | None
    http: HttpServer | None

    def stop(self) -> None:
        """Take nothing new, finish what is in hand, close everything."""
        if self.socket is not None:
            self.socket.close()
        if self.http is not None:
            self.http.stop()
        self.workers.stop(STOP_WITHIN - 2)
        self.services.db.close()


def start(settings: Settings, clock: Clock) -> Frontline:
    """Start everything; gives it running. Raises OperatorError or DatabaseProblem."""
    services = open_services(settings, clock)
    watch = BridgeWatch(services.db, services.team_id)
    bolt = build_bolt(services, settings, watch)
    probe = SlackProbe(services.slack.identity)
    steps = [
        *work_steps(services),
        Step("housekeeping", Housekeeping(services).step, every=30.0),
        Step("directory", DirectoryKeeper(services).step, every=30.0),
        Step("probe", probe.step, every=30.0),
    ]
    workers = Workers(steps)
    socket = SocketConnection(bolt, settings.slack_app_token) if settings.socket_mode else None

    def ready() -> Any:
        slack_part = probe.part if socket is None else lambda: socket_part(socket)
        return readiness([lambda: database_part(services.db), slack_part, lambda: workers_part(workers)])

    http = None
    if settings.http_port is not None:
        application = build_http(
            None if settings.socket_mode else bolt, ready, lambda: exposition(services.db, clock)
        )
        http = HttpServer(application, settings.host, settings.http_port)
    workers.start()
    if http is not None:
        http.start()
    if socket is not None:
        socket.connect()
    log.info("frontline_runs", team=services.team_id, mode="socket" if socket else "http")
    return Frontline(services, watch, workers, socket, http)


@dataclass(frozen=True)
class DemoClock:
    """The playground's movable clock for what people see, the machine's own for leases and backoff."""

    playground: PlaygroundClock

    def now(self) -> datetime:
        return self.playground.now()

    def real(self) -> datetime:
        return datetime.now(UTC)


class DemoBot:
    """Frontline in the playground, on a database that goes with it."""

    def __init__(self, access: Access, clock: PlaygroundClock) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="frontline-demo-")
        settings = Settings(
            _env_file=None,  # type: ignore[call-arg]
            slack_bot_token=access.bot_token,
            slack_app_token=access.app_token,
            slack_api_url=access.api_url,
            database_url=f"sqlite:///{self._folder.name}/frontline.db",
            sales_channels=access.sales_channels,
            marketing_channel=access.marketing_channel,
            timezone=access.time_zone,
            language="ru" if access.language == "ru" else "en",
        )
        self.frontline = start(settings, DemoClock(clock))

    def next_due(self, after: datetime, until: datetime) -> datetime | None:
        """The earliest instant at which something of Frontline's is due."""
        with self.frontline.services.db.reading() as connection:
            due_at = schedules.next_due(connection)
        return due_at if due_at is not None and after < due_at <= until else None

    def settle(self) -> None:
        """Wait until Frontline has finished what is due."""
        settle(self.frontline.services, work_steps(self.frontline.services), timeout=60.0)

    def stop(self) -> None:
        """Stop it and forget its data."""
        self.frontline.stop()
        self._folder.cleanup()


def story_ids(language: str) -> Ids:
    """What the story presses and fills in, as Frontline calls it."""
    name, emoji = BUILT_IN["competitor"]
    return Ids(
        change_category=Action.CHANGE_CATEGORY,
        undo=Action.UNDO,
        text_field=Field.TEXT,
        customer_field=Field.CUSTOMER,
        deal_field=Field.DEAL,
        competitor=f":{emoji}: {texts(language).say(name)}",
    )


# --- the command line --------------------------------------------------------------------------------------


@contextmanager
def plain_faults() -> Iterator[None]:
    """Faults that an operator can mend become one clear message and status 1, without a trace."""
    try:
        yield
    except SettingsProblem as problem:
        for fault in problem.faults:
            click.echo(f"✗ {fault}", err=True)
        click.echo("All settings are described in docs/settings.md and .env.example.", err=True)
        sys.exit(1)
    except (OperatorError, DatabaseProblem) as problem:
        click.echo(f"✗ {problem}", err=True)
        sys.exit(1)
    except DBAPIError as problem:
        click.echo(f"✗ The database can't be used: {type(problem.orig).__name__}", err=True)
        sys.exit(1)
    except OSError as problem:
        if problem.errno != errno.EADDRINUSE:
            raise
        click.echo("✗ The port is taken by another program; choose another with --port or PORT.", err=True)
        sys.exit(1)


def settings_for(*, needs_slack: bool) -> Settings:
    """The settings, with logging set up as they say."""
    settings = load_settings(needs_slack=needs_slack)
    configure_logging(settings.log_level, settings.log_format)
    return settings


def wait_for_stop() -> None:
    """Wait for SIGTERM or Ctrl-C."""
    stopped = threading.Event()

    def on_signal(_: int, __: FrameType | None) -> None:
        stopped.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
    stopped.wait()


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Frontline: what sales hears, where marketing reads it."""


@main.command()
def run() -> None:
    """Run the bot with the settings of the environment and .env."""
    with plain_faults():
        frontline = start(settings_for(needs_slack=True), SystemClock())
        wait_for_stop()
        log.info("frontline_stops")
        frontline.stop()


@main.command("demo")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8090, show_default=True, help="0: any free one."
)
@click.option("--no-open", is_flag=True, help="Do not open the browser.")
@click.option("--language", type=click.Choice(["en", "ru"]), default="en", show_default=True)
@click.option("--story", is_flag=True, help="Play the main story by itself, print it, and exit.")
def demo_command(port: int, no_open: bool, language: str, story: bool) -> None:
    """Try Frontline in a local workspace in the browser, without Slack."""
    content = manifests.manifest(language=language)
    configure_logging("WARNING", "console")
    with plain_faults():
        if story:
            sys.exit(tell_story(DemoBot, content, story_ids(language), language=language))
        with open_demo(DemoBot, content, language=language, port=port) as running:
            click.echo(f"Frontline's playground is open at {running.url}\nStop it with Ctrl-C.")
            if not no_open:
                webbrowser.open(running.url)
            wait_for_stop()


@main.command()
def doctor() -> None:
    """Check settings, tokens, scopes, channels, database and schedules; say what to do."""
    with plain_faults():
        found = examine(lambda: settings_for(needs_slack=True), manifests.BOT_SCOPES, SystemClock())
        click.echo(as_table(found))
        sys.exit(0 if all_well(found) else 1)


@main.command()
@click.option("--at", "at", default=None, metavar="ISO-8601", help="The instant to act at; default: now.")
def tick(at: str | None) -> None:
    """Do everything that is due once, and exit: for cron-run installs."""
    clock: Clock = FixedClock(_instant(at)) if at else SystemClock()
    with plain_faults():
        services = open_services(settings_for(needs_slack=True), clock)
        if not settle(services, work_steps(services), timeout=600.0):
            raise OperatorError("Not everything could be finished; see the log, and call tick again.")
        services.db.close()


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(
            "write an instant such as 2026-03-02T09:00+01:00", param_hint="--at"
        ) from None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


@main.group()
def db() -> None:
    """Upgrade or back up the database."""


@db.command()
def upgrade() -> None:
    """Bring the schema up to date (run and demo do so by themselves)."""
    with plain_faults():
        before, after = schema.upgrade(_database())
        click.echo(
            f"Already up to date ({after})." if before == after else f"Upgraded from {before} to {after}."
        )


@db.command()
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
def backup(target: Path) -> None:
    """Write a consistent copy of the database to TARGET, also while Frontline runs."""
    with plain_faults():
        backups.backup(_database(), target)
        click.echo(f"Backed up to {target}.")


def _database() -> Database:
    return open_database(settings_for(needs_slack=False).database_url)


@main.command()
@click.option(
    "--http", "http_url", default=None, metavar="URL", help="For HTTP mode: https://host/slack/events"
)
@click.option("--language", type=click.Choice(["en", "ru"]), default="en", show_default=True)
def manifest(http_url: str | None, language: str) -> None:
    """Print the Slack app manifest, to be pasted into Slack."""
    click.echo(manifests.as_yaml(manifests.manifest(http_url=http_url, language=language)), nl=False)


@main.command()
@click.option("--format", "form", type=click.Choice(["csv", "jsonl"]), default="csv", show_default=True)
@click.option("--bridge", default=None, help="Only this bridge, by name.")
@click.option("--since", default=None, metavar="ISO-8601", help="Only insights captured since then.")
@click.option("--withdrawn", is_flag=True, help="Withdrawn insights too.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="A file; default: the terminal.")
def export(
    form: exports.Format, bridge: str | None, since: str | None, withdrawn: bool, out: Path | None
) -> None:
    """Write insights as CSV or JSON Lines."""
    with plain_faults(), _output(out) as target:
        count = exports.export(
            _database(),
            target,
            format=form,
            bridge=bridge,
            since=_instant(since) if since else None,
            with_withdrawn=withdrawn,
        )
        click.echo(f"{count} insights written.", err=True)


@contextmanager
def _output(path: Path | None) -> Iterator[TextIO]:
    if path is None:
        with open(sys.stdout.fileno(), "w", encoding="utf-8", newline="", closefd=False) as target:
            yield target
        return
    try:
        with path.open("x", encoding="utf-8", newline="") as target:
            yield target
    except FileExistsError:
        raise OperatorError(f"{path} exists already; choose another name.") from None


if __name__ == "__main__":
    main()
