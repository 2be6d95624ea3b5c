"""Cards at once: what deserves one gets it exactly once, and it follows the insight."""

from typing import Any

import pytest

from bot.insights import change as details
from bot.insights import saving
from bot.slack import SlackUnclear
from bot.triage.rules import Step
from storage import workspace
from storage.database import Database
from tests.bot.triage.desk import card_of, cards, finish, flagged, merge_into, now, step
from tests.stage import Stage, form, make_stage
from tests.support import ANNA, BEN, GUEST, MARKETING, TEAM, TOM, channel


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database)


def urgent(stage: Stage) -> Any:
    insight = flagged(stage, ANNA)
    details.save_details(stage.services, stage.gesture(), form(urgent=["urgent"]), insight.id)
    return now(stage, insight)


def actions(card: dict[str, Any]) -> list[str]:
    return [
        one["action_id"]
        for block in card["blocks"]
        for one in block.get("elements", [])
        if "action_id" in one
    ]


def test_an_ordinary_insight_gets_no_card(stage: Stage) -> None:
    flagged(stage, ANNA)
    stage.send(seconds=3)
    assert cards(stage) == []


def test_one_that_becomes_urgent_gets_a_card_once_with_its_words_and_buttons(stage: Stage) -> None:
    insight = urgent(stage)
    card = card_of(stage, insight)
    assert "They want 25% off." in str(card) and "*Urgent*" in str(card)
    assert actions(card) == [
        "triage_acknowledge", "triage_take", "triage_done", "triage_decline", "triage_more",
    ]  # fmt: skip
    details.save_details(stage.services, stage.gesture(), form(urgent=[]), insight.id)
    details.save_details(stage.services, stage.gesture(), form(urgent=["urgent"]), insight.id)
    stage.send(seconds=3)
    assert len(cards(stage)) == 1


def test_one_that_is_typed_as_urgent_gets_a_card(stage: Stage) -> None:
    words = form(text="Acme gives 25% off", urgent=["urgent"])
    view = {"private_metadata": f'{{"bridge": {stage.bridge.id}}}'}
    saving.save_new(stage.services, stage.gesture(channel=None), view, words)
    stage.send(seconds=3)
    (card,) = cards(stage)
    assert "Acme gives 25% off" in str(card)


@pytest.mark.parametrize(("threshold", "people", "count"), [(3, 2, 0), (3, 3, 1), (2, 2, 1), (4, 3, 0)])
def test_so_many_supporters_bring_a_card(database: Database, threshold: int, people: int, count: int) -> None:
    stage = make_stage(database, card_threshold=threshold)
    insight = flagged(stage, ANNA)
    assert insight.message_ts
    for user in (BEN, TOM, GUEST)[: people - 1]:
        stage.flag(user, insight.message_ts)
    stage.send(seconds=3)
    assert len(cards(stage)) == count
    assert not count or f"Flagged by {people} people" in str(cards(stage)[0])


def test_the_card_follows_status_supporters_category_and_text(stage: Stage) -> None:
    insight = urgent(stage)
    assert insight.message_ts
    card_of(stage, insight)
    step(stage, insight, Step.TAKE)
    assert "Taken by Mia" in str(card_of(stage, insight))
    stage.flag(TOM, insight.message_ts)
    assert "2 supporters" in str(card_of(stage, insight))
    details.change_category(stage.services, stage.gesture(TOM), insight.id, "competitor")
    assert ":crossed_swords: Competitors" in str(card_of(stage, insight))
    stage.edit(insight.message_ts, "They want 30% off.")
    card = card_of(stage, insight)
    assert "30% off" in str(card) and "25% off" not in str(card)
    finish(stage, now(stage, insight), "New *list* <!here>")
    card = card_of(stage, insight)
    assert "Done, says Mia" in str(card) and "<!here>" not in str(card)
    assert actions(card) == ["triage_more"]
    stage.delete(insight.message_ts)
    card = card_of(stage, insight)
    assert "30% off" not in str(card) and "The message was deleted." in str(card)
    assert len(cards(stage)) == 1


def test_a_withdrawn_and_a_merged_card_have_no_buttons(stage: Stage) -> None:
    one, other = urgent(stage), urgent(stage)
    assert one.message_ts
    card_of(stage, other)
    merge_into(stage, other, f"#{one.number}")
    card = card_of(stage, other)
    assert actions(card) == [] and f"Now part of *#{one.number}*" in str(card)
    stage.unflag(ANNA, one.message_ts)
    assert now(stage, one).status == "withdrawn"
    assert actions(card_of(stage, one)) == []


def test_merging_may_bring_the_whole_a_card(database: Database) -> None:
    stage = make_stage(database, card_threshold=2)
    one, other = flagged(stage, ANNA), flagged(stage, BEN)
    merge_into(stage, other, f"#{one.number}")
    assert "Flagged by 2 people" in str(card_of(stage, one))


def test_a_lost_answer_makes_no_second_card(stage: Stage) -> None:
    stage.slack.lose_answer("chat.postMessage")
    insight = urgent(stage)
    stage.send(seconds=20)
    stage.slack.fail("chat.update", SlackUnclear("TimeoutError"))
    step(stage, insight, Step.TAKE)
    stage.send(seconds=20)
    assert len(cards(stage)) == 1
    assert "Taken by Mia" in str(cards(stage)[0])


@pytest.mark.parametrize("changes", [{"is_shared": True}, {"is_archived": True}])
def test_nothing_is_shown_where_outsiders_read_or_nobody_does(stage: Stage, changes: dict[str, bool]) -> None:
    with stage.services.db.writing() as connection:
        workspace.save_channel(connection, TEAM, channel(MARKETING, **changes), stage.clock.now())
    urgent(stage)
    stage.send(seconds=3)
    assert cards(stage) == []


def test_a_card_in_a_channel_that_is_shared_later_shows_nothing_new(stage: Stage) -> None:
    insight = urgent(stage)
    card_of(stage, insight)
    with stage.services.db.writing() as connection:
        workspace.save_channel(connection, TEAM, channel(MARKETING, is_shared=True), stage.clock.now())
    finish(stage, insight, "secret plan")
    assert "secret plan" not in str(card_of(stage, insight))
