"""Puts a running Frontline together: database, Slack, workers and transport."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from bot.analysis import embedding
from bot.bridges.first import ensure_default_bridge, ensure_schedules
from bot.bridges.following import follow_zones
from bot.bridges.watch import BridgeWatch
from bot.catchup import CatchUp
from bot.clock import Clock
from bot.config import Settings
from bot.errors import OperatorError
from bot.health import (
    DatabaseProbe,
    Part,
    SlackProbe,
    database_part,
    readiness,
    socket_part,
    workers_part,
)
from bot.housekeeping import DirectoryKeeper, Housekeeping
from bot.inbox import work_one
from bot.metrics import exposition
from bot.outbox import send_one
from bot.scheduler import Step, Workers, left_aside, settle, settle_beside
from bot.schedules import run_one_due
from bot.services import Services
from bot.slack import LOST_ACCESS, SlackGateway, SlackProblem
from bot.themes.placing import place_some
from bot.timers import ring_one
from bot.upkeep.presence import does_anyone_listen
from bot.upkeep.watch import Upkeep, look
from bot.workers import BELLS, BUILDERS, JOBS, WORKERS
from bot.workspace.directory import read_directory
from handlers.bolt import build_bolt
from handlers.http import HttpServer, build_http
from handlers.socket import SocketConnection, Watchdog
from storage import schema, workspace
from storage.database import open_database

log = structlog.get_logger()

CATCH_UP_FOR: Final = 300.0  # seconds of one tick
THEMES: Final = "themes"
SETTLE_WITHIN: Final = 600.0  # seconds
STOP_WITHIN: Final = 10.0  # seconds, from SIGTERM on


def open_services(settings: Settings, clock: Clock) -> Services:
    """The database upgraded, Slack asked who we are, the directory read, the first bridge made,
    and what is planned put to where its time zone now says.

    Raises OperatorError or DatabaseProblem with a sentence that says what to do.
    """
    embedding.load()  # a second now, and not within a transaction for which acknowledgements wait
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
    ensure_schedules(services)
    follow_zones(services)
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
    """The units of work that make up Frontline: what came in finds its theme, what is due, what came in and
    what goes out.
    """
    return [
        Step(THEMES, lambda: place_some(services), poll=1.0),
        Step("schedules", lambda: run_one_due(services, JOBS), every=2.0),
        Step("timers", lambda: ring_one(services, BELLS), every=2.0),
        Step("inbox", lambda: work_one(services, WORKERS), wake=services.wake.inbox, poll=2.0, threads=2),
        Step("outbox", lambda: send_one(services, BUILDERS), wake=services.wake.outbox, poll=0.5),
    ]


def tick_once(services: Services, settings: Settings, *, catches_up: bool) -> bool:
    """Do everything that is due once, in this thread; False: not all of it could be finished.

    `catches_up`: look for what happened since the last time too, for CATCH_UP_FOR; the next tick goes on.
    What fails keeps nothing else from its work: OperatorError says at the end what it was, and the next tick
    tries it again.
    """
    steps, finish = work_steps(services), settle
    failed: set[str] = set()
    with services.db.reading() as connection:
        if does_anyone_listen(connection, services.team_id, services.clock.real()):
            # What comes in meanwhile would never let this end.
            steps, finish = [one for one in steps if one.name != THEMES], settle_beside
    if catches_up:
        with left_aside("catch-up", failed):
            catch_up = CatchUp(services, days=settings.catch_up_days)
            deadline = time.monotonic() + CATCH_UP_FOR
            catch_up.begin()
            while time.monotonic() < deadline and catch_up.is_under_way():
                finish(services, steps, SETTLE_WITHIN, failed)
                if not catch_up.work_in_pace():
                    catch_up.wait()
    with left_aside("health", failed):
        look(services)
    is_finished = finish(services, steps, SETTLE_WITHIN, failed)
    if failed:
        raise OperatorError(
            f"Failed: {', '.join(sorted(failed))}; see the log. The rest went on without, and the next tick "
            "tries again."
        )
    return is_finished


@dataclass(frozen=True)
class Frontline:
    """A running Frontline."""

    services: Services
    watch: BridgeWatch
    workers: Workers
    socket: SocketConnection | None
    http: HttpServer | None

    def stop(self) -> None:
        """Take nothing new, finish what is in hand within STOP_WITHIN, close everything.

        What could not be finished is taken up again when its lease ends, here or in another replica.
        """
        deadline = time.monotonic() + STOP_WITHIN

        def left() -> float:
            return max(0.1, deadline - time.monotonic())

        if self.socket is not None:
            self.socket.close(left() / 2)
        if self.http is not None:
            self.http.stop(left() / 2)
        self.workers.stop(left())
        self.services.db.close()


def start(settings: Settings, clock: Clock) -> Frontline:
    """Start everything; gives it running. Raises OperatorError or DatabaseProblem."""
    services = open_services(settings, clock)
    watch = BridgeWatch(services.db, services.team_id)
    bolt = build_bolt(services, settings, watch)
    probe = SlackProbe(services.slack.identity)
    socket: SocketConnection | None = None
    watchdog: Watchdog | None = None

    def is_listening() -> bool:
        """Over HTTP the process hears Slack as soon as it runs."""
        if not settings.socket_mode:
            return True
        return bool(socket and watchdog and socket.is_connected and watchdog.doubt() is None)

    catch_up = CatchUp(services, days=settings.catch_up_days, is_listening=is_listening)
    upkeep = Upkeep(services, is_listening=is_listening, catch_up=catch_up.ask)
    upkeep.note()  # a gap is known before it is caught up, so that what is found counts for it
    steps = [
        *work_steps(services),
        Step("catch-up", catch_up.step, poll=1.0, patience=300.0),
        Step("housekeeping", Housekeeping(services).step, every=30.0),
        Step("directory", DirectoryKeeper(services).step, every=30.0, patience=900.0),
        Step("upkeep", upkeep.step, every=30.0),
        Step("probe", probe.step, every=30.0, patience=300.0),
        Step("database", DatabaseProbe(services.db).step, patience=300.0),
    ]
    if settings.socket_mode:
        socket = SocketConnection(bolt, settings.slack_app_token, live=services.live, on_hello=catch_up.ask)
        watchdog = Watchdog(socket, services.slack.identity)
        steps.append(Step("socket", watchdog.step, poll=1.0, patience=300.0))
    workers = Workers(steps, services.live)

    def ready() -> Sequence[Part]:
        parts = [lambda: database_part(services.db), lambda: workers_part(workers), probe.part]
        if socket is not None and watchdog is not None:
            parts.append(lambda: socket_part(socket, watchdog.doubt()))
        return readiness(parts)

    http = None
    if settings.http_port is not None:
        application = build_http(
            None if settings.socket_mode else bolt,
            ready,
            lambda: exposition(services.db, clock),
            services.live,
        )
        http = HttpServer(application, settings.host, settings.http_port)
    workers.start()
    if http is not None:
        http.start()
    if socket is not None:
        socket.connect()
    log.info("frontline_runs", team=services.team_id, mode="socket" if socket else "http")
    return Frontline(services, watch, workers, socket, http)
