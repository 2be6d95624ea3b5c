"""The form of a digest's schedule: complete, checked again when it is sent, saved once."""

from datetime import time
from typing import Any

import pytest

from bot.digests.form import change_frequency, open_form, save_form
from bot.digests.schedule import Frequency, Rhythm, rhythm_of, save_rhythm, schedule_of
from bot.errors import FormError, UserError
from bot.gestures import FormState, Gesture, Open, Reply, Update
from bot.i18n import texts
from bot.services import Services
from playground.blocks import check_view
from storage import workspace
from storage.bridges import Bridge
from storage.database import Database
from storage.schedules import Schedule
from tests.bot.digests.builders import MONDAY
from tests.support import ANNA, MARKETING, MIA, make_bridge, make_services


@pytest.fixture
def services(database: Database) -> Services:
    return make_services(database)


@pytest.fixture
def bridge(services: Services) -> Bridge:
    return make_bridge(services)


def gesture(user_id: str = MIA, key: str = "V1:hash") -> Gesture:
    return Gesture(key=key, user_id=user_id, channel_id=MARKETING)


def option(value: str | None) -> dict[str, Any]:
    return {"selected_option": {"value": value} if value is not None else None}


def answers(
    frequency: str | None = "weekly",
    *,
    weekday: str | None = None,
    month_day: str | None = None,
    at: str | None = "09:00",
    paused: bool = False,
) -> FormState:
    return FormState(
        {
            "frequency": option(frequency),
            "weekday": option(weekday),
            "month_day": option(month_day),
            "time": {"selected_time": at},
            "paused": {"selected_options": [{"value": "paused"}] if paused else []},
        }
    )


def stored(services: Services, bridge: Bridge) -> Schedule:
    with services.db.writing() as connection:
        return schedule_of(connection, bridge, services.clock.now())


def block_ids(view: Any) -> list[str | None]:
    return [block.get("block_id") for block in view["blocks"]]


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize(
    ("rhythm", "field"),
    [
        (Rhythm(Frequency.WEEKDAYS), None),
        (Rhythm(Frequency.DAILY), None),
        (Rhythm(Frequency.WEEKLY, weekday=6), "weekday"),
        (Rhythm(Frequency.MONTHLY, month_day=31), "month_day"),
    ],
)
def test_the_form_shows_what_is_stored(
    services: Services, bridge: Bridge, rhythm: Rhythm, field: str | None, language: str
) -> None:
    with services.db.writing() as connection:
        workspace.save_language(connection, services.team_id, MIA, language)
        save_rhythm(connection, bridge, rhythm, MONDAY, is_paused=True)
    answer = open_form(services, gesture(), str(bridge.id))
    assert isinstance(answer, Open)
    view: Any = answer.view
    check_view(view, "modal")
    assert view["private_metadata"] == str(bridge.id)
    assert [one for one in block_ids(view) if one in ("weekday", "month_day")] == ([field] if field else [])
    shown = {block.get("block_id"): block.get("element") for block in view["blocks"]}
    assert shown["frequency"]["initial_option"]["value"] == rhythm.frequency
    assert shown["paused"]["initial_options"]
    if field == "weekday":
        assert shown["weekday"]["initial_option"]["text"]["text"] == texts(language).weekday(6).capitalize()
    if field == "month_day":
        assert shown["month_day"]["initial_option"]["value"] == "31"


def test_another_frequency_brings_its_own_field_and_keeps_the_rest(
    services: Services, bridge: Bridge
) -> None:
    form = answers("monthly", weekday="3", at="17:45", paused=True)
    answer = change_frequency(services, gesture(), str(bridge.id), form)
    assert isinstance(answer, Update)
    view: Any = answer.view
    check_view(view, "modal")
    assert "month_day" in block_ids(view)
    assert "weekday" not in block_ids(view)
    shown = {block.get("block_id"): block.get("element") for block in view["blocks"]}
    assert shown["time"]["initial_time"] == "17:45"
    assert shown["paused"]["initial_options"]


@pytest.mark.parametrize(
    ("form", "rhythm"),
    [
        (answers("weekly", weekday="4", at="08:15"), Rhythm(Frequency.WEEKLY, weekday=4, at=time(8, 15))),
        (answers("monthly", month_day="31"), Rhythm(Frequency.MONTHLY, month_day=31)),
        (answers("daily", weekday="4"), Rhythm(Frequency.DAILY)),
        (answers("weekdays"), Rhythm(Frequency.WEEKDAYS)),
    ],
)
def test_answers_are_saved_and_the_next_digest_is_told(
    services: Services, bridge: Bridge, form: FormState, rhythm: Rhythm
) -> None:
    answer = save_form(services, gesture(), str(bridge.id), form)
    assert isinstance(answer, Reply)
    saved = stored(services, bridge)
    assert rhythm_of(saved) == rhythm
    assert saved.next_run_at is not None
    assert texts("en").moment(saved.next_run_at, bridge.time_zone) in str(answer.message["text"])
    assert saved.time_zone == bridge.time_zone


def test_a_paused_schedule_says_so(services: Services, bridge: Bridge) -> None:
    answer = save_form(services, gesture(), str(bridge.id), answers("daily", paused=True))
    assert isinstance(answer, Reply)
    assert "paused" in str(answer.message["text"])
    assert stored(services, bridge).is_paused


def test_the_same_answer_again_changes_nothing(services: Services, bridge: Bridge) -> None:
    save_form(services, gesture(), str(bridge.id), answers("daily"))
    save_form(services, gesture(key="V2:hash"), str(bridge.id), answers("weekdays"))
    save_form(services, gesture(), str(bridge.id), answers("daily"))
    assert rhythm_of(stored(services, bridge)).frequency is Frequency.WEEKDAYS


@pytest.mark.parametrize(
    ("form", "fields"),
    [
        (answers("weekly"), {"weekday"}),
        (answers("weekly", weekday="7", at=None), {"weekday", "time"}),
        (answers("monthly", month_day="32"), {"month_day"}),
        (answers("monthly", month_day="²"), {"month_day"}),
        (answers("hourly", at="25:00"), {"frequency", "weekday", "time"}),
        (answers(None, weekday="1"), {"frequency"}),
    ],
)
def test_all_faults_are_told_at_once(
    services: Services, bridge: Bridge, form: FormState, fields: set[str]
) -> None:
    with pytest.raises(FormError) as problem:
        save_form(services, gesture(), str(bridge.id), form)
    assert set(problem.value.fields) == fields


@pytest.mark.parametrize("bridge_id", ["", "999", "x"])
def test_a_forged_or_removed_bridge_is_refused(services: Services, bridge: Bridge, bridge_id: str) -> None:
    with pytest.raises(UserError):
        open_form(services, gesture(), bridge_id)
    with pytest.raises(UserError):
        change_frequency(services, gesture(), bridge_id, answers())
    with pytest.raises(UserError):
        save_form(services, gesture(), bridge_id, answers(weekday="1"))


def test_rights_are_checked_again_when_the_form_is_sent(services: Services, bridge: Bridge) -> None:
    before = stored(services, bridge)
    with pytest.raises(UserError):
        open_form(services, gesture(ANNA), str(bridge.id))
    with pytest.raises(UserError):
        save_form(services, gesture(ANNA), str(bridge.id), answers("daily"))
    assert stored(services, bridge) == before
