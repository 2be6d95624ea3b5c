"""Flags are states: whatever order their events come in, they end the same (promise 2)."""

from dataclasses import dataclass, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from bot.bridges.categories import default_categories
from bot.inbox import work_one
from bot.slack import SlackRefused
from bot.workers import WORKERS
from storage import bridges, insights, schema, workspace
from storage.database import Database, open_database
from tests.fakeslack import second_after
from tests.stage import Stage, make_stage
from tests.support import ANNA, BEN, BOT, GUEST, MARKETING, SALES, STRANGER, TEAM, TOM, channel, person


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database)


# --- the model ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """One switch of one person's emoji at the message, numbered in the order in which it happened."""

    at: int
    user: str
    emoji: str
    on: bool


FLAGS = ("bulb", "rage", "gear")
CHANGES = st.lists(
    st.tuples(st.sampled_from((ANNA, BEN, TOM)), st.sampled_from((*FLAGS, "tada")), st.booleans()),
    max_size=12,
).map(lambda switches: [Change(at, *switch) for at, switch in enumerate(switches, start=1)])


def supporters_by_model(changes: list[Change]) -> set[str]:
    """Who supports: whoever has a flag standing, the last change of each by its time."""
    standing: dict[tuple[str, str], bool] = {}
    for change in sorted(changes, key=lambda one: one.at):
        standing[change.user, change.emoji] = change.on
    return {user for (user, emoji), on in standing.items() if on and emoji in FLAGS}


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[list[Change], list[Change], list[bool]]:
    """What happened, how it was delivered (any order, some twice), and where the worker runs in between."""
    changes = draw(CHANGES)
    twice = [change for change in changes if draw(st.booleans())]
    delivered = draw(st.permutations([*changes, *twice]))
    return changes, delivered, [draw(st.booleans()) for _ in delivered]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """One database for all examples; each has a message of its own."""
    database = open_database(f"sqlite:///{tmp_path_factory.mktemp('flags') / 'f.db'}")
    event.listen(database.engine, "connect", lambda one, _: one.execute("PRAGMA synchronous=OFF"))
    schema.upgrade(database)
    return make_stage(database)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deliveries())
def test_any_order_with_repetitions_ends_like_the_plain_model(
    shared: Stage, example: tuple[list[Change], list[Change], list[bool]]
) -> None:
    changes, delivered, works = example
    ts = shared.slack.say(SALES, "UELSE", "a message")
    for change, work in zip(delivered, works, strict=True):
        shared.reaction(change.user, ts, change.emoji, on=change.on, at=second_after(ts, 10 * change.at))
        if work:
            work_one(shared.services, WORKERS)
    shared.work()
    insight = shared.of_message(ts)
    expected = supporters_by_model(changes)
    if insight is None:
        assert expected == set()
        return
    assert shared.supporters(insight) == expected
    assert insight.supporter_count == len(expected)
    assert insight.status == ("new" if expected else "withdrawn")
    if expected:
        assert insight.reporter_id in expected
    shared.send()
    assert bool(shared.slack.own_reactions(SALES, ts)) == bool(expected)


# --- what is captured --------------------------------------------------------------------------------------


def test_the_very_message_is_stored_and_of_its_thread_only_the_link(stage: Stage) -> None:
    root = stage.slack.say(SALES, ANNA, "okapi in the first message")
    before = stage.slack.say(SALES, ANNA, "quokka before", thread_ts=root)
    ts = stage.slack.say(SALES, BEN, "zebrafish in the reply", thread_ts=root)
    stage.slack.say(SALES, ANNA, "numbat after", thread_ts=root)
    stage.flag(ANNA, ts)
    insight = stage.insight(ts)
    assert (insight.text, insight.author_id, insight.reporter_id) == ("zebrafish in the reply", BEN, ANNA)
    assert insight.permalink and insight.permalink.endswith(ts.replace(".", ""))
    assert insight.thread_permalink and insight.thread_permalink.endswith(root.replace(".", ""))
    assert stage.of_message(before) is stage.of_message(root) is None
    everything = stage.everything()
    assert "zebrafish" in everything
    assert not any(word in everything for word in ("okapi", "quokka", "numbat"))


def test_a_gateway_that_gives_a_neighbour_is_not_believed(stage: Stage) -> None:
    ts, neighbour = stage.slack.say(SALES, ANNA, "gone"), stage.slack.say(SALES, ANNA, "neighbour")
    stage.slack.standing[SALES][ts] = stage.slack.standing[SALES][neighbour]
    stage.flag(ANNA, ts)
    assert stage.all() == []


def test_messages_of_bots_workflows_and_files_are_captured(stage: Stage) -> None:
    by_bot = stage.slack.say(SALES, "UCRM", "Deal lost", bot_id="BCRM", username="CRM")
    by_hook = stage.slack.say(SALES, "UX", "", attachments=[{"fallback": "Lead from the web"}])
    with_file = stage.slack.say(SALES, BEN, "", files=[{"id": "F1", "title": "price-list.pdf"}])
    del stage.slack.standing[SALES][by_hook]["user"]
    for ts in (by_bot, by_hook, with_file):
        stage.flag(ANNA, ts)
    assert (stage.insight(by_bot).text, stage.insight(by_bot).author_name) == ("Deal lost", "CRM")
    assert (stage.insight(by_hook).text, stage.insight(by_hook).author_id) == ("Lead from the web", None)
    assert (stage.insight(with_file).text, stage.insight(with_file).has_files) == ("price-list.pdf", True)


def test_a_confirmation_by_reaction_and_a_note_to_that_person_alone(stage: Stage) -> None:
    root = stage.slack.say(SALES, ANNA, "root")
    ts = stage.slack.say(SALES, BEN, "reply", thread_ts=root)
    stage.flag(ANNA, ts)
    stage.send()
    assert stage.slack.own_reactions(SALES, ts) == {"inbox_tray"}
    (note,) = stage.slack.notes
    assert (note["channel"], note["user"], note["thread_ts"]) == (SALES, ANNA, root)
    assert "Saved as #1" in note["text"]
    actions = [one["action_id"] for one in note["blocks"][1]["elements"]]
    assert actions == ["insight_category", "insight_details", "insight_undo"]
    assert stage.slack.posts(SALES) == []


def test_in_a_channel_shared_with_others_nothing_shows(stage: Stage) -> None:
    with stage.services.db.writing() as connection:
        workspace.save_channel(connection, TEAM, channel(SALES, is_shared=True), stage.clock.now())
    ts = stage.slack.say(SALES, ANNA, "shared")
    stage.flag(ANNA, ts)
    stage.send()
    assert stage.insight(ts)
    assert stage.slack.own_reactions(SALES, ts) == set()
    assert stage.slack.posts(SALES) == []


# --- support -----------------------------------------------------------------------------------------------


def test_a_second_person_adds_support_and_never_a_second_insight(stage: Stage) -> None:
    ts = stage.slack.say(SALES, ANNA, "text")
    stage.flag(ANNA, ts)
    stage.flag(BEN, ts, "rage")
    insight = stage.insight(ts)
    assert len(stage.all()) == 1
    assert (stage.supporters(insight), insight.reporter_id) == ({ANNA, BEN}, ANNA)
    stage.send()
    assert "Anna" in stage.slack.notes[1]["text"]
    assert "#1" in stage.slack.notes[1]["text"]
    assert stage.slack.notes[1]["user"] == BEN


def test_the_last_support_withdraws_and_a_new_flag_revives_under_the_old_number(stage: Stage) -> None:
    ts = stage.slack.say(SALES, ANNA, "text")
    stage.flag(ANNA, ts)
    stage.flag(BEN, ts)
    stage.unflag(ANNA, ts)
    assert (stage.insight(ts).status, stage.insight(ts).reporter_id) == ("new", BEN)
    stage.unflag(BEN, ts)
    assert (stage.insight(ts).status, stage.insight(ts).supporter_count) == ("withdrawn", 0)
    other = stage.slack.say(SALES, ANNA, "other")
    stage.flag(ANNA, other)
    stage.flag(ANNA, ts)
    insight = stage.insight(ts)
    assert (insight.number, insight.status, insight.reporter_id) == (1, "new", ANNA)
    assert stage.insight(other).number == 2


@pytest.mark.parametrize("status", ["acknowledged", "in_progress", "done", "declined"])
def test_what_someone_acted_on_stays_when_the_last_flag_is_taken_back(stage: Stage, status: str) -> None:
    ts = stage.slack.say(SALES, ANNA, "text")
    stage.flag(ANNA, ts)
    set_status(stage, ts, status)
    stage.unflag(ANNA, ts)
    assert (stage.insight(ts).status, stage.insight(ts).supporter_count) == (status, 0)
    stage.send()
    assert "It stays" in stage.slack.notes[-1]["text"]
    assert stage.slack.own_reactions(SALES, ts) == {"inbox_tray"}
    stage.flag(BEN, ts)
    assert (stage.insight(ts).status, stage.supporters(stage.insight(ts))) == (status, {BEN})


def set_status(stage: Stage, ts: str, status: str) -> None:
    with stage.services.db.writing() as connection:
        insights.change(connection, stage.insight(ts).id, {"status": status})


# --- categories --------------------------------------------------------------------------------------------


def test_the_first_category_emoji_decides_whoever_sets_it(stage: Stage) -> None:
    ts = stage.slack.say(SALES, ANNA, "text")
    stage.flag(ANNA, ts)
    assert stage.insight(ts).category == "other"
    stage.flag(BEN, ts, "rage")
    assert stage.insight(ts).category == "complaint"
    stage.flag(TOM, ts, "gear")
    assert stage.insight(ts).category == "complaint", "a later one of somebody else's changes nothing"
    stage.flag(ANNA, ts, "crossed_swords")
    assert stage.insight(ts).category == "competitor", "the reporter's later one does"
    stage.unflag(ANNA, ts, "crossed_swords")
    assert stage.insight(ts).category == "competitor", "taking it back files nothing anew"
    set_status(stage, ts, "acknowledged")
    stage.flag(ANNA, ts, "gear")
    assert stage.insight(ts).category == "competitor", "only until triage"


def test_a_category_emoji_flags_straight_into_it_and_skin_tones_are_taken_off_before(stage: Stage) -> None:
    ts = stage.slack.say(SALES, ANNA, "text")
    stage.flag(ANNA, ts, "pray")
    assert (stage.insight(ts).category, stage.insight(ts).category_by) == ("request", "flag")


def test_a_retired_category_and_an_emoji_that_is_no_flag_any_more_capture_nothing(stage: Stage) -> None:
    kinds = [replace(one, is_retired=one.key == "process") for one in default_categories()]
    with stage.services.db.writing() as connection:
        bridges.save_categories(connection, TEAM, stage.bridge.id, kinds)
    ts = stage.slack.say(SALES, ANNA, "text")
    stage.flag(ANNA, ts, "gear")
    assert stage.all() == []
    stage.flag(ANNA, ts, "bulb")
    stage.flag(BEN, ts, "gear")
    assert stage.supporters(stage.insight(ts)) == {ANNA}


# --- rights ------------------------------------------------------------------------------------------------


def test_guests_may_flag_and_people_of_other_organisations_and_bots_may_not(stage: Stage) -> None:
    with stage.services.db.writing() as connection:
        for one in (person("UROBOT", is_bot=True), person("UGONE", is_deleted=True)):
            workspace.save_person(connection, TEAM, one, stage.clock.now())
    for user in (STRANGER, "UROBOT", "UGONE"):
        ts = stage.slack.say(SALES, ANNA, "text")
        stage.flag(user, ts)
        assert stage.of_message(ts) is None, user
    stage.flag(GUEST, ts)
    assert stage.insight(ts).reporter_id == GUEST
    assert stage.rows("outbox")[-1]["user_id"] == GUEST


def test_an_unknown_person_is_looked_up_and_an_invisible_one_ignored(stage: Stage) -> None:
    stage.slack.profiles["UNEW"] = {"name": "Nora", "team_id": TEAM, "locale": "en-US"}
    stage.slack.profiles["UFAR"] = {"name": "Far", "team_id": "T2"}
    for user, is_stored in (("UNEW", True), ("UFAR", False), ("UHIDDEN", False)):
        ts = stage.slack.say(SALES, ANNA, "text")
        stage.flag(user, ts)
        assert (stage.of_message(ts) is not None) == is_stored, user
    assert {row["state"] for row in stage.rows("inbox")} == {"done"}


def test_frontlines_own_posts_cannot_be_flagged_and_a_note_says_so(stage: Stage) -> None:
    ts = stage.slack.say(SALES, BOT.user_id, "digest", bot_id=BOT.bot_id)
    stage.flag(ANNA, ts)
    stage.send()
    assert stage.all() == []
    assert "my own posts" in stage.slack.notes[0]["text"]


def test_a_channel_outside_all_bridges_captures_nothing(stage: Stage) -> None:
    ts = stage.slack.say(MARKETING, ANNA, "text")
    stage.flag(ANNA, ts, channel=MARKETING)
    assert stage.all() == []


def test_a_deleted_message_captures_nothing(stage: Stage) -> None:
    ts = stage.slack.say(SALES, ANNA, "text")
    stage.reaction(ANNA, ts)
    stage.slack.delete(SALES, ts)
    stage.work()
    assert stage.all() == []


def test_a_channel_that_frontline_was_removed_from_parks_the_event(stage: Stage) -> None:
    ts = stage.slack.say(SALES, ANNA, "text")
    stage.slack.fail("reactions.get", SlackRefused("channel_not_found"))
    stage.flag(ANNA, ts)
    assert [row["state"] for row in stage.rows("inbox")] == ["parked"]
