"""A bridge's lists of names: typed, checked, offered, and changed only by those who may."""

import json
from typing import Any

import pytest

from bot.bridges import lists
from bot.errors import FormError, UserError
from bot.gestures import Done, FormState, Open, Update
from bot.ids import Field
from bot.messages.lists import KINDS, block_of
from storage import analysis
from storage.database import Database
from tests.stage import Stage, make_stage
from tests.support import ANNA, MIA, SALES, TOM, make_bridge


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database)


def view_of(answer: object) -> dict[str, Any]:
    assert isinstance(answer, Open | Update)
    return json.loads(json.dumps(answer.view))  # type: ignore[no-any-return]


def typed(turn: int = 0, **texts: str) -> FormState:
    return FormState({block_of(kind, turn): {"value": texts.get(kind, "")} for kind in KINDS})


def shown(view: dict[str, Any], field: Field) -> str:
    (block,) = [one for one in view["blocks"] if str(one.get("block_id", "")).startswith(f"{field}-")]
    return str(block["element"].get("initial_value", ""))


def listed(stage: Stage) -> list[tuple[str, str, list[str]]]:
    with stage.services.db.reading() as connection:
        found = analysis.names_of(connection, stage.bridge.id)
    return [(one.kind, one.name, one.aliases) for one in found]


def opened(stage: Stage, user: str = MIA) -> dict[str, Any]:
    return view_of(lists.answer_lists(stage.services, stage.gesture(user), ""))


def often(stage: Stage, name: str = "Zorblatt", times: int = 3) -> None:
    for nth in range(times):
        ts = stage.slack.say(SALES, TOM, f"they met {name} again, visit {nth}")
        stage.flag(ANNA, ts)


def test_lists_are_typed_one_entry_a_line_and_come_back_so(stage: Stage) -> None:
    metadata = opened(stage)["private_metadata"]
    form = typed(competitor="Acme = acme.com,  Акме\n\nOrbit", customer="Müller & Söhne = Mueller")
    assert isinstance(lists.save_lists(stage.services, stage.gesture(MIA), form, metadata), Done)
    assert listed(stage) == [
        ("competitor", "Acme", ["acme.com", "Акме"]),
        ("competitor", "Orbit", []),
        ("customer", "Müller & Söhne", ["Mueller"]),
    ]
    assert shown(opened(stage), Field.LIST_COMPETITORS) == "Acme = acme.com, Акме\nOrbit"


@pytest.mark.parametrize(
    ("texts", "block", "said"),
    [
        ({"competitor": "= acme.com"}, "competitor", "Write a name"),
        ({"customer": "X"}, "customer", "too short"),
        ({"customer": "Acme = !!"}, "customer", "too short"),
        ({"competitor": "Acme\nacme"}, "competitor", "twice"),
        ({"competitor": "Acme\nAcme"}, "competitor", "twice"),
        ({"competitor": "Acme", "product": "Pulse = acme"}, "product", "twice"),
        ({"product": "x" * 201}, "product", "too long"),
    ],
)
def test_faults_stand_beside_their_fields(stage: Stage, texts: dict[str, str], block: str, said: str) -> None:
    metadata = opened(stage)["private_metadata"]
    with pytest.raises(FormError) as caught:
        lists.save_lists(stage.services, stage.gesture(MIA), typed(0, **texts), metadata)
    assert set(caught.value.fields) == {block_of(block, 0)}
    assert said in str(caught.value.fields[block_of(block, 0)])
    assert listed(stage) == []


def test_only_those_who_may_change_the_bridge_may_change_its_lists(stage: Stage) -> None:
    metadata = opened(stage)["private_metadata"]
    other = make_bridge(stage.services, name="Other", sales_channel_ids=(), manager_ids=())
    forged = json.dumps([other.id, json.loads(metadata)[1], 0])
    for user, form in ((ANNA, metadata), (MIA, forged), (MIA, "nonsense")):
        with pytest.raises(UserError):
            lists.save_lists(stage.services, stage.gesture(user), typed(competitor="Acme"), form)
    with pytest.raises(UserError):
        lists.open_lists(stage.services, stage.gesture(ANNA), str(stage.bridge.id))
    assert listed(stage) == []


def test_a_form_that_was_overtaken_changes_nothing(stage: Stage) -> None:
    metadata = opened(stage)["private_metadata"]
    lists.save_lists(stage.services, stage.gesture(MIA), typed(competitor="Acme"), metadata)
    with pytest.raises(UserError):
        lists.save_lists(stage.services, stage.gesture(MIA), typed(competitor="Orbit"), metadata)
    assert listed(stage) == [("competitor", "Acme", [])]


def test_a_frequent_unknown_name_is_offered_and_goes_onto_a_list(stage: Stage) -> None:
    often(stage, times=2)
    assert "Zorblatt" not in json.dumps(opened(stage))
    often(stage, times=1)
    assert "Zorblatt" in json.dumps(opened(stage))
    value = f"{stage.bridge.id}:competitor:zorblatt"
    gesture = stage.gesture(MIA)
    for _again in range(2):
        assert isinstance(lists.add_unknown(stage.services, gesture, value), Done)
    assert listed(stage) == [("competitor", "Zorblatt", [])]
    assert shown(opened(stage), Field.LIST_COMPETITORS) == "Zorblatt"
    ts = stage.slack.say(SALES, TOM, "Zorblatt's price is lower")
    stage.flag(ANNA, ts)
    assert stage.insight(ts).competitors == ["Zorblatt"]


def test_what_is_ignored_or_long_ago_is_offered_no_more(stage: Stage) -> None:
    often(stage)
    lists.ignore_unknown(stage.services, stage.gesture(MIA), f"{stage.bridge.id}:zorblatt")
    assert "Zorblatt" not in json.dumps(opened(stage))
    often(stage, "Kwartz")
    assert "Kwartz" in json.dumps(opened(stage))
    stage.clock.pass_time(days=61)
    assert "Kwartz" not in json.dumps(opened(stage))


@pytest.mark.parametrize("value", ["1:competitor:nobody", "1:enemy:zorblatt", "77:competitor:zorblatt", "x"])
def test_made_up_offers_change_nothing(stage: Stage, value: str) -> None:
    often(stage)
    with pytest.raises(UserError):
        lists.add_unknown(stage.services, stage.gesture(MIA), value)
    with pytest.raises(UserError):
        lists.add_unknown(stage.services, stage.gesture(ANNA), f"{stage.bridge.id}:competitor:zorblatt")
    assert listed(stage) == []


def test_within_the_form_what_is_typed_stays_and_is_saved_with_the_offered_name(stage: Stage) -> None:
    often(stage)
    view = opened(stage)
    value = f"{stage.bridge.id}:customer:zorblatt"
    half = typed(competitor="Acme", customer="Hartmann")
    again = view_of(lists.add_in_form(stage.services, stage.gesture(MIA), view, half, value))
    assert shown(again, Field.LIST_CUSTOMERS) == "Hartmann\nZorblatt"
    assert "Ignore" not in json.dumps(again)
    assert listed(stage) == []
    form = typed(1, competitor="Acme", customer="Hartmann\nZorblatt")
    lists.save_lists(stage.services, stage.gesture(MIA), form, again["private_metadata"])
    assert [name for _kind, name, _aliases in listed(stage)] == ["Acme", "Hartmann", "Zorblatt"]


def test_ignoring_within_the_form_keeps_what_is_typed(stage: Stage) -> None:
    often(stage)
    value = f"{stage.bridge.id}:zorblatt"
    half = typed(competitor="Acme")
    again = view_of(lists.ignore_in_form(stage.services, stage.gesture(MIA), opened(stage), half, value))
    assert shown(again, Field.LIST_COMPETITORS) == "Acme"
    assert "Zorblatt" not in json.dumps(opened(stage))
