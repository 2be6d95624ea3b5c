"""Erases a person: what she wrote and answered goes, what others wrote stays without her.

It is done in batches, so that nobody waits: first her own insights, then what of hers hangs on others', and
in the last transaction all else. What she set up or recorded for the company stays, without her id.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from sqlalchemy import Connection

from bot.erasure.insight import erase_insight, gather_support
from bot.erasure.posts import blank_home, retract, scrub
from bot.insights.words import index_insight
from bot.meetings.items import DAY_BEFORE, ON_THE_DAY
from bot.meetings.meeting import PROMPT, lock_series
from bot.meetings.minutes import refresh_minutes
from bot.meetings.reminder import refresh_topics
from bot.meetings.settle import settle
from bot.questions.shown import refresh as refresh_question
from bot.questions.state import KIND as QUESTION
from bot.say import Say
from bot.themes.joining import text_changed
from bot.triage.changed import insight_changed
from storage import (
    bridges,
    erasing,
    erasing_people,
    erasure,
    insights,
    meetings,
    outbox,
    questions,
    timers,
    workspace,
)
from storage.erasing_people import unmentioned
from storage.insights import Insight
from storage.outbox import OutboxRow
from storage.rows import lock

BATCH: Final = 25  # insights in one transaction
_SHOWN_TO_HER: Final = frozenset({"direct", "post"})


def counts_of(connection: Connection, team_id: str, user_id: str) -> Counter[str]:
    """What goes and what stays without her, by kind."""
    counts = Counter(erasing_people.counts_of(connection, team_id, user_id))
    hers, naming, moot = _posts(connection, team_id, user_id)
    counts["messages"] = len([one for one in hers if one.kind in _SHOWN_TO_HER])
    counts["posts"] = len(naming) + len(moot)
    return counts


def erase_part(connection: Connection, say: Say, user_id: str) -> tuple[Counter[str], bool]:
    """Erase a batch; gives what went, and whether she is erased now."""
    counts: Counter[str] = Counter()
    for insight in erasing.written(connection, say.team_id, user_id, BATCH):
        bridge = bridges.bridge(connection, insight.bridge_id)
        assert bridge is not None
        went = erase_insight(connection, say, insight, bridge)
        counts.update({"insights": 1, "posts": went["posts"]})
    if counts:
        return counts, False
    noted = erasing_people.noted_on(connection, user_id)
    for insight in erasing_people.naming(connection, say.team_id, user_id, BATCH):
        counts.update(_leave_insight(connection, say, insight, user_id, insight.id in noted))
    if counts:
        return counts, False
    return _erase_rest(connection, say, user_id), True


def _leave_insight(
    connection: Connection, say: Say, insight: Insight, user_id: str, is_noted: bool
) -> Counter[str]:
    """Another's insight goes on without her: the next supporter is its reporter, her note goes."""
    name = workspace.names(connection, say.team_id, [user_id]).get(user_id, "")
    shown = (*outbox.quoting(connection, insight.id), *outbox.notices_of(connection, insight.id))
    for post in shown:
        if post.user_id != user_id:
            scrub(say, post, user_id, name)
    is_hers = user_id in insights.supporters_of(connection, insight.id)
    is_report = insight.reporter_id == user_id
    insights.remove_supporter(connection, insight.id, user_id)
    gather_support(connection, say, insight.id, but=user_id)
    values: dict[str, str | None] = {
        column: unmentioned(value, user_id)
        for column in ("text", "first_text", "note", "outcome")
        if (value := getattr(insight, column))
    }
    if is_report:
        own = insights.own_supporters_of(connection, insight.id)
        values["reporter_id"] = own[0] if own else workspace.bot_user_id(connection, say.team_id)
    if is_report or is_noted:
        values["note"] = None
    insights.change(connection, insight.id, values)
    erasing_people.forget_acts(connection, insight.id, user_id)
    current = insights.by_id(connection, insight.id)
    assert current is not None
    index_insight(connection, say.team_id, current)
    if current.text != insight.text:
        text_changed(connection, say, current)
    insight_changed(connection, say, current.id)
    return Counter({"posts": len(shown), "supports": is_hers, "reports": is_report, "named": 1})


def _erase_rest(connection: Connection, say: Say, user_id: str) -> Counter[str]:
    """All in one transaction: from here on she is unknown, and what names her is being rewritten."""
    team_id = say.team_id
    lock(connection, "bridges", team_id)
    nobody = workspace.bot_user_id(connection, team_id)
    name = workspace.names(connection, team_id, [user_id]).get(user_id, "")
    counts = counts_of(connection, team_id, user_id)
    hers, naming, moot = _posts(connection, team_id, user_id)
    occurrences = erasing_people.occurrences_with(connection, user_id)
    series = erasing_people.series_with(connection, user_id)
    asked = erasing_people.questions_with(connection, team_id, user_id)
    had_home = bool(workspace.with_home(connection, team_id, [user_id]))
    for item_id in erasing_people.items_of(connection, user_id):
        for kind in (DAY_BEFORE, ON_THE_DAY):
            timers.cancel(connection, team_id, kind, str(item_id))
    _settle_posts(connection, say, user_id, name, hers, naming, moot)
    erasing_people.remove_own(connection, team_id, user_id, nobody)
    erasing_people.sweep(connection, team_id, user_id, nobody)
    erasure.remember_person(connection, team_id, user_id, say.now)
    if had_home:
        blank_home(say, user_id)
    bridges.touch(connection, team_id)
    _refresh_meetings(connection, say, occurrences, series)
    for question_id in sorted(asked):
        question = questions.by_id(connection, team_id, question_id)
        if question is not None:
            refresh_question(connection, say, question_id)
    return Counter({kind: number for kind, number in counts.items() if number})


# --- posts -------------------------------------------------------------------------------------------------


def _posts(
    connection: Connection, team_id: str, user_id: str
) -> tuple[list[OutboxRow], list[OutboxRow], list[OutboxRow]]:
    """What was said to her alone; the posts that may name her; those that are about nothing but her words."""
    conversations = erasing_people.conversations_with(connection, team_id, user_id)
    hers = outbox.of_people_or_channels(connection, team_id, [user_id], conversations)
    moot = _moot_posts(connection, team_id, user_id)
    known = {one.id for one in (*hers, *moot)}
    naming = {one.id: one for one in _naming_posts(connection, team_id, user_id)}
    own = {one.id for one in hers}
    return (
        hers,
        [one for one in naming.values() if one.id not in known and one.kind in _SHOWN_TO_HER],
        [one for one in moot if one.id not in own],
    )


def _item_keys(item_id: int) -> list[str]:
    return [f"{kind}:{item_id}:" for kind in ("action-given", DAY_BEFORE, ON_THE_DAY)]


def _moot_posts(connection: Connection, team_id: str, user_id: str) -> list[OutboxRow]:
    """Told to others, and about her words alone: other times that she suggested, what she had promised."""
    occurrences = erasing_people.occurrences_with(connection, user_id)
    keys = [f"meeting-suggested:{one}:" for one in occurrences]
    for item_id in erasing_people.items_of(connection, user_id):
        keys += _item_keys(item_id)
    return outbox.beginning(connection, team_id, *keys)


def _naming_posts(connection: Connection, team_id: str, user_id: str) -> Iterator[OutboxRow]:
    for insight_id in erasing_people.touched_insights(connection, team_id, user_id):
        yield from outbox.quoting(connection, insight_id)
        yield from outbox.notices_of(connection, insight_id)
    for occurrence_id in erasing_people.occurrences_with(connection, user_id):
        for shown in meetings.posts(connection, occurrence_id):
            row = outbox.by_id(connection, shown.outbox_id)
            if row is not None and shown.kind in ("reminder", "page", "minutes", "summary"):
                yield row
    keys = [f"{QUESTION}:{one}:" for one in erasing_people.questions_with(connection, team_id, user_id)]
    for item_id in erasing_people.items_given_by(connection, user_id):
        keys += _item_keys(item_id)
    yield from outbox.beginning(connection, team_id, *keys)
    for row in outbox.beginning(connection, team_id, "activity-report:", "activity-now:"):
        if row.dedupe_key.endswith(":details"):
            yield row
    yield from outbox.holding(connection, team_id, user_id)


def _settle_posts(
    connection: Connection,
    say: Say,
    user_id: str,
    name: str,
    hers: Iterable[OutboxRow],
    naming: Iterable[OutboxRow],
    moot: Iterable[OutboxRow],
) -> None:
    for post in hers:
        if post.kind in _SHOWN_TO_HER:
            retract(say, post)
        else:  # files bear no address of their own; notes, home tab and wishes are not said any more
            outbox.forget(connection, [post.id])
    for post in moot:
        retract(say, post)
    for post in naming:
        scrub(say, post, user_id, name)


def _refresh_meetings(connection: Connection, say: Say, occurrences: set[int], series: set[int]) -> None:
    for occurrence_id in sorted(occurrences):
        refresh_topics(connection, say, occurrence_id)
        refresh_minutes(connection, say, occurrence_id)
        for post in meetings.posts(connection, occurrence_id, "prompt"):
            say.update(post.outbox_id, PROMPT, occurrence=occurrence_id)
    for series_id in sorted(series):
        lock_series(connection, series_id)
        found = meetings.series(connection, series_id)
        bridge = bridges.bridge(connection, found.bridge_id) if found else None
        if found is not None and bridge is not None:
            settle(connection, say, found, bridge)
