"""Modals and home tabs: a stack of up to three modals a person, and one home tab."""

import copy
import secrets
from dataclasses import dataclass, field

from playground.core import Core
from playground.model import Change, Json, SlackError

STACK_LIMIT = 3
_COPIED = (
    "type",
    "title",
    "submit",
    "close",
    "blocks",
    "private_metadata",
    "callback_id",
    "external_id",
    "clear_on_close",
    "notify_on_close",
    "submit_disabled",
)
_DEFAULTS: Json = {
    "title": {"type": "plain_text", "text": "View Title", "emoji": True},
    "submit": None,
    "close": None,
    "private_metadata": "",
    "callback_id": "",
    "external_id": "",
    "clear_on_close": False,
    "notify_on_close": False,
    "submit_disabled": False,
}


@dataclass
class View:
    """A modal or home tab that someone sees; `values` is its state (block id, action id, value)."""

    id: str
    user: str
    body: Json
    hash: str
    root_id: str
    previous_id: str | None = None
    values: dict[str, Json] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def blocks(self) -> list[Json]:
        """The view's blocks."""
        blocks: list[Json] = self.body["blocks"]
        return blocks


class Views:
    """Everyone's modal stacks and home tabs."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._stacks: dict[str, list[View]] = {}
        self._homes: dict[str, View] = {}

    def open(self, user: str, body: Json) -> View:
        """Show a modal as the first of a new stack."""
        with self._core.lock:
            self._refuse_known_external_id(body, None)
            view = self._new(user, body)
            self._stacks[user] = [view]
            self._tell_stack(user)
            return view

    def push(self, user: str, body: Json) -> View:
        """Lay a modal upon the open one; SlackError push_limit_reached, not_found."""
        with self._core.lock:
            stack = self._stacks.get(user) or []
            if not stack:
                raise SlackError("not_found")
            if len(stack) >= STACK_LIMIT:
                raise SlackError("push_limit_reached")
            self._refuse_known_external_id(body, None)
            view = self._new(user, body)
            view.root_id = stack[0].id
            view.previous_id = stack[-1].id
            stack.append(view)
            self._tell_stack(user)
            return view

    def update(self, view: View, body: Json, given_hash: str | None = None) -> View:
        """Replace a view's content; what was typed into fields that stay is kept."""
        with self._core.lock:
            _compare_hash(view, given_hash)
            self._refuse_known_external_id(body, view)
            view.body = _complete(body)
            view.hash = self._new_hash()
            view.errors = {}
            kept = _fields(view.blocks)
            view.values = {
                block: {action: value for action, value in actions.items() if (block, action) in kept}
                for block, actions in view.values.items()
            }
            if view.body["type"] == "home":
                self._core.tell(Change("home", user=view.user, detail={"view": self.as_json(view)}))
            else:
                self._tell_stack(view.user)
            return view

    def publish(self, user: str, body: Json, given_hash: str | None = None) -> View:
        """Set a person's home tab; SlackError hash_conflict where the hash is not the present one."""
        with self._core.lock:
            view = self._homes.get(user)
            if view is not None:
                return self.update(view, body, given_hash)
            view = self._new(user, body)
            self._homes[user] = view
            self._core.tell(Change("home", user=user, detail={"view": self.as_json(view)}))
            return view

    def find(self, view_id: str | None, external_id: str | None = None) -> View:
        """An open modal or a home tab by id or external id; SlackError not_found."""
        with self._core.lock:
            for view in [*self._homes.values(), *(one for stack in self._stacks.values() for one in stack)]:
                if view.id == view_id or (external_id and view.body["external_id"] == external_id):
                    return view
            raise SlackError("not_found")

    def close(self, view: View) -> None:
        """Take this modal and what lies upon it off the stack."""
        with self._core.lock:
            stack = self._stacks.get(view.user, [])
            if view in stack:
                del stack[stack.index(view) :]
                self._tell_stack(view.user)

    def clear(self, user: str) -> list[View]:
        """Close the whole stack; gives what was in it, top first."""
        with self._core.lock:
            stack = self._stacks.pop(user, [])
            self._tell_stack(user)
            return stack[::-1]

    def stack(self, user: str) -> list[View]:
        """A person's open modals, the top one last."""
        with self._core.lock:
            return list(self._stacks.get(user, []))

    def home(self, user: str) -> View | None:
        """A person's home tab, if one was published."""
        with self._core.lock:
            return self._homes.get(user)

    def homes(self) -> dict[str, View]:
        """All published home tabs by user id."""
        with self._core.lock:
            return dict(self._homes)

    def set_errors(self, view: View, errors: dict[str, str]) -> None:
        """Show errors beside a modal's fields."""
        with self._core.lock:
            view.errors = errors
            self._tell_stack(view.user)

    def as_json(self, view: View, *, for_page: bool = False) -> Json:
        """The view in Slack's shape; the page also gets the errors beside the fields."""
        app = self._core.app
        shape: Json = {
            "id": view.id,
            "team_id": self._core.team_id,
            **copy.deepcopy(view.body),
            "state": {"values": copy.deepcopy(view.values)},
            "hash": view.hash,
            "root_view_id": view.root_id,
            "previous_view_id": view.previous_id,
            "app_id": app.app_id,
            "app_installed_team_id": self._core.team_id,
            "bot_id": app.bot_id,
        }
        if for_page and view.errors:
            shape["errors"] = dict(view.errors)
        return shape

    def _new(self, user: str, body: Json) -> View:
        view_id = self._core.next_id("V")
        return View(view_id, user, _complete(body), self._new_hash(), root_id=view_id)

    def _new_hash(self) -> str:
        return f"{self._core.seconds()}.{secrets.token_hex(4)}"

    def _refuse_known_external_id(self, body: Json, but: View | None) -> None:
        external = body.get("external_id")
        if not external:
            return
        for stack in self._stacks.values():
            if any(one.body["external_id"] == external and one is not but for one in stack):
                raise SlackError("duplicate_external_id")

    def _tell_stack(self, user: str) -> None:
        shown = [self.as_json(one, for_page=True) for one in self.stack(user)]
        self._core.tell(Change("views", user=user, detail={"stack": shown}))


def _complete(body: Json) -> Json:
    """Fill in what Slack fills in: defaults, and ids of blocks that have none."""
    full = copy.deepcopy({**_DEFAULTS, **{key: body[key] for key in _COPIED if key in body}})
    name_blocks(full["blocks"])
    return full


def name_blocks(blocks: list[Json]) -> list[Json]:
    """Give each block without an id one, and each element without an action id one, as Slack does."""
    for block in blocks:
        block.setdefault("block_id", secrets.token_urlsafe(4))
        elements = [block.get("element"), block.get("accessory")]
        if block.get("type") == "actions":
            elements += block.get("elements", [])
        for element in elements:
            if isinstance(element, dict) and element.get("type") != "image":
                element.setdefault("action_id", secrets.token_urlsafe(4))
    return blocks


def _fields(blocks: list[Json]) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for block in blocks:
        for element in [block.get("element"), block.get("accessory"), *block.get("elements", [])]:
            if isinstance(element, dict) and "action_id" in element:
                found.add((block["block_id"], element["action_id"]))
    return found


def _compare_hash(view: View, given: str | None) -> None:
    if given is not None and given != view.hash:
        raise SlackError("hash_conflict")
