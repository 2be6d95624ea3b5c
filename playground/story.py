"""The main story, played by itself over the same protocols: what people did, and what everyone would see.

Each step waits for what must come of it; the story ends well only if everything came.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, TextIO

from playground.demo import Demo, StartBot, open_demo
from playground.model import Message
from playground.person import Person
from playground.views import View

PATIENCE: Final = 15.0  # seconds of real time for what must come of a step
MOST_OF_HOME: Final = 12  # lines printed of the home tab


@dataclass(frozen=True)
class Ids:
    """What the bot calls the things that the story presses and fills in."""

    change_category: str
    undo: str
    text_field: str
    customer_field: str
    deal_field: str
    competitor: str  # what the category is called in a select


def lines_of(shown: Message | View) -> list[str]:
    """What a person reads of a message or of the home tab, line by line; buttons and menus in brackets."""
    if isinstance(shown, Message) and not shown.blocks:
        return shown.text.splitlines()
    texts = (text for block in shown.blocks or () for text in _texts(block))
    return [line for text in texts for line in text.splitlines() if line.strip()]


def _texts(block: Mapping[str, Any]) -> Iterator[str]:
    kind = block["type"]
    if kind in {"section", "header"} and "text" in block:
        yield str(block["text"]["text"])
    elif kind == "context":
        yield " ".join(str(one["text"]) for one in block["elements"] if "text" in one)
    elif kind == "rich_text":
        for part in block["elements"]:
            words = "".join(_word(one) for one in part.get("elements", []))
            quoted = part["type"] == "rich_text_quote"
            yield "\n".join(f"│ {line}" for line in words.splitlines()) if quoted else words
    elif kind == "actions":
        yield " ".join(f"[{_label(one)}]" for one in block["elements"])


def _label(element: Mapping[str, Any]) -> str:
    return str((element.get("text") or element.get("placeholder") or {}).get("text", "…"))


def _word(element: Mapping[str, Any]) -> str:
    if element["type"] == "emoji":
        return f":{element['name']}:"
    return str(element.get("text") or element.get("url") or "")


class StoryBroken(Exception):
    """Something that had to happen did not."""


class Teller:
    """Plays steps and prints them."""

    def __init__(self, demo: Demo, language: str, out: TextIO) -> None:
        self.demo = demo
        self.language = language
        self.out = out
        self.steps = 0

    def person(self, name: str) -> Person:
        return self.demo.playground.person(name)

    def does(self, english: str, russian: str) -> None:
        """Say what a person does next."""
        self.steps += 1
        print(f"\n{self.steps}. {russian if self.language == 'ru' else english}", file=self.out)

    def shows(self, person: Person, message: Message) -> None:
        """Say what stands in Slack now."""
        names = {one.id: one.real_name for one in self.demo.playground.workspace.people.all()}
        seen_by = f" ({'только' if self.language == 'ru' else 'only'} {person.user.real_name})"
        who = names.get(message.user or "", "?") + (seen_by if message.ephemeral_for else "")
        print(f"     {who}:", file=self.out)
        self.tells(lines_of(message))
        reactions = " ".join(f":{one.name}: {len(one.users)}" for one in message.reactions)
        if reactions:
            print(f"     {reactions}", file=self.out)

    def tells(self, lines: Sequence[str]) -> None:
        """Print what stands there."""
        for line in lines:
            print(f"       {line}", file=self.out)

    def comes(self, person: Person, channel: str, what: str, matches: Callable[[Message], bool]) -> Message:
        """Wait for a message that must come, and show it."""
        try:
            message = person.wait_for_message(channel, matches, PATIENCE)
        except TimeoutError:
            raise StoryBroken(what) from None
        self.shows(person, message)
        return message

    def holds(self, what: str, condition: Callable[[], bool]) -> None:
        """Wait for something that must become true."""
        try:
            self.person("anna").wait_for(condition, PATIENCE)
        except TimeoutError:
            raise StoryBroken(what) from None


def tell_story(
    start_bot: StartBot,
    manifest: Mapping[str, Any],
    ids: Ids,
    *,
    language: str = "en",
    out: TextIO = sys.stdout,
) -> int:
    """Play the story; 0 only if all of it happened, else 1."""
    with open_demo(start_bot, manifest, language=language) as demo:
        teller = Teller(demo, language, out)
        try:
            _capture(teller, ids)
            _support(teller)
            _command_and_form(teller, ids)
            _edit_and_delete(teller)
            _home(teller)
            _digest(teller)
        except StoryBroken as broken:
            print(f"\n✗ {broken}", file=out)
            return 1
    print(f"\n✓ {'Всё случилось.' if language == 'ru' else 'All of it happened.'}", file=out)
    return 0


def _note_for(person: Person, before: set[str], *words: str) -> Callable[[Message], bool]:
    """Matches a new note that only the person sees and that holds all words."""
    return lambda one: (
        one.ephemeral_for == person.id and one.ts not in before and all(word in one.text for word in words)
    )


def _known(person: Person, channel: str) -> set[str]:
    return {one.ts for one in person.sees(channel)}


def _is_confirmed(message: Message) -> bool:
    return any(reaction.name == "inbox_tray" for reaction in message.reactions)


def _capture(teller: Teller, ids: Ids) -> None:
    anna = teller.person("anna")
    message = teller.demo.seeded.messages["m81"]
    before = _known(anna, "sales-emea")
    teller.does("Anna flags Olga's message with 💡", "Анна отмечает сообщение Ольги флагом 💡")
    anna.react(message, "bulb")
    note = teller.comes(anna, "sales-emea", "no confirmation came", _note_for(anna, before, "#"))
    teller.holds("Frontline did not react to the flagged message", lambda: _is_confirmed(message))
    teller.shows(anna, message)
    teller.does("She files it under Competitors", "Она относит его к конкурентам")
    anna.click(note, ids.change_category, value=ids.competitor)
    label, said = ids.competitor.split(": ")[1], note.text.split(" · ")[0]
    teller.comes(
        anna,
        "sales-emea",
        "the category did not change",
        lambda one: one.ephemeral_for == anna.id and one.text.startswith(said) and label in one.text,
    )


def _support(teller: Teller) -> None:
    clara = teller.person("clara")
    message = teller.demo.seeded.messages["m81"]
    teller.does("Clara flags it too", "Кира тоже ставит флаг")
    before = _known(clara, "sales-emea")
    clara.react(message, "bulb")
    teller.comes(clara, "sales-emea", "her support was not noted", _note_for(clara, before, "#", "2"))
    teller.does("Clara takes her flag back", "Кира снимает свой флаг")
    before = _known(clara, "sales-emea")
    clara.unreact(message, "bulb")
    teller.comes(clara, "sales-emea", "taking it back was not noted", _note_for(clara, before, "#"))


def _command_and_form(teller: Teller, ids: Ids) -> None:
    ben = teller.person("ben")
    line = "/insight Acme gives 25% off until New Year"
    if teller.language == "ru":
        line = "/insight Вектор даёт скидку 25% до Нового года"
    teller.does(f"Ben types {line}", f"Борис пишет {line}")
    before = _known(ben, "sales-smb")
    ben.command("sales-smb", line)
    teller.comes(ben, "sales-smb", "the command was not answered", _note_for(ben, before, "#"))
    teller.does(
        "Ben opens the form with /insight and writes nonsense into «Deal value»",
        "Борис открывает форму командой /insight и пишет чепуху в сумму сделки",
    )
    ben.command("sales-smb", "/insight")
    teller.holds("the form did not open", lambda: ben.modal is not None)
    text = "Они просят офлайн-режим" if teller.language == "ru" else "They ask for an offline mode"
    errors = ben.submit({ids.text_field: text, ids.deal_field: "a lot"})
    if set(errors) != {ids.deal_field}:
        raise StoryBroken("the form did not say what is wrong beside the field")
    print(f"     ⚠ {errors[ids.deal_field]}", file=teller.out)
    teller.does("He corrects it", "Он исправляет")
    before = _known(ben, "sales-smb")
    if ben.submit({ids.deal_field: "80k EUR", ids.customer_field: "Molino"}):
        raise StoryBroken("the corrected form was refused")
    teller.comes(ben, "sales-smb", "the form's insight was not confirmed", _note_for(ben, before, "#"))


def _edit_and_delete(teller: Teller) -> None:
    anna = teller.person("anna")
    first, second = ("Zweitakt takes over Molino", "Zweitakt may take over Molino")
    if teller.language == "ru":
        first, second = ("«Звезда» покупает «Молино»", "«Звезда», возможно, покупает «Молино»")
    teller.does(
        "Anna writes something, flags it, and then edits it", "Анна пишет, отмечает, а потом исправляет"
    )
    message = anna.post("sales-emea", first)
    anna.react(message, "chart_with_upwards_trend")
    teller.holds("it was not captured", lambda: _is_confirmed(message))
    anna.edit(message, second)
    teller.demo.bot.settle()
    if second not in _list_of_mine(teller, anna):
        raise StoryBroken("the edit did not reach the insight")
    teller.does(
        "She deletes it: the words go, the fact stays", "Она удаляет его: слова уходят, факт остаётся"
    )
    anna.delete(message)
    teller.demo.bot.settle()
    if second in _list_of_mine(teller, anna):
        raise StoryBroken("the deleted words are still shown")


def _list_of_mine(teller: Teller, person: Person) -> str:
    """What `/insight mine` shows, words and all."""
    before = _known(person, "sales-emea")
    person.command("sales-emea", "/insight mine")
    shown = teller.comes(person, "sales-emea", "/insight mine was not answered", _note_for(person, before))
    return json.dumps(shown.blocks, ensure_ascii=False)


def _home(teller: Teller) -> None:
    anna = teller.person("anna")
    teller.does("Anna opens the home tab", "Анна открывает вкладку «Главная»")
    anna.home()
    teller.holds("the home tab stayed empty", lambda: anna.home(wait=False) is not None)
    home = anna.home(wait=False)
    assert home is not None
    lines = lines_of(home)
    teller.tells([*lines[:MOST_OF_HOME], *(["…"] if len(lines) > MOST_OF_HOME else [])])


def _digest(teller: Teller) -> None:
    playground, mia = teller.demo.playground, teller.person("mia")
    before = _known(mia, "marketing")
    teller.does("The clock moves on to the next digest", "Часы идут до следующего дайджеста")
    due = teller.demo.bot.next_due(playground.clock.now(), playground.clock.now() + timedelta(days=8))
    if due is None:
        raise StoryBroken("no digest is due within a week")
    playground.move_clock(due)
    bot = playground.workspace.bot_user_id
    head = teller.comes(
        mia,
        "marketing",
        "no digest came",
        lambda one: one.user == bot and one.ts not in before and not one.is_reply,
    )
    teller.comes(
        mia,
        "marketing",
        "the digest has no detail in its thread",
        lambda one: one.is_reply and one.thread_ts == head.ts,
    )
    if [
        one
        for one in playground.workspace.messages.store.all(head.channel)
        if one.notified and one.user == bot
    ]:
        raise StoryBroken("the digest would have pinged somebody")
