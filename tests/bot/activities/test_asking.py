"""Sales' word: asked midway and at the end, once each; one answer a person, the latest."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.activities import answering, showing
from bot.activities.asking import midway_on
from bot.activities.kinds import Answer, Occasion
from bot.errors import FormError, UserError
from bot.gestures import FormState, Open, Reply
from storage import activity_answers, timers, workspace
from storage.activities import Activity
from storage.activity_answers import Answered
from storage.database import Database
from tests.bot.activities.builders import FIRST, LAST, Desk, an_activity
from tests.stage import make_stage
from tests.support import ANNA, BEN, GUEST, MARKETING, MIA, SALES, SALES_2, STRANGER, TEAM, TOM, channel


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(make_stage(database))


@pytest.fixture
def running(desk: Desk) -> Activity:
    """Planned for the 2nd to 31st, and begun."""
    activity = desk.plan()
    desk.start(activity)
    return desk.now(activity)


def due(desk: Desk, activity: Activity, occasion: Occasion) -> datetime | None:
    with desk.stage.services.db.reading() as connection:
        return timers.due_at(connection, TEAM, "activity_asks", f"{activity.id}:{occasion}")


def asked(desk: Desk, name: str = SALES) -> list[str]:
    """What stands in the channel, after all that is due was done."""
    desk.stage.ring()
    desk.stage.send(5)
    return [str(one["text"]) for one in desk.stage.slack.posts(name)]


def to(desk: Desk, day: date) -> None:
    """It is noon (UTC) of that day."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    desk.stage.clock.pass_time(seconds=(noon - desk.stage.clock.now()).total_seconds())


def asking_id(desk: Desk) -> int:
    return int(desk.stage.rows("activity_askings")[-1]["id"])


def answers(desk: Desk) -> list[Answered]:
    with desk.stage.services.db.reading() as connection:
        return activity_answers.answers_of(connection, [asking_id(desk)])


@pytest.mark.parametrize(
    ("days", "after"),
    [(90, 30), (30, 10), (22, 8), (21, 7), (12, 7), (9, 7), (8, None), (1, None)],
)
def test_a_third_of_its_time_and_at_least_a_week(days: int, after: int | None) -> None:
    activity = an_activity(ends_on=FIRST + timedelta(days=days - 1))
    assert midway_on(activity) == (None if after is None else FIRST + timedelta(days=after))


def test_the_timers_follow_the_activity(desk: Desk) -> None:
    activity = desk.plan()
    assert [due(desk, activity, one) for one in Occasion] == [None, None]
    desk.start(activity)
    assert due(desk, activity, Occasion.MIDWAY) == datetime(2026, 3, 12, 9, tzinfo=UTC)
    assert due(desk, activity, Occasion.END) == datetime(2026, 4, 1, 8, tzinfo=UTC)  # summer time by then
    desk.change(activity, ends_on="2026-05-30")
    assert due(desk, activity, Occasion.MIDWAY) == datetime(2026, 4, 1, 8, tzinfo=UTC)
    desk.change(activity, ends_on="2026-03-05")
    assert due(desk, activity, Occasion.MIDWAY) is None
    desk.cancel(activity)
    assert [due(desk, activity, one) for one in Occasion] == [None, None]


def test_each_sales_channel_is_asked_once_on_each_occasion(desk: Desk, running: Activity) -> None:
    assert asked(desk) == []
    to(desk, FIRST + timedelta(days=10))
    assert asked(desk) == asked(desk, SALES_2)
    (text,) = asked(desk)
    assert "has run for a while" in text and "Did this help you sell?" in text
    assert asked(desk, MARKETING) == []
    desk.finish(running)
    assert len(asked(desk)) == 2 and "is over" in asked(desk)[1]
    to(desk, LAST + timedelta(days=9))
    assert len(asked(desk)) == 2


def test_one_that_nobody_finishes_is_asked_about_all_the_same(desk: Desk, running: Activity) -> None:
    to(desk, LAST + timedelta(days=1))
    # The first asking is too late by now, and makes no sense any more.
    assert ["is over" in text for text in asked(desk)] == [True]
    desk.finish(running)
    assert len(asked(desk)) == 1


def test_cancelled_ones_are_not_asked_about(desk: Desk, running: Activity) -> None:
    desk.cancel(running)
    to(desk, LAST + timedelta(days=9))
    assert asked(desk) == []


def test_channels_shared_with_outsiders_are_not_asked(desk: Desk, running: Activity) -> None:
    with desk.stage.services.db.writing() as connection:
        shared = channel(SALES, is_shared=True)
        workspace.save_channel(connection, TEAM, shared, desk.stage.clock.now())
    desk.finish(running)
    assert asked(desk) == [] and len(asked(desk, SALES_2)) == 1
    (asking,) = desk.stage.rows("activity_askings")
    assert asking["asked_count"] == 1  # Ben alone


def test_those_asked_are_the_full_members_of_the_channels_each_once(desk: Desk, running: Activity) -> None:
    desk.finish(running)
    asked(desk)
    (asking,) = desk.stage.rows("activity_askings")
    assert asking["asked_count"] == 3  # Anna, Ben (in both), Tom; not the guest


# --- answers -----------------------------------------------------------------------------------------------


def say_word(desk: Desk, user: str, word: Answer, key: str | None = None) -> str:
    gesture = desk.stage.gesture(user, key=key)
    answer = answering.give_word(desk.stage.services, gesture, asking_id(desk), word)
    assert isinstance(answer, Reply)
    return str(answer.message["text"])


def say_yes(desk: Desk, user: str, *, is_comment: bool = False, **fields: Any) -> str:
    form = FormState({f"activity_{name}": {"value": value} for name, value in fields.items()})
    gesture = desk.stage.gesture(user)
    answer = answering.save_answer(desk.stage.services, gesture, form, asking_id(desk), is_comment=is_comment)
    assert isinstance(answer, Reply)
    return str(answer.message["text"])


@pytest.fixture
def over(desk: Desk, running: Activity) -> Activity:
    """Finished, and sales asked."""
    desk.finish(running)
    asked(desk)
    return desk.now(running)


def test_an_answer_is_noted_and_a_later_one_replaces_it(desk: Desk, over: Activity) -> None:
    assert "somewhat" in say_word(desk, ANNA, Answer.SOMEWHAT)
    say_yes(desk, ANNA, deal="Hartmann", amount="12k", comment="the demo did it")
    (given,) = answers(desk)
    assert (given.answer, given.deal, given.deal_amount, given.deal_currency) == (
        "yes",
        "Hartmann",
        1_200_000,
        "EUR",
    )
    assert given.comment == "the demo did it"
    say_word(desk, ANNA, Answer.NO)
    (given,) = answers(desk)
    assert (given.answer, given.deal, given.deal_amount, given.comment) == ("no", None, None, None)


def test_yes_opens_a_form_with_what_was_said_before(desk: Desk, over: Activity) -> None:
    say_yes(desk, ANNA, deal="Hartmann", amount="1500.5 USD")
    answer = answering.open_answer(desk.stage.services, desk.stage.gesture(ANNA), asking_id(desk))
    assert isinstance(answer, Open)
    assert "Hartmann" in str(answer.view) and "1500.50 USD" in str(answer.view)


def test_a_comment_stands_beside_the_answer(desk: Desk, over: Activity) -> None:
    with pytest.raises(UserError, match="Say first"):
        say_yes(desk, ANNA, is_comment=True, comment="hm")
    with pytest.raises(UserError, match="Say first"):
        answering.open_answer(desk.stage.services, desk.stage.gesture(ANNA), asking_id(desk), is_comment=True)
    say_word(desk, ANNA, Answer.UNNOTICED)
    say_yes(desk, ANNA, is_comment=True, comment="where was it?")
    (given,) = answers(desk)
    assert (given.answer, given.comment) == ("unnoticed", "where was it?")


@pytest.mark.parametrize(
    ("fields", "block"),
    [
        ({"deal": None}, "activity_deal"),
        ({"deal": "x" * 201}, "activity_deal"),
        ({"deal": "H", "amount": "much"}, "activity_amount"),
        ({"deal": "H", "amount": "-5"}, "activity_amount"),
        ({"deal": "H", "amount": "5 XYZ"}, "activity_amount"),
        ({"deal": "H", "amount": "99999999999999999"}, "activity_amount"),
        ({"deal": "H", "comment": "x" * 1001}, "activity_comment"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    desk: Desk, over: Activity, fields: dict[str, Any], block: str
) -> None:
    with pytest.raises(FormError) as problem:
        say_yes(desk, ANNA, **fields)
    assert set(problem.value.fields) == {block}
    assert answers(desk) == []


@pytest.mark.parametrize("user", [MIA, GUEST, STRANGER, "UNOBODY"])
def test_only_those_asked_may_answer(desk: Desk, over: Activity, user: str) -> None:
    with pytest.raises(UserError):
        say_word(desk, user, Answer.NO)
    with pytest.raises(UserError):
        say_yes(desk, user, deal="Hartmann")
    assert answers(desk) == []


def test_a_forged_asking_is_refused(desk: Desk, over: Activity) -> None:
    with pytest.raises(UserError, match="may not see it"):
        answering.give_word(desk.stage.services, desk.stage.gesture(ANNA), 999, Answer.NO)


def test_after_a_cancellation_nothing_is_noted(desk: Desk, running: Activity) -> None:
    to(desk, FIRST + timedelta(days=10))
    asked(desk)
    desk.cancel(running)
    with pytest.raises(UserError, match="cancelled meanwhile"):
        say_word(desk, ANNA, Answer.NO)


def test_the_card_shows_how_many_and_to_marketing_what(desk: Desk, over: Activity) -> None:
    say_yes(desk, ANNA, deal="Hartmann <!here>", amount="12k", comment="the demo did it")
    say_word(desk, BEN, Answer.UNNOTICED)
    for user, sees_deals in ((MIA, True), (ANNA, False), (TOM, True)):
        answer = showing.open_card(desk.stage.services, desk.stage.gesture(user), over.id)
        assert isinstance(answer, Open)
        said = str(answer.view)
        assert "2 of 3 asked have answered – yes: 1, didn't notice it: 1" in said
        assert ("the demo did it" in said and "Hartmann" in said) == sees_deals
        assert "<!here>" not in said
