"""What marketing does with an insight: acknowledge, take, finish, decline, file anew.

Two may act at once: whoever acts on what is out of date is told what the other did, and changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection

from bot import slacktext
from bot.errors import FormError, UserError
from bot.gestures import Answer, Done, FormState, Gesture, Open, Reply, Update
from bot.i18n import N_
from bot.ids import Field, View
from bot.inbox import say_for
from bot.insights.change import file_under, find
from bot.meetings.topics import add_insight
from bot.messages import triage as messages
from bot.messages.insight_forms import metadata_of
from bot.messages.triage import MOST_OUTCOME, Asked, More
from bot.say import Say
from bot.services import Services
from bot.triage import walk as walking
from bot.triage.changed import insight_changed
from bot.triage.notices import tell_later
from bot.triage.rules import (
    GONE,
    UNREADABLE,
    Pressed,
    Step,
    is_possible,
    may_triage,
    read_pressed,
    seen,
    standing,
)
from bot.triage.shown import shown_of
from bot.workspace.access import Viewer, require_colleague, viewer
from storage import inbox, insights, workspace
from storage.bridges import Bridge
from storage.insights import Insight
from storage.rows import lock

NOT_ALLOWED: Final = N_("Only marketing and the managers of the bridge may do this.")


@dataclass(frozen=True)
class Found:
    """An insight in the hands of somebody who may triage it; held until the transaction ends."""

    reader: Viewer
    insight: Insight
    bridge: Bridge


class TooLate(Exception):
    """Somebody else acted first; `reply` says who did what."""

    def __init__(self, reply: Reply) -> None:
        super().__init__()
        self.reply = reply


def hold(connection: Connection, insight: Insight) -> Insight:
    """The insight as it stands now, which nobody else changes until the transaction ends."""
    if insight.channel_id and insight.message_ts:
        lock(connection, insight.channel_id, insight.message_ts)
    else:
        lock(connection, "insight", str(insight.id))
    current = insights.by_id(connection, insight.id)
    assert current is not None
    return current


def triager(services: Services, connection: Connection, user_id: str, insight_id: int) -> Found:
    """The insight, for somebody who may triage it. Raises UserError."""
    reader = viewer(connection, services.team_id, user_id)
    require_colleague(reader)
    insight, bridge = find(connection, reader, insight_id)
    if not may_triage(reader, bridge):
        raise UserError(NOT_ALLOWED)
    return Found(reader, hold(connection, insight), bridge)


def require_current(services: Services, connection: Connection, found: Found, pressed: Pressed) -> None:
    """Raises TooLate where somebody else has acted since the button was drawn. One's own steps are known."""
    insight, reader = found.insight, found.reader
    is_own = insight.status_by == reader.user_id and insight.status not in GONE
    if seen(insight) == pressed.seen or is_own:
        return
    raise TooLate(_what_happened(services, connection, found))


def _what_happened(services: Services, connection: Connection, found: Found) -> Reply:
    insight, _ = found.insight, found.reader.texts
    by = insight.status_by
    who = workspace.names(connection, services.team_id, [by] if by else []).get(by or "", "")
    ago = services.clock.now() - insight.status_at if insight.status_at else None
    target = insights.by_id(connection, insight.merged_into_id) if insight.merged_into_id else None
    said = standing(_, insight, slacktext.inert_mrkdwn(who, {}, 80), ago, target.number if target else None)
    return Reply({"text": _.say(said)}, is_refusal=True)


def take_step(
    services: Services, gesture: Gesture, value: object, step: Step, walk: str | None = None
) -> Answer:
    """Acknowledge or take, at once. Raises UserError."""
    pressed = read_pressed(value)
    with services.db.writing() as connection:
        found = triager(services, connection, gesture.user_id, pressed.insight_id)
        if inbox.first_time(connection, gesture.key, services.clock.now()):
            say = say_for(services, connection, gesture.key)
            try:
                require_current(services, connection, found, pressed)
                require_possible(services, connection, found, step)
            except TooLate as late:
                return _show_anew(services, connection, say, found, late.reply, walk)
            apply_step(connection, say, found.insight, gesture.user_id, step)
        return walking.at(services, connection, found.reader, walk) if walk else Done()


def _show_anew(
    services: Services, connection: Connection, say: Say, found: Found, reply: Reply, walk: str | None
) -> Answer:
    """The refusal; what was out of date is drawn anew."""
    insight_changed(connection, say, found.insight.id)
    refresh_own_home(connection, say, found.reader.user_id)
    if walk is None:
        return reply
    return walking.at(services, connection, found.reader, walk, above=str(reply.message["text"]))


def require_possible(services: Services, connection: Connection, found: Found, step: Step) -> None:
    """Raises TooLate for a step that leads nowhere from where the insight stands."""
    if not is_possible(found.insight.status, step):
        raise TooLate(_what_happened(services, connection, found))


def apply_step(
    connection: Connection,
    say: Say,
    insight: Insight,
    user_id: str,
    step: Step,
    outcome: str | None = None,
) -> None:
    """Move the status on, with its history; all that shows the insight follows."""
    values: dict[str, Any] = {
        "status": step.value,
        "status_by": user_id,
        "status_at": say.now,
        "changed_at": say.now,
        "outcome": outcome,
        "outcome_at": say.now if step.needs_outcome else None,
    }
    if insight.first_response_at is None:
        values["first_response_at"] = say.now
    if step is Step.TAKE:
        values["taken_by"] = user_id
    insights.change(connection, insight.id, values)
    detail = {"from": insight.status, "to": step.value}
    insights.record(connection, insight.id, say.now, user_id, "status", detail)
    tell_later(connection, say, insight)
    insight_changed(connection, say, insight.id)
    refresh_own_home(connection, say, user_id)


def refresh_own_home(connection: Connection, say: Say, user_id: str) -> None:
    """The home tab of the person who acts: she may have pressed its buttons."""
    for one in workspace.with_home(connection, say.team_id, [user_id]):
        say.home(one)


# --- forms -------------------------------------------------------------------------------------------------


def open_outcome(
    services: Services, gesture: Gesture, value: object, step: Step, walk: str | None = None
) -> Answer:
    """The form for what came of it. Raises UserError."""
    pressed = read_pressed(value)
    with services.db.writing() as connection:
        found = triager(services, connection, gesture.user_id, pressed.insight_id)
        try:
            require_current(services, connection, found, pressed)
            require_possible(services, connection, found, step)
        except TooLate as late:
            say = say_for(services, connection, gesture.key)
            return _show_anew(services, connection, say, found, late.reply, walk)
        asked = Asked(Pressed.of(found.insight), step, walk)
        return _form(services, connection, found, asked, messages.outcome_form)


def choose_more(services: Services, gesture: Gesture, option: object, walk: str | None = None) -> Answer:
    """What was chosen in the menu behind the buttons. Raises UserError."""
    word, _colon, value = str(option).partition(":")
    if word == More.OPEN:
        return Done()  # the link has done it
    if word == More.TAKE:
        return take_step(services, gesture, value, Step.TAKE, walk)
    pressed = read_pressed(value)
    if word == More.AGENDA:
        return add_insight(services, gesture, str(pressed.insight_id))
    if word == More.OUTCOME:
        step = Step.DECLINE if pressed.seen.startswith(Step.DECLINE) else Step.DONE
        return open_outcome(services, gesture, value, step, walk)
    forms = {More.CATEGORY: messages.category_form, More.MERGE: messages.merge_form}
    if word not in forms:
        raise UserError(UNREADABLE)
    with services.db.reading() as connection:
        found = triager(services, connection, gesture.user_id, pressed.insight_id)
        if found.insight.status in GONE:
            return _what_happened(services, connection, found)
        asked = Asked(Pressed.of(found.insight), None, walk)
        return _form(services, connection, found, asked, forms[word])


def _form(services: Services, connection: Connection, found: Found, asked: Asked, make: Any) -> Answer:
    reader = found.reader
    shown = shown_of(connection, services.team_id, found.bridge, found.insight, reader.time_zone)
    view = make(reader.texts, shown, asked)
    return Update(view) if asked.walk is not None else Open(view)


def save_outcome(services: Services, gesture: Gesture, asked: Asked, form: FormState) -> Answer:
    """Done or declined, with what came of it in words. Raises FormError, UserError."""
    outcome = form.text(Field.OUTCOME)
    if asked.step is None or not asked.step.needs_outcome:
        raise UserError(UNREADABLE)
    if outcome is None:
        raise FormError({Field.OUTCOME: N_("Write what came of it: those who passed it on read this.")})
    with services.db.writing() as connection:
        found = triager(services, connection, gesture.user_id, asked.pressed.insight_id)
        if inbox.first_time(connection, gesture.key, services.clock.now()):
            say = say_for(services, connection, gesture.key)
            try:
                require_current(services, connection, found, asked.pressed)
                require_possible(services, connection, found, asked.step)
            except TooLate as late:
                insight_changed(connection, say, found.insight.id)
                return late.reply
            words = slacktext.escape(outcome[:MOST_OUTCOME])
            apply_step(connection, say, found.insight, gesture.user_id, asked.step, words)
        return after_form(services, connection, found.reader, asked)


def save_category(services: Services, gesture: Gesture, asked: Asked, form: FormState) -> Answer:
    """File it under the category chosen. Raises FormError, UserError."""
    with services.db.writing() as connection:
        found = triager(services, connection, gesture.user_id, asked.pressed.insight_id)
        key = form.option(Field.CATEGORY)
        category = found.bridge.category(key) if key else None
        if category is None or category.is_retired:
            raise FormError({Field.CATEGORY: N_("That category is no longer in use; choose another.")})
        if found.insight.status in GONE:
            return _what_happened(services, connection, found)
        if inbox.first_time(connection, gesture.key, services.clock.now()):
            say = say_for(services, connection, gesture.key)
            file_under(connection, say, found.insight, gesture.user_id, category.key)
        return after_form(services, connection, found.reader, asked)


def after_form(services: Services, connection: Connection, reader: Viewer, asked: Asked) -> Answer:
    """A form of a walk gives way to where the walk stands; any other closes."""
    return walking.at(services, connection, reader, asked.walk) if asked.walk else Done()


def read_asked(view: Mapping[str, Any]) -> Asked:
    """What a form of triage remembers. Raises UserError for one that is none of ours."""
    metadata = metadata_of(view)
    step = metadata.get("step")
    if step is not None and step not in list(Step):
        raise UserError(UNREADABLE)
    walk = metadata.get("walk")
    return Asked(
        read_pressed(metadata.get("pressed")),
        Step(step) if step is not None else None,
        str(walk) if walk is not None else None,
    )


def walk_of(view: Mapping[str, Any] | None) -> str | None:
    """The walk that a button was pressed in; None elsewhere."""
    if not view or view.get("callback_id") != View.TRIAGE:
        return None
    walk = metadata_of(view).get("walk")
    return str(walk) if walk is not None else None
