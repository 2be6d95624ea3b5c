"""Every subscribed event is answered 200, after what matters of it is committed; no text is stored (1, 4)."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy import event as sqlalchemy_event
from structlog.testing import capture_logs

from bot.ids import Event
from bot.inbox import work_one
from bot.metrics import REGISTRY
from bot.workers import WORKERS
from storage import agenda
from storage.database import Database
from tests.handlers.requests import Slack, http_mode
from tests.stage import Stage, make_stage
from tests.support import ANNA, BOT, MARKETING, MIA, SALES, TEAM, TOM

TS = "1772441990.000100"
AT = "1772441999.000200"
WORD = "zebrafish"
USER = {
    "id": ANNA,
    "team_id": TEAM,
    "name": "anna",
    "deleted": False,
    "real_name": "Anna",
    "tz": "Europe/Berlin",
    "locale": "en-GB",
    "profile": {"display_name": "Anna", "status_text": WORD},
    "is_admin": False,
    "is_owner": False,
    "is_restricted": False,
    "is_bot": False,
}


def message(**more: Any) -> dict[str, Any]:
    return {"type": "message", "channel": SALES, "channel_type": "channel", "ts": TS, "event_ts": TS, **more}


def reaction(kind: str = "reaction_added", emoji: str = "bulb", **more: Any) -> dict[str, Any]:
    item = {"type": "message", "channel": SALES, "ts": TS}
    return {"type": kind, "user": ANNA, "reaction": emoji, "item": item, "event_ts": AT, **more}


def edited(text: str, before: str = "before", **more: Any) -> dict[str, Any]:
    now = {"type": "message", "user": ANNA, "text": text, "ts": TS, "edited": {"user": ANNA, "ts": AT}}
    return message(
        subtype="message_changed",
        hidden=True,
        message={**now, **more},
        previous_message={**now, "text": before},
        event_ts=AT,
    )


def deleted() -> dict[str, Any]:
    before = {"type": "message", "user": ANNA, "text": WORD, "ts": TS}
    return message(
        subtype="message_deleted", hidden=True, deleted_ts=TS, previous_message=before, event_ts=AT
    )


CHANNEL = {"id": SALES, "name": "sales-new", "name_normalized": "sales-new", "created": 1772000000}
# What Frontline keeps something of.
OF_INTEREST: dict[str, dict[str, Any]] = {
    "flag": reaction(),
    "flag with a tone": reaction(emoji="pray::skin-tone-3"),
    "unflag": reaction("reaction_removed"),
    "direct message": message(channel="D1", channel_type="im", user=ANNA, text=WORD),
    "answer below a post of ours": message(
        user=ANNA, text=WORD, ts="1772441999.000100", thread_ts=TS, parent_user_id="UBOT"
    ),
    "answer below a post of ours, shown in the channel": message(
        subtype="thread_broadcast",
        user=ANNA,
        text=WORD,
        ts="1772441999.000200",
        thread_ts=TS,
        root={"user": "UBOT", "text": WORD},
    ),
    "direct message with a file": message(
        channel="D2", channel_type="im", user=ANNA, text=WORD, subtype="file_share", files=[{"id": "F1"}]
    ),
    "mention": {
        "type": "app_mention",
        "user": ANNA,
        "text": WORD,
        "ts": TS,
        "channel": SALES,
        "event_ts": TS,
    },
    "home": {"type": "app_home_opened", "user": ANNA, "channel": "D1", "tab": "home", "event_ts": AT},
    "joined": {"type": "member_joined_channel", "user": ANNA, "channel": SALES, "team": TEAM, "event_ts": AT},
    "bot joined elsewhere": {
        "type": "member_joined_channel",
        "user": BOT.user_id,
        "channel": "CNEW",
        "event_ts": AT,
    },
    "left": {"type": "member_left_channel", "user": ANNA, "channel": MARKETING, "event_ts": AT},
    "renamed": {"type": "channel_rename", "channel": CHANNEL, "event_ts": AT},
    "archived": {"type": "channel_archive", "channel": SALES, "user": ANNA, "event_ts": AT},
    "unarchived": {"type": "channel_unarchive", "channel": SALES, "user": ANNA, "event_ts": AT},
    "deleted": {"type": "channel_deleted", "channel": SALES, "event_ts": AT},
    "shared": {"type": "channel_shared", "channel": SALES, "connected_team_id": "T2", "event_ts": AT},
    "unshared": {"type": "channel_unshared", "channel": SALES, "event_ts": AT},
    "bot removed": {"type": "channel_left", "channel": SALES, "actor_id": ANNA, "event_ts": AT},
    "private archived": {"type": "group_archive", "channel": SALES, "event_ts": AT},
    "private unarchived": {"type": "group_unarchive", "channel": SALES, "event_ts": AT},
    "private deleted": {"type": "group_deleted", "channel": SALES, "event_ts": AT},
    "private renamed": {"type": "group_rename", "channel": CHANNEL, "event_ts": AT},
    "bot removed from private": {"type": "group_left", "channel": SALES, "event_ts": AT},
    "made private": message(
        subtype="channel_convert_to_private", channel_type="group", user=ANNA, text=WORD, event_ts=AT
    ),
    "made public": message(subtype="channel_convert_to_public", user=ANNA, text=WORD, event_ts=AT),
    "new id": {
        "type": "channel_id_changed",
        "old_channel_id": SALES,
        "new_channel_id": "CNEW",
        "event_ts": AT,
    },
    "newcomer": {"type": "team_join", "user": USER | {"id": "UNEW"}, "event_ts": AT},
    "changed person": {"type": "user_change", "user": USER | {"is_admin": True}},
    "revoked": {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": ["UBOT"]}},
    "uninstalled": {"type": "app_uninstalled"},
}
# What passes by, most of it many times a minute.
OF_NONE: dict[str, dict[str, Any]] = {
    "message": message(user=ANNA, text=WORD),
    "reply to a colleague": message(
        user=ANNA, text=WORD, ts="1772441999.000300", thread_ts=TS, parent_user_id=MIA
    ),
    "reply elsewhere": message(
        user=ANNA, text=WORD, ts="1772441999.000400", thread_ts=TS, parent_user_id="UBOT", channel="C9"
    ),
    "message of a bot": message(subtype="bot_message", bot_id="B2", username="CRM", text=WORD),
    "message with a file": message(subtype="file_share", user=ANNA, text=WORD, files=[{"id": "F1"}]),
    "reply shown in the channel": message(
        subtype="thread_broadcast", user=ANNA, text=WORD, thread_ts=TS, root={"text": WORD}
    ),
    "channel topic": message(subtype="channel_topic", user=ANNA, topic=WORD, text=WORD),
    "edit of what nobody flagged": edited(WORD),
    "deletion of what nobody flagged": deleted(),
    "own direct message": message(channel="D1", channel_type="im", user="UBOT", bot_id="BBOT", text=WORD),
    "group message": message(channel="G1", channel_type="mpim", user=ANNA, text=WORD),
    "other reaction": reaction(emoji="thumbsup"),
    "reaction elsewhere": reaction(item={"type": "message", "channel": "C9", "ts": TS}),
    "reaction in marketing": reaction(item={"type": "message", "channel": MARKETING, "ts": TS}),
    "reaction to a file": reaction(item={"type": "file", "file": "F1"}),
    "messages tab": {"type": "app_home_opened", "user": ANNA, "channel": "D1", "tab": "messages"},
    "joined elsewhere": {"type": "member_joined_channel", "user": ANNA, "channel": "C9", "event_ts": AT},
    "made private elsewhere": message(
        subtype="channel_convert_to_private", channel_type="group", user=ANNA, text=WORD, channel="C9"
    ),
    "renamed elsewhere": {
        "type": "channel_rename",
        "channel": CHANNEL | {"id": "C9"},
        "event_ts": AT,
    },
    "status text": {"type": "user_change", "user": USER},
    "status text without a language": {
        "type": "user_change",
        "user": {name: value for name, value in USER.items() if name != "locale"},
    },
    "bot's mention": {"type": "app_mention", "bot_id": "B2", "text": WORD, "ts": TS, "channel": SALES},
}


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database)


@pytest.fixture
def slack(stage: Stage) -> Slack:
    return http_mode(stage)


def test_every_subscribed_event_is_tried_here() -> None:
    assert {one["type"] for one in OF_INTEREST.values()} == {one.value for one in Event}


def test_events_of_interest_are_stored_without_their_words_and_answered(slack: Slack, stage: Stage) -> None:
    for number, (name, event) in enumerate(OF_INTEREST.items(), start=1):
        assert slack.event(event).status == 200, name
        assert len(stage.rows("inbox")) == number, name
    assert {row["kind"] for row in stage.rows("inbox")} <= set(WORKERS)
    assert WORD not in stage.everything()


def test_each_gesture_counts_once_however_often_it_is_delivered(slack: Slack, stage: Stage) -> None:
    for event in OF_INTEREST.values():
        if "event_ts" in event:
            for _ in range(3):  # with an id of its own each time
                assert slack.event(event).status == 200
    assert len(stage.rows("inbox")) == sum("event_ts" in event for event in OF_INTEREST.values())


def test_what_became_of_a_delivery_is_counted_as_it_is_described(slack: Slack) -> None:
    def counted() -> dict[str, float]:
        samples = [one for family in REGISTRY.collect() for one in family.samples]
        events = [one for one in samples if one.name == "frontline_events_total"]
        return {one.labels["result"]: one.value for one in events if "reaction_added" in one.labels.values()}

    before = counted()
    for event in (reaction(), reaction(), reaction(emoji="thumbsup")):
        slack.event(event)
    grew = {result for result, number in counted().items() if number > before.get(result, 0)}
    assert grew == {"accepted", "repeated", "ignored"}
    described = Path("docs/operations.md").read_text(encoding="utf-8")
    assert all(f"`{result}`" in described for result in grew)


def test_changes_of_a_person_without_a_time_are_told_apart(slack: Slack, stage: Stage) -> None:
    event = OF_INTEREST["changed person"]
    for event_id in ("Ev1", "Ev2", "Ev2"):
        assert slack.event(event, event_id=event_id).status == 200
    assert len(stage.rows("inbox")) == 2


def test_events_of_no_interest_are_answered_without_a_write(slack: Slack, stage: Stage) -> None:
    written: list[str] = []

    def before(_: Any, __: Any, statement: str, *___: Any) -> None:
        if not statement.startswith(("SELECT", "BEGIN")) or "IMMEDIATE" in statement:
            written.append(statement)

    engine = stage.services.db.engine
    sqlalchemy_event.listen(engine, "before_cursor_execute", before)
    for name, event in OF_NONE.items():
        assert slack.event(event).status == 200, name
        assert written == [], name
    sqlalchemy_event.remove(engine, "before_cursor_execute", before)
    assert not stage.services.wake.inbox.is_set()


def test_edits_and_deletions_of_an_insight_and_of_what_is_becoming_one_are_stored(
    slack: Slack, stage: Stage
) -> None:
    stage.slack.standing[SALES] = {TS: {"ts": TS, "user": ANNA, "text": WORD}}
    slack.event(reaction())
    slack.event(edited("second"))
    slack.event(edited("same", "same"))  # a link unfurled
    stage.work()
    slack.event(edited("third") | {"event_ts": "1772442000.000300"})
    slack.event(deleted())
    tombstone = edited("", subtype="tombstone") | {"event_ts": "1772442000.000400"}
    slack.event(tombstone)
    kinds = [row["kind"] for row in stage.rows("inbox")]
    assert kinds == [
        "reaction_added",
        "message_changed",
        "message_changed",
        "message_deleted",
        "message_deleted",
    ]


def test_a_channel_made_private_is_public_no_more_for_other_channels(
    slack: Slack, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And public again when it is made so."""
    kept_for_itself = []
    for name, is_private in (("made private", True), ("made public", False)):
        told = {"id": SALES, "name": "sales", "is_member": True, "is_private": is_private}
        monkeypatch.setattr(stage.slack, "_conversations_info", lambda channel, told=told: {"channel": told})
        slack.event(OF_INTEREST[name])
        while work_one(stage.services, WORKERS):
            pass
        with stage.services.db.reading() as connection:
            kept_for_itself.append(agenda.public_channels(connection, TEAM, [SALES]) == set())
    assert kept_for_itself == [True, False]
    told_of_it = [row["user_id"] for row in stage.rows("outbox") if row["dedupe_key"].startswith("mood:")]
    assert sorted(told_of_it) == [MIA, TOM]


def test_what_can_not_be_stored_is_not_acknowledged_and_stored_when_slack_repeats_it(
    slack: Slack, stage: Stage
) -> None:
    def fail(_: Any, __: Any, statement: str, *___: Any) -> None:
        if statement.startswith("INSERT"):
            raise OSError("disk full")

    sqlalchemy_event.listen(Engine, "before_cursor_execute", fail)  # whichever the database stores with
    try:
        with capture_logs():
            assert slack.event(reaction(), event_id="Ev1").status == 500
    finally:
        sqlalchemy_event.remove(Engine, "before_cursor_execute", fail)
    assert stage.rows("inbox") == []
    assert not stage.services.wake.inbox.is_set()
    assert slack.event(reaction(), event_id="Ev1").status == 200
    assert len(stage.rows("inbox")) == 1
    assert stage.services.wake.inbox.is_set()


def test_when_slack_hears_200_another_process_can_read_the_event(slack: Slack, stage: Stage) -> None:
    from storage.database import open_database

    assert slack.event(reaction()).status == 200
    address = stage.services.db.engine.url.render_as_string(hide_password=False)
    other = open_database(address.replace("+psycopg", ""))
    with other.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM inbox").scalar_one() == 1
    other.close()


@pytest.mark.parametrize("how", [{"secret": "other"}, {"age": 600}])
def test_what_slack_did_not_sign_just_now_is_refused(slack: Slack, stage: Stage, how: dict[str, Any]) -> None:
    assert slack.event(reaction(), **how).status == 401
    assert stage.rows("inbox") == []


def test_the_address_is_verified_and_unknown_events_do_no_harm(slack: Slack) -> None:
    challenge = slack.send(json.dumps({"type": "url_verification", "challenge": "c", "token": "t"}))
    assert (challenge.status, json.loads(challenge.body)) == (200, {"challenge": "c"})
    assert slack.event({"type": "star_added", "user": ANNA, "event_ts": AT}).status == 404
    for body in ("{}", '{"type": "event_callback"}', ""):
        assert 400 <= slack.send(body).status <= 500


def test_slacks_word_that_events_were_dropped_is_heard_and_logged(slack: Slack) -> None:
    told = {"type": "app_rate_limited", "token": "t", "team_id": TEAM, "minute_rate_limited": 1772441940}
    with capture_logs() as logs:
        assert slack.send(json.dumps(told | {"api_app_id": "A1"})).status == 200
        assert slack.event(told).status == 200
    assert [one["event"] for one in logs] == ["events_rate_limited"] * 2


def test_all_that_was_heard_can_be_worked_on(slack: Slack, stage: Stage) -> None:
    stage.slack.standing[SALES] = {TS: {"ts": TS, "user": ANNA, "text": WORD}}
    stage.slack.profiles |= {ANNA: USER, "UNEW": USER}
    for event in OF_INTEREST.values():
        slack.event(event)
    with capture_logs() as logs:
        while work_one(stage.services, WORKERS):
            pass
    failed = [one for one in logs if one["event"] == "event_failed"]
    assert [one for one in failed if one.get("exc_info")] == []
