"""In a browser, in both languages: an administrator erases an insight and a person, and sets a lifetime."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from app import DemoBot
from bot import manifest
from bot.i18n import Texts, texts
from playground.demo import open_demo
from tests.e2e.test_browser_story import WEDNESDAY, Stage


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


def test_erasing_from_preview_to_record(stage: Stage) -> None:
    _ = stage.texts
    stage.act_as("ben", "sales-smb")
    stage.say("/insight Zebra labels peel off at Molino")
    expect(stage.note).to_contain_text("#17")
    erase_an_insight(stage, _)
    erase_a_person(stage, _)
    stage.page.get_by_test_id("app-frontline").click()
    home = stage.page.get_by_test_id("home")
    expect(home).to_contain_text(_("Erasing"))
    expect(home).to_contain_text(_.plural("{n} insight with its text", "{n} insights with their text", 1))
    home.get_by_text(_("Erasing")).scroll_into_view_if_needed()
    stage.keep("erasure-record")
    limit(stage, _)


def confirm(stage: Stage, modal: Locator, word: str) -> None:
    modal.get_by_test_id("field-erase_confirm").locator("input").fill(word)
    modal.get_by_test_id("modal-submit").click()


def close(stage: Stage) -> None:
    """Close what is said, once the page has settled: a form that is still being drawn takes no press."""
    stage.demo.bot.settle()
    cancel = stage.page.get_by_test_id("modal-cancel")
    expect(cancel).to_be_visible()
    cancel.click()
    expect(stage.page.get_by_test_id("modal")).to_be_hidden()


def erase_an_insight(stage: Stage, _: Texts) -> None:
    stage.act_as("tom", "marketing")
    stage.say("/frontline erase")
    modal = stage.page.get_by_test_id("modal")
    expect(modal).to_contain_text(_("Number of an insight"))
    stage.keep("erasure-form")
    modal.get_by_test_id("field-erase_number").locator("input").fill("#17")
    modal.get_by_test_id("modal-submit").click()
    expect(modal).to_contain_text(_("Erase for good?"))
    stage.keep("erasure-preview")
    confirm(stage, modal, "no")
    expect(modal).to_contain_text(_("Nothing was erased. Write the word that stands above."))
    confirm(stage, modal, _("ERASE"))
    expect(stage.page.get_by_test_id("modal")).to_contain_text(
        _("#{number} is erased. My posts follow within a minute.", number=17)
    )
    stage.keep("erasure-done")
    close(stage)


def limit(stage: Stage, _: Texts) -> None:
    stage.act_as("tom", "marketing")
    stage.say("/frontline setup")
    modal = stage.page.get_by_test_id("modal")
    modal.get_by_test_id("action-bridge_lifetime_open").click()
    field = stage.page.get_by_test_id("field-lifetime_count")
    field.locator("input").fill("1")
    stage.page.get_by_test_id("action-lifetime_unit").click()
    stage.page.get_by_test_id("option-days").click()
    stage.keep("lifetime-form")
    stage.page.get_by_test_id("modal-submit").click()
    expect(stage.page.get_by_test_id("modal")).to_contain_text(_("To confirm, write {word}", word=_("ERASE")))
    stage.keep("lifetime-preview")


def erase_a_person(stage: Stage, _: Texts) -> None:
    stage.act_as("tom", "marketing")
    stage.say("/frontline erase @anna")
    modal = stage.page.get_by_test_id("modal")
    expect(modal).to_contain_text(_("Erase for good?"))
    stage.keep("erasure-person")
    confirm(stage, modal, _("ERASE"))
    expect(stage.page.get_by_test_id("modal")).to_contain_text(
        _("It is being erased now. I tell you in a direct message when that is done.")
    )
    close(stage)
    stage.demo.bot.settle()
