"""Looks at everything that an installation needs, and says of each fault what to do about it.

Reads only: neither Slack nor the database is changed, and no text is shown.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final

from slack_sdk.errors import SlackApiError, SlackClientError
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from bot.clock import Clock
from bot.config import Settings, SettingsProblem
from bot.i18n import texts
from bot.slack import Identity, SlackGateway, SlackProblem, SlackRefused, scopes_told
from storage import bridges, inbox, outbox, schedules, schema, workspace
from storage.bridges import Bridge
from storage.database import Database, DatabaseProblem, open_database

OVERDUE: Final = timedelta(minutes=5)
OLD_DIRECTORY: Final = timedelta(hours=25)  # it is read every 12
TIMEOUT: Final = 10  # seconds for each call to Slack

MEND_ACCESS: Final = {
    "invalid_auth": "Copy the bot token (xoxb-…) anew from OAuth & Permissions into SLACK_BOT_TOKEN.",
    "not_authed": "Set SLACK_BOT_TOKEN.",
    "token_revoked": "The token was revoked: install the app to the workspace again and copy the new token.",
    "token_expired": "The token has expired: install the app to the workspace again and copy the new token.",
    "account_inactive": "The app was removed from the workspace: install it again and copy the new token.",
}
UNREACHABLE: Final = "Check the network, a proxy (HTTPS_PROXY) and SLACK_API_URL."


@dataclass(frozen=True)
class Check:
    """One thing that was looked at. `what_to_do` is said where it is not well."""

    name: str
    is_ok: bool
    says: str
    what_to_do: str = ""


@dataclass(frozen=True)
class Examiner:
    """What all checks need."""

    settings: Settings
    clock: Clock
    bot_scopes: frozenset[str]  # those of the manifest
    gateway: SlackGateway = field(init=False)

    def __post_init__(self) -> None:
        gateway = SlackGateway(self.settings.slack_bot_token, self.settings.slack_api_url, timeout=TIMEOUT)
        object.__setattr__(self, "gateway", gateway)


def examine(load: Callable[[], Settings], bot_scopes: Collection[str], clock: Clock) -> list[Check]:
    """Every check, settings first; without good settings nothing else can be looked at.

    `load` gives the settings or raises SettingsProblem; `bot_scopes` are those of the manifest.
    """
    try:
        settings = load()
    except SettingsProblem as problem:
        return [Check("settings", False, "can't be used", fault) for fault in problem.faults]
    transport = "Socket Mode" if settings.socket_mode else f"HTTP on port {settings.http_port}"
    return [Check("settings", True, transport), *checks(settings, bot_scopes, clock)]


def checks(settings: Settings, bot_scopes: Collection[str], clock: Clock) -> list[Check]:
    """All checks but that of the settings themselves."""
    examiner = Examiner(settings, clock, frozenset(bot_scopes))
    found, identity = _slack(examiner)
    found += _database(examiner, identity)
    return found


def as_table(found: Iterable[Check]) -> str:
    """The checks as lines for people: a mark, a name, what was seen, and below it what to do."""
    found = list(found)
    width = max((len(check.name) for check in found), default=0)
    lines = []
    for check in found:
        lines.append(f"{'ok  ' if check.is_ok else 'FAIL'}  {check.name:<{width}}  {check.says}".rstrip())
        if not check.is_ok and check.what_to_do:
            lines.append(f"      {'':<{width}}  -> {check.what_to_do}")
    failed = sum(not check.is_ok for check in found)
    lines.append("All is well." if not failed else f"{failed} of {len(found)} checks failed.")
    return "\n".join(lines)


def all_well(found: Iterable[Check]) -> bool:
    """Whether the exit status is 0."""
    return all(check.is_ok for check in found)


# --- Slack -------------------------------------------------------------------------------------------------


def _slack(examiner: Examiner) -> tuple[list[Check], Identity | None]:
    found: list[Check] = []
    identity = None
    try:
        identity = examiner.gateway.identity()
    except SlackProblem as problem:
        found.append(Check("slack", False, f"auth.test: {problem.code}", _mend(problem)))
    else:
        found.append(Check("slack", True, f"{identity.team} ({identity.team_id}), as {identity.user_id}"))
        found.append(_scopes(examiner))
    if examiner.settings.socket_mode:
        found.append(_app_token(examiner))
    return found, identity


def _mend(problem: SlackProblem) -> str:
    if isinstance(problem, SlackRefused):
        return MEND_ACCESS.get(problem.code, "See docs.slack.dev/reference/methods/auth.test for this error.")
    return UNREACHABLE


def _scopes(examiner: Examiner) -> Check:
    """What Slack tells of the token's scopes."""
    try:
        answer = examiner.gateway.client.auth_test()
    except (SlackApiError, SlackClientError, OSError) as problem:
        return Check("scopes", False, f"auth.test: {type(problem).__name__}", UNREACHABLE)
    told = scopes_told(answer.headers)
    if told is None:
        return Check("scopes", True, "this server does not tell them")
    missing = sorted(examiner.bot_scopes - told)
    if missing:
        return Check(
            "scopes",
            False,
            f"missing: {', '.join(missing)}",
            "Paste manifest.yml into the app's settings (App Manifest) and install the app again.",
        )
    return Check("scopes", True, f"all {len(examiner.bot_scopes)} granted")


def _app_token(examiner: Examiner) -> Check:
    settings = examiner.settings
    gateway = SlackGateway(settings.slack_app_token, settings.slack_api_url, timeout=TIMEOUT)
    try:
        gateway.call("apps.connections.open")
    except SlackRefused as problem:
        return Check(
            "app token",
            False,
            f"apps.connections.open: {problem.code}",
            "Make an app-level token with connections:write under Basic Information, and see that "
            "Socket Mode is on.",
        )
    except SlackProblem as problem:
        return Check("app token", False, f"apps.connections.open: {problem.code}", UNREACHABLE)
    return Check("app token", True, "opens Socket Mode")


# --- the database, and what stands in it -------------------------------------------------------------------


def _database(examiner: Examiner, identity: Identity | None) -> Iterable[Check]:
    missing = _missing_file(examiner.settings.database_url)
    if missing is not None:
        return [missing, *_channels_of_settings(examiner)]
    try:
        database = open_database(examiner.settings.database_url)
    except DatabaseProblem as problem:
        return [Check("database", False, "can't be opened", f"{problem}.")]
    try:
        version = _schema(database)
        if not version.is_ok:
            return [version]
        return [version, _writable(database), *_contents(examiner, database, identity)]
    except DatabaseProblem as problem:
        return [Check("database", False, "can't be used", str(problem))]
    except DBAPIError as problem:
        return [Check("database", False, "can't be used", schema.cannot_use(database, problem))]
    finally:
        database.close()


def _missing_file(url: str) -> Check | None:
    """Opening an SQLite file that is not there would make it; the doctor makes nothing."""
    path = Path(url.removeprefix("sqlite:///").split("?")[0])
    if not url.startswith("sqlite:///") or url.startswith("sqlite:///file:") or path.exists():
        return None
    if not path.absolute().parent.is_dir():
        return Check(
            "database", False, f"{path} is in no folder", f"Make the folder {path.absolute().parent}."
        )
    return Check("database", True, f"{path} is not there yet; `run` makes it")


def _schema(database: Database) -> Check:
    current, newest = schema.current(database), schema.newest()
    name = "PostgreSQL" if not database.is_sqlite else f"SQLite {database.engine.url.database}"
    if current == newest:
        return Check("database", True, f"{name}, schema {current}")
    if current is None:
        says, what = "is empty", "Start Frontline (`python app.py run`), which makes the tables."
    elif current < newest:
        says = f"schema {current}, this Frontline needs {newest}"
        what = "Back up (`python app.py db backup FILE`) and run `python app.py db upgrade`."
    else:
        says = f"schema {current} of a newer Frontline, this one knows up to {newest}"
        what = "Install that version again, or restore a backup made before the upgrade."
    return Check("database", False, f"{name}: {says}", what)


def _writable(database: Database) -> Check:
    try:
        with database.writing() as connection:
            connection.execute(text("UPDATE workspaces SET name = name WHERE 1 = 0"))
    except DBAPIError as problem:
        return Check("database write", False, "refused", schema.cannot_use(database, problem))
    return Check("database write", True, "possible")


def _contents(examiner: Examiner, database: Database, identity: Identity | None) -> list[Check]:
    with database.reading() as connection:
        teams = [identity.team_id] if identity else workspace.teams(connection)
        known = [bridge for team in teams for bridge in bridges.all_bridges(connection, team)]
        found = [_directory(examiner, connection, team) for team in teams]
        found += _parked(connection)
        for team in teams:
            found += _schedules(examiner, connection, team, {bridge.id: bridge for bridge in known})
    if not known:
        return found + (_channels_of_settings(examiner) or [_no_bridge()])
    # Slack is asked when the database is let go.
    if identity is not None:
        found += [check for bridge in known for check in _channels(examiner, bridge)]
    return found


def _no_bridge() -> Check:
    return Check(
        "bridges",
        False,
        "none yet",
        "In Slack, an admin types `/frontline setup`; or set SALES_CHANNELS and MARKETING_CHANNEL and start.",
    )


def _directory(examiner: Examiner, connection: Connection, team: str) -> Check:
    at = workspace.directory_read_at(connection, team)
    if at is None:
        return Check("directory", False, "never read", "Start Frontline; it reads people and channels first.")
    age = examiner.clock.now() - at
    says = f"people and channels read {_ago(age)}"
    if age > OLD_DIRECTORY:
        return Check("directory", False, says, "Is Frontline running? Its log tells why it can't read them.")
    return Check("directory", True, says)


def _parked(connection: Connection) -> Iterator[Check]:
    events, posts = inbox.parked(connection, limit=3), outbox.parked(connection, limit=3)
    how = "Mend the cause, then try them anew: `python app.py doctor --retry-parked`."
    told = [f"{one.kind} ({one.error}, {one.received_at:%Y-%m-%d %H:%M} UTC)" for one in events]
    yield _parked_check("parked events", inbox.parked_count(connection), told, how)
    told = [
        f"{one.kind} to {one.channel_id or one.user_id} ({one.error}, {one.created_at:%Y-%m-%d %H:%M} UTC)"
        for one in posts
    ]
    yield _parked_check("parked posts", outbox.parked_count(connection), told, how)


def _parked_check(name: str, count: int, told: list[str], how: str) -> Check:
    if count == 0:
        return Check(name, True, "none")
    return Check(name, False, f"{count}: {'; '.join(told)}{'; …' if count > len(told) else ''}", how)


def _schedules(
    examiner: Examiner, connection: Connection, team: str, known: dict[int, Bridge]
) -> Iterator[Check]:
    english, now = texts("en"), examiner.clock.now()
    for schedule in schedules.all_of_team(connection, team):
        name = f"{schedule.kind} of {known[schedule.bridge_id].name}"
        if schedule.is_paused:
            yield Check(name, True, "paused")
        elif schedule.next_run_at is None:
            yield Check(name, False, "never runs again", "Set its days anew: `/frontline digest`.")
        else:
            says = f"next run {english.moment(schedule.next_run_at, schedule.time_zone)}"
            late = now - schedule.next_run_at > OVERDUE
            what = "It is overdue. Is Frontline (or the cron job with `tick`) running?"
            yield Check(name, not late, f"{says} ({schedule.time_zone})", what if late else "")


# --- channels ----------------------------------------------------------------------------------------------


def _channels_of_settings(examiner: Examiner) -> list[Check]:
    """The channels of the bridge that the first start will make."""
    settings = examiner.settings
    found = [_channel(examiner, channel_id, "sales channel") for channel_id in settings.sales_channels]
    if settings.marketing_channel:
        found.append(_channel(examiner, settings.marketing_channel, "marketing channel", is_marketing=True))
    return found


def _channels(examiner: Examiner, bridge: Bridge) -> Iterator[Check]:
    for channel_id in bridge.sales_channel_ids:
        yield _channel(examiner, channel_id, f"sales channel of {bridge.name}")
    name = f"marketing channel of {bridge.name}"
    yield _channel(examiner, bridge.marketing_channel_id, name, is_marketing=True)


def _channel(examiner: Examiner, channel_id: str, name: str, *, is_marketing: bool = False) -> Check:
    try:
        channel = examiner.gateway.channel(channel_id)
    except SlackRefused as problem:
        what = "In Slack, type `/invite @Frontline` in the channel, or choose another (`/frontline setup`)."
        if problem.code != "channel_not_found":
            what = "See the checks above."
        return Check(name, False, f"{channel_id}: {problem.code}", what)
    except SlackProblem as problem:
        return Check(name, False, f"{channel_id}: {problem.code}", UNREACHABLE)
    title = f"#{channel.name}" if channel.name else channel_id
    if channel.is_archived:
        return Check(
            name, False, f"{title} is archived", "Unarchive it, or choose another: `/frontline setup`."
        )
    if not channel.is_member:
        return Check(
            name, False, f"Frontline is not in {title}", f"In Slack, type `/invite @Frontline` in {title}."
        )
    if channel.is_shared and is_marketing:
        return Check(
            name,
            False,
            f"{title} is shared with another organisation",
            "Digests are not posted where others could read them; choose another: `/frontline setup`.",
        )
    if channel.is_shared:
        return Check(name, True, f"{title}, shared with others: notices go by direct message")
    return Check(name, True, title)


def _ago(age: timedelta) -> str:
    hours = age.total_seconds() / 3600
    if hours < 1:
        return f"{max(0, int(hours * 60))} min ago"
    return f"{hours:.0f} h ago" if hours < 48 else f"{hours / 24:.0f} days ago"
