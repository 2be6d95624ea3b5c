"""User groups: kept as Slack tells them; without the right to them, the rest is read all the same."""

import pytest

from bot.slack import SlackGateway, SlackRefused
from bot.workspace.directory import read_directory
from storage import meetings
from storage.database import Database
from storage.meetings import Group
from tests.fakeslack import FakeSlack, Raw
from tests.support import ANNA, BEN, TEAM, StandingClock, make_services


class Groups(FakeSlack):
    """A Slack that lists user groups and nothing else."""

    def _users_list(self, **_: object) -> Raw:
        return {"members": []}

    def _users_conversations(self, **_: object) -> Raw:
        return {"channels": []}

    def _usergroups_list(self, include_users: bool) -> Raw:
        assert include_users
        return {
            "usergroups": [
                {"id": "S1", "handle": "heads", "users": [ANNA, BEN], "date_delete": 0},
                {"id": "S2", "handle": "gone", "users": [], "date_delete": 1772442000},
            ]
        }


@pytest.mark.parametrize("refused", [None, "missing_scope", "plan_upgrade_required"])
def test_groups_are_read_where_slack_lets_us(database: Database, refused: str | None) -> None:
    services = make_services(database)
    slack: SlackGateway = Groups(StandingClock())
    object.__setattr__(services, "slack", slack)
    if refused and isinstance(slack, FakeSlack):
        slack.fail("usergroups.list", SlackRefused(refused))
    read_directory(services)
    with database.reading() as connection:
        found = meetings.groups(connection, TEAM)
    assert found == ([] if refused else [Group("S1", "heads", [ANNA, BEN])])
