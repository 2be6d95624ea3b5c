"""`/frontline digest …` and `report …`: preview, now, pause, resume; alone, the form of the schedule."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection

from bot import schedules as clockwork
from bot.digests.choose import bridge_by_id, choose_bridge, may_preview
from bot.digests.compile import compile_digest
from bot.digests.form import open_form
from bot.digests.period import Period, period_so_far
from bot.digests.post import obstacle, write_digest
from bot.digests.schedule import DIGEST, Regular, frequency_of, recurrence_of, schedule_of
from bot.errors import UserError
from bot.gestures import Answer, Gesture, Reply
from bot.i18n import N_, Message, Texts, texts
from bot.inbox import say_for
from bot.messages.digest import next_run, preview, simple
from bot.services import Services
from bot.slacktext import inert_mrkdwn
from bot.workspace.access import Viewer, require_colleague, viewer
from storage import inbox, schedules, workspace
from storage.bridges import Bridge


class Word(StrEnum):
    """What can be done with a digest."""

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
    "Try `/frontline digest preview`, `now`, `pause` or `resume`, with the bridge's name behind it "
    "where there are several. `/frontline digest` alone opens the schedule."
)


Do = Callable[[Services, Gesture, str], Answer]  # the last is the bridge's name, or empty


@dataclass(frozen=True)
class Commanded:
    """What the words behind a command do with a digest or report."""

    regular: Regular
    help: Message
    preview: Do
    now: Do


def answer_words(services: Services, gesture: Gesture, words: str, commanded: Commanded) -> Answer:
    """Do what the words ask; without any, open the form of the schedule. Raises UserError."""
    first, _, name = words.strip().partition(" ")
    if not first:
        return open_form(services, gesture, regular=commanded.regular)
    word = _SPOKEN.get(first.casefold())
    if word is None:
        raise UserError(commanded.help)
    name = name.strip().strip("\"'“”„«»").strip()
    if word is Word.PREVIEW:
        return commanded.preview(services, gesture, name)
    if word is Word.NOW:
        return commanded.now(services, gesture, name)
    return _pause(services, gesture, name, commanded.regular, is_paused=word is Word.PAUSE)


def answer_digest(services: Services, gesture: Gesture, words: str) -> Answer:
    """Do what the words behind `/frontline digest` ask. Raises UserError."""
    return answer_words(services, gesture, words, Commanded(DIGEST, HELP, _preview, _now))


def send_previewed(services: Services, gesture: Gesture, value: str) -> Answer:
    """*Send now* of a preview: however often it is pressed, that preview is sent once. Raises UserError."""
    bridge_id, _, shown = value.partition(":")
    with services.db.writing() as connection:
        who = colleague(services, connection, gesture)
        bridge = bridge_by_id(who, bridge_id)
        _send(services, connection, gesture, bridge, shown or gesture.key)
    return Reply(_sent(who.texts, bridge), replaces=True)


def _preview(services: Services, gesture: Gesture, name: str) -> Answer:
    with services.db.reading() as connection:
        who = colleague(services, connection, gesture)
        bridge = choose_bridge(who, may_preview(who), gesture.channel_id, name)
        digest = compile_digest(connection, bridge, so_far(connection, bridge, services.clock.now()))
    send_value = f"{bridge.id}:{gesture.key}" if who.manages(bridge) else None
    return Reply(preview(who.texts, texts(bridge.language), digest, send_value))


def _now(services: Services, gesture: Gesture, name: str) -> Answer:
    with services.db.writing() as connection:
        who = colleague(services, connection, gesture)
        bridge = choose_bridge(who, who.manages, gesture.channel_id, name)
        _send(services, connection, gesture, bridge, gesture.key)
    return Reply(_sent(who.texts, bridge))


def _pause(services: Services, gesture: Gesture, name: str, regular: Regular, *, is_paused: bool) -> Answer:
    now = services.clock.now()
    with services.db.writing() as connection:
        who = colleague(services, connection, gesture)
        bridge = choose_bridge(who, who.manages, gesture.channel_id, name)
        schedule = schedule_of(connection, bridge, now, regular)
        if inbox.first_time(connection, gesture.key, now) and schedule.is_paused != is_paused:
            if is_paused:
                clockwork.pause(connection, schedule, now)
            else:
                clockwork.resume(connection, schedule, now)
        schedule = schedule_of(connection, bridge, now, regular)
    return Reply(simple(next_run(who.texts, bridge, schedule)))


def colleague(services: Services, connection: Connection, gesture: Gesture) -> Viewer:
    """The person, who is a full member. Raises UserError."""
    who = viewer(connection, services.team_id, gesture.user_id)
    require_colleague(who)
    return who


def _send(services: Services, connection: Connection, gesture: Gesture, bridge: Bridge, once: str) -> None:
    problem = obstacle(connection, services.team_id, bridge)
    if problem is not None:
        raise UserError(problem)
    channel = workspace.channel(connection, services.team_id, bridge.marketing_channel_id)
    if channel is not None and not channel.is_member:
        name = inert_mrkdwn(channel.name, {}, 80)
        raise UserError(
            N_("I am not in #{channel}. Write /invite @Frontline there, then try again.", channel=name)
        )
    say = say_for(services, connection, gesture.key)
    period = so_far(connection, bridge, services.clock.now())
    write_digest(connection, say, bridge, period, f"digest-now:{bridge.id}:{once}"[:200])


def _sent(_: Texts, bridge: Bridge) -> dict[str, object]:
    return simple(_("The digest is on its way to {channel}.", channel=f"<#{bridge.marketing_channel_id}>"))


def so_far(connection: Connection, bridge: Bridge, now: datetime, regular: Regular = DIGEST) -> Period:
    """The period that is still running."""
    schedule = schedules.of_bridge(connection, bridge.id, regular.kind)
    if schedule is None:
        rhythm = regular.default
        return period_so_far(recurrence_of(rhythm, bridge, now), rhythm.frequency, now)
    return period_so_far(clockwork.recurrence_of(schedule), frequency_of(schedule), now)
