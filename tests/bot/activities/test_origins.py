"""An activity closes the loop of the insights that led to it, and is known to meetings and digests."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.activities.kinds import Kind
from bot.activities.under_way import under_way
from bot.digests.compile import compile_digest
from bot.digests.period import Period
from bot.digests.schedule import Frequency
from bot.i18n import texts
from bot.messages.digest import head_blocks
from bot.messages.meeting_agenda import activities as agenda_part
from storage import insights, themes
from storage.database import Database
from storage.digests import Span
from storage.insights import Insight
from tests.bot.activities.builders import FIRST, Desk, an_entry, some_figures
from tests.stage import make_stage
from tests.support import ANNA, BEN, MIA, SALES, TEAM


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(make_stage(database))


def flagged(desk: Desk) -> Insight:
    ts = desk.stage.slack.say(SALES, BEN, "they want to see it work")
    desk.stage.flag(ANNA, ts)
    return desk.stage.insight(ts)


def now(desk: Desk, insight: Insight) -> Insight:
    with desk.stage.services.db.reading() as connection:
        found = insights.by_number(connection, TEAM, insight.number)
    assert found is not None
    return found


def told(desk: Desk) -> list[str]:
    """What stands in the thread below the message that Anna flagged, after a while."""
    desk.stage.clock.pass_time(minutes=4)
    desk.stage.ring()
    desk.stage.send(5)
    return [str(one["blocks"]) for one in desk.stage.slack.posts(SALES) if one.get("thread_ts")]


def test_the_reporter_hears_once_to_which_activity_it_led(desk: Desk) -> None:
    insight = flagged(desk)
    activity = desk.plan(insights=f"#{insight.number}")
    after = now(desk, insight)
    assert (after.status, after.status_by) == ("done", MIA)
    assert after.outcome == "Led to the activity “Trade fair” (2 Mar 2026 – 31 Mar 2026)."
    (said,) = told(desk)
    assert f"<@{ANNA}>" in said and "Led to the activity “Trade fair”" in said
    desk.change(activity, insights=f"#{insight.number}", budget="6000")
    assert len(told(desk)) == 1


def test_what_is_done_or_declined_already_keeps_its_outcome(desk: Desk) -> None:
    insight = flagged(desk)
    with desk.stage.services.db.writing() as connection:
        values = {"status": "declined", "outcome": "not ours"}
        insights.change(connection, insight.id, values)
    activity = desk.plan(insights=f"#{insight.number}")
    assert (now(desk, insight).status, now(desk, insight).outcome) == ("declined", "not ours")
    assert desk.figures(activity).insight_numbers == (insight.number,)
    desk.cancel(activity)
    assert now(desk, insight).outcome == "not ours"


def test_a_cancellation_is_told_with_its_reason(desk: Desk) -> None:
    insight = flagged(desk)
    activity = desk.plan(insights=f"#{insight.number}")
    told(desk)
    desk.cancel(activity, "no stand left <!here>")
    assert now(desk, insight).status == "declined"
    said = told(desk)[-1]
    assert "was cancelled: no stand left" in said and "<!here>" not in said


def test_a_whole_theme_gives_rise_to_it(desk: Desk) -> None:
    one, two, apart = flagged(desk), flagged(desk), flagged(desk)
    with desk.stage.services.db.writing() as connection:
        for insight in (one, two, apart):
            themes.leave(connection, insight.id)
        theme = themes.start(connection, desk.stage.bridge.id, desk.stage.clock.now())
        for insight in (one, two):
            themes.join(connection, theme, insight.id, desk.stage.clock.now())
    activity = desk.plan(insights=f"#{one.number}")
    assert desk.figures(activity).insight_numbers == (one.number,)
    desk.change(activity, insights=f"#{one.number}", themes=["themes"])
    assert desk.figures(activity).insight_numbers == (one.number, two.number)
    assert (now(desk, two).status, now(desk, apart).status) == ("done", "new")
    # A change without the box leaves them, as long as their numbers stand in the form.
    desk.change(activity, insights=f"#{one.number}, #{two.number}")
    assert desk.figures(activity).insight_numbers == (one.number, two.number)


def test_what_is_under_way_soon_or_just_ended(desk: Desk) -> None:
    desk.start(desk.plan(title="Runs"))
    desk.plan(title="Soon", starts_on="2026-03-20", ends_on="2026-06-30")
    desk.plan(title="Much later", starts_on="2026-06-01", ends_on="2026-06-30")
    desk.cancel(desk.plan(title="Cancelled"))
    ended = desk.plan(title="Ended")
    desk.start(ended)
    desk.finish(ended)
    with desk.stage.services.db.reading() as connection:
        found = under_way(connection, desk.stage.bridge, FIRST - timedelta(days=7), FIRST)
        later = under_way(connection, desk.stage.bridge, FIRST + timedelta(days=1), FIRST)
    assert {one.activity.title for one in found} == {"Runs", "Soon", "Ended"}
    assert "Ended" not in {one.activity.title for one in later}


def test_the_agenda_says_cost_result_and_what_is_wrong() -> None:
    figures = some_figures(an_entry(1, Kind.SPEND, 600_000), an_entry(2, Kind.FIRST_REVENUE, 900_000))
    (chunk,) = agenda_part(texts("en"), [figures], FIRST)
    said = str([block.to_dict() for block in chunk.blocks])
    assert "€6,000.00 of €5,000.00 (120%)" in said
    assert "€1.50 for each €1.00" in said and "over budget" in said
    assert "<!channel>" not in said
    assert agenda_part(texts("en"), [], FIRST) == []


@pytest.mark.parametrize("frequency", Frequency)
def test_the_monthly_digest_has_them_and_the_others_have_not(desk: Desk, frequency: Frequency) -> None:
    flagged(desk)
    activity = desk.plan()
    desk.enter(activity, "6000")
    start = datetime(2026, 3, 1, tzinfo=UTC)
    span = Span(start, start + timedelta(days=30))
    period = Period(span, Span(start - timedelta(days=30), start), frequency)
    with desk.stage.services.db.reading() as connection:
        digest = compile_digest(connection, desk.stage.bridge, period)
    said = str([block.to_dict() for block in head_blocks(texts("en"), digest)])
    assert ("Trade fair" in said and "over budget" in said) == (frequency is Frequency.MONTHLY)
