"""A run: people, troubles and replicas at once; then peace, catching up, and the oracle."""

import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, create_engine, text

from bot import manifest
from playground.delivery import ACK_SECONDS
from playground.log import ApiCall, Attempt, Delivery
from playground.server import Playground
from tests.chaos.balancer import Balancer
from tests.chaos.bot import LATER
from tests.chaos.cast import Cast
from tests.chaos.findings import late, texts_in_logs
from tests.chaos.oracle import Oracle
from tests.chaos.plan import GESTURES, SOCKETS, Do, Step, plan
from tests.chaos.replicas import Replica, launch
from tests.chaos.report import Report
from tests.chaos.stored import Stored

RETRIES: Final = (0.2, 1.0, 3.0)  # seconds; Slack's are 0, 60, 300
GAP: Final = 1.5  # seconds that people go on while nobody hears them; then they wait
LOOK: Final = 0.1  # seconds
START: Final = 120.0  # seconds
TICK: Final = 660.0  # seconds; a tick works for ten minutes at most
SLOWNESS: Final = 10.0  # seconds that the Web API takes to answer during a spell
FORMS: Final = 900.0  # seconds; people who fill in forms lag behind where many do not open
PEACE: Final = 1800.0  # seconds within which all must be made up for
AWAKE: Final = timedelta(seconds=0.5)  # after a freeze, until what has piled up is answered
CHATTER: Final = 0.5  # seconds between words that keep connections from seeming dead in peace


@dataclass(frozen=True)
class Options:
    """What is to be run. `rate` is gestures a second, `breaks` the protection to be taken away."""

    seed: int
    gestures: int
    database_url: str
    folder: Path
    replicas: int = 1
    kills: int = 20
    ticks: int = 8
    rate: float = 20.0
    lost: float = 0.2  # share of posts that Slack acts on and whose answer is lost
    slowest: float | None = None  # seconds that an acknowledgement may take; None: not judged
    catches_up: bool = True  # False: judge what came of live work alone
    breaks: str | None = None
    uses_http: bool = False  # instead of Socket Mode


@dataclass
class Calls:
    """Counts Web API calls instead of keeping them: a long run makes a hundred thousand."""

    by_fate: Counter[str] = field(default_factory=Counter)

    def add(self, call: ApiCall) -> None:
        """Count a call."""
        self.by_fate[call.fault or ("refused" if call.error else "ok")] += 1


def run(options: Options) -> Report:
    """Play it through. Raises TimeoutError where peace does not bring everything to an end."""
    return _Run(options).play()


class _Run:
    def __init__(self, options: Options) -> None:
        self._options = options
        self._calls = Calls()
        self._troubles: Counter[str] = Counter()
        self._pause = threading.Event()
        self._naps: list[
            tuple[datetime, datetime]
        ] = []  # in which a frozen process could acknowledge nothing
        self._ticking: list[subprocess.Popen[bytes]] = []
        self._next_monday = _monday_after(datetime.now(UTC))
        self._environment: dict[str, str] = {}

    def play(self) -> Report:
        began, options = time.monotonic(), self._options
        steps = plan(options.seed, options.gestures, options.replicas, options.kills, options.ticks)
        with ExitStack() as stack:
            self._playground = Playground(manifest=manifest.manifest(), retry_delays=RETRIES)
            self._playground.log.add_call = self._calls.add  # type: ignore[method-assign]
            self._cast = Cast(self._playground)
            stack.enter_context(self._playground)
            self._environment = self._settings()
            self._engine = create_engine(_driver(options.database_url))
            stack.callback(self._engine.dispose)
            self._replicas = [
                Replica(number, options.folder, self._environment, options.breaks)
                for number in range(options.replicas)
            ]
            if options.uses_http:
                stack.callback(self._balance())
            for replica in self._replicas:
                stack.callback(replica.end)
                replica.start()
            self._until(lambda: self._all_run() and self._playground.bot_connected, START)
            self._cast.begin()
            self._order_faults()
            self._live_through(steps)
            self._make_peace()
            report = self._judge()
        report.seconds = time.monotonic() - began
        return report

    def _balance(self) -> Callable[[], None]:
        """Deliver by signed HTTP to the replicas in turn; gives what ends that."""
        ports = [replica.port for replica in self._replicas]
        balancer = Balancer(self._playground.signing_secret, ports, ack_seconds=ACK_SECONDS)
        self._playground.dispatcher.transport = balancer
        return balancer.close

    def _settings(self) -> dict[str, str]:
        playground = self._playground
        if self._options.uses_http:
            access = {"SLACK_SIGNING_SECRET": playground.signing_secret}
        else:
            access = {"SLACK_APP_TOKEN": playground.app_token}
        return {
            **access,
            "SLACK_API_URL": playground.api_url,
            "SLACK_BOT_TOKEN": playground.bot_token,
            "DATABASE_URL": self._options.database_url,
            "SALES_CHANNELS": ",".join(self._cast.sales),
            "MARKETING_CHANNEL": self._cast.marketing,
            "TIMEZONE": "UTC",
            "LOG_FORMAT": "json",
        }

    # --- trouble -------------------------------------------------------------------------------------------

    def _order_faults(self) -> None:
        faults = self._playground.faults
        faults.reseed(self._options.seed)
        faults.add("redeliver", rate=0.15, times=None)
        faults.add("duplicate", rate=0.05, times=None)
        faults.add("drop_ack", rate=0.01, times=None)
        faults.add("delay", rate=0.05, times=None, seconds=0.7)
        faults.add("reorder", rate=0.05, times=None, seconds=1.0)
        faults.add("ratelimit", rate=0.025, times=None, seconds=1)
        faults.add("error", rate=0.025, times=None)
        faults.add(
            "lose_response", "chat.postMessage", rate=self._options.lost, times=None
        )  # the call that matters most
        faults.add("lose_response", rate=0.02, times=None)
        faults.add("slow", rate=0.01, times=None, seconds=2.0)

    def _live_through(self, steps: list[Step]) -> None:
        due = time.monotonic()
        connected_at = due
        for step in steps:
            if step.do in GESTURES:
                due += 1 / self._options.rate
                self._pause.wait(max(0.0, due - time.monotonic()))
                if self._is_heard():
                    connected_at = time.monotonic()
                elif time.monotonic() - connected_at > GAP:
                    self._until(self._is_heard, 60)
                    due = connected_at = time.monotonic()
                self._cast.carry_out(step)
            elif step.do is Do.POST:
                self._cast.carry_out(step)
            elif not (self._options.uses_http and step.do in SOCKETS):
                self._troubles[step.do] += 1
                self._make_trouble(step)

    def _is_heard(self) -> bool:
        """Whether what people do reaches some replica."""
        if self._options.uses_http:
            return any(one.is_alive and one.says("http_listening") for one in self._replicas)
        return self._playground.bot_connected

    def _make_trouble(self, step: Step) -> None:
        replica = self._replicas[step.replica]
        if step.do is Do.KILL:
            self._until(lambda: replica.is_alive, START)  # so that each one counts
            replica.kill(step.seconds)
        elif step.do is Do.STOP:
            replica.stop(step.seconds)
        elif step.do is Do.FREEZE:
            now = datetime.now(UTC)
            self._naps.append((now, now + timedelta(seconds=step.seconds) + AWAKE))
            replica.freeze(step.seconds)
        elif step.do is Do.CUT:
            self._playground.cut_sockets()
        elif step.do is Do.REFRESH:
            threading.Thread(target=self._playground.refresh_sockets, daemon=True).start()
        elif step.do is Do.SILENCE:
            self._playground.silence_sockets()
        elif step.do is Do.SLOW:
            slow = self._playground.faults.add("slow", times=None, seconds=SLOWNESS)
            threading.Timer(step.seconds, self._playground.faults.remove, [slow]).start()
        elif step.do is Do.TICK:
            self._tick(step)

    def _tick(self, step: Step) -> None:
        """A cron's `tick` beside the replicas, a week on; perhaps two at once, perhaps killed."""
        at, self._next_monday = self._next_monday, self._next_monday + timedelta(days=7)
        for number in range(step.times):
            process = self._launch_tick(at, number)
            self._ticking.append(process)
            if step.seconds:
                threading.Timer(step.seconds, process.kill).start()

    def _launch_tick(self, at: datetime, number: int) -> "subprocess.Popen[bytes]":
        log = self._options.folder / f"tick-{at:%Y%m%d}-{number}.log"
        moment = (at + timedelta(minutes=5)).isoformat()
        return launch(["tick", "--at", moment], log, self._environment, self._options.breaks)

    # --- peace ---------------------------------------------------------------------------------------------

    def _make_peace(self) -> None:
        """No more faults; the last forms, ticks and deliveries; then catching up after a start and a cut.

        The second one finds the people of busy reactions, of whom a history lists only some.
        """
        self._cast.finish(FORMS)
        self._playground.faults.clear()
        for replica in self._replicas:
            replica.thaw()
        for process in self._ticking:
            process.wait(TICK)
        self._last_tick()
        if not self._playground.dispatcher.wait_idle(60):
            raise TimeoutError("deliveries are still under way")
        if self._options.catches_up:
            self._catch_up()
            self._last_tick()  # who supports since what catching up found, hears of it too
            self._until(self._is_quiet, PEACE, chats=True)
        else:
            self._pause.wait(2 * LATER)
            self._until(self._is_quiet, PEACE)

    def _catch_up(self) -> None:
        self._start_anew()
        self._until(lambda: all(one.says("catch_up_begins") for one in self._replicas), START)
        self._until(self._is_quiet, PEACE, chats=True)
        if self._options.uses_http:
            self._start_anew()
            self._until(lambda: all(one.says("catch_up_begins") for one in self._replicas), START)
            self._until(self._is_quiet, PEACE, chats=True)
            return
        before = [one.says("catch_up_begins") for one in self._replicas]
        self._playground.cut_sockets()
        self._until(
            lambda: all(
                one.says("catch_up_begins") > count for one, count in zip(self._replicas, before, strict=True)
            ),
            START,
        )
        self._until(self._is_quiet, PEACE, chats=True)

    def _start_anew(self) -> None:
        lives = [replica.lives for replica in self._replicas]
        for replica in self._replicas:
            replica.stop(0.1)
        self._until(
            lambda: all(one.lives > life for one, life in zip(self._replicas, lives, strict=True)), START
        )
        self._until(self._all_run, START)

    def _all_run(self) -> bool:
        return all(replica.says("frontline_runs") for replica in self._replicas)

    def _last_tick(self) -> None:
        if not self._options.ticks:
            return
        at = self._next_monday
        for number in range(10, 14):
            if self._launch_tick(at, number).wait(TICK) == 0:
                return
        raise TimeoutError("the last tick can't do its work")

    def _is_quiet(self) -> bool:
        return sum(self._waiting().values()) == 0

    def _waiting(self) -> dict[str, int]:
        queries = {
            "inbox": "SELECT count(*) FROM inbox WHERE state = 'pending'",
            "outbox": "SELECT count(*) FROM outbox WHERE state = 'pending'",
            "catchup": "SELECT count(*) FROM catchup_jobs",
            "themes": "SELECT count(*) FROM theme_queue",
        }
        with self._engine.connect() as connection:
            return {name: connection.execute(text(query)).scalar_one() for name, query in queries.items()}

    def _until(self, is_so: Callable[[], bool], timeout: float, *, chats: bool = False) -> None:
        """Wait for it. `chats`: people talk meanwhile, or each connection that is taken for dead and renewed
        would have everything caught up once more.
        """
        deadline, chat_at = time.monotonic() + timeout, 0.0
        while not is_so():
            if time.monotonic() > deadline:
                raise TimeoutError(f"not within {timeout} s; waiting: {self._waiting()}")
            if chats and time.monotonic() > chat_at:
                self._cast.chat()
                chat_at = time.monotonic() + CHATTER
            self._pause.wait(LOOK)

    # --- judgement -----------------------------------------------------------------------------------------

    def _judge(self) -> Report:
        options, deeds = self._options, self._cast.deeds
        stored = Stored(self._engine)
        oracle = Oracle(self._playground, deeds, self._cast.sales, stored)
        deliveries = self._playground.log.deliveries()
        attempts = [one for each in deliveries for one in each.attempts]
        self._note(deliveries)
        acked = [one for one in attempts if one.outcome == "acked"]
        overdue = [one for one in attempts if _is_overdue(one) and not self._was_frozen(one)]
        kind = "sqlite" if options.database_url.startswith("sqlite") else "postgresql"
        broken = f", without {options.breaks}" if options.breaks else ""
        mode = ", HTTP" if options.uses_http else ""
        return Report(
            title=f"seed {options.seed}, {kind}, {options.replicas} replica(s){mode}{broken}",
            gestures=deeds.done,
            unopened=deeds.unopened,
            troubles=self._troubles,
            starts=sum(one.lives for one in self._replicas),
            killed=sum(one.killed for one in self._replicas),
            refused_starts=sum(one.refused for one in self._replicas),
            deliveries=len(deliveries),
            attempts=len(attempts),
            overdue=len(overdue),
            unacknowledged=sum(one.state != "acked" for one in deliveries),
            calls=self._calls.by_fate,
            acks=sorted(one.seconds for one in acked),
            rows=_rows(stored),
            findings=[
                *oracle.findings(),
                *texts_in_logs(options.folder),
                *late(
                    [
                        *(one.seconds for one in acked if not self._was_frozen(one)),
                        *(one.seconds for one in overdue),
                    ],
                    options.slowest,
                ),
            ],
        )

    def _note(self, deliveries: Sequence[Delivery]) -> None:
        """Keep how each attempt went, beside the logs."""
        lines = [
            f"{attempt.at.isoformat()}\t{one.name}\t{attempt.via}\t{attempt.outcome}\t{attempt.fault or '-'}"
            f"\t{attempt.seconds:.3f}\n"
            for one in deliveries
            for attempt in one.attempts
        ]
        (self._options.folder / "attempts.tsv").write_text("".join(lines), encoding="utf-8")

    def _was_frozen(self, attempt: Attempt) -> bool:
        """Whether it fell into a freeze, of whichever process: that one can't answer is what was ordered."""
        end = attempt.at + timedelta(seconds=attempt.seconds)
        return any(attempt.at < awake and end > asleep for asleep, awake in self._naps)


def _is_overdue(attempt: Attempt) -> bool:
    """Whether Slack waited as long as it does, for an answer that nothing kept from coming."""
    return attempt.outcome == "timeout" and attempt.fault is None and attempt.seconds >= ACK_SECONDS


def _rows(stored: Stored) -> Counter[str]:
    rows = Counter({name: len(stored.tables[name]) for name in ("insights", "inbox", "outbox")})
    rows["digest heads"] = sum(
        row["kind"] == "post" and row["parent_id"] is None and row["state"] == "sent"
        for row in stored.outbox.values()
    )
    rows["meetings"] = sum(row["reminded_for"] is not None for row in stored.tables["meeting_occurrences"])
    rows["runs missed"] = sum(row["outcome"] == "missed" for row in stored.tables["runs"])
    return rows


def _monday_after(now: datetime) -> datetime:
    """The next Monday, 09:00 UTC: when the default digest is due."""
    day = (now + timedelta(days=7 - now.weekday())).date()
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


def _driver(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def engine_of(url: str) -> Engine:
    """An engine for looking into a run's database."""
    return create_engine(_driver(url))
