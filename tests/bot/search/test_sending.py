"""`/insight export`: a file by direct message, once, for marketing and managers, of what they may see."""

import csv
import io
import json
from typing import Any

import pytest

from bot.gestures import Reply
from bot.insights.command import answer_insight
from storage import bridges, workspace
from storage.bridges import BridgeValues
from storage.database import Database
from tests.stage import Stage, make_stage
from tests.support import ANNA, BEN, MARKETING, MIA, TEAM, TOM, channel, make_bridge


@pytest.fixture
def stage(database: Database) -> Stage:
    stage = make_stage(database, manager_ids=(BEN,))
    for text in ("competitor: =cmd|' /C calc'!A0", "Скидка 25% для «Альфы»", "Price list"):
        answer_insight(stage.services, stage.gesture(ANNA), text)
        stage.clock.pass_time(seconds=1)
    return stage


def asked(stage: Stage, line: str, user: str = MIA, **more: Any) -> str:
    answer = answer_insight(stage.services, stage.gesture(user, **more), line)
    assert isinstance(answer, Reply)
    assert "insight_save_text" in str(answer.message["blocks"]), "the line may have been meant as an insight"
    return str(answer.message["text"])


def file_of(stage: Stage) -> str:
    """The one file that was sent."""
    stage.send(seconds=3)
    (content,) = stage.slack.uploads.values()
    return content.decode()


def test_marketing_gets_everything_as_csv_once(stage: Stage) -> None:
    assert "3 insights are on their way" in asked(stage, "export", key="k")
    asked(stage, "export", key="k")
    written = file_of(stage)
    assert written.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(written.removeprefix("\ufeff"), newline="")))
    assert [row["text"] for row in rows] == ["'=cmd|' /C calc'!A0", "Скидка 25% для «Альфы»", "Price list"]
    (sent,) = [one for one in stage.rows("outbox") if one["kind"] == "file"]
    assert sent["user_id"] == MIA


def test_filters_and_json_lines(stage: Stage) -> None:
    assert "1 insight is on its way" in asked(stage, "экспорт скидкой формат:jsonl статус:новые")
    (line,) = file_of(stage).splitlines()
    assert json.loads(line)["text"] == "Скидка 25% для «Альфы»"


@pytest.mark.parametrize(
    ("line", "user", "sentence"),
    [
        ("export", ANNA, "Only marketing and the managers"),
        ("export format:xlsx", MIA, "I can write `format:csv`"),
        ("export status:gone", MIA, "no status “gone”"),
        ("export zebra", MIA, "Nothing to export"),
        ("export !!!", MIA, "Nothing to export"),
        ("export price format:csv,jsonl", MIA, "I can write"),
    ],
)
def test_what_is_refused_sends_nothing(stage: Stage, line: str, user: str, sentence: str) -> None:
    assert sentence in asked(stage, line, user)
    assert [one for one in stage.rows("outbox") if one["kind"] == "file"] == []
    assert len(stage.all()) == 3


def test_a_manager_takes_along_what_she_may_see(stage: Stage) -> None:
    """Ben manages the bridge and is in its sales channels, but not in marketing's."""
    answer_insight(stage.services, stage.gesture(TOM, "D1"), "told elsewhere, seen by marketing alone")
    assert "3 инсайта" in asked(stage, "export", BEN)
    assert "4 insights" in asked(stage, "export", MIA)


def test_what_a_marketer_sees_of_other_bridges_stays_there(stage: Stage) -> None:
    make_bridge(
        stage.services, name="two", marketing_channel_id="CM2", sales_channel_ids=("C2",), manager_ids=()
    )
    with stage.services.db.writing() as connection:
        workspace.save_channel(connection, TEAM, channel("C2"), stage.clock.now())
        workspace.replace_members(connection, TEAM, "C2", [ANNA, MIA])
    ts = stage.slack.say("C2", ANNA, "price in the other bridge")
    stage.flag(ANNA, ts, channel="C2")
    assert "1 insight " in asked(stage, "export price", MIA)


def test_who_has_left_meanwhile_gets_no_more_than_she_still_may_see(stage: Stage) -> None:
    asked(stage, "export format:jsonl")
    with stage.services.db.writing() as connection:
        workspace.replace_members(connection, TEAM, MARKETING, [TOM])
    assert file_of(stage) == ""


def test_a_filter_that_means_nothing_any_more_empties_the_file(stage: Stage) -> None:
    asked(stage, "export bridge:default format:jsonl")

    bridge = stage.bridge
    values = BridgeValues(
        name="renamed",
        marketing_channel_id=bridge.marketing_channel_id,
        time_zone=bridge.time_zone,
        language=bridge.language,
        flag_emoji=bridge.flag_emoji,
        sales_channel_ids=bridge.sales_channel_ids,
        manager_ids=bridge.manager_ids,
    )
    with stage.services.db.writing() as connection:
        bridges.change_bridge(connection, TEAM, bridge.id, values, stage.clock.now())
    assert file_of(stage) == ""
