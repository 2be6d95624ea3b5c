"""The agenda, compiled at the moment of the reminder: facts in a fixed order, as far as a channel may see.

A feature adds its own by a function in `PARTS`; a part that has nothing to say is empty.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection

from bot.activities.under_way import under_way
from bot.bridges.categories import REQUEST
from bot.i18n import Texts, texts
from bot.insights.words import names_in
from bot.meetings.meeting import Meeting
from bot.meetings.prompt import is_lost
from bot.meetings.regularity import regularity_of
from bot.messages import meeting_agenda as messages
from bot.messages.digest_pages import Chunk, pack
from bot.themes.moving import as_held, moving_themes, shown_in
from storage import actions, agenda, meetings, workspace
from storage.insights import Insight
from storage.meetings import CANCELLED, PLANNED, Topic

MOST_INSIGHTS: Final = 5
MOST_WAITING: Final = 5
FIRST_LOOK: Final = timedelta(days=30)  # of a series that has not met yet


@dataclass(frozen=True)
class Asked:
    """Whose agenda is wanted, where it is shown, and since when news count."""

    connection: Connection
    team_id: str
    meeting: Meeting
    channel_id: str
    now: datetime
    since: datetime

    @property
    def texts(self) -> Texts:
        return texts(self.meeting.bridge.language)

    @property
    def today(self) -> date:
        return self.now.astimezone(ZoneInfo(self.meeting.bridge.time_zone)).date()

    @property
    def is_marketing(self) -> bool:
        return self.channel_id == self.meeting.bridge.marketing_channel_id

    @property
    def shown(self) -> ColumnElement[bool]:
        """The insights that the channel may see."""
        return agenda.may_be_shown(self.team_id, self.channel_id, is_marketing=self.is_marketing)

    def held(self, insight_ids: Iterable[int]) -> dict[int, Insight]:
        """The insights whose words are shown: read here alone, since they are about to be posted."""
        return agenda.held(self.connection, set(insight_ids), self.shown)

    def names(self, people: Iterable[str | None], words: Iterable[str] = ()) -> Mapping[str, str]:
        """How people are called, and what the words mention."""
        known = {one for one in people if one}
        mentioned = names_in(self.connection, self.team_id, words)
        return {**mentioned, **workspace.names(self.connection, self.team_id, known)}


Part = Callable[[Asked], list[Chunk]]


def compile_agenda(
    connection: Connection, team_id: str, meeting: Meeting, channel_id: str, now: datetime
) -> list[Chunk]:
    """The agenda for one channel in pages, the head of the reminder on the first."""
    asked = Asked(connection, team_id, meeting, channel_id, now, _last_met(connection, meeting))
    head = Chunk(tuple(messages.head(asked.texts, meeting)))
    return pack([head, *(chunk for part in PARTS for chunk in part(asked))])


def _last_met(connection: Connection, meeting: Meeting) -> datetime:
    before = [
        one.starts_at
        for one in meetings.occurrences(connection, meeting.series.id)
        if one.starts_at < meeting.starts_at and one.status not in (CANCELLED, "skipped")
    ]
    return before[-1] if before else meeting.starts_at - FIRST_LOOK


def _action_items(asked: Asked) -> list[Chunk]:
    items = actions.of_series(asked.connection, asked.meeting.series.id, only_open=True)
    names = asked.names([one.owner_id for one in items], [one.text for one in items])
    return messages.action_items(asked.texts, items, names, asked.today)


def _topics(asked: Asked) -> list[Chunk]:
    found = [one for one in meetings.topics(asked.connection, asked.meeting.id) if _is_open_here(asked, one)]
    known = asked.held(one.insight_id for one in found if one.insight_id is not None)
    topics = [one for one in found if one.insight_id is None or one.insight_id in known]
    names = asked.names([one.user_id for one in topics], _words(topics, known.values()))
    return messages.topics(asked.texts, asked.meeting.bridge, topics, known, names)


def _is_open_here(asked: Asked, topic: Topic) -> bool:
    """What was said in a private sales channel is shown there and to marketing alone."""
    bridge = asked.meeting.bridge
    if asked.is_marketing or topic.channel_id in (None, asked.channel_id, bridge.marketing_channel_id):
        return True
    assert topic.channel_id is not None
    return bool(agenda.public_channels(asked.connection, asked.team_id, [topic.channel_id]))


def _words(topics: Iterable[Topic], insights: Iterable[Insight]) -> list[str]:
    return [one.text for one in topics] + [one.text for one in insights]


def _themes(asked: Asked) -> list[Chunk]:
    """Themes that are new or grow since the last meeting."""
    before = asked.since - (asked.now - asked.since)
    found = moving_themes(
        asked.connection,
        asked.team_id,
        asked.meeting.bridge,
        asked.since,
        asked.now,
        before,
        shown=asked.shown,
        with_silent=False,
    )
    found = tuple(one for one in found if one.is_new or one.is_growing)
    found = as_held(found, _worded(asked.held(shown_in(found))))
    names = asked.names([], [quote.text for one in found for quote in one.quotes])
    return messages.themes(asked.texts, found, names)


def _worded(known: Mapping[int, Insight]) -> dict[int, Insight]:
    """Those that still have their words."""
    return {one.id: one for one in known.values() if one.text_removed_at is None}


def _top_insights(asked: Asked) -> list[Chunk]:
    bridge = asked.meeting.bridge
    elsewhere = _on_agenda(asked) | set(_waiting(asked))
    ids = agenda.top_since(
        asked.connection, bridge.id, asked.since, asked.shown, MOST_INSIGHTS + len(elsewhere)
    )
    ids = [one for one in ids if one not in elsewhere][:MOST_INSIGHTS]
    known = _worded(asked.held(ids))
    found = [known[one] for one in ids if one in known]
    names = asked.names([one.author_id for one in found], [one.text for one in found])
    return messages.insights(asked.texts, bridge, found, names)


def _on_agenda(asked: Asked) -> set[int | None]:
    """The insights that are topics themselves."""
    return {one.insight_id for one in meetings.topics(asked.connection, asked.meeting.id)}


def _waiting(asked: Asked) -> list[int]:
    bridge, on_agenda = asked.meeting.bridge, _on_agenda(asked)
    most = MOST_WAITING + len(on_agenda)
    found = agenda.waiting_requests(asked.connection, bridge.id, REQUEST, asked.shown, most)
    return [one for one in found if one not in on_agenda][:MOST_WAITING]


def _requests(asked: Asked) -> list[Chunk]:
    ids = _waiting(asked)
    known = asked.held(ids)
    found = [known[one] for one in ids if one in known]
    names = asked.names([], [one.text for one in found])
    return messages.requests(asked.texts, found, names, asked.now)


def _activities(asked: Asked) -> list[Chunk]:
    since = asked.since.astimezone(ZoneInfo(asked.meeting.bridge.time_zone)).date()
    found = under_way(asked.connection, asked.meeting.bridge, since, asked.today)
    return messages.activities(asked.texts, found, asked.today)


def _who_comes(asked: Asked) -> list[Chunk]:
    answers = meetings.answers(asked.connection, asked.meeting.id)
    return messages.who_comes(asked.texts, answers, asked.names(answers))


def _missed(asked: Asked) -> list[Chunk]:
    """What was not said before the last meeting, because Frontline was down or Slack out of reach."""
    past = [
        one
        for one in meetings.occurrences(asked.connection, asked.meeting.series.id)
        if one.starts_at < asked.meeting.starts_at and one.status != CANCELLED
    ]
    if not past:
        return []
    last = past[-1]
    lost = {
        post.kind for post in meetings.posts(asked.connection, last.id) if is_lost(asked.connection, post)
    }
    items = [
        one
        for one in actions.of_series(asked.connection, asked.meeting.series.id, only_open=True)
        if one.reminder_missed
    ]
    return messages.missed(
        asked.texts,
        asked.meeting,
        last,
        prompt=last.prompt_missed or "prompt" in lost,
        reminder=last.reminder_missed or "reminder" in lost,
        minutes=last.status == PLANNED,
        items=len(items),
    )


def _regularity(asked: Asked) -> list[Chunk]:
    found = regularity_of(asked.connection, asked.meeting.series, asked.meeting.bridge, asked.now)
    return messages.regularity(asked.texts, found)


PARTS: Final[tuple[Part, ...]] = (
    _action_items,
    _topics,
    _themes,
    _top_insights,
    _requests,
    _activities,
    _who_comes,
    _missed,
    _regularity,
)
