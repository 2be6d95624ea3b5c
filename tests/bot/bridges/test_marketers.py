"""Who is marketing: all members of the marketing channel, or those of them whom the bridge names."""

from collections.abc import Mapping
from typing import Any

import pytest

from bot.bridges.setup import open_bridge, open_setup, save_bridge
from bot.errors import FormError, UserError
from bot.gestures import Open, Update
from bot.i18n import texts
from bot.ids import Field
from bot.triage import walk
from bot.triage.rules import Step
from bot.workspace.access import Viewer, marketers_of, viewer
from storage import bridges, meetings, workspace
from storage.bridges import Bridge, Marketers
from storage.database import Database
from storage.meetings import Group
from tests.bot.bridges.forms import bridge_form
from tests.bot.test_home import opened
from tests.bot.triage.desk import step
from tests.stage import Stage, make_stage
from tests.support import ANNA, BEN, GUEST, MARKETING, MIA, SALES, STRANGER, TEAM, TOM, person

LEFT = "ULEFT"  # her account is deactivated


@pytest.fixture
def stage(database: Database) -> Stage:
    stage = make_stage(database)
    with stage.services.db.writing() as connection:
        workspace.save_person(connection, TEAM, person(LEFT, is_deleted=True), stage.clock.now())
        everyone = [MIA, TOM, BEN, GUEST, STRANGER, LEFT]
        workspace.replace_members(connection, TEAM, MARKETING, everyone)
        meetings.replace_groups(connection, TEAM, [Group("S1", "marketing", [BEN, GUEST, ANNA])])
    return stage


def save(stage: Stage, user: str = TOM, **changes: Any) -> None:
    opened = open_bridge(stage.services, stage.gesture(user), str(stage.bridge.id))
    assert isinstance(opened, Update)
    answers = bridge_form(**{"managers": [MIA], "emoji": ":bulb:", **changes})
    save_bridge(stage.services, stage.gesture(user), answers, opened.view["private_metadata"])


def refused(stage: Stage, **changes: Any) -> Mapping[str, str]:
    with pytest.raises(FormError) as problem:
        save(stage, **changes)
    assert stored(stage).marketers is None
    return {block: texts("en").say(text) for block, text in problem.value.fields.items()}


def stored(stage: Stage) -> Bridge:
    with stage.services.db.reading() as connection:
        found = bridges.bridge(connection, stage.bridge.id)
    assert found is not None
    return found


def who(stage: Stage, user: str) -> Viewer:
    with stage.services.db.reading() as connection:
        return viewer(connection, TEAM, user)


def marketers(stage: Stage) -> set[str]:
    """Those who count as marketing, and as the list of them says too."""
    bridge = stored(stage)
    with stage.services.db.reading() as connection:
        listed = {one.user_id for one in marketers_of(connection, TEAM, [bridge])[bridge.id]}
    everyone = (ANNA, BEN, MIA, TOM, GUEST, STRANGER, LEFT)
    assert listed == {user for user in everyone if who(stage, user).is_marketer_of(bridge)}
    return listed


def test_by_default_all_full_members_of_the_marketing_channel_are(stage: Stage) -> None:
    assert marketers(stage) == {MIA, TOM, BEN}


def test_named_people_and_groups_are_as_far_as_they_are_in_the_channel(stage: Stage) -> None:
    save(stage, marketing_by="named", marketers=[MIA], groups=["S1"])
    assert stored(stage).marketers == Marketers((MIA,), ("S1",))
    assert marketers(stage) == {MIA, BEN}  # Anna's group is named, but she is not in the channel
    with stage.services.db.writing() as connection:
        workspace.set_member(connection, TEAM, MARKETING, MIA, is_in=False)
        meetings.replace_groups(connection, TEAM, [Group("S1", "marketing", [TOM])])
    assert marketers(stage) == {TOM}


def test_who_is_no_longer_named_is_refused_at_once_but_still_sees(stage: Stage) -> None:
    ts = stage.slack.say(SALES, ANNA, "said by Anna")
    stage.flag(ANNA, ts)
    insight = stage.insight(ts)
    save(stage, marketing_by="named", marketers=[MIA])
    with pytest.raises(UserError) as problem:
        step(stage, insight, Step.TAKE, BEN)
    assert "Only marketing" in texts("en").say(problem.value.message)
    with pytest.raises(UserError):
        walk.begin(stage.services, stage.gesture(BEN), "::")
    assert stage.insight(ts).status == "new"
    assert "To triage" not in str(opened(stage, BEN)) and "К разбору" not in str(opened(stage, BEN))
    assert who(stage, BEN).sees_all_of(stored(stage))
    step(stage, insight, Step.TAKE, MIA)
    assert stage.insight(ts).status == "in_progress"


def test_all_members_are_again_when_that_is_chosen(stage: Stage) -> None:
    save(stage, marketing_by="named", marketers=[MIA])
    save(stage, marketing_by="members")
    assert marketers(stage) == {MIA, TOM, BEN}


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"marketing_by": "named"}, Field.MARKETING_BY, "Name at least one"),
        ({"marketing_by": None}, Field.MARKETING_BY, "Choose who is marketing."),
        ({"marketing_by": "forged"}, Field.MARKETING_BY, "Choose who is marketing."),
        ({"marketers": [MIA]}, Field.MARKETERS, "All members are chosen above"),
        ({"marketing_by": "named", "marketers": [ANNA]}, Field.MARKETERS, "Anna is not in #marketing"),
        ({"marketing_by": "named", "marketers": [GUEST]}, Field.MARKETERS, "Guest can't"),
        ({"marketing_by": "named", "marketers": [STRANGER]}, Field.MARKETERS, "Stranger can't"),
        ({"marketing_by": "named", "marketers": [LEFT]}, Field.MARKETERS, "is deactivated"),
        ({"marketing_by": "named", "marketers": ["UNOBODY"]}, Field.MARKETERS, "not known yet"),
        ({"marketing_by": "named", "groups": ["SFORGED"]}, Field.MARKETER_GROUPS, "no longer exists"),
        ({"managers": [LEFT]}, Field.MANAGERS, "is deactivated"),
        ({"managers": [GUEST]}, Field.MANAGERS, "Guest can't"),
    ],
)
def test_every_fault_stands_beside_its_field(
    stage: Stage, changes: dict[str, Any], field: Field, says: str
) -> None:
    told = refused(stage, **changes)
    assert list(told) == [field] and says in told[field]


def test_the_form_opens_with_what_is_chosen(stage: Stage) -> None:
    save(stage, marketing_by="named", marketers=[MIA], groups=["S1"])
    with stage.services.db.writing() as connection:
        meetings.replace_groups(connection, TEAM, [])
    answer = open_setup(stage.services, stage.gesture(TOM))
    assert isinstance(answer, Open)
    fields = {one["block_id"]: one["element"] for one in answer.view["blocks"] if one["type"] == "input"}
    assert fields[Field.MARKETING_BY]["initial_option"]["value"] == "named"
    assert fields[Field.MARKETERS]["initial_users"] == [MIA]
    assert "gone" in str(fields[Field.MARKETER_GROUPS]["initial_options"])


def test_workspace_admins_administer_whoever_is_named_or_taken_out(stage: Stage) -> None:
    save(stage, managers=[], marketing_by="named", marketers=[BEN])
    assert who(stage, TOM).manages(stored(stage))
    save(stage, managers=[ANNA], marketing_by="named", marketers=[BEN])
    assert who(stage, ANNA).manages(stored(stage))
    with stage.services.db.writing() as connection:
        workspace.save_person(connection, TEAM, person(ANNA, is_guest=True), stage.clock.now())
    assert not who(stage, ANNA).manages(stored(stage)) and not who(stage, ANNA).managed


def test_a_manager_leaves_the_managers_and_chooses_who_is_marketing(stage: Stage) -> None:
    save(stage, MIA, managers=[ANNA], marketing_by="named", marketers=[MIA, BEN])
    assert stored(stage).manager_ids == (MIA,)
    assert marketers(stage) == {MIA, BEN}


def test_the_home_tab_of_who_administers_says_who_may_what(stage: Stage) -> None:
    assert "3 people in the marketing channel triage · managed by Mia" in str(opened(stage, TOM))
    save(stage, marketing_by="named", marketers=[MIA])
    assert "marketing: Mia · managed by Mia" in str(opened(stage, TOM))
    with stage.services.db.writing() as connection:
        workspace.set_member(connection, TEAM, MARKETING, MIA, is_in=False)
    stage.clock.pass_time(minutes=1)
    assert "nobody is marketing" in str(opened(stage, TOM))
    assert "managed by" not in str(opened(stage, BEN))
