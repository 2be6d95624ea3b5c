"""Promise 2 (a gesture counts once) and 7 (rights), and every fault of the form beside its field."""

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from bot.bridges.setup import open_bridge, open_new_bridge, open_setup, save_bridge, zone_options
from bot.errors import FormError, UserError
from bot.gestures import Answer, Open, Update
from bot.i18n import texts
from bot.ids import Action, Field, View
from bot.schedules import run_one_due
from bot.services import Services
from storage import bridges, schedules, workspace
from storage.bridges import Bridge
from storage.database import Database
from storage.tables import inbox, outbox
from tests.bot.bridges.forms import bridge_form, gesture, texts_of
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
    StandingClock,
    channel,
    make_bridge,
    make_services,
)


@pytest.fixture
def services(database: Database) -> Services:
    return make_services(database)


def view_of(answer: Answer) -> Mapping[str, Any]:
    assert isinstance(answer, Open | Update)
    return answer.view


def metadata(services: Services, user_id: str = TOM, bridge: Bridge | None = None) -> str:
    """What a form that this person opens now carries."""
    if bridge is None:
        answer = open_new_bridge(services, gesture(user_id))
    else:
        answer = open_bridge(services, gesture(user_id), str(bridge.id))
    return str(view_of(answer)["private_metadata"])


def all_bridges(services: Services) -> list[Bridge]:
    with services.db.reading() as connection:
        return bridges.all_bridges(connection, TEAM)


def know(services: Services, channel_id: str, members: tuple[str, ...] = (), **changes: object) -> None:
    with services.db.writing() as connection:
        workspace.save_channel(connection, TEAM, channel(channel_id, **changes), services.clock.now())
        workspace.replace_members(connection, TEAM, channel_id, members)


def joins(services: Services) -> list[str]:
    with services.db.reading() as connection:
        rows = connection.scalars(select(inbox.c.channel_id).where(inbox.c.kind == "join_channel"))
        return sorted(str(one) for one in rows)


def faults(services: Services, bridge: Bridge | None = None, **changes: Any) -> dict[str, str]:
    with pytest.raises(FormError) as problem:
        save_bridge(services, gesture(), bridge_form(**changes), metadata(services, bridge=bridge))
    return {block: texts("en").say(text) for block, text in problem.value.fields.items()}


# --- who may -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("user_id", [ANNA, BEN])
def test_a_person_without_the_right_learns_who_has_it(services: Services, user_id: str) -> None:
    make_bridge(services)
    with pytest.raises(UserError) as problem:
        open_setup(services, gesture(user_id))
    said = texts("en").say(problem.value.message)
    assert "admins and owners" in said
    assert "Mia, Tom" in said


@pytest.mark.parametrize("user_id", [GUEST, STRANGER, "UNOBODY"])
def test_guests_strangers_and_the_unknown_get_no_form(services: Services, user_id: str) -> None:
    make_bridge(services, manager_ids=(GUEST, STRANGER))
    with pytest.raises(UserError):
        open_setup(services, gesture(user_id))


def test_the_right_is_checked_again_at_submission(services: Services) -> None:
    bridge = make_bridge(services)
    carried = metadata(services, bridge=bridge)
    with pytest.raises(UserError):
        save_bridge(services, gesture(ANNA), bridge_form(), carried)
    with pytest.raises(UserError):
        save_bridge(services, gesture(ANNA), bridge_form(), metadata(services))
    assert [one.name for one in all_bridges(services)] == ["default"]


def test_a_manager_changes_her_own_bridge_only(services: Services) -> None:
    mine = make_bridge(services)
    other = make_bridge(services, name="Other", sales_channel_ids=("CX",), manager_ids=())
    with pytest.raises(UserError):
        open_bridge(services, gesture(MIA), str(other.id))
    with pytest.raises(UserError):
        save_bridge(services, gesture(MIA), bridge_form(), metadata(services, bridge=other))
    save_bridge(
        services, gesture(MIA), bridge_form(name="Mine", marketing="CNEW"), metadata(services, MIA, mine)
    )
    assert {one.name for one in all_bridges(services)} == {"Mine", "Other"}


def test_admins_choose_managers_and_a_manager_can_not(services: Services) -> None:
    bridge = make_bridge(services)
    save_bridge(services, gesture(MIA), bridge_form(managers=[ANNA]), metadata(services, MIA, bridge))
    (changed,) = all_bridges(services)
    assert changed.manager_ids == (MIA,)
    carried = metadata(services, bridge=changed)
    save_bridge(services, gesture(TOM, "V2:h"), bridge_form(managers=[ANNA]), carried)
    assert all_bridges(services)[0].manager_ids == (ANNA,)


def test_a_manager_manages_what_she_makes(services: Services) -> None:
    make_bridge(services)
    new = bridge_form(name="SMB", sales=["CNEW"], managers=[ANNA])
    save_bridge(services, gesture(MIA), new, metadata(services, MIA))
    made = next(one for one in all_bridges(services) if one.name == "SMB")
    assert made.manager_ids == (MIA,)


# --- which form --------------------------------------------------------------------------------------------


def test_without_a_bridge_the_form_of_a_new_one_opens_in_ones_own_time_zone(services: Services) -> None:
    view = view_of(open_setup(services, gesture()))
    assert view["callback_id"] == View.BRIDGE
    zone = next(block for block in view["blocks"] if block.get("block_id") == Field.TIME_ZONE)
    assert zone["element"]["initial_option"]["value"] == "Europe/Berlin"
    assert zone["element"]["min_query_length"] == 0
    assert "actions" not in {block["type"] for block in view["blocks"]}


def test_the_only_bridge_opens_at_once_with_its_buttons(services: Services) -> None:
    bridge = make_bridge(services)
    view = view_of(open_setup(services, gesture()))
    buttons = next(block for block in view["blocks"] if block["type"] == "actions")["elements"]
    assert [(one["action_id"], one["value"]) for one in buttons] == [
        (Action.BRIDGE_CATEGORIES, str(bridge.id)),
        (Action.BRIDGE_LISTS, str(bridge.id)),
        (Action.BRIDGE_DIGEST, str(bridge.id)),
        (Action.BRIDGE_REPORT, str(bridge.id)),
        (Action.BRIDGE_LIFETIME, str(bridge.id)),
        (Action.BRIDGE_NEW, "new"),
    ]


def test_of_several_bridges_the_one_of_this_channel_is_listed_first(services: Services) -> None:
    make_bridge(services, name="A", sales_channel_ids=("CA",), marketing_channel_id="CMA")
    here = make_bridge(services, name="B")
    view = view_of(open_setup(services, gesture(channel_id=SALES)))
    assert view["callback_id"] == View.BRIDGES
    edits = [block["accessory"] for block in view["blocks"] if "accessory" in block]
    assert edits[0]["value"] == str(here.id)
    assert {one["action_id"] for one in edits} == {Action.BRIDGE_EDIT}


def test_very_many_bridges_still_fit_into_the_list(services: Services) -> None:
    for number in range(95):
        make_bridge(services, name=f"B{number}", sales_channel_ids=(f"C{number}",))
    view = view_of(open_setup(services, gesture()))
    assert len(view["blocks"]) <= 100
    assert "5 more bridges" in texts_of(view)


def test_the_form_does_not_hide_a_channel_that_is_shared_already(services: Services) -> None:
    bridge = make_bridge(services)

    def excludes() -> bool:
        view = view_of(open_bridge(services, gesture(), str(bridge.id)))
        sales = next(block for block in view["blocks"] if block.get("block_id") == Field.SALES)
        return bool(sales["element"]["filter"].get("exclude_external_shared_channels"))

    assert excludes()
    know(services, SALES, is_shared=True)
    assert not excludes()


# --- saving ------------------------------------------------------------------------------------------------


def test_a_new_bridge_has_categories_and_a_digest_and_its_channels_are_confirmed(services: Services) -> None:
    know(services, "CPRIVATE", is_private=True, is_member=False)
    form = bridge_form(
        sales=[SALES, "CPUBLIC", "CPRIVATE"], managers=[MIA], emoji="bulb :fire:", threshold="5"
    )
    view = view_of(save_bridge(services, gesture(), form, metadata(services)))
    (made,) = all_bridges(services)
    assert (made.name, made.marketing_channel_id) == ("EMEA", MARKETING)
    assert set(made.sales_channel_ids) == {SALES, "CPUBLIC", "CPRIVATE"}
    assert made.card_threshold == 5
    assert (made.flag_emoji, made.manager_ids, len(made.categories)) == (("bulb", "fire"), (MIA,), 7)
    with services.db.reading() as connection:
        digest = schedules.of_bridge(connection, made.id, "digest")
    assert digest is not None
    assert (digest.local_time, digest.time_zone) == ("09:00", "Europe/Berlin")
    assert joins(services) == ["CPUBLIC"]
    assert view["callback_id"] == View.NOTICE
    said = texts_of(view)
    assert f"in <#{SALES}> ✓" in said
    assert "joining <#CPUBLIC>" in said
    assert "<#CPRIVATE> is private: please type `/invite @Frontline` there" in said


def test_a_repeated_submission_makes_one_bridge_and_says_the_same(services: Services) -> None:
    carried, form = metadata(services), bridge_form(sales=[SALES, "CPUBLIC"])
    first = save_bridge(services, gesture(), form, carried)
    again = save_bridge(services, gesture(), form, carried)
    assert first == again
    assert len(all_bridges(services)) == 1
    assert joins(services) == ["CPUBLIC"]


def test_a_refused_form_may_be_sent_again_once_mended(services: Services) -> None:
    carried = metadata(services)
    with pytest.raises(FormError):
        save_bridge(services, gesture(), bridge_form(name=""), carried)
    save_bridge(services, gesture(), bridge_form(), carried)
    assert len(all_bridges(services)) == 1


def test_of_two_who_edit_at_once_the_second_learns_it(services: Services) -> None:
    bridge = make_bridge(services)
    hers, his = metadata(services, MIA, bridge), metadata(services, TOM, bridge)
    save_bridge(services, gesture(MIA, "V1:h"), bridge_form(name="Hers"), hers)
    with pytest.raises(UserError, match="Somebody changed this bridge"):
        save_bridge(services, gesture(TOM, "V2:h"), bridge_form(name="His"), his)
    assert all_bridges(services)[0].name == "Hers"


@pytest.mark.parametrize("carried", ["", "{}", "[]", "[1]", '["x", "y", "z"]', '[424242, "", "en"]', "null"])
def test_a_forged_or_removed_bridge_is_refused_in_words(services: Services, carried: str) -> None:
    make_bridge(services)
    with pytest.raises(UserError):
        save_bridge(services, gesture(), bridge_form(), carried)


@pytest.mark.parametrize("bridge_id", ["424242", "", "1; drop table bridges", "new"])
def test_a_forged_button_opens_nothing(services: Services, bridge_id: str) -> None:
    make_bridge(services)
    with pytest.raises(UserError):
        open_bridge(services, gesture(), bridge_id)


def test_a_bridge_of_another_workspace_is_none_of_ours(services: Services) -> None:
    ours = make_bridge(services)
    with services.db.writing() as connection:
        connection.exec_driver_sql("UPDATE bridges SET team_id = 'T2'")
    with pytest.raises(UserError):
        open_bridge(services, gesture(), str(ours.id))


# --- what the form refuses ---------------------------------------------------------------------------------


def test_all_faults_are_told_at_once(services: Services) -> None:
    told = faults(
        services,
        name="  ",
        sales=[],
        marketing=None,
        zone="Mars/Base",
        language="xx",
        emoji="",
        managers=[GUEST],
    )
    assert set(told) == {
        Field.NAME,
        Field.SALES,
        Field.MARKETING,
        Field.TIME_ZONE,
        Field.LANGUAGE,
        Field.EMOJI,
        Field.MANAGERS,
    }


@pytest.mark.parametrize(
    ("changes", "block", "words"),
    [
        ({"name": "x" * 81}, Field.NAME, "80"),
        ({"name": "Other"}, Field.NAME, "already"),
        ({"name": " oTHER "}, Field.NAME, "already"),
        ({"sales": [SALES, "CTAKEN"]}, Field.SALES, "#taken belongs to the bridge “Other”"),
        ({"sales": [SALES, "COLD"]}, Field.SALES, "#old is archived"),
        ({"sales": ["D123"]}, Field.SALES, "not direct messages"),
        ({"marketing": SALES}, Field.MARKETING, "can't be one of the sales channels"),
        ({"marketing": "CSHARED"}, Field.MARKETING, "#shared is shared with another organisation"),
        ({"marketing": "COLD"}, Field.MARKETING, "#old is archived"),
        ({"zone": None}, Field.TIME_ZONE, "time zone"),
        ({"zone": "localtime"}, Field.TIME_ZONE, "time zone"),
        *(({"threshold": text}, Field.THRESHOLD, "2 to 999") for text in ("", "1", "x", "-3", "1000", "²")),
        ({"emoji": "💡"}, Field.EMOJI, "“💡” is not"),
        ({"emoji": ":gear:"}, Field.EMOJI, "“Processes”"),
        ({"emoji": ":inbox_tray:"}, Field.EMOJI, "own sign"),
        ({"managers": [GUEST]}, Field.MANAGERS, "Guest"),
        ({"managers": [STRANGER]}, Field.MANAGERS, "Stranger"),
    ],
)
def test_each_fault_stands_beside_its_field(
    services: Services, changes: dict[str, Any], block: str, words: str
) -> None:
    make_bridge(services, name="Other", sales_channel_ids=("CTAKEN",), marketing_channel_id="CM2")
    know(services, "CTAKEN")
    know(services, "COLD", is_archived=True)
    know(services, "CSHARED", is_shared=True)
    told = faults(services, **changes)
    assert list(told) == [block]
    assert words in told[block]


def test_a_private_channel_is_bridged_by_its_members_only_and_not_named_to_others(services: Services) -> None:
    know(services, "CSECRET", members=(MIA,), is_private=True, name="takeover")
    told = faults(services, sales=["CSECRET"], marketing="CSECRET")
    assert "members only" in told[Field.SALES]
    assert "takeover" not in str(told)
    bridge = make_bridge(services, sales_channel_ids=("CSECRET",))
    # Whoever changes something else need not be a member of what is bridged already.
    save_bridge(services, gesture(), bridge_form(sales=["CSECRET"]), metadata(services, bridge=bridge))


def test_a_channel_may_move_once_its_bridge_has_given_it_up(services: Services) -> None:
    old = make_bridge(services)
    assert Field.SALES in faults(services, sales=[SALES_2])
    form = bridge_form(name="default", sales=[SALES])
    save_bridge(services, gesture(key="a"), form, metadata(services, bridge=old))
    save_bridge(services, gesture(key="b"), bridge_form(name="New", sales=[SALES_2]), metadata(services))
    assert {one.name: one.sales_channel_ids for one in all_bridges(services)} == {
        "default": (SALES,),
        "New": (SALES_2,),
    }


# --- the digest follows the zone ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "zone", "due"),
    [
        # Tuesday: next Monday, 09:00 there.
        (datetime(2026, 3, 3, 12, tzinfo=UTC), "America/New_York", datetime(2026, 3, 9, 13, tzinfo=UTC)),
        # Monday 07:00 UTC, before 09:00 in Berlin, and past 09:00 in Moscow: at once, not in a week.
        (datetime(2026, 3, 9, 7, tzinfo=UTC), "Europe/Moscow", datetime(2026, 3, 9, 6, tzinfo=UTC)),
        # Monday 08:00:30 UTC, due in Berlin but not yet run: in New York it is still ahead.
        (
            datetime(2026, 3, 9, 8, 0, 30, tzinfo=UTC),
            "America/New_York",
            datetime(2026, 3, 9, 13, tzinfo=UTC),
        ),
    ],
)
def test_the_digest_keeps_its_local_time_in_the_new_zone_and_none_is_lost(
    database: Database, now: datetime, zone: str, due: datetime
) -> None:
    clock = StandingClock(datetime(2026, 3, 2, 9, tzinfo=UTC))
    services = make_services(database, clock)
    save_bridge(services, gesture(key="a"), bridge_form(), metadata(services))
    (bridge,) = all_bridges(services)
    clock.instant = now
    save_bridge(services, gesture(key="b"), bridge_form(zone=zone), metadata(services, bridge=bridge))
    with services.db.reading() as connection:
        digest = schedules.of_bridge(connection, bridge.id, "digest")
    assert digest is not None
    assert (digest.time_zone, digest.local_time, digest.next_run_at) == (zone, "09:00", due)


def test_a_digest_that_runs_just_then_is_not_run_again_in_the_new_zone(database: Database) -> None:
    clock = StandingClock(datetime(2026, 3, 3, 12, tzinfo=UTC))
    services = make_services(database, clock)
    save_bridge(services, gesture(key="a"), bridge_form(), metadata(services))
    (bridge,) = all_bridges(services)
    clock.instant = datetime(2026, 3, 9, 8, 0, 30, tzinfo=UTC)
    moved = (gesture(key="b"), bridge_form(zone="Europe/Moscow"), metadata(services, bridge=bridge))
    edits: list[Future[Answer]] = []
    with ThreadPoolExecutor(1) as thread:

        def run(*_: object) -> None:
            edits.append(thread.submit(save_bridge, services, *moved))
            assert not wait(edits, timeout=0.3).done  # it waits for the run's transaction

        assert run_one_due(services, {"digest": run})
        edits[0].result(timeout=20)
    with services.db.reading() as connection:
        digest = schedules.of_bridge(connection, bridge.id, "digest")
    assert digest is not None
    assert digest.next_run_at == datetime(2026, 3, 16, 6, tzinfo=UTC)


def test_a_paused_digest_stays_paused(services: Services) -> None:
    save_bridge(services, gesture(key="a"), bridge_form(), metadata(services))
    (bridge,) = all_bridges(services)
    with services.db.writing() as connection:
        digest = schedules.of_bridge(connection, bridge.id, "digest")
        assert digest is not None
        schedules.set_paused(connection, digest.id, is_paused=True, next_run_at=digest.next_run_at)
    save_bridge(services, gesture(key="b"), bridge_form(zone="Asia/Tokyo"), metadata(services, bridge=bridge))
    with services.db.reading() as connection:
        digest = schedules.of_bridge(connection, bridge.id, "digest")
    assert digest is not None
    assert (digest.is_paused, digest.time_zone) == (True, "Asia/Tokyo")


# --- the rest ----------------------------------------------------------------------------------------------


def test_nothing_is_posted_and_slack_is_not_asked(services: Services) -> None:
    save_bridge(services, gesture(), bridge_form(), metadata(services))
    assert services.slack.mock_calls == []  # type: ignore[attr-defined]
    with services.db.reading() as connection:
        assert connection.execute(select(outbox)).all() == []


def test_replicas_learn_of_the_change(services: Services) -> None:
    with services.db.reading() as connection:
        before = bridges.version(connection, TEAM)
    save_bridge(services, gesture(), bridge_form(), metadata(services))
    with services.db.reading() as connection:
        assert bridges.version(connection, TEAM) > before


def test_time_zones_are_offered_in_the_persons_language(services: Services) -> None:
    found = zone_options(services, BEN, "берлин")
    assert [one["value"] for one in found] == ["Europe/Berlin"]
    assert "Берлин" in found[0]["text"]["text"]
    assert len(zone_options(services, TOM, "")) == 100
    assert zone_options(services, "UNOBODY", "+3")


def test_the_list_shows_names_that_can_do_no_harm(services: Services) -> None:
    bridge = make_bridge(services, name="<!channel> *x*")
    make_bridge(services, name="B", sales_channel_ids=("CB",))
    assert "<!channel>" not in texts_of(view_of(open_setup(services, gesture())))
    form = bridge_form(name="<!here>")
    view = view_of(save_bridge(services, gesture(), form, metadata(services, bridge=bridge)))
    assert "<!here>" not in texts_of(view)


def test_a_bridge_with_very_many_channels_is_confirmed_within_slacks_limits(services: Services) -> None:
    sales = [f"C{number:09d}" for number in range(300)]
    view = view_of(save_bridge(services, gesture(), bridge_form(sales=sales), metadata(services)))
    assert all(len(block["text"]["text"]) <= 3000 for block in view["blocks"])
    assert len(joins(services)) == 300


def test_an_admin_who_is_removed_may_nothing(services: Services) -> None:
    with services.db.writing() as connection:
        tom = workspace.person(connection, TEAM, TOM)
        assert tom is not None
        workspace.save_person(connection, TEAM, replace(tom, is_deleted=True), services.clock.now())
    with pytest.raises(UserError):
        open_setup(services, gesture())
