"""Commands, forms and shortcuts store once, in the right bridge, and exactly what was said."""

import json
from typing import Any

import pytest

from bot.errors import FormError, UserError
from bot.gestures import Done, FormState, Gesture, Open, Reply, Update
from bot.ids import Field, View
from bot.insights import change, command, saving
from bot.slack import SlackRefused, SourceMessage, read_message
from storage import insights, workspace
from storage.database import Database
from tests.stage import Stage, form, make_stage
from tests.support import (
    ANNA,
    BEN,
    BOT,
    GUEST,
    MARKETING,
    MIA,
    SALES,
    SALES_2,
    STRANGER,
    TEAM,
    TOM,
    make_bridge,
    make_services,
)


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database)


def type_in(stage: Stage, line: str, gesture: Gesture | None = None) -> Reply | Open:
    answer = command.answer_insight(stage.services, gesture or stage.gesture(), line)
    assert isinstance(answer, Reply | Open)
    return answer


def view_of(answer: object) -> dict[str, Any]:
    """The form as Slack gives it back."""
    assert isinstance(answer, Open | Update)
    return json.loads(json.dumps(answer.view))  # type: ignore[no-any-return]


def initial(view: dict[str, Any], block: str) -> Any:
    """What stands in a field from the start."""
    (element,) = [one["element"] for one in view["blocks"] if one.get("block_id") == block]
    chosen = element.get("initial_option")
    return chosen["value"] if chosen else element.get("initial_value")


def a_form(**fields: Any) -> FormState:
    return form(**({"text": "Acme gives 25% off", "category": "option:other"} | fields))


# --- the command -------------------------------------------------------------------------------------------


def test_a_line_is_stored_at_once_as_it_was_typed(stage: Stage) -> None:
    answer = type_in(stage, "Acme gives <https://a.example|25%> off &amp; more")
    (insight,) = stage.all()
    assert isinstance(answer, Reply)
    assert "Saved as #1" in answer.message["text"]
    assert insight.text == "Acme gives <https://a.example|25%> off &amp; more"
    assert (insight.author_id, insight.reporter_id, insight.source) == (ANNA, ANNA, "command")
    assert (insight.category, insight.channel_id, insight.said_at) == ("other", SALES, stage.clock.now())


def test_category_and_customer_are_read_from_the_line(stage: Stage) -> None:
    type_in(stage, 'competitor: Acme gives 25% off #"Deutsche Bahn"')
    (insight,) = stage.all()
    assert (insight.text, insight.category, insight.customer) == (
        "Acme gives 25% off",
        "competitor",
        "Deutsche Bahn",
    )
    assert insight.category_by == "person"


def test_the_same_gesture_stores_once_and_is_answered_alike(stage: Stage) -> None:
    gesture = stage.gesture()
    assert type_in(stage, "once", gesture) == type_in(stage, "once", gesture)
    assert len(stage.all()) == 1
    type_in(stage, "once")
    assert len(stage.all()) == 2, "the same words again are another gesture"


def test_a_category_without_words_stores_nothing_and_says_so(stage: Stage) -> None:
    with pytest.raises(UserError):
        type_in(stage, "competitor:")
    assert stage.all() == []


def test_where_the_command_is_typed_decides_the_bridge_and_who_may_see_it(stage: Stage) -> None:
    other = make_bridge(stage.services, name="other", sales_channel_ids=("COTHER",))
    type_in(stage, "here")
    type_in(stage, "there", stage.gesture(channel="COTHER"))
    type_in(stage, "from marketing", stage.gesture(MIA, "CPRIVATE"))  # Mia is near to both: asked
    type_in(stage, "far away", stage.gesture(channel="CPRIVATE"))
    assert [(one.text, one.bridge_id, one.channel_id) for one in stage.all()] == [
        ("here", stage.bridge.id, SALES),
        ("there", other.id, "COTHER"),
        ("far away", stage.bridge.id, None),
    ]


def test_several_possible_bridges_are_asked_for_in_the_form(stage: Stage) -> None:
    other = make_bridge(stage.services, name="other", sales_channel_ids=("COTHER",))
    line = "competitor: R&amp;D of <@UANNA> #Hartmann"
    view = view_of(type_in(stage, line, stage.gesture(MIA, "CPRIVATE")))
    assert stage.all() == []
    assert view["callback_id"] == View.NEW_INSIGHT
    assert initial(view, Field.TEXT) == "R&D of @Anna", "as a person writes it"
    assert (initial(view, Field.CATEGORY), initial(view, Field.CUSTOMER)) == ("competitor", "Hartmann")
    chosen = a_form(bridge=f"option:{other.id}")
    assert saving.save_new(stage.services, stage.gesture(MIA, None), view, chosen) == Done()
    (insight,) = stage.all()
    assert (insight.bridge_id, insight.source) == (other.id, "form")


def test_without_a_bridge_the_person_learns_who_can_set_one_up(database: Database) -> None:
    services = make_services(database)
    for line in ("text", ""):
        with pytest.raises(UserError, match="not set up"):
            command.answer_insight(services, Gesture("k", ANNA, SALES), line)


@pytest.mark.parametrize("line", ["text", "", "list", "search x", "help"])
@pytest.mark.parametrize("user", [GUEST, STRANGER, "UNOBODY"])
def test_guests_and_people_of_other_organisations_may_not(stage: Stage, user: str, line: str) -> None:
    with pytest.raises(UserError):
        type_in(stage, line, stage.gesture(user))
    assert stage.all() == []


@pytest.mark.parametrize("line", ["search", "поиск", "about", "export"])
def test_a_long_line_that_begins_like_a_command_is_an_insight(stage: Stage, line: str) -> None:
    long = f"{line} " + "what the customer told us about it " * 70
    type_in(stage, long)
    assert [one.text for one in stage.all()] == [long.strip()]


@pytest.mark.parametrize("line", ["search the drawer, said Hartmann", "найти Hartmann дороже", "about Acme"])
def test_what_was_read_as_a_command_can_be_saved_as_it_was_typed(stage: Stage, line: str) -> None:
    answer = type_in(stage, line)
    assert isinstance(answer, Reply)
    assert stage.all() == []
    (button,) = [
        one
        for block in answer.message["blocks"]
        for one in block.get("elements", [])
        if one.get("action_id") == "insight_save_text"
    ]
    command.store_text(stage.services, stage.gesture(), button["value"])
    assert [one.text for one in stage.all()] == [line]


# --- the form ----------------------------------------------------------------------------------------------


def new_view(stage: Stage, user: str = ANNA, channel: str | None = SALES) -> dict[str, Any]:
    return view_of(saving.open_form(stage.services, stage.gesture(user, channel)))


def test_the_form_stores_everything_that_was_answered(stage: Stage) -> None:
    fields = a_form(
        text="Prices < ours & <!channel> *now*",
        category="option:competitor",
        customer="Hartmann",
        competitors="Acme, Beta; acme",
        product="Portal",
        urgent=["urgent"],
        deal="12,500.50 EUR",
        note="Call them",
    )
    assert saving.save_new(stage.services, stage.gesture(channel=None), new_view(stage), fields) == Done()
    (insight,) = stage.all()
    assert insight.text == "Prices &lt; ours &amp; &lt;!channel&gt; *now*", "as Slack writes it"
    assert (insight.category, insight.category_by, insight.customer) == ("competitor", "person", "Hartmann")
    assert (insight.competitors, insight.product, insight.note) == (["Acme", "Beta"], "Portal", "Call them")
    assert (insight.deal_amount, insight.deal_currency, insight.is_urgent) == (1_250_050, "EUR", True)
    stage.send()
    assert (stage.slack.notes[0]["user"], stage.slack.notes[0]["channel"]) == (ANNA, SALES)


def test_opened_elsewhere_the_form_is_confirmed_in_a_direct_message(stage: Stage) -> None:
    saving.save_new(stage.services, stage.gesture(channel=None), new_view(stage, channel=None), a_form())
    stage.send()
    assert [one["text"] for one in stage.slack.posts("DANNA")] == [
        "Saved as #1 · :crossed_swords: Competitors (suggested)"
    ]


@pytest.mark.parametrize(
    ("fields", "blocks"),
    [
        ({"text": "  "}, {Field.TEXT}),
        ({"deal": "a lot"}, {Field.DEAL}),
        ({"customer": "x" * 201, "product": "y" * 201}, {Field.CUSTOMER, Field.PRODUCT}),
        ({"competitors": ", ".join("abcdefghijk")}, {Field.COMPETITORS}),
    ],
)
def test_faults_stand_beside_their_fields_and_nothing_is_stored(
    stage: Stage, fields: dict[str, str], blocks: set[str]
) -> None:
    gesture = stage.gesture(channel=None)
    with pytest.raises(FormError) as caught:
        saving.save_new(stage.services, gesture, new_view(stage), a_form(**fields))
    assert set(caught.value.fields) == blocks
    assert stage.all() == []
    saving.save_new(stage.services, gesture, new_view(stage), a_form())
    assert len(stage.all()) == 1, "the corrected form has the same id and hash"


def test_a_form_sent_twice_stores_once(stage: Stage) -> None:
    gesture, view = stage.gesture(channel=None), new_view(stage)
    for _ in range(2):
        assert saving.save_new(stage.services, gesture, view, a_form()) == Done()
    stage.send()
    assert len(stage.all()) == len(stage.slack.notes) == 1


def test_another_bridge_in_the_form_brings_its_categories_and_keeps_what_was_typed(stage: Stage) -> None:
    other = make_bridge(stage.services, name="other", sales_channel_ids=("COTHER",))
    view = new_view(stage, MIA, None)
    chosen = form(bridge=f"option:{other.id}", text="half a sent")
    after = view_of(saving.pick_bridge(stage.services, stage.gesture(MIA, None), view, chosen))
    assert initial(after, Field.BRIDGE) == str(other.id)
    assert initial(after, Field.TEXT) == "half a sent"


def test_a_bridge_that_is_gone_meanwhile_is_said(stage: Stage) -> None:
    view = new_view(stage)
    view["private_metadata"] = json.dumps({"bridge": 999})
    with pytest.raises(UserError, match="no longer exists"):
        saving.save_new(stage.services, stage.gesture(channel=None), view, a_form())


# --- the shortcut on a message ------------------------------------------------------------------------------


def message_of(stage: Stage, ts: str, channel: str = SALES) -> SourceMessage:
    return read_message(channel, stage.slack.standing[channel][ts])


def shortcut(stage: Stage, ts: str, user: str = ANNA, channel: str = SALES) -> dict[str, Any]:
    used = saving.Shortcut(channel, message_of(stage, ts, channel))
    return view_of(saving.open_message(stage.services, stage.gesture(user, channel), used))


def save(stage: Stage, view: dict[str, Any], user: str = ANNA, **fields: Any) -> None:
    fields = {"category": "option:other", **fields}
    saving.save_message(stage.services, stage.gesture(user, None), view, form(**fields))
    stage.work()


def test_a_message_is_saved_with_its_exact_words_once_it_is_confirmed(stage: Stage) -> None:
    root = stage.slack.say(SALES, BEN, "root")
    ts = stage.slack.say(SALES, BEN, "R&amp;D said: " + "zebrafish " * 700, thread_ts=root)
    view = shortcut(stage, ts)
    assert view["callback_id"] == View.SAVE_MESSAGE
    assert "zebrafish" not in stage.everything(), "nothing before the form is answered"
    save(stage, view, customer="Hartmann", category="option:complaint")
    insight = stage.insight(ts)
    assert insight.text == message_of(stage, ts).text
    assert (insight.author_id, insight.reporter_id, insight.source) == (BEN, ANNA, "shortcut")
    assert (insight.customer, insight.category, insight.thread_ts) == ("Hartmann", "complaint", root)
    assert insight.permalink and insight.thread_permalink


def test_a_flag_and_the_shortcut_on_one_message_make_one_insight(stage: Stage) -> None:
    ts = stage.slack.say(SALES, BEN, "text")
    view = shortcut(stage, ts, TOM)
    stage.flag(ANNA, ts)
    save(stage, view, TOM)
    stage.flag(BEN, ts)
    assert len(stage.all()) == 1
    assert stage.supporters(stage.insight(ts)) == {ANNA, BEN, TOM}


def test_a_supporters_empty_form_takes_nothing_away_and_a_filled_one_adds(stage: Stage) -> None:
    ts = stage.slack.say(SALES, BEN, "text")
    first, second, third = (shortcut(stage, ts, user) for user in (ANNA, TOM, BEN))
    save(stage, first, ANNA, customer="Hartmann", deal="100 EUR", urgent=["urgent"])
    save(stage, second, TOM)
    save(stage, third, BEN, product="Portal")
    insight = stage.insight(ts)
    assert (insight.customer, insight.deal_amount, insight.is_urgent) == ("Hartmann", 10_000, True)
    assert insight.product == "Portal"


def test_after_triage_a_supporters_form_adds_support_alone(stage: Stage) -> None:
    ts = stage.slack.say(SALES, BEN, "text")
    view = shortcut(stage, ts, TOM)
    stage.flag(ANNA, ts)
    with stage.services.db.writing() as connection:
        insights.change(connection, stage.insight(ts).id, {"status": "done"})
        workspace.replace_members(connection, TEAM, MARKETING, [MIA])
    save(stage, view, TOM, customer="Other")
    assert stage.insight(ts).customer is None
    assert stage.supporters(stage.insight(ts)) == {ANNA, TOM}


def test_a_message_that_is_an_insight_is_managed_instead(stage: Stage) -> None:
    ts = stage.slack.say(SALES, BEN, "text")
    stage.flag(ANNA, ts)
    assert shortcut(stage, ts)["callback_id"] == View.MANAGE_MESSAGE
    assert "insight_undo" in str(shortcut(stage, ts))
    assert "insight_support" in str(shortcut(stage, ts, TOM))
    stage.unflag(ANNA, ts)
    view = shortcut(stage, ts)
    assert view["callback_id"] == View.SAVE_MESSAGE, "a withdrawn one can be saved anew"
    save(stage, view)
    assert (stage.insight(ts).status, stage.insight(ts).number) == ("new", 1)


def test_a_message_where_frontline_is_not_is_saved_as_the_form_says(stage: Stage) -> None:
    ts = stage.slack.say("CPRIVATE", BEN, "private words")
    view = shortcut(stage, ts, channel="CPRIVATE")
    stage.slack.fail("reactions.get", SlackRefused("channel_not_found"))
    save(stage, view)
    insight = stage.insight(ts, "CPRIVATE")
    assert (insight.text, insight.permalink) == ("private words", None)
    stage.send()
    assert stage.slack.own_reactions("CPRIVATE", ts) == set()
    assert [row["state"] for row in stage.rows("inbox")] == ["done"]


def test_a_message_deleted_while_the_form_was_open_leaves_no_words(stage: Stage) -> None:
    ts = stage.slack.say(SALES, BEN, "zebrafish")
    view = shortcut(stage, ts)
    stage.slack.delete(SALES, ts)
    save(stage, view)
    assert stage.insight(ts).text_removed_at is not None
    stage.send()
    assert "zebrafish" not in stage.everything()


def test_frontlines_own_posts_can_not_be_saved(stage: Stage) -> None:
    ts = stage.slack.say(SALES, BOT.user_id, "digest", bot_id=BOT.bot_id)
    assert "my own posts" in str(shortcut(stage, ts))


def test_a_saved_message_counts_as_flagged_until_it_is_undone(stage: Stage) -> None:
    ts = stage.slack.say(SALES, BEN, "text")
    save(stage, shortcut(stage, ts))
    stage.flag(ANNA, ts)
    stage.unflag(ANNA, ts)
    assert stage.insight(ts).status == "new"
    change.undo(stage.services, stage.gesture(), stage.insight(ts).id)
    assert stage.insight(ts).status == "withdrawn"


def test_people_in_two_channels_of_one_bridge_are_not_asked(stage: Stage) -> None:
    type_in(stage, "text", stage.gesture(BEN, "D1"))
    assert len(stage.all()) == 1
    assert stage.bridge.sales_channel_ids == (SALES, SALES_2)
