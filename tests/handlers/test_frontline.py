"""`/frontline …`: every word leads somewhere, and an unknown one to help."""

from typing import Any, cast

import pytest

from bot.i18n import texts
from bot.ids import View
from bot.messages.help import help_blocks, help_message, unknown_command
from bot.services import Services
from storage import workspace
from storage.database import Database
from tests.bot.bridges.forms import texts_of
from tests.handlers.slackside import SlackSide
from tests.support import ANNA, BEN, GUEST, MIA, SALES, STRANGER, TEAM, make_bridge, make_services


@pytest.fixture
def services(database: Database) -> Services:
    return make_services(database)


@pytest.fixture
def slack(services: Services) -> SlackSide:
    return SlackSide(services)


@pytest.mark.parametrize("line", ["setup", "SETUP", "  setup ", "настройка", "Настройки"])
def test_setup_opens_the_form(services: Services, slack: SlackSide, line: str) -> None:
    assert slack.command(line) == {}
    call = cast(Any, services.slack).call
    assert call.call_args.args == ("views.open",)
    assert call.call_args.kwargs["view"]["callback_id"] == View.BRIDGE


def test_setup_by_someone_who_may_not_is_answered_to_her_alone(services: Services, slack: SlackSide) -> None:
    answer = slack.command("setup", ANNA)
    assert answer["response_type"] == "ephemeral"
    assert "Tom" in answer["text"]
    cast(Any, services.slack).call.assert_not_called()


@pytest.mark.parametrize("line", ["", "help", "Help", "помощь", "справка", "?"])
def test_help_is_given(services: Services, slack: SlackSide, line: str) -> None:
    answer = slack.command(line, ANNA)
    assert answer["response_type"] == "ephemeral"
    said = texts_of(answer)
    assert "/insight mine" in said
    assert "I don't know" not in said


@pytest.mark.parametrize("line", ["digset now", "setup please", "<!channel>", "help me", "delete everything"])
def test_what_is_not_known_gets_help_not_silence(services: Services, slack: SlackSide, line: str) -> None:
    answer = slack.command(line, ANNA)
    assert answer["text"].startswith("I don't know “")
    assert "<!channel>" not in str(answer)
    assert "/insight mine" in texts_of(answer)


@pytest.mark.parametrize("line", ["digest pause", "дайджест pause", "DIGEST  pause"])
def test_digest_words_go_to_the_digest(services: Services, slack: SlackSide, line: str) -> None:
    make_bridge(services)
    answer = slack.command(line, MIA)
    assert "I don't know" not in str(answer)
    with services.db.reading() as connection:
        from storage import bridges, schedules

        (bridge,) = bridges.all_bridges(connection, TEAM)
        digest = schedules.of_bridge(connection, bridge.id, "digest")
    assert digest is not None
    assert digest.is_paused


@pytest.mark.parametrize(
    ("user_id", "line", "language", "stored"),
    [
        (ANNA, "language ru", "Русский", "ru"),
        (ANNA, "язык Русский", "Русский", "ru"),
        (BEN, "language en", "English", "en"),
        (BEN, "language auto", "Русский", None),
        (GUEST, "language ru", "Русский", "ru"),
    ],
)
def test_a_person_chooses_her_language(
    services: Services, slack: SlackSide, user_id: str, line: str, language: str, stored: str | None
) -> None:
    for _ in range(2):  # Slack may send it again
        assert language in slack.command(line, user_id)["text"]
    with services.db.reading() as connection:
        assert workspace.language_setting(connection, TEAM, user_id) == stored


@pytest.mark.parametrize("line", ["language", "language klingon", "язык"])
def test_language_alone_says_which_it_is(services: Services, slack: SlackSide, line: str) -> None:
    assert "English" in slack.command(line, ANNA)["text"]
    with services.db.reading() as connection:
        assert workspace.language_setting(connection, TEAM, ANNA) is None


def test_the_home_tab_follows_the_language(services: Services, slack: SlackSide) -> None:
    with services.db.writing() as connection:
        workspace.home_was_opened(connection, TEAM, ANNA, services.clock.now())
    slack.command("language ru", ANNA)
    with services.db.reading() as connection:
        from sqlalchemy import select

        from storage.tables import outbox

        assert list(connection.scalars(select(outbox.c.kind))) == ["home"]


@pytest.mark.parametrize("line", ["", "language ru", "setup", "digest", "nonsense"])
def test_people_of_other_organisations_get_nothing(services: Services, slack: SlackSide, line: str) -> None:
    assert slack.command(line, STRANGER, team_id="T2") == {}
    answer = slack.command(line, STRANGER)  # known from the directory, whatever the payload says
    assert "for members of this workspace only" in answer["text"]


def test_help_shows_the_emoji_of_the_bridge_at_hand(services: Services, slack: SlackSide) -> None:
    make_bridge(services, flag_emoji=("fire", "eyes"))
    said = texts_of(slack.command("help", ANNA, channel_id=SALES))
    assert ":fire: :eyes:" in said
    assert ":crossed_swords: Competitors" in said
    assert ":bulb:" not in said


def test_help_fits_slack_in_both_languages_and_says_what_is_stored(services: Services) -> None:
    bridge = make_bridge(services, name="x" * 80)
    for language in ("en", "ru"):
        for one in (None, bridge):
            built = help_message(texts(language), one)
            assert len(built["blocks"]) == len(help_blocks(texts(language), one)) <= 20
            assert all(len(block["text"]["text"]) <= 3000 for block in built["blocks"] if "text" in block)
    assert "What I store" in str(help_message(texts("en"), bridge))


def test_a_long_unknown_line_is_shortened(services: Services) -> None:
    assert len(unknown_command(texts("en"), None, "*" * 5000)["text"]) < 500
