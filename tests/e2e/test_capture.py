"""The main story over Slack's own protocols: from a gesture to what people see."""

from collections.abc import Iterator

import pytest

from bot.housekeeping import tidy_up
from playground.model import Message
from playground.posting import Posting, post_as_app
from storage import insights
from storage.insights import Insight
from tests.frontline import Scene, scene


@pytest.fixture(scope="module")
def stage() -> Iterator[Scene]:
    with scene() as running:
        yield running


def stored(stage: Scene, message: Message) -> Insight | None:
    services = stage.frontline.services
    stage.bot.settle()
    with services.db.reading() as connection:
        return insights.by_message(connection, services.team_id, message.channel, message.ts)


def kept(stage: Scene, message: Message) -> Insight:
    insight = stored(stage, message)
    assert insight is not None
    return insight


def reaction_names(message: Message) -> set[str]:
    return {reaction.name for reaction in message.reactions}


def test_a_flag_stores_the_very_message_and_confirms_by_reaction_and_note(stage: Scene) -> None:
    message = stage.anna.post("sales", "Hartmann waits two weeks for an answer")
    stage.anna.react(message, "bulb")
    insight = kept(stage, message)
    assert (insight.text, insight.author_id) == (message.text, stage.anna.id)
    assert insight.category_by in ("default", "suggested")
    assert insight.permalink and message.ts.replace(".", "") in insight.permalink
    assert "inbox_tray" in reaction_names(message)
    note = stage.notes(stage.anna)[-1]
    assert f"Saved as #{insight.number}" in note.text


def test_a_flag_on_a_reply_stores_the_reply_and_the_link_to_its_thread(stage: Scene) -> None:
    root = stage.anna.post("sales", "How was the demo?")
    reply = stage.ben.reply(root, "They asked for an offline mode")
    neighbour = stage.ben.reply(root, "And for a discount")
    stage.anna.react(reply, "bulb")
    insight = kept(stage, reply)
    assert insight.text == "They asked for an offline mode"
    assert insight.thread_permalink and root.ts.replace(".", "") in insight.thread_permalink
    assert stored(stage, root) is None
    assert stored(stage, neighbour) is None


def test_skin_tones_do_not_matter(stage: Scene) -> None:
    message = stage.anna.post("sales", "Please send new slides")
    stage.anna.react(message, "pray::skin-tone-3")
    assert kept(stage, message).category == "request"


def test_a_message_with_only_a_file_becomes_an_insight(stage: Scene) -> None:
    message = stage.anna.upload("sales", "price-list.pdf", b"%PDF")
    stage.ben.react(message, "bulb")
    insight = kept(stage, message)
    assert insight.has_files
    assert "price-list.pdf" in insight.text


def test_a_second_flag_adds_support_and_never_a_second_insight(stage: Scene) -> None:
    message = stage.anna.post("sales", "Beta dropped its prices")
    stage.anna.react(message, "bulb")
    stage.ben.react(message, "crossed_swords")
    insight = kept(stage, message)
    assert insight.supporter_count == 2
    assert insight.category == "competitor", "the first category emoji decides"
    stage.ben.react(message, "rage")
    assert kept(stage, message).category == "competitor", "a later one counts only if the reporter's"
    stage.anna.react(message, "gear")
    assert kept(stage, message).category == "process"


def test_removing_one_of_several_emoji_keeps_the_support(stage: Scene) -> None:
    message = stage.anna.post("sales", "The portal is slow")
    stage.anna.react(message, "bulb")
    stage.anna.react(message, "rage")
    stage.anna.unreact(message, "bulb")
    insight = kept(stage, message)
    assert (insight.status, insight.supporter_count) == ("new", 1)


def test_the_last_flag_taken_back_withdraws_and_a_new_one_revives_under_the_old_number(stage: Scene) -> None:
    message = stage.anna.post("sales", "Rumour: Gamma is for sale")
    stage.anna.react(message, "bulb")
    number = kept(stage, message).number
    stage.anna.unreact(message, "bulb")
    assert kept(stage, message).status == "withdrawn"
    assert "inbox_tray" not in reaction_names(message)
    stage.ben.react(message, "bulb")
    insight = kept(stage, message)
    assert (insight.number, insight.status, insight.reporter_id) == (number, "new", stage.ben.id)


def test_add_remove_add_in_quick_succession_ends_flagged(stage: Scene) -> None:
    message = stage.anna.post("sales", "Quick fingers")
    stage.anna.react(message, "bulb", wait=False)
    stage.anna.unreact(message, "bulb", wait=False)
    stage.anna.react(message, "bulb", wait=False)
    stage.playground.wait_idle()
    assert (kept(stage, message).status, kept(stage, message).supporter_count) == ("new", 1)


def test_undo_withdraws_though_the_reaction_stands_and_only_a_fresh_flag_reopens(stage: Scene) -> None:
    message = stage.anna.post("sales", "Undo me")
    stage.anna.react(message, "bulb")
    note = stage.notes(stage.anna)[-1]
    stage.anna.click(note, "insight_undo")
    assert kept(stage, message).status == "withdrawn"
    assert "bulb" in reaction_names(message)
    stage.anna.unreact(message, "bulb")
    stage.anna.react(message, "bulb")
    assert kept(stage, message).status == "new"


def test_change_category_and_details_from_the_note(stage: Scene) -> None:
    message = stage.anna.post("sales", "They want a price list")
    stage.anna.react(message, "bulb")
    note = [one for one in stage.notes(stage.anna) if one.text.startswith("Saved as")][-1]
    stage.anna.click(note, "insight_category", value=":pray: Requests")
    assert kept(stage, message).category == "request"
    stage.anna.click(note, "insight_details")
    stage.anna.wait_for(lambda: stage.anna.modal is not None)  # opened after the acknowledgement
    assert stage.anna.modal is not None
    errors = stage.anna.submit({"deal": "a lot"})
    assert "currency" in errors["deal"]
    assert stage.anna.submit({"deal": "12,500 EUR", "customer": "Hartmann", "urgent": ["urgent"]}) == {}
    insight = kept(stage, message)
    assert (insight.deal_amount, insight.deal_currency, insight.customer) == (1_250_000, "EUR", "Hartmann")
    assert insight.is_urgent


def test_an_edit_updates_the_text_and_keeps_the_first_wording(stage: Scene) -> None:
    message = stage.anna.post("sales", "first wording")
    stage.anna.react(message, "bulb")
    stage.bot.settle()
    stage.anna.edit(message, "second wording")
    stage.bot.settle()
    stage.anna.edit(message, "third wording")
    insight = kept(stage, message)
    assert (insight.text, insight.first_text) == ("third wording", "first wording")


def test_a_deletion_takes_the_words_out_everywhere_and_keeps_the_fact(stage: Scene) -> None:
    message = stage.anna.post("sales", "zebrafish is a word nobody else says")
    stage.anna.react(message, "bulb")
    stage.bot.settle()
    stage.tom.command("marketing", "/frontline digest now")
    stage.bot.settle()
    stage.mia.wait_for_message("marketing", lambda one: "zebrafish" in str(one.blocks), timeout=15)
    stage.anna.delete(message)
    insight = kept(stage, message)
    assert (insight.text, insight.first_text) == ("", None)
    assert insight.text_removed_at is not None
    shown = stage.playground.workspace.messages.store.all(stage.marketing)
    assert "zebrafish" not in str([one.blocks for one in shown])
    tidy_up(stage.frontline.services)  # hourly: older SQLite keeps words in the index until then
    assert all("zebrafish" not in content for content in whole_database(stage))


def whole_database(stage: Scene) -> list[str]:
    """Every value in every table, the search index included."""
    services = stage.frontline.services
    with services.db.reading() as connection:
        names = (
            connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
        )
        return [
            str(value)
            for name in names
            for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"')
            for value in row
        ]


def test_what_nobody_flagged_is_stored_nowhere(stage: Scene) -> None:
    stage.anna.post("sales", "quokka is said in passing")
    flagged = stage.anna.post("sales", "okapi is flagged")
    stage.anna.react(flagged, "bulb")
    edited = stage.anna.post("sales", "numbat one")
    stage.anna.edit(edited, "numbat two")
    stage.ben.react(edited, "eyes")
    stage.anna.delete(edited)
    stage.bot.settle()
    everything = "\n".join(whole_database(stage))
    assert "okapi" in everything
    assert "quokka" not in everything
    assert "numbat" not in everything


def test_frontlines_own_posts_cannot_be_flagged(stage: Scene) -> None:
    flagged = stage.anna.post("sales", "something to digest")
    stage.anna.react(flagged, "bulb")
    own = post_as_app(stage.playground.workspace, Posting(stage.sales, "I am Frontline"))
    before = len(stage.notes(stage.anna))
    stage.anna.react(own, "bulb")
    assert stored(stage, own) is None
    assert "my own posts" in stage.notes(stage.anna)[before].text


def test_where_slack_refuses_the_chart_the_digest_says_the_same_in_words_once(stage: Scene) -> None:
    def digests() -> list[Message]:
        shown = stage.playground.workspace.messages.store.all(stage.marketing)
        return [one for one in shown if one.text.startswith("Weekly digest") and not one.thread_ts]

    message = stage.anna.post("sales", "They complain about the invoices")
    stage.anna.react(message, "bulb")
    kept(stage, message)
    known = len(digests())
    stage.tom.command("marketing", "/frontline digest now")
    stage.bot.settle()
    [drawn] = digests()[known:]
    assert "data_visualization" in str(drawn.blocks)
    stage.playground.faults.apply({"refuse_data_visualization": True})
    try:
        stage.tom.command("marketing", "/frontline digest now")
        stage.bot.settle()
    finally:
        stage.playground.faults.clear()
    [_drawn, said] = digests()[known:]
    assert "data_visualization" not in str(said.blocks)
    assert "Other: *" in str(said.blocks)
    assert "Other: *" not in str(drawn.blocks)
