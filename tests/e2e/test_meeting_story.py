"""A meeting in a browser, in both languages: set up, prompted, minuted, and what is undone comes back."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Locator, expect

from app import DemoBot
from bot import manifest
from bot.i18n import texts
from playground.demo import open_demo
from tests.e2e.test_browser_story import Stage

WEDNESDAY = datetime(2026, 11, 25, 10, 30, tzinfo=UTC)
NAME = "Sales × marketing"
WORDS = {
    "en": ("Prices below ours at Acme", "A leasing one-pager", "@anna by Thursday: new price list"),
    "ru": ("Цены Acme ниже наших", "Листовка о лизинге", "@анна до четверга: новый прайс-лист"),
}


@pytest.fixture(params=["en", "ru"])
def stage(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Stage]:
    language: str = request.param
    content = manifest.manifest(language=language)
    with open_demo(DemoBot, content, language=language, now=WEDNESDAY) as demo:
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.set_default_timeout(20_000)
        expect.set_options(timeout=20_000)
        page.goto(demo.url)
        page.wait_for_selector('html[data-ready="true"]')
        yield Stage(page, demo, texts(language))
        page.close()
        assert faults == []


def pick(stage: Stage, modal: Locator, field: str, *options: str, action: str | None = None) -> None:
    """Choose in a select of a form, one option or several."""
    modal.get_by_test_id(f"field-{field}").get_by_test_id(f"action-{action or field}").click()
    for option in options:
        stage.page.get_by_test_id("select-search").last.fill("")
        stage.page.get_by_test_id(f"option-{option}").last.click()
    if len(options) > 1:
        stage.page.keyboard.press("Escape")


def reach(stage: Stage, *instant: int) -> None:
    """Move the workspace's clock to that time (UTC), through all that is due on the way."""
    stage.demo.playground.move_clock(datetime(*instant, tzinfo=UTC))  # type: ignore[arg-type, misc]
    stage.demo.bot.settle()


def set_up(stage: Stage) -> None:
    people = stage.demo.playground
    stage.act_as("tom", "marketing")
    stage.say("/frontline meeting")
    modal = stage.page.get_by_test_id("modal")
    expect(modal).to_be_visible()
    modal.get_by_test_id("field-meeting_title").locator("input").fill(NAME)
    stage.keep("meeting-form")
    modal.get_by_test_id("modal-submit").click()
    wrong = modal.get_by_test_id("field-meeting_people").get_by_test_id("field-error")
    expect(wrong).to_contain_text(
        stage.texts("Choose who takes part: at least the heads of sales and of marketing.")
    )
    stage.keep("meeting-form-wrong")
    pick(stage, modal, "frequency", "monthly_weekday", action="meeting_frequency")
    expect(modal.get_by_test_id("field-meeting_nth")).to_be_visible()
    stage.keep("meeting-form-monthly")
    pick(stage, modal, "frequency", "weekly", action="meeting_frequency")
    expect(modal.get_by_test_id("field-meeting_nth")).to_be_hidden()
    pick(stage, modal, "weekday", "1")
    both = [people.person(one).id for one in ("clara", "david")]
    pick(stage, modal, "meeting_people", *both)
    pick(stage, modal, "meeting_facilitators", *reversed(both))
    modal.get_by_test_id("field-meeting_place").locator("input").fill("https://meet.example/42")
    stage.keep("meeting-form-filled")
    modal.get_by_test_id("modal-submit").click()
    expect(stage.page.get_by_test_id("modal")).to_contain_text("10:00")
    stage.keep("meeting-saved")
    stage.page.get_by_test_id("modal-cancel").click()


def test_a_meeting_from_the_form_to_the_next_agenda(stage: Stage) -> None:
    _, language = stage.texts, stage.texts.language
    prices, leasing, item = WORDS[language]
    before = (8, 30) if language == "en" else (6, 30)  # half an hour before ten, in Berlin or Moscow, in UTC
    set_up(stage)

    stage.act_as("david", "marketing")
    reach(stage, 2026, 11, 29, 10, 0)
    prompt = stage.message(NAME)
    expect(prompt).to_contain_text(_("Reply here with what should be on the agenda."))
    expect(prompt).to_contain_text(_("What worries customers this week?"))
    prompt.get_by_test_id("action-meeting_yes").click()
    expect(stage.message(NAME)).to_contain_text("David" if language == "en" else "Денис")
    stage.keep("meeting-prompt")
    reply(stage, prices)
    stage.act_as("clara", "marketing")
    reply(stage, leasing)
    stage.page.keyboard.press("Escape")

    reach(stage, 2026, 12, 1, *before)
    thread = open_thread(stage)
    for expected in (prices, leasing, _("Since the last meeting"), _("Who comes")):
        expect(thread).to_contain_text(expected)
    stage.keep("meeting-reminder")

    reach(stage, 2026, 12, 1, 12, 0)
    stage.act_as("david", "marketing")
    record_minutes(stage, item)
    stage.demo.bot.settle()
    stage.act_as("anna", "sales-emea")
    expect(in_channel(stage, NAME)).to_contain_text(item.rpartition(": ")[2])
    stage.keep("meeting-summary")

    reach(stage, 2026, 12, 3, 9, 0)
    direct(stage)
    due = _("Due today, from *{meeting}*", meeting=NAME).replace("*", "")
    expect(in_channel(stage, due)).to_be_visible()
    stage.keep("meeting-due")
    stage.page.get_by_test_id("app-frontline").click()
    expect(stage.page.get_by_test_id("home")).to_contain_text(item.rpartition(": ")[2])
    stage.keep("meeting-home")

    reach(stage, 2026, 12, 8, *before)
    stage.act_as("clara", "marketing")
    again = open_thread(stage)
    expect(again).to_contain_text(item.rpartition(": ")[2])
    expect(again).to_contain_text(_.plural("{n} day overdue", "{n} days overdue", 5))
    stage.keep("meeting-next-agenda")


def in_channel(stage: Stage, text: str) -> Locator:
    """The channel's last message with that text, whatever thread stands open beside it."""
    messages = stage.page.get_by_test_id("message-list").first.get_by_test_id("message")
    return messages.filter(has_text=text).last


def reply(stage: Stage, text: str) -> None:
    """Answer in the prompt's thread; Frontline confirms by a reaction."""
    thread = open_thread(stage)
    thread.get_by_test_id("composer-input").fill(text)
    thread.get_by_test_id("composer-send").click()
    said = thread.get_by_test_id("message").filter(has_text=text).last
    expect(said.get_by_test_id("reaction-memo")).to_be_visible()


def open_thread(stage: Stage) -> Locator:
    """The thread of the last prompt."""
    question = stage.texts("Reply here with what should be on the agenda.")
    prompt = in_channel(stage, question)
    thread = stage.page.get_by_test_id("thread-panel")
    for _ in range(3):  # a click is lost where an answer brings the prompt up to date at that moment
        prompt.hover()
        prompt.get_by_test_id("toolbar-reply").click()
        with suppress(AssertionError):
            expect(thread).to_be_visible(timeout=5_000)
            break
    expect(thread).to_be_visible()
    return thread


def direct(stage: Stage) -> None:
    """Open the direct messages with Frontline."""
    stage.page.get_by_test_id("app-frontline").click()
    stage.page.get_by_test_id("app-tab-messages").click()


def record_minutes(stage: Stage, item: str) -> None:
    """From the direct message to the facilitator: refused once, then recorded."""
    _ = stage.texts
    direct(stage)
    stage.keep("meeting-ask")
    stage.page.get_by_test_id("action-meeting_record").last.click()
    modal = stage.page.get_by_test_id("modal")
    items = modal.get_by_test_id("field-meeting_items-0")
    items.locator("textarea").fill("price list")
    modal.get_by_test_id("field-meeting_decisions-0").locator("textarea").fill("Acme → FW-200")
    modal.get_by_test_id("modal-submit").click()
    expect(items.get_by_test_id("field-error")).to_contain_text("1")
    items.locator("textarea").fill(item)
    stage.keep("meeting-minutes")
    modal.get_by_test_id("modal-submit").click()
    thanks = _("Thank you: *{meeting}* is recorded.", meeting=NAME).replace("*", "")
    expect(stage.page.get_by_test_id("modal")).to_contain_text(thanks)
    stage.page.get_by_test_id("modal-cancel").click()
