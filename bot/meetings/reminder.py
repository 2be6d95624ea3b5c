"""The reminder: shortly before the meeting, in the prompt's thread, broadcast, with the agenda."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection

from bot.i18n import texts
from bot.insights.words import names_in
from bot.meetings.agenda import compile_agenda
from bot.meetings.meeting import REMINDER, Meeting, meeting_by_id, speaks_of, usable
from bot.meetings.prompt import is_away, locked, post_prompts
from bot.messages import meeting_agenda
from bot.messages import meetings as messages
from bot.say import Say, built
from bot.services import Services
from bot.workspace.access import viewer
from storage import meetings, outbox, workspace
from storage.meetings import PLANNED, Post, Topic
from storage.outbox import OutboxRow
from storage.timers import Timer

REMINDER_TO_ONE: Final = "meeting_reminder_to_one"  # a builder


def ring_reminder(services: Services, connection: Connection, say: Say, timer: Timer) -> None:
    """A `bot.timers.Bell`. A late reminder makes sense until the meeting begins."""
    meeting = locked(connection, timer)
    if meeting is None or meeting.occurrence.status != PLANNED:
        return
    if not meeting.is_ahead(say.now):
        meetings.change_occurrence(connection, meeting.id, reminder_missed=True)
        return
    post_prompts(connection, say, meeting)  # where the prompt does not stand yet
    before = len(meetings.posts(connection, meeting.id, "reminder"))
    for post in meetings.posts(connection, meeting.id, "prompt"):
        if usable(connection, say.team_id, [post.channel_id]):
            _remind(connection, say, meeting, post, before)
    for user_id in is_away(connection, say.team_id, meeting):
        key = f"meeting-reminder:{meeting.id}:{before}:{user_id}"
        message = built(REMINDER_TO_ONE, occurrence=meeting.id, starts_at=meeting.starts_at.isoformat())
        say.direct(key, user_id, message, bridge_id=meeting.bridge.id, expires_at=meeting.starts_at)
    meetings.change_occurrence(connection, meeting.id, reminded_for=meeting.starts_at)


def build_to_one(services: Services, row: OutboxRow) -> Mapping[str, Any]:
    """An `bot.outbox.Builder`: the reminder to one person; nothing where the meeting has gone elsewhere."""
    assert row.user_id is not None
    with services.db.reading() as connection:
        meeting = meeting_by_id(connection, int(row.payload["occurrence"]))
        if meeting is None or not meeting.is_ahead(services.clock.now()):
            return {}
        if meeting.starts_at.isoformat() != row.payload["starts_at"]:
            return {}
        return messages.direct_reminder(viewer(connection, services.team_id, row.user_id).texts, meeting)


def _remind(connection: Connection, say: Say, meeting: Meeting, prompt: Post, before: int) -> None:
    """Post the agenda below a prompt; `before`: reminders of other times that were posted already."""
    _ = texts(meeting.bridge.language)
    pages = compile_agenda(connection, say.team_id, meeting, prompt.channel_id, say.now)
    where: dict[str, Any] = {
        "parent_id": prompt.outbox_id,
        "bridge_id": meeting.bridge.id,
        "expires_at": meeting.starts_at,
    }
    key = f"meeting-reminder:{meeting.id}:{before}:{prompt.channel_id}"
    first = meeting_agenda.first_page(_, meeting, pages[0], len(pages))
    post_id = say.post(
        key, prompt.channel_id, {**first, "reply_broadcast": True}, quoted=pages[0].quoted, **where
    )
    if post_id is None:
        return
    meetings.add_post(connection, Post(post_id, meeting.id, "reminder", prompt.channel_id))
    for number, page in enumerate(pages[1:], 1):
        more = meeting_agenda.further_page(_, meeting, page)
        page_id = say.post(f"{key}:{number}", prompt.channel_id, more, quoted=page.quoted, **where)
        if page_id is not None:
            meetings.add_post(connection, Post(page_id, meeting.id, "page", prompt.channel_id))


def build_reminder(services: Services, row: OutboxRow) -> Mapping[str, Any]:
    """An `bot.outbox.Builder`: a reminder that is no longer true says where the meeting has gone.

    Else the topics in it are brought up to date: replies are edited and deleted after it, too.
    """
    assert row.parent_id is not None
    with services.db.reading() as connection:
        meeting = meeting_by_id(connection, int(row.payload["occurrence"]))
        standing = outbox.by_id(connection, row.parent_id)
        if meeting is None or standing is None:
            return {}
        heads = [
            one.outbox_id
            for one in meetings.posts(connection, meeting.id, "reminder")
            if one.channel_id == standing.channel_id
        ]
        topics = meetings.topics(connection, meeting.id)
        names = _names(connection, services.team_id, topics)
    _ = texts(meeting.bridge.language)
    is_true = speaks_of(meeting) and row.parent_id == heads[-1]
    if row.parent_id in heads and not is_true:
        return messages.reminder_changed(_, meeting)
    if standing.channel_id is None or standing.message_ts is None:
        return {}
    shown = services.slack.blocks_of(standing.channel_id, standing.message_ts, standing.thread_ts)
    blocks = meeting_agenda.with_topics(_, (shown or {}).get("blocks") or [], topics, names)
    return {} if shown is None or blocks is None else {"text": shown.get("text") or "", "blocks": blocks}


def refresh_topics(connection: Connection, say: Say, occurrence_id: int) -> None:
    """A topic was edited or removed: agendas that show it follow, sent or not, and so does their copy."""
    topics = meetings.topics(connection, occurrence_id)
    names = _names(connection, say.team_id, topics)
    for post in meetings.posts(connection, occurrence_id):
        row = outbox.by_id(connection, post.outbox_id) if post.kind in ("reminder", "page") else None
        meeting = meeting_by_id(connection, occurrence_id)
        if row is None or meeting is None:
            continue
        _ = texts(meeting.bridge.language)
        blocks = meeting_agenda.with_topics(_, (row.payload or {}).get("blocks") or [], topics, names)
        if blocks is not None:
            outbox.replace_payload(connection, row.id, {**row.payload, "blocks": blocks})
        say.update(post.outbox_id, REMINDER, occurrence=occurrence_id)


def _names(connection: Connection, team_id: str, topics: Sequence[Topic]) -> dict[str, str]:
    mentioned = names_in(connection, team_id, [one.text for one in topics])
    return {**mentioned, **workspace.names(connection, team_id, {one.user_id for one in topics})}
