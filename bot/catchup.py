"""Compares what Slack still shows with what is known, and makes up for what was missed.

In rounds: at the start, after a reconnection and from time to time. A round comes to its end, however long
it takes and whatever is asked for meanwhile. Nothing is changed here: what differs (`bot/comparing.py`) is
written into the inbox as if the event had come, so that live, repeated and caught-up events take one path.

One step is one call to Slack, and of several replicas one makes it. Steps wait while live work waits, keep
below `CALLS_A_MINUTE` over all replicas, and obey Slack's `Retry-After`; jobs remember how far they came.
What Slack lastingly refuses is set aside until all is compared anew, so that it holds up nothing else.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

import structlog
from sqlalchemy import Connection

from bot import metrics
from bot.clock import slack_ts
from bot.comparing import GONE, Page, read_page
from bot.inbox import accept
from bot.questions.state import KIND as QUESTION
from bot.services import Services
from bot.slack import LOST_ACCESS, SlackBusy, SlackProblem, SlackRefused
from bot.upkeep.presence import begin_round, has_ended, is_comparing, note_found, note_presence
from bot.upkeep.watch import look
from storage import bridges, catchup, health, inbox, insights, threads
from storage.catchup import CatchupJob

log = structlog.get_logger()

EVERY: Final = timedelta(minutes=30)
LEASE: Final = timedelta(minutes=3)
RETRY: Final = timedelta(minutes=1)
MOST_TRIES: Final = 12  # of what might fare better later; each waits longer, over an hour in all
# conversations.history, .replies and reactions.get are Tier 3: 50 and more a minute
# (docs.slack.dev/apis/web-api/rate-limits). Live work needs the rest.
CALLS_A_MINUTE: Final = 30
# Threads of these kinds are answered for as long as they are open, which may be a year.
LASTING: Final = frozenset({QUESTION})


class CatchUp:
    """The steps of catching up, and when to begin anew."""

    def __init__(
        self,
        services: Services,
        *,
        days: int,
        calls_a_minute: int = CALLS_A_MINUTE,
        is_listening: Callable[[], bool] = lambda: False,
    ) -> None:
        """`is_listening`: whether this process hears Slack, so that a gap ends before it is caught up."""
        self._services = services
        self._is_listening = is_listening
        self._days = timedelta(days=days)
        self._pause = 60 / calls_a_minute  # seconds
        self._free_at = 0.0  # monotonic seconds
        self._wanted = threading.Event()
        self._wanted.set()
        self._since: datetime | None = None  # real time; a round that begins later is wanted
        # Of jobs in trouble, by id. Kept here only: after a restart they are tried as often again.
        self._tries: Counter[int] = Counter()
        self._restarted: set[int] = set()

    def ask(self) -> None:
        """Catch up soon: something may have been missed."""
        self._wanted.set()

    def step(self) -> bool:
        """Begin if it is time, or make one call. False: nothing to do just now."""
        if self._wanted.is_set() or self._is_due():
            self._wanted.clear()  # first: whoever asks from here on asks for another
            try:
                self.begin()
            except Exception:
                self._wanted.set()
                raise
            return True
        return self.work_in_pace()

    def _is_due(self) -> bool:
        """Whether the next round should begin: none is under way, and the last began long ago, or before one
        was asked for. Of several replicas one begins it.
        """
        services, real = self._services, self._services.clock.real()
        with services.db.reading() as connection:
            asked_at = health.presence_of(connection, services.team_id).asked_at
            if (
                asked_at is not None
                and real - asked_at < EVERY
                and not (self._since and asked_at < self._since)
            ):
                return False
            return not is_comparing(connection, services.team_id)

    def work_in_pace(self) -> bool:
        """Make one call, if the last one of all replicas is long enough ago. False: not now."""
        return time.monotonic() >= self._free_at and self.work_one(in_pace=True)

    def is_under_way(self) -> bool:
        """Whether anything is left to be compared."""
        with self._services.db.reading() as connection:
            return catchup.left(connection, self._services.team_id) > 0

    def wait(self) -> None:
        """Wait until the next call may be made; at most a second at a time."""
        time.sleep(min(1.0, max(0.05, self._free_at - time.monotonic())))

    def begin(self) -> None:
        """Ask for everything to be compared: known insights, and the recent past of every sales channel.

        While a round is under way, what it reads is read once more after it, and its end does not wait for
        that; the next round begins as soon as this one has ended.
        """
        services, real = self._services, self._services.clock.real()
        is_listening = self._is_listening()
        with services.db.writing() as connection:
            note_presence(connection, services.team_id, real, is_listening=is_listening)
            is_untold = has_ended(connection, services.team_id)
        if is_untold:
            look(services)  # the end of a round is told before the next begins
        with services.db.writing() as connection:
            is_round = begin_round(connection, services.team_id, real)
            self._ask_for_all(connection, real)
            left = catchup.left(connection, services.team_id)
        self._since = None if is_round else real
        log.info("catch_up_begins", jobs=left, round=is_round)

    def _ask_for_all(self, connection: Connection, real: datetime) -> None:
        team_id, common = self._services.team_id, {"due_at": real, "begun_at": real}
        oldest = self._services.clock.now() - self._days
        job = {"kind": "insights", "oldest_ts": slack_ts(oldest)}
        catchup.ask_for(connection, team_id, {**job, **common})
        for channel_id, bridged_at in bridges.bridged_since(connection, team_id).items():
            # Emoji set before the channel was bridged meant something else.
            since = slack_ts(max(oldest, bridged_at))
            job = {"kind": "history", "channel_id": channel_id, "oldest_ts": since}
            catchup.ask_for(connection, team_id, {**job, **common})
        for thread in threads.standing_since(connection, team_id, oldest, LASTING):
            job = {"kind": "replies", "channel_id": thread.channel_id, "thread_ts": thread.thread_ts}
            catchup.ask_for(connection, team_id, {**job, "oldest_ts": "0", **common})

    def work_one(self, *, in_pace: bool = False) -> bool:
        """Read one page of one job. False: no job is due, another replica reads, or live work comes first."""
        services, token = self._services, uuid4().hex
        real = services.clock.real()
        with services.db.writing() as connection:
            if inbox.has_work(connection, real):
                return False
            job = catchup.claim(connection, real, real + LEASE, token, in_pace=in_pace)
            if job is not None:
                catchup.pace(connection, real + timedelta(seconds=self._pause))
        if job is None:
            return False
        self._free_at = time.monotonic() + self._pause
        try:
            page = read_page(services, job)
        except SlackBusy as busy:
            self._put_back(job, token, timedelta(seconds=busy.retry_after), busy.code)
        except SlackProblem as problem:
            self._meet(job, token, problem)
        else:
            self._tries.pop(job.id, None)
            self._settle(job, token, page)
        return True

    def _meet(self, job: CatchupJob, token: str, problem: SlackProblem) -> None:
        """Try again later, begin anew or go on without it, whichever may help."""
        code = problem.code
        if code in GONE:
            self._settle(job, token, Page())  # not ours to read any more
        elif code in LOST_ACCESS:
            self._put_back(job, token, RETRY, code)  # until the token is replaced
        elif isinstance(problem, SlackRefused) and problem.is_final:
            if job.cursor and job.kind != "insights" and job.id not in self._restarted:
                self._restart(job, token, code)
            else:
                self._set_aside(job, token, code)
        else:
            self._tries[job.id] += 1
            if self._tries[job.id] < MOST_TRIES:
                self._put_back(job, token, RETRY * self._tries[job.id], code)
            else:
                self._set_aside(job, token, code)

    def _settle(self, job: CatchupJob, token: str, page: Page) -> None:
        """Commit what a page brought, together with how far the job has come."""
        services = self._services
        real = services.clock.real()
        with services.db.writing() as connection:
            catchup.hold(connection)
            if page.cursor is not None:
                stands = catchup.go_on(connection, job.id, token, page.cursor, real)
            else:
                stands = catchup.finish(connection, job, token, real)
            if not stands:
                return  # another replica has the job now, and will find the same
            found = [one for one in page.found if accept(services, connection, one)]
            note_found(connection, services.team_id, [one.kind for one in found])
            for thread_ts in page.threads:
                thread = {
                    "kind": "thread",
                    "channel_id": job.channel_id,
                    "thread_ts": thread_ts,
                    "oldest_ts": job.oldest_ts,
                    "due_at": real,
                    "begun_at": job.begun_at,  # of the same round
                }
                catchup.ask_for(connection, services.team_id, thread)
            left = catchup.left(connection, services.team_id)
        for one in found:
            metrics.caught_up(one.kind)
        if found:
            services.wake.inbox.set()
        if page.cursor is None:
            log.info("catch_up_part_done", kind=job.kind, channel=job.channel_id, found=len(found), left=left)

    def _restart(self, job: CatchupJob, token: str, code: str) -> None:
        """Read it from its beginning: Slack does not take a cursor for ever."""
        self._restarted.add(job.id)
        with self._services.db.writing() as connection:
            catchup.go_on(connection, job.id, token, None, self._services.clock.real())
        log.info("catch_up_restarts", kind=job.kind, channel=job.channel_id, code=code)

    def _set_aside(self, job: CatchupJob, token: str, code: str) -> None:
        """Leave that insight, channel or thread until all is compared anew."""
        self._tries.pop(job.id, None)
        insight_id = None
        # Without the scope no other insight would fare better.
        if job.kind == "insights" and code != "missing_scope":
            insight_id = self._next_insight(job)
        log.warning(
            "catch_up_sets_aside",
            kind=job.kind,
            channel=job.channel_id,
            thread=job.thread_ts,
            insight=insight_id,
            code=code,
        )
        self._settle(job, token, Page(cursor=str(insight_id) if insight_id else None))

    def _next_insight(self, job: CatchupJob) -> int | None:
        with self._services.db.reading() as connection:
            found = insights.next_with_source(connection, self._services.team_id, int(job.cursor or 0))
        return found.id if found else None

    def _put_back(self, job: CatchupJob, token: str, wait: timedelta, code: str) -> None:
        real, pause = self._services.clock.real(), min(wait, RETRY)
        with self._services.db.writing() as connection:
            catchup.put_back(connection, job.id, token, real + wait)
            catchup.pace(connection, real + pause)
        self._free_at = time.monotonic() + pause.total_seconds()
        log.info("catch_up_waits", kind=job.kind, code=code, seconds=wait.total_seconds())
