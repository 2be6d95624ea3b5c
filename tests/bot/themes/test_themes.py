"""Insights about the same thing are joined; what people decide about themes is remembered."""

from collections.abc import Callable

import pytest

from bot.errors import FormError, UserError
from bot.gestures import Answer, Done, FormState, Open, Reply
from bot.themes import people
from storage import themes
from storage.database import Database
from tests.stage import Stage, make_stage
from tests.support import ANNA, BEN, MIA, SALES, SALES_2, STRANGER

BLANK = "invoice pdf comes out blank"
BLANK_TOO = "blank PDFs for invoices again"
BLANK_3 = "customer says the invoice PDF is blank"
OTHER = "orbit gives 25% off"


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database)


def capture(stage: Stage, text: str, user: str = ANNA, channel: str = SALES) -> int:
    ts = stage.slack.say(channel, user, text)
    stage.flag(user, ts, channel=channel)
    return stage.insight(ts, channel).id


def ts_of(stage: Stage, insight_id: int) -> str:
    return next(str(one.message_ts) for one in stage.all() if one.id == insight_id)


def groups(stage: Stage) -> list[set[int]]:
    found: dict[int, set[int]] = {}
    for row in stage.rows("theme_members"):
        found.setdefault(row["theme_id"], set()).add(row["insight_id"])
    return sorted(found.values(), key=min)


def title(stage: Stage, insight_id: int) -> str:
    with stage.services.db.reading() as connection:
        theme = themes.of_insight(connection, insight_id)
    assert theme is not None
    return theme.title


def theme_id(stage: Stage, insight_id: int) -> int:
    with stage.services.db.reading() as connection:
        theme = themes.of_insight(connection, insight_id)
    assert theme is not None
    return theme.id


def answers(**fields: object) -> FormState:
    return FormState({name: value for name, value in fields.items() if isinstance(value, dict)})


def test_insights_about_the_same_thing_are_joined(stage: Stage) -> None:
    first, other, second, third = (capture(stage, text) for text in (BLANK, OTHER, BLANK_TOO, BLANK_3))
    assert groups(stage) == [{first, second, third}]
    assert "blank" in title(stage, first).lower()
    assert other not in groups(stage)[0]


def test_the_same_history_gives_the_same_themes(stage: Stage) -> None:
    texts = [BLANK, OTHER, BLANK_TOO, "orbit offers 25% off", BLANK_3]
    assert [capture(stage, text) for text in texts]
    assert [sorted(group) for group in groups(stage)] == [[1, 3, 5], [2, 4]]


def test_bridges_have_themes_of_their_own(stage: Stage) -> None:
    from tests.support import make_bridge

    capture(stage, BLANK)
    make_bridge(stage.services, name="other", sales_channel_ids=("CELSE",))
    capture(stage, BLANK_TOO, channel="CELSE")
    assert groups(stage) == []


def test_what_was_heard_before_is_said_to_those_who_may_see_it(stage: Stage) -> None:
    capture(stage, BLANK)
    capture(stage, BLANK + " again", BEN)
    stage.send(seconds=5)
    [told] = [note for note in stage.slack.notes if "похоже" in str(note)]
    assert told["user"] == BEN and told["text"] == "#2 похоже на #1, об этом сообщил ещё 1 человек."
    capture(stage, "secret of smb: the export to excel hangs", BEN, SALES_2)
    capture(stage, "secret of smb: the export to excel hangs", ANNA)
    stage.send(seconds=5)
    assert "looks like" not in str(stage.slack.notes)


def test_a_deleted_text_leaves_the_title(stage: Stage) -> None:
    first, second = capture(stage, BLANK), capture(stage, BLANK_TOO)
    told = title(stage, first)
    source = first if told in BLANK else second
    stage.delete(ts_of(stage, source))
    assert title(stage, first) and told not in title(stage, first)
    left = second if source == first else first
    stage.delete(ts_of(stage, left))
    assert title(stage, first) == ""
    assert "blank" not in stage.everything().lower()


def test_an_edited_text_renames_the_theme(stage: Stage) -> None:
    first, second = capture(stage, "xerxes report is late"), capture(stage, "the xerxes report is late again")
    stage.edit(ts_of(stage, first), "the quarterly report is late")
    stage.edit(ts_of(stage, second), "quarterly report late again")
    assert "xerxes" not in title(stage, first)
    assert "report" in title(stage, first)


def test_what_is_taken_out_stays_out(stage: Stage) -> None:
    first, second, third = (capture(stage, text) for text in (BLANK, BLANK_TOO, BLANK_3))
    page = people.pull_out(stage.services, stage.gesture(MIA), f"{theme_id(stage, first)}:{third}")
    assert isinstance(page, Reply) and page.replaces
    assert groups(stage) == [{first, second}]
    stage.edit(ts_of(stage, third), BLANK_3 + "!")
    assert groups(stage) == [{first, second}]
    gone = people.pull_out(stage.services, stage.gesture(MIA), f"{theme_id(stage, first)}:{second}")
    assert isinstance(gone, Reply) and "no theme any more" in str(gone.message)
    assert groups(stage) == []


def test_a_name_that_people_gave_stays(stage: Stage) -> None:
    first, _ = capture(stage, BLANK), capture(stage, BLANK_TOO)
    metadata = str(theme_id(stage, first))
    assert isinstance(people.open_rename(stage.services, stage.gesture(MIA), metadata), Open)
    named = answers(theme_name={"value": "  Blank   invoices "})
    assert people.save_rename(stage.services, stage.gesture(MIA), metadata, named) == Done()
    capture(stage, BLANK_3)
    assert title(stage, first) == "Blank invoices"
    people.save_rename(stage.services, stage.gesture(MIA), metadata, answers())
    assert title(stage, first) != "Blank invoices"
    with pytest.raises(FormError):
        people.save_rename(
            stage.services, stage.gesture(MIA), metadata, answers(theme_name={"value": "x" * 71})
        )


def test_themes_are_merged_and_split(stage: Stage) -> None:
    first, second = capture(stage, BLANK), capture(stage, BLANK_TOO)
    third, fourth = capture(stage, OTHER), capture(stage, "orbit offers 25% off")
    assert groups(stage) == [{first, second}, {third, fourth}]
    metadata = str(theme_id(stage, first))
    other = answers(theme_other={"value": "#3"})
    assert people.save_merge(stage.services, stage.gesture(MIA), metadata, other) == Done()
    assert groups(stage) == [{first, second, third, fourth}]
    assert isinstance(people.open_split(stage.services, stage.gesture(MIA), metadata), Open)
    chosen = answers(theme_members={"selected_options": [{"value": str(third)}, {"value": str(fourth)}]})
    assert people.save_split(stage.services, stage.gesture(MIA), metadata, chosen) == Done()
    assert groups(stage) == [{first, second}, {third, fourth}]


@pytest.mark.parametrize("number", ["", "x", "#0", "#999", "#1"])
def test_a_wrong_number_stands_beside_its_field(stage: Stage, number: str) -> None:
    first, _ = capture(stage, BLANK), capture(stage, BLANK_TOO)
    with pytest.raises(FormError):
        people.save_merge(
            stage.services,
            stage.gesture(MIA),
            str(theme_id(stage, first)),
            answers(theme_other={"value": number}),
        )
    with pytest.raises(FormError):
        people.save_split(stage.services, stage.gesture(MIA), str(theme_id(stage, first)), answers())


def test_a_form_answered_twice_counts_once(stage: Stage) -> None:
    first, second, third = (capture(stage, text) for text in (BLANK, BLANK_TOO, BLANK_3))
    press = stage.gesture(MIA, key="one press")
    value = f"{theme_id(stage, first)}:{third}"
    people.pull_out(stage.services, press, value)
    before = stage.rows("history")
    people.pull_out(stage.services, press, value)
    assert stage.rows("history") == before
    assert groups(stage) == [{first, second}]


@pytest.mark.parametrize("user", [ANNA, BEN, STRANGER])
def test_only_marketing_changes_themes(stage: Stage, user: str) -> None:
    first, second = capture(stage, BLANK), capture(stage, BLANK_TOO)
    number = theme_id(stage, first)
    before = stage.everything()
    attempts: tuple[Callable[[], Answer], ...] = (
        lambda: people.pull_out(stage.services, stage.gesture(user), f"{number}:{second}"),
        lambda: people.open_rename(stage.services, stage.gesture(user), str(number)),
        lambda: people.save_rename(stage.services, stage.gesture(user), str(number), answers()),
        lambda: people.save_merge(stage.services, stage.gesture(user), str(number), answers()),
        lambda: people.save_split(stage.services, stage.gesture(user), str(number), answers()),
    )
    for attempt in attempts:
        with pytest.raises(UserError):
            attempt()
    assert stage.everything() == before


@pytest.mark.parametrize("value", [None, "", "x", "0", "999999", "7:x", "99999999999999999999"])
def test_what_is_forged_or_gone_is_refused_in_words(stage: Stage, value: str | None) -> None:
    for use in (people.open_theme, people.pull_out, people.open_rename, people.open_merge, people.open_split):
        with pytest.raises(UserError):
            use(stage.services, stage.gesture(MIA), value)


def test_the_page_shows_what_the_reader_may_see(stage: Stage) -> None:
    capture(stage, BLANK)
    capture(stage, BLANK_TOO, BEN, SALES_2)
    marketing = people.answer_theme(stage.services, stage.gesture(MIA), "#1")
    sales = people.answer_theme(stage.services, stage.gesture(ANNA), "1")
    assert isinstance(marketing, Reply) and isinstance(sales, Reply)
    assert "2 insights" in str(marketing.message) and "Rename" in str(marketing.message)
    assert "1 insight" in str(sales.message) and "Rename" not in str(sales.message)
    assert "#2" not in str(sales.message)
    with pytest.raises(UserError):
        people.answer_theme(stage.services, stage.gesture(ANNA), "#2")
    with pytest.raises(UserError):
        people.answer_theme(stage.services, stage.gesture(MIA), "price")


def test_withdrawn_ones_do_not_count(stage: Stage) -> None:
    first, second = capture(stage, BLANK), capture(stage, BLANK_TOO)
    stage.unflag(ANNA, ts_of(stage, second))
    with stage.services.db.reading() as connection:
        found = themes.members(connection, theme_id(stage, first))
    assert [one.id for one in found] == [first]


HANGS = "export to excel hangs"
HANGS_TOO = "exports to excel hang forever"
SLOW = "invoice list takes forever to load"
SLOW_TOO = "the list of invoices loads forever"
BOTH = "excel export of the invoice list takes forever and hangs"


def test_what_fits_two_themes_brings_them_together(stage: Stage) -> None:
    hanging = {capture(stage, HANGS), capture(stage, HANGS_TOO)}
    slow = {capture(stage, SLOW), capture(stage, SLOW_TOO)}
    assert groups(stage) == [hanging, slow]
    elder = theme_id(stage, min(hanging))
    both = capture(stage, BOTH)
    assert groups(stage) == [hanging | slow | {both}]
    assert theme_id(stage, both) == elder
    assert len(stage.rows("themes")) == 1


def test_what_fits_two_insights_brings_them_together(stage: Stage) -> None:
    alone = {capture(stage, HANGS), capture(stage, SLOW)}
    assert groups(stage) == []
    both = capture(stage, BOTH)
    assert groups(stage) == [alone | {both}]


@pytest.mark.parametrize("decision", ["named", "taken apart"])
def test_what_people_decided_is_not_undone_by_an_insight_that_fits_both(stage: Stage, decision: str) -> None:
    hanging = [capture(stage, HANGS), capture(stage, HANGS_TOO)]
    slow = [capture(stage, SLOW), capture(stage, SLOW_TOO)]
    metadata = str(theme_id(stage, hanging[0]))
    if decision == "named":
        people.save_rename(
            stage.services, stage.gesture(MIA), metadata, answers(theme_name={"value": "Excel"})
        )
    else:
        other = answers(theme_other={"value": f"#{slow[0]}"})
        people.save_merge(stage.services, stage.gesture(MIA), metadata, other)
        chosen = answers(theme_members={"selected_options": [{"value": str(one)} for one in slow]})
        people.save_split(stage.services, stage.gesture(MIA), metadata, chosen)
    assert groups(stage) == [set(hanging), set(slow)]
    both = capture(stage, BOTH)
    assert sorted(len(one) for one in groups(stage)) == [2, 3]
    assert not any({*hanging, *slow} <= one for one in groups(stage)), both


def test_other_words_for_the_same_thing_join(stage: Stage) -> None:
    one = capture(stage, "клиент просит скидку потому что дорого")
    two = capture(stage, "customer wants a discount because it is too expensive")
    assert groups(stage) == [{one, two}]


def test_with_the_text_its_embedding_goes(stage: Stage) -> None:
    first, second = capture(stage, BLANK), capture(stage, OTHER)
    assert [row["insight_id"] for row in stage.rows("embeddings")] == [first, second]
    before = stage.rows("embeddings")[0]["vector"]
    stage.edit(ts_of(stage, first), "support does not answer")
    assert stage.rows("embeddings")[0]["vector"] != before
    stage.delete(ts_of(stage, first))
    assert [row["insight_id"] for row in stage.rows("embeddings")] == [second]
