"""What happened while Frontline was not connected is made up for, through the same path as live events."""

from collections.abc import Iterator

import pytest

from bot.catchup import CatchUp
from playground.model import Message
from storage import catchup, insights
from storage.insights import Insight
from tests.frontline import Scene, scene


@pytest.fixture(scope="module")
def stage() -> Iterator[Scene]:
    with scene() as running:
        yield running


def kept(stage: Scene, message: Message) -> Insight | None:
    services = stage.frontline.services
    with services.db.reading() as connection:
        return insights.by_message(connection, services.team_id, message.channel, message.ts)


def catch_up(stage: Scene) -> None:
    """One whole catching up, in this thread."""
    services = stage.frontline.services
    one = CatchUp(services, days=14, calls_a_minute=60_000)
    one.begin()

    def is_done() -> bool:
        stage.bot.settle()
        one.work_one()
        with services.db.reading() as connection:
            return catchup.left(connection, services.team_id) == 0

    while not is_done():
        pass
    stage.bot.settle()


def test_flags_edits_deletions_and_unflags_of_a_gap_are_found(stage: Scene) -> None:
    flagged_before = stage.anna.post("sales", "flagged before, unflagged in the gap")
    edited = stage.anna.post("sales", "first wording")
    deleted = stage.anna.post("sales", "to be deleted")
    for message in (flagged_before, edited, deleted):
        stage.anna.react(message, "bulb")
    stage.bot.settle()
    root = stage.anna.post("sales", "a thread")
    with stage.playground.workspace.core.silently():
        plain = stage.anna.post("sales", "flagged in the gap")
        reply = stage.ben.reply(root, "a reply flagged in the gap")
        stage.ben.react(plain, "rage")
        stage.anna.react(reply, "bulb")
        stage.anna.unreact(flagged_before, "bulb")
        stage.anna.edit(edited, "second wording")
        stage.anna.delete(deleted)
    stage.bot.settle()
    assert kept(stage, plain) is None
    catch_up(stage)
    found = kept(stage, plain)
    assert found is not None and (found.category, found.reporter_id) == ("complaint", stage.ben.id)
    in_thread = kept(stage, reply)
    assert in_thread is not None and in_thread.text == "a reply flagged in the gap"
    assert getattr(kept(stage, flagged_before), "status", None) == "withdrawn"
    assert getattr(kept(stage, edited), "text", None) == "second wording"
    assert getattr(kept(stage, edited), "first_text", None) == "first wording"
    assert getattr(kept(stage, deleted), "text_removed_at", None) is not None


def test_what_a_person_undid_in_frontline_stays_undone(stage: Scene) -> None:
    message = stage.anna.post("sales", "undone in Frontline")
    stage.anna.react(message, "bulb")
    note = stage.notes(stage.anna)[-1]
    stage.anna.click(note, "insight_undo")
    stage.bot.settle()
    catch_up(stage)
    assert getattr(kept(stage, message), "status", None) == "withdrawn"


def test_the_text_of_a_withdrawn_insight_follows_what_happened_in_a_gap(stage: Scene) -> None:
    edited = stage.anna.post("sales", "withdrawn, then edited")
    deleted = stage.anna.post("sales", "withdrawn, then deleted")
    for message in (edited, deleted):
        stage.anna.react(message, "bulb")
        stage.bot.settle()
        stage.anna.unreact(message, "bulb")
        stage.bot.settle()
    with stage.playground.workspace.core.silently():
        stage.anna.edit(edited, "edited after it was withdrawn")
        stage.anna.delete(deleted)
    catch_up(stage)
    for message, text in ((edited, "edited after it was withdrawn"), (deleted, "")):
        insight = kept(stage, message)
        assert insight is not None and (insight.status, insight.text) == ("withdrawn", text)


def test_catching_up_twice_finds_nothing_new(stage: Scene) -> None:
    message = stage.anna.post("sales", "seen live")
    stage.anna.react(message, "bulb")
    stage.bot.settle()
    catch_up(stage)
    before = len(stage.notes(stage.anna))
    catch_up(stage)
    assert len(stage.notes(stage.anna)) == before
    insight = kept(stage, message)
    assert insight is not None and insight.supporter_count == 1


def test_a_long_gap_is_paged(stage: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.comparing.PAGE", 3)
    with stage.playground.workspace.core.silently():
        messages = [stage.anna.post("sales", f"message {number} of a long gap") for number in range(10)]
        for message in messages:
            stage.anna.react(message, "bulb")
    catch_up(stage)
    assert all(kept(stage, message) is not None for message in messages)


def test_a_rate_limit_only_makes_it_slower(stage: Scene) -> None:
    with stage.playground.workspace.core.silently():
        message = stage.anna.post("sales", "found after a 429")
        stage.anna.react(message, "bulb")
    stage.playground.faults.add("ratelimit", "conversations.history", times=1, seconds=1)
    catch_up(stage)
    assert kept(stage, message) is not None
