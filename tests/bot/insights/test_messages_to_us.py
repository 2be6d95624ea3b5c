"""A direct message or mention gets help, and is stored only when *Save as insight* is pressed (promise 4)."""

from typing import Any

import pytest

from bot.errors import UserError
from bot.gestures import Reply
from bot.inbox import Incoming
from bot.insights.messages_to_us import ask_to_save
from bot.slack import SlackRefused
from storage.database import Database
from tests.stage import Stage, make_stage
from tests.support import ANNA, BEN, GUEST, MIA, SALES, STRANGER, make_bridge

WORD, DM = "zebrafish", "DANNA"


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database)


def tell(stage: Stage, user: str = ANNA, channel: str = DM, kind: str = "direct_message", **more: Any) -> str:
    ts = stage.slack.say(channel, user, f"{WORD} is dear", **more)
    stage.hear(Incoming(kind, f"{kind}:{channel}:{ts}", channel, ts, user))
    stage.work()
    stage.send(seconds=1)
    return ts


def buttons(message: dict[str, Any]) -> list[str]:
    """The values of *Save as insight*."""
    return [
        str(one["value"])
        for block in message["blocks"]
        for one in block.get("elements", [])
        if str(one.get("action_id", "")).startswith("insight_save_message")
    ]


def press(stage: Stage, value: str, user: str = ANNA, key: str | None = None) -> None:
    answer = ask_to_save(stage.services, stage.gesture(user, DM, key), value)
    assert isinstance(answer, Reply)
    stage.work()
    stage.send(seconds=1)


def test_help_and_a_button_and_nothing_stored(stage: Stage) -> None:
    tell(stage)
    (help_,) = stage.slack.posts(DM)
    assert "Nothing is stored yet" in help_["text"]
    assert len(buttons(help_)) == 1
    assert WORD not in stage.everything()
    assert stage.all() == []


def test_pressed_the_message_is_stored_once_with_its_exact_words(stage: Stage) -> None:
    ts = tell(stage)
    (value,) = buttons(stage.slack.posts(DM)[0])
    press(stage, value, key="t1")
    press(stage, value, key="t1")
    press(stage, value)
    (insight,) = stage.all()
    assert (insight.text, insight.author_id, insight.reporter_id) == (f"{WORD} is dear", ANNA, ANNA)
    assert (insight.message_ts, insight.source, insight.supporter_count) == (ts, "message", 1)
    assert "Saved as #1" in stage.slack.posts(DM)[1]["text"]


def test_a_mention_is_answered_to_that_person_alone(stage: Stage) -> None:
    tell(stage, ANNA, SALES, "mention")
    (note,) = stage.slack.notes
    assert (note["channel"], note["user"]) == (SALES, ANNA)
    assert stage.slack.posts(SALES) == []
    press(stage, buttons(note)[0])
    assert stage.insight(stage.all()[0].message_ts or "").channel_id == SALES
    stage.flag(BEN, stage.all()[0].message_ts or "")
    assert stage.supporters(stage.all()[0]) == {ANNA, BEN}, "a flag on the same message is support"


def test_several_bridges_give_several_buttons(stage: Stage) -> None:
    other = make_bridge(stage.services, name="other", sales_channel_ids=("COTHER",))
    tell(stage, MIA, "DMIA")
    values = buttons(stage.slack.posts("DMIA")[0])
    assert [one.split(":")[2] for one in values] == [str(stage.bridge.id), str(other.id)]
    press(stage, values[1], MIA)
    assert stage.all()[0].bridge_id == other.id


@pytest.mark.parametrize(("user", "answers"), [(GUEST, 1), (STRANGER, 0), ("UNOBODY", 1)])
def test_who_may_not_store_gets_no_button(stage: Stage, user: str, answers: int) -> None:
    tell(stage, user)
    posts = stage.slack.posts(DM)
    assert len(posts) == answers
    if user == GUEST:
        assert buttons(posts[0]) == []
    if user != "UNOBODY":
        with pytest.raises(UserError):
            ask_to_save(stage.services, stage.gesture(user, DM), f"{DM}:1.1:{stage.bridge.id}")


@pytest.mark.parametrize("meanwhile", ["deleted", "left", "bridge gone"])
def test_what_can_not_be_saved_any_more_is_left(stage: Stage, meanwhile: str) -> None:
    ts = tell(stage)
    (value,) = buttons(stage.slack.posts(DM)[0])
    if meanwhile == "deleted":
        stage.slack.delete(DM, ts)
    elif meanwhile == "left":
        stage.slack.fail("reactions.get", SlackRefused("channel_not_found"))
    else:
        value = value.rpartition(":")[0] + ":999"
    press(stage, value)
    assert stage.all() == []
    assert {row["state"] for row in stage.rows("inbox")} == {"done"}


def test_frontlines_own_words_are_not_saved(stage: Stage) -> None:
    tell(stage)
    own = stage.slack.posts(DM)[0]
    press(stage, f"{DM}:{own['ts']}:{stage.bridge.id}")
    assert stage.all() == []


def test_an_edited_and_deleted_direct_message_is_followed(stage: Stage) -> None:
    ts = tell(stage)
    press(stage, buttons(stage.slack.posts(DM)[0])[0])
    stage.edit(ts, "okapi", DM)
    assert stage.insight(ts, DM).text == "okapi"
    stage.delete(ts, DM)
    assert "okapi" not in stage.everything()
