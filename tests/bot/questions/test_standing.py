"""*n of m asked have answered*: who is asked, kept current in place and by few updates; late answers."""

import pytest

from bot.inbox import Incoming
from bot.insights.change import undo
from storage import questions, workspace
from storage.database import Database
from tests.bot.questions.desk import Asking
from tests.stage import Stage, make_stage
from tests.support import ANNA, BEN, MARKETING, MIA, SALES, SALES_2, TEAM, TOM, person


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database)


@pytest.fixture
def desk(stage: Stage) -> Asking:
    return Asking(stage)


def joins(stage: Stage, channel: str, *users: str) -> None:
    """They become members of the workspace and the channel, and Slack tells of it."""
    with stage.services.db.writing() as connection:
        for user in users:
            workspace.save_person(connection, TEAM, person(user), stage.clock.now())
        before = set(workspace.members_of(connection, TEAM, channel))
    stage.slack.inside[channel] = before | set(users)
    stage.hear(Incoming("channel", f"joined:{channel}:{users[0]}", channel))
    stage.work()


def shown(stage: Stage, channel: str = SALES) -> str:
    """The question's own post."""
    stage.send(seconds=7)
    return str(next(one for one in stage.slack.posts(channel) if "asks" in str(one["blocks"])))


# --- n of m ------------------------------------------------------------------------------------------------


def test_the_questions_own_post_says_how_many_have_answered_too(stage: Stage, desk: Asking) -> None:
    desk.ask(channels=(SALES, SALES_2))
    assert "*0* of 3 people asked have answered" in shown(stage)
    ts = stage.reply(ANNA, desk.root(), "Price")
    stage.reply(BEN, desk.root(), "Price too")
    for channel in (SALES, SALES_2):
        assert "*2* of 3 people asked have answered" in shown(stage, channel)
    stage.delete(ts)
    assert "*1* of 3" in shown(stage) and "*1* of 3" in desk.progress()


def test_an_answer_that_is_withdrawn_counts_no_more_and_flagged_again_it_does(
    stage: Stage, desk: Asking
) -> None:
    desk.ask()
    ts = stage.reply(ANNA, desk.root(), "Price")
    assert "*1* of 3" in desk.progress()
    undo(stage.services, stage.gesture(ANNA), stage.insight(ts).id)
    assert "*0* of 3" in desk.progress() and "*0* of 3" in shown(stage)
    stage.flag(ANNA, ts)
    assert "*1* of 3" in desk.progress() and "*1* of 3" in shown(stage)


def test_who_asks_is_neither_asked_nor_answers(stage: Stage, desk: Asking) -> None:
    desk.ask(user=TOM)
    stage.reply(TOM, desk.root(), "I mean the big ones")
    assert stage.all() == []
    assert "*0* of 2 people asked" in desk.progress()


def test_who_joins_is_asked_too_and_who_leaves_is_not_unless_she_has_answered(
    stage: Stage, desk: Asking
) -> None:
    desk.ask()
    joins(stage, SALES, "UEVA")
    assert "*0* of 4 people asked" in desk.progress() and "*0* of 4 people asked" in shown(stage)
    stage.reply(BEN, desk.root(), "Price")
    stage.slack.inside[SALES] = {TOM}
    stage.hear(Incoming("channel", "left", SALES))
    stage.work()
    assert "*1* of 2 people asked" in desk.progress()


def test_many_answers_make_few_updates_and_a_steady_stream_puts_none_off(stage: Stage, desk: Asking) -> None:
    users = [f"UNEW{n:02}" for n in range(30)]
    joins(stage, SALES, *users)
    desk.ask()
    root = desk.root()
    before = stage.slack.calls.count("chat.update")
    for user in users:
        stage.reply(user, root, "Price")
        stage.send(seconds=1)
    stage.send(seconds=7)
    updates = stage.slack.calls.count("chat.update") - before
    assert 2 * 5 <= updates <= 2 * 8, "two posts, once in five seconds each"
    assert "*30* of 33 people asked" in desk.progress()


def test_the_summary_follows_answers_that_are_read_late_or_deleted(stage: Stage, desk: Asking) -> None:
    desk.ask()
    root = desk.root()
    early = stage.slack.say(SALES, ANNA, "okapi", thread_ts=root)
    stage.clock.pass_time(minutes=1)
    desk.close()
    stage.send(seconds=3)
    stage.hear(Incoming("thread_reply", f"thread_reply:{SALES}:{early}", SALES, early, ANNA, root))
    stage.work()
    stage.send(seconds=3)
    summary = next(one for one in stage.slack.posts(MARKETING) if "is closed" in str(one["blocks"]))
    assert "okapi" in str(summary) and "*1* of 3" in str(summary)
    stage.delete(early)
    stage.send(seconds=3)
    assert "okapi" not in str(stage.slack.posts(MARKETING))


# --- answers that are read late ----------------------------------------------------------------------------


def late(stage: Stage, root: str, ts: str, user: str) -> None:
    stage.hear(Incoming("thread_reply", f"thread_reply:{SALES}:{ts}", SALES, ts, user, root))
    stage.work()
    stage.send(seconds=4)


def told(stage: Stage) -> list[str]:
    return [str(one["blocks"]) for one in stage.slack.posts(SALES) if "thank you" in str(one["blocks"])]


def test_an_answer_read_after_the_outcome_was_told_still_hears_of_it_once(stage: Stage, desk: Asking) -> None:
    desk.ask()
    root = desk.root()
    stage.reply(BEN, root, "Price")
    first, second = (stage.slack.say(SALES, ANNA, text, thread_ts=root) for text in ("one", "two"))
    bens = stage.slack.say(SALES, BEN, "and more", thread_ts=root)
    stage.clock.pass_time(minutes=1)
    desk.close("A leaflet")
    stage.send(seconds=4)
    assert [f"<@{ANNA}>" in one for one in told(stage)] == [False]
    late(stage, root, first, ANNA)
    late(stage, root, second, ANNA)
    late(stage, root, bens, BEN)
    assert len(told(stage)) == 2 and f"<@{ANNA}>" in told(stage)[-1] and "A leaflet" in told(stage)[-1]
    assert f"<@{BEN}>" not in told(stage)[-1]
    assert len(desk.answers) == 4


def test_who_has_left_hears_of_it_directly_however_late_her_answer_is_read(
    stage: Stage, desk: Asking
) -> None:
    desk.ask()
    root = desk.root()
    ts = stage.slack.say(SALES, ANNA, "Price", thread_ts=root)
    stage.clock.pass_time(minutes=1)
    desk.close("A leaflet")
    with stage.services.db.writing() as connection:
        workspace.replace_members(connection, TEAM, SALES, [BEN, TOM])
    late(stage, root, ts, ANNA)
    (direct,) = desk.directs(ANNA)
    assert "A leaflet" in str(direct["payload"])
    assert told(stage) == []


def test_an_answer_read_between_closing_and_outcome_is_told_with_the_others(
    stage: Stage, desk: Asking
) -> None:
    desk.ask()
    root = desk.root()
    ts = stage.slack.say(SALES, ANNA, "Price", thread_ts=root)
    stage.clock.pass_time(days=8)
    stage.ring()
    late(stage, root, ts, ANNA)
    assert told(stage) == []
    desk.close("A leaflet")
    stage.send(seconds=4)
    assert len(told(stage)) == 1 and f"<@{ANNA}>" in told(stage)[0]


# --- the home tab ------------------------------------------------------------------------------------------


def test_the_home_tab_shows_how_it_stands_to_whom_it_concerns(stage: Stage, desk: Asking) -> None:
    desk.ask(channels=(SALES_2,), anonymous=False)
    desk.ask("Why?", channels=(SALES,), anonymous=True)
    stage.reply(BEN, desk.root(SALES_2), "Price", SALES_2)
    stage.work()

    def home(user: str) -> str:
        stage.hear(Incoming("home_opened", f"home:{user}:{stage.clock.now()}", user_id=user))
        stage.work()
        stage.send(seconds=3)
        return str(stage.slack.homes[user])

    assert "*1* of 1 person asked has answered" in home(MIA) and "question_close" in home(MIA)
    assert "What do customers fear?" in home(BEN) and "question_answer_open" in home(BEN)
    assert "question_close" not in home(BEN)
    assert "fear" not in home(ANNA) and "Why?" in home(ANNA), "the other was asked where she is not"
    desk.close(number="2")
    assert "Why?" not in home(ANNA) and "Why?" not in home(MIA)


# --- without a closing date --------------------------------------------------------------------------------


def test_without_a_day_it_stays_open_until_somebody_closes_it(stage: Stage, desk: Asking) -> None:
    desk.ask(days=None)
    assert desk.question.closes_at is None
    assert "open" in desk.progress() and "until" not in desk.progress()
    stage.clock.pass_time(days=400)
    stage.ring()
    assert desk.question.closed_at is None
    assert "Nobody here has answered" in str(stage.rows("outbox"))
    stage.reply(ANNA, desk.root(), "Price")
    desk.close()
    assert desk.question.closed_at is not None and desk.question.closed_by == MIA
    with stage.services.db.reading() as connection:
        assert len(questions.answers(connection, 1)) == 1
