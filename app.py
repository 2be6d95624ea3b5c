"""Frontline's command line, and the one place where its parts are put together.

Exit status: 0 fine, 1 failed, 2 misuse.
"""

import errno
import os
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
from typing import Any, BinaryIO, Final, TextIO

import click
import structlog
from sqlalchemy.exc import DBAPIError

from bot import backup as backups
from bot import export as exports
from bot import housekeeping
from bot import manifest as manifests
from bot.activities import plan_files
from bot.analysis import again
from bot.bridges.categories import BUILT_IN
from bot.clock import Clock, FixedClock, SystemClock
from bot.config import Settings, SettingsProblem, load_settings
from bot.doctor import all_well, as_table, examine
from bot.erasure import command as erasing
from bot.errors import OperatorError
from bot.i18n import texts
from bot.ids import Action, Field
from bot.importing.store import import_file
from bot.logs import configure_logging
from bot.quiet.hours import OFF
from bot.scheduler import settle
from handlers.running import open_services, start, tick_once, work_steps
from playground.clock import Clock as PlaygroundClock
from playground.demo import Access, open_demo
from playground.story import Ids, tell_story
from storage import analysis, bridges, outbox, schedules, schema, timers, workspace
from storage.database import Database, DatabaseProblem, open_database

log = structlog.get_logger()

STOP_WITHIN: Final = 10.0  # seconds, from SIGTERM on


# --- the demo's bot ---------------------------------------------------------------------------------------


# Whom and what the people of the playground speak of.
DEMO_LISTS: Final[dict[str, list[tuple[str, str, list[str]]]]] = {
    "en": [
        ("competitor", "Acme", ["acme.com"]),
        ("competitor", "Packtronic", []),
        ("customer", "Hartmann", []),
        ("customer", "Bluebell Granola", ["Bluebell"]),
        ("customer", "Tiny Oven", []),
        ("customer", "Finch & Daughters", ["Finch"]),
        ("customer", "Castell", []),
        ("customer", "Oster Dairy", ["Oster"]),
        ("customer", "Kilbride Foods", ["Kilbride"]),
        ("customer", "Molino Verdi", ["Molino"]),
        ("customer", "Lumen Coffee", ["Lumen"]),
        ("product", "CP-40", []),
        ("product", "FW-200", []),
        ("product", "BrevikLink", []),
    ],
    "ru": [
        ("competitor", "Вектор", []),
        ("competitor", "Русфасовка", []),
        ("customer", "Волжский хлебокомбинат", ["Волжский"]),
        ("customer", "Пряничный двор", []),
        ("customer", "Булкин и сыновья", ["Булкин"]),
        ("customer", "Медовый край", []),
        ("customer", "Сырный дом", []),
        ("customer", "Агро-Юг", []),
        ("customer", "Южный мельник", []),
        ("customer", "Кофейный причал", []),
        ("customer", "Эко-Лавка", []),
        ("product", "CP-40", []),
        ("product", "FW-200", []),
        ("product", "БревикЛинк", []),
    ],
}


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
        services = open_services(settings, DemoClock(clock))
        everyone = [str(one["id"]) for one in services.slack.people()]
        with services.db.writing() as connection:
            for user_id in everyone:
                # It is tried at any hour, and what waits would seem not to work; the home tab switches it on.
                workspace.save_working_hours(connection, services.team_id, user_id, OFF)
            for bridge in bridges.all_bridges(connection, services.team_id):
                analysis.save_names(connection, bridge.id, DEMO_LISTS[settings.language])
        services.db.close()
        self.frontline = start(settings, DemoClock(clock))

    def next_due(self, after: datetime, until: datetime) -> datetime | None:
        """The earliest instant at which something of Frontline's is due."""
        with self.frontline.services.db.reading() as connection:
            instants = (
                schedules.next_due(connection),
                timers.next_due(connection),
                outbox.next_waiting(connection, after),
            )
        due_at = min((one for one in instants if one is not None), default=None)
        return due_at if due_at is not None and after < due_at <= until else None

    def settle(self) -> None:
        """Wait until Frontline has finished what is due. Raises RuntimeError where some of it failed."""
        services, failed = self.frontline.services, set[str]()
        settle(services, work_steps(services), 60.0, failed)
        if failed:
            raise RuntimeError(f"failed: {', '.join(sorted(failed))}")

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
        if problem.errno == errno.EADDRINUSE:
            said = "The port is taken by another program; choose another with --port or PORT."
        elif problem.filename:
            said = f"{problem.filename}: {problem.strerror}."
        else:
            raise
        click.echo(f"✗ {said}", err=True)
        sys.exit(1)


def settings_for(*, needs_slack: bool) -> Settings:
    """The settings, with logging set up as they say."""
    settings = load_settings(needs_slack=needs_slack)
    configure_logging(settings.log_level, settings.log_format)
    return settings


def quiet_settings(*, needs_slack: bool) -> Settings:
    """The settings, for commands that speak to the terminal themselves."""
    settings = load_settings(needs_slack=needs_slack)
    configure_logging("CRITICAL", "console")
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
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)  # threads of the libraries that still wait for Slack must not keep the process


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
@click.option("--retry-parked", is_flag=True, help="Try anew what was given up, after its cause was mended.")
def doctor(retry_parked: bool) -> None:
    """Check settings, tokens, scopes, channels, database and schedules; say what to do."""
    with plain_faults():
        if retry_parked:
            events, posts = housekeeping.retry_parked(_database(), SystemClock())
            click.echo(f"{events} events and {posts} posts are tried anew.")
        found = examine(lambda: quiet_settings(needs_slack=True), manifests.BOT_SCOPES, SystemClock())
        click.echo(as_table(found))
        sys.exit(0 if all_well(found) else 1)


@main.command()
@click.option("--at", "at", default=None, metavar="ISO-8601", help="The instant to act at; default: now.")
def tick(at: str | None) -> None:
    """Do everything that is due once, and exit: for cron-run installs."""
    clock: Clock = FixedClock(_instant(at, "--at")) if at else SystemClock()
    with plain_faults():
        settings = settings_for(needs_slack=True)
        services = open_services(settings, clock)
        # At another instant than now, what Slack shows would be stamped wrongly.
        if not tick_once(services, settings, catches_up=at is None):
            raise OperatorError("Not everything could be finished; see the log, and call tick again.")
        services.db.close()


def _instant(text: str, option: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(
            "write an instant such as 2026-03-02T09:00+01:00", param_hint=option
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
    return open_database(quiet_settings(needs_slack=False).database_url)


@main.group("outbox")
def outbox_group() -> None:
    """See, retry or drop posts that Slack refused for good."""


@outbox_group.command("list")
def outbox_list() -> None:
    """List parked posts: id, kind, channel, reason. Their text is not shown."""
    with plain_faults(), _database().reading() as connection:
        for row in outbox.parked(connection, limit=1000):
            click.echo(
                f"{row.id}\t{row.kind}\t{row.channel_id or row.user_id}\t{row.error}\t{row.dedupe_key}"
            )


@outbox_group.command("retry")
@click.argument("ids", nargs=-1, type=int)
@click.option("--all", "everything", is_flag=True, help="All parked posts.")
def outbox_retry(ids: tuple[int, ...], everything: bool) -> None:
    """Try parked posts anew, by ID, after the cause was mended, with what belongs together."""
    wanted = _wanted(ids, everything)
    with plain_faults(), _database().writing() as connection:
        count = outbox.unpark(connection, SystemClock().real(), wanted)
        click.echo(f"Tried anew, with what belongs together: {count}.")


@outbox_group.command("drop")
@click.argument("ids", nargs=-1, type=int)
@click.option("--all", "everything", is_flag=True, help="All parked posts.")
def outbox_drop(ids: tuple[int, ...], everything: bool) -> None:
    """Let parked posts, by ID, go unsaid for good, with what belongs to them."""
    wanted = _wanted(ids, everything)
    with plain_faults(), _database().writing() as connection:
        count = outbox.drop(connection, wanted, SystemClock().now())
        click.echo(f"Dropped, with what belongs to them: {count}.")


def _wanted(ids: tuple[int, ...], everything: bool) -> tuple[int, ...] | None:
    if bool(ids) == everything:
        raise click.UsageError("Name posts by id, or give --all.")
    return None if everything else ids


@main.command()
@click.option(
    "--http", "http_url", default=None, metavar="URL", help="For HTTP mode: https://host/slack/events"
)
@click.option("--language", type=click.Choice(["en", "ru"]), default="en", show_default=True)
def manifest(http_url: str | None, language: str) -> None:
    """Print the Slack app manifest, to be pasted into Slack."""
    if http_url is not None and not http_url.startswith(("https://", "http://")):
        raise click.BadParameter(
            "write the whole address, such as https://your.host/slack/events", param_hint="--http"
        )
    click.echo(manifests.as_yaml(manifests.manifest(http_url=http_url, language=language)), nl=False)


@main.command()
@click.option("--format", "form", type=click.Choice(["csv", "jsonl"]), default="csv", show_default=True)
@click.option("--bridge", default=None, help="Only this bridge, by name.")
@click.option("--since", default=None, metavar="ISO-8601", help="Only insights captured since then.")
@click.option("--until", default=None, metavar="ISO-8601", help="Only insights captured before then.")
@click.option(
    "--query",
    default="",
    metavar="WORDS",
    help="Only what this finds, as in /insight search: 'status:done competitor:acme'. Days are those of UTC.",
)
@click.option("--withdrawn", is_flag=True, help="Withdrawn insights too.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="A file; default: the terminal.")
def export(
    form: exports.Format,
    bridge: str | None,
    since: str | None,
    until: str | None,
    query: str,
    withdrawn: bool,
    out: Path | None,
) -> None:
    """Write insights as CSV or JSON Lines."""
    start_at = _instant(since, "--since") if since else None
    end_at = _instant(until, "--until") if until else None
    with plain_faults():
        database = _database_of_today()
        with _output(out) as target, _progress() as progress:
            count = exports.export(
                database,
                target,
                format=form,
                bridge=bridge,
                since=start_at,
                until=end_at,
                with_withdrawn=withdrawn,
                query=query,
                now=SystemClock().now(),
                progress=progress,
            )
        click.echo(f"{count} insights written.", err=True)


@main.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--bridge", default=None, help="The bridge it goes to, by name; may be left out where one is.")
@click.option("--dry-run", is_flag=True, help="Check everything and store nothing.")
def import_command(file: BinaryIO, bridge: str | None, dry_run: bool) -> None:
    """Bring in what was collected before, from the CSV FILE. Its columns are described in docs/search.md."""
    with plain_faults():
        content = file.read()
        done = import_file(_database_of_today(), SystemClock(), content, bridge=bridge, dry_run=dry_run)
        verb = "would be imported" if dry_run else "imported"
        click.echo(f"{done.new} insights {verb}; {done.known} rows are known already.")
        if done.ignored:
            click.echo(f"Columns that are not read: {', '.join(done.ignored)}.")


def _database_of_today() -> Database:
    """The database, whose schema must be the newest."""
    database = _database()
    if schema.refuse_newer(database) != schema.newest():
        raise OperatorError(
            "The database is empty or of an older version; `python app.py db upgrade` mends that."
        )
    return database


@contextmanager
def _progress() -> Iterator[exports.Progress]:
    """A bar on the error stream, where that is a terminal."""
    bars: list[Any] = []

    def show(written: int, total: int) -> None:
        if not bars:
            bars.append(click.progressbar(length=total, file=sys.stderr))
            bars[0].__enter__()
        bars[0].update(written - bars[0].pos)

    try:
        yield show
    finally:
        for bar in bars:
            bar.__exit__(None, None, None)


@main.command("erase")
@click.option("--insight", "numbers", multiple=True, type=int, metavar="N", help="This insight, by number.")
@click.option("--person", "people", multiple=True, metavar="U…", help="This person, by her id in Slack.")
@click.option("--record", type=click.File(encoding="utf-8"), help="What `erasures` wrote, after a restore.")
@click.option("--workspace", "team", default=None, metavar="T…", help="Needed where there are several.")
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase_command(
    numbers: tuple[int, ...],
    people: tuple[str, ...],
    record: TextIO | None,
    team: str | None,
    dry_run: bool,
    yes: bool,
) -> None:
    """Erase insights or people for good. Posts in Slack follow with `run` or `tick`."""
    if bool(record) == bool(numbers or people):
        raise click.UsageError("Name insights or people, or give a --record.")
    with plain_faults():
        database, clock = _database_of_today(), SystemClock()
        if record is not None:
            insights, persons = erasing.erase_again(database, clock, record)
            click.echo(f"Erased again: {insights} insights, {persons} people.")
            return
        team_id = erasing.team_of(database, team)
        click.echo("\n".join(["Goes for good:", *erasing.preview(database, team_id, numbers, people)]))
        if dry_run:
            return
        if not yes and click.prompt("Write ERASE to go on", default="", show_default=False) != "ERASE":
            raise OperatorError("Nothing was erased.")
        erasing.erase(database, clock, team_id, numbers, people)
        click.echo("Erased. Posts in Slack follow with `run` or `tick`.")


@main.command("mydata")
@click.argument("person", metavar="U…")
@click.option("--workspace", "team", default=None, metavar="T…", help="Needed where there are several.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="A file; default: the terminal.")
def mydata_command(person: str, team: str | None, out: Path | None) -> None:
    """Write all that is stored of a person, by her id in Slack, as JSON Lines."""
    with plain_faults():
        database = _database_of_today()
        team_id = erasing.team_of(database, team)
        with _output(out) as target:
            count = erasing.write_own_data(database, team_id, person, target)
        click.echo(f"{count} lines written.", err=True)


@main.command("erasures")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="A file; default: the terminal.")
def erasures_command(out: Path | None) -> None:
    """Write down what was erased, so that it can be erased again when a backup is restored. No text."""
    with plain_faults():
        database = _database_of_today()
        with _output(out) as target:
            count = erasing.write_record(database, target)
        click.echo(f"{count} entries written.", err=True)


@main.group("activities")
def activities_group() -> None:
    """Plans of activities from and to CSV, and the ledger of what they cost and brought."""


@activities_group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--bridge", default=None, help="For this bridge, by name; needed where there are several.")
@click.option("--dry-run", is_flag=True, help="Only say what would be imported.")
def activities_import(file: Path, bridge: str | None, dry_run: bool) -> None:
    """Plan the activities of a CSV FILE: all of them, or none."""
    with plain_faults():
        found = plan_files.import_plans(
            _database_of_today(), SystemClock(), file.read_bytes(), bridge, dry_run=dry_run
        )
        done = "that would be imported" if dry_run else "imported"
        click.echo(f"Activities {done}: {found.added}; there already: {found.known}.")


@activities_group.command("export")
@click.option("--bridge", default=None, help="Of this bridge, by name; needed where there are several.")
@click.option("--ledger", is_flag=True, help="Every entry instead of the plans.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="A file; default: the terminal.")
def activities_export(bridge: str | None, ledger: bool, out: Path | None) -> None:
    """Write plans as CSV that can be imported again, or the ledger."""
    with plain_faults():
        database = _database_of_today()
        write = plan_files.export_ledger if ledger else plan_files.export_plans
        with _output(out) as target:
            count = write(database, target, bridge)
        click.echo(f"Activities written: {count}.", err=True)


@main.command("reanalyse")
@click.option("--bridge", default=None, help="Only this bridge, by name.")
def reanalyse_command(bridge: str | None) -> None:
    """Read all insights anew, where nobody has decided: category, names, themes. Also while Frontline runs.

    Begun again, it goes on where it stopped.
    """
    with plain_faults():
        database = _database()
        if schema.refuse_newer(database) != schema.newest():
            raise OperatorError(
                "The database is empty or of an older version; `python app.py db upgrade` mends that."
            )
        with database.reading() as connection:
            teams = workspace.teams(connection)
        changed = sum(_reanalyse(database, team_id, bridge) for team_id in teams)
        click.echo(f"{changed} insights changed.")


def _reanalyse(database: Database, team_id: str, bridge: str | None) -> int:
    changed = 0
    for run, label in ((again.reanalyse, "Reading insights"), (again.find_themes, "Finding themes")):
        steps = run(database, SystemClock(), team_id, bridge)
        with click.progressbar(length=next(steps).left, label=label, file=sys.stderr) as bar:
            for step in steps:
                changed += step.changed
                bar.update(step.read)
    return changed


@contextmanager
def _output(path: Path | None) -> Iterator[TextIO]:
    if path is None:
        with open(sys.stdout.fileno(), "w", encoding="utf-8", newline="", closefd=False) as target:
            yield target
        return
    try:
        with path.open("x", encoding="utf-8", newline="") as target:
            try:
                yield target
            except OperatorError:  # nothing was written: what was asked for can't be
                path.unlink()
                raise
    except FileExistsError:
        raise OperatorError(f"{path} exists already; choose another name.") from None


if __name__ == "__main__":
    main()
