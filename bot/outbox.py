"""Sending posts of consequence, each exactly once (promise 3).

A use case writes a row in its own transaction (`bot.say`); `send_one` claims it, posts it with its key in the
message's metadata and records the `ts`. From the claim on, the outcome is in doubt until Slack has answered:
whoever finds a row in doubt looks the key up in Slack before posting again.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import structlog

from bot import metrics
from bot.clock import slack_ts
from bot.quiet.waiting import moment_to_say
from bot.services import Services
from bot.slack import LOST_ACCESS, SlackBusy, SlackRefused, SlackUnclear, Stretch
from bot.variants import send_richest
from storage import outbox
from storage.outbox import OutboxRow

log = structlog.get_logger()

LEASE: Final = timedelta(seconds=90)
SETTLING: Final = timedelta(seconds=10)  # before Slack's histories are asked for a post of unknown outcome
CLOCKS_APART: Final = timedelta(minutes=30)  # our clock and Slack's may differ so far, either way
PACE: Final = timedelta(seconds=1)  # docs.slack.dev/apis/web-api/rate-limits: about one message a second
MOST_ATTEMPTS: Final = 12
ONCE_AT_MOST: Final = frozenset({"note", "answer"})
# Refusals which say that what was wished for stands already, or can't matter any more.
ALREADY: Final = {
    "reaction": frozenset({"already_reacted", "no_reaction", "message_not_found"}),
    "update": frozenset({"message_not_found"}),
    "redact": frozenset({"message_not_found"}),
    "scrub": frozenset({"message_not_found"}),
    "retract": frozenset({"message_not_found", "thread_not_found"}),
    "home": frozenset({"not_enabled", "user_not_found"}),
    "blank": frozenset({"not_enabled", "user_not_found"}),
}
# Once done, or done with, they leave no trace: what they were about is erased.
TRACELESS: Final = frozenset({"retract", "scrub", "blank"})


class ClaimLost(Exception):
    """Another worker has the row now: what was begun must go no further."""


class LooksOn(Exception):
    """A post in doubt is not found yet, nor all looked through: the next turn goes on from `seen_to`."""

    def __init__(self, seen_to: str | None, wait: float = 0) -> None:
        super().__init__()
        self.seen_to = seen_to
        self.wait = wait  # seconds


class NoParent(Exception):
    """What a row belongs to will not come; it ends as that did."""

    def __init__(self, state: str) -> None:
        super().__init__()
        self.state = state


Builder = Callable[[Services, OutboxRow], Mapping[str, Any]]


def send_one(services: Services, builders: Mapping[str, Builder]) -> bool:
    """Send the next row that may be sent. False: there was none."""
    clock, token = services.clock, uuid4().hex
    with services.db.writing() as connection:
        row = outbox.claim(connection, clock.real(), clock.now(), clock.real() + LEASE, token)
        if row is not None and row.kind == "post" and row.channel_id:
            outbox.pace(connection, row.channel_id, clock.real() + PACE)
    if row is None:
        return False
    _send(services, row, token, builders)
    return True


def _send(services: Services, row: OutboxRow, token: str, builders: Mapping[str, Builder]) -> None:
    """Do what the row asks, and record what became of it."""
    bound = log.bind(correlation_id=row.correlation_id, post=row.id, kind=row.kind)
    if _waits(services, row, token):
        bound.info("post_waits_for_working_hours")
        return
    try:
        values = _deliver(services, row, token, builders)
    except ClaimLost:
        bound.info("post_claim_lost")
    except LooksOn as further:
        _look_on(services, row, token, further)
        bound.info("post_looked_for", seconds=further.wait)
    except SlackBusy as busy:
        _put_back(services, row, token, timedelta(seconds=busy.retry_after), busy.code, in_doubt=False)
        bound.info("post_rate_limited", seconds=busy.retry_after)
    except SlackRefused as refused:
        _refused(services, row, token, refused)
        bound.warning("post_refused", code=refused.code)
    except SlackUnclear as unclear:
        _unclear(services, row, token, unclear.code)
        bound.warning("post_unclear", code=unclear.code)
    except Exception as problem:  # noqa: BLE001 - a process boundary: the post is kept, the others go on
        _failed(services, row, token, type(problem).__name__)
        bound.exception("post_failed")
    else:
        bound.info("post_done", state=values["state"])
        _end(services, row, token, **values)


def _waits(services: Services, row: OutboxRow, token: str) -> bool:
    """Whether a post must wait on: its hours went by, or have changed. Not where one may stand."""
    if row.not_before_at is None or row.user_id is None or row.in_doubt_at is not None:
        return False
    now, real = services.clock.now(), services.clock.real()
    with services.db.writing() as connection:
        at = moment_to_say(connection, services.team_id, row.user_id, now, row.bridge_id)
        is_too_late = row.expires_at is not None and at >= row.expires_at
        if at <= now or is_too_late:
            return False
        values = {"not_before_at": at, "due_at": real, "attempts": row.attempts, "in_doubt_at": None}
        outbox.put_back(connection, row.id, token, values)
    return True


def _deliver(
    services: Services, row: OutboxRow, token: str, builders: Mapping[str, Builder]
) -> dict[str, Any]:
    """Do what the row asks; gives the columns to record."""
    if _is_expired(services, row) and row.in_doubt_at is None:
        return {"state": "dropped", "error": "expired"}
    if row.kind in ONCE_AT_MOST and row.in_doubt_at is not None:
        return {"state": "dropped", "error": "in_doubt"}
    try:
        if row.kind in {"post", "direct", "file"}:
            return _post(services, row, token, builders)
        _carry_out(services, row, builders)
    except NoParent as parent:
        return {"state": parent.state, "error": "parent_not_posted"}
    except SlackRefused as refused:
        if refused.code not in ALREADY.get(row.kind, frozenset()):
            raise
    return {"state": "sent"}


def _post(services: Services, row: OutboxRow, token: str, builders: Mapping[str, Builder]) -> dict[str, Any]:
    channel_id, thread_ts = _where(services, row)
    found = None
    if row.in_doubt_at is not None:
        found = _find(services, row, channel_id, thread_ts, row.in_doubt_at)
        log.info("post_looked_up", post=row.id, found=found is not None, correlation_id=row.correlation_id)
    if found is None and _is_expired(services, row):
        return {"state": "dropped", "error": "expired", "target_ts": None}
    where = {"channel_id": channel_id, "thread_ts": thread_ts, "target_ts": None}
    if row.kind == "file":
        if found is None:
            file = builders[row.payload["builder"]](services, row)
            file_id = services.slack.upload_file(row.payload["filename"], file["content"])
            _hold(services, row, token)
            services.slack.share_file(
                channel_id,
                file_id,
                title=file["title"],
                comment=row.payload["comment"],
                thread_ts=thread_ts,
            )
        return {"state": "sent", "message_ts": found, **where}

    def send(message: Mapping[str, Any]) -> str:
        _hold(services, row, token)
        return services.slack.post(channel_id, message, key=row.dedupe_key, thread_ts=thread_ts)

    message = row.payload
    if found is None and "builder" in message:
        message = builders[message["builder"]](services, row)
        if not message:
            return {"state": "dropped", "error": "superseded"}
    return {"state": "sent", "message_ts": found or send_richest(services, message, send), **where}


def _where(services: Services, row: OutboxRow) -> tuple[str, str | None]:
    """The conversation, and the thread in it, that the row goes to."""
    if row.parent_id is not None:
        parent = _parent(services, row)
        assert parent.channel_id is not None
        return parent.channel_id, parent.message_ts
    if row.channel_id is not None:
        return row.channel_id, row.thread_ts
    assert row.user_id is not None
    return services.slack.open_direct(row.user_id), row.thread_ts


def _parent(services: Services, row: OutboxRow) -> OutboxRow:
    assert row.parent_id is not None
    with services.db.reading() as connection:
        parent = outbox.by_id(connection, row.parent_id)
    if parent is None or parent.state != "sent":
        raise NoParent(parent.state if parent else "dropped")
    return parent


def _find(
    services: Services, row: OutboxRow, channel_id: str, thread_ts: str | None, in_doubt_at: datetime
) -> str | None:
    """Where the row's message stands; one page a turn, so that the look-up ends however few Slack allows."""
    now, real = services.clock.now(), services.clock.real()
    stretch = Stretch(
        slack_ts(in_doubt_at - CLOCKS_APART),
        # It was not due again before its last attempt was over. A demo's Slack has the demo's time.
        slack_ts(row.due_at + CLOCKS_APART + max(now - real, timedelta(0))),
        row.target_ts,
    )
    try:
        if row.kind == "file":
            look = services.slack.find_file(channel_id, thread_ts, row.payload["filename"], stretch)
        else:
            look = services.slack.find_post(channel_id, thread_ts, row.dedupe_key, stretch)
    except SlackBusy as busy:
        metrics.retry("outbox", busy.code)
        raise LooksOn(row.target_ts, busy.retry_after) from None
    if look.seen_to is not None:
        raise LooksOn(look.seen_to)
    return look.ts


def _look_on(services: Services, row: OutboxRow, token: str, further: LooksOn) -> None:
    # Nothing was attempted, and the channel's pace is that of posts, not of its history.
    values = {
        "due_at": services.clock.real() + timedelta(seconds=further.wait),
        "attempts": row.attempts,
        "in_doubt_at": row.in_doubt_at,
        "target_ts": further.seen_to,
    }
    with services.db.writing() as connection:
        outbox.put_back(connection, row.id, token, values)


def _hold(services: Services, row: OutboxRow, token: str) -> None:
    """Begin the lease anew, right before each call that makes something: there must be time for it.

    What came before it, however slow, may have used the lease up, and another sender have looked and posted.
    What may have been made before was looked for by now: the doubt begins anew too.
    """
    now, real = services.clock.now(), services.clock.real()
    with services.db.writing() as connection:
        if not outbox.hold(connection, row.id, token, real, now, real + LEASE):
            raise ClaimLost


def _is_expired(services: Services, row: OutboxRow) -> bool:
    return row.expires_at is not None and row.expires_at <= services.clock.now()


def _carry_out(services: Services, row: OutboxRow, builders: Mapping[str, Builder]) -> None:
    """The kinds that may be repeated without harm, or are at most once."""
    slack = services.slack
    if row.kind == "note":
        slack.call(
            "chat.postEphemeral",
            channel=row.channel_id,
            user=row.user_id,
            thread_ts=row.thread_ts,
            **row.payload,
        )
    elif row.kind == "answer":
        slack.respond(row.payload["url"], row.payload["body"])
    elif row.kind == "reaction":
        method = "reactions.add" if row.payload["on"] else "reactions.remove"
        slack.call(method, channel=row.channel_id, timestamp=row.target_ts, name=row.payload["emoji"])
    elif row.kind in ("home", "blank"):
        slack.call("views.publish", user_id=row.user_id, view=dict(builders[row.kind](services, row)))
    else:
        _rewrite(services, row, builders)


def _rewrite(services: Services, row: OutboxRow, builders: Mapping[str, Builder]) -> None:
    """The kinds that change or delete what Frontline has posted."""
    post, call = _parent(services, row), services.slack.call
    if row.kind == "update":
        if message := builders[row.payload["builder"]](services, row):
            send_richest(services, message, _updating(services, post))
    elif row.kind in ("redact", "scrub"):
        if message := builders[row.kind](services, row):
            call("chat.update", channel=post.channel_id, **message)
    elif row.kind == "retract":
        if post.channel_id and post.message_ts:
            call("chat.delete", channel=post.channel_id, ts=post.message_ts)
    else:
        raise AssertionError(f"unknown kind of post: {row.kind}")


def _updating(services: Services, post: OutboxRow) -> Callable[[Mapping[str, Any]], str]:
    def send(message: Mapping[str, Any]) -> str:
        services.slack.call("chat.update", channel=post.channel_id, ts=post.message_ts, **message)
        return str(post.message_ts)

    return send


def _end(services: Services, row: OutboxRow, token: str, state: str, **values: Any) -> None:
    at = services.clock.now()
    if row.kind in ONCE_AT_MOST:
        values["payload"] = None  # no later deletion of what it quotes could reach it
    with services.db.writing() as connection:
        ended = outbox.finish(
            connection,
            row,
            token,
            state=state,
            real=services.clock.real(),
            values={"finished_at": at, "in_doubt_at": None, "error": None, **values},
        )
        if ended and state != "sent":
            outbox.end_children(connection, row.id, state, at)
            outbox.forget_retracted(connection, row.id)
        if ended and state != "parked" and row.kind in TRACELESS:
            about = [row.parent_id] if row.kind == "retract" and row.parent_id is not None else []
            outbox.forget(connection, [row.id, *about])
    metrics.post(row.kind, state)


def _refused(services: Services, row: OutboxRow, token: str, refused: SlackRefused) -> None:
    # Lost access is mended by people, in their time: such a post is never given up.
    is_left = row.attempts + 1 < MOST_ATTEMPTS or refused.code in LOST_ACCESS
    if not refused.is_final and is_left:
        _put_back(services, row, token, _backoff(row.attempts), refused.code, in_doubt=False)
        return
    state = "dropped" if row.kind in {*ONCE_AT_MOST, "reaction", "home"} else "parked"
    # An earlier attempt may still be in doubt: whoever unparks the row must look before it posts again.
    _end(services, row, token, state, error=refused.code, in_doubt_at=row.in_doubt_at)


def _unclear(services: Services, row: OutboxRow, token: str, code: str) -> None:
    # Never parked: a post in doubt may stand in the channel, and asking again costs little.
    _put_back(services, row, token, max(SETTLING, _backoff(row.attempts)), code, in_doubt=True)


def _failed(services: Services, row: OutboxRow, token: str, error: str) -> None:
    """Our own fault, before or after Slack acted."""
    if row.attempts + 1 < MOST_ATTEMPTS:
        _unclear(services, row, token, error)
    else:
        _end(services, row, token, "parked", error=error, in_doubt_at=row.in_doubt_at)


def _put_back(
    services: Services, row: OutboxRow, token: str, wait: timedelta, error: str, *, in_doubt: bool
) -> None:
    values: dict[str, Any] = {"due_at": services.clock.real() + wait, "error": error}
    if not in_doubt:
        # An earlier attempt may still be in doubt; this one is not.
        values["in_doubt_at"] = row.in_doubt_at
    metrics.retry("outbox", error)
    with services.db.writing() as connection:
        outbox.put_back(connection, row.id, token, values)
        if error == "ratelimited" and row.channel_id:
            outbox.pace(connection, row.channel_id, services.clock.real() + wait)


def _backoff(attempts: int) -> timedelta:
    return timedelta(seconds=min(600, 2**attempts))
