"""The people of a run: they carry out the steps, and remember what they asked Frontline for."""

import copy
import queue
import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from playground.log import Delivery
from playground.model import Message, SlackError
from playground.person import Person
from playground.server import Playground
from playground.views import View
from tests.chaos.plan import CHANNELS, FILLERS, SELLERS, Do, Step

FORM_OPENS: Final = 4.0  # seconds; its trigger lives for three
ANSWERED: Final = 10.0  # seconds
ASKED_WITHIN: Final = 60.0  # seconds
OPEN_FOR: Final = timedelta(days=300)  # longer than any tick goes ahead
IN_SIGHT: Final = 200  # of the newest posts, among which marketing finds an insight to take


@dataclass
class Asked:
    """A command or form, and how it was delivered. `word` stands in its text alone."""

    do: Do
    person: str
    delivery: Delivery
    word: str = ""
    message: int = -1

    @property
    def is_acknowledged(self) -> bool:
        """Whether Slack told the person that it went well."""
        return self.delivery.state == "acked"


@dataclass
class Deeds:
    """What people did, as far as the oracle must know of it."""

    messages: dict[int, Message] = field(default_factory=dict)
    flagged_ever: set[int] = field(default_factory=set)
    asked: list[Asked] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    unopened: int = 0  # forms that did not open; people were told so
    answers: dict[int, str] = field(default_factory=dict)  # who answered a question, by message
    taken: dict[int, Asked] = field(default_factory=dict)  # by the insight's id


class Cast:
    """Carries out steps. Forms go to fillers, each in a thread of its own, since they have to wait."""

    def __init__(self, playground: Playground) -> None:
        self.deeds = Deeds()
        self._playground = playground
        people, channels = playground.workspace.people, playground.workspace.channels
        bot = playground.workspace.bot_user_id
        with playground.workspace.core.silently():
            ids = [people.add(name, name.title()).id for name in (*SELLERS, *FILLERS)]
            tom = people.add("tom", "Tom", is_admin=True).id
            mia = people.add("mia", "Mia").id
            self.sales = []
            for name in CHANNELS:
                channel = channels.add(name, members=[*ids, tom, bot], private=name == CHANNELS[-1])
                self.sales.append(channel.id)
            self.marketing = channels.add("marketing", members=[mia, tom, bot]).id
        self._questions: dict[str, Message] = {}
        self._forms: dict[str, queue.Queue[Step | None]] = {name: queue.Queue() for name in FILLERS}
        self._fillers = [
            threading.Thread(target=self._fill_in, args=(name,), name=name, daemon=True) for name in FILLERS
        ]
        for filler in self._fillers:
            filler.start()

    def carry_out(self, step: Step) -> None:
        """Do it, without waiting for the app."""
        if step.do in (Do.FORM, Do.SAVE):
            self._forms[step.person].put(step)
            return
        if step.do is Do.TAKE:
            self._take(step)
            return
        if step.do is not Do.POST:
            self.deeds.done[step.do] += 1
        self._at_once(step)

    def begin(self) -> None:
        """Before anything goes wrong, marketing plans a meeting and asks a question. TimeoutError."""
        self._plan_meeting()
        self._ask()

    def _plan_meeting(self) -> None:
        """A meeting an hour after the digest, so that a week's tick asks for its topics and reminds of it."""
        tom, people = self._playground.person("tom"), self._playground.person
        tom.command("marketing", "/frontline meeting")
        tom.wait_for(lambda: tom.modal is not None, ASKED_WITHIN)
        values = {
            "meeting_title": "Sales and marketing",
            "weekday": "Monday",
            "time": "10:00",
            "meeting_people": [people("anna").id, people("mia").id],
            "meeting_facilitators": [people("mia").id],
        }
        assert tom.submit(values) == {}
        self._playground.workspace.views.clear(tom.id)

    def _ask(self) -> None:
        """A question in every sales channel."""
        tom = self._playground.person("tom")
        tom.command("marketing", "/frontline ask What do you hear?")
        tom.wait_for(lambda: tom.modal is not None, ASKED_WITHIN)
        until = datetime.now(UTC) + OPEN_FOR
        assert tom.submit({"closes_on": f"{until:%Y-%m-%d}"}) == {}
        for name in CHANNELS:
            self._questions[name] = tom.wait_for_message(name, _is_question, ASKED_WITHIN)

    def chat(self) -> None:
        """Say something that is none of Frontline's business."""
        self._playground.person("mia").post("marketing", "Lunch?", wait=False)

    def finish(self, timeout: float) -> None:
        """Wait until the last form is answered. TimeoutError."""
        for name in FILLERS:
            self._forms[name].put(None)
        for filler in self._fillers:
            filler.join(timeout)
            if filler.is_alive():
                raise TimeoutError(f"{filler.name} still fills in forms after {timeout} s")

    def _at_once(self, step: Step) -> None:
        person, deeds = self._playground.person(step.person), self.deeds
        if step.do is Do.POST:
            if step.root >= 0:
                message = person.reply(deeds.messages[step.root], step.text, wait=False)
            else:
                message = person.post(step.channel, step.text, wait=False)
            deeds.messages[step.message] = message
        elif step.do is Do.ANSWER:
            deeds.flagged_ever.add(step.message)
            deeds.answers[step.message] = step.person
            deeds.messages[step.message] = person.reply(self._questions[step.channel], step.text, wait=False)
        elif step.do is Do.COMMAND:
            delivery = person.command(step.channel, f"/insight {step.text}", wait=False)
            self._asked(step, delivery, word=step.text.split()[5])
        elif step.do is Do.DIGEST:
            self._asked(step, person.command(step.channel, "/frontline digest now", wait=False))
        else:
            self._to_message(person, step, deeds.messages[step.message])

    def _to_message(self, person: Person, step: Step, message: Message) -> None:
        if step.do is Do.FLAG:
            self.deeds.flagged_ever.add(step.message)
            person.react(message, step.emoji, wait=False)
        elif step.do is Do.UNFLAG:
            person.unreact(message, step.emoji, wait=False)
        elif step.do is Do.EDIT:
            person.edit(message, step.text, wait=False)
        else:
            person.delete(message, wait=False)

    def _take(self, step: Step) -> None:
        """*Take* on the newest card of an insight that she has not taken yet, if there is one."""
        person = self._playground.person(step.person)
        for message in reversed(person.sees(step.channel)[-IN_SIGHT:]):
            for block in message.blocks or []:
                if "triage_take" not in str(block):
                    continue
                insight_id = int(block["block_id"].removeprefix("triage-"))
                if insight_id in self.deeds.taken:
                    continue
                self.deeds.done[step.do] += 1
                delivery = person.click(message, "triage_take", block_id=block["block_id"], wait=False)
                self._asked(step, delivery)
                self.deeds.taken[insight_id] = self.deeds.asked[-1]
                return

    def _asked(self, step: Step, delivery: Delivery, word: str = "") -> None:
        self.deeds.asked.append(Asked(step.do, step.person, delivery, word, step.message))
        if step.is_repeated:
            self._playground.dispatcher.send_interaction(
                delivery.kind, delivery.name, copy.deepcopy(delivery.payload), lambda _: None
            )

    # --- forms ---------------------------------------------------------------------------------------------

    def _fill_in(self, name: str) -> None:
        person = self._playground.person(name)
        while (step := self._forms[name].get()) is not None:
            message = self.deeds.messages.get(step.message)
            if message is not None and (message.is_deleted or message.subtype is not None):
                continue
            self.deeds.done[step.do] += 1
            view = self._open(person, step, message)
            if view is None:
                self.deeds.unopened += 1
                continue
            values = person.fill({"text": step.text} if step.do is Do.FORM else {})
            if message is not None:
                self.deeds.flagged_ever.add(step.message)
            delivery = self._playground.interactions.submit(person.user, view, values)
            assert delivery is not None, view.errors
            self._asked(step, delivery, word=step.text.split()[5] if step.text else "")
            delivery.finished.wait(ANSWERED)
            self._playground.workspace.views.clear(person.id)

    def _open(self, person: Person, step: Step, message: Message | None) -> View | None:
        """Open the form; None where it does not open, or shows what is an insight already."""
        wanted = "insight_new" if message is None else "insight_from_message"
        try:
            if message is None:
                person.command(step.channel, "/insight", wait=False)
            else:
                person.shortcut("save_message_as_insight", message, wait=False)
            person.wait_for(lambda: person.modal is not None, FORM_OPENS)
        except (TimeoutError, SlackError):
            self._playground.workspace.views.clear(person.id)
            return None
        view = person.modal
        if view is None or view.body["callback_id"] != wanted:
            self._playground.workspace.views.clear(person.id)
            return None
        return view


def _is_question(message: Message) -> bool:
    payload = (message.metadata or {}).get("event_payload") or {}
    return str(payload.get("key", "")).startswith("question:")
