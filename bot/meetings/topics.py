"""Agenda topics: replies in the prompt's thread, `/frontline topic …`, and insights."""

from typing import Final

from sqlalchemy import Connection

from bot.clock import from_slack_ts
from bot.errors import UserError
from bot.gestures import Answer, Gesture, Reply
from bot.i18n import N_, Texts
from bot.inbox import say_for
from bot.insights.change import find
from bot.meetings.meeting import Meeting, is_id, lock_series, may_see, meeting_by_id
from bot.meetings.reminder import refresh_topics
from bot.messages.meetings import said, title, when
from bot.say import Say
from bot.services import Services
from bot.slack import SourceMessage
from bot.threads import Follower
from bot.workspace.access import Viewer, require_colleague, viewer
from storage import inbox, meetings
from storage.bridges import Bridge
from storage.meetings import CANCELLED, SKIPPED
from storage.threads import Thread

TAKEN: Final = "memo"  # Frontline's reaction at a reply that is on the agenda
LONGEST: Final = 3000  # characters of a topic


def _taken(connection: Connection, say: Say, thread: Thread, message: SourceMessage) -> None:
    meeting = _meeting_of(connection, thread)
    if meeting is None or not message.text.strip() or message.user_id is None:
        return
    target = _target(connection, say, meeting, message)
    if target is None:
        return
    meetings.add_topic(
        connection,
        {
            "occurrence_id": target,
            "user_id": message.user_id,
            "text": message.text[:LONGEST],
            "channel_id": message.channel_id,
            "message_ts": message.ts,
            "added_at": say.now,
        },
    )
    say.react(message.channel_id, message.ts, TAKEN, on=True)


def _target(connection: Connection, say: Say, meeting: Meeting, message: SourceMessage) -> int | None:
    """The occurrence that a reply is a topic of. None: the meeting is over, this is talk about it."""
    if from_slack_ts(message.ts) >= meeting.ends_at:
        return None
    if meeting.occurrence.status in (SKIPPED, CANCELLED):
        following = next_of_series(connection, meeting, say)
        return following.id if following else None
    return meeting.id


def next_of_series(connection: Connection, meeting: Meeting, say: Say) -> Meeting | None:
    """The next meeting of the same series that has not begun."""
    ahead = meetings.next_of_bridges(connection, [meeting.bridge.id], say.now)
    found = next((one for one in ahead if one.series_id == meeting.series.id and one.id != meeting.id), None)
    return meeting_by_id(connection, found.id) if found else None


def _edited(connection: Connection, say: Say, thread: Thread, message: SourceMessage) -> None:
    topic = meetings.topic_of_reply(connection, message.channel_id, message.ts)
    if topic is None:
        return
    if message.text.strip():
        meetings.change_topic(connection, topic.id, message.text[:LONGEST])
    else:
        meetings.remove_topic(connection, topic.id)
        say.react(message.channel_id, message.ts, TAKEN, on=False)
    refresh_topics(connection, say, topic.occurrence_id)


def _removed(connection: Connection, say: Say, thread: Thread, channel_id: str, ts: str) -> None:
    topic = meetings.topic_of_reply(connection, channel_id, ts)
    if topic is not None:
        meetings.remove_topic(connection, topic.id)
        refresh_topics(connection, say, topic.occurrence_id)


FOLLOWER: Final = Follower(_taken, _edited, _removed)


def _meeting_of(connection: Connection, thread: Thread) -> Meeting | None:
    occurrence = meetings.occurrence(connection, int(thread.subject.partition(":")[0]))
    if occurrence is None:
        return None
    lock_series(connection, occurrence.series_id)
    return meeting_by_id(connection, occurrence.id)


def add_words(services: Services, gesture: Gesture, words: str) -> Answer:
    """`/frontline topic …`: put it on the agenda of the next meeting. Raises UserError."""
    with services.db.writing() as connection:
        reader = viewer(connection, services.team_id, gesture.user_id)
        require_colleague(reader)
        if not words.strip():
            raise UserError(
                N_("Write the topic behind it, as in /frontline topic Prices for the spring fair")
            )
        here = [
            bridge
            for bridge in reader.bridges
            if gesture.channel_id in {bridge.marketing_channel_id, *bridge.sales_channel_ids}
        ]
        meeting = _next_meeting(services, connection, reader, here or list(reader.near))
        _add_once(services, connection, gesture, meeting, words.strip()[:LONGEST], None)
        _ = reader.texts
        return Reply(said(_("On the agenda of *{meeting}*, {moment}.", **_about(_, meeting))))


def add_insight(services: Services, gesture: Gesture, value: str) -> Answer:
    """*Put on the agenda*: an insight becomes a topic of its bridge's next meeting. Raises UserError."""
    with services.db.writing() as connection:
        reader = viewer(connection, services.team_id, gesture.user_id)
        require_colleague(reader)
        insight, bridge = find(connection, reader, int(value) if is_id(value) else 0)
        meeting = _next_meeting(services, connection, reader, [bridge])
        _ = reader.texts
        about = {"number": insight.number, **_about(_, meeting)}
        if any(one.insight_id == insight.id for one in meetings.topics(connection, meeting.id)):
            return Reply(said(_("*#{number}* is on the agenda of *{meeting}* already, {moment}.", **about)))
        _add_once(services, connection, gesture, meeting, "", insight.id)
        return Reply(said(_("*#{number}* is on the agenda of *{meeting}*, {moment}.", **about)))


def _about(_: Texts, meeting: Meeting) -> dict[str, str]:
    return {"meeting": title(meeting), "moment": when(_, meeting.starts_at, meeting.bridge.time_zone)}


def _next_meeting(
    services: Services, connection: Connection, reader: Viewer, bridges: list[Bridge]
) -> Meeting:
    ahead = meetings.next_of_bridges(connection, [one.id for one in bridges], services.clock.now())
    for one in ahead:
        meeting = meeting_by_id(connection, one.id)
        if meeting is not None and may_see(connection, reader, meeting.series, meeting.bridge):
            lock_series(connection, meeting.series.id)
            return meeting
    raise UserError(
        N_("No meeting is planned here yet. A manager of the bridge makes one: /frontline meeting")
    )


def _add_once(
    services: Services,
    connection: Connection,
    gesture: Gesture,
    meeting: Meeting,
    text: str,
    insight_id: int | None,
) -> None:
    if inbox.first_time(connection, gesture.key, services.clock.now()):
        say = say_for(services, connection, gesture.key)
        values = {"occurrence_id": meeting.id, "user_id": gesture.user_id, "text": text, "added_at": say.now}
        meetings.add_topic(connection, {**values, "insight_id": insight_id})
