"""A bridge's lists of competitors, customers and products: their form, and names offered for them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection

from bot.analysis.unknown import keys_of
from bot.bridges.rights import entitled, fingerprint, managed_bridge
from bot.errors import FormError, UserError
from bot.gestures import Answer, Done, FormState, Gesture, Open, Update
from bot.i18n import N_, Message
from bot.inbox import say_for
from bot.messages.bridges import bridge_list
from bot.messages.lists import KINDS, LIMIT, ListsStart, block_of, lists_form
from bot.services import Services
from bot.stems import stems
from bot.workspace.access import Viewer
from storage import analysis, inbox, workspace
from storage.analysis import ListedName, Unknown
from storage.bridges import Bridge
from storage.rows import lock

OFTEN: Final = 3  # insights in which an unknown name stood
LATELY: Final = timedelta(days=60)
MOST_OFFERED: Final = 5
NAME_LIMIT: Final = 200
MOST_ALIASES: Final = 20
Entry = tuple[str, str, tuple[str, ...]]  # kind, name, aliases


@dataclass(frozen=True)
class _Memory:
    """What the form remembers between opening and submission."""

    bridge_id: int
    seen: str
    turn: int

    def write(self) -> str:
        return json.dumps([self.bridge_id, self.seen, self.turn])


def _read(text: str) -> _Memory:
    try:
        bridge_id, seen, turn = json.loads(text)
        return _Memory(int(bridge_id), str(seen), int(turn))
    except (ValueError, TypeError):
        raise UserError(N_("This form can't be read any more. Open it again.")) from None


def answer_lists(services: Services, gesture: Gesture, _rest: str) -> Answer:
    """`/frontline lists`: the form of the bridge at hand; several and none at hand: the list of bridges."""
    with services.db.reading() as connection:
        who = entitled(connection, services.team_id, gesture.user_id)
        if not who.managed:
            raise UserError(N_("There is no bridge yet: */frontline setup* makes one."))
        here = [
            bridge
            for bridge in who.managed
            if gesture.channel_id in {*bridge.sales_channel_ids, bridge.marketing_channel_id}
        ]
        if not here and len(who.managed) > 1:
            return Open(bridge_list(who.texts, who.managed, may_create=who.may_create_bridges))
        return Open(_form(services, connection, who, (here or list(who.managed))[0]))


def open_lists(services: Services, gesture: Gesture, bridge_id: str) -> Answer:
    """The form, from the bridge's own. Raises UserError."""
    with services.db.reading() as connection:
        who = entitled(connection, services.team_id, gesture.user_id)
        return Open(_form(services, connection, who, managed_bridge(who, bridge_id)))


def _form(services: Services, connection: Connection, who: Viewer, bridge: Bridge) -> dict[str, Any]:
    listed = analysis.names_of(connection, bridge.id)
    return lists_form(
        who.texts,
        ListsStart(
            bridge_id=bridge.id,
            bridge_name=bridge.name,
            texts={kind: written(listed, kind) for kind in KINDS},
            unknown=unknown_of(services, connection, bridge),
            metadata=_Memory(bridge.id, _seen(listed), 0).write(),
        ),
    )


def unknown_of(services: Services, connection: Connection, bridge: Bridge) -> list[Unknown]:
    """The names that are offered for the bridge's lists."""
    since = services.clock.now() - LATELY
    return analysis.unknown_names(connection, bridge.id, since, least=OFTEN, limit=MOST_OFFERED)


def _seen(listed: Sequence[ListedName]) -> str:
    return fingerprint([(one.kind, one.name, tuple(one.aliases)) for one in listed])


def written(listed: Sequence[ListedName], kind: str) -> str:
    """A list as it is typed, one entry a line."""
    return "\n".join(
        one.name + (f" = {', '.join(one.aliases)}" if one.aliases else "")
        for one in listed
        if one.kind == kind
    )


def save_lists(services: Services, gesture: Gesture, form: FormState, metadata: str) -> Answer:
    """Replace the bridge's lists. Raises UserError (no right, changed meanwhile) or FormError."""
    memory = _read(metadata)
    with services.db.writing() as connection:
        lock(connection, "bridges", services.team_id)
        is_first = inbox.first_time(connection, gesture.key, services.clock.now())
        who = entitled(connection, services.team_id, gesture.user_id)
        bridge = managed_bridge(who, memory.bridge_id)
        if not is_first:
            return Done()
        if _seen(analysis.names_of(connection, bridge.id)) != memory.seen:
            raise UserError(N_("Somebody changed this bridge meanwhile; open the form again."))
        entries = read_lists(
            {kind: form.text(block_of(kind, memory.turn)) or "" for kind in KINDS}, memory.turn
        )
        analysis.save_names(connection, bridge.id, entries)
        _forget_offers(connection, bridge.id, entries)
        _show_home(services, connection, gesture)
        return Done()


def read_lists(typed: Mapping[str, str], turn: int) -> list[Entry]:
    """The entries of all fields. Raises FormError with the first fault of each field, beside it."""
    faults: dict[str, Message] = {}
    entries: list[Entry] = []
    taken: set[str] = set()
    for kind, text in typed.items():
        for line in filter(None, (" ".join(line.split()) for line in text.splitlines())):
            name, _sign, behind = (part.strip() for part in line.partition("="))
            aliases = tuple(dict.fromkeys(one for part in behind.split(",") if (one := part.strip())))
            fault = _fault(line, name, aliases) or _clash(taken, name, aliases)
            if fault is not None:
                faults.setdefault(block_of(kind, turn), fault)
            else:
                entries.append((kind, name, aliases))
    if faults:
        raise FormError(faults)
    return entries


def _fault(line: str, name: str, aliases: Sequence[str]) -> Message | None:
    if not name:
        return N_("Write a name in front of the = in “{line}”.", line=line[:60])
    if max(map(len, (name, *aliases))) > NAME_LIMIT or len(aliases) > MOST_ALIASES:
        return N_(
            "“{line}” is too long: at most {limit} characters a name, and {most} other names.",
            line=line[:60],
            limit=NAME_LIMIT,
            most=MOST_ALIASES,
        )
    wrong = next((one for one in (name, *aliases) if len("".join(stems(one))) < 2), None)
    if wrong is not None:
        return N_("“{name}” is too short to be recognised.", name=wrong[:60])
    return None


def _clash(taken: set[str], name: str, aliases: Sequence[str]) -> Message | None:
    """A spelling can belong to one entry only; `taken` learns those of this one."""
    own = {one.casefold(): one for one in (name, *aliases)}
    again = next((one for folded, one in own.items() if folded in taken), None)
    taken |= set(own)
    return None if again is None else N_("“{name}” stands in the lists twice.", name=again[:60])


# --- names that no list knows ------------------------------------------------------------------------------


def add_unknown(services: Services, gesture: Gesture, value: str) -> Answer:
    """Put a name on a list, from the home tab. Raises UserError."""
    bridge_id, kind, key = _parts(value, 3)
    with services.db.writing() as connection:
        lock(connection, "bridges", services.team_id)
        who = entitled(connection, services.team_id, gesture.user_id)
        bridge = managed_bridge(who, bridge_id)
        if inbox.first_time(connection, gesture.key, services.clock.now()):
            shown = _offered(connection, bridge, key)
            listed = analysis.names_of(connection, bridge.id)
            if len(written(listed, kind)) + len(shown) + 1 > LIMIT:
                raise UserError(N_("That list is full; take something out in */frontline lists* first."))
            analysis.add_name(connection, bridge.id, kind, shown)
            analysis.forget_names(connection, bridge.id, [key])
            _show_home(services, connection, gesture)
    return Done()


def ignore_unknown(services: Services, gesture: Gesture, value: str) -> Answer:
    """Never offer a name again. Raises UserError."""
    bridge_id, key = _parts(value, 2)
    with services.db.writing() as connection:
        who = entitled(connection, services.team_id, gesture.user_id)
        bridge = managed_bridge(who, bridge_id)
        if inbox.first_time(connection, gesture.key, services.clock.now()):
            _offered(connection, bridge, key)
            analysis.ignore_name(connection, bridge.id, key)
            _show_home(services, connection, gesture)
    return Done()


def add_in_form(
    services: Services, gesture: Gesture, view: Mapping[str, Any], form: FormState, value: str
) -> Answer:
    """Write a name into its field of the form; what was typed there stays, and saving is still to come."""
    bridge_id, kind, key = _parts(value, 3)
    with services.db.reading() as connection:
        who = entitled(connection, services.team_id, gesture.user_id)
        bridge = managed_bridge(who, bridge_id)
        shown = _offered(connection, bridge, key)
        return _again(services, connection, who, bridge, view, form, {kind: shown}, key)


def ignore_in_form(
    services: Services, gesture: Gesture, view: Mapping[str, Any], form: FormState, value: str
) -> Answer:
    """Never offer a name again; what was typed in the form stays."""
    ignore_unknown(services, gesture, value)
    bridge_id, key = _parts(value, 2)
    with services.db.reading() as connection:
        who = entitled(connection, services.team_id, gesture.user_id)
        bridge = managed_bridge(who, bridge_id)
        return _again(services, connection, who, bridge, view, form, {}, key)


def _again(
    services: Services,
    connection: Connection,
    who: Viewer,
    bridge: Bridge,
    view: Mapping[str, Any],
    form: FormState,
    more: Mapping[str, str],
    key: str,
) -> Answer:
    memory = _read(str(view.get("private_metadata") or ""))
    typed = {kind: form.text(block_of(kind, memory.turn)) or "" for kind in KINDS}
    for kind, name in more.items():
        typed[kind] = f"{typed[kind]}\n{name}".strip()[:LIMIT]
    known = keys_of(line.partition("=")[0] for text in typed.values() for line in text.splitlines())
    unknown = [
        one for one in unknown_of(services, connection, bridge) if one.key != key and one.key not in known
    ]
    turn = memory.turn + 1
    start = ListsStart(
        bridge_id=bridge.id,
        bridge_name=bridge.name,
        texts=typed,
        unknown=unknown,
        turn=turn,
        metadata=_Memory(bridge.id, memory.seen, turn).write(),
    )
    return Update(lists_form(who.texts, start))


def _parts(value: str, count: int) -> list[str]:
    parts = value.split(":", count - 1)
    if len(parts) != count or (count == 3 and parts[1] not in KINDS):
        raise UserError(N_("This name is no longer offered."))
    return parts


def _offered(connection: Connection, bridge: Bridge, key: str) -> str:
    """How an offered name is written. Raises UserError for one that is gone or made up."""
    shown = analysis.seen_as(connection, bridge.id, key)
    if shown is None:
        raise UserError(N_("This name is no longer offered."))
    return shown


def _forget_offers(connection: Connection, bridge_id: int, entries: Sequence[Entry]) -> None:
    names = [name for _kind, first, aliases in entries for name in (first, *aliases)]
    analysis.forget_names(connection, bridge_id, keys_of(names))


def _show_home(services: Services, connection: Connection, gesture: Gesture) -> None:
    if workspace.with_home(connection, services.team_id, [gesture.user_id]):
        say_for(services, connection, gesture.key).home(gesture.user_id)
