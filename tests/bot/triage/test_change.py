"""Triage: who may, what it does, that it does it once, and what the second of two people is told."""

from datetime import timedelta

import pytest

from bot.errors import FormError, UserError
from bot.gestures import Done, Open, Reply
from bot.i18n import texts
from bot.ids import Field
from bot.triage import change
from bot.triage.rules import Pressed, Step, since
from storage import workspace
from storage.database import Database
from storage.insights import Insight
from tests.bot.meetings.builders import Meetings
from tests.bot.triage.desk import finish, flagged, history, merge_into, now, step
from tests.stage import Stage, make_stage
from tests.support import ANNA, BEN, GUEST, MARKETING, MIA, STRANGER, TEAM, TOM, channel, make_bridge


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database)


@pytest.fixture
def insight(stage: Stage) -> Insight:
    return flagged(stage, ANNA)


def test_a_step_moves_the_status_on_with_who_and_when(stage: Stage, insight: Insight) -> None:
    assert step(stage, insight, Step.ACKNOWLEDGE) == Done()
    seen = now(stage, insight)
    assert (seen.status, seen.status_by, seen.status_at) == ("acknowledged", MIA, stage.clock.now())
    first = seen.first_response_at
    stage.clock.pass_time(hours=1)
    assert step(stage, seen, Step.TAKE, TOM) == Done()
    taken = now(stage, insight)
    assert (taken.status, taken.taken_by, taken.first_response_at) == ("in_progress", TOM, first)
    stage.clock.pass_time(hours=1)
    assert finish(stage, taken, "New <!channel> list", user=TOM) == Done()
    done = now(stage, insight)
    assert (done.status, done.outcome, done.outcome_at, done.taken_by) == (
        "done",
        "New &lt;!channel&gt; list",
        stage.clock.now(),
        TOM,
    )
    assert [(kind, by, detail) for kind, by, detail in history(stage, insight) if kind == "status"] == [
        ("status", MIA, {"from": "new", "to": "acknowledged"}),
        ("status", TOM, {"from": "acknowledged", "to": "in_progress"}),
        ("status", TOM, {"from": "in_progress", "to": "done"}),
    ]


def test_an_outcome_can_be_reworded_and_the_insight_opened_again(stage: Stage, insight: Insight) -> None:
    finish(stage, insight, "No", Step.DECLINE)
    finish(stage, now(stage, insight), "Not before May", Step.DECLINE)
    assert now(stage, insight).outcome == "Not before May"
    step(stage, now(stage, insight), Step.TAKE)
    after = now(stage, insight)
    assert (after.status, after.outcome, after.outcome_at) == ("in_progress", None, None)


@pytest.mark.parametrize("outcome", [None, "", "   "])
def test_an_outcome_wants_words(stage: Stage, insight: Insight, outcome: str | None) -> None:
    with pytest.raises(FormError) as caught:
        finish(stage, insight, outcome)
    assert set(caught.value.fields) == {Field.OUTCOME}
    assert now(stage, insight).status == "new"


@pytest.mark.parametrize("user", [ANNA, BEN, GUEST, STRANGER, "UNOBODY"])
def test_only_marketing_and_managers_may(stage: Stage, insight: Insight, user: str) -> None:
    before = stage.everything()
    with pytest.raises(UserError):
        step(stage, insight, Step.ACKNOWLEDGE, user)
    with pytest.raises(UserError):
        step(stage, insight, Step.TAKE, user)
    with pytest.raises(UserError):
        finish(stage, insight, user=user)
    with pytest.raises(UserError):
        merge_into(stage, insight, "#1", user)
    assert stage.everything() == before


def test_a_manager_outside_the_marketing_channel_may_where_she_sees_the_insight(
    stage: Stage, insight: Insight
) -> None:
    with stage.services.db.writing() as connection:
        workspace.replace_members(connection, TEAM, MARKETING, [])
    step(stage, insight, Step.ACKNOWLEDGE, TOM)  # an admin, and in the sales channel
    assert now(stage, insight).status == "acknowledged"
    with pytest.raises(UserError, match="no longer exists"):
        step(stage, insight, Step.TAKE, MIA)  # a manager who is in neither channel


@pytest.mark.parametrize(
    ("first", "said"),
    [
        (Step.ACKNOWLEDGE, "Tom acknowledged #1 2 minutes ago."),
        (Step.TAKE, "Tom took #1 2 minutes ago."),
        (Step.DONE, "Tom marked #1 as done 2 minutes ago."),
        (Step.DECLINE, "Tom declined #1 2 minutes ago."),
    ],
)
def test_the_second_of_two_hears_what_the_first_did(
    stage: Stage, insight: Insight, first: Step, said: str
) -> None:
    if first.needs_outcome:
        finish(stage, insight, "Words", first, TOM)
    else:
        step(stage, insight, first, TOM)
    after = now(stage, insight)
    stage.clock.pass_time(minutes=2)
    late = [
        step(stage, insight, Step.TAKE),
        finish(stage, insight),
        change.open_outcome(stage.services, stage.gesture(MIA), Pressed.of(insight).value, Step.DONE),
    ]
    for answer in late:
        assert isinstance(answer, Reply) and answer.is_refusal
        assert answer.message["text"] == said
    assert now(stage, insight) == after


def test_ones_own_step_is_no_surprise(stage: Stage, insight: Insight) -> None:
    step(stage, insight, Step.ACKNOWLEDGE)
    assert step(stage, insight, Step.TAKE) == Done(), "the card had not followed yet"
    assert now(stage, insight).status == "in_progress"
    answer = step(stage, insight, Step.ACKNOWLEDGE)
    assert isinstance(answer, Reply), "nothing goes back to acknowledged"


def test_a_withdrawn_insight_is_past_triage(stage: Stage, insight: Insight) -> None:
    assert insight.message_ts
    stage.unflag(ANNA, insight.message_ts)
    answer = step(stage, insight, Step.TAKE)
    assert isinstance(answer, Reply) and "withdrawn" in answer.message["text"]
    assert now(stage, insight).status == "withdrawn"


def test_what_is_pressed_twice_counts_once(stage: Stage, insight: Insight) -> None:
    step(stage, insight, Step.TAKE, key="t1")
    taken = now(stage, insight)
    finish(stage, taken, key="v1:h")
    step(stage, insight, Step.TAKE, key="t1")
    assert finish(stage, taken, key="v1:h") == Done()
    assert [kind for kind, _, _ in history(stage, insight)].count("status") == 2
    assert now(stage, insight).status == "done"


def test_what_marketing_took_up_stays_when_the_last_flag_goes(stage: Stage, insight: Insight) -> None:
    step(stage, insight, Step.ACKNOWLEDGE)
    assert insight.message_ts
    stage.unflag(ANNA, insight.message_ts)
    assert now(stage, insight).status == "acknowledged"


def test_the_menu_opens_forms_and_takes_over(stage: Stage, insight: Insight) -> None:
    value = Pressed.of(insight).value
    for word in ("category", "merge", "outcome"):
        answer = change.choose_more(stage.services, stage.gesture(MIA), f"{word}:{value}")
        assert isinstance(answer, Open), word
    assert change.choose_more(stage.services, stage.gesture(MIA), f"open:{value}") == Done()
    change.choose_more(stage.services, stage.gesture(TOM), f"take:{value}")
    assert now(stage, insight).taken_by == TOM


def test_the_menu_puts_an_insight_on_the_agenda_of_the_next_meeting(stage: Stage) -> None:
    it = Meetings(stage)
    it.set_up()
    insight = flagged(stage, ANNA)
    chosen = f"agenda:{Pressed.of(insight).value}"
    answer = change.choose_more(stage.services, stage.gesture(MIA), chosen)
    assert isinstance(answer, Reply) and "is on the agenda" in str(answer.message)
    change.choose_more(stage.services, stage.gesture(MIA), chosen)
    assert [row["insight_id"] for row in stage.rows("meeting_topics")] == [insight.id]


# --- merging -----------------------------------------------------------------------------------------------


def test_supporters_move_along_and_the_merged_one_points_to_the_target(stage: Stage) -> None:
    one, other = flagged(stage, ANNA), flagged(stage, BEN, "25% is what they ask for")
    assert merge_into(stage, other, " #1 ") == Done()
    whole, part = now(stage, one), now(stage, other)
    assert (part.status, part.merged_into_id, part.status_by) == ("merged", one.id, MIA)
    assert (whole.supporter_count, stage.supporters(whole)) == (2, {ANNA, BEN})
    assert history(stage, other)[-1] == ("merged", MIA, {"into": 1})
    assert history(stage, one)[-1] == ("took_in", MIA, {"number": 2})
    late = step(stage, other, Step.TAKE, TOM)
    assert isinstance(late, Reply) and late.message["text"] == "#2 is now part of #1."


def test_support_of_a_part_counts_for_the_whole(stage: Stage) -> None:
    one, other = flagged(stage, ANNA), flagged(stage, BEN)
    merge_into(stage, other, "1")
    assert other.message_ts and one.message_ts
    stage.flag(TOM, other.message_ts)
    assert stage.supporters(one) == {ANNA, BEN, TOM}
    stage.unflag(TOM, other.message_ts)
    assert stage.supporters(one) == {ANNA, BEN}
    stage.flag(BEN, one.message_ts)
    stage.unflag(BEN, other.message_ts)
    assert stage.supporters(one) == {ANNA, BEN}, "he flagged that one too"
    assert now(stage, one).supporter_count == 2


def test_what_was_merged_into_a_part_is_part_of_the_whole(stage: Stage) -> None:
    one, two, three = (flagged(stage, user) for user in (ANNA, BEN, TOM))
    merge_into(stage, three, "2")
    merge_into(stage, now(stage, two), "1")
    assert now(stage, three).merged_into_id == one.id
    assert stage.supporters(one) == {ANNA, BEN, TOM}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Write a number"),
        ("#x", "Write a number"),
        ("#99", "no insight #99"),
        ("#1", "this very insight"),
        ("#2", "was withdrawn"),
        ("#4", "part of #3 already"),
        ("#5", "no insight #5"),
    ],
)
def test_a_wrong_target_stands_beside_its_field(stage: Stage, typed: str, said: str) -> None:
    with stage.services.db.writing() as connection:
        workspace.save_channel(connection, TEAM, channel("COTHER"), stage.clock.now())
    make_bridge(stage.services, name="EMEA", sales_channel_ids=("COTHER",), marketing_channel_id="CM2")
    one, gone = flagged(stage, ANNA), flagged(stage, ANNA)
    assert gone.message_ts
    stage.unflag(ANNA, gone.message_ts)
    flagged(stage, ANNA)
    merge_into(stage, flagged(stage, ANNA), "3")
    flagged(stage, ANNA, channel="COTHER")
    before = stage.everything()
    with pytest.raises(FormError, match=Field.TARGET) as caught:
        merge_into(stage, one, typed)
    message = caught.value.fields[Field.TARGET]
    assert said in message.msgid.format(**message.params)
    assert stage.everything() == before


def test_two_marketers_merging_at_once(stage: Stage) -> None:
    one, other = flagged(stage, ANNA), flagged(stage, BEN)
    merge_into(stage, other, "1")
    with pytest.raises(FormError):
        merge_into(stage, one, "2", TOM)


def test_since_is_told_in_the_coarsest_unit(stage: Stage) -> None:
    told = [since(texts("en"), timedelta(minutes=one)) for one in (0, 1, 59, 60, 24 * 60, 3000)]
    assert told == ["just now", "1 minute ago", "59 minutes ago", "1 hour ago", "1 day ago", "2 days ago"]
