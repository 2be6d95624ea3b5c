"""A question is asked once, an answer is one insight, and who answered hears what came of it (promise 3)."""

import pytest

from bot.errors import FormError, UserError
from bot.gestures import Open, Reply
from bot.inbox import Incoming
from bot.questions.asking import ask, open_ask
from bot.questions.closing import list_questions, open_outcome
from storage import workspace
from storage.database import Database
from tests.bot.questions.desk import Asking, asking_form
from tests.stage import Stage, make_stage
from tests.support import (
    ANNA,
    BEN,
    GUEST,
    MARKETING,
    MIA,
    SALES,
    SALES_2,
    STRANGER,
    TEAM,
    TOM,
    channel,
    make_bridge,
)


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database)


@pytest.fixture
def desk(stage: Stage) -> Asking:
    return Asking(stage)


def share(stage: Stage, channel_id: str) -> None:
    with stage.services.db.writing() as connection:
        workspace.save_channel(connection, TEAM, channel(channel_id, is_shared=True), stage.clock.now())


def sentence(refused: pytest.ExceptionInfo[UserError]) -> str:
    return refused.value.message.msgid.format(**refused.value.message.params)


# --- asking ------------------------------------------------------------------------------------------------


def test_a_question_is_posted_once_in_each_chosen_channel_and_shown_to_marketing(
    stage: Stage, desk: Asking
) -> None:
    for _ in range(2):
        desk.ask("What do <!channel> fear?", (SALES, SALES_2), key="once")
    stage.send(seconds=5)
    for place in (SALES, SALES_2, MARKETING):
        (post,) = stage.slack.posts(place)
        assert "<!channel>" in str(post["blocks"]), "shown as it was typed"
        assert '"type": "broadcast"' not in str(post) and "<!channel>" not in post["text"]
    assert "Mia asks" in str(stage.slack.posts(SALES)[0])
    assert "*0* of 3 people asked have answered" in desk.progress()
    assert str(desk.question.closes_at) == "2026-03-09 09:00:00+00:00"


def test_the_form_offers_what_may_be_asked_in_and_a_week(stage: Stage) -> None:
    share(stage, SALES_2)
    form = open_ask(stage.services, stage.gesture(MIA), "What &amp; why?")
    assert isinstance(form, Open)
    shown = str(form.view)
    assert "What & why?" in shown and "2026-03-09" in shown and "10:00" in shown
    assert SALES in shown and SALES_2 not in shown


def test_who_may_not_ask_is_told_and_nothing_is_posted(stage: Stage, desk: Asking) -> None:
    for user in (ANNA, BEN, GUEST, STRANGER):
        with pytest.raises(UserError):
            open_ask(stage.services, stage.gesture(user), "")
        with pytest.raises(UserError):
            desk.ask(user=user)
    for bridge in ("999", "x", ""):
        with pytest.raises(UserError, match="gone"):
            ask(stage.services, stage.gesture(MIA), bridge, asking_form("x", (SALES,), "2026-03-09", "10:00"))
    assert stage.rows("questions") == stage.rows("outbox") == []


def test_channels_of_others_and_shared_ones_are_refused(stage: Stage, desk: Asking) -> None:
    share(stage, SALES_2)
    for places in ((SALES, SALES_2), (MARKETING,), ("C999",)):
        with pytest.raises(FormError) as refused:
            desk.ask(channels=places)
        assert set(refused.value.fields) == {"asked_in"}
    share(stage, SALES)
    with pytest.raises(UserError, match="no sales channel that I could ask in"):
        open_ask(stage.services, stage.gesture(MIA), "")
    assert stage.rows("questions") == []


@pytest.mark.parametrize(
    ("text", "channels", "day", "time", "wrong"),
    [
        ("", (SALES,), "2026-03-09", "10:00", "text"),
        ("x" * 1501, (SALES,), "2026-03-09", "10:00", "text"),
        ("x", (), "2026-03-09", "10:00", "asked_in"),
        ("x", (SALES,), "tomorrow", "10:00", "closes_on"),
        ("x", (SALES,), "2026-03-09", "", "time"),
        ("x", (SALES,), "2026-03-02", "10:00", "closes_on"),  # it is 10:00 there now
        ("x", (SALES,), "2027-06-01", "10:00", "closes_on"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    stage: Stage, text: str, channels: tuple[str, ...], day: str, time: str, wrong: str
) -> None:
    with pytest.raises(FormError) as refused:
        ask(
            stage.services,
            stage.gesture(MIA),
            str(stage.bridge.id),
            asking_form(text, channels, day, time),
        )
    assert set(refused.value.fields) == {wrong}
    assert stage.rows("questions") == []


# --- answers -----------------------------------------------------------------------------------------------


def test_each_answer_is_an_insight_of_the_question_with_all_that_belongs_to_it(
    stage: Stage, desk: Asking
) -> None:
    desk.ask()
    root = desk.root()
    ts = stage.reply(ANNA, root, "competitor: Acme gives *25%* off")
    stage.reply(TOM, root, "Nothing new")
    stage.work()
    one, two = desk.answers
    assert (one.source, one.text, one.category) == (
        "question",
        "competitor: Acme gives *25%* off",
        "competitor",
    )
    assert (one.author_id, one.reporter_id, one.message_ts, one.thread_ts) == (ANNA, ANNA, ts, root)
    assert one.permalink and one.thread_permalink
    assert two.category == "other"
    stage.send(seconds=5)
    assert "inbox_tray" in stage.slack.own_reactions(SALES, ts)
    assert "*2* of 3 people asked have answered" in desk.progress()


def test_a_person_counts_once_and_the_same_reply_once(stage: Stage, desk: Asking) -> None:
    desk.ask()
    root = desk.root()
    for text in ("one", "two"):
        ts = stage.reply(ANNA, root, text)
    stage.flag(BEN, ts)
    assert len(stage.all()) == 2
    assert stage.supporters(stage.insight(ts)) == {ANNA, BEN}
    assert "*1* of 3" in desk.progress()


def test_a_reply_that_was_flagged_first_is_tied_to_the_question(stage: Stage, desk: Asking) -> None:
    desk.ask()
    root = desk.root()
    ts = stage.slack.say(SALES, ANNA, "Acme again", thread_ts=root)
    stage.flag(BEN, ts)
    stage.hear(Incoming("thread_reply", f"thread_reply:{SALES}:{ts}", SALES, ts, ANNA, root))
    stage.work()
    (one,) = stage.all()
    assert [answer.id for answer in desk.answers] == [one.id]
    assert stage.supporters(one) == {ANNA, BEN}


def test_edits_and_deletions_of_answers_are_followed(stage: Stage, desk: Asking) -> None:
    desk.ask()
    root = desk.root()
    ts, gone = stage.reply(ANNA, root, "zebra"), stage.reply(TOM, root, "okapi")
    stage.edit(ts, "numbat")
    assert [one.text for one in desk.answers] == ["numbat", "okapi"]
    stage.delete(gone)
    assert [one.text for one in desk.answers] == ["numbat"]
    assert "okapi" not in stage.everything()
    assert "*1* of 3" in desk.progress()


def test_answers_of_guests_and_outsiders_are_not_taken(stage: Stage, desk: Asking) -> None:
    desk.ask()
    root = desk.root()
    for user in (GUEST, STRANGER, "UBOT"):
        stage.reply(user, root, "secret")
    assert stage.all() == []
    assert "secret" not in stage.everything()


# --- reminder ----------------------------------------------------------------------------------------------


def test_a_channel_that_is_silent_is_reminded_once_in_the_working_hours_after_half_of_the_time(
    stage: Stage, desk: Asking
) -> None:
    desk.ask(channels=(SALES, SALES_2))  # Monday 10:00 in Berlin, so that half is Thursday at 22:00
    stage.reply(ANNA, desk.root(), "an answer")
    stage.clock.pass_time(days=3, hours=22)
    stage.ring()
    assert desk.posts(f"question:1:{SALES_2}:reminder") == []
    stage.clock.pass_time(hours=1)
    stage.ring()
    stage.send(seconds=3)
    assert desk.posts(f"question:1:{SALES}:reminder") == []
    (reminder,) = [one for one in stage.slack.posts(SALES_2) if "Nobody here" in one["text"]]
    ts = stage.reply(BEN, reminder["ts"], "below the reminder", SALES_2)
    assert [one.message_ts for one in desk.answers][-1] == ts


def test_nobody_is_reminded_who_has_answered_elsewhere_or_asked(stage: Stage, desk: Asking) -> None:
    """Of SALES_2 only Ben is asked, and he has answered in SALES."""
    desk.ask(channels=(SALES, SALES_2))
    stage.reply(BEN, desk.root(), "an answer")
    stage.clock.pass_time(days=4)
    stage.ring()
    assert desk.posts(f"question:1:{SALES_2}:reminder") == desk.posts(f"question:1:{SALES}:reminder") == []


@pytest.mark.parametrize(
    ("days", "reminded"),
    [
        (1, "2026-03-03T08:00"),  # half is Monday at 22:00
        (0.25, "2026-03-02T12:00"),
        (0.6, None),  # half is Monday at 17:12, and it closes at midnight
        (10, "2026-03-09T08:00"),  # half is Saturday
        (None, "2026-03-06T08:00"),  # half of a week
    ],
)
def test_a_reminder_comes_in_working_hours_or_not_at_all(
    stage: Stage, desk: Asking, days: float | None, reminded: str | None
) -> None:
    desk.ask(days=days)
    due = [one["due_at"] for one in stage.rows("timers") if one["kind"] == "question_reminder"]
    assert [f"{one:%Y-%m-%dT%H:%M}" for one in due] == ([reminded] if reminded else [])


def test_no_reminder_comes_after_the_end_when_frontline_was_down(stage: Stage, desk: Asking) -> None:
    desk.ask()
    desk.root()
    stage.clock.pass_time(days=8)
    stage.ring()
    assert desk.posts(f"question:1:{SALES}:reminder") == []
    assert desk.question.closed_at is not None


# --- closing -----------------------------------------------------------------------------------------------


def test_closed_by_hand_marketing_gets_the_answers_and_those_who_gave_them_the_outcome(
    stage: Stage, desk: Asking
) -> None:
    desk.ask(channels=(SALES, SALES_2))
    root, other = desk.root(), desk.root(SALES_2)
    stage.reply(ANNA, root, "They fear <!here> lock-in")
    stage.reply(BEN, root, "Price")
    stage.reply(BEN, other, "Price, really", SALES_2)
    desk.close("We write *one page* on <!channel> exports")
    stage.send(seconds=8)
    summary = stage.slack.posts(MARKETING)[-1]
    assert "*2* of 3 people asked have answered · closed Mon 2 Mar" in str(summary)
    assert "lock-in" in str(summary)
    told = [one for one in stage.slack.standing[SALES].values() if "thank you for your answers" in str(one)]
    assert [one["thread_ts"] for one in told] == [root]
    assert f"<@{ANNA}>, <@{BEN}>" in str(told[0]["blocks"])
    assert "thank you" not in str(stage.slack.standing[SALES_2]), "each is mentioned once"
    assert "'type': 'broadcast'" not in str(told) + str(summary)
    assert "Closed. 2 people answered" in str(stage.slack.standing[SALES][root])
    assert "What comes of it" in desk.progress() and "question_close" not in desk.progress()
    late = stage.slack.say(SALES, TOM, "too late", thread_ts=root)
    assert stage.of_message(late) is None
    stage.clock.pass_time(minutes=5)
    stage.reply(TOM, root, "much too late")
    assert len(stage.all()) == 3
    stage.clock.pass_time(days=8)
    stage.ring()
    assert len(desk.posts("question:1:summary")) == 1


def test_closed_by_its_date_who_asked_is_asked_for_the_outcome(stage: Stage, desk: Asking) -> None:
    desk.ask()
    root = desk.root()
    stage.reply(ANNA, root, "Price")
    stage.clock.pass_time(days=7)
    stage.ring()
    stage.send(seconds=3)
    (direct,) = stage.slack.posts("DMIA")
    assert "1 person answered" in str(direct) and "question_close" in str(direct)
    assert desk.question.closed_by is None and desk.question.outcome is None
    assert "Write the outcome" in desk.progress()
    desk.close("A leaflet")
    stage.send(seconds=5)
    assert f"<@{ANNA}>: thank you" in str(stage.slack.standing[SALES])
    assert len(desk.posts("question:1:summary")) == 1


def test_what_comes_of_it_waits_for_the_working_hours_of_who_answered(stage: Stage, desk: Asking) -> None:
    desk.ask()
    stage.reply(ANNA, desk.root(), "Price")
    stage.clock.pass_time(hours=10)  # 20:00 in Berlin
    desk.close("A leaflet")
    stage.send(seconds=5)
    assert "thank you" not in str(stage.slack.standing[SALES])
    assert len(desk.posts("question:1:summary")) == 1, "marketing has it at once"
    stage.clock.pass_time(hours=13)
    stage.send(seconds=5)
    assert str(stage.slack.standing[SALES]).count(f"<@{ANNA}>: thank you") >= 1


def test_who_left_the_channel_or_can_be_overheard_hears_it_directly(stage: Stage, desk: Asking) -> None:
    desk.ask()
    stage.reply(ANNA, desk.root(), "Price")
    share(stage, SALES)
    desk.close("A leaflet")
    (direct,) = desk.directs(ANNA)
    assert "A leaflet" in str(direct["payload"]) and "#sales" in str(direct["payload"])
    assert "leaflet" not in str(stage.slack.standing[SALES])


def test_a_deleted_answer_disappears_from_the_summary(stage: Stage, desk: Asking) -> None:
    desk.ask()
    ts = stage.reply(ANNA, desk.root(), "okapi")
    desk.close()
    stage.send(seconds=5)
    assert "okapi" in str(stage.slack.posts(MARKETING))
    stage.delete(ts)
    stage.send(seconds=5)
    assert "okapi" not in str(stage.slack.posts(MARKETING))


def test_forged_and_stale_closings_are_refused_and_change_nothing(stage: Stage, desk: Asking) -> None:
    make_bridge(stage.services, name="two", marketing_channel_id="CM2", sales_channel_ids=(), manager_ids=())
    desk.ask()
    before = len(stage.rows("outbox"))
    for number in ("999", "x", "", "-1", "9" * 30):
        with pytest.raises(UserError, match="no longer exists"):
            desk.close(number=number)
        with pytest.raises(UserError, match="no longer exists"):
            open_outcome(stage.services, stage.gesture(MIA), number)
    for user in (ANNA, GUEST, STRANGER):
        with pytest.raises(UserError):
            desk.close(user=user)
    with pytest.raises(FormError):
        desk.close("  ")
    assert desk.question.closed_at is None and len(stage.rows("outbox")) == before
    desk.close("First")
    with pytest.raises(UserError) as refused:
        desk.close("Second", TOM)
    assert sentence(refused) == "Mia has written already what comes of it."
    assert desk.question.outcome == "First"


# --- list --------------------------------------------------------------------------------------------------


def test_the_list_shows_each_reader_what_she_may_see_and_do(stage: Stage, desk: Asking) -> None:
    def listed(user: str) -> str:
        answer = list_questions(stage.services, stage.gesture(user), "")
        assert isinstance(answer, Reply)
        return str(answer.message)

    assert "No question has been asked" in listed(MIA)
    desk.ask(channels=(SALES_2,))
    assert "What do customers fear?" in listed(MIA) and "question_close" in listed(MIA)
    assert "question_close" not in listed(BEN)
    assert "fear" not in listed(ANNA), "asked in a channel that she is not in"
    desk.close("A leaflet")
    assert "What comes of it: A leaflet" in listed(MIA) and "question_close" not in listed(MIA)
