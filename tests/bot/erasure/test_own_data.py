"""A person's own data: all of it, in a file for her alone."""

import json

import pytest

from bot.errors import UserError
from bot.gestures import Reply
from bot.help import answer_frontline
from storage.database import Database
from tests.bot.erasure.life import OKAPI, QUAGGA, live
from tests.stage import make_stage
from tests.support import ANNA, BEN, GUEST, STRANGER


def test_it_is_sent_to_the_person_and_holds_all_that_is_hers(database: Database) -> None:
    life = live(database)
    answer = life.frontline("mydata", ANNA)
    assert isinstance(answer, Reply)
    life.settle()
    (name, content) = next(
        one for one in life.stage.slack.shared_files(f"D{ANNA[1:]}") if one[0].startswith("my-data")
    )
    assert name.endswith(".jsonl")
    found = [json.loads(line) for line in content.decode().splitlines()]
    kinds = {one["kind"] for one in found}
    assert kinds == {
        "person",
        "settings",
        "channel",
        "manages",
        "insight",
        "support",
        "flag",
        "act",
        "topic",
        "meeting_answer",
        "minutes",
        "action_item",
        "activity",
        "activity_answer",
    }
    texts = " ".join(
        str(one.get("text")) for one in found if one["kind"] in ("insight", "topic", "action_item")
    )
    assert texts.count(QUAGGA) >= 5
    comment = next(one for one in found if one["kind"] == "activity_answer")
    assert comment["comment"] == f"{QUAGGA} comment" and comment["deal"] == f"{QUAGGA} deal"
    assert any(one["kind"] == "insight" and OKAPI in one["text"] for one in found)  # she reported it
    assert not any("again in Zorbix" in str(one) for one in found)  # what is others' alone is not hers


def test_guests_have_theirs_and_strangers_nothing(database: Database) -> None:
    stage = make_stage(database)
    answer_frontline(stage.services, stage.gesture(GUEST), "mydata")
    with pytest.raises(UserError):
        answer_frontline(stage.services, stage.gesture(STRANGER), "mydata")
    answer_frontline(stage.services, stage.gesture(BEN), "данные")
    stage.send(5)
    assert len(stage.slack.shared_files(f"D{GUEST[1:]}")) == 1
    assert len(stage.slack.shared_files(f"D{BEN[1:]}")) == 1
    assert not stage.slack.standing.get(f"D{STRANGER[1:]}")
