"""Change category, add details, undo: who may, what it does, and that it does it once."""

from typing import Any

import pytest

from bot.errors import FormError, UserError
from bot.gestures import Done, Open, Reply, Update
from bot.ids import Field
from bot.insights import change
from storage import insights, workspace
from storage.database import Database
from storage.insights import Insight
from tests.stage import Stage, form, make_stage
from tests.support import ANNA, BEN, GUEST, MARKETING, MIA, SALES, STRANGER, TEAM, TOM, person


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database)


@pytest.fixture
def insight(stage: Stage) -> Insight:
    """Said by Ben, flagged by Anna."""
    ts = stage.slack.say(SALES, BEN, "text")
    stage.flag(ANNA, ts)
    return stage.insight(ts)


def now(stage: Stage) -> Insight:
    (insight,) = stage.all()
    return insight


def set_status(stage: Stage, status: str) -> None:
    with stage.services.db.writing() as connection:
        insights.change(connection, now(stage).id, {"status": status})


def history(stage: Stage) -> list[tuple[str, str | None, dict[str, Any]]]:
    with stage.services.db.reading() as connection:
        return [(one.change, one.by_user_id, one.detail) for one in insights.history_of(connection, 1)]


def file_under(stage: Stage, user: str, key: str, gesture: str | None = None) -> Reply:
    answer = change.change_category(stage.services, stage.gesture(user, key=gesture), now(stage).id, key)
    assert isinstance(answer, Reply) and answer.replaces
    return answer


# --- category ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("user", [ANNA, BEN, MIA])
def test_reporter_author_and_marketing_may_file_it_anew(stage: Stage, insight: Insight, user: str) -> None:
    answer = file_under(stage, user, "competitor")
    assert (now(stage).category, now(stage).category_by) == ("competitor", "person")
    assert "#1" in answer.message["text"]
    assert history(stage)[-1] == ("category", user, {"from": "other", "to": "competitor"})


@pytest.mark.parametrize("user", [TOM, GUEST, STRANGER, "UNOBODY"])
def test_others_may_not(stage: Stage, insight: Insight, user: str) -> None:
    with stage.services.db.writing() as connection:
        workspace.replace_members(connection, TEAM, MARKETING, [MIA])
    with pytest.raises(UserError):
        file_under(stage, user, "competitor")
    assert now(stage).category == "other"


def test_a_guest_may_take_back_a_flag_but_not_file(stage: Stage) -> None:
    ts = stage.slack.say(SALES, BEN, "text")
    stage.flag(GUEST, ts)
    with pytest.raises(UserError, match="guest"):
        file_under(stage, GUEST, "competitor")
    with pytest.raises(UserError, match="guest"):
        change.open_details(stage.services, stage.gesture(GUEST), now(stage).id)
    change.undo(stage.services, stage.gesture(GUEST), now(stage).id)
    assert now(stage).status == "withdrawn"


@pytest.mark.parametrize("status", ["acknowledged", "in_progress", "done", "declined", "withdrawn"])
def test_after_triage_only_marketing_may(stage: Stage, insight: Insight, status: str) -> None:
    set_status(stage, status)
    for user in (ANNA, BEN):
        with pytest.raises(UserError, match="Only marketing"):
            file_under(stage, user, "competitor")
    file_under(stage, MIA, "competitor")
    assert now(stage).category == "competitor"


def test_a_persons_word_outlasts_the_flags_of_others(stage: Stage, insight: Insight) -> None:
    file_under(stage, BEN, "competitor")
    assert insight.message_ts
    stage.flag(TOM, insight.message_ts, "rage")
    assert now(stage).category == "competitor"


def test_what_is_pressed_twice_counts_once(stage: Stage, insight: Insight) -> None:
    file_under(stage, ANNA, "competitor", "t1")
    file_under(stage, MIA, "market", "t2")
    file_under(stage, ANNA, "competitor", "t1")
    assert now(stage).category == "market"


@pytest.mark.parametrize("key", ["nonsense", ""])
def test_a_category_that_is_gone_is_said(stage: Stage, insight: Insight, key: str) -> None:
    with pytest.raises(UserError, match="no longer in use"):
        file_under(stage, ANNA, key)


def test_what_one_may_not_see_seems_not_to_exist(stage: Stage, insight: Insight) -> None:
    with stage.services.db.writing() as connection:
        workspace.save_person(connection, TEAM, person("UELSE"), stage.clock.now())
    said = set()
    for user, insight_id in (("UELSE", insight.id), ("UELSE", 999), (ANNA, 999)):
        for use in (change.undo, change.open_details, change.add_support):
            with pytest.raises(UserError) as caught:
                use(stage.services, stage.gesture(user), insight_id)
            said.add(caught.value.message.msgid)
    assert len(said) == 1


# --- undo --------------------------------------------------------------------------------------------------


def undo(stage: Stage, user: str = ANNA, gesture: str | None = None) -> Reply:
    answer = change.undo(stage.services, stage.gesture(user, key=gesture), now(stage).id)
    assert isinstance(answer, Reply) and answer.replaces
    return answer


def test_undo_withdraws_though_the_reaction_stands_and_only_a_fresh_flag_reopens(
    stage: Stage, insight: Insight
) -> None:
    ts = insight.message_ts
    assert ts
    stage.send()
    undo(stage)
    stage.send()
    assert (now(stage).status, stage.slack.own_reactions(SALES, ts)) == ("withdrawn", set())
    stage.flag(ANNA, ts, at=stage_flag_at(stage))  # the same event again
    assert now(stage).status == "withdrawn"
    stage.flag(ANNA, ts, "rage")
    assert (now(stage).status, now(stage).number) == ("new", 1), "another emoji is a fresh flag"
    undo(stage)
    stage.unflag(ANNA, ts)
    assert now(stage).status == "withdrawn", "taking an undone one back changes nothing"
    stage.flag(ANNA, ts)
    assert now(stage).status == "new"
    stage.send()
    assert stage.slack.own_reactions(SALES, ts) == {"inbox_tray"}


def stage_flag_at(stage: Stage) -> str:
    """When the first flag was set."""
    (flag,) = stage.rows("flags")
    return str(flag["changed_ts"])


def test_undo_takes_back_ones_own_support_alone(stage: Stage, insight: Insight) -> None:
    assert insight.message_ts
    stage.flag(TOM, insight.message_ts)
    answer = undo(stage)
    assert "Others still support" in answer.message["text"]
    assert (now(stage).status, stage.supporters(insight), now(stage).reporter_id) == ("new", {TOM}, TOM)


def test_undo_after_somebody_acted_keeps_the_insight(stage: Stage, insight: Insight) -> None:
    set_status(stage, "acknowledged")
    assert "It stays" in undo(stage).message["text"]
    assert (now(stage).status, now(stage).supporter_count) == ("acknowledged", 0)


@pytest.mark.parametrize("status", ["new", "acknowledged"])
@pytest.mark.parametrize("others", [(), (TOM,)])
def test_undo_pressed_twice_counts_once_and_is_answered_alike(
    stage: Stage, insight: Insight, status: str, others: tuple[str, ...]
) -> None:
    assert insight.message_ts
    for user in others:
        stage.flag(user, insight.message_ts)
    set_status(stage, status)
    assert undo(stage, gesture="t1") == undo(stage, gesture="t1")
    with pytest.raises(UserError, match="already"):
        undo(stage)
    assert stage.supporters(insight) == set(others)


def test_support_is_added_from_behind_the_shortcut_like_a_flag(stage: Stage, insight: Insight) -> None:
    for _ in range(2):
        answer = change.add_support(stage.services, stage.gesture(TOM, key="t1"), insight.id)
        assert isinstance(answer, Update)
        assert "insight_undo" in str(answer.view)
    assert stage.supporters(insight) == {ANNA, TOM}
    assert insight.message_ts
    stage.flag(TOM, insight.message_ts)
    stage.unflag(TOM, insight.message_ts)
    assert stage.supporters(insight) == {ANNA, TOM}, "the shortcut's support is no emoji's"


# --- details -----------------------------------------------------------------------------------------------


def test_details_are_shown_changed_and_their_history_holds_no_words(stage: Stage, insight: Insight) -> None:
    fields = {"customer": "Hartmann", "deal": "12,500 EUR", "note": "zebrafish", "competitors": "Acme"}
    answer = change.save_details(
        stage.services, stage.gesture(), form(category="option:request", **fields), insight.id
    )
    assert answer == Done()
    after = now(stage)
    assert (after.customer, after.category, after.category_by) == ("Hartmann", "request", "person")
    assert (after.deal_amount, after.deal_currency) == (1_250_000, "EUR")
    kind, by, detail = history(stage)[-1]
    assert (kind, by) == ("details", ANNA)
    assert "zebrafish" not in str(detail)
    opened = change.open_details(stage.services, stage.gesture(), insight.id)
    assert isinstance(opened, Open)
    shown = str(opened.view)
    assert all(one in shown for one in ("Hartmann", "12500.00 EUR", "zebrafish", "Acme"))


def test_emptied_fields_are_emptied(stage: Stage, insight: Insight) -> None:
    change.save_details(stage.services, stage.gesture(), form(customer="H", urgent=["urgent"]), insight.id)
    change.save_details(stage.services, stage.gesture(), form(customer=None, urgent=[]), insight.id)
    assert (now(stage).customer, now(stage).is_urgent, now(stage).category) == (None, False, "other")


def test_a_wrong_detail_stands_beside_its_field(stage: Stage, insight: Insight) -> None:
    with pytest.raises(FormError) as caught:
        change.save_details(stage.services, stage.gesture(), form(deal="a lot"), insight.id)
    assert set(caught.value.fields) == {Field.DEAL}


def test_details_after_triage_are_marketings(stage: Stage, insight: Insight) -> None:
    set_status(stage, "acknowledged")
    with pytest.raises(UserError, match="Only marketing"):
        change.open_details(stage.services, stage.gesture(), insight.id)
    with pytest.raises(UserError, match="Only marketing"):
        change.save_details(stage.services, stage.gesture(), form(customer="H"), insight.id)
    change.save_details(stage.services, stage.gesture(MIA), form(customer="H"), insight.id)
    assert now(stage).customer == "H"


def test_home_tabs_of_all_concerned_follow(stage: Stage, insight: Insight) -> None:
    with stage.services.db.writing() as connection:
        for user in (ANNA, BEN, MIA):
            workspace.home_was_opened(connection, TEAM, user, stage.clock.now())
    file_under(stage, MIA, "competitor")
    stage.send()
    assert set(stage.slack.homes) == {ANNA, BEN, MIA}, "marketing has it in its inbox"
    assert "Competitors" in str(stage.slack.homes[ANNA])
