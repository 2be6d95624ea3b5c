"""Looks at how Frontline is, and tells those who can mend it: each trouble once while it lasts."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import structlog
from sqlalchemy import Connection

from bot.inbox import say_for
from bot.messages.health import gap_message, trouble_message
from bot.say import Say, built
from bot.services import Services
from bot.upkeep.findings import Finding, Kind, concerns, findings
from bot.upkeep.presence import finish_catching_up, is_notable, note_presence
from bot.workspace.access import viewer
from bot.workspace.moods import caretakers
from storage import bridges, health, outbox, workspace
from storage.health import OWN_KEYS
from storage.outbox import OutboxRow

log = structlog.get_logger()

EVERY: Final = timedelta(seconds=30)  # real time
# Who sets a bridge up is told at once what to invite Frontline to; the others hear when it was not done.
PATIENCE: Final = {Kind.ABSENT: timedelta(minutes=10)}
LATELY: Final = timedelta(hours=1)
TROUBLES: Final = "troubles"  # the builders of what is said
GAP: Final = "gap"


class Upkeep:
    """The step that notes whether this replica listens, and looks, every half minute."""

    def __init__(
        self, services: Services, *, is_listening: Callable[[], bool], catch_up: Callable[[], None]
    ) -> None:
        """`catch_up` is called when somebody listens again after a gap."""
        self._services = services
        self._is_listening = is_listening
        self._catch_up = catch_up
        self._next_at: datetime | None = None  # real time

    def step(self) -> bool:
        """Look if it is time. False: it is not."""
        services, real = self._services, self._services.clock.real()
        if self._next_at is not None and real < self._next_at:
            return False
        self.note()
        look(services)
        self._next_at = real + EVERY
        return True

    def note(self) -> None:
        """Note whether this replica listens."""
        services, is_listening = self._services, self._is_listening()
        with services.db.writing() as connection:
            real = services.clock.real()
            is_back = note_presence(connection, services.team_id, real, is_listening=is_listening)
        if is_back:
            self._catch_up()


def look(services: Services) -> None:
    """Compare what is wrong with what was told, and tell what is new. Says nothing to Slack itself."""
    granted = services.slack.granted
    with services.db.writing() as connection:
        team_id, real = services.team_id, services.clock.real()
        health.hold(connection, team_id)
        scopes = None if granted is None else ",".join(sorted(granted))
        if scopes not in (None, health.presence_of(connection, team_id).scopes):
            health.save_presence(connection, team_id, scopes=scopes)
        say = say_for(services, connection, uuid4().hex)
        has_changed = _tell_troubles(connection, say)
        for gap in finish_catching_up(connection, team_id, real):
            if is_notable(gap):
                has_changed = True
                _tell_gap(connection, say, gap.id)
        if has_changed:
            for user_id in workspace.with_home(connection, team_id, _everyone(connection, team_id)):
                say.home(user_id)
    if has_changed:
        services.wake.outbox.set()


def _tell_troubles(connection: Connection, say: Say) -> bool:
    """Tell what has stood long enough untold, and forget what is mended. True: something changed."""
    known = bridges.all_bridges(connection, say.team_id)
    found = {one.subject: one for one in findings(connection, say.team_id, known)}
    noted = {one.subject: one for one in health.troubles_of(connection, say.team_id)}
    mended = noted.keys() - found.keys()
    if mended:
        health.forget_troubles(connection, say.team_id, mended)
        log.info("troubles_mended", subjects=sorted(mended))
    due = []
    for subject, finding in found.items():
        trouble = noted.get(subject)
        if trouble is None:
            health.note_trouble(connection, say.team_id, subject, say.real)
        since_at = trouble.since_at if trouble else say.real
        is_told = trouble is not None and trouble.told_at is not None
        if not is_told and say.real - since_at >= PATIENCE.get(finding.kind, timedelta(0)):
            due.append(finding)
    if due:
        _tell(connection, say, due)
    return bool(mended or found.keys() - noted.keys() or due)


def _tell(connection: Connection, say: Say, due: Sequence[Finding]) -> None:
    """One message a person, of all that she can mend."""
    known = {bridge.id: bridge for bridge in bridges.all_bridges(connection, say.team_id)}
    of_person: dict[str, list[str]] = {}
    for finding in due:
        concerned = [known[one] for one in sorted(finding.bridge_ids)]
        told = _heard(connection, say, finding)
        for user_id in caretakers(connection, say.team_id, *concerned):
            if user_id not in told:
                of_person.setdefault(user_id, []).append(finding.subject)
    for user_id, subjects in sorted(of_person.items()):
        # A trouble is told at one instant only while it lasts.
        key = f"{OWN_KEYS}{subjects[0]}:{say.real.isoformat()}:{user_id}"
        say.direct(key, user_id, built(TROUBLES, subjects=subjects))
    subjects = [finding.subject for finding in due]
    health.mark_told(connection, say.team_id, subjects, say.real)
    log.warning("troubles_told", subjects=subjects, people=len(of_person))


def _heard(connection: Connection, say: Say, finding: Finding) -> set[str | None]:
    """Who was told just now, in answer to her setup, that Frontline can't join the channel."""
    if finding.kind is not Kind.ABSENT:
        return set()
    said = outbox.beginning(connection, say.team_id, f"join:{finding.about}:")
    return {row.user_id for row in said if say.now - row.created_at < LATELY}


def _tell_gap(connection: Connection, say: Say, gap_id: int) -> None:
    for user_id in _everyone(connection, say.team_id):
        say.direct(f"{OWN_KEYS}gap:{gap_id}:{user_id}", user_id, built(GAP, gap=gap_id))


def _everyone(connection: Connection, team_id: str) -> list[str]:
    return caretakers(connection, team_id, *bridges.all_bridges(connection, team_id))


def build_troubles(services: Services, row: OutboxRow) -> Mapping[str, Any]:
    """A `bot.outbox.Builder`: what is wrong still, of what she can mend; nothing where it is mended."""
    assert row.user_id is not None
    with services.db.reading() as connection:
        reader = viewer(connection, services.team_id, row.user_id)
        found = [
            one
            for one in findings(connection, services.team_id, reader.bridges)
            if one.subject in row.payload["subjects"] and concerns(reader, one)
        ]
    return trouble_message(reader, found) if found else {}


def build_gap(services: Services, row: OutboxRow) -> Mapping[str, Any]:
    """A `bot.outbox.Builder`: when nobody listened, and what was caught up; nothing without the right."""
    assert row.user_id is not None
    with services.db.reading() as connection:
        reader = viewer(connection, services.team_id, row.user_id)
        gap = health.gap(connection, int(row.payload["gap"]))
    return gap_message(reader, gap) if gap and reader.may_create_bridges else {}
