"""Nothing stops silently: whoever manages a bridge hears what befell its channels, once."""

from collections.abc import Iterable
from typing import Any, cast

import pytest
from sqlalchemy import insert, select

from bot.housekeeping import DirectoryKeeper
from bot.inbox import Incoming, accept, work_one
from bot.services import Services
from bot.slack import SlackBusy, SlackRefused
from bot.workspace.directory import read_directory
from bot.workspace.moods import WORKERS, build_trouble
from storage import bridges, workspace
from storage.database import Database
from storage.outbox import by_key
from storage.tables import flags, inbox, outbox
from storage.workspace import Channel
from tests.support import (
    ANNA,
    BEN,
    MARKETING,
    MIA,
    SALES,
    TEAM,
    TOM,
    channel,
    make_bridge,
    make_services,
    person,
)


@pytest.fixture
def services(database: Database) -> Services:
    made = make_services(database)
    make_bridge(made)
    return made


class Slack:
    """What the specced Slack answers about channels."""

    def __init__(self, services: Services) -> None:
        self.mock = cast(Any, services.slack)
        self.channels: dict[str, Channel] = {}
        self.members: dict[str, list[str]] = {}
        self.mock.channel.side_effect = self._channel
        self.mock.members.side_effect = lambda channel_id: self.members.get(channel_id, [])

    def _channel(self, channel_id: str) -> Channel:
        if channel_id not in self.channels:
            raise SlackRefused("channel_not_found")
        return self.channels[channel_id]

    def has(self, channel_id: str, *members: str, **changes: object) -> None:
        self.channels[channel_id] = channel(channel_id, **changes)
        self.members[channel_id] = list(members)


@pytest.fixture
def slack(services: Services) -> Slack:
    return Slack(services)


def happen(services: Services, key: str = "e1", channel_id: str = SALES, **values: Any) -> None:
    """Let an event come and be worked on."""
    kind = values.pop("kind", "channel")
    with services.db.writing() as connection:
        accept(services, connection, Incoming(kind, key, channel_id=channel_id, **values))
    while work_one(services, WORKERS):
        pass


def said(services: Services) -> list[tuple[str, str]]:
    """Direct messages: to whom, and what."""
    with services.db.reading() as connection:
        keys = connection.scalars(select(outbox.c.dedupe_key).order_by(outbox.c.id)).all()
        rows = [row for key in keys if (row := by_key(connection, key))]
    told = [build_trouble(services, row) if "builder" in row.payload else row.payload for row in rows]
    pairs = zip(rows, told, strict=True)
    return [(str(row.user_id), _words(message["blocks"])) for row, message in pairs if message]


def _words(blocks: Iterable[dict[str, Any]]) -> str:
    return "\n".join(block["text"]["text"] for block in blocks)


def states(services: Services) -> list[str]:
    with services.db.reading() as connection:
        return list(connection.scalars(select(inbox.c.state).order_by(inbox.c.id)))


# --- channels ----------------------------------------------------------------------------------------------


def test_a_new_name_is_remembered_and_nobody_is_bothered(services: Services, slack: Slack) -> None:
    slack.has(SALES, ANNA, name="sales-europe")
    happen(services)
    with services.db.reading() as connection:
        assert workspace.channel_names(connection, TEAM, [SALES]) == {SALES: "sales-europe"}
        assert workspace.channels_of(connection, TEAM, BEN) == {"CSALES2"}
    assert said(services) == []


@pytest.mark.parametrize(
    ("channel_id", "changes", "words"),
    [
        (SALES, {"is_archived": True}, "#sales is archived"),
        (SALES, {"is_member": False}, "no longer in #sales"),
        (SALES, {"is_shared": True}, "shared with another organisation"),
        (SALES, {"is_private": True}, f"<#{SALES}>, a sales channel of the bridge “default”, is private now"),
        (MARKETING, {"is_archived": True}, "The digest can't be posted"),
        (MARKETING, {"is_member": False}, "The digest can't be posted"),
        (MARKETING, {"is_shared": True}, "The digest is not posted there"),
    ],
)
def test_managers_and_admins_hear_once_what_stopped(
    services: Services, slack: Slack, channel_id: str, changes: dict[str, Any], words: str
) -> None:
    slack.has(channel_id, ANNA, **changes)
    happen(services, "e1", channel_id)
    happen(services, "e2", channel_id)  # another event about the same
    told = said(services)
    assert sorted(user for user, _ in told) == [MIA, TOM]
    assert all(words in text for _, text in told)


def test_a_channel_that_slack_no_longer_knows_is_told_as_gone(services: Services, slack: Slack) -> None:
    happen(services)
    assert [user for user, _ in said(services)] == [MIA, TOM]
    with services.db.reading() as connection:
        assert SALES not in workspace.channels_of(connection, TEAM, ANNA)


def test_a_marketing_channel_that_becomes_private_bothers_nobody(services: Services, slack: Slack) -> None:
    slack.has(MARKETING, MIA, is_private=True)
    happen(services, channel_id=MARKETING)
    assert said(services) == []


def test_a_channel_of_no_bridge_bothers_nobody(services: Services, slack: Slack) -> None:
    slack.has("COTHER", is_archived=True)
    happen(services, channel_id="COTHER")
    assert said(services) == []


def test_it_is_told_again_when_it_happens_again(services: Services, slack: Slack) -> None:
    for key, archived in (("e1", True), ("e2", False), ("e3", True)):
        slack.has(SALES, is_archived=archived)
        happen(services, key)
    assert [user for user, _ in said(services)] == [MIA, TOM, MIA, TOM]


def test_one_message_for_a_channel_of_several_bridges(services: Services, slack: Slack) -> None:
    make_bridge(services, name="SMB", sales_channel_ids=("CSMB",))
    slack.has(MARKETING, is_shared=True)
    happen(services, channel_id=MARKETING)
    told = dict(said(services))
    assert len(said(services)) == 2
    assert "“default”" in told[TOM]
    assert "“SMB”" in told[TOM]


def test_bots_and_people_who_left_are_not_written_to(services: Services, slack: Slack) -> None:
    with services.db.writing() as connection:
        workspace.save_person(connection, TEAM, person(MIA, is_deleted=True), services.clock.now())
    slack.has(SALES, is_archived=True)
    happen(services)
    assert [user for user, _ in said(services)] == [TOM]


def test_a_private_channel_is_not_named(services: Services, slack: Slack) -> None:
    slack.has(SALES, is_private=True, name="takeover")
    happen(services)
    assert "takeover" not in str(said(services))


def test_names_do_no_harm(services: Services, slack: Slack) -> None:
    make_bridge(services, name="<!channel>", sales_channel_ids=("CSMB",))
    slack.has("CSMB", is_archived=True)
    happen(services, channel_id="CSMB")
    slack.has(MARKETING, is_archived=True)
    happen(services, "e2", MARKETING)
    assert said(services)
    assert "<!channel>" not in str(said(services))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"is_archived": True}, "#sales is archived"),
        ({"is_shared": True}, "shared with another organisation"),
        ({"is_private": True}, "is private now"),
        ({"is_member": False}, "no longer in #sales"),
        (None, "no longer in #sales"),  # Slack lists it no more
        ({"name": "sales-europe"}, ""),
    ],
)
def test_what_befell_a_channel_while_frontline_was_down_is_told_at_its_start(
    services: Services, slack: Slack, changes: dict[str, Any] | None, words: str
) -> None:
    slack.has(MARKETING, MIA)
    slack.has("CSALES2", BEN)
    if changes is not None:
        slack.has(SALES, ANNA, **changes)
    slack.mock.people.side_effect = lambda: iter([])
    slack.mock.channels.side_effect = lambda: iter(
        [one for one in slack.channels.values() if one.is_member]  # as users.conversations does
    )
    assert DirectoryKeeper(services).step()
    while work_one(services, WORKERS):
        pass
    read_directory(services)  # another replica reads it too
    while work_one(services, WORKERS):
        pass
    told = said(services)
    assert [user for user, _ in told] == ([MIA, TOM] if words else [])
    assert all(words in text for _, text in told)
    assert states(services) == ["done"]
    with services.db.reading() as connection:
        sees = SALES in workspace.channels_of(connection, TEAM, ANNA)
        assert sees == (changes is not None and "is_member" not in changes)


def test_a_busy_slack_puts_the_event_back(services: Services, slack: Slack) -> None:
    slack.mock.channel.side_effect = SlackBusy(3)
    happen(services)
    assert states(services) == ["pending"]


# --- joining -----------------------------------------------------------------------------------------------


def test_a_public_channel_is_joined_and_its_members_are_known(services: Services, slack: Slack) -> None:
    slack.has("CNEW", ANNA, is_member=False)

    def join(method: str, **arguments: Any) -> dict[str, Any]:
        assert (method, arguments) == ("conversations.join", {"channel": "CNEW"})
        slack.has("CNEW", ANNA, "UBOT")
        return {"ok": True}

    slack.mock.call.side_effect = join
    happen(services, kind="join_channel", channel_id="CNEW", user_id=TOM)
    with services.db.reading() as connection:
        found = workspace.channel(connection, TEAM, "CNEW")
        assert found is not None
        assert found.is_member
        assert "CNEW" in workspace.channels_of(connection, TEAM, ANNA)
    assert said(services) == []


def test_a_channel_that_it_is_in_already_is_not_joined_again(services: Services, slack: Slack) -> None:
    slack.has("CNEW", is_private=True)
    happen(services, kind="join_channel", channel_id="CNEW", user_id=TOM)
    slack.mock.call.assert_not_called()
    assert said(services) == []


@pytest.mark.parametrize(
    ("known", "refusal", "words"),
    [
        (None, None, "it is private. Please type `/invite @Frontline`"),
        ({"is_private": True}, None, "it is private. Please type `/invite @Frontline`"),
        ({}, "is_archived", "it is archived"),
        ({}, "restricted_action", "“restricted_action”"),
        ({}, "missing_scope", "“missing_scope”"),
    ],
)
def test_who_asked_hears_why_it_could_not_join(
    services: Services, slack: Slack, known: dict[str, Any] | None, refusal: str | None, words: str
) -> None:
    if known is not None:
        slack.has("CNEW", is_member=False, **known)
    slack.mock.call.side_effect = SlackRefused(refusal or "unexpected")
    happen(services, kind="join_channel", channel_id="CNEW", user_id=ANNA)
    ((user, text),) = said(services)
    assert user == ANNA
    assert words in text
    assert states(services) == ["done"]


def test_for_the_bridge_of_the_settings_admins_hear_it(services: Services, slack: Slack) -> None:
    happen(services, kind="join_channel", channel_id="CNEW")
    assert [user for user, _ in said(services)] == [TOM]


def test_a_marketing_channel_found_shared_is_told_after_joining(services: Services, slack: Slack) -> None:
    make_bridge(services, name="SMB", sales_channel_ids=("CSMB",), marketing_channel_id="CNEW")
    slack.has("CNEW", is_shared=True)
    happen(services, kind="join_channel", channel_id="CNEW", user_id=TOM)
    assert ["The digest is not posted there" in text for _, text in said(services)] == [True, True]


def test_lost_access_is_no_reason_to_give_up(services: Services, slack: Slack) -> None:
    slack.mock.channel.side_effect = SlackRefused("token_revoked")
    happen(services, kind="join_channel", channel_id="CNEW", user_id=TOM)
    assert states(services) == ["pending"]
    assert said(services) == []


# --- ids and people ----------------------------------------------------------------------------------------


def test_bridges_follow_a_channel_to_its_new_id(services: Services, slack: Slack) -> None:
    with services.db.writing() as connection:
        flag = {"team_id": TEAM, "message_ts": "1.000001", "user_id": ANNA, "emoji": "bulb", "is_on": True}
        connection.execute(insert(flags).values(**flag, channel_id=SALES, changed_ts="1.000002"))
    slack.has("CSALES9", ANNA)
    slack.has("CMARKETING9", MIA)
    happen(services, "a", SALES, kind="channel_id_changed", item="CSALES9")
    happen(services, "b", MARKETING, kind="channel_id_changed", item="CMARKETING9")
    with services.db.reading() as connection:
        (bridge,) = bridges.all_bridges(connection, TEAM)
        assert list(connection.scalars(select(flags.c.channel_id))) == ["CSALES9"]
        assert workspace.channels_of(connection, TEAM, ANNA) == {"CSALES9"}
    assert set(bridge.sales_channel_ids) == {"CSALES9", "CSALES2"}
    assert bridge.marketing_channel_id == "CMARKETING9"
    assert said(services) == []


def test_a_new_id_that_is_known_already_is_no_hindrance(services: Services, slack: Slack) -> None:
    slack.has("CSALES2", BEN)
    happen(services, "a", SALES, kind="channel_id_changed", item="CSALES2")
    with services.db.reading() as connection:
        (bridge,) = bridges.all_bridges(connection, TEAM)
    assert bridge.sales_channel_ids == ("CSALES2",)
    assert states(services) == ["done"]


def test_a_person_is_read_anew(services: Services, slack: Slack) -> None:
    slack.mock.person.return_value = person(ANNA, is_admin=True)
    happen(services, kind="person", channel_id=None, user_id=ANNA)  # type: ignore[arg-type]
    with services.db.reading() as connection:
        assert workspace.administrators(connection, TEAM) == [ANNA, TOM]


def test_a_manager_who_leaves_is_told_once_to_who_can_choose_another(
    services: Services, slack: Slack
) -> None:
    slack.mock.person.return_value = person(MIA, name="<!channel>", is_deleted=True)
    for key in ("e1", "e2"):
        happen(services, key, kind="person", channel_id=None, user_id=MIA)  # type: ignore[arg-type]
    (told,) = said(services)
    assert told[0] == TOM
    assert "who managed the bridge “default”" in told[1]
    assert "<!channel>" not in told[1]


def test_who_manages_nothing_may_leave_unnoticed(services: Services, slack: Slack) -> None:
    slack.mock.person.return_value = person(ANNA, is_deleted=True)
    happen(services, kind="person", channel_id=None, user_id=ANNA)  # type: ignore[arg-type]
    assert said(services) == []
