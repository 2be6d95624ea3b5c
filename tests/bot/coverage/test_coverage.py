"""Who takes part, by channel: counted right, told without naming anybody."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert

from bot.coverage.compile import ChannelCoverage, Coverage, coverage_of, span_of
from bot.digests.compile import compile_digest
from bot.home.coverage import section
from bot.home.look import Look
from bot.i18n import Texts, texts
from bot.messages.coverage import coverage_chunks, coverage_lines
from bot.messages.digest import render
from bot.services import Services
from bot.workspace.access import viewer
from playground import blocks as slack
from storage import workspace
from storage.bridges import Bridge
from storage.database import Database
from storage.digests import Span
from storage.tables import supporters
from tests.bot.digests.builders import a_bridge, a_week, add_insight
from tests.support import (
    ANNA,
    BEN,
    GUEST,
    MARKETING,
    MIA,
    SALES,
    SALES_2,
    STRANGER,
    TEAM,
    TOM,
    channel,
    make_bridge,
    make_services,
    person,
)

EN, RU = texts("en"), texts("ru")
NOW = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)  # Monday, a week after the bridge was made
WEEK = Span(NOW - timedelta(days=7), NOW)
DAY = timedelta(days=1)


@pytest.fixture
def services(database: Database) -> Services:
    return make_services(database)


@pytest.fixture
def bridge(services: Services) -> Bridge:
    return make_bridge(services)


def at(instant: datetime) -> dict[str, Any]:
    return {"created_at": instant, "said_at": instant, "changed_at": instant}


def join(connection: Connection, channel_id: str, *user_ids: str) -> None:
    for one in user_ids:
        workspace.set_member(connection, TEAM, channel_id, one, is_in=True)


def support(connection: Connection, insight_id: int, user: str, since_at: datetime, **more: Any) -> None:
    values = {"insight_id": insight_id, "user_id": user, "since_at": since_at, **more}
    connection.execute(insert(supporters).values(values))


def found(services: Services, bridge: Bridge, span: Span = WEEK) -> dict[str, ChannelCoverage]:
    with services.db.reading() as connection:
        return {one.channel_id: one for one in coverage_of(connection, [bridge.id], span)[bridge.id].channels}


def test_who_flagged_or_supported_counts_once_and_is_of_those_who_are_in_the_channel(
    services: Services, bridge: Bridge
) -> None:
    with services.db.writing() as connection:
        first = add_insight(connection, bridge, 1, reporter_id=ANNA, **at(NOW - DAY))
        add_insight(connection, bridge, 2, reporter_id=ANNA, **at(NOW - 2 * DAY))
        old = add_insight(connection, bridge, 3, reporter_id=MIA, **at(NOW - 20 * DAY))  # not in the channel
        support(connection, first, BEN, NOW - DAY)
        support(connection, first, GUEST, NOW - DAY)
        support(connection, old, TOM, NOW - 3 * DAY)  # a plus for what was said long ago
    sales = found(services, bridge)[SALES]  # Anna, Ben, Tom; the guest counts nowhere
    assert (sales.insights, sales.active, sales.people) == (
        2,
        3,
        3,
    )


def test_what_was_merged_counts_where_it_was_said_and_withdrawn_or_brought_in_counts_nowhere(
    services: Services, bridge: Bridge
) -> None:
    with services.db.writing() as connection:
        whole = add_insight(connection, bridge, 1, reporter_id=ANNA, **at(NOW - DAY))
        add_insight(
            connection, bridge, 2, reporter_id=BEN, channel_id=SALES_2, status="merged", **at(NOW - DAY)
        )
        support(connection, whole, BEN, NOW - DAY, came_with_id=2)
        add_insight(connection, bridge, 3, reporter_id=TOM, status="withdrawn", **at(NOW - DAY))
        add_insight(connection, bridge, 4, reporter_id=TOM, source="import", **at(NOW - DAY))
    here = found(services, bridge)
    assert (here[SALES].insights, here[SALES].active) == (1, 1)
    assert (here[SALES_2].insights, here[SALES_2].active) == (1, 1)


def test_a_channel_is_silent_since_its_last_insight_or_since_it_joined(
    services: Services, bridge: Bridge
) -> None:
    with services.db.writing() as connection:
        add_insight(connection, bridge, 1, channel_id=SALES_2, **at(NOW - 20 * DAY))
        add_insight(connection, bridge, 2, channel_id=SALES_2, **at(NOW - 30 * DAY))
    here = found(services, bridge)
    assert here[SALES].is_silent and here[SALES_2].is_silent
    lines = coverage_lines(EN, bridge, Coverage(WEEK, tuple(here.values())), "*Coverage*")
    assert lines == [
        "*Coverage* · 0 of 2 sales channels took part within 7 days",
        ":zzz: *Silent*",
        f"• <#{SALES_2}>: nothing since 17 Feb 2026",
        f"• <#{SALES}>: nothing yet, part of the bridge since 2 Mar 2026",
    ]


def test_channels_that_frontline_cannot_hear_are_left_out(services: Services, bridge: Bridge) -> None:
    with services.db.writing() as connection:
        workspace.leave_channel(connection, TEAM, SALES)
        workspace.save_channel(connection, TEAM, channel(SALES_2, is_archived=True), NOW)
    assert found(services, bridge) == {}
    assert coverage_chunks(EN, bridge, Coverage(WEEK, ())) == []
    assert coverage_chunks(EN, bridge, None) == []


def test_a_day_is_looked_at_together_with_the_week_before_it() -> None:
    assert span_of(Span(NOW - DAY, NOW)) == WEEK
    month = Span(NOW - 30 * DAY, NOW)
    assert span_of(month) == month


def one(channel_id: str = "C1", **changes: Any) -> ChannelCoverage:
    values: dict[str, Any] = {"insights": 5, "active": 1, "people": 12, "last_at": NOW, "bridged_at": NOW}
    return ChannelCoverage(channel_id=channel_id, **{**values, **changes})


@pytest.mark.parametrize(
    ("_", "changes", "expected"),
    [
        (EN, {}, "5 insights · 1 of its 12 people took part"),
        (EN, {"active": 3, "people": 3, "insights": 1}, "1 insight · 3 of its 3 people took part"),
        (EN, {"people": 2}, "5 insights"),  # of two, one would be told apart
        (EN, {"people": 1}, "5 insights"),
        (EN, {"insights": 0, "people": 2}, "took part"),
        (EN, {"active": 0}, "5 insights"),  # those who flagged are no members any more, or guests
        (RU, {}, "5 инсайтов · участвовал 1 человек из 12"),
        (RU, {"active": 3, "insights": 2}, "2 инсайта · участвовали 3 человека из 12"),
        (RU, {"active": 5, "insights": 21}, "21 инсайт · участвовали 5 человек из 12"),
        (RU, {"active": 11, "insights": 1}, "1 инсайт · участвовали 11 человек из 12"),
    ],
)
def test_how_many_took_part_is_said_where_nobody_can_be_told_apart(
    _: Texts, changes: dict[str, Any], expected: str
) -> None:
    lines = coverage_lines(_, a_bridge(), Coverage(WEEK, (one(**changes),)), "")
    assert lines[1] == f"• <#C1>: {expected}"


def test_channels_stand_in_the_bridges_order_and_not_by_their_figures() -> None:
    channels = tuple(one(f"C{number}", insights=number, active=number) for number in (2, 9, 5))
    lines = coverage_lines(EN, a_bridge(), Coverage(WEEK, channels), "")
    assert [line[4:6] for line in lines[1:]] == ["C2", "C9", "C5"]


def test_any_number_of_channels_fits_into_a_digest() -> None:
    channels = tuple(one(f"C{number:09}", insights=number % 2, active=0) for number in range(300))
    (chunk,) = coverage_chunks(EN, a_bridge(), Coverage(WEEK, channels))
    slack.check_message([block.to_dict() for block in chunk.blocks[1:]])
    said = "\n".join(slack.texts([block.to_dict() for block in chunk.blocks]))
    assert said.count("and 120 more") == 2


def test_a_private_channel_is_shown_as_slack_shows_it_to_each(services: Services, bridge: Bridge) -> None:
    with services.db.writing() as connection:
        workspace.save_channel(connection, TEAM, channel(SALES, name="secret-deal", is_private=True), NOW)
        add_insight(connection, bridge, 1, **at(NOW - DAY))
        digest = compile_digest(connection, bridge, a_week(NOW))
    rendered = render(EN, digest)
    said = str([page.message for page in rendered.pages])
    assert f"<#{SALES}>: 1 insight" in said and "secret-deal" not in said
    assert ANNA not in said.split("Coverage")[1]


def test_a_quiet_digest_tells_who_takes_part_in_its_thread(services: Services, bridge: Bridge) -> None:
    with services.db.reading() as connection:
        digest = compile_digest(connection, bridge, a_week(NOW))
    assert digest.is_quiet
    (page,) = render(EN, digest).pages
    slack.check_message(page.message["blocks"])
    assert "0 of 2" in str(page.message) and page.quoted == ()


# --- home tab ----------------------------------------------------------------------------------------------


def home(services: Services, user: str) -> str:
    with services.db.reading() as connection:
        blocks = section(Look(connection, TEAM, viewer(connection, TEAM, user), NOW, {}))
    return "\n".join(slack.texts([block.to_dict() for block in blocks]))


def test_marketing_and_who_manages_the_bridge_see_it_at_home_and_nobody_else(
    services: Services, bridge: Bridge
) -> None:
    with services.db.writing() as connection:
        join(connection, MARKETING, GUEST)
        add_insight(connection, bridge, 1, **at(NOW - 20 * DAY))
    for user in (MIA, TOM):  # a manager who is in the marketing channel, and an admin
        assert "*default* · 1 of 2 sales channels took part within 30 days" in home(services, user)
    assert home(services, ANNA) == home(services, STRANGER) == home(services, GUEST) == ""


# --- against a count by hand -------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_the_counts_are_those_of_a_count_by_hand(services: Services, bridge: Bridge, seed: int) -> None:
    dice = random.Random(seed)
    everyone = [person(f"U{number}", is_guest=number == 0, is_bot=number == 1) for number in range(7)]
    members = {c: {one.user_id for one in everyone if dice.random() < 0.7} for c in (SALES, SALES_2)}
    rows: list[dict[str, Any]] = []
    backing: list[tuple[int, str, datetime]] = []
    with services.db.writing() as connection:
        for number, human in enumerate(everyone):
            workspace.save_person(connection, TEAM, replace(human, is_deleted=number == 2), NOW)
        for channel_id, ids in members.items():
            workspace.replace_members(connection, TEAM, channel_id, ids)
        for number in range(1, 40):
            values = {
                "channel_id": dice.choice([SALES, SALES_2, MARKETING, "D1", None]),
                "status": dice.choice(["new", "done", "withdrawn", "merged"]),
                "source": dice.choice(["reaction", "reaction", "import"]),
                "reporter_id": dice.choice(everyone).user_id,
                **at(NOW - dice.randrange(-1440, 20 * 1440) * timedelta(minutes=1)),
            }
            insight_id = add_insight(connection, bridge, number, **values)
            rows.append(values)
            backing.append((number - 1, str(values["reporter_id"]), values["created_at"]))
            other = dice.choice(everyone).user_id
            if other != values["reporter_id"]:
                since = NOW - dice.randrange(10 * 1440) * timedelta(minutes=1)
                support(connection, insight_id, other, since)
                backing.append((number - 1, other, since))
    here = found(services, bridge)
    counts = {"U3", "U4", "U5", "U6"}
    for channel_id in (SALES, SALES_2):
        passed = [
            number
            for number, row in enumerate(rows)
            if row["channel_id"] == channel_id and row["status"] != "withdrawn" and row["source"] != "import"
        ]
        new = [number for number in passed if WEEK.start <= rows[number]["created_at"] < WEEK.end]
        active = {
            user
            for number, user, since in backing
            if number in passed and WEEK.start <= since < WEEK.end and user in counts & members[channel_id]
        }
        before = [rows[number]["created_at"] for number in passed if rows[number]["created_at"] < WEEK.end]
        told = here[channel_id]
        assert told.insights == len(new)
        assert told.active == len(active)
        assert told.people == len(counts & members[channel_id])
        assert told.last_at == max(before, default=None)
