"""What people are told where less is possible than they may hope: no promise that can't be kept."""

from collections.abc import Iterator

import pytest

from playground.model import Message
from playground.person import Person
from storage import insights
from tests.frontline import Scene, scene


@pytest.fixture(scope="module")
def stage() -> Iterator[Scene]:
    with scene() as running:
        yield running


def answer(stage: Scene, person: Person, line: str) -> Message:
    """What a command says to the person alone."""
    person.command("sales", line)
    return stage.notes(person)[-1]


def action_ids(message: Message) -> list[str]:
    return [one["action_id"] for block in message.blocks or () for one in block.get("elements", ())]


def test_undo_of_what_was_typed_promises_no_flag_since_there_is_no_message(stage: Scene) -> None:
    stage.anna.click(answer(stage, stage.anna, "/insight Acme is for sale"), "insight_undo")
    assert stage.notes(stage.anna)[-1].text.endswith("is withdrawn.")


@pytest.mark.parametrize(
    ("line", "why"),
    [("/insight about Acme", "Nothing is known of “Acme”"), ("/insight export", "Only marketing")],
)
def test_a_command_of_no_avail_says_so_and_offers_to_save_the_line(stage: Scene, line: str, why: str) -> None:
    said = answer(stage, stage.anna, line)
    assert why in said.text
    assert "insight_save_text" in action_ids(said)
    stage.anna.click(said, "insight_save_text")
    assert "Saved as" in stage.notes(stage.anna)[-1].text


def test_a_search_for_nothing_asks_what_to_look_for(stage: Scene) -> None:
    assert "What shall I look for?" in answer(stage, stage.anna, "/insight search").text


def test_what_was_written_to_frontline_alone_is_quoted_without_a_link_that_others_cannot_open(
    stage: Scene,
) -> None:
    direct = stage.anna.post("@app", "Beta opens in Lyon")
    stage.bot.settle()
    offer = stage.anna.direct_messages()[-1]
    stage.anna.click(offer, "insight_save_message")
    stage.bot.settle()
    services = stage.frontline.services
    with services.db.reading() as connection:
        insight = insights.by_message(connection, services.team_id, direct.channel, direct.ts)
    assert insight is not None
    assert (insight.text, insight.permalink) == ("Beta opens in Lyon", None)
