"""Closes the loop: who passed something on learns who took it and what came of it, each piece of news once.

A change sets a timer, a further one moves it; what is told is decided when it rings, so that several changes
make one notice. It stands in the thread of the message that the person flagged, with her name; by direct
message where Frontline can't post there, she is not in the channel, or outsiders could read it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from bot.i18n import texts
from bot.insights.capture import is_direct
from bot.insights.words import names_in
from bot.messages.triage_notices import News, direct_notice, thread_notice
from bot.quiet.hours import Times, suits_all
from bot.quiet.waiting import GATHERING, NOTICE, times_of
from bot.say import Say
from bot.services import Services
from bot.triage.rules import ENDED, IN_PROGRESS
from bot.triage.settings import Notices
from bot.workspace.access import viewer
from storage import bridges, insights, timers, workspace
from storage.bridges import Bridge
from storage.insights import Insight
from storage.timers import Timer

WAIT: Final = GATHERING  # for further changes, which are told together
MOST_NAMED: Final = 100  # people in one post; a paragraph holds 3,000 characters


def tell_later(connection: Connection, say: Say, insight: Insight) -> None:
    """The insight's status has changed: tell those concerned once no further change has come for a while.

    What was brought in from a file nobody passed on here: nobody waits to hear of it.
    """
    if insight.source == "import":
        return
    due_at = say.now + WAIT
    timers.set_timer(connection, say.team_id, NOTICE, str(insight.id), due_at, bridge_id=insight.bridge_id)


def news_of(insight: Insight) -> str | None:
    """What there is to be told, as a key that changes with it; None: nothing. Acknowledging is no news."""
    if insight.status == IN_PROGRESS:
        return insight.status
    if insight.status in ENDED and insight.outcome_at is not None:
        return f"{insight.status}:{insight.outcome_at.isoformat()}"
    return None


def tell(services: Services, connection: Connection, say: Say, timer: Timer) -> None:
    """A `bot.timers.Bell`: tell what has become of the insight, to those who don't know it yet.

    Whoever does not work now is told when she does: then the timer rings again, and finds what is so by then.
    """
    insight = insights.by_id(connection, int(timer.subject))
    bridge = bridges.bridge(connection, insight.bridge_id) if insight else None
    news = news_of(insight) if insight else None
    if insight is None or bridge is None or news is None:
        return
    family = [*insights.merged_into(connection, insight.id), insight]
    flagged = _flagged(connection, family)
    wanting = _wanting(connection, say.team_id, insight, flagged, news)
    places = _places(connection, say.team_id, bridge, flagged, wanting)
    times = times_of(connection, say.team_id, wanting, bridge.time_zone)
    told, waiting = _in_hours(places, wanting, times, say.now)
    said = _said(connection, say.team_id, insight)
    key = f"{NOTICE}:{insight.id}:{timer.due_at.isoformat()}"
    for place in places:
        if told.issuperset(place.user_ids):
            _say_in_thread(say, bridge, said, place, key)
    reached = {user for place in places for user in place.user_ids}
    for user_id in wanting:
        if user_id in told and user_id not in reached:
            seen = next((one for one in reversed(flagged) if user_id in flagged[one]), insight.id)
            own = next(one for one in family if one.id == seen)
            _say_directly(connection, say, bridge, said, own, user_id, key)
    by = [insight.status_by] if insight.status_by else []
    for user_id in sorted({*told, *by}):
        insights.was_told(connection, insight.id, user_id, news, say.now)
    if waiting:
        timers.set_timer(
            connection, say.team_id, NOTICE, timer.subject, min(waiting), bridge_id=insight.bridge_id
        )


def _in_hours(
    places: Sequence["Place"], wanting: Sequence[str], times: Mapping[str, Times], now: datetime
) -> tuple[set[str], list[datetime]]:
    """Those who may be told now, and when the others may: in a thread all at once, else each by herself.

    A second post in a thread would reach those whom the first one mentioned, at whatever hour.
    """
    together = {user for place in places for user in place.user_ids}
    moments = {
        user: suits_all({one: times[one] for one in place.user_ids}, place.own.reporter_id, now)
        for place in places
        for user in place.user_ids
    }
    moments |= {user: times[user].next(now) for user in wanting if user not in together}
    told = {user for user, at in moments.items() if at <= now}
    return told, [at for user, at in moments.items() if user not in told]


def _flagged(connection: Connection, family: Sequence[Insight]) -> dict[int, set[str]]:
    """Who passed on which: the parts of an insight first, then the whole."""
    return {one.id: {*insights.own_supporters_of(connection, one.id), one.reporter_id} for one in family}


def _wanting(
    connection: Connection,
    team_id: str,
    insight: Insight,
    flagged: Mapping[int, set[str]],
    news: str,
) -> list[str]:
    """Those to be told: not who did it herself, not who knows it, not who does not want to."""
    concerned = set().union(*flagged.values()) - {insight.status_by}
    told = insights.told_of(connection, insight.id)
    wishes = workspace.notice_settings(connection, team_id, concerned)
    active = {
        one.user_id
        for one in workspace.people_among(connection, team_id, concerned)
        if not (one.is_external or one.is_deleted or one.is_bot)
    }
    enough = {Notices.ALL, Notices.OUTCOME} if insight.status in ENDED else {Notices.ALL}
    return sorted(
        one for one in active if told.get(one) != news and Notices(wishes.get(one, Notices.ALL)) in enough
    )


@dataclass(frozen=True)
class Place:
    """A thread in which some of them are told."""

    own: Insight  # what they flagged there
    user_ids: tuple[str, ...]


def _places(
    connection: Connection,
    team_id: str,
    bridge: Bridge,
    flagged: Mapping[int, set[str]],
    wanting: Iterable[str],
) -> list[Place]:
    """The threads in which people can be told: of the message that they flagged, in a channel they are in."""
    left, places = set(wanting), []
    for insight_id, people in flagged.items():
        own = insights.by_id(connection, insight_id)
        if own is None or not _can_be_answered(connection, team_id, bridge, own):
            continue
        assert own.channel_id is not None
        here = workspace.members_among(connection, team_id, own.channel_id, left & people)
        if here:
            places.append(Place(own, tuple(sorted(here))))
            left -= here
    return places


def _can_be_answered(connection: Connection, team_id: str, bridge: Bridge, insight: Insight) -> bool:
    """Whether Frontline can post below the message, and none but the bridge's people read it there."""
    channel_id = insight.channel_id
    if channel_id is None or insight.message_ts is None or is_direct(channel_id):
        return False
    channel = workspace.channel(connection, team_id, channel_id)
    return (
        channel is not None
        and channel.is_member
        and not (channel.is_shared or channel.is_archived)
        and channel_id in bridge.sales_channel_ids
        and insight.text_removed_at is None
    )


def _said(connection: Connection, team_id: str, insight: Insight) -> News:
    by = insight.status_by
    names = dict(names_in(connection, team_id, [insight.outcome]))
    who = workspace.names(connection, team_id, [by] if by else []).get(by or "", "")
    return News(insight, who, names)


def _say_directly(
    connection: Connection, say: Say, bridge: Bridge, said: News, own: Insight, user_id: str, key: str
) -> None:
    _ = viewer(connection, say.team_id, user_id).texts
    message = direct_notice(_, said, own, names_in(connection, say.team_id, [own.text]))
    say.direct(f"{key}:{user_id}", user_id, message, bridge_id=bridge.id, quoted=[own.id], at_once=True)


def _say_in_thread(say: Say, bridge: Bridge, said: News, place: Place, key: str) -> None:
    own, people = place.own, place.user_ids
    assert own.channel_id is not None
    for start in range(0, len(people), MOST_NAMED):
        say.post(
            f"{key}:{own.id}:{start}",
            own.channel_id,
            thread_notice(texts(bridge.language), said, own, people[start : start + MOST_NAMED]),
            thread_ts=own.thread_ts or own.message_ts,
            bridge_id=bridge.id,
        )
