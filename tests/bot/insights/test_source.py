"""Edits are followed and keep the first wording; a deletion takes the words out everywhere."""

from collections.abc import Iterable
from typing import Any

import pytest

from bot.i18n import texts
from bot.inbox import Incoming
from bot.messages.common import message
from bot.messages.insights import quote_block
from bot.slack import SlackRefused
from storage import outbox, workspace
from storage.database import Database
from storage.insights import Insight
from tests.stage import Stage, make_stage
from tests.support import ANNA, BEN, MARKETING, SALES, TEAM, TOM, say

WORD = "zebrafish"


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database)


def flagged(stage: Stage, text: str = WORD, **more: Any) -> str:
    ts = stage.slack.say(SALES, BEN, text, **more)
    stage.flag(ANNA, ts)
    return ts


# --- edits -------------------------------------------------------------------------------------------------


def test_an_edit_updates_the_text_and_the_first_wording_is_kept(stage: Stage) -> None:
    ts = flagged(stage, "first")
    stage.clock.pass_time(minutes=5)
    for text in ("second", "third"):
        stage.edit(ts, text)
    insight = stage.insight(ts)
    assert (insight.text, insight.first_text, insight.edited_at) == ("third", "first", stage.clock.now())


def test_an_empty_first_wording_stays_the_first(stage: Stage) -> None:
    ts = flagged(stage, "")
    for text in ("second", "third"):
        stage.edit(ts, text)
    assert (stage.insight(ts).text, stage.insight(ts).first_text) == ("third", "")


def test_unfurled_links_and_reply_counters_are_no_edits(stage: Stage) -> None:
    ts = flagged(stage, "same")
    stage.edit(ts, "same")
    assert (stage.insight(ts).first_text, stage.insight(ts).edited_at) == (None, None)


def test_edits_that_come_out_of_order_end_with_the_words_that_stand(stage: Stage) -> None:
    ts = flagged(stage, "first")
    stage.slack.edit(SALES, ts, "second")
    stage.slack.edit(SALES, ts, "third")
    for number in (2, 1):
        stage.hear(Incoming("message_changed", f"edit {number}", SALES, ts))
        stage.work()
    assert (stage.insight(ts).text, stage.insight(ts).first_text) == ("third", "first")


def test_a_withdrawn_insight_follows_too(stage: Stage) -> None:
    ts = flagged(stage, "first")
    stage.unflag(ANNA, ts)
    stage.edit(ts, "second")
    assert stage.insight(ts).text == "second"


def test_an_edit_where_frontline_can_not_look_any_more_changes_nothing(stage: Stage) -> None:
    ts = flagged(stage, "first")
    stage.slack.fail("reactions.get", SlackRefused("channel_not_found"))
    stage.edit(ts, "second")
    assert stage.insight(ts).text == "first"


# --- deletions ---------------------------------------------------------------------------------------------


def quote(stage: Stage, insights: Iterable[Insight], key: str, **more: Any) -> int | None:
    """A post that quotes them."""
    blocks = [quote_block(texts("en"), one, {}) for one in insights]
    with stage.services.db.writing() as connection:
        quoted = [one.id for one in insights]
        return say(stage.services, connection).post(
            key, MARKETING, message("digest", blocks), quoted=quoted, **more
        )


def shown(stage: Stage) -> str:
    return str([stage.slack.posts(channel) for channel in stage.slack.standing])


def test_a_deletion_takes_the_words_out_everywhere_and_keeps_the_fact(stage: Stage) -> None:
    ts, other = flagged(stage, f"{WORD} one"), flagged(stage, "okapi")
    stage.edit(ts, f"{WORD} two")
    both = [stage.insight(ts), stage.insight(other)]
    head = quote(stage, both, "sent")
    stage.send(seconds=2)
    quote(stage, both, "page", parent_id=head)
    stage.send()
    quote(stage, both, "waits for its channel's pace")
    stage.send()
    assert WORD in stage.everything()
    assert len(stage.slack.posts(MARKETING)) == 2

    stage.delete(ts)
    assert WORD not in stage.everything()
    stage.send(seconds=5)
    assert WORD not in shown(stage) and WORD not in stage.everything()
    assert shown(stage).count("The message was deleted.") == 3
    assert shown(stage).count("okapi") == 3
    insight = stage.insight(ts)
    assert (insight.text, insight.first_text, insight.number) == ("", None, 1)
    assert insight.text_removed_at is not None
    assert {row["state"] for row in stage.rows("outbox")} == {"sent"}


def test_a_deletion_reaches_a_post_whose_fate_is_unknown(stage: Stage) -> None:
    """Posted, its answer lost; then the words are deleted; then the post is found."""
    ts = flagged(stage)
    stage.slack.lose_answer("chat.postMessage")
    quote(stage, [stage.insight(ts)], "lost")
    stage.send()
    assert WORD in shown(stage)
    stage.delete(ts)
    stage.send(seconds=20)
    assert WORD not in shown(stage)


def test_a_deletion_reaches_a_post_that_was_given_up_in_doubt(stage: Stage) -> None:
    ts = flagged(stage)
    stage.slack.lose_answer("chat.postMessage")
    stage.slack.fail("conversations.history", SlackRefused("not_in_channel"))
    quote(stage, [stage.insight(ts)], "lost")
    stage.send(seconds=15)
    stage.delete(ts)
    with stage.services.db.writing() as connection:
        outbox.unpark(connection, stage.clock.real())
    stage.send(seconds=5)
    assert WORD not in shown(stage) and len(stage.slack.posts(MARKETING)) == 1


def test_a_post_that_was_never_sent_goes_out_without_the_words(stage: Stage) -> None:
    ts = flagged(stage)
    stage.slack.fail("chat.postMessage", SlackRefused("not_in_channel"))
    quote(stage, [stage.insight(ts)], "parked")
    stage.send()
    stage.delete(ts)
    with stage.services.db.writing() as connection:
        outbox.unpark(connection, stage.clock.real())
    stage.send(seconds=5)
    assert WORD not in shown(stage) and "The message was deleted." in shown(stage)


def test_a_post_that_is_gone_needs_no_redaction(stage: Stage) -> None:
    ts = flagged(stage)
    quote(stage, [stage.insight(ts)], "sent")
    stage.send()
    (posted,) = stage.slack.posts(MARKETING)
    stage.slack.delete(MARKETING, posted["ts"])
    stage.delete(ts)
    stage.send(seconds=5)
    assert {row["state"] for row in stage.rows("outbox")} == {"sent"}


def test_a_tombstone_is_a_deletion(stage: Stage) -> None:
    """Deleted with replies below it: an edit to a tombstone is what Slack may send."""
    ts = flagged(stage)
    stage.slack.say(SALES, TOM, "reply", thread_ts=ts)
    stage.slack.delete(SALES, ts)
    stage.hear(Incoming("message_changed", "tombstone", SALES, ts))
    stage.work()
    assert stage.insight(ts).text_removed_at is not None


def test_words_do_not_come_back(stage: Stage) -> None:
    """An edit delivered after the deletion, and a flag set on what is gone."""
    ts = flagged(stage)
    stage.delete(ts)
    stage.slack.standing[SALES][ts] = {"ts": ts, "user": BEN, "text": WORD}
    stage.hear(Incoming("message_changed", "late edit", SALES, ts))
    stage.flag(TOM, ts)
    stage.work()
    assert WORD not in stage.everything()
    assert stage.supporters(stage.insight(ts)) == {ANNA, TOM}


def test_home_tabs_follow_a_deletion(stage: Stage) -> None:
    ts = flagged(stage)
    with stage.services.db.writing() as connection:
        workspace.home_was_opened(connection, TEAM, ANNA, stage.clock.now())
        say(stage.services, connection).home(ANNA)
    stage.send()
    assert WORD in str(stage.slack.homes[ANNA])
    stage.delete(ts)
    stage.send()
    assert WORD not in str(stage.slack.homes[ANNA])
