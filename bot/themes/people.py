"""What people do with themes: look at one, name it, merge, split, and take an insight out.

What they decide is remembered: a name stays, and what was taken apart is never joined again by Frontline.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from bot.errors import FormError, UserError
from bot.gestures import Answer, Done, FormState, Gesture, Open, Reply, id_in
from bot.i18n import N_
from bot.ids import Field
from bot.inbox import say_for
from bot.insights.change import may_see
from bot.insights.words import names_in
from bot.messages import themes as messages
from bot.say import Say
from bot.services import Services
from bot.themes.joining import retitle, title_for
from bot.workspace.access import Viewer, require_colleague, viewer
from storage import inbox, insights, themes, workspace
from storage.bridges import Bridge
from storage.insights import Insight
from storage.rows import lock
from storage.themes import Theme

LONGEST_TITLE: Final = 70  # characters
_GONE: Final = N_("This theme no longer exists, or you may not see it.")


@dataclass(frozen=True)
class Found:
    """A theme as one person sees it."""

    reader: Viewer
    bridge: Bridge
    theme: Theme
    seen: Sequence[Insight]  # the members that she may see, newest first

    @property
    def worded(self) -> list[int]:
        return [one.id for one in self.seen if one.text_removed_at is None]

    @property
    def may_change(self) -> bool:
        return self.reader.is_marketer_of(self.bridge) or self.reader.manages(self.bridge)


def show_theme(services: Services, gesture: Gesture, number: int) -> Answer:
    """The theme of the insight with that number. Raises UserError where there is none."""
    with services.db.reading() as connection:
        reader = viewer(connection, services.team_id, gesture.user_id)
        require_colleague(reader)
        insight = insights.by_number(connection, services.team_id, number)
        theme = themes.of_insight(connection, insight.id) if insight else None
        found = _seen(connection, reader, theme)
        if insight is None or found is None or insight.id not in {one.id for one in found.seen}:
            raise UserError(N_("#{number} belongs to no theme yet, or you may not see it.", number=number))
        return _page(services, connection, found)


def open_theme(services: Services, gesture: Gesture, value: str | None) -> Answer:
    """*Open theme*, of a digest. Raises UserError."""
    with services.db.reading() as connection:
        reader = viewer(connection, services.team_id, gesture.user_id)
        require_colleague(reader)
        found = _seen(connection, reader, themes.by_id(connection, id_in(value)))
        if found is None:
            raise UserError(_GONE)
        return _page(services, connection, found)


def answer_theme(services: Services, gesture: Gesture, rest: str) -> Answer:
    """`/frontline theme #142`. Raises UserError."""
    number = rest.strip().removeprefix("#").strip()
    if not number.isdecimal() or len(number) > 9:
        raise UserError(N_("Name an insight of the theme: `/frontline theme #142`"))
    return show_theme(services, gesture, int(number))


def pull_out(services: Services, gesture: Gesture, value: str | None) -> Answer:
    """*Take out*: the insight belongs to no theme, and never joins these again by itself."""
    theme_id, insight_id = _pair(value)
    with services.db.writing() as connection:
        found = _changeable(services, connection, gesture, theme_id)
        say = say_for(services, connection, gesture.key)
        inside = {one.id for one in found.seen}
        if insight_id in inside and inbox.first_time(connection, gesture.key, services.clock.now()):
            _take_apart(connection, say, found, [insight_id], gesture.user_id)
        still = _seen(connection, found.reader, themes.by_id(connection, theme_id))
        if still is None:
            return Reply(messages.gone(found.reader.texts), replaces=True)
        return _page(services, connection, still, replaces=True)


def open_rename(services: Services, gesture: Gesture, value: str | None) -> Answer:
    """The form for the theme's name."""
    with services.db.reading() as connection:
        found = _changeable(services, connection, gesture, id_in(value))
        title = title_for(connection, services.team_id, found.theme, found.worded)
        return Open(messages.rename_form(found.reader.texts, found.theme, title.text))


def save_rename(services: Services, gesture: Gesture, metadata: str, form: FormState) -> Answer:
    """Call the theme as the person says; left empty, by its members' words again. Raises FormError."""
    name = " ".join((form.text(Field.THEME_NAME) or "").split())
    if len(name) > LONGEST_TITLE:
        raise FormError({Field.THEME_NAME: N_("At most 70 characters.")})
    with services.db.writing() as connection:
        found = _changeable(services, connection, gesture, id_in(metadata))
        if inbox.first_time(connection, gesture.key, services.clock.now()):
            themes.name(connection, found.theme.id, name)
            retitle(connection, services.team_id, found.theme.id)
        return Done()


def open_merge(services: Services, gesture: Gesture, value: str | None) -> Answer:
    """The form that asks for an insight of the other theme."""
    with services.db.reading() as connection:
        found = _changeable(services, connection, gesture, id_in(value))
        return Open(messages.merge_form(found.reader.texts, found.theme))


def save_merge(services: Services, gesture: Gesture, metadata: str, form: FormState) -> Answer:
    """Let the insight named, and all of its theme, belong to this theme. Raises FormError."""
    with services.db.writing() as connection:
        found = _changeable(services, connection, gesture, id_in(metadata))
        other = _named(services, connection, found, form.text(Field.THEME_OTHER))
        if inbox.first_time(connection, gesture.key, services.clock.now()):
            say = say_for(services, connection, gesture.key)
            others = themes.of_insight(connection, other.id)
            moved = themes.members(connection, others.id) if others else [other]
            themes.forget_partings(connection, [one.id for one in moved], [one.id for one in found.seen])
            for one in moved:
                themes.join(connection, found.theme.id, one.id, say.now)
                insights.record(connection, one.id, say.now, gesture.user_id, "theme_joined")
            if others is not None:
                themes.remove(connection, others.id)
            themes.decide(connection, [found.theme.id])
            retitle(connection, services.team_id, found.theme.id)
        return Done()


def open_split(services: Services, gesture: Gesture, value: str | None) -> Answer:
    """The form that asks which insights are about something else."""
    with services.db.reading() as connection:
        found = _changeable(services, connection, gesture, id_in(value))
        names = names_in(connection, services.team_id, [one.text for one in found.seen])
        return Open(messages.split_form(found.reader.texts, found.theme, found.seen, names))


def save_split(services: Services, gesture: Gesture, metadata: str, form: FormState) -> Answer:
    """Let the chosen insights be a theme of their own. Raises FormError."""
    with services.db.writing() as connection:
        found = _changeable(services, connection, gesture, id_in(metadata))
        inside = {one.id for one in found.seen}
        chosen = [int(one) for one in form.options(Field.THEME_MEMBERS) if one.isdecimal()]
        chosen = [one for one in chosen if one in inside]
        if not chosen:
            raise FormError({Field.THEME_MEMBERS: N_("Choose at least one insight.")})
        if inbox.first_time(connection, gesture.key, services.clock.now()):
            say = say_for(services, connection, gesture.key)
            _take_apart(connection, say, found, chosen, gesture.user_id)
        return Done()


def _take_apart(connection: Connection, say: Say, found: Found, chosen: Sequence[int], user_id: str) -> None:
    """The chosen ones leave the theme, two and more of them for a theme of their own."""
    stay = [one.id for one in themes.members(connection, found.theme.id) if one.id not in chosen]
    new_id = themes.start(connection, found.bridge.id, say.now) if len(chosen) > 1 else None
    for insight_id in chosen:
        themes.part(connection, insight_id, stay)
        insights.record(connection, insight_id, say.now, user_id, "theme_left")
        if new_id is None:
            themes.leave(connection, insight_id)
        else:
            themes.join(connection, new_id, insight_id, say.now)
    themes.decide(connection, [found.theme.id, *([] if new_id is None else [new_id])])
    if len(stay) < 2:
        themes.remove(connection, found.theme.id)
    for theme_id in (found.theme.id, new_id):
        if theme_id is not None:
            retitle(connection, say.team_id, theme_id)


def _named(services: Services, connection: Connection, found: Found, text: str | None) -> Insight:
    number = (text or "").strip().removeprefix("#").strip()
    if not number.isdecimal() or len(number) > 9:
        raise FormError({Field.THEME_OTHER: N_("Write a number, such as #142.")})
    other = insights.by_number(connection, services.team_id, int(number))
    known = other is not None and other.bridge_id == found.bridge.id
    if other is None or not known or not may_see(connection, found.reader, other, found.bridge):
        raise FormError(
            {Field.THEME_OTHER: N_("There is no insight #{number} in this bridge.", number=int(number))}
        )
    if other.id in {one.id for one in found.seen}:
        raise FormError({Field.THEME_OTHER: N_("#{number} is in this theme already.", number=other.number)})
    return other


def _changeable(services: Services, connection: Connection, gesture: Gesture, theme_id: int) -> Found:
    """The theme, held, for one who may change it. Raises UserError."""
    reader = viewer(connection, services.team_id, gesture.user_id)
    require_colleague(reader)
    theme = themes.by_id(connection, theme_id)
    if theme is not None:
        lock(connection, "themes", str(theme.bridge_id))
    found = _seen(connection, reader, theme)
    if found is None:
        raise UserError(_GONE)
    if not found.may_change:
        raise UserError(N_("Only marketing can change themes."))
    return found


def _seen(connection: Connection, reader: Viewer, theme: Theme | None) -> Found | None:
    """The theme with the members that the reader may see; None: none of them."""
    bridge = next((one for one in reader.bridges if theme and one.id == theme.bridge_id), None)
    if theme is None or bridge is None:
        return None
    everyone = themes.members(connection, theme.id)
    if not reader.sees_all_of(bridge):
        everyone = [one for one in everyone if may_see(connection, reader, one, bridge)]
    return Found(reader, bridge, theme, everyone) if everyone else None


def _page(services: Services, connection: Connection, found: Found, *, replaces: bool = False) -> Answer:
    team_id = services.team_id
    names = dict(names_in(connection, team_id, [one.text for one in found.seen]))
    names |= workspace.names(connection, team_id, {one.author_id for one in found.seen if one.author_id})
    title = title_for(connection, team_id, found.theme, found.worded)
    shown = messages.Shown(
        found.theme.id, title.text, found.bridge, found.seen, names, found.reader.time_zone
    )
    return Reply(messages.page(found.reader.texts, shown, may_change=found.may_change), replaces=replaces)


def _pair(value: str | None) -> tuple[int, int]:
    theme, _, insight = (value or "").partition(":")
    return id_in(theme), id_in(insight)
