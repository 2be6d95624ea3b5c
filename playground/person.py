"""Drives a person from Python, for tests and the story: the same gestures as on the page.

Each gesture returns after what it caused was delivered to the app and acknowledged (or given up);
with `wait=False` it returns at once.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from playground import form_state
from playground.actions import Actions
from playground.delivery import Batch, Dispatcher
from playground.interactions import Target
from playground.log import Delivery
from playground.model import Change, Channel, Json, Message, User
from playground.views import View
from playground.workspace import Workspace


class Person:
    """One person of the workspace. Channels are given by name or id."""

    def __init__(self, user: User, workspace: Workspace, actions: Actions, dispatcher: Dispatcher) -> None:
        self.user = user
        self._workspace = workspace
        self._actions = actions
        self._dispatcher = dispatcher
        self.notices: list[str] = []
        workspace.core.on_change.append(self._hear)

    @property
    def id(self) -> str:
        """The person's user id."""
        return self.user.id

    def post(
        self,
        channel: str,
        text: str,
        *,
        thread_ts: str | None = None,
        broadcast: bool = False,
        wait: bool = True,
    ) -> Message:
        """Write in a channel."""
        place = self._place(channel)
        with self._acting(wait):
            return self._actions.post(self.id, place.id, text, thread_ts=thread_ts, broadcast=broadcast)

    def reply(self, message: Message, text: str, *, broadcast: bool = False, wait: bool = True) -> Message:
        """Write in the message's thread."""
        root = message.thread_ts or message.ts
        with self._acting(wait):
            return self._actions.post(self.id, message.channel, text, thread_ts=root, broadcast=broadcast)

    def edit(self, message: Message, text: str, *, wait: bool = True) -> Message:
        """Change an own message."""
        with self._acting(wait):
            return self._actions.edit(self.id, message, text)

    def delete(self, message: Message, *, wait: bool = True) -> None:
        """Delete an own message."""
        with self._acting(wait):
            self._actions.delete(self.id, message)

    def react(self, message: Message, name: str, *, wait: bool = True) -> None:
        """Set an emoji."""
        with self._acting(wait):
            self._actions.react(self.id, message, name)

    def unreact(self, message: Message, name: str, *, wait: bool = True) -> None:
        """Take an emoji back."""
        with self._acting(wait):
            self._actions.unreact(self.id, message, name)

    def upload(
        self,
        channel: str,
        name: str,
        content: bytes,
        *,
        text: str = "",
        mimetype: str | None = None,
        wait: bool = True,
    ) -> Message:
        """Share a file."""
        place = self._place(channel)
        with self._acting(wait):
            return self._actions.upload(self.id, place.id, name, content, mimetype=mimetype, text=text)

    def command(self, channel: str, text: str, *, wait: bool = True) -> Delivery:
        """Give a slash command, its name first."""
        place = self._place(channel)
        with self._acting(wait):
            return self._actions.interactions.command(self.user, place, text)

    def shortcut(self, callback_id: str, message: Message | None = None, *, wait: bool = True) -> Delivery:
        """Use a global shortcut, or with a message a message shortcut."""
        with self._acting(wait):
            if message is None:
                return self._actions.interactions.global_shortcut(self.user, callback_id)
            return self._actions.interactions.message_shortcut(self.user, message, callback_id)

    def click(
        self,
        where: Message | View,
        action_id: str,
        value: object = None,
        *,
        block_id: str | None = None,
        wait: bool = True,
    ) -> Delivery:
        """Press a button or choose a value (an option's value or text, an id, a date)."""
        target = _target(where)
        _, element = form_state.find(target.blocks, action_id, block_id)
        shaped = form_state.value_object(element, self._found(target, element, value))
        with self._acting(wait):
            return self._actions.interactions.click(self.user, target, action_id, shaped, block_id=block_id)

    def options(self, where: Message | View, action_id: str, query: str) -> list[Json]:
        """What the app offers in an external select for these letters."""
        answer = self._actions.interactions.options(self.user, _target(where), action_id, query)
        groups = answer.get("option_groups", [])
        return [*answer.get("options", []), *(one for group in groups for one in group["options"])]

    @property
    def modal(self) -> View | None:
        """The modal on top, if one is open."""
        stack = self._workspace.views.stack(self.id)
        return stack[-1] if stack else None

    @property
    def modals(self) -> list[View]:
        """The stack of open modals, the top one last."""
        return self._workspace.views.stack(self.id)

    def fill(self, values: Mapping[str, object]) -> form_state.Values:
        """The state of the top modal's fields with these values, by block id or action id."""
        view = self._top()
        filled: form_state.Values = {key: dict(one) for key, one in view.values.items()}
        for name, value in values.items():
            block, element = form_state.find(view.blocks, name)
            shaped = form_state.value_object(element, self._found(Target(view=view), element, value))
            filled.setdefault(block["block_id"], {})[element["action_id"]] = shaped
        return filled

    def submit(self, values: Mapping[str, object] | None = None, *, wait: bool = True) -> dict[str, str]:
        """Fill in and submit the top modal; gives the errors beside its fields, by block id."""
        view = self._top()
        filled = self.fill(values or {})
        with self._acting(wait):
            self._actions.interactions.submit(self.user, view, filled)
        return dict(view.errors)

    def close(self, *, wait: bool = True) -> None:
        """Close the top modal without submitting."""
        with self._acting(wait):
            self._actions.interactions.close(self.user, self._top())

    def home(self, *, wait: bool = True) -> View | None:
        """Open the app's home tab; gives what is there once the app has heard of it."""
        with self._acting(wait):
            self._actions.open_home(self.id)
        return self._workspace.views.home(self.id)

    def sees(self, channel: str, thread_ts: str | None = None) -> list[Message]:
        """What this person sees in a channel or thread, ephemeral notes included, oldest first."""
        with self._workspace.core.lock:
            place = self._place(channel)
            if not self._workspace.channels.may_see(place, self.id):
                return []
            notes = self._workspace.messages.store.notes(place.id, self.id)
            if thread_ts is not None:
                shown = self._workspace.thread(place.id, thread_ts)
                notes = [one for one in notes if one.thread_ts == thread_ts]
            else:
                shown = self._workspace.history(place.id)
                notes = [one for one in notes if one.thread_ts is None]
            return sorted([*shown, *notes], key=lambda one: one.ts)

    def direct_messages(self) -> list[Message]:
        """What stands in the conversation with the app."""
        return self.sees(self._workspace.channels.direct(self._workspace.bot_user_id, self.id).id)

    def wait_for(self, predicate: Callable[[], bool], timeout: float = 5.0) -> None:
        """Wait until the predicate holds, looking after every change; TimeoutError."""
        if not self._workspace.wait_for(predicate, timeout):
            raise TimeoutError(f"not seen by {self.user.name} within {timeout} s")

    def wait_for_message(
        self, channel: str, matches: Callable[[Message], bool], timeout: float = 5.0
    ) -> Message:
        """The newest message or note in the channel (threads too) that matches; TimeoutError."""
        found: list[Message] = []

        def seen() -> bool:
            found[:] = [one for one in self._everything(channel) if matches(one)]
            return bool(found)

        self.wait_for(seen, timeout)
        return found[-1]

    def _everything(self, channel: str) -> list[Message]:
        place = self._place(channel)
        store = self._workspace.messages.store
        if not self._workspace.channels.may_see(place, self.id):
            return []
        return [*store.all(place.id), *store.notes(place.id, self.id)]

    def _place(self, channel: str) -> Channel:
        if channel == "@app":
            return self._workspace.channels.direct(self._workspace.bot_user_id, self.id)
        return self._workspace.channels.named(channel)

    def _top(self) -> View:
        view = self.modal
        if view is None:
            raise ValueError(f"{self.user.name} has no modal open")
        return view

    def _found(self, target: Target, element: Json, value: object) -> object:
        """For external selects the option that the app offers for that value, as a person picks it."""
        if "external" not in element["type"] or isinstance(value, dict) or value is None:
            return value
        many = value if isinstance(value, list | tuple) else [value]
        picked = [self._pick(target, element, one) for one in many]
        return picked if "multi" in element["type"] else picked[0]

    def _pick(self, target: Target, element: Json, value: object) -> object:
        if isinstance(value, dict):
            return value
        answer = self._actions.interactions.options(self.user, target, str(element["action_id"]), str(value))
        offered = {"action_id": element["action_id"], "type": "static_select", **answer}
        return form_state.value_object(offered, value)["selected_option"]

    @contextmanager
    def _acting(self, wait: bool) -> Iterator[Batch]:
        with self._dispatcher.collecting() as batch:
            yield batch
        if wait:
            batch.wait()

    def _hear(self, change: Change) -> None:
        if change.kind == "notice" and change.user == self.id:
            self.notices.append(str(change.detail["text"]))


def _target(where: Message | View) -> Target:
    return Target(message=where) if isinstance(where, Message) else Target(view=where)
