"""The whole story in a browser, in both languages, on the demo's own code path."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from app import DemoBot
from bot import manifest
from bot.i18n import Texts, texts
from playground.demo import Demo, open_demo

WEDNESDAY = datetime(2026, 11, 25, 10, 30, tzinfo=UTC)
SHOTS = os.environ.get("FRONTLINE_SCREENSHOTS")  # a folder to keep pictures in


@dataclass(frozen=True)
class Stage:
    """A page on which one person acts, in one language."""

    page: Page
    demo: Demo
    texts: Texts

    def act_as(self, name: str, channel: str) -> None:
        """Be that person, in that channel."""
        playground = self.demo.playground
        place = playground.workspace.channels.named(channel)
        self.page.goto(f"{playground.url}#{playground.person(name).id}/{place.id}")
        expect(self.page.get_by_test_id("channel-title")).to_contain_text(channel)
        expect(self.page.get_by_test_id("current-person")).to_contain_text(
            playground.person(name).user.real_name
        )

    def message(self, text: str) -> Locator:
        """The last message in the channel that holds this text."""
        return self.page.get_by_test_id("message").filter(has_text=text).last

    @property
    def note(self) -> Locator:
        """The last note that only the acting person sees."""
        return self.page.get_by_test_id("message").filter(has=self.page.get_by_test_id("ephemeral")).last

    def say(self, text: str) -> None:
        """Type into the composer and send."""
        composer = self.page.get_by_test_id("composer-input").first
        composer.fill(text)
        self.page.get_by_test_id("composer-send").first.click()

    def flag(self, message: Locator, emoji: str) -> None:
        """React by the small picker."""
        message.hover()
        message.get_by_test_id("toolbar-react").click()
        self.page.get_by_test_id("emoji-picker").get_by_test_id(f"emoji-{emoji}").first.click()

    def keep(self, name: str) -> None:
        """Keep a picture, where pictures are wanted."""
        if SHOTS:
            folder = Path(SHOTS)
            folder.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=folder / f"{name}-{self.texts.language}.png")


@pytest.fixture(scope="module", params=["en", "ru"])
def stage(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Stage]:
    language: str = request.param
    content = manifest.manifest(language=language)
    with open_demo(DemoBot, content, language=language, now=WEDNESDAY) as demo:
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.set_default_timeout(15_000)
        expect.set_options(timeout=15_000)
        page.goto(demo.url)
        page.wait_for_selector('html[data-ready="true"]')
        yield Stage(page, demo, texts(language))
        page.close()
        assert faults == []


def test_a_flag_is_confirmed_and_its_category_changed(stage: Stage) -> None:
    _ = stage.texts
    stage.act_as("anna", "sales-emea")
    seeded = stage.demo.seeded.messages["m81"].text[:40]
    stage.flag(stage.message(seeded), "bulb")
    note = stage.note
    expect(note).to_contain_text("#17")
    expect(stage.message(seeded).get_by_test_id("reaction-inbox_tray")).to_be_visible()
    stage.keep("flag")
    note.get_by_test_id("action-insight_category").click()
    stage.page.get_by_test_id("option-17:competitor").click()
    expect(stage.note).to_contain_text(_("Competitors"))


def test_taking_the_flag_back_withdraws_and_flagging_again_revives(stage: Stage) -> None:
    seeded = stage.demo.seeded.messages["m81"].text[:40]
    stage.message(seeded).get_by_test_id("reaction-bulb").click()
    expect(stage.message(seeded).get_by_test_id("reaction-inbox_tray")).to_have_count(0)
    stage.flag(stage.message(seeded), "bulb")
    expect(stage.message(seeded).get_by_test_id("reaction-inbox_tray")).to_be_visible()


def test_the_command_stores_at_once_and_the_form_says_what_is_wrong(stage: Stage) -> None:
    _ = stage.texts
    stage.act_as("ben", "sales-smb")
    stage.say("/insight competitor: Acme gives 25% off #Molino")
    expect(stage.note).to_contain_text("#18")
    stage.say("/insight")
    modal = stage.page.get_by_test_id("modal")
    expect(modal).to_be_visible()
    modal.get_by_test_id("field-text").locator("textarea").fill("They ask for an offline mode")
    modal.get_by_test_id("field-deal").locator("input").fill("a lot")
    stage.keep("form")
    modal.get_by_test_id("modal-submit").click()
    wrong = modal.get_by_test_id("field-deal").get_by_test_id("field-error")
    expect(wrong).to_have_text(_("Write an amount and a currency, as in 12,500 EUR or 80k USD."))
    modal.get_by_test_id("field-deal").locator("input").fill("80k EUR")
    modal.get_by_test_id("modal-submit").click()
    expect(modal).to_be_hidden()
    expect(stage.note).to_contain_text("#19")


def test_an_edit_and_a_deletion_reach_the_list_of_mine(stage: Stage) -> None:
    _ = stage.texts
    stage.act_as("ben", "sales-smb")
    stage.say("Zweitakt will take over Molino")
    stage.flag(stage.message("Zweitakt will"), "chart_with_upwards_trend")
    expect(stage.message("Zweitakt will").get_by_test_id("reaction-inbox_tray")).to_be_visible()
    ben = stage.demo.playground.person("ben")
    channel = stage.demo.seeded.channels["sales-smb"]
    message = next(one for one in ben.sees(channel) if one.text.startswith("Zweitakt will"))
    ben.edit(message, "Zweitakt may take over Molino")
    stage.demo.bot.settle()
    stage.say("/insight mine")
    expect(stage.note).to_contain_text("Zweitakt may take over Molino")
    stage.keep("mine")
    ben.delete(message)
    stage.demo.bot.settle()
    stage.say("/insight mine")
    expect(stage.note).to_contain_text(_("The message was deleted."))


def test_the_home_tab_lists_my_insights(stage: Stage) -> None:
    _ = stage.texts
    stage.act_as("ben", "sales-smb")
    stage.page.get_by_test_id("app-frontline").click()
    home = stage.page.get_by_test_id("home")
    expect(home).to_contain_text(_("My insights"))
    expect(home).to_contain_text("Acme gives 25% off")
    stage.keep("home")
    home.get_by_test_id("action-quiet_hours_open").click()
    modal = stage.page.get_by_test_id("modal")
    modal.get_by_test_id("field-quiet").locator("input").check()
    modal.get_by_test_id("field-work_from").locator("input").fill("08:30")
    stage.keep("quiet-hours")
    modal.get_by_test_id("modal-submit").click()
    expect(modal).to_be_hidden()
    expect(home).to_contain_text("08:30–18:00")


def test_setup_opens_for_the_admin(stage: Stage) -> None:
    stage.act_as("tom", "marketing")
    stage.say("/frontline setup")
    modal = stage.page.get_by_test_id("modal")
    expect(modal).to_be_visible()
    expect(modal.get_by_test_id("field-name").locator("input")).to_have_value("default")
    stage.keep("setup")
    stage.page.get_by_test_id("modal-cancel").click()
    expect(modal).to_be_hidden()


def test_the_clock_brings_mondays_digest(stage: Stage) -> None:
    stage.act_as("mia", "marketing")
    expect(stage.page.get_by_test_id("message").first).to_be_visible()
    before = stage.page.get_by_test_id("message").count()
    stage.page.get_by_test_id("clock-next").click()
    due = WEDNESDAY + timedelta(days=5)
    head = stage.page.get_by_test_id("message").last
    expect(stage.page.get_by_test_id("message")).to_have_count(before + 1)
    expect(head).to_contain_text(stage.texts.short_day(due.date()))
    expect(head.get_by_test_id("thread-summary")).to_be_visible()
    head.get_by_test_id("thread-summary").click()
    thread = stage.page.get_by_test_id("thread-panel")
    expect(thread).to_contain_text("#18")
    expect(thread).to_contain_text(stage.texts("Coverage"))
    stage.keep("digest")


def test_an_urgent_insight_comes_to_marketing_at_once_and_its_outcome_back_to_sales(stage: Stage) -> None:
    _ = stage.texts
    words, outcome = (
        "Hartmann leaves us if deliveries stay late",
        "Deliveries to Hartmann come by express now",
    )
    stage.act_as("anna", "sales-emea")
    stage.say(words)
    stage.flag(stage.message(words), "rage")
    expect(stage.note).to_contain_text(_("Complaints"))
    stage.note.get_by_test_id("action-insight_details").click()
    modal = stage.page.get_by_test_id("modal")
    modal.get_by_test_id("field-urgent").locator("input").check()
    modal.get_by_test_id("modal-submit").click()
    expect(modal).to_be_hidden()

    stage.act_as("mia", "marketing")
    card = stage.message(words)
    expect(card).to_contain_text(_("Urgent"))
    stage.keep("card")
    card.get_by_test_id("action-triage_take").click()
    expect(stage.message(words).get_by_test_id("action-triage_take")).to_have_count(0)
    stage.message(words).get_by_test_id("action-triage_done").click()
    modal.get_by_test_id("field-outcome").locator("textarea").fill(outcome)
    stage.keep("outcome-form")
    modal.get_by_test_id("modal-submit").click()
    expect(modal).to_be_hidden()
    expect(stage.message(words)).to_contain_text(outcome)
    stage.keep("card-done")

    stage.page.get_by_test_id("clock-next").click()
    stage.act_as("anna", "sales-emea")
    stage.message(words).get_by_test_id("thread-summary").click()
    thread = stage.page.get_by_test_id("thread-panel")
    expect(thread).to_contain_text(outcome)
    stage.keep("notice")
    stage.page.get_by_test_id("app-frontline").click()
    home = stage.page.get_by_test_id("home")
    expect(home).to_contain_text(outcome)
    stage.keep("home-sales")


def test_marketing_triages_from_its_home_tab_and_sales_is_told_by_the_report(stage: Stage) -> None:
    _ = stage.texts
    stage.act_as("mia", "marketing")
    stage.page.get_by_test_id("app-frontline").click()
    home = stage.page.get_by_test_id("home")
    expect(home).to_contain_text(_("To triage"))
    stage.keep("home-marketing")
    home.get_by_test_id("action-triage_open").click()
    modal = stage.page.get_by_test_id("modal")
    expect(modal).to_contain_text(_("Skip"))
    modal.get_by_test_id("action-triage_acknowledge").click()
    expect(modal).to_contain_text(_("Next"))
    stage.keep("walk")
    stage.page.get_by_test_id("modal-cancel").click()
    stage.act_as("tom", "marketing")
    stage.say("/frontline report now")
    stage.act_as("anna", "sales-emea")
    report = stage.message(_("What became of what you told us"))
    expect(report).to_contain_text("Deliveries to Hartmann come by express now")
    stage.keep("report")
