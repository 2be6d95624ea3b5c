"""`/frontline activities …`: the report for any period, and preview, now, pause, resume."""

from datetime import date
from enum import StrEnum
from functools import partial
from typing import Final

from sqlalchemy import Connection

from bot import schedules as clockwork
from bot.activities.figures import local_day
from bot.activities.periods import Days, read_days
from bot.activities.report import compile_report
from bot.activities.report_schedule import report_schedule
from bot.activities.reporting import obstacle, write_report
from bot.activities.rights import MANAGERS_ONLY, bridge_by_id, choose_bridge, colleague, may_see
from bot.errors import UserError
from bot.gestures import Answer, Gesture, Reply
from bot.i18n import N_, Texts, texts
from bot.inbox import say_for
from bot.messages.activity_report import report_preview
from bot.messages.common import message, mrkdwn
from bot.messages.digest import simple
from bot.services import Services
from bot.slacktext import inert_mrkdwn
from storage import inbox
from storage.bridges import Bridge
from storage.schedules import Schedule


class Word(StrEnum):
    """What can be done with the report."""

    PREVIEW = "preview"
    NOW = "now"
    PAUSE = "pause"
    RESUME = "resume"


_SPOKEN: Final = {
    **{word.value: word for word in Word},
    "send": Word.NOW,
    "просмотр": Word.PREVIEW,
    "предпросмотр": Word.PREVIEW,
    "сейчас": Word.NOW,
    "пауза": Word.PAUSE,
    "возобновить": Word.RESUME,
    "продолжить": Word.RESUME,
}
HELP: Final = N_(
    "Try `/frontline activities` for this month, or name the time: `2026-03`, `2026-Q1`, `2026`, "
    "`last month`, `2026-03-01..2026-03-15`. With `now` before it the report goes to the channels; "
    "`pause` and `resume` are for the monthly one."
)
NOT_SEEN: Final = N_("Only members of the bridge's channels may see its activities.")


def answer_activities(services: Services, gesture: Gesture, words: str) -> Answer:
    """Do what the words behind `/frontline activities` ask. Raises UserError."""
    first, _, rest = words.strip().partition(" ")
    word = _SPOKEN.get(first.casefold())
    if word is None:
        word, rest = Word.PREVIEW, words
    if word is Word.PREVIEW:
        return _preview(services, gesture, rest)
    if word is Word.NOW:
        return _now(services, gesture, rest)
    return _pause(services, gesture, is_paused=word is Word.PAUSE)


def send_previewed(services: Services, gesture: Gesture, value: str) -> Answer:
    """*Send now* of a preview: however often it is pressed, that preview is sent once. Raises UserError."""
    bridge_id, _, rest = value.partition(":")
    span, _, shown = rest.partition(":")
    with services.db.writing() as connection:
        who = colleague(services, connection, gesture)
        bridge = bridge_by_id(who, bridge_id, who.manages, MANAGERS_ONLY)
        days = _days(span, local_day(bridge, services.clock.now()))
        channels = _send(services, connection, gesture, bridge, days, shown or gesture.key)
    return Reply(_sent(who.texts, channels), replaces=True)


def _preview(services: Services, gesture: Gesture, words: str) -> Answer:
    with services.db.reading() as connection:
        who = colleague(services, connection, gesture)
        bridge = choose_bridge(who, partial(may_see, who), gesture, NOT_SEEN)
        today = local_day(bridge, services.clock.now())
        days = _days(words, today)
        report = compile_report(connection, services.team_id, bridge, days, today)
    value = f"{bridge.id}:{days.first}..{days.last}:{gesture.key}" if who.manages(bridge) else None
    return Reply(report_preview(who.texts, texts(bridge.language), report, value))


def _now(services: Services, gesture: Gesture, words: str) -> Answer:
    with services.db.writing() as connection:
        who = colleague(services, connection, gesture)
        bridge = choose_bridge(who, who.manages, gesture, MANAGERS_ONLY)
        days = _days(words, local_day(bridge, services.clock.now()))
        channels = _send(services, connection, gesture, bridge, days, gesture.key)
    return Reply(_sent(who.texts, channels))


def _send(
    services: Services, connection: Connection, gesture: Gesture, bridge: Bridge, days: Days, once: str
) -> list[str]:
    problem = obstacle(connection, services.team_id, bridge)
    if problem is not None:
        raise UserError(problem)
    say = say_for(services, connection, gesture.key)
    return write_report(connection, say, bridge, days, f"activity-now:{bridge.id}:{once}"[:180])


def _pause(services: Services, gesture: Gesture, *, is_paused: bool) -> Answer:
    now = services.clock.now()
    with services.db.writing() as connection:
        who = colleague(services, connection, gesture)
        bridge = choose_bridge(who, who.manages, gesture, MANAGERS_ONLY)
        schedule = report_schedule(connection, bridge, now)
        if inbox.first_time(connection, gesture.key, now) and schedule.is_paused != is_paused:
            if is_paused:
                clockwork.pause(connection, schedule, now)
            else:
                clockwork.resume(connection, schedule, now)
        schedule = report_schedule(connection, bridge, now)
    text = _next_report(who.texts, bridge, schedule)
    return Reply(message(text, [mrkdwn(text)]))


def _next_report(_: Texts, bridge: Bridge, schedule: Schedule) -> str:
    name = inert_mrkdwn(bridge.name, {}, 80)
    if schedule.is_paused or schedule.next_run_at is None:
        return _(
            "The report on activities of “{bridge}” is paused. "
            "`/frontline activities resume` lets it come again.",
            bridge=name,
        )
    moment = _.moment(schedule.next_run_at, schedule.time_zone)
    return _(
        "Next report on activities of “{bridge}”: {moment} ({zone}).",
        bridge=name,
        moment=moment,
        zone=schedule.time_zone,
    )


def _sent(_: Texts, channels: list[str]) -> dict[str, object]:
    named = ", ".join(f"<#{channel}>" for channel in channels)
    return simple(_("The report is on its way to {channels}.", channels=named))


def _days(words: str, today: date) -> Days:
    try:
        return read_days(words, today)
    except ValueError:
        raise UserError(HELP) from None
