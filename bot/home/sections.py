"""What a home tab consists of. Each feature adds its section; a section that has nothing to say is empty."""

from typing import Final

from slack_sdk.models.blocks import Block
from sqlalchemy import Connection

from bot.activities.figures import figures_of, local_day
from bot.activities.kinds import OPEN
from bot.activities.rights import may_plan
from bot.bridges.lists import LATELY, MOST_OFFERED, OFTEN
from bot.digests.schedule import DIGEST, SALES_REPORT
from bot.erasure.section import section as erasing
from bot.home.coverage import section as coverage
from bot.home.filters import Filter, filtered
from bot.home.health import section as health
from bot.home.look import Look, Section
from bot.ids import View
from bot.insights.known import has_names
from bot.insights.words import names_in
from bot.meetings.command import home_section as meetings
from bot.messages import home as messages
from bot.messages.about import look_up
from bot.messages.activities import Shown
from bot.questions.closing import home_section as questions
from bot.quiet.settings import standing_of
from bot.services import Services
from bot.triage.inbox import section as inbox
from bot.triage.settings import notices_of
from bot.workspace.access import Viewer, marketers_of, require_own, viewer
from storage import activities as stored
from storage import analysis, insights, schedules, workspace

PAGE: Final = 5


def _own(services: Services, connection: Connection, user_id: str) -> Viewer:
    reader = viewer(connection, services.team_id, user_id)
    require_own(reader)
    return reader


MINE: Final = Filter(View.MINE_FILTER, "query", "offset", _own)
ACTIVITIES: Final = 5


def my_insights(look: Look) -> list[Block]:
    """A page of my insights."""
    connection, team_id, user_id = look.connection, look.team_id, look.reader.user_id
    by = filtered(look, MINE)
    conditions = [insights.of_team(team_id), insights.mine(user_id), *by.conditions]
    offset = int(look.asked.get("offset", 0))
    found = insights.select_page(connection, conditions, limit=PAGE, offset=offset)
    total = insights.count(connection, conditions)
    mentioned = dict(names_in(connection, team_id, [one.text for one in found]))
    authors = {one.author_id for one in found if one.author_id}
    mentioned |= workspace.names(connection, team_id, authors)
    supported = insights.supported_by(connection, user_id, [one.id for one in found])
    notices = notices_of(connection, team_id, user_id)
    hours = standing_of(connection, team_id, look.reader)
    page = messages.Page(found, total, offset, PAGE, supported, notices, hours, by.query, by.fault)
    return messages.my_insights(look.reader, page, mentioned)


def names(look: Look) -> list[Block]:
    """The way to what is known of a customer, competitor or product."""
    if not has_names(look.connection, look.reader):
        return []
    return [look_up(look.reader.texts, f"about-{look.now.timestamp():.0f}")]


def bridges(look: Look) -> list[Block]:
    """How the bridges stand, and the way to their setup."""
    connection, reader = look.connection, look.reader
    scheduled = schedules.all_of_team(connection, look.team_id)
    due = {one.bridge_id: one for one in scheduled if one.kind == DIGEST.kind}
    channels = {bridge.marketing_channel_id for bridge in reader.bridges}
    channels |= {channel for bridge in reader.bridges for channel in bridge.sales_channel_ids}
    channel_names = workspace.channel_names(connection, look.team_id, channels)
    reports = {one.bridge_id: one for one in scheduled if one.kind == SALES_REPORT.kind}
    managers = {user for bridge in reader.managed for user in bridge.manager_ids}
    marketing = marketers_of(connection, look.team_id, reader.managed[: messages.MOST_BRIDGES])
    state = messages.State(
        due,
        channel_names,
        reports,
        workspace.names(connection, look.team_id, managers),
        {bridge_id: [one.name for one in people] for bridge_id, people in marketing.items()},
    )
    return messages.bridges(reader, state)


def activities(look: Look) -> list[Block]:
    """What is planned and running of the bridges that the person markets for."""
    connection, reader = look.connection, look.reader
    mine = {one.id: one for one in reader.bridges if may_plan(reader, one) and one in reader.marketing}
    if not mine:
        return []
    wanted = (stored.of_bridges(mine), stored.with_status(OPEN))
    page = stored.find(connection, *wanted, limit=ACTIVITIES)
    found = figures_of(connection, page)
    owners = workspace.names(connection, look.team_id, {one.owner_id for one in page})
    shown = [
        Shown(one, local_day(mine[one.activity.bridge_id], look.now), owners, may_change=True)
        for one in found
    ]
    total = stored.count(connection, *wanted)
    return messages.activities(reader.texts, shown, total, str(min(mine)))


def unknown_names(look: Look) -> list[Block]:
    """Names that stand often in insights and on no list, for those who may put them on one."""
    blocks: list[Block] = []
    for bridge in look.reader.managed:
        since = look.now - LATELY
        found = analysis.unknown_names(look.connection, bridge.id, since, least=OFTEN, limit=MOST_OFFERED)
        blocks += messages.unknown_names(look.reader.texts, bridge, found, many=len(look.reader.managed) > 1)
    return blocks


SECTIONS: Final[tuple[Section, ...]] = (
    meetings,
    my_insights,
    names,
    inbox,
    questions,
    activities,
    coverage,
    bridges,
    unknown_names,
    health,
    erasing,
)
