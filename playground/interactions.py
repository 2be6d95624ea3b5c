"""Commands, shortcuts, clicks and forms: what the app is sent, and what its acknowledgement does."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from playground import blocks as block_kit
from playground import form_state
from playground.delivery import Dispatcher
from playground.log import Delivery
from playground.manifest import Manifest
from playground.model import Change, Channel, Json, Message, SlackError, User
from playground.posting import Posting, post_as_app, whisper_as_app
from playground.text import escape, typed
from playground.views import View, name_blocks
from playground.workspace import Workspace

_TEXTS = {
    "en": {
        "timeout": "{what} failed with the error “operation_timeout”: the app did not answer in time.",
        "form": "We had some trouble connecting. Try again?",
        "answer": "The app's answer could not be used: {what}",
    },
    "ru": {
        "timeout": "{what}: ошибка «operation_timeout», приложение не ответило вовремя.",
        "form": "Не удалось связаться с приложением. Попробовать ещё раз?",
        "answer": "Ответ приложения не удалось использовать: {what}",
    },
}


@dataclass(frozen=True)
class Target:
    """What was clicked in: a message (perhaps ephemeral) or a view."""

    message: Message | None = None
    view: View | None = None

    @property
    def blocks(self) -> list[Json]:
        """The blocks of the message or view."""
        if self.view is not None:
            return self.view.blocks
        return (self.message.blocks or []) if self.message else []


class Interactions:
    """Sends people's gestures to the app and does what it answers."""

    def __init__(
        self, workspace: Workspace, manifest: Manifest, dispatcher: Dispatcher, language: str
    ) -> None:
        self._workspace = workspace
        self._manifest = manifest
        self._dispatcher = dispatcher
        self._language = language
        self._message_state: dict[tuple[str, str], form_state.Values] = {}

    def command(self, user: User, channel: Channel, text: str) -> Delivery:
        """A slash command; ValueError where the app has none of that name."""
        name, _, rest = text.partition(" ")
        command = self._manifest.command(name)
        if command is None:
            raise ValueError(f"{name} is not a command of this app")
        rest = rest.strip()
        if command.should_escape:
            people, channels = self._workspace.people, self._workspace.channels
            rest = typed(rest, people.ids_by_name(), channels.ids_by_name())
        else:
            rest = escape(rest)
        core = self._workspace.core
        names = {"channel": channel.name, "private": "privategroup", "im": "directmessage"}
        payload: Json = {
            "token": "verification-token",
            "team_id": core.team_id,
            "team_domain": "playground",
            "channel_id": channel.id,
            "channel_name": names[channel.kind],
            "user_id": user.id,
            "user_name": user.name,
            "command": name,
            "text": rest,
            "api_app_id": core.app.app_id,
            "is_enterprise_install": "false",
            "response_url": self._workspace.tickets.new_response_url(channel.id, user.id),
            "trigger_id": self._workspace.tickets.new_trigger(user.id),
        }

        def then(delivery: Delivery) -> None:
            if delivery.state == "lost":
                self._notice(user.id, "timeout", name)
            elif delivery.response:
                self._guard(user.id, lambda: self._answer_command(delivery.response or {}, user, channel))

        return self._dispatcher.send_interaction("slash_commands", name, payload, then)

    def global_shortcut(self, user: User, callback_id: str) -> Delivery:
        """A global shortcut."""
        return self._shortcut(user, callback_id, "global", {"type": "shortcut"})

    def message_shortcut(self, user: User, message: Message, callback_id: str) -> Delivery:
        """A shortcut on a message."""
        channel = self._workspace.channels.get(message.channel)
        address = self._workspace.tickets.new_response_url(channel.id, user.id)
        return self._shortcut(
            user,
            callback_id,
            "message",
            {
                "type": "message_action",
                "message_ts": message.ts,
                "channel": {"id": channel.id, "name": _name(channel)},
                "message": self._workspace.messages.as_json(message),
                "response_url": address,
            },
        )

    def click(
        self, user: User, target: Target, action_id: str, value: Json, *, block_id: str | None = None
    ) -> Delivery:
        """A click or choice in a message or view; `value` is Slack's value object."""
        block, element = form_state.find(target.blocks, action_id, block_id)
        action: Json = {
            "type": element["type"],
            "action_id": element["action_id"],
            "block_id": block["block_id"],
            "action_ts": self._workspace.core.next_ts(),
            **{key: one for key, one in value.items() if key != "type"},
        }
        if element["type"] == "button":
            action["text"] = element["text"]
            if "value" in element:
                action["value"] = element["value"]
        if form_state.is_stateful(element):
            kept = self._kept(target).setdefault(block["block_id"], {})
            kept[element["action_id"]] = {"type": element["type"], **value}
        payload = self._base(user, "block_actions") | self._where(user, target)
        payload["actions"] = [action]
        return self._dispatcher.send_interaction(
            "interactive", "block_actions", payload, self._complain(user)
        )

    def options(
        self, user: User, target: Target, action_id: str, query: str, *, block_id: str | None = None
    ) -> Json:
        """Ask the app for an external select's options; gives options or option_groups."""
        block, element = form_state.find(target.blocks, action_id, block_id)
        payload = self._base(user, "block_suggestion") | self._where(user, target)
        payload |= {"action_id": element["action_id"], "block_id": block["block_id"], "value": query}
        for key in ("trigger_id", "response_url", "state"):
            payload.pop(key, None)
        delivery = self._dispatcher.send_interaction(
            "interactive", "block_suggestion", payload, self._complain(user)
        )
        delivery.finished.wait()
        answer = delivery.response or {}
        if answer.get("options") or answer.get("option_groups"):
            offered = {"type": "static_select", **answer}
            block_kit.check_message([{"type": "actions", "elements": [offered]}])
        return {key: answer[key] for key in ("options", "option_groups") if key in answer}

    def submit(self, user: User, view: View, values: form_state.Values) -> Delivery | None:
        """Submit a modal. None where Slack's client itself refuses; the errors are then at the view."""
        with self._workspace.core.lock:
            view.values = form_state.state(view.blocks, values)
            errors = form_state.client_errors(view.blocks, view.values, self._language)
            self._workspace.views.set_errors(view, errors)
            if errors:
                return None
            payload = self._base(user, "view_submission")
            payload |= {"view": self._workspace.views.as_json(view), "response_urls": self._urls(user, view)}

        def then(delivery: Delivery) -> None:
            if delivery.state == "lost":
                self._notice(user.id, "form", "")
            else:
                self._guard(user.id, lambda: self._answer_form(delivery.response or {}, user, view))

        return self._dispatcher.send_interaction("interactive", "view_submission", payload, then)

    def close(self, user: User, view: View) -> list[Delivery]:
        """Close a modal as its close button does; the app hears of it with notify_on_close."""
        views = self._workspace.views
        if view.body["clear_on_close"]:
            closed = views.clear(user.id)
        else:
            closed = [view]
            views.close(view)
        return [self._tell_closed(user, one, cleared=len(closed) > 1) for one in closed if _notifies(one)]

    def _tell_closed(self, user: User, view: View, *, cleared: bool) -> Delivery:
        payload = self._base(user, "view_closed")
        payload |= {"view": self._workspace.views.as_json(view), "is_cleared": cleared}
        payload.pop("trigger_id")
        return self._dispatcher.send_interaction("interactive", "view_closed", payload, lambda _: None)

    def _shortcut(self, user: User, callback_id: str, kind: str, fields: Json) -> Delivery:
        if self._manifest.shortcut(callback_id, kind) is None:
            raise ValueError(f"the app has no {kind} shortcut {callback_id!r}")
        payload = self._base(user, str(fields["type"])) | fields
        payload |= {"callback_id": callback_id, "action_ts": self._workspace.core.next_ts()}
        name = str(fields["type"])
        return self._dispatcher.send_interaction("interactive", name, payload, self._complain(user))

    def _base(self, user: User, kind: str) -> Json:
        core = self._workspace.core
        return {
            "type": kind,
            "token": "verification-token",
            "team": {"id": core.team_id, "domain": "playground"},
            "enterprise": None,
            "is_enterprise_install": False,
            "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team_id},
            "api_app_id": core.app.app_id,
            "trigger_id": self._workspace.tickets.new_trigger(user.id),
        }

    def _where(self, user: User, target: Target) -> Json:
        state = {"values": form_state.state(target.blocks, self._kept(target))}
        if target.view is not None:
            target.view.values = state["values"]
            view = self._workspace.views.as_json(target.view)
            return {"container": {"type": "view", "view_id": target.view.id}, "view": view}
        message = target.message
        if message is None:
            raise ValueError("nothing was clicked in")
        channel = self._workspace.channels.get(message.channel)
        is_ephemeral = message.ephemeral_for is not None
        container: Json = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": channel.id,
            "is_ephemeral": is_ephemeral,
        }
        if message.thread_ts:
            container["thread_ts"] = message.thread_ts
        where: Json = {
            "container": container,
            "channel": {"id": channel.id, "name": _name(channel)},
            "state": state,
            "response_url": self._workspace.tickets.new_response_url(
                channel.id,
                user.id,
                message_ts=message.ts,
                is_ephemeral=is_ephemeral,
                thread_ts=message.thread_ts,
            ),
        }
        if not is_ephemeral:  # Slack does not send an ephemeral message's content back
            where["message"] = self._workspace.messages.as_json(message)
        return where

    def _kept(self, target: Target) -> form_state.Values:
        if target.view is not None:
            return target.view.values
        message = target.message
        key = (message.channel, message.ts) if message else ("", "")
        return self._message_state.setdefault(key, {})

    def _urls(self, user: User, view: View) -> list[Json]:
        """Addresses for the conversations that were chosen in selects with response_url_enabled."""
        found: list[Json] = []
        for block, element in form_state.elements(view.blocks):
            value = view.values.get(block["block_id"], {}).get(element["action_id"], {})
            channel = value.get("selected_conversation") or value.get("selected_channel")
            if element.get("response_url_enabled") and channel:
                ids = {"block_id": block["block_id"], "action_id": element["action_id"]}
                address = self._workspace.tickets.new_response_url(channel, user.id)
                found.append(ids | {"channel_id": channel, "response_url": address})
        return found

    def _answer_command(self, answer: Json, user: User, channel: Channel) -> None:
        given = answer.get("blocks")
        posting = Posting(
            channel=channel.id,
            text=str(answer.get("text") or ""),
            blocks=name_blocks(block_kit.check_message(given)) if given else None,
        )
        if not posting.text and not posting.blocks:
            return
        if answer.get("response_type") == "in_channel":
            post_as_app(self._workspace, posting)
        else:
            whisper_as_app(self._workspace, posting, to=user.id)

    def _answer_form(self, answer: Json, user: User, view: View) -> None:
        views = self._workspace.views
        match answer.get("response_action"):
            case None:
                views.close(view)
            case "clear":
                views.clear(user.id)
            case "errors":
                views.set_errors(view, form_state.checked_errors(view.blocks, answer.get("errors")))
            case "update":
                block_kit.check_view(_body(answer), "modal")
                views.update(view, _body(answer))
            case "push":
                block_kit.check_view(_body(answer), "modal")
                views.push(user.id, _body(answer))
            case _:
                raise SlackError("invalid_arguments")

    def _guard(self, user: str, answer: Callable[[], None]) -> None:
        """Do what the app answered; what cannot be done is shown to the person, as in Slack."""
        try:
            answer()
        except SlackError as refusal:
            self._notice(user, "answer", f"{refusal.code} {refusal.details or ''}".strip())

    def _complain(self, user: User) -> Callable[[Delivery], None]:
        def then(delivery: Delivery) -> None:
            if delivery.state == "lost":
                self._notice(user.id, "timeout", delivery.name)

        return then

    def _notice(self, user: str, text: str, what: str) -> None:
        sentence = _TEXTS[self._language][text].format(what=what)
        detail = {"text": sentence, "id": secrets.token_hex(4)}
        self._workspace.core.tell(Change("notice", user=user, detail=detail))


def _name(channel: Channel) -> str:
    return channel.name or "directmessage"


def _body(answer: Json) -> Json:
    view = answer.get("view")
    if not isinstance(view, dict):
        raise SlackError("invalid_arguments")
    return view


def _notifies(view: View) -> bool:
    return bool(view.body["notify_on_close"])
