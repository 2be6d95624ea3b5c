"""Support is counted, written down and shown, whichever path it takes."""

import pytest

from bot.insights.rules import counts, flag_decides_category, is_news, may_change
from bot.insights.support import Support, settle_support
from storage import insights
from storage.database import Database
from storage.insights import Flag
from tests.stage import Stage, make_stage
from tests.support import ANNA, BEN, MIA, SALES, TOM, say


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database)


def settle(stage: Stage, user: str, *, supports: bool) -> Support:
    (insight,) = stage.all()
    with stage.services.db.writing() as connection:
        return settle_support(connection, say(stage.services, connection), insight, user, supports=supports)


def test_each_step_is_said_counted_and_written_down(stage: Stage) -> None:
    stage.flag(ANNA, stage.slack.say(SALES, BEN, "text"))
    steps = [
        (ANNA, True, Support.SAME, 1),
        (TOM, True, Support.ADDED, 2),
        (ANNA, False, Support.REMOVED, 1),
        (ANNA, False, Support.SAME, 1),
        (TOM, False, Support.WITHDRAWN, 0),
        (BEN, True, Support.REVIVED, 1),
    ]
    for user, supports, result, count in steps:
        stage.clock.pass_time(minutes=1)
        assert settle(stage, user, supports=supports) == result, (user, supports)
        assert stage.all()[0].supporter_count == count
    with stage.services.db.reading() as connection:
        history = insights.history_of(connection, 1)
    assert [(one.change, one.by_user_id) for one in history] == [
        ("created", ANNA),
        ("added", TOM),
        ("removed", ANNA),
        ("withdrawn", TOM),
        ("revived", BEN),
    ]
    assert stage.all()[0].changed_at == stage.clock.now()


def test_the_longest_standing_supporter_becomes_the_reporter(stage: Stage) -> None:
    stage.flag(ANNA, stage.slack.say(SALES, BEN, "text"))
    for user in (TOM, MIA):
        stage.clock.pass_time(minutes=1)
        settle(stage, user, supports=True)
    settle(stage, ANNA, supports=False)
    assert stage.all()[0].reporter_id == TOM


def test_rules(stage: Stage) -> None:
    on = Flag(ANNA, "bulb", is_on=True, changed_ts="5.000000", is_undone=False)
    off = Flag(ANNA, "rage", is_on=False, changed_ts="6.000000", is_undone=False)
    undone = Flag(ANNA, "gear", is_on=True, changed_ts="6.000000", is_undone=True)
    other = Flag(ANNA, "tada", is_on=True, changed_ts="6.000000", is_undone=False)
    shortcut = Flag(ANNA, "", is_on=True, changed_ts="6.000000", is_undone=False)
    assert counts([on, off], stage.bridge)
    assert counts([shortcut], stage.bridge)
    assert not counts([off, undone, other], stage.bridge)
    assert is_news(None, "1.000000")
    assert is_news(on, "5.000001")
    assert not is_news(on, "5.000000")
    assert not is_news(on, "4.999999")
    stage.flag(ANNA, stage.slack.say(SALES, BEN, "text"))
    (insight,) = stage.all()
    assert flag_decides_category(insight, TOM)
    assert may_change(insight, TOM, [TOM], is_marketer=False)
    assert not may_change(insight, TOM, [ANNA], is_marketer=False)
    assert may_change(insight, MIA, [], is_marketer=True)
