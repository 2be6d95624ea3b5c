"""How a listener answers: the use case commits first, the acknowledgement comes last (promise 1).

A `UserError` is said to the person; anything unforeseen is logged under a reference id that the person sees.
Gestures of people of other organisations (Slack Connect) are acknowledged and ignored.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import structlog
from slack_bolt import Ack

from bot.errors import FormError, UnknownPerson, UserError
from bot.gestures import Answer, Errors, FormState, Gesture, Open, Reply, Update
from bot.i18n import N_, Texts
from bot.inbox import Incoming, accept, say_for
from bot.logs import correlation
from bot.messages.common import notice
from bot.services import Services
from bot.slack import SlackProblem
from bot.workspace.access import viewer
from storage.database import going_first

log = structlog.get_logger()

Body = Mapping[str, Any]
Use = Callable[[Gesture], Answer]


@dataclass(frozen=True)
class Edge:
    """Runs use cases for listeners."""

    services: Services

    def command(self, ack: Ack, body: Body, use: Use) -> None:
        """A slash command: the answer travels in the acknowledgement itself."""
        gesture = Gesture(
            key=body["trigger_id"],
            user_id=body["user_id"],
            channel_id=body["channel_id"],
            trigger_id=body["trigger_id"],
            response_url=body.get("response_url"),
        )
        if self._is_foreign(body.get("team_id")):
            ack()
            return
        answer = self._run(gesture, use)
        if isinstance(answer, Reply):
            ack(response_type="ephemeral", **answer.message)
        else:
            ack()
            self._open(gesture, answer, on_top=False)

    def action(self, ack: Ack, body: Body, use: Use, *, quiet: bool = False) -> None:
        """A button, menu, shortcut or field that acts: the answer goes through the `response_url`.

        `quiet`: where it was pressed, the change shows by itself; only a refusal is said.
        """
        gesture = Gesture(
            key=_action_key(body),
            user_id=body["user"]["id"],
            channel_id=(body.get("channel") or body.get("container") or {}).get("id"),
            trigger_id=body.get("trigger_id"),
            response_url=body.get("response_url"),
        )
        if self._is_foreign(body["user"].get("team_id")):
            ack()
            return
        answer = self._run(gesture, use)
        if isinstance(answer, Reply) and (answer.is_refusal or not quiet):
            answer = self._say_or_show(gesture, answer, in_form=_is_form(body))
        ack()
        if isinstance(answer, Update) and body.get("view"):  # a forged press may come from no form
            self._call("views.update", gesture, view_id=body["view"]["id"], view=dict(answer.view))
        self._open(gesture, answer, on_top=_is_form(body))

    def submission(self, ack: Ack, body: Body, use: Callable[[Gesture, FormState], Answer]) -> None:
        """A form's answer: errors stand beside their fields, another form takes its place, or it closes."""
        view = body["view"]
        gesture = Gesture(
            key=f"{view['id']}:{view['hash']}", user_id=body["user"]["id"], trigger_id=body.get("trigger_id")
        )
        if self._is_foreign(body["user"].get("team_id")):
            ack()
            return
        answer = self._run(gesture, lambda one: use(one, form_state(view)))
        if isinstance(answer, Errors):
            _ = self.texts(gesture.user_id)
            ack(
                response_action="errors", errors={block: _.say(text) for block, text in answer.fields.items()}
            )
        elif isinstance(answer, Update):
            ack(response_action="update", view=dict(answer.view))
        elif isinstance(answer, Open):
            ack(response_action="push", view=dict(answer.view))
        elif isinstance(answer, Reply):
            # On top of a refused form, which keeps what was typed; in place of one that is done with.
            how = "push" if answer.is_refusal else "update"
            ack(response_action=how, view=notice(self.texts(gesture.user_id), str(answer.message["text"])))
        else:
            ack()

    def options(self, ack: Ack, body: Body, use: Callable[[str, str], list[dict[str, Any]]]) -> None:
        """A field whose options come from Frontline: `use(user_id, typed)` gives those that fit (≤100)."""
        found: list[dict[str, Any]] = []
        if not self._is_foreign(body["user"].get("team_id")):
            try:
                found = use(body["user"]["id"], str(body.get("value") or ""))
            except Exception:  # a process boundary: the field shows that nothing was found
                log.exception("options_failed")
        ack(options=found)

    def texts(self, user_id: str) -> Texts:
        """The texts in the person's language."""
        with self.services.db.reading() as connection:
            return viewer(connection, self.services.team_id, user_id).texts

    def _run(self, gesture: Gesture, use: Use) -> Answer:
        with correlation(gesture.key):
            return self._answer(gesture, use)

    def _answer(self, gesture: Gesture, use: Use) -> Answer:
        try:
            with going_first():
                answer = use(gesture)
        except UserError as problem:
            if isinstance(problem, UnknownPerson):
                self._get_to_know(gesture)
            return Reply({"text": self.texts(gesture.user_id).say(problem.message)}, is_refusal=True)
        except FormError as problem:
            return Errors(problem.fields)
        except Exception as problem:
            reference = uuid4().hex[:8]
            log.exception("gesture_failed", reference=reference, error=type(problem).__name__)
            return Reply({"text": self._apology(gesture, reference)}, is_refusal=True)
        self.services.wake.inbox.set()
        self.services.wake.outbox.set()
        return answer

    def _get_to_know(self, gesture: Gesture) -> None:
        """Let a worker read the person from Slack, so that her next try succeeds."""
        key = f"unknown_person:{gesture.user_id}:{gesture.key}"
        with self.services.db.writing() as connection:
            accept(self.services, connection, Incoming("person", key, user_id=gesture.user_id))
        self.services.wake.inbox.set()

    def _apology(self, gesture: Gesture, reference: str) -> str:
        sentence = N_(
            "Something went wrong and nothing was saved. Please try again; "
            "if it stays so, tell your administrator this reference: {reference}",
            reference=reference,
        )
        try:
            return self.texts(gesture.user_id).say(sentence)
        except Exception:  # noqa: BLE001 - without a database the person still gets her answer
            return sentence.msgid.format(reference=reference)

    def _say_or_show(self, gesture: Gesture, reply: Reply, *, in_form: bool) -> Answer:
        """Forms and the home tab have no `response_url`: there the answer is a form that says it."""
        if gesture.response_url is None:
            view = notice(
                self.texts(gesture.user_id), str(reply.message["text"]), reply.message.get("blocks")
            )
            return Update(view) if reply.replaces and in_form else Open(view)
        self._say(gesture, reply)
        return reply

    def _say(self, gesture: Gesture, reply: Reply) -> None:
        if gesture.response_url is None:
            return
        body = {**reply.message, "response_type": "ephemeral", "replace_original": reply.replaces}
        with self.services.db.writing() as connection:
            say = say_for(self.services, connection, gesture.key)
            say.answer(f"answer:{gesture.key}", gesture.response_url, body)
        self.services.wake.outbox.set()

    def _open(self, gesture: Gesture, answer: Answer, *, on_top: bool) -> None:
        if not isinstance(answer, Open):
            return
        method = "views.push" if on_top else "views.open"
        self._call(method, gesture, trigger_id=gesture.trigger_id, view=dict(answer.view))

    def _call(self, method: str, gesture: Gesture, **arguments: Any) -> None:
        """The one call a listener makes: forms can't wait for a worker, their trigger lives three seconds."""
        try:
            self.services.slack.call(method, **arguments)
        except SlackProblem as problem:
            with correlation(gesture.key):
                log.warning("form_not_opened", method=method, code=problem.code)
            _ = self.texts(gesture.user_id)
            text = _("Slack did not open the form ({code}). Please try again.", code=problem.code)
            self._say(gesture, Reply({"text": text}))

    def _is_foreign(self, team_id: str | None) -> bool:
        return team_id is not None and team_id != self.services.team_id


def value_of(action: Body) -> str:
    """What a pressed button or a chosen option carries; empty where it carries nothing."""
    return str((action.get("selected_option") or action).get("value") or "")


def form_in(body: Body) -> Mapping[str, Any]:
    """The form that something was pressed in. Raises UserError for a forged press from elsewhere."""
    view = body.get("view")
    if not view or not _is_form(body):
        raise UserError(N_("This form can't be read any more. Open it again."))
    return dict(view)


def _is_form(body: Body) -> bool:
    return bool((body.get("view") or {}).get("type") == "modal")


def _action_key(body: Body) -> str:
    """A press is known by its trigger; in a message Slack also stamps it with `action_ts`."""
    return str(body.get("trigger_id") or body.get("action_ts") or uuid4().hex)


def form_state(view: Mapping[str, Any]) -> FormState:
    """Each block of ours holds one element, so its state is found by the block's id alone."""
    values = (view.get("state") or {}).get("values") or {}
    elements = {block: next(iter(state.values()), None) for block, state in values.items()}
    return FormState({block: one for block, one in elements.items() if isinstance(one, dict)})
