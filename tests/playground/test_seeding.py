"""Both stories go into a workspace whole, in order, before now, and without a word to the bot."""

from datetime import UTC, datetime, timedelta

import pytest

from playground import seeding
from playground.clock import MovableClock
from playground.model import AppEvent
from playground.workspace import Workspace

EARLY = datetime(2026, 5, 4, 5, 30, tzinfo=UTC)
LATE = datetime(2026, 5, 6, 20, 0, tzinfo=UTC)


@pytest.mark.parametrize("now", [EARLY, LATE])
@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_story_is_sown(language: str, now: datetime) -> None:
    workspace = Workspace(MovableClock(now))
    events: list[AppEvent] = []
    workspace.core.on_event = events.append
    story = seeding.load(language)
    seeded = seeding.sow(workspace, story)
    assert events == []
    assert len(seeded.messages) == len(story["messages"])
    assert all(one.ts < str(now.timestamp() + 1) for one in seeded.messages.values())
    for message in seeded.messages.values():
        if message.thread_ts:
            assert message.thread_ts < message.ts
    flags = list(seeding.flags(seeded))
    assert flags == sorted(flags, key=lambda one: one.message.ts)
    assert all(not one.message.reaction(one.name) for one in flags)
    assert seeded.tour
    assert min(one.ts for one in seeded.messages.values()) > str((now - timedelta(days=16)).timestamp())
