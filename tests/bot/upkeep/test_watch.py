"""Whoever can mend it hears once what keeps Frontline from working, and again only when it comes anew."""

import pytest
from sqlalchemy import delete, event, update

from bot.home.health import section
from bot.home.look import Look
from bot.home.tab import build_home
from bot.inbox import Incoming, say_for
from bot.manifest import BOT_SCOPES
from bot.messages.health import LACKING
from bot.slack import SlackRefused, scopes_told
from bot.upkeep.findings import Kind
from bot.upkeep.watch import PATIENCE, look
from bot.workspace.access import viewer
from storage import health, workspace
from storage import outbox as posts
from storage.database import Database
from storage.tables import channels, inbox, outbox
from tests.fakeslack import Fault
from tests.stage import Stage, make_stage
from tests.support import ANNA, BEN, MARKETING, MIA, SALES, TEAM, TOM, make_bridge, person

ABSENT_FOR = PATIENCE[Kind.ABSENT].total_seconds()


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database)


def grant(stage: Stage, *lacking: str) -> None:
    """Slack tells the scopes in an answer: all but some."""
    stage.slack._granted = frozenset(BOT_SCOPES) - set(lacking)


def park_post(
    stage: Stage, bridge_id: int | None = 1, key: str = "p1", error: str = "not_in_channel"
) -> None:
    with stage.services.db.writing() as connection:
        say_for(stage.services, connection, "c").post(key, SALES, {"text": "words"}, bridge_id=bridge_id)
        connection.execute(
            update(outbox).where(outbox.c.dedupe_key == key).values(state="parked", error=error)
        )


def park_event(stage: Stage, channel_id: str | None = SALES) -> None:
    stage.hear(Incoming("reaction_added", f"e:{channel_id}", channel_id))
    with stage.services.db.writing() as connection:
        connection.execute(update(inbox).values(state="parked", error="KeyError"))


def mend(stage: Stage) -> None:
    with stage.services.db.writing() as connection:
        posts.drop(connection, None, stage.clock.now())
        connection.execute(delete(inbox).where(inbox.c.state == "parked"))


def is_in(stage: Stage, channel_id: str, *, is_in: bool) -> None:
    with stage.services.db.writing() as connection:
        connection.execute(
            update(channels).where(channels.c.channel_id == channel_id).values(is_member=is_in)
        )


def told(stage: Stage, times: int = 2, seconds: float = 30) -> list[tuple[str, str]]:
    """What is told when it is looked at so often: to whom, and which words."""
    before = {user: len(stage.slack.posts(f"D{user[1:]}")) for user in (ANNA, BEN, MIA, TOM)}
    for _ in range(times):
        look(stage.services)
        stage.clock.pass_time(seconds=seconds)
        stage.send(2)
    return [
        (user, str(one["blocks"]))
        for user, seen in before.items()
        for one in stage.slack.posts(f"D{user[1:]}")[seen:]
    ]


def people(said: list[tuple[str, str]]) -> list[str]:
    return [user for user, _words in said]


def test_parked_posts_are_told_once_to_managers_and_admins(stage: Stage) -> None:
    park_post(stage)
    said = told(stage)
    assert people(said) == [MIA, TOM]
    assert all("1 post could not be delivered" in words and "not_in_channel" in words for _, words in said)
    park_post(stage, key="p2")
    assert told(stage) == [], "more of the same is no news while the first is not mended"


def test_what_comes_again_after_it_was_mended_is_told_again(stage: Stage) -> None:
    park_post(stage)
    assert people(told(stage)) == [MIA, TOM]
    mend(stage)
    assert told(stage) == []
    park_post(stage, key="p2")
    assert people(told(stage)) == [MIA, TOM]


def test_what_is_mended_before_she_works_goes_unsaid(stage: Stage) -> None:
    stage.clock.pass_time(hours=12)  # 22:00 in Berlin
    park_post(stage)
    assert told(stage) == []
    mend(stage)
    stage.clock.pass_time(hours=12)
    assert told(stage) == []
    assert {row["error"] for row in stage.rows("outbox") if row["kind"] == "direct"} == {"superseded"}


def test_it_waits_for_her_working_hours(stage: Stage) -> None:
    stage.clock.pass_time(hours=12)
    park_post(stage)
    assert told(stage) == []
    stage.clock.pass_time(hours=12)
    assert people(told(stage)) == [MIA, TOM]


def test_a_message_about_troubles_that_is_parked_is_no_trouble(stage: Stage) -> None:
    park_post(stage)
    stage.slack.faults += [Fault("conversations.open", SlackRefused("user_disabled"))] * 2
    assert told(stage) == []
    states = [row["state"] for row in stage.rows("outbox") if row["kind"] == "direct"]
    assert states == ["parked", "parked"]
    assert told(stage, times=5) == []
    assert len([row for row in stage.rows("outbox") if row["kind"] == "direct"]) == 2
    with stage.services.db.reading() as connection:
        assert [one.count for one in health.parked_posts(connection, TEAM)] == [1]


def test_replicas_that_look_at_once_tell_once(stage: Stage) -> None:
    park_post(stage)
    for _ in range(3):  # several replicas before anything is sent
        look(stage.services)
    assert people(told(stage, times=0)) == [] and people(told(stage)) == [MIA, TOM]


def test_only_those_who_look_after_the_bridge_concerned_hear(stage: Stage) -> None:
    make_bridge(
        stage.services, name="other", marketing_channel_id="COTHER", sales_channel_ids=(), manager_ids=(BEN,)
    )
    park_post(stage, bridge_id=1)
    said = told(stage, times=1)
    assert people(said) == [MIA, TOM]
    assert "bridge “default”" in said[0][1]
    park_post(stage, bridge_id=None, key="p2")
    assert people(told(stage)) == [TOM], "what belongs to no bridge is the admins' alone"
    park_post(stage, bridge_id=2, key="p3")
    assert people(told(stage)) == [BEN, TOM]


def test_who_has_lost_the_right_meanwhile_hears_nothing(stage: Stage) -> None:
    stage.clock.pass_time(hours=12)
    park_post(stage)
    assert told(stage) == []
    with stage.services.db.writing() as connection:
        workspace.save_person(connection, TEAM, person(MIA, is_guest=True), stage.clock.now())
    stage.clock.pass_time(hours=12)
    assert people(told(stage)) == [TOM]
    mend(stage)
    told(stage)
    park_post(stage, key="p2")
    assert people(told(stage)) == [TOM], "a guest is no caretaker any more"


def test_parked_events_are_told_to_who_looks_after_their_channel(stage: Stage) -> None:
    park_event(stage)
    said = told(stage)
    assert people(said) == [MIA, TOM]
    assert "1 event could not be worked on" in said[0][1] and "KeyError" in said[0][1]


def test_a_missing_scope_is_told_with_what_does_not_work(stage: Stage) -> None:
    assert told(stage) == [], "Slack has not told any scopes yet"
    grant(stage)
    assert told(stage) == []
    grant(stage, "files:write", "reactions:read")
    said = told(stage)
    assert people(said) == [MIA, TOM]
    for words in ("`files:write`: I can't send files", "`reactions:read`: I don't see flags", "manifest.yml"):
        assert words in said[0][1]
    grant(stage, "files:write", "reactions:read", "commands")
    (words, _) = [text for _, text in told(stage)]
    assert "commands" in words and "files:write" not in words
    grant(stage)
    assert told(stage) == []
    grant(stage, "commands")
    assert people(told(stage)) == [MIA, TOM]


def test_a_replica_that_slack_has_told_nothing_forgets_no_scope(stage: Stage) -> None:
    grant(stage, "files:write")
    told(stage)
    stage.slack._granted = None
    assert told(stage) == []
    assert [row["subject"] for row in stage.rows("troubles")] == ["scope:files:write"]


def test_every_scope_says_what_it_is_for() -> None:
    assert set(LACKING) == set(BOT_SCOPES)


def test_scopes_are_read_from_an_answer_however_it_names_them() -> None:
    assert scopes_told({"X-OAuth-Scopes": "a:read, b:write"}) == frozenset({"a:read", "b:write"})
    assert scopes_told({"x-oauth-scopes": ["a:read,b:write"]}) == frozenset({"a:read", "b:write"})
    assert scopes_told({"x-oauth-scopes": ""}) == frozenset()
    assert scopes_told({"content-type": "a"}) is None


# --- channels ----------------------------------------------------------------------------------------------


def test_a_channel_that_nobody_invited_it_to_is_told_after_a_while(stage: Stage) -> None:
    with stage.services.db.writing() as connection:
        connection.execute(delete(channels).where(channels.c.channel_id == SALES))  # never seen
    assert told(stage) == [], "who set it up may be inviting just now"
    stage.clock.pass_time(seconds=ABSENT_FOR)
    said = told(stage)
    assert people(said) == [MIA, TOM] and f"I am not in <#{SALES}>" in said[0][1]
    assert told(stage, times=5) == []


def test_one_that_comes_in_within_that_time_is_not_told(stage: Stage) -> None:
    is_in(stage, SALES, is_in=False)
    look(stage.services)
    is_in(stage, SALES, is_in=True)
    look(stage.services)
    stage.clock.pass_time(seconds=ABSENT_FOR)
    is_in(stage, SALES, is_in=False)
    assert told(stage) == [], "that is a new absence, and not yet ten minutes old"


@pytest.mark.parametrize("channel_id", [SALES, MARKETING])
def test_an_absence_that_was_told_when_it_happened_is_not_told_again(stage: Stage, channel_id: str) -> None:
    def removed(key: str) -> None:
        stage.slack.faults.append(Fault("conversations.info", SlackRefused("channel_not_found")))
        stage.hear(Incoming("channel", key, channel_id))
        stage.work()
        stage.send(2)

    removed("removed")
    assert [len(stage.slack.posts(f"D{user[1:]}")) for user in (MIA, TOM)] == [1, 1]
    stage.clock.pass_time(seconds=ABSENT_FOR)
    assert told(stage) == []
    stage.clock.pass_time(seconds=ABSENT_FOR)
    assert told(stage) == []
    is_in(stage, channel_id, is_in=True)
    assert told(stage) == []
    is_in(stage, channel_id, is_in=False)  # the event was lost
    told(stage)
    stage.clock.pass_time(seconds=ABSENT_FOR)
    assert people(told(stage)) == [MIA, TOM]


def test_who_was_told_that_it_cant_be_joined_is_not_told_again(stage: Stage) -> None:
    with stage.services.db.writing() as connection:
        connection.execute(delete(channels).where(channels.c.channel_id == SALES))
    stage.slack.faults.append(Fault("conversations.info", SlackRefused("channel_not_found")))
    stage.hear(Incoming("join_channel", f"join:{SALES}:trigger", SALES, user_id=MIA))
    stage.work()
    stage.send(2)
    assert len(stage.slack.posts(f"D{MIA[1:]}")) == 1
    assert told(stage) == []
    stage.clock.pass_time(seconds=ABSENT_FOR)
    assert people(told(stage)) == [TOM]


# --- the home tab ------------------------------------------------------------------------------------------


def home_of(stage: Stage, user_id: str) -> str:
    with stage.services.db.writing() as connection:
        say_for(stage.services, connection, "c").home(user_id)
        row = posts.by_key(connection, f"home:{user_id}")
    assert row is not None
    return str(build_home(stage.services, row))


def test_the_home_tab_says_the_same_to_those_entitled(stage: Stage) -> None:
    assert "All is well" in home_of(stage, TOM)
    grant(stage, "commands")
    look(stage.services)
    park_post(stage)
    is_in(stage, SALES, is_in=False)
    for user_id in (TOM, MIA):
        shown = home_of(stage, user_id)
        for words in ("`commands`:", "1 post could not be delivered", f"I am not in <#{SALES}>"):
            assert words in shown, (user_id, words)
        assert "All is well" not in shown
    assert "Health" not in home_of(stage, ANNA) and "not_in_channel" not in home_of(stage, ANNA)


def test_an_opened_home_tab_follows_what_is_found_and_mended(stage: Stage) -> None:
    with stage.services.db.writing() as connection:
        workspace.home_was_opened(connection, TEAM, TOM, stage.clock.now())
    park_post(stage)
    told(stage)
    assert "could not be delivered" in str(stage.slack.homes[TOM])
    mend(stage)
    told(stage)
    assert "All is well" in str(stage.slack.homes[TOM])


def test_a_manager_sees_nothing_of_other_bridges(stage: Stage) -> None:
    make_bridge(
        stage.services,
        name="Other & Co",
        marketing_channel_id="COTHER",
        sales_channel_ids=(),
        manager_ids=(BEN,),
    )
    park_post(stage, bridge_id=2, error="msg_too_long")
    assert "msg_too_long" in home_of(stage, BEN) and "msg_too_long" in home_of(stage, TOM)
    assert "msg_too_long" not in home_of(stage, MIA)


def test_the_number_of_queries_does_not_grow_with_bridges(stage: Stage) -> None:
    def cost() -> int:
        seen: list[str] = []
        with stage.services.db.reading() as connection:
            reader = viewer(connection, TEAM, TOM)
            event.listen(connection, "before_cursor_execute", lambda c, cu, sql, *rest: seen.append(sql))
            section(Look(connection, TEAM, reader, stage.clock.now(), {}))
        return len(seen)

    one = cost()
    for number in range(5):
        make_bridge(
            stage.services, name=f"b{number}", marketing_channel_id=f"CM{number}", sales_channel_ids=()
        )
        park_post(stage, bridge_id=number + 2, key=f"k{number}")
    assert cost() == one
