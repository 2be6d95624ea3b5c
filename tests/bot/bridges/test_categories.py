"""The form of categories: what is left alone stays, and every fault stands beside its field."""

from collections.abc import Mapping
from typing import Any

import pytest

from bot.bridges.category_form import open_categories, save_category_form
from bot.bridges.setup import open_bridge, save_bridge
from bot.errors import FormError, UserError
from bot.gestures import Done, FormState, Open, Update
from bot.i18n import texts
from bot.messages.categories import back_block, line_block, new_block
from bot.services import Services
from storage import bridges, workspace
from storage.bridges import Bridge, Category
from storage.database import Database
from tests.bot.bridges.forms import bridge_form, gesture, initial_values, typed
from tests.support import ANNA, MIA, TEAM, TOM, make_bridge, make_services


@pytest.fixture
def services(database: Database) -> Services:
    return make_services(database)


@pytest.fixture
def bridge(services: Services) -> Bridge:
    return make_bridge(services)


def opened(services: Services, bridge: Bridge, user_id: str = TOM) -> Mapping[str, Any]:
    answer = open_categories(services, gesture(user_id), str(bridge.id))
    assert isinstance(answer, Open)
    return answer.view


def save(services: Services, bridge: Bridge, user_id: str = TOM, key: str = "V1:h1", **lines: Any) -> None:
    """Open the form, type `lines` (by category key; `new1` and so on), submit."""
    view = opened(services, bridge, user_id)
    values = initial_values(view)
    back = lines.pop("back", [])
    for name, text in lines.items():
        block = new_block(int(name[3:])) if name.startswith("new") else line_block(name)
        assert block in values
        values[block] = typed(text)
    chosen = {"selected_options": [{"value": key} for key in back]}
    form = FormState({**values, back_block(0): chosen})
    answer = save_category_form(services, gesture(user_id, key), form, view["private_metadata"])
    assert answer == Done()


def faults(services: Services, bridge: Bridge, **lines: Any) -> dict[str, str]:
    with pytest.raises(FormError) as problem:
        save(services, bridge, **lines)
    return {block: texts("en").say(text) for block, text in problem.value.fields.items()}


def stored(services: Services, bridge: Bridge) -> dict[str, Category]:
    with services.db.reading() as connection:
        found = bridges.bridge(connection, bridge.id)
    assert found is not None
    return {category.key: category for category in found.categories}


def test_a_form_that_is_left_alone_changes_nothing(services: Services, bridge: Bridge) -> None:
    before = stored(services, bridge)
    save(services, bridge)
    assert stored(services, bridge) == before
    assert {category.name for category in before.values()} == {None}


def test_categories_make_the_round_trip(services: Services, bridge: Bridge) -> None:
    save(
        services,
        bridge,
        market=None,
        competitor=":dart: Rivals",
        new0=":truck: Логистика и щётки",
        new1=":scroll: Tenders",
    )
    kinds = stored(services, bridge)
    assert kinds["market"].is_retired
    assert (kinds["competitor"].name, kinds["competitor"].emoji) == ("Rivals", "dart")
    assert kinds["customer"].name is None
    assert (kinds["logistika_i_shchetki"].name, kinds["logistika_i_shchetki"].emoji) == (
        "Логистика и щётки",
        "truck",
    )
    active = [one.key for one in kinds.values() if not one.is_retired]
    assert active[-3:] == ["logistika_i_shchetki", "tenders", "other"]
    assert [one.position for one in kinds.values()] == list(range(len(kinds)))

    save(services, bridge, key="V2:h", back=["market"], competitor=":dart: Competitors")
    kinds = stored(services, bridge)
    assert not kinds["market"].is_retired
    assert kinds["competitor"].name is None


def test_the_form_says_what_may_come_back(services: Services, bridge: Bridge) -> None:
    save(services, bridge, market=None)
    boxes = [block for block in opened(services, bridge)["blocks"] if block.get("block_id") == back_block(0)]
    (option,) = boxes[0]["element"]["options"]
    assert (option["value"], option["text"]["text"]) == ("market", ":chart_with_upwards_trend: Market")


def test_a_category_that_was_brought_back_and_renamed_gets_no_second_key(
    services: Services, bridge: Bridge
) -> None:
    save(services, bridge, new0=":truck: Market", market=":gem: Trends")
    assert stored(services, bridge)["market_2"].name == "Market"


@pytest.mark.parametrize("name", ["漢字", "!!!", "é" * 60, "x" * 60])
def test_any_name_makes_a_key(services: Services, bridge: Bridge, name: str) -> None:
    save(services, bridge, new0=f":truck: {name}")
    (made,) = [one for one in stored(services, bridge).values() if one.name == name]
    assert 1 <= len(made.key) <= 40
    assert made.key.isascii()


@pytest.mark.parametrize(
    ("lines", "field", "words"),
    [
        ({"other": None}, line_block("other"), "can't be retired"),
        ({"market": "Market"}, line_block("market"), "Begin with an emoji"),
        ({"market": "📈 Market"}, line_block("market"), "Begin with an emoji"),
        ({"market": ":gem:"}, line_block("market"), "Write a name"),
        ({"market": ":gem: " + "x" * 61}, line_block("market"), "60"),
        ({"market": ":rage: Market"}, line_block("market"), "“Complaints”"),
        ({"market": ":bulb: Market"}, line_block("market"), "flag"),
        ({"market": ":inbox_tray: Market"}, line_block("market"), "own sign"),
        ({"market": ":gem: complaints"}, line_block("market"), "already"),
        ({"new0": ":truck: Customers"}, new_block(0), "already"),
        ({"new0": ":gear: Trucks"}, new_block(0), "“Processes”"),
        ({"new0": ":truck: A", "new1": ":truck: B"}, new_block(1), "“A”"),
        ({"new0": "Trucks"}, new_block(0), "Begin with an emoji"),
        ({"market": None, "new0": ":gem: Market"}, new_block(0), "retired"),
    ],
)
def test_each_fault_stands_beside_its_field(
    services: Services, bridge: Bridge, lines: dict[str, Any], field: str, words: str
) -> None:
    before = stored(services, bridge)
    told = faults(services, bridge, **lines)
    assert list(told) == [field]
    assert words in told[field]
    assert stored(services, bridge) == before


def test_all_faults_are_told_at_once(services: Services, bridge: Bridge) -> None:
    told = faults(services, bridge, other=None, market="x", new2=":rage: Rage")
    assert set(told) == {line_block("other"), line_block("market"), new_block(2)}


def test_one_comes_back_only_if_its_emoji_is_free(services: Services, bridge: Bridge) -> None:
    save(services, bridge, market=None)
    save(services, bridge, key="V2:h", new0=":chart_with_upwards_trend: Numbers")
    told = faults(services, bridge, back=["market"], key="V3:h")
    assert list(told) == [back_block(0)]
    assert "“Numbers”" in told[back_block(0)]


def test_twenty_at_most(services: Services, bridge: Bridge) -> None:
    for step in range(4):
        save(services, bridge, key=f"V{step}:h", **{f"new{n}": f":e{step}{n}: N{step}{n}" for n in range(3)})
    assert len(stored(services, bridge)) == 19
    save(services, bridge, key="V8:h", new0=":e80: N80")
    assert "20" in faults(services, bridge, new0=":e90: N90")[new_block(0)]


def test_names_that_ship_stay_in_each_readers_language(services: Services, bridge: Bridge) -> None:
    view = opened(services, bridge)
    values = initial_values(view)
    # A form that was opened in English and is submitted by someone whose language has changed since.
    with services.db.writing() as connection:
        workspace.save_language(connection, TEAM, TOM, "ru")
    save_category_form(services, gesture(), FormState(values), view["private_metadata"])
    assert {one.name for one in stored(services, bridge).values()} == {None}


def test_rights_staleness_and_forged_ids(services: Services, bridge: Bridge) -> None:
    with pytest.raises(UserError):
        open_categories(services, gesture(ANNA), str(bridge.id))
    with pytest.raises(UserError):
        open_categories(services, gesture(TOM), "424242")
    view = opened(services, bridge, MIA)
    with pytest.raises(UserError):
        save_category_form(services, gesture(ANNA), FormState(initial_values(view)), view["private_metadata"])
    save(services, bridge, market=None)
    with pytest.raises(UserError, match="Somebody changed this bridge"):
        save_category_form(
            services, gesture(MIA, "V9:h"), FormState(initial_values(view)), view["private_metadata"]
        )


def test_a_repeated_submission_changes_nothing(services: Services, bridge: Bridge) -> None:
    view = opened(services, bridge)
    values = {**initial_values(view), new_block(0): typed(":truck: Trucks")}
    for _ in range(2):
        save_category_form(services, gesture(), FormState(values), view["private_metadata"])
    assert [one.name for one in stored(services, bridge).values()].count("Trucks") == 1


def test_the_bridges_own_form_beneath_stays_fresh(services: Services, bridge: Bridge) -> None:
    beneath = open_bridge(services, gesture(), str(bridge.id))
    assert isinstance(beneath, Update)
    save(services, bridge, market=None)
    save_bridge(services, gesture(key="V7:h"), bridge_form(), beneath.view["private_metadata"])
