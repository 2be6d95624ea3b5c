"""`/frontline erase …` and the home tab: what would go is shown first, and typed words confirm it.

Insights are erased by those who manage their bridge; whole persons, who may stand in every bridge, by
workspace admins and those who manage all bridges.
"""

import json
import re
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from bot.bridges.rights import fingerprint
from bot.erasure import insight as of_insight
from bot.erasure import person as of_person
from bot.erasure.run import begin_person, erase_one
from bot.errors import FormError, UserError
from bot.gestures import Answer, FormState, Gesture, Open, Reply, Update
from bot.i18n import LANGUAGES, N_, texts
from bot.ids import Field
from bot.inbox import say_for
from bot.messages import erasure as messages
from bot.services import Services
from bot.workspace.access import Viewer, require_colleague, viewer
from storage import erasure, inbox, insights, workspace
from storage.bridges import Bridge
from storage.erasure import PERSON
from storage.insights import Insight

_PERSON: Final = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>|([UW][A-Z0-9]{5,})")
_NUMBER: Final = re.compile(r"#?(\d{1,9})")


@dataclass(frozen=True)
class Target:
    """What is to be erased: an insight by its number, or a person by her id."""

    number: int | None = None
    user_id: str | None = None


def answer_erase(services: Services, gesture: Gesture, words: str) -> Answer:
    """`/frontline erase #142`, `erase @anna`; alone, the form that asks. Raises UserError."""
    with services.db.reading() as connection:
        who = _entitled(connection, services.team_id, gesture.user_id)
        if not words.strip():
            return Open(messages.erase_form(who.texts, people=may_erase_people(who)))
        return Open(_preview(services, connection, who, _read(connection, services.team_id, words.strip())))


def open_erase(services: Services, gesture: Gesture) -> Answer:
    """*Erase…* of the home tab. Raises UserError."""
    return answer_erase(services, gesture, "")


def choose_target(services: Services, gesture: Gesture, form: FormState) -> Answer:
    """The form says what is to be erased: show what would go. Raises FormError, UserError."""
    number, user_id = form.text(Field.ERASE_NUMBER), form.picked(Field.ERASE_PERSON)
    with services.db.reading() as connection:
        who = _entitled(connection, services.team_id, gesture.user_id)
        if (number is None) == (user_id is None):
            raise FormError({Field.ERASE_NUMBER: N_("Name an insight or a person, not both.")})
        if user_id is not None:
            return Update(_preview(services, connection, who, Target(user_id=user_id)))
        found = _NUMBER.fullmatch(number or "")
        if found is None:
            raise FormError({Field.ERASE_NUMBER: N_("Write a number, such as #142.")})
        return Update(_preview(services, connection, who, Target(number=int(found[1]))))


def _entitled(connection: Connection, team_id: str, user_id: str) -> Viewer:
    who = viewer(connection, team_id, user_id)
    require_colleague(who)
    if not who.managed:
        raise UserError(N_("Only workspace admins and managers of a bridge can erase."))
    return who


def may_erase_people(who: Viewer) -> bool:
    """Workspace admins, and those who manage all bridges: what a person left may stand in any of them."""
    return who.is_admin or (bool(who.bridges) and all(who.manages(one) for one in who.bridges))


def _read(connection: Connection, team_id: str, words: str) -> Target:
    if found := _NUMBER.fullmatch(words):
        return Target(number=int(found[1]))
    if person := _PERSON.fullmatch(words):
        return Target(user_id=person[1] or person[2])
    named = workspace.named(connection, team_id, words.removeprefix("@"))
    if len(named) == 1:
        return Target(user_id=named[0])
    if named:
        raise UserError(N_("Several people are called so. Choose one in the form: /frontline erase"))
    raise UserError(N_("Write what to erase: /frontline erase #142, or /frontline erase @name."))


# --- preview -----------------------------------------------------------------------------------------------


def _insight(connection: Connection, who: Viewer, team_id: str, number: int) -> tuple[Insight, Bridge]:
    insight = insights.by_number(connection, team_id, number)
    bridge = next((one for one in who.bridges if insight and one.id == insight.bridge_id), None)
    if insight is None or bridge is None:
        if erasure.number_was_erased(connection, team_id, number):
            raise UserError(N_("#{number} has been erased already.", number=number))
        raise UserError(N_("There is no insight #{number}.", number=number))
    if not who.manages(bridge):
        raise UserError(
            N_("Only the managers of its bridge and workspace admins can erase #{number}.", number=number)
        )
    return insight, bridge


def _counts(services: Services, connection: Connection, who: Viewer, target: Target) -> dict[str, int]:
    """What would go. Raises UserError where there is nothing, or it is not hers to erase."""
    if target.number is not None:
        insight, _bridge = _insight(connection, who, services.team_id, target.number)
        return dict(of_insight.counts_of(connection, [insight]))
    assert target.user_id is not None
    if not may_erase_people(who):
        raise UserError(N_("Only workspace admins, and managers of all bridges, can erase a person."))
    if target.user_id == services.identity.user_id:
        raise UserError(N_("That is me; I can't be erased."))
    if erasure.under_way(connection, services.team_id, kind=PERSON, target=target.user_id) is not None:
        raise UserError(N_("This person is being erased already."))
    counts = dict(of_person.counts_of(connection, services.team_id, target.user_id))
    is_known = workspace.person(connection, services.team_id, target.user_id) is not None
    if not is_known and not any(counts.values()):
        raise UserError(N_("I know nobody of that name, and nothing of theirs is stored."))
    return counts


def _preview(
    services: Services, connection: Connection, who: Viewer, target: Target, *, has_changed: bool = False
) -> dict[str, object]:
    counts = _counts(services, connection, who, target)
    names = workspace.names(connection, services.team_id, [target.user_id] if target.user_id else [])
    name = names.get(target.user_id or "", target.user_id or "")
    seen = _seen(counts)
    metadata = json.dumps([target.number, target.user_id, seen])
    preview = messages.Preview(
        target.number, name, counts, messages.confirm_word(who.texts), metadata, has_changed
    )
    return messages.preview_form(who.texts, preview)


def _seen(counts: dict[str, int]) -> str:
    return fingerprint(sorted((kind, number) for kind, number in counts.items() if number))


def is_confirmed(form: FormState) -> bool:
    """Whether the word stands there, in any language."""
    words = {messages.confirm_word(texts(one)).casefold() for one in LANGUAGES}
    return (form.text(Field.CONFIRM) or "").casefold() in words


# --- erasing -----------------------------------------------------------------------------------------------


def confirm(services: Services, gesture: Gesture, metadata: str, form: FormState) -> Answer:
    """Erase what the preview showed, if it is that still. Raises FormError, UserError."""
    target, seen = _read_metadata(metadata)
    with services.db.writing() as connection:
        who = _entitled(connection, services.team_id, gesture.user_id)
        _ = who.texts
        if not is_confirmed(form):
            raise FormError({Field.CONFIRM: N_("Nothing was erased. Write the word that stands above.")})
        if not inbox.first_time(connection, gesture.key, services.clock.now()):
            return Reply({"text": _done(who, target)})
        counts = _counts(services, connection, who, target)
        if _seen(counts) != seen:
            return Update(_preview(services, connection, who, target, has_changed=True))
        say = say_for(services, connection, gesture.key)
        if target.number is not None:
            insight, bridge = _insight(connection, who, services.team_id, target.number)
            erase_one(connection, say, insight, bridge, gesture.user_id)
        else:
            assert target.user_id is not None
            begin_person(connection, say, target.user_id, gesture.user_id)
        for user_id in workspace.with_home(connection, services.team_id, [gesture.user_id]):
            say.home(user_id)
        return Reply({"text": _done(who, target)})


def _done(who: Viewer, target: Target) -> str:
    if target.number is not None:
        return messages.insight_is_erased(who.texts, target.number)
    return messages.person_is_being_erased(who.texts)


def _read_metadata(metadata: str) -> tuple[Target, str]:
    try:
        number, user_id, seen = json.loads(metadata)
        target = Target(None if number is None else int(number), None if user_id is None else str(user_id))
        if (target.number is None) == (target.user_id is None):
            raise ValueError
    except (ValueError, TypeError):
        raise UserError(N_("This form can't be read any more. Open it again.")) from None
    return target, str(seen)
