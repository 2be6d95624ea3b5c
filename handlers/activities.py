"""Activities: their list and card, the forms of plan, entries and answers, and the buttons."""

from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import Ack, App

from bot.activities import answering, entering, planning, progress, reports_command, showing
from bot.activities.kinds import Answer as Word
from bot.gestures import Answer, Gesture, Open, Update, id_in
from bot.ids import Action, View
from bot.messages.insight_forms import metadata_of
from handlers.edge import Edge, value_of

Body = Mapping[str, Any]
Use = Callable[[Gesture, str], Answer]


def register(app: App, edge: Edge) -> None:
    """All listeners of the feature."""
    _forms(app, edge)
    _buttons(app, edge)
    _answers(app, edge)


def _forms(app: App, edge: Edge) -> None:
    services = edge.services

    @app.view(View.ACTIVITY)
    def plan(ack: Ack, body: Body) -> None:
        carried = metadata_of(body["view"])
        bridge_id, given = str(carried.get("bridge", "")), carried.get("activity")
        activity_id = None if given is None else id_in(given)
        edge.submission(
            ack, body, lambda one, form: planning.save_plan(services, one, form, bridge_id, activity_id)
        )

    @app.view(View.ACTIVITY_ENTRY)
    def entry(ack: Ack, body: Body) -> None:
        carried = metadata_of(body["view"])
        edge.submission(ack, body, lambda one, form: entering.save_entry(services, one, form, carried))

    @app.view(View.ACTIVITY_CANCEL)
    def cancel(ack: Ack, body: Body) -> None:
        activity_id = id_in(metadata_of(body["view"]).get("activity"))
        edge.submission(ack, body, lambda one, form: progress.cancel(services, one, form, activity_id))


def _buttons(app: App, edge: Edge) -> None:
    services = edge.services

    def on(action: Action, use: Use) -> None:
        """On the card its forms take its place; elsewhere they open."""

        def pressed(ack: Ack, body: Body, action: Body) -> None:
            value = value_of(action)
            edge.action(ack, body, lambda one: _in_place(body, use(one, value)))

        app.action(action)(pressed)

    on(Action.ACTIVITY_NEW, lambda one, value: planning.open_plan(services, one, value))
    on(Action.ACTIVITY_LIST, lambda one, _: showing.show_list(services, one))
    on(Action.ACTIVITY_PAGE, lambda one, value: showing.show_list(services, one, id_in(value), turning=True))
    on(Action.ACTIVITY_OPEN, lambda one, value: showing.open_card(services, one, id_in(value)))
    on(Action.ACTIVITY_SPEND, lambda one, v: entering.open_entry(services, one, id_in(v), is_spend=True))
    on(Action.ACTIVITY_RESULT, lambda one, v: entering.open_entry(services, one, id_in(v), is_spend=False))
    on(Action.ACTIVITY_CORRECT, lambda one, value: entering.open_correction(services, one, value))
    on(Action.ACTIVITY_EDIT, lambda one, value: planning.open_change(services, one, id_in(value)))
    on(Action.ACTIVITY_START, lambda one, value: progress.start(services, one, id_in(value)))
    on(Action.ACTIVITY_FINISH, lambda one, value: progress.finish(services, one, id_in(value)))
    on(Action.ACTIVITY_STOP, lambda one, value: progress.open_cancel(services, one, id_in(value)))


def _answers(app: App, edge: Edge) -> None:
    services = edge.services

    @app.view(View.ACTIVITY_ANSWER)
    def answered(ack: Ack, body: Body) -> None:
        carried = metadata_of(body["view"])
        asking_id, is_comment = id_in(carried.get("asking")), bool(carried.get("comment"))
        edge.submission(
            ack,
            body,
            lambda one, form: answering.save_answer(services, one, form, asking_id, is_comment=is_comment),
        )

    @app.action(Action.ACTIVITY_YES)
    def yes(ack: Ack, body: Body, action: Body) -> None:
        edge.action(ack, body, lambda one: answering.open_answer(services, one, id_in(value_of(action))))

    @app.action(Action.ACTIVITY_COMMENT)
    def comment(ack: Ack, body: Body, action: Body) -> None:
        edge.action(
            ack,
            body,
            lambda one: answering.open_answer(services, one, id_in(value_of(action)), is_comment=True),
        )

    @app.action(Action.ACTIVITY_SEND)
    def send(ack: Ack, body: Body, action: Body) -> None:
        value = value_of(action)
        edge.action(ack, body, lambda one: reports_command.send_previewed(services, one, value))

    def on(action: Action, word: Word) -> None:
        def pressed(ack: Ack, body: Body, action: Body) -> None:
            edge.action(
                ack, body, lambda one: answering.give_word(services, one, id_in(value_of(action)), word)
            )

        app.action(action)(pressed)

    on(Action.ACTIVITY_SOMEWHAT, Word.SOMEWHAT)
    on(Action.ACTIVITY_NO, Word.NO)
    on(Action.ACTIVITY_UNNOTICED, Word.UNNOTICED)


def _in_place(body: Body, answer: Answer) -> Answer:
    """A form of ours is changed where it stands, so that saving leads back to the card."""
    is_form = (body.get("view") or {}).get("type") == "modal"
    if isinstance(answer, Open) and is_form:
        return Update(answer.view)
    if isinstance(answer, Update) and not is_form:
        return Open(answer.view)
    return answer
