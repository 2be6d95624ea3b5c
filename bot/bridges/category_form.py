"""A bridge's categories in their form: named, added, retired and brought back, all faults at once."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from bot.analysis.cues import read_cues
from bot.bridges.categories import BUILT_IN, OTHER, category_name
from bot.bridges.emoji import read_named_emoji
from bot.bridges.rights import (
    FormMemory,
    entitled,
    fingerprint,
    managed_bridge,
    read_memory,
    require_unchanged,
)
from bot.errors import FormError
from bot.gestures import Answer, Done, FormState, Gesture, Open
from bot.i18n import N_, Message, Texts, texts
from bot.insights.rules import CONFIRMATION
from bot.messages.categories import (
    NEW_FIELDS,
    ShownCategory,
    back_blocks,
    category_form,
    line_block,
    new_block,
)
from bot.services import Services
from bot.stems import stems
from storage import bridges, inbox
from storage.bridges import Bridge, Category
from storage.rows import lock

NAME_LIMIT: Final = 60
KEY_LIMIT: Final = 40
MOST_ACTIVE: Final = 20
MOST_CUES: Final = 40  # of a category
_LATIN: Final = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        [
            "a",
            "b",
            "v",
            "g",
            "d",
            "e",
            "e",
            "zh",
            "z",
            "i",
            "y",
            "k",
            "l",
            "m",
            "n",
            "o",
            "p",
            "r",
            "s",
            "t",
            "u",
            "f",
            "kh",
            "ts",
            "ch",
            "sh",
            "shch",
            "",
            "y",
            "",
            "e",
            "yu",
            "ya",
        ],
        strict=True,
    )
)


def open_categories(services: Services, gesture: Gesture, bridge_id: str) -> Answer:
    """The form, on top of the bridge's own. Raises UserError."""
    with services.db.reading() as connection:
        who = entitled(connection, services.team_id, gesture.user_id)
        bridge = managed_bridge(who, bridge_id)
    memory = FormMemory(bridge.id, _seen(bridge), who.language)
    active = [_shown(one, who.texts) for one in bridge.active_categories]
    return Open(
        category_form(who.texts, active, [_shown(one, who.texts) for one in _retired(bridge)], memory.write())
    )


def save_category_form(services: Services, gesture: Gesture, form: FormState, metadata: str) -> Answer:
    """Change the categories. Raises UserError (no right, gone, changed meanwhile) or FormError."""
    memory = read_memory(metadata)
    with services.db.writing() as connection:
        lock(connection, "bridges", services.team_id)
        is_first = inbox.first_time(connection, gesture.key, services.clock.now())
        who = entitled(connection, services.team_id, gesture.user_id)
        bridge = managed_bridge(who, memory.bridge_id)
        if is_first:
            require_unchanged(memory, _seen(bridge))
            kinds = _checked(bridge, form, texts(memory.language))
            bridges.save_categories(connection, services.team_id, bridge.id, kinds)
    return Done()


def _retired(bridge: Bridge) -> list[Category]:
    return [one for one in bridge.categories if one.is_retired]


def _seen(bridge: Bridge) -> str:
    return fingerprint(bridge.id, bridge.categories)


def _shown(category: Category, _: Texts) -> ShownCategory:
    return ShownCategory(category.key, category_name(category, _), category.emoji, category.cues or "")


@dataclass(frozen=True)
class _Line:
    """A category as the form wants it, and the field in which that stands."""

    block: str
    category: Category
    name: str  # as it is shown


def _checked(bridge: Bridge, form: FormState, _: Texts) -> list[Category]:
    """The categories as the form wants them. Raises FormError with every fault."""
    faults: dict[str, Message] = {}
    lines: list[_Line] = []
    retired: list[Category] = []
    for category in bridge.active_categories:
        block = line_block(category.key)
        text = form.text(block)
        if text is None and category.key == OTHER:
            faults[block] = N_("This one can't be retired: what has no category of its own goes there.")
        elif text is None:
            retired.append(replace(category, is_retired=True))
        else:
            _read_line(block, text, category, _, lines, faults)
    back, still_retired = _brought_back(bridge, form)
    taken = {one.key for one in bridge.categories}
    for block in map(new_block, range(NEW_FIELDS)):
        text = form.text(block)
        if text is not None:
            blank = Category("", None, "", 0, is_retired=False)
            _read_line(block, text, blank, _, lines, faults)
    lines += [_Line(block, replace(one, is_retired=False), category_name(one, _)) for block, one in back]
    faults = dict(_clashes(bridge, lines, [*retired, *still_retired], _)) | faults
    if len(lines) > MOST_ACTIVE:
        faults.setdefault(lines[-1].block, N_("At most {limit} categories, please.", limit=MOST_ACTIVE))
    if faults:
        raise FormError(faults)
    kept = [replace(line.category, key=line.category.key or _key_for(line.name, taken)) for line in lines]
    # What has no category of its own stays last.
    kept.sort(key=lambda one: one.key == OTHER)
    return [replace(one, position=place) for place, one in enumerate([*kept, *retired, *still_retired])]


def _read_line(
    block: str, text: str, category: Category, _: Texts, lines: list[_Line], faults: dict[str, Message]
) -> None:
    read = read_named_emoji(text)
    if read is None:
        faults[block] = N_("Begin with an emoji, as in :fire: Hot topics.")
        return
    emoji, line = read
    name, _sign, typed = (part.strip() for part in line.partition("="))
    cues = read_cues(typed)
    if not name:
        faults[block] = N_("Write a name behind the emoji.")
    elif len(name) > NAME_LIMIT:
        faults[block] = N_("At most {limit} characters, please.", limit=NAME_LIMIT)
    elif len(cues) > MOST_CUES or any(not stems(cue) or len(cue) > NAME_LIMIT for cue in cues):
        faults[block] = N_(
            "Behind the = at most {limit} words or phrases, with commas between.", limit=MOST_CUES
        )
    elif emoji == CONFIRMATION:
        faults[block] = N_(":{emoji}: is Frontline's own sign; choose another.", emoji=CONFIRMATION)
    else:
        # A name that ships with Frontline stays in each reader's language.
        ships = category.key in BUILT_IN and name == _.say(BUILT_IN[category.key][0])
        kept = replace(category, name=None if ships else name, emoji=emoji, cues=", ".join(cues) or None)
        lines.append(_Line(block, kept, name))


def _brought_back(bridge: Bridge, form: FormState) -> tuple[list[tuple[str, Category]], list[Category]]:
    """The retired categories that were ticked, each with its field, and those that were not."""
    retired = _retired(bridge)
    ticked = {key: block for block in back_blocks(len(retired)) for key in form.options(block)}
    back = [(ticked[one.key], one) for one in retired if one.key in ticked]
    return back, [one for one in retired if one.key not in ticked]


def _clashes(
    bridge: Bridge, lines: Iterable[_Line], retired: Iterable[Category], _: Texts
) -> Iterator[tuple[str, Message]]:
    """Two with the same emoji or name: the fault stands beside the later one."""
    emoji: dict[str, str] = {}
    names = {category_name(one, _).casefold(): None for one in retired if one.name or one.key in BUILT_IN}
    active: set[str] = set()
    for line in lines:
        own = line.category.emoji
        if own in bridge.flag_emoji:
            yield line.block, N_(":{emoji}: is a flag of this bridge without a category already.", emoji=own)
        elif own in emoji:
            yield (
                line.block,
                N_(":{emoji}: belongs to the category “{category}” already.", emoji=own, category=emoji[own]),
            )
        emoji.setdefault(own, line.name)
        spoken = line.name.casefold()
        if spoken in active:
            yield line.block, N_("There is a category “{name}” already.", name=line.name)
        elif spoken in names and not line.category.key:
            yield (
                line.block,
                N_("“{name}” is retired; bring it back below instead of adding it anew.", name=line.name),
            )
        active.add(spoken)


def _key_for(name: str, taken: set[str]) -> str:
    """A key that stays with the category whatever it is called later; `taken` learns it."""
    latin = "".join(_LATIN.get(letter, letter) for letter in name.lower())
    plain = unicodedata.normalize("NFKD", latin).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:KEY_LIMIT] or "category"
    key, number = slug, 2
    while key in taken:
        key = f"{slug[: KEY_LIMIT - len(str(number)) - 1]}_{number}"
        number += 1
    taken.add(key)
    return key
