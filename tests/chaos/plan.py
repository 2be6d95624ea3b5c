"""What people do in a run, and when things break: all of it decided beforehand, by the seed alone."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

SELLERS: Final = ("anna", "ben", "cleo", "dan", "eva", "fred")
FILLERS: Final = ("gus", "hana", "ivan")  # they fill in forms, one at a time each
CHANNELS: Final = ("sales", "sales-north", "sales-key")  # the last one is private
FLAGS: Final = ("bulb", "bulb", "bulb", "rage", "crossed_swords", "pray")
WITHIN_REACH: Final = 40  # messages that people still react to
SPELL: Final = 10.0  # seconds during which Slack's Web API takes ten to answer
REPEATED: Final = 0.2  # of commands and forms, delivered once more


class Do(StrEnum):
    """What a step does. Those up to DIGEST are gestures, and counted."""

    FLAG = "flag"
    UNFLAG = "unflag"
    EDIT = "edit"
    DELETE = "delete"
    COMMAND = "command"
    FORM = "form"
    SAVE = "save message"
    ANSWER = "answer to a question"
    TAKE = "take"
    DIGEST = "digest now"
    POST = "post"
    KILL = "SIGKILL"
    STOP = "SIGTERM"
    FREEZE = "SIGSTOP"
    CUT = "sockets cut"
    REFRESH = "sockets refreshed"
    SILENCE = "sockets silenced"
    SLOW = "slow Web API"
    TICK = "tick"


SOCKETS: Final = (Do.CUT, Do.REFRESH, Do.SILENCE)  # what can't befall HTTP
GESTURES: Final = tuple(Do)[: tuple(Do).index(Do.DIGEST) + 1]


@dataclass(frozen=True)
class Step:
    """One thing that happens. `message` counts the run's messages from 0."""

    do: Do
    person: str = ""
    message: int = -1
    root: int = -1  # of a POST: the message that it answers
    channel: str = ""
    emoji: str = ""
    text: str = ""
    is_repeated: bool = False
    replica: int = 0
    seconds: float = 0.0  # how long it lasts, or until the process is started again
    times: int = 1


@dataclass
class _Message:
    number: int
    author: str
    channel: str
    is_reply: bool
    version: int = 0
    flags: set[tuple[str, str]] = field(default_factory=set)
    is_deleted: bool = False


def token(number: int, version: int) -> str:
    """A word that stands in one wording of one message alone, so that its text can be found anywhere."""
    return f"tok{number:06d}v{version}"


def plan(seed: int, gestures: int, replicas: int, kills: int, ticks: int = 8) -> list[Step]:
    """The steps of a run."""
    dice = random.Random(seed)
    steps = list(_Story(dice).tell(gestures))
    for step in _troubles(dice, replicas, kills, ticks):
        steps.insert(dice.randrange(len(steps) // 20, len(steps)), step)
    return steps


def _troubles(dice: random.Random, replicas: int, kills: int, ticks: int) -> Iterator[Step]:
    # Beyond a lease only where another replica can take over what the sleeper holds.
    naps = (1.0, 4.0, 12.0) if replicas > 1 else (1.0, 3.0)
    for number in range(kills):
        yield Step(Do.KILL, replica=dice.randrange(replicas), seconds=dice.choice((0.0, 0.2, 1.0, 2.0)))
        if number % 4 == 0:
            yield Step(Do.STOP, replica=dice.randrange(replicas), seconds=0.2)
            yield Step(Do.FREEZE, replica=dice.randrange(replicas), seconds=dice.choice(naps))
        if number % 3 == 0:
            yield Step(Do.CUT)
            yield Step(Do.REFRESH)
        if number % 10 == 9:
            yield Step(Do.SILENCE)
            yield Step(Do.SLOW, seconds=SPELL)
    for number in range(ticks):
        # Every other one is killed on the way, and some run twice at once.
        seconds = dice.uniform(1.0, 4.0) if number % 2 else 0.0
        yield Step(Do.TICK, seconds=seconds, times=1 + number % 3 // 2)


class _Story:
    """Tells what people do, and keeps in mind what they have done."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._messages: list[_Message] = []
        self._said = 0

    def tell(self, gestures: int) -> Iterator[Step]:
        kinds = {Do.FLAG: 42, Do.UNFLAG: 12, Do.EDIT: 10, Do.DELETE: 3, Do.COMMAND: 16, Do.FORM: 7}
        weights = {**kinds, Do.SAVE: 7, Do.DIGEST: 3, Do.ANSWER: 8, Do.TAKE: 3}
        done = 0
        while done < gestures:
            if len(self._messages) < 5 or self._dice.random() < 0.4:
                yield self._post()
            kind = self._dice.choices(list(weights), list(weights.values()))[0]
            step = self._gesture(kind)
            if step is not None:
                done += 1
                yield step

    def _post(self) -> Step:
        author, channel, root = self._dice.choice(SELLERS), self._dice.choice(CHANNELS), -1
        roots = [one for one in self._reachable() if not one.is_reply]
        if roots and self._dice.random() < 0.3:
            answered = self._dice.choice(roots)
            channel, root = answered.channel, answered.number
        message = _Message(len(self._messages), author, channel, is_reply=root >= 0)
        self._messages.append(message)
        words = f"The customer says {token(message.number, 0)} and wants it cheaper"
        return Step(Do.POST, author, message.number, root, channel, text=words)

    def _reachable(self) -> list[_Message]:
        return [one for one in self._messages[-WITHIN_REACH:] if not one.is_deleted]

    def _gesture(self, kind: Do) -> Step | None:
        if kind is Do.COMMAND:
            return Step(
                kind,
                self._dice.choice(SELLERS),
                channel=self._place(),
                text=self._words(),
                is_repeated=self._is_repeated(),
            )
        if kind is Do.FORM:
            return Step(
                kind,
                self._dice.choice(FILLERS),
                channel=self._place(),
                text=self._words(),
                is_repeated=self._is_repeated(),
            )
        if kind is Do.DIGEST:
            return Step(kind, "tom", channel="marketing", is_repeated=self._is_repeated())
        if kind is Do.TAKE:
            return Step(kind, "mia", channel="marketing", is_repeated=self._is_repeated())
        if kind is Do.ANSWER:
            return self._answer()
        message = self._dice.choice(self._reachable())
        if kind is Do.SAVE:
            return Step(kind, self._dice.choice(FILLERS), message.number, is_repeated=self._is_repeated())
        if kind is Do.FLAG:
            return self._flag(message)
        if kind is Do.UNFLAG:
            flagged = [one for one in self._reachable() if one.flags]
            return self._unflag(self._dice.choice(flagged)) if flagged else None
        if kind is Do.EDIT:
            message.version += 1
            words = f"The customer now says {token(message.number, message.version)}"
            return Step(kind, message.author, message.number, text=words)
        message.is_deleted = True
        return Step(kind, message.author, message.number)

    def _answer(self) -> Step:
        """A reply in the thread that Frontline opened in the channel with a question."""
        message = _Message(
            len(self._messages), self._dice.choice(SELLERS), self._dice.choice(CHANNELS), is_reply=True
        )
        self._messages.append(message)
        words = f"I hear {token(message.number, 0)} all the time"
        return Step(Do.ANSWER, message.author, message.number, channel=message.channel, text=words)

    def _flag(self, message: _Message) -> Step | None:
        flag = self._dice.choice(SELLERS), self._dice.choice(FLAGS)
        if flag in message.flags:
            return None
        message.flags.add(flag)
        return Step(Do.FLAG, flag[0], message.number, emoji=flag[1])

    def _unflag(self, message: _Message) -> Step:
        flag = self._dice.choice(sorted(message.flags))
        message.flags.remove(flag)
        return Step(Do.UNFLAG, flag[0], message.number, emoji=flag[1])

    def _words(self) -> str:
        self._said += 1
        return f"Acme gives a discount of say{self._said:06d} until New Year"

    def _place(self) -> str:
        return self._dice.choice(CHANNELS)

    def _is_repeated(self) -> bool:
        return self._dice.random() < REPEATED
