"""Whatever happens, a notice reaches all those and only those whom it concerns, once, where they may read it.

What is expected is reckoned here from what people did, not from what Frontline stored.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.triage.notices import WAIT
from bot.triage.rules import Step
from storage import workspace
from storage.database import Database
from tests.bot.triage.desk import finish, now, step
from tests.fakeslack import key_of
from tests.handlers.everything import Snapshot
from tests.stage import Stage, make_stage
from tests.support import ANNA, BEN, GUEST, MIA, SALES, SALES_2, STRANGER, TEAM, TOM, channel, person

PEOPLE = (ANNA, BEN, GUEST, STRANGER, TOM)
ACTORS = (MIA, TOM)  # members of the marketing channel; Tom flags as well
MESSAGES = 3
CHANNELS = st.fixed_dictionaries(
    {"is_private": st.booleans(), "is_shared": st.booleans(), "is_archived": st.booleans()}
)
Reached = Counter[tuple[str, int]]  # a person and an insight's number, and how often

people, messages = st.sampled_from(PEOPLE), st.integers(0, MESSAGES - 1)
# Happenings: a name of a method of World and what it is given.
HAPPENINGS = st.one_of(
    st.tuples(st.just("flag"), people, messages),
    st.tuples(st.just("flag"), people, messages),
    st.tuples(st.just("unflag"), people, messages),
    st.tuples(st.just("act"), st.sampled_from(ACTORS), messages, st.sampled_from(Step)),
    st.tuples(st.just("act"), st.sampled_from(ACTORS), messages, st.sampled_from(Step)),
    st.tuples(st.just("leave"), people, st.sampled_from([SALES, SALES_2])),
    st.tuples(st.just("go"), people),
    st.tuples(st.just("wish"), people, st.sampled_from(["all", "outcome", "off"])),
    st.tuples(st.just("wait")),
)
FLAGGERS = st.lists(
    st.lists(people, unique=True, min_size=2, max_size=4), min_size=MESSAGES, max_size=MESSAGES
)
LEAVERS = st.lists(st.tuples(people, st.sampled_from([SALES, SALES_2])), max_size=4)
ENDINGS = st.lists(
    st.sampled_from([Step.TAKE, Step.DONE, Step.DECLINE]), min_size=MESSAGES, max_size=MESSAGES
)


@dataclass
class Said:
    """A message, and what became of it as those who took part know it."""

    channel_id: str
    ts: str
    flagged: list[str] = field(default_factory=list)  # the reporter first
    status: str | None = None
    by: str = ""
    news: int = 0  # counts what there is to be told
    is_due: bool = False
    told: dict[str, int] = field(default_factory=dict)


@dataclass
class World:
    """The stage, and the same world as it is reckoned here."""

    stage: Stage
    channels: dict[str, dict[str, Any]]
    members: dict[str, set[str]]
    said: list[Said]
    gone: set[str] = field(default_factory=set)
    wishes: dict[str, str] = field(default_factory=dict)
    seen: int = 0

    # --- what happens ------------------------------------------------------------------------------------

    def flag(self, user: str, number: int) -> None:
        one = self.said[number]
        if user not in self.members[one.channel_id] or user in self.gone:
            return
        self.stage.flag(user, one.ts, channel=one.channel_id)
        if user != STRANGER and user not in one.flagged:  # people of other organisations are not heard
            one.flagged.append(user)

    def unflag(self, user: str, number: int) -> None:
        one = self.said[number]
        if user in one.flagged[1:] and user not in self.gone and user in self.members[one.channel_id]:
            self.stage.unflag(user, one.ts, channel=one.channel_id)
            one.flagged.remove(user)

    def act(self, user: str, number: int, what: Step) -> None:
        one = self.said[number]
        if not one.flagged or user in self.gone or (one.status and not what.needs_outcome):
            return
        insight = now(self.stage, self.stage.insight(one.ts, one.channel_id))
        self.stage.clock.pass_time(seconds=1)
        if what.needs_outcome:
            finish(self.stage, insight, "We looked into it", what, user)
        else:
            step(self.stage, insight, what, user)
        if what is Step.ACKNOWLEDGE:
            one.status = one.status or None
            return
        one.status, one.by, one.news, one.is_due = what.value, user, one.news + 1, True

    def leave(self, user: str, channel_id: str) -> None:
        self.members[channel_id].discard(user)
        with self.stage.services.db.writing() as connection:
            workspace.set_member(connection, TEAM, channel_id, user, is_in=False)

    def go(self, user: str) -> None:
        self.gone.add(user)
        with self.stage.services.db.writing() as connection:
            workspace.save_person(connection, TEAM, person(user, is_deleted=True), self.stage.clock.now())

    def wish(self, user: str, word: str) -> None:
        self.wishes[user] = word
        with self.stage.services.db.writing() as connection:
            workspace.save_notices(connection, TEAM, user, word)

    # --- what is told ------------------------------------------------------------------------------------

    def wait(self) -> None:
        """Time passes; what is told now must be what is expected."""
        self.stage.clock.pass_time(seconds=WAIT.total_seconds())
        self.stage.ring()
        self.stage.send(seconds=8)
        expected, in_thread = self._expected()
        reached, mentioned = self._reached()
        assert reached == expected
        assert mentioned == in_thread

    def _expected(self) -> tuple[Reached, set[tuple[str, int]]]:
        told, in_thread = Reached(), set()
        for number, one in enumerate(self.said):
            if not one.is_due:
                continue
            one.is_due = False
            for user in one.flagged:
                wish = self.wishes.get(user, "all")
                wants = wish == "all" or (wish == "outcome" and one.status != Step.TAKE)
                if user == one.by or user in self.gone or not wants or one.told.get(user) == one.news:
                    continue
                one.told[user] = one.news
                told[user, number] += 1
                known = self.channels[one.channel_id]
                if user in self.members[one.channel_id] and not (known["is_shared"] or known["is_archived"]):
                    in_thread.add((user, number))
        return told, in_thread

    def _reached(self) -> tuple[Reached, set[tuple[str, int]]]:
        """Who was told of which since the last look: by name in a thread, or directly."""
        reached, mentioned = Reached(), set()
        place_of = {self._number(one): number for number, one in enumerate(self.said) if one.flagged}
        notices = [
            (place, post)
            for place in self.stage.slack.standing
            for post in self.stage.slack.posts(place)
            if key_of(post).startswith("notice:")
        ]
        notices.sort(key=lambda one: str(one[1]["ts"]))
        for place, post in notices[self.seen :]:
            found = re.search(r"#(\d+)", str(post["text"]))
            assert found is not None
            number = place_of[int(found[1])]
            if place.startswith("D"):
                reached["U" + place[1:], number] += 1
                continue
            assert (place, post["thread_ts"]) == (self.said[number].channel_id, self.said[number].ts)
            for user in re.findall(r"<@(\w+)>", str(post["text"])):
                reached[user, number] += 1
                mentioned.add((user, number))
        self.seen = len(notices)
        return reached, mentioned

    def _number(self, one: Said) -> int:
        return self.stage.insight(one.ts, one.channel_id).number


def make_world(database: Database, first: dict[str, Any], second: dict[str, Any]) -> World:
    stage = make_stage(database)
    channels = {SALES: first, SALES_2: second}
    members = {SALES: {*PEOPLE}, SALES_2: {BEN, GUEST, TOM}}
    with stage.services.db.writing() as connection:
        for channel_id, known in channels.items():
            workspace.save_channel(connection, TEAM, channel(channel_id, **known), stage.clock.now())
            workspace.replace_members(connection, TEAM, channel_id, sorted(members[channel_id]))
    said = [
        Said(place, stage.slack.say(place, BEN, f"Heard {number}"))
        for number, place in enumerate((SALES, SALES_2, SALES))
    ]
    return World(stage, channels, members, said)


@pytest.fixture
def empty(database: Database) -> Snapshot:
    return Snapshot(database)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CHANNELS, CHANNELS, FLAGGERS, st.lists(HAPPENINGS, max_size=20), ENDINGS, LEAVERS, ENDINGS)
def test_a_notice_reaches_those_it_concerns_once_and_nobody_else(
    database: Database,
    empty: Snapshot,
    first: dict[str, Any],
    second: dict[str, Any],
    flaggers: list[list[str]],
    happenings: list[tuple[Any, ...]],
    first_steps: list[Step],
    leavers: list[tuple[str, str]],
    last_steps: list[Step],
) -> None:
    empty.put_back()
    world = make_world(database, first, second)
    for number, users in enumerate(flaggers):
        for user in users:
            world.flag(user, number)
    for number, what in enumerate(first_steps):
        world.act(MIA, number, what)
    for happening, *about in happenings:
        getattr(world, happening)(*about)
    for one in leavers:
        world.leave(*one)
    for number, what in enumerate(last_steps):
        world.act(MIA, number, what)
    world.wait()
