"""A post that a workspace refuses for its newest block goes out once, in a plainer form."""

from typing import Any

import pytest
from slack_sdk.models.blocks import SectionBlock

from bot.outbox import send_one
from bot.slack import SlackRefused
from bot.variants import plainest, with_plainer
from bot.workers import BUILDERS
from storage.database import Database
from tests.stage import Stage, make_stage
from tests.support import ANNA, MARKETING, SALES, say

CHART = {"type": "data_visualization", "title": "What came in"}
PLAIN = [SectionBlock(text="2 insights")]
MESSAGE = with_plainer({"text": "Digest", "blocks": [CHART]}, PLAIN)


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database)


def post(stage: Stage, key: str, message: dict[str, Any] = MESSAGE) -> None:
    with stage.services.db.writing() as connection:
        say(stage.services, connection).post(key, MARKETING, message)
    stage.clock.pass_time(seconds=2)
    assert send_one(stage.services, BUILDERS)


def shown(stage: Stage) -> list[str]:
    return [one["blocks"][0]["type"] for one in stage.slack.posts(MARKETING)]


def test_where_the_block_is_known_the_richest_form_goes_out(stage: Stage) -> None:
    post(stage, "a")
    assert shown(stage) == ["data_visualization"]
    assert "plainer" not in stage.slack.posts(MARKETING)[0]


def test_where_it_is_refused_the_plainer_form_goes_out_once_and_that_is_remembered(stage: Stage) -> None:
    stage.slack.fail("chat.postMessage", SlackRefused("invalid_blocks"))
    post(stage, "a")
    assert shown(stage) == ["section"]
    before = stage.slack.calls.count("chat.postMessage")
    post(stage, "b")
    assert shown(stage) == ["section", "section"]
    assert stage.slack.calls.count("chat.postMessage") == before + 1
    stage.clock.pass_time(days=8)
    post(stage, "c")
    assert shown(stage)[-1] == "data_visualization"


def test_a_refusal_of_the_plainest_form_too_is_the_posts_own_fault(stage: Stage) -> None:
    stage.slack.fail("chat.postMessage", SlackRefused("invalid_blocks"), times=2)
    post(stage, "a")
    assert shown(stage) == []
    assert [row["state"] for row in stage.rows("outbox")] == ["parked"]


def test_a_plainer_form_whose_answer_was_lost_is_not_sent_again(stage: Stage) -> None:
    stage.slack.fail("chat.postMessage", SlackRefused("invalid_blocks"))
    stage.slack.lose_answer("chat.postMessage")
    post(stage, "a")
    stage.send(seconds=20)
    assert shown(stage) == ["section"]


def test_a_deletion_reaches_the_quotes_in_every_form(stage: Stage) -> None:
    ts = stage.slack.say(SALES, ANNA, "secret plan")
    stage.flag(ANNA, ts)
    insight = stage.insight(ts)
    quote = {"type": "rich_text", "block_id": f"quote-{insight.number}", "elements": ["secret plan"]}
    message = {"text": "Digest", "blocks": [CHART, quote], "plainer": [[quote]]}
    with stage.services.db.writing() as connection:
        say(stage.services, connection).post("a", MARKETING, message, quoted=[insight.id])
    stage.delete(ts)
    assert "secret" not in str([row["payload"] for row in stage.rows("outbox")])


def test_the_plainest_form_is_the_last(stage: Stage) -> None:
    assert plainest(MESSAGE)["blocks"][0]["type"] == "section"
    assert plainest({"text": "x", "blocks": []}) == {"text": "x", "blocks": []}
