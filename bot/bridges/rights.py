"""Who may set up bridges: workspace admins and owners, and the managers they name."""

import json
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final

from sqlalchemy import Connection

from bot.errors import UserError
from bot.i18n import N_
from bot.messages.common import comma
from bot.slacktext import inert_mrkdwn
from bot.workspace.access import Viewer, require_colleague, viewer
from storage import workspace
from storage.bridges import Bridge

MOST_NAMED: Final = 6


def entitled(connection: Connection, team_id: str, user_id: str) -> Viewer:
    """The person, who may set up bridges. Raises UserError that names who may, where she may not."""
    who = viewer(connection, team_id, user_id)
    require_colleague(who)
    if who.may_create_bridges:
        return who
    people = _who_may(connection, team_id, who)
    if not people:
        raise UserError(N_("Bridges are set up by workspace admins and owners, and the managers they name."))
    raise UserError(
        N_(
            "Bridges are set up by workspace admins and owners, and the managers they name. "
            "You could ask: {people}.",
            people=people,
        )
    )


def _who_may(connection: Connection, team_id: str, who: Viewer) -> str:
    managers = [user for bridge in who.bridges for user in bridge.manager_ids]
    ids = list(dict.fromkeys([*managers, *workspace.administrators(connection, team_id)]))
    names = workspace.names(connection, team_id, ids)
    return comma(inert_mrkdwn(names[user], {}, 80) for user in ids[:MOST_NAMED] if user in names)


def managed_bridge(who: Viewer, bridge_id: int | str | None) -> Bridge:
    """The bridge with that id, which `who` may change. Raises UserError for a removed or forged id too."""
    for bridge in who.managed:
        if str(bridge.id) == str(bridge_id):
            return bridge
    raise UserError(N_("This bridge no longer exists, or you may not change it. Open the form again."))


@dataclass(frozen=True)
class FormMemory:
    """What a form must remember between opening and submission: it goes round in `private_metadata`."""

    bridge_id: int | None  # None: a new bridge
    seen: str  # what the form was opened on, as a fingerprint
    language: str  # in which it was shown

    def write(self) -> str:
        return json.dumps([self.bridge_id, self.seen, self.language])


def read_memory(text: str) -> FormMemory:
    """What `FormMemory.write` wrote. Raises UserError for anything else."""
    try:
        bridge_id, seen, language = json.loads(text)
        return FormMemory(None if bridge_id is None else int(bridge_id), str(seen), str(language))
    except (ValueError, TypeError):
        raise UserError(N_("This form can't be read any more. Open it again.")) from None


def fingerprint(*parts: object) -> str:
    """Changes with any of the parts; the same in all processes."""
    return sha256(repr(parts).encode()).hexdigest()[:32]


def bridge_fingerprint(bridge: Bridge) -> str:
    """Of what the bridge's own form shows. Its categories have a form, and a fingerprint, of their own."""
    return fingerprint(replace(bridge, categories=()))


def require_unchanged(memory: FormMemory, now_seen: str) -> None:
    """Raises UserError where somebody else has saved since the form was opened."""
    if memory.seen != now_seen:
        raise UserError(N_("Somebody changed this bridge meanwhile; open the form again."))
