"""The prompt: a post ahead of the meeting whose thread collects topics."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from bot.i18n import texts
from bot.meetings.meeting import (
    Meeting,
    channels_of,
    hosts_of,
    lock_series,
    meeting_by_id,
    people_of,
    usable,
)
from bot.messages import meetings as messages
from bot.say import Say, built
from bot.services import Services
from bot.threads import open_thread
from bot.workspace.access import viewer
from storage import meetings, outbox, workspace
from storage.meetings import PLANNED, Post
from storage.outbox import OutboxRow
from storage.timers import Timer

THREAD = "meeting"  # kind of thread; its subject is the occurrence's id and the channel
NO_CHANNEL = "meeting_no_channel"  # a builder


def ring_prompt(services: Services, connection: Connection, say: Say, timer: Timer) -> None:
    """A `bot.timers.Bell`. A late prompt makes sense until the meeting begins."""
    meeting = locked(connection, timer)
    if meeting is None or meeting.occurrence.status != PLANNED:
        return
    if not meeting.is_ahead(say.now):
        meetings.change_occurrence(connection, meeting.id, prompt_missed=True)
        return
    post_prompts(connection, say, meeting)


def locked(connection: Connection, timer: Timer) -> Meeting | None:
    """The meeting that a timer is about, which nobody else changes meanwhile."""
    occurrence = meetings.occurrence(connection, int(timer.subject))
    if occurrence is None:
        return None
    lock_series(connection, occurrence.series_id)
    return meeting_by_id(connection, occurrence.id)


def post_prompts(connection: Connection, say: Say, meeting: Meeting) -> None:
    """Post it in every channel of the series where it does not stand yet."""
    wanted = channels_of(meeting.series, meeting.bridge)
    channel_ids = usable(connection, say.team_id, wanted)
    message = show_prompt(connection, say.team_id, meeting)
    for channel_id in channel_ids:
        post_id = say.post(
            f"meeting-prompt:{meeting.id}:{channel_id}",
            channel_id,
            message,
            bridge_id=meeting.bridge.id,
            expires_at=meeting.starts_at,
        )
        if post_id is not None:
            meetings.add_post(connection, Post(post_id, meeting.id, "prompt", channel_id))
            open_thread(connection, say, meeting.bridge.id, THREAD, f"{meeting.id}:{channel_id}", post_id)
    if not channel_ids:
        tell_hosts_of_trouble(connection, say, meeting)
    if meeting.occurrence.prompted_at is None:
        # A clock that was set back may have had it noted as missed before.
        meetings.change_occurrence(connection, meeting.id, prompted_at=say.now, prompt_missed=False)


def tell_hosts_of_trouble(connection: Connection, say: Say, meeting: Meeting) -> None:
    """No channel may be posted to: whoever holds the meeting learns it, and the managers."""
    for user_id in dict.fromkeys([*hosts_of(meeting), *meeting.bridge.manager_ids]):
        key = f"meeting-no-channel:{meeting.id}:{user_id}"
        message = built(NO_CHANNEL, occurrence=meeting.id)
        say.direct(key, user_id, message, bridge_id=meeting.bridge.id, expires_at=meeting.starts_at)


def build_no_channel(services: Services, row: OutboxRow) -> Mapping[str, Any]:
    """An `bot.outbox.Builder`; nothing where the meeting is over, or can be announced by now."""
    assert row.user_id is not None
    with services.db.reading() as connection:
        meeting = meeting_by_id(connection, int(row.payload["occurrence"]))
        if meeting is None or not meeting.is_ahead(services.clock.now()):
            return {}
        if usable(connection, services.team_id, channels_of(meeting.series, meeting.bridge)):
            return {}
        return messages.no_channel(viewer(connection, services.team_id, row.user_id).texts, meeting)


def build_prompt(services: Services, row: OutboxRow) -> Mapping[str, Any]:
    """An `bot.outbox.Builder`: the prompt as things stand now."""
    with services.db.reading() as connection:
        meeting = meeting_by_id(connection, int(row.payload["occurrence"]))
        return show_prompt(connection, services.team_id, meeting) if meeting else {}


def show_prompt(connection: Connection, team_id: str, meeting: Meeting) -> dict[str, Any]:
    """The prompt with who comes, in the bridge's language."""
    answers = meetings.answers(connection, meeting.id)
    names = workspace.names(connection, team_id, set(answers))
    return messages.prompt(texts(meeting.bridge.language), meeting, answers, names)


def is_lost(connection: Connection, post: Post) -> bool:
    """Whether a post never came to be seen: it was too late when it could have been sent."""
    row = outbox.by_id(connection, post.outbox_id)
    return row is not None and row.state == "dropped"


def is_away(connection: Connection, team_id: str, meeting: Meeting) -> list[str]:
    """Those who take part and are in none of the meeting's channels: they hear of it directly."""
    channel_ids = set(usable(connection, team_id, channels_of(meeting.series, meeting.bridge)))
    people = people_of(connection, team_id, meeting.series)
    return [one for one in people if not channel_ids & workspace.channels_of(connection, team_id, one)]
