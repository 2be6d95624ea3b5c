"""`/frontline digest …`: for whom, of which bridge, and once per gesture."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.digests.answer import answer_digest, send_previewed
from bot.digests.post import post_digest
from bot.digests.schedule import DIGEST, default_schedule, schedule_of
from bot.errors import UserError
from bot.gestures import Gesture, Open, Reply
from bot.i18n import texts
from bot.schedules import run_one_due
from bot.services import Services
from storage import workspace
from storage.bridges import Bridge
from storage.database import Database
from storage.schedules import Schedule
from storage.tables import outbox
from tests.bot.digests.builders import MONDAY, add_insight
from tests.support import (
    ANNA,
    BEN,
    GUEST,
    MARKETING,
    MIA,
    SALES,
    STRANGER,
    TEAM,
    TOM,
    StandingClock,
    channel,
    make_bridge,
    make_services,
    person,
)

THURSDAY = MONDAY + timedelta(days=3)
OTHER = "COTHER"


@pytest.fixture
def services(database: Database) -> Services:
    made = make_services(database, StandingClock(THURSDAY))
    with database.writing() as connection:
        lea = person("ULEA")  # a marketer who manages nothing
        workspace.save_person(connection, TEAM, lea, THURSDAY)
        workspace.set_member(connection, TEAM, MARKETING, lea.user_id, is_in=True)
    return made


@pytest.fixture
def bridge(services: Services) -> Bridge:
    made = make_bridge(services)
    with services.db.writing() as connection:
        default_schedule(connection, made, MONDAY - timedelta(days=1))
        add_insight(connection, made, 1, created_at=MONDAY + timedelta(days=1))
    return made


def gesture(user_id: str = MIA, key: str = "trigger-1", channel_id: str = MARKETING) -> Gesture:
    return Gesture(key=key, user_id=user_id, channel_id=channel_id)


def said(services: Services, words: str, one: Gesture | None = None) -> str:
    answer = answer_digest(services, one or gesture(), words)
    assert isinstance(answer, Reply)
    return str(answer.message["text"])


def refused(services: Services, words: str, one: Gesture | None = None) -> str:
    with pytest.raises(UserError) as problem:
        answer_digest(services, one or gesture(), words)
    return texts("en").say(problem.value.message)


def posted(services: Services) -> list[Any]:
    with services.db.reading() as connection:
        return list(connection.execute(select(outbox).order_by(outbox.c.id)))


def stored(services: Services, bridge: Bridge) -> Schedule:
    with services.db.writing() as connection:
        return schedule_of(connection, bridge, THURSDAY)


# --- preview -----------------------------------------------------------------------------------------------


def test_a_preview_shows_what_would_be_sent_and_sends_nothing(services: Services, bridge: Bridge) -> None:
    answer = answer_digest(services, gesture(), "preview")
    assert isinstance(answer, Reply)
    shown = str(answer.message["blocks"])
    assert "*1 insight* from 1 person" in shown
    assert "our offer came too late" in shown
    assert "so far" in shown
    assert f"{bridge.id}:trigger-1" in shown
    assert posted(services) == []


def test_a_marketer_may_preview_but_not_send(services: Services, bridge: Bridge) -> None:
    answer = answer_digest(services, gesture("ULEA"), "preview")
    assert isinstance(answer, Reply)
    assert "digest_send_now" not in str(answer.message)
    assert "Only the managers" in refused(services, "now", gesture("ULEA"))


@pytest.mark.parametrize("user_id", [ANNA, GUEST, STRANGER, "UNOBODY"])
@pytest.mark.parametrize("words", ["preview", "now", "pause", "resume", ""])
def test_nobody_else_may_anything(services: Services, bridge: Bridge, user_id: str, words: str) -> None:
    before = stored(services, bridge)
    refused(services, words, gesture(user_id, channel_id=SALES))
    assert posted(services) == []
    assert stored(services, bridge) == before


def test_the_preview_is_in_the_channels_language_and_its_frame_in_the_persons(
    services: Services, bridge: Bridge
) -> None:
    # Ben speaks Russian, his bridge English.
    with services.db.writing() as connection:
        workspace.set_member(connection, TEAM, MARKETING, BEN, is_in=True)
    answer = answer_digest(services, gesture(BEN), "предпросмотр")
    assert isinstance(answer, Reply)
    assert "Weekly digest" in str(answer.message["blocks"])
    assert texts("ru")("Only you see this preview.") in str(answer.message["blocks"])


# --- now ---------------------------------------------------------------------------------------------------


def test_now_posts_the_period_so_far_once_for_each_gesture(services: Services, bridge: Bridge) -> None:
    first = said(services, "now")
    assert said(services, "now") == first
    head, page = posted(services)
    assert (head.channel_id, page.parent_id) == (MARKETING, head.id)
    assert "so far" in str(head.payload)
    said(services, "now", gesture(key="trigger-2"))
    assert len(posted(services)) == 4


def test_a_preview_is_sent_once_however_often_its_button_is_pressed(
    services: Services, bridge: Bridge
) -> None:
    for key in ("press-1", "press-2"):
        answer = send_previewed(services, gesture(key=key), f"{bridge.id}:trigger-1")
        assert isinstance(answer, Reply)
        assert answer.replaces
    assert len(posted(services)) == 2


@pytest.mark.parametrize("value", ["", "999:trigger-1", "x", "0:"])
def test_a_forged_button_sends_nothing(services: Services, bridge: Bridge, value: str) -> None:
    with pytest.raises(UserError):
        send_previewed(services, gesture(), value)
    with pytest.raises(UserError):
        send_previewed(services, gesture(ANNA), f"{bridge.id}:trigger-1")
    assert posted(services) == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"is_shared": True}, "another organisation"),
        ({"is_archived": True}, "archived"),
        ({"is_member": False}, "/invite @Frontline"),
    ],
)
def test_now_says_what_stands_in_its_way(
    services: Services, bridge: Bridge, changes: dict[str, bool], sentence: str
) -> None:
    with services.db.writing() as connection:
        workspace.save_channel(connection, TEAM, replace(channel(MARKETING), **changes), THURSDAY)  # type: ignore[arg-type]
    assert sentence in refused(services, "now")
    assert posted(services) == []


# --- pause, resume -----------------------------------------------------------------------------------------


def test_pause_and_resume_say_what_will_happen_next(services: Services, bridge: Bridge) -> None:
    assert "is paused" in said(services, "pause")
    assert stored(services, bridge).is_paused
    services.clock.instant = MONDAY + timedelta(days=8)  # type: ignore[attr-defined]
    assert not run_one_due(services, {DIGEST.kind: post_digest})
    answer = said(services, "resume", gesture(TOM, key="trigger-2"))
    assert answer == "Next digest of “default”: Mon 16 Mar, 09:00 (Europe/Berlin)."
    assert not stored(services, bridge).is_paused
    assert not run_one_due(services, {DIGEST.kind: post_digest})


def test_a_repeated_pause_does_not_undo_a_later_resume(services: Services, bridge: Bridge) -> None:
    said(services, "pause")
    said(services, "resume", gesture(key="trigger-2"))
    assert "Next digest" in said(services, "pause")
    assert not stored(services, bridge).is_paused


# --- which bridge ------------------------------------------------------------------------------------------


@pytest.fixture
def second(services: Services, bridge: Bridge) -> Bridge:
    return make_bridge(
        services,
        name="Nordics",
        sales_channel_ids=("CNORD",),
        marketing_channel_id=OTHER,
        manager_ids=(MIA, ANNA),
    )


def test_the_channel_decides_which_bridge_is_meant(services: Services, second: Bridge) -> None:
    for place in (OTHER, "CNORD"):
        assert "Nordics" in said(services, "resume", gesture(channel_id=place, key=place))
    assert "default" in said(services, "resume", gesture(channel_id=SALES, key="3"))


def test_in_a_bridges_channel_no_other_bridge_is_meant(services: Services, second: Bridge) -> None:
    assert "Only the managers" in refused(services, "pause", gesture(ANNA, channel_id=SALES))


def test_elsewhere_it_is_the_only_one_she_manages(services: Services, second: Bridge) -> None:
    assert "Nordics" in said(services, "pause", gesture(ANNA, channel_id="DIRECT"))


def test_elsewhere_several_are_asked_about_unless_named(services: Services, second: Bridge) -> None:
    question = refused(services, "pause", gesture(channel_id="DIRECT"))
    assert "default" in question
    assert "Nordics" in question
    assert "Nordics" in said(services, 'pause "nordics"', gesture(channel_id="DIRECT"))


def test_an_unknown_name_lists_the_known(services: Services, second: Bridge) -> None:
    sentence = refused(services, "now <!channel>")
    assert "Nordics" in sentence
    assert "<!channel>" not in sentence


def test_without_a_bridge_there_is_a_hint(services: Services) -> None:
    assert "/frontline setup" in refused(services, "preview")


@pytest.mark.parametrize("words", ["tomorrow", "previews", "help me"])
def test_other_words_get_help(services: Services, bridge: Bridge, words: str) -> None:
    assert "preview" in refused(services, words)


def test_alone_it_opens_the_schedule(services: Services, bridge: Bridge) -> None:
    answer = answer_digest(services, gesture(), "  ")
    assert isinstance(answer, Open)
    assert answer.view["callback_id"] == "digest_schedule"
