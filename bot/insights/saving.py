"""What people type to Frontline or save from a message: commands, forms and shortcuts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from bot import slacktext
from bot.errors import FormError, UserError
from bot.gestures import Answer, Done, FormState, Gesture, Open, Reply, Update
from bot.i18n import N_
from bot.ids import Field
from bot.inbox import Incoming, accept, say_for
from bot.insights.capture import (
    ERASED,
    Capture,
    Links,
    of_message,
    require_not_erased,
    store_insight,
)
from bot.insights.change import apply_details, flag_by_shortcut, may_see
from bot.insights.details import read_details
from bot.insights.rules import may_change
from bot.insights.support import settle_support
from bot.insights.words import names_in
from bot.messages import insight_forms as forms
from bot.messages import insights as messages
from bot.messages.common import notice
from bot.say import Say
from bot.services import Services
from bot.slack import SourceMessage
from bot.triage.changed import insight_changed
from bot.workspace.access import Viewer, require_colleague, viewer
from storage import inbox, insights, workspace
from storage.bridges import Bridge
from storage.insights import Insight
from storage.rows import lock


def bridges_for(reader: Viewer, channel_id: str | None) -> Sequence[Bridge]:
    """The bridges that something said here may go to: the channel's own, else those near to the person.

    Raises UserError where there is none at all.
    """
    here = [
        bridge
        for bridge in reader.bridges
        if channel_id in bridge.sales_channel_ids or channel_id == bridge.marketing_channel_id
    ]
    found = here or list(reader.near)
    if not found:
        raise UserError(
            N_("Frontline is not set up yet. An administrator of this workspace can do it: /frontline setup")
        )
    return found


def store_typed(
    services: Services, gesture: Gesture, text: str, category: str | None, customer: str | None
) -> Answer:
    """Store what a command says, at once; where several bridges are possible, ask in the form."""
    with services.db.writing() as connection:
        reader = viewer(connection, services.team_id, gesture.user_id)
        require_colleague(reader)
        possible = bridges_for(reader, gesture.channel_id)
        bridge = possible[0]
        if len(possible) > 1:
            return Open(
                forms.new_form(
                    reader.texts,
                    possible,
                    bridge,
                    text=slacktext.plain(text, names_in(connection, services.team_id, [text])),
                    category=category,
                    customer=customer,
                    channel_id=gesture.channel_id,
                )
            )
        say = say_for(services, connection, gesture.key)
        insight = _once(connection, services, gesture)
        if insight is None:
            insight = _store_words(
                connection,
                say,
                bridge,
                gesture,
                source="command",
                text=text,
                channel_id=gesture.channel_id,
                category=category,
                details={"customer": customer},
            )
            insight_changed(connection, say, insight.id)
        return Reply(messages.saved(reader.texts, bridge, insight))


def open_form(services: Services, gesture: Gesture) -> Answer:
    """The form for an insight in one's own words."""
    with services.db.reading() as connection:
        reader = viewer(connection, services.team_id, gesture.user_id)
        require_colleague(reader)
        possible = bridges_for(reader, gesture.channel_id)
        return Open(forms.new_form(reader.texts, possible, possible[0], channel_id=gesture.channel_id))


def pick_bridge(services: Services, gesture: Gesture, view: Mapping[str, Any], form: FormState) -> Answer:
    """Another bridge was chosen in the form: offer its categories, keep what was typed."""
    metadata = forms.metadata_of(view)
    with services.db.reading() as connection:
        reader = viewer(connection, services.team_id, gesture.user_id)
        possible = bridges_for(
            reader, metadata.get("channel") or (metadata.get("source") or {}).get("channel")
        )
        chosen = _chosen_bridge(reader, form.option(Field.BRIDGE))
        if "source" in metadata:
            text = forms.source_text(view)
            source = metadata["source"]
            return Update(forms.message_form(reader.texts, possible, chosen, text=text, source=source))
        words = form.text(Field.TEXT) or ""
        return Update(
            forms.new_form(reader.texts, possible, chosen, text=words, channel_id=metadata.get("channel"))
        )


def save_new(services: Services, gesture: Gesture, view: Mapping[str, Any], form: FormState) -> Answer:
    """Store the form's insight. Raises FormError, UserError."""
    metadata = forms.metadata_of(view)
    text = form.text(Field.TEXT)
    if text is None:
        raise FormError({Field.TEXT: N_("Write what you heard.")})
    details = read_details(form)
    with services.db.writing() as connection:
        reader = viewer(connection, services.team_id, gesture.user_id)
        require_colleague(reader)
        bridge = _chosen_bridge(reader, form.option(Field.BRIDGE) or metadata.get("bridge"))
        insight = _once(connection, services, gesture)
        if insight is None:
            say = say_for(services, connection, gesture.key)
            channel_id = metadata.get("channel")
            insight = _store_words(
                connection,
                say,
                bridge,
                gesture,
                source="form",
                text=slacktext.escape(text),  # a field gives what was typed, all else is as Slack writes it
                channel_id=channel_id,
                category=_category(form, bridge),
                details=details,
            )
            confirm(connection, say, reader, bridge, insight, channel_id, gesture)
    return Done()


@dataclass(frozen=True)
class Shortcut:
    """A message that the shortcut was used on."""

    channel_id: str
    message: SourceMessage


def open_message(services: Services, gesture: Gesture, shortcut: Shortcut) -> Answer:
    """The form for a message, or, where it is an insight already, what can be done about it."""
    message = shortcut.message
    with services.db.reading() as connection:
        reader = viewer(connection, services.team_id, gesture.user_id)
        require_colleague(reader)
        _ = reader.texts
        if message.user_id == services.identity.user_id or message.bot_id == services.identity.bot_id:
            return Open(notice(_, messages.own_post(_)["text"]))
        require_not_erased(connection, services.team_id, shortcut.channel_id, message.ts)
        insight = insights.by_message(connection, services.team_id, shortcut.channel_id, message.ts)
        if insight is not None:
            bridge = next(one for one in reader.bridges if one.id == insight.bridge_id)
            if may_see(connection, reader, insight, bridge) and insight.status != "withdrawn":
                supporters = insights.supporters_of(connection, insight.id)
                return Open(forms.manage_form(_, bridge, insight, gesture.user_id, supporters))
        possible = bridges_for(reader, shortcut.channel_id)
        source = {
            "channel": shortcut.channel_id,
            "ts": message.ts,
            "thread": message.thread_ts,
            "user": message.user_id,
            "name": (message.author_name or "")[:80] or None,
            "files": message.has_files,
        }
        return Open(forms.message_form(_, possible, possible[0], text=message.text, source=source))


def save_message(services: Services, gesture: Gesture, view: Mapping[str, Any], form: FormState) -> Answer:
    """Store a message as an insight, or add support and details where it is one already."""
    metadata = forms.metadata_of(view)
    details, message = read_details(form), _source_of(view, metadata)
    with services.db.writing() as connection:
        reader = viewer(connection, services.team_id, gesture.user_id)
        require_colleague(reader)
        bridge = _chosen_bridge(reader, form.option(Field.BRIDGE) or metadata.get("bridge"))
        _require_member(connection, services.team_id, reader, message.channel_id)
        lock(connection, message.channel_id, message.ts)
        require_not_erased(connection, services.team_id, message.channel_id, message.ts)
        if not inbox.first_time(connection, gesture.key, services.clock.now()):
            return Done()
        say = say_for(services, connection, gesture.key)
        insight = insights.by_message(connection, services.team_id, message.channel_id, message.ts)
        if insight is None:
            category = _category(form, bridge)
            more = {"category": category, "category_by": "person"} if category else {}
            capture = of_message(message, Links(), source="shortcut", reporter_id=gesture.user_id, **more)
            insight = store_insight(connection, say, bridge, capture)
            details = {name: value for name, value in details.items() if value}  # what is empty is read
        else:
            settle_support(connection, say, insight, gesture.user_id, supports=True)
            bridge = next(one for one in reader.bridges if one.id == insight.bridge_id)
            details = _additions(insight, reader, bridge, details)
        flag_by_shortcut(connection, say, insight, gesture.user_id)
        apply_details(connection, say, gesture.user_id, insight, details)
        # The exact text and the addresses come from Slack, where Frontline may read the channel.
        check = Incoming(
            kind="message_saved",
            natural_key=f"saved:{message.channel_id}:{message.ts}:{gesture.key}",
            channel_id=message.channel_id,
            message_ts=message.ts,
        )
        accept(services, connection, check)
        confirm(connection, say, reader, bridge, insight, message.channel_id, gesture)
    return Done()


def _require_member(connection: Connection, team_id: str, reader: Viewer, channel_id: str) -> None:
    """What stands in a private channel is for its members. Raises UserError for a forged form of another."""
    channel = workspace.channel(connection, team_id, channel_id)
    if channel is not None and channel.is_private and channel_id not in reader.channel_ids:
        raise UserError(N_("Only members of that channel can save what is said there."))


def _source_of(view: Mapping[str, Any], metadata: Mapping[str, Any]) -> SourceMessage:
    """The message that the form carries. Raises UserError where it carries none."""
    source = metadata.get("source")
    if not isinstance(source, dict) or not source.get("channel") or not source.get("ts"):
        raise UserError(N_("This form can't be read any more. Open it again."))
    carried = {name: str(value) if value else None for name, value in source.items()}
    return SourceMessage(
        channel_id=str(carried["channel"]),
        ts=str(carried["ts"]),
        thread_ts=carried.get("thread"),
        text=forms.source_text(view),
        user_id=carried.get("user"),
        bot_id=None,
        author_name=carried.get("name"),
        has_files=bool(source.get("files")),
        reactions={},
    )


def _additions(insight: Insight, reader: Viewer, bridge: Bridge, details: dict[str, Any]) -> dict[str, Any]:
    """What a supporter's form adds: fields left empty take nothing away from what others have written."""
    if not may_change(insight, reader.user_id, [reader.user_id], is_marketer=reader.is_marketer_of(bridge)):
        return {}
    return {name: value for name, value in details.items() if value}


def confirm(
    connection: Connection,
    say: Say,
    reader: Viewer,
    bridge: Bridge,
    insight: Insight,
    channel_id: str | None,
    gesture: Gesture,
) -> None:
    """Tell the person that a form's insight is stored: where she is, else in a direct message."""
    current = insights.by_id(connection, insight.id)
    assert current is not None
    note = messages.saved(reader.texts, bridge, current)
    is_here = channel_id in bridge.sales_channel_ids or channel_id == bridge.marketing_channel_id
    if channel_id is not None and is_here:
        say.note(f"note:{gesture.key}", channel_id, gesture.user_id, note)
    else:
        say.direct(f"note:{gesture.key}", gesture.user_id, note, at_once=True)
    insight_changed(connection, say, current.id)


def _store_words(
    connection: Connection,
    say: Say,
    bridge: Bridge,
    gesture: Gesture,
    *,
    source: str,
    text: str,
    channel_id: str | None,
    category: str | None,
    details: Mapping[str, Any],
) -> Insight:
    more: dict[str, Any] = {"category": category, "category_by": "person"} if category else {}
    capture = Capture(
        source=source,
        text=text,
        reporter_id=gesture.user_id,
        author_id=gesture.user_id,
        said_at=say.now,
        # Elsewhere the channel is nobody's business: who may see the insight depends on it.
        channel_id=channel_id if channel_id in bridge.sales_channel_ids else None,
        details=details,
        **more,
    )
    insight = store_insight(connection, say, bridge, capture)
    inbox.tie_gesture(connection, gesture.key, insight.id)
    return insight


def _once(connection: Connection, services: Services, gesture: Gesture) -> Insight | None:
    """The insight that this very gesture has made before; None the first time, which is recorded."""
    if inbox.first_time(connection, gesture.key, services.clock.now()):
        return None
    known = inbox.insight_of_gesture(connection, gesture.key)
    insight = insights.by_id(connection, known) if known is not None else None
    if known is not None and insight is None:
        raise UserError(ERASED)
    return insight


def _category(form: FormState, bridge: Bridge) -> str | None:
    """The category chosen, unless it is the one that stands there from the start."""
    key = forms.chosen_category(form, bridge)
    return None if key == "other" else key


def _chosen_bridge(reader: Viewer, bridge_id: object) -> Bridge:
    found = next((one for one in reader.bridges if str(one.id) == str(bridge_id)), None)
    if found is None:
        raise UserError(N_("That bridge no longer exists. Open the form again."))
    return found
