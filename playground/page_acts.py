"""The page's actions: one order in JSON, one gesture of a person."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from playground import form_state, page_shapes
from playground.interactions import Target
from playground.model import Json, Message, SlackError
from playground.person import Person

if TYPE_CHECKING:
    from playground.server import Playground

UPLOAD_LIMIT = 20_000_000


class PageActs:
    """Carries out what the page orders. Raises SlackError, ValueError, KeyError for bad orders."""

    def __init__(self, playground: "Playground") -> None:
        self._playground = playground
        self._workspace = playground.workspace
        self._orders: dict[str, Callable[[Person, Json], Json]] = {
            "post": self._post,
            "edit": self._edit,
            "delete": self._delete,
            "react": self._react,
            "unreact": self._unreact,
            "command": self._command,
            "message_shortcut": self._message_shortcut,
            "global_shortcut": self._global_shortcut,
            "block_action": self._block_action,
            "options": self._options,
            "submit_view": self._submit_view,
            "close_view": self._close_view,
            "open_home": self._open_home,
            "upload": self._upload,
            "open_dm": self._open_dm,
            "join": self._join,
            "clock": self._clock,
        }

    def act(self, order: Json) -> Json:
        """One action by one person."""
        name = order.get("action")
        if name not in self._orders:
            raise ValueError(f"unknown action {name!r}")
        person = self._playground.person(str(order["user"]))
        return {"ok": True, **self._orders[str(name)](person, order)}

    def faults(self, order: Json) -> Json:
        """Order faults: what `Faults.apply` takes, and cut_sockets, silence_sockets, refresh_sockets,
        revoke_token, expire_tickets, clear_log."""
        playground = self._playground
        once: dict[str, Callable[[object], object]] = {
            "cut_sockets": lambda given: playground.cut_sockets(given if type(given) is int else None),
            "silence_sockets": lambda given: playground.silence_sockets(silent=bool(given)),
            "refresh_sockets": lambda _: playground.refresh_sockets(),
            "revoke_token": lambda _: playground.revoke_tokens(),
            "expire_tickets": lambda _: self._workspace.tickets.expire_all(),
            "clear_log": lambda _: playground.log.clear(),
        }
        playground.faults.apply({key: value for key, value in order.items() if key not in once})
        for key, act in once.items():
            if key in order:
                act(order[key])
        return playground.faults.as_json()

    def _post(self, person: Person, order: Json) -> Json:
        channel, text = str(order["channel"]), str(order["text"])
        thread_ts = order.get("thread_ts")
        broadcast = bool(order.get("broadcast", False))
        return self._shown(person.post(channel, text, thread_ts=thread_ts, broadcast=broadcast, wait=False))

    def _edit(self, person: Person, order: Json) -> Json:
        return self._shown(person.edit(self._message(order), str(order["text"]), wait=False))

    def _delete(self, person: Person, order: Json) -> Json:
        person.delete(self._message(order, person), wait=False)
        return {}

    def _react(self, person: Person, order: Json) -> Json:
        person.react(self._message(order), str(order["name"]), wait=False)
        return {}

    def _unreact(self, person: Person, order: Json) -> Json:
        person.unreact(self._message(order), str(order["name"]), wait=False)
        return {}

    def _command(self, person: Person, order: Json) -> Json:
        person.command(str(order["channel"]), str(order["text"]))
        return {}

    def _message_shortcut(self, person: Person, order: Json) -> Json:
        person.shortcut(str(order["callback_id"]), self._message(order))
        return {}

    def _global_shortcut(self, person: Person, order: Json) -> Json:
        person.shortcut(str(order["callback_id"]))
        return {}

    def _block_action(self, person: Person, order: Json) -> Json:
        container: Json = order["container"]
        target = self._target(container, person)
        action_id, block_id = str(order["action_id"]), order.get("block_id")
        _, element = form_state.find(target.blocks, action_id, block_id)
        value = form_state.from_page(element, order.get("value"))
        with self._playground.dispatcher.collecting() as batch:
            self._playground.interactions.click(person.user, target, action_id, value, block_id=block_id)
        batch.wait()
        return {}

    def _options(self, person: Person, order: Json) -> Json:
        where = order.get("container") or (
            {"type": "view", "view_id": order["view_id"]}
            if order.get("view_id")
            else {"type": "message", "channel": order["channel"], "ts": order["ts"]}
        )
        return self._playground.interactions.options(
            person.user,
            self._target(where, person),
            str(order["action_id"]),
            str(order.get("query", "")),
            block_id=order.get("block_id"),
        )

    def _submit_view(self, person: Person, order: Json) -> Json:
        view = self._workspace.views.find(str(order["view_id"]))
        notices = len(person.notices)
        with self._playground.dispatcher.collecting() as batch:
            self._playground.interactions.submit(person.user, view, order.get("state") or {})
        batch.wait()
        if view.errors:
            return {"ok": False, "errors": dict(view.errors)}
        if len(person.notices) > notices:
            return {"ok": False, "error": person.notices[-1]}
        return {}

    def _close_view(self, person: Person, order: Json) -> Json:
        view = self._workspace.views.find(str(order["view_id"]))
        self._playground.interactions.close(person.user, view)
        return {}

    def _open_home(self, person: Person, order: Json) -> Json:
        self._playground.actions.open_home(person.id, str(order.get("tab", "home")))
        return {}

    def _upload(self, person: Person, order: Json) -> Json:
        content = base64.b64decode(str(order["content_base64"]), validate=True)
        if len(content) > UPLOAD_LIMIT:
            raise ValueError("files here may have up to 20 MB")
        message = self._playground.actions.upload(
            person.id,
            str(order["channel"]),
            str(order["name"]).rpartition("/")[2] or "file",
            content,
            mimetype=order.get("mimetype"),
            text=str(order.get("text") or ""),
            thread_ts=order.get("thread_ts"),
        )
        return self._shown(message)

    def _open_dm(self, person: Person, order: Json) -> Json:
        channel = self._playground.actions.direct(person.id, str(order["with"]))
        return {"channel": page_shapes.channel_json(channel, person.id)}

    def _join(self, person: Person, order: Json) -> Json:
        channel = self._workspace.channels.get(str(order["channel"]))
        if channel.kind != "channel":
            raise SlackError("channel_not_found")
        self._workspace.channels.join(channel.id, person.id)
        return {"channel": page_shapes.channel_json(channel, person.id)}

    def _clock(self, person: Person, order: Json) -> Json:
        mover = self._playground.mover
        if mover is None:
            raise ValueError("this clock cannot be moved")
        if order.get("next"):
            stops = mover.move_to_next()
        elif "by" in order:
            stops = mover.move(self._playground.clock.now() + timedelta(seconds=float(order["by"])))
        else:
            to = datetime.fromisoformat(str(order["to"]))
            stops = mover.move(to if to.tzinfo else to.replace(tzinfo=UTC))
        now = self._playground.clock.now().isoformat()
        return {"clock": now, "stops": [one.isoformat() for one in stops]}

    def _message(self, order: Json, person: Person | None = None) -> Message:
        channel, ts = str(order["channel"]), str(order["ts"])
        note = self._workspace.messages.store.note(channel, ts)
        if note is not None and person is not None and note.ephemeral_for == person.id:
            return note
        return self._workspace.message(channel, ts)

    def _target(self, container: Json, person: Person) -> Target:
        if container.get("type") == "view":
            return Target(view=self._workspace.views.find(str(container["view_id"])))
        return Target(message=self._message(container, person))

    def _shown(self, message: Message) -> Json:
        return {"message": page_shapes.message_json(message, self._workspace)}
