"""All that is a person's own, table by table, for the file that she may ask for."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from sqlalchemy import Connection, Select, or_, select

from storage.tables import (
    action_items,
    activities,
    activity_answers,
    activity_askings,
    activity_entries,
    bridge_managers,
    bridges,
    channel_members,
    channels,
    flags,
    history,
    insights,
    meeting_answers,
    meeting_minutes,
    meeting_occurrences,
    meeting_series,
    meeting_topics,
    people,
    person_settings,
    questions,
    supporters,
)

# Of insights that she wrote or reported; of those that she merely supports she gets the number alone.
_OWN_INSIGHT: Final = (
    insights.c.number,
    insights.c.text,
    insights.c.first_text,
    insights.c.note,
    insights.c.category,
    insights.c.customer,
    insights.c.competitors,
    insights.c.product,
    insights.c.deal_amount,
    insights.c.deal_currency,
    insights.c.is_urgent,
    insights.c.status,
    insights.c.outcome,
    insights.c.permalink,
    insights.c.said_at,
    insights.c.created_at,
)


def everything_of(
    connection: Connection, team_id: str, user_id: str
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What kind of thing, and its values."""
    for kind, statement in _statements(team_id, user_id):
        for row in connection.execute(statement):
            yield kind, dict(row._mapping)


def _statements(team_id: str, user_id: str) -> Iterator[tuple[str, Select[Any]]]:
    yield from _about_her(team_id, user_id)
    yield from _of_insights(team_id, user_id)
    yield from _of_meetings(user_id)
    yield from _of_work(team_id, user_id)


def _about_her(team_id: str, user_id: str) -> Iterator[tuple[str, Select[Any]]]:
    yield (
        "person",
        select(people).where(people.c.team_id == team_id, people.c.user_id == user_id),
    )
    yield (
        "settings",
        select(person_settings).where(
            person_settings.c.team_id == team_id, person_settings.c.user_id == user_id
        ),
    )
    yield (
        "channel",
        select(channels.c.channel_id, channels.c.name)
        .join(
            channel_members,
            (channel_members.c.team_id == channels.c.team_id)
            & (channel_members.c.channel_id == channels.c.channel_id),
        )
        .where(channel_members.c.team_id == team_id, channel_members.c.user_id == user_id)
        .order_by(channels.c.channel_id),
    )
    yield (
        "manages",
        select(bridges.c.name.label("bridge"))
        .join(bridge_managers, bridge_managers.c.bridge_id == bridges.c.id)
        .where(bridges.c.team_id == team_id, bridge_managers.c.user_id == user_id)
        .order_by(bridges.c.name),
    )


def _of_insights(team_id: str, user_id: str) -> Iterator[tuple[str, Select[Any]]]:
    of_team = insights.c.team_id == team_id
    yield (
        "insight",
        select(*_OWN_INSIGHT)
        .where(of_team, or_(insights.c.author_id == user_id, insights.c.reporter_id == user_id))
        .order_by(insights.c.id),
    )
    yield (
        "support",
        select(insights.c.number, supporters.c.since_at)
        .join(supporters, supporters.c.insight_id == insights.c.id)
        .where(of_team, supporters.c.user_id == user_id)
        .order_by(insights.c.id),
    )
    yield (
        "flag",
        select(flags).where(flags.c.team_id == team_id, flags.c.user_id == user_id),
    )
    yield (
        "act",
        select(insights.c.number, history.c.at, history.c.change, history.c.detail)
        .join(history, history.c.insight_id == insights.c.id)
        .where(of_team, history.c.by_user_id == user_id)
        .order_by(history.c.id),
    )


def _of_meetings(user_id: str) -> Iterator[tuple[str, Select[Any]]]:
    def about(*columns: Any) -> Select[Any]:
        return select(
            meeting_series.c.title.label("meeting"), meeting_occurrences.c.starts_at, *columns
        ).join(meeting_occurrences, meeting_occurrences.c.series_id == meeting_series.c.id)

    occurrence = meeting_occurrences.c.id
    yield (
        "topic",
        about(meeting_topics.c.text, insights.c.number.label("insight"), meeting_topics.c.added_at)
        .join(meeting_topics, meeting_topics.c.occurrence_id == occurrence)
        .outerjoin(insights, insights.c.id == meeting_topics.c.insight_id)
        .where(meeting_topics.c.user_id == user_id)
        .order_by(meeting_topics.c.id),
    )
    yield (
        "meeting_answer",
        about(meeting_answers.c.answer, meeting_answers.c.answered_at)
        .join(meeting_answers, meeting_answers.c.occurrence_id == occurrence)
        .where(meeting_answers.c.user_id == user_id)
        .order_by(occurrence),
    )
    yield (
        "minutes",
        about(meeting_minutes.c.decisions, meeting_minutes.c.notes, meeting_minutes.c.recorded_at)
        .join(meeting_minutes, meeting_minutes.c.occurrence_id == occurrence)
        .where(meeting_minutes.c.recorded_by == user_id)
        .order_by(occurrence),
    )
    yield (
        "action_item",
        select(
            action_items.c.text,
            action_items.c.due_on,
            action_items.c.status,
            action_items.c.reason,
            action_items.c.created_at,
            action_items.c.closed_at,
        )
        .where(action_items.c.owner_id == user_id)
        .order_by(action_items.c.id),
    )


def _of_work(team_id: str, user_id: str) -> Iterator[tuple[str, Select[Any]]]:
    yield (
        "question",
        select(questions.c.text, questions.c.asked_at, questions.c.closes_at, questions.c.outcome)
        .where(questions.c.team_id == team_id, questions.c.asked_by == user_id)
        .order_by(questions.c.id),
    )
    yield (
        "activity",
        select(activities.c.title, activities.c.starts_on, activities.c.ends_on, activities.c.status)
        .where(activities.c.team_id == team_id, activities.c.owner_id == user_id)
        .order_by(activities.c.id),
    )
    yield (
        "ledger_entry",
        select(
            activities.c.title.label("activity"),
            activity_entries.c.kind.label("entry"),
            activity_entries.c.on_date,
            activity_entries.c.amount,
            activity_entries.c.note,
        )
        .join(activity_entries, activity_entries.c.activity_id == activities.c.id)
        .where(activities.c.team_id == team_id, activity_entries.c.entered_by == user_id)
        .order_by(activity_entries.c.id),
    )
    yield (
        "activity_answer",
        select(
            activities.c.title.label("activity"),
            activity_answers.c.answer,
            activity_answers.c.deal,
            activity_answers.c.deal_amount,
            activity_answers.c.deal_currency,
            activity_answers.c.comment,
            activity_answers.c.answered_at,
        )
        .join(activity_askings, activity_askings.c.activity_id == activities.c.id)
        .join(activity_answers, activity_answers.c.asking_id == activity_askings.c.id)
        .where(activities.c.team_id == team_id, activity_answers.c.user_id == user_id)
        .order_by(activity_answers.c.answered_at),
    )
