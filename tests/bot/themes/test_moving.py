"""Themes in digest and agenda: what is new, what grows, whom it concerns; words that go are gone."""

from datetime import timedelta

import pytest

from bot.digests.period import Period
from bot.digests.post import write_digest
from bot.digests.schedule import Frequency
from bot.themes.moving import MOST_THEMES, Moving, moving_themes
from storage import agenda, insights, themes, workspace
from storage.database import Database
from storage.digests import Span
from tests.stage import Stage, make_stage
from tests.support import ANNA, BEN, MARKETING, SALES, SALES_2, TEAM, channel, say

WEEK = timedelta(days=7)
BLANK = (
    "invoice pdf comes out blank",
    "blank PDFs for invoices again",
    "customer says the invoice PDF is blank",
)


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database)


def capture(stage: Stage, text: str, user: str = ANNA, channel_id: str = SALES, **details: object) -> str:
    ts = stage.slack.say(channel_id, user, text)
    stage.flag(user, ts, channel=channel_id)
    if details:
        with stage.services.db.writing() as connection:
            insights.change(connection, stage.insight(ts, channel_id).id, details)
    return ts


def period(stage: Stage) -> Period:
    end = stage.clock.now() + timedelta(minutes=1)
    return Period(Span(end - WEEK, end), Span(end - 2 * WEEK, end - WEEK), Frequency.WEEKLY)


def moving(stage: Stage, where: str = MARKETING, asked: Period | None = None) -> tuple[Moving, ...]:
    asked = asked or period(stage)
    shown = agenda.may_be_shown(TEAM, where, is_marketing=where == MARKETING)
    with stage.services.db.reading() as connection:
        return moving_themes(
            connection, TEAM, stage.bridge, asked.start, asked.end, asked.before.start, shown=shown
        )


def put_together(stage: Stage, *ids: int) -> int:
    """A theme of these; gives its id."""
    with stage.services.db.writing() as connection:
        theme_id = themes.start(connection, stage.bridge.id, stage.clock.now())
        for one in ids:
            themes.join(connection, theme_id, one, stage.clock.now())
    return theme_id


def posted(stage: Stage) -> str:
    return str([one["blocks"] for one in stage.slack.posts(MARKETING)])


def send_digest(stage: Stage) -> None:
    with stage.services.db.writing() as connection:
        write_digest(connection, say(stage.services, connection), stage.bridge, period(stage), "digest:1")
    stage.send(seconds=10)


def test_a_theme_with_its_movement_customers_and_deals(stage: Stage) -> None:
    capture(stage, BLANK[0], customer="Hartmann", deal_amount=1_250_000, deal_currency="EUR")
    stage.clock.pass_time(days=7)
    capture(stage, BLANK[1], BEN, customer="Molino", deal_amount=50_000, deal_currency="EUR")
    capture(stage, BLANK[2])
    (theme,) = moving(stage)
    assert (theme.count, theme.before, theme.ever) == (2, 1, 3)
    assert set(theme.customers) == {"Hartmann", "Molino"}
    assert theme.deals == {"EUR": 1_300_000}
    assert not theme.is_new and not theme.is_growing
    send_digest(stage)
    text = posted(stage)
    assert "1 more than before" in text and "€13,000.00" in text and "theme_open" in text


def test_what_begins_is_new_and_what_grows_by_two_is_growing(stage: Stage) -> None:
    for text in BLANK:
        capture(stage, text)
    (theme,) = moving(stage)
    assert theme.is_new and not theme.is_growing
    stage.clock.pass_time(days=7)
    for text in BLANK:
        capture(stage, text + " today")
    (theme,) = moving(stage)
    assert not theme.is_new and (theme.count, theme.before) == (3, 3) and not theme.is_growing
    for text in BLANK[:2]:
        capture(stage, text + " even today")
    (theme,) = moving(stage)
    assert theme.is_growing


def test_a_theme_that_three_spoke_of_and_now_nobody_is_fading(stage: Stage) -> None:
    for text in BLANK:
        capture(stage, text)
    stage.clock.pass_time(days=7)
    capture(stage, "orbit gives 25% off")
    (theme,) = moving(stage)
    assert (theme.count, theme.before, theme.ever, theme.quotes) == (0, 3, 3, ())
    assert not theme.is_new and not theme.is_growing
    send_digest(stage)
    assert "*fading*, none this time, 3 before" in posted(stage)
    stage.clock.pass_time(days=7)
    assert moving(stage) == (), "silent in the period before, too"


def test_silence_after_one_or_two_says_nothing(stage: Stage) -> None:
    for text in BLANK[:2]:
        capture(stage, text)
    stage.clock.pass_time(days=7)
    assert moving(stage) == ()


def test_a_theme_that_fell_silent_is_told_where_its_insights_may_be_shown(stage: Stage) -> None:
    with stage.services.db.writing() as connection:
        workspace.save_channel(connection, TEAM, channel(SALES_2, is_private=True), stage.clock.now())
    for text in BLANK:
        capture(stage, text, BEN, SALES_2)
    stage.clock.pass_time(days=7)
    assert moving(stage, SALES) == ()
    assert len(moving(stage, MARKETING)) == 1


def test_one_insight_alone_is_no_theme(stage: Stage) -> None:
    capture(stage, BLANK[0])
    capture(stage, "orbit gives 25% off")
    assert moving(stage) == ()


def test_a_digest_that_is_late_tells_what_was_so_when_it_was_due(stage: Stage) -> None:
    for text in BLANK[:2]:
        capture(stage, text)
    asked = period(stage)
    before = moving(stage, asked=asked)
    stage.clock.pass_time(hours=2)
    capture(stage, BLANK[2], customer="Molino", deal_amount=50_000, deal_currency="EUR")
    assert moving(stage, asked=asked) == before
    assert before[0].is_new and before[0].ever == 2
    assert moving(stage)[0].ever == 3


def test_a_theme_that_fell_silent_until_then_is_told_as_it_was(stage: Stage) -> None:
    for text in BLANK:
        capture(stage, text)
    stage.clock.pass_time(days=7)
    asked = period(stage)
    stage.clock.pass_time(hours=2)
    capture(stage, BLANK[0])
    (theme,) = moving(stage, asked=asked)
    assert (theme.count, theme.before, theme.ever, len(theme.numbers)) == (0, 3, 3, 3)
    with stage.services.db.reading() as connection:
        found = moving_themes(
            connection, TEAM, stage.bridge, asked.start, asked.end, asked.before.start, with_silent=False
        )
    assert found == ()


def test_themes_of_which_one_insight_alone_may_be_shown_hide_no_others(stage: Stage) -> None:
    with stage.services.db.writing() as connection:
        workspace.save_channel(connection, TEAM, channel(SALES_2, is_private=True), stage.clock.now())

    old = stage.insight(capture(stage, BLANK[0])).id
    stage.clock.pass_time(days=21)
    new = [stage.insight(capture(stage, str(nth))).id for nth in range(MOST_THEMES + 1)]
    hidden = [stage.insight(capture(stage, str(nth), BEN, SALES_2), SALES_2).id for nth in range(MOST_THEMES)]
    *_others, expected = (
        put_together(stage, one, other) for one, other in zip(new, [*hidden, old], strict=True)
    )
    assert [one.theme_id for one in moving(stage, SALES)] == [expected]
    assert len(moving(stage)) == MOST_THEMES


def test_deleted_words_leave_the_posted_name_and_quotes(stage: Stage) -> None:
    stamps = [capture(stage, text) for text in BLANK]
    send_digest(stage)
    assert "blank" in posted(stage).lower()
    for ts in stamps:
        stage.delete(ts)
    stage.send(seconds=30)
    assert "blank" not in posted(stage).lower()


def test_a_sales_channel_is_told_in_the_words_that_it_may_see(stage: Stage) -> None:
    with stage.services.db.writing() as connection:
        workspace.save_channel(connection, TEAM, channel(SALES_2, is_private=True), stage.clock.now())
    capture(stage, BLANK[0], BEN, SALES_2)
    capture(stage, BLANK[1])
    capture(stage, BLANK[2])
    (theme,) = moving(stage, SALES)
    assert theme.count == 2 and "comes out" not in str(theme)
    assert moving(stage)[0].count == 3
