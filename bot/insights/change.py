"""What people change of an insight: category, details, and taking their support back."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection

from bot.clock import slack_ts
from bot.errors import UserError
from bot.gestures import Answer, Done, FormState, Gesture, Open, Reply, Update
from bot.i18n import N_
from bot.inbox import say_for
from bot.insights.details import changed_fields, read_details
from bot.insights.rules import SHORTCUT, WITHDRAWN, may_change
from bot.insights.support import Support, settle_support
from bot.insights.words import index_insight, names_in
from bot.messages import insight_forms as forms
from bot.messages import insights as messages
from bot.say import Say
from bot.services import Services
from bot.triage.changed import insight_changed
from bot.workspace.access import Viewer, require_colleague, viewer
from storage import inbox, insights
from storage.bridges import Bridge
from storage.insights import Flag, Insight
from storage.rows import lock


def find(connection: Connection, reader: Viewer, insight_id: int) -> tuple[Insight, Bridge]:
    """An insight that the person may see. Raises UserError for one that is gone, another's or made up."""
    insight = insights.by_id(connection, insight_id)
    bridge = next((one for one in reader.bridges if insight and one.id == insight.bridge_id), None)
    if insight is None or bridge is None or not may_see(connection, reader, insight, bridge):
        raise UserError(N_("This insight no longer exists, or you may not see it."))
    return insight, bridge


def may_see(connection: Connection, reader: Viewer, insight: Insight, bridge: Bridge) -> bool:
    """Made by her, or its source or marketing channel is one that she is a member of."""
    return (
        reader.user_id in {insight.reporter_id, insight.author_id}
        or insight.channel_id in reader.channel_ids
        or reader.sees_all_of(bridge)
        or reader.user_id in insights.own_supporters_of(connection, insight.id)
    )


def _require_change(connection: Connection, reader: Viewer, insight: Insight, bridge: Bridge) -> None:
    supporters = insights.supporters_of(connection, insight.id)
    if not may_change(insight, reader.user_id, supporters, is_marketer=reader.is_marketer_of(bridge)):
        raise UserError(
            N_(
                "Only marketing can change #{number}, and until it is taken up those who passed it on.",
                number=insight.number,
            )
        )


def change_category(services: Services, gesture: Gesture, insight_id: int, key: str) -> Answer:
    """File the insight under another category; a person's word outlasts later flags of others."""
    with services.db.writing() as connection:
        reader = viewer(connection, services.team_id, gesture.user_id)
        require_colleague(reader)
        insight, bridge = find(connection, reader, insight_id)
        _require_change(connection, reader, insight, bridge)
        category = bridge.category(key)
        if category is None or category.is_retired:
            raise UserError(N_("That category is no longer in use; choose another."))
        if inbox.first_time(connection, gesture.key, services.clock.now()):
            say = say_for(services, connection, gesture.key)
            file_under(connection, say, insight, gesture.user_id, key)
        return _note(connection, reader, bridge, insight.id)


def file_under(connection: Connection, say: Say, insight: Insight, user_id: str, key: str) -> None:
    """Change the category, with its history; filed there already by a person or flag, nothing changes."""
    if insight.category == key and insight.category_by != "suggested":
        return
    values = {"category": key, "category_by": "person", "changed_at": say.now}
    insights.change(connection, insight.id, values)
    detail = {"from": insight.category, "to": key}
    insights.record(connection, insight.id, say.now, user_id, "category", detail)
    insight_changed(connection, say, insight.id)


def undo(services: Services, gesture: Gesture, insight_id: int) -> Answer:
    """Take the person's support back; her reactions in Slack stand, but count again only when set anew."""
    with services.db.writing() as connection:
        reader = viewer(connection, services.team_id, gesture.user_id)
        insight, _bridge = find(connection, reader, insight_id)
        if insight.channel_id and insight.message_ts:
            lock(connection, insight.channel_id, insight.message_ts)
        if not inbox.first_time(connection, gesture.key, services.clock.now()):
            return Reply(messages.undone(reader.texts, insight, _came_to(insight)), replaces=True)
        if insight.channel_id and insight.message_ts:
            insights.undo_flags(
                connection, services.team_id, insight.channel_id, insight.message_ts, gesture.user_id
            )
        say = say_for(services, connection, gesture.key)
        result = settle_support(connection, say, insight, gesture.user_id, supports=False)
        if result is Support.SAME:
            raise UserError(N_("Your support for #{number} is taken back already.", number=insight.number))
        insight_changed(connection, say, insight.id)
        return Reply(messages.undone(reader.texts, insight, result), replaces=True)


def _came_to(insight: Insight) -> Support:
    """What taking support back has led to, as far as the insight shows."""
    if insight.supporter_count:
        return Support.REMOVED
    return Support.WITHDRAWN if insight.status == WITHDRAWN else Support.KEPT


def open_details(services: Services, gesture: Gesture, insight_id: int) -> Answer:
    """The form with what is known, to be completed."""
    with services.db.reading() as connection:
        reader = viewer(connection, services.team_id, gesture.user_id)
        require_colleague(reader)
        insight, bridge = find(connection, reader, insight_id)
        _require_change(connection, reader, insight, bridge)
        names = names_in(connection, services.team_id, [insight.text])
        return Open(forms.edit_form(reader.texts, bridge, insight, names))


def save_details(services: Services, gesture: Gesture, form: FormState, insight_id: int) -> Answer:
    """Store what the form says. Raises FormError, UserError."""
    values = read_details(form)
    with services.db.writing() as connection:
        reader = viewer(connection, services.team_id, gesture.user_id)
        require_colleague(reader)
        insight, bridge = find(connection, reader, insight_id)
        _require_change(connection, reader, insight, bridge)
        if inbox.first_time(connection, gesture.key, services.clock.now()):
            category = forms.chosen_category(form, bridge) or insight.category
            if category != insight.category:
                values |= {"category": category, "category_by": "person"}
            say = say_for(services, connection, gesture.key)
            apply_details(connection, say, gesture.user_id, insight, values)
        return Done()


def apply_details(
    connection: Connection, say: Say, user_id: str, insight: Insight, values: dict[str, Any]
) -> None:
    """Write changed details, their history (names of fields only) and the search index."""
    changed = changed_fields(asdict(insight), values)
    if not changed:
        return
    insights.change(connection, insight.id, {**values, "changed_at": say.now})
    insights.record(connection, insight.id, say.now, user_id, "details", {"fields": changed})
    current = insights.by_id(connection, insight.id)
    assert current is not None
    index_insight(connection, say.team_id, current)
    insight_changed(connection, say, insight.id)


def manage(services: Services, gesture: Gesture, insight_id: int) -> Answer:
    """The form behind the message shortcut, as things stand now."""
    with services.db.reading() as connection:
        reader = viewer(connection, services.team_id, gesture.user_id)
        insight, bridge = find(connection, reader, insight_id)
        supporters = insights.supporters_of(connection, insight.id)
        return Update(forms.manage_form(reader.texts, bridge, insight, gesture.user_id, supporters))


def add_support(services: Services, gesture: Gesture, insight_id: int) -> Answer:
    """Support an insight from behind the message shortcut, as a flag would."""
    with services.db.writing() as connection:
        reader = viewer(connection, services.team_id, gesture.user_id)
        require_colleague(reader)
        insight, _bridge = find(connection, reader, insight_id)
        if inbox.first_time(connection, gesture.key, services.clock.now()):
            say = say_for(services, connection, gesture.key)
            flag_by_shortcut(connection, say, insight, gesture.user_id)
            settle_support(connection, say, insight, gesture.user_id, supports=True)
            insight_changed(connection, say, insight.id)
    return manage(services, gesture, insight_id)


def flag_by_shortcut(connection: Connection, say: Say, insight: Insight, user_id: str) -> None:
    """Let the person's support stand at the message like an emoji's."""
    if insight.channel_id and insight.message_ts:
        flag = Flag(user_id, SHORTCUT, is_on=True, changed_ts=slack_ts(say.now), is_undone=False)
        insights.save_flag(connection, say.team_id, insight.channel_id, insight.message_ts, flag)


def _note(connection: Connection, reader: Viewer, bridge: Bridge, insight_id: int) -> Answer:
    insight = insights.by_id(connection, insight_id)
    assert insight is not None
    return Reply(messages.saved(reader.texts, bridge, insight), replaces=True)
