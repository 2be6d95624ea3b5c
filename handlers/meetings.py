"""Slack's edge of meetings: their forms, the prompt's buttons, minutes and action items."""

from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import Ack, App

from bot.gestures import Answer, FormState, Gesture
from bot.ids import Action, View
from bot.meetings import attend, calendar_file, items, minutes, one, series, topics
from bot.messages.meeting_forms import DROP, HAND_OVER, LATER
from bot.services import Services
from handlers.edge import Edge, form_in, form_state

Body = Mapping[str, Any]
Pressed = Callable[[Services, Gesture, str], Answer]
Submitted = Callable[[Services, Gesture, str, FormState], Answer]


def register(app: App, edge: Edge) -> None:
    """All listeners of the feature."""
    services = edge.services
    buttons: dict[Action, Pressed] = {
        Action.MEETING_NEW: series.open_new,
        Action.MEETING_CHANGE: series.open_series,
        Action.MEETING_SUGGEST: attend.open_suggestion,
        Action.MEETING_CHANGE_ONE: one.open_one,
        Action.MEETING_RECORD: minutes.open_minutes,
        Action.MEETING_FILE: calendar_file.send_file,
        Action.MEETING_YES: lambda s, gesture, value: attend.answer(s, gesture, value, "yes"),
        Action.MEETING_NO: lambda s, gesture, value: attend.answer(s, gesture, value, "no"),
        Action.MEETING_TOPIC: topics.add_insight,
        Action.ACTION_LATER: lambda s, gesture, value: items.open_form(s, gesture, value, LATER),
        Action.ACTION_HAND_OVER: lambda s, gesture, value: items.open_form(s, gesture, value, HAND_OVER),
        Action.ACTION_DROP: lambda s, gesture, value: items.open_form(s, gesture, value, DROP),
    }
    for action, use in buttons.items():
        app.action(action)(_button(edge, use))
    app.action(Action.ACTION_DONE)(_button(edge, items.done, quiet_at_home=True))
    views: dict[View, Submitted] = {
        View.MEETING: series.save_series,
        View.MEETING_ONE: one.save_one,
        View.MEETING_SUGGEST: attend.save_suggestion,
        View.MEETING_MINUTES: minutes.save_minutes,
        View.ACTION_LATER: items.later,
        View.ACTION_HAND_OVER: items.hand_over,
        View.ACTION_DROP: items.drop,
    }
    for view, submitted in views.items():
        app.view(view)(_form(edge, submitted))

    @app.action(Action.MEETING_FREQUENCY)
    def frequency_chosen(ack: Ack, body: Body) -> None:
        def use(gesture: Gesture) -> Answer:
            form = form_state(form_in(body))
            return series.change_frequency(services, gesture, _memory(body), form)

        edge.action(ack, body, use)


def _button(edge: Edge, use: Pressed, *, quiet_at_home: bool = False) -> Callable[[Ack, Body], None]:
    def listener(ack: Ack, body: Body) -> None:
        value = str(body["actions"][0].get("value") or "")
        is_home = (body.get("view") or {}).get("type") == "home"
        quiet = quiet_at_home and is_home
        edge.action(ack, body, lambda gesture: use(edge.services, gesture, value), quiet=quiet)

    return listener


def _form(edge: Edge, use: Submitted) -> Callable[[Ack, Body], None]:
    def listener(ack: Ack, body: Body) -> None:
        memory = _memory(body)
        edge.submission(ack, body, lambda gesture, form: use(edge.services, gesture, memory, form))

    return listener


def _memory(body: Body) -> str:
    return str(body["view"].get("private_metadata") or "")
