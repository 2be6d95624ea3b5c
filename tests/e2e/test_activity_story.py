"""An activity from plan to report in a browser, in both languages, on the demo's own code path."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from app import DemoBot
from bot import manifest
from bot.i18n import Texts, texts
from playground.demo import Demo, open_demo

WEDNESDAY: Final = datetime(2026, 11, 25, 10, 30, tzinfo=UTC)
SHOTS: Final = os.environ.get("FRONTLINE_SCREENSHOTS")  # a folder to keep pictures in


class Desk:
    """The page on which one person after the other acts."""

    def __init__(self, page: Page, demo: Demo, language: str) -> None:
        self.page, self.demo, self.texts = page, demo, texts(language)

    def act_as(self, name: str, channel: str) -> None:
        """Be that person, in that channel."""
        playground = self.demo.playground
        place = playground.workspace.channels.named(channel)
        self.page.goto(f"{playground.url}#{playground.person(name).id}/{place.id}")
        expect(self.page.get_by_test_id("channel-title")).to_contain_text(channel)
        name_shown = playground.person(name).user.real_name
        expect(self.page.get_by_test_id("current-person")).to_contain_text(name_shown)

    def say(self, text: str) -> None:
        """Type into the composer and send."""
        self.page.get_by_test_id("composer-input").first.fill(text)
        self.page.get_by_test_id("composer-send").first.click()

    @property
    def modal(self) -> Locator:
        return self.page.get_by_test_id("modal")

    def message(self, text: str) -> Locator:
        """The last message that holds this text."""
        return self.page.get_by_test_id("message").filter(has_text=text).last

    def fill(self, **fields: str) -> None:
        """Type into the fields of the open form."""
        for name, text in fields.items():
            inside = self.modal.get_by_test_id(f"field-{name}")
            inside.locator("input, textarea").first.fill(text)

    def choose(self, field: str, option: str) -> None:
        """Choose from the menu of a field."""
        self.modal.get_by_test_id(f"field-{field}").get_by_test_id(f"action-{field}").click()
        self.page.get_by_test_id(f"option-{option}").click()

    def press(self, action: str) -> None:
        self.modal.get_by_test_id(f"action-{action}").click()

    def submit(self) -> None:
        self.modal.get_by_test_id("modal-submit").click()

    def until(self, instant: datetime) -> None:
        """Move the clock on, and let Frontline do what is due."""
        self.demo.playground.move_clock(instant)
        self.demo.bot.settle()

    def keep(self, name: str) -> None:
        """Keep a picture, where pictures are wanted."""
        if SHOTS:
            Path(SHOTS).mkdir(parents=True, exist_ok=True)
            self.page.wait_for_timeout(400)  # menus and threads slide in
            self.page.screenshot(path=Path(SHOTS) / f"activity-{name}-{self.texts.language}.png")


def plan(desk: Desk, _: Texts, title: str) -> None:
    """Mia plans it from an insight."""
    desk.act_as("mia", "marketing")
    desk.say("/frontline activity")
    expect(desk.modal).to_be_visible()
    desk.fill(activity_title=title, activity_ends_on="2026-12-24", activity_currency="EUR")
    desk.choose("activity_purpose", "convince")
    desk.fill(activity_budget="5000 USD", activity_planned_leads="40", activity_insights="#12")
    desk.submit()
    wrong = desk.modal.get_by_test_id("field-activity_budget").get_by_test_id("field-error")
    expect(wrong).to_have_text(_("Plan in {currency}, the currency of this activity.", currency="EUR"))
    desk.keep("plan")
    desk.fill(activity_budget="5,000")
    desk.submit()
    expect(desk.modal).to_contain_text(title)
    expect(desk.modal).to_contain_text("#12")


def enter(desk: Desk, _: Texts) -> None:
    """What it cost and brought, with a correction; it goes over budget."""
    desk.press("activity_start")
    expect(desk.modal).to_contain_text(_("running"))
    for amount in ("45000", "1200"):
        desk.press("activity_spend")
        desk.fill(activity_amount=amount)
        desk.submit()
        expect(desk.modal.get_by_test_id("action-activity_spend")).to_be_visible()
    desk.press("activity_correct")
    desk.page.get_by_test_id("option-1:1").click()
    desk.fill(activity_amount="4500")
    desk.keep("correct")
    desk.submit()
    desk.press("activity_result")
    desk.choose("activity_kind", "first_revenue")
    desk.fill(activity_amount="12k")
    desk.submit()
    expect(desk.modal).to_contain_text(_(":red_circle: over budget").split(": ", 1)[1])
    expect(desk.modal).to_contain_text(_.money(570_000, "EUR"))
    desk.keep("card")
    desk.page.get_by_test_id("modal-cancel").click()


def sales_answers(desk: Desk, _: Texts, title: str) -> None:
    """After a third of its time sales is asked."""
    desk.until(WEDNESDAY + timedelta(days=11))
    desk.act_as("anna", "sales-emea")
    asked = desk.message(_("Did this help you sell?"))
    expect(asked).to_contain_text(title)
    desk.keep("asked")
    asked.get_by_test_id("action-activity_helped").click()
    desk.fill(activity_deal="Hartmann", activity_amount="12k", activity_comment=":heart: 42")
    desk.keep("answer")
    desk.submit()
    expect(desk.modal).to_contain_text(_("yes"))
    desk.page.get_by_test_id("modal-cancel").click()
    desk.act_as("ben", "sales-emea")
    asked = desk.message(_("Did this help you sell?"))
    asked.get_by_test_id("action-activity_unnoticed").click()
    expect(desk.page.get_by_test_id("ephemeral").last).to_be_visible()


def report(desk: Desk, _: Texts, title: str) -> None:
    """On the first of the month both sides get it; details stay with marketing."""
    desk.until(datetime(2027, 1, 1, 12, tzinfo=UTC))
    heading = _("Activities: {span}", span=_.month(WEDNESDAY.replace(month=12).date()))
    for name, channel in (("anna", "sales-emea"), ("mia", "marketing")):
        desk.act_as(name, channel)
        head = desk.message(heading)
        expect(head).to_contain_text(title)
        expect(head).to_contain_text(_.money(500_000, "EUR"))
        expect(head).to_contain_text("#12")
        head.scroll_into_view_if_needed()
        desk.keep(f"report-{name}")
    head.get_by_test_id("thread-summary").click()
    thread = desk.page.get_by_test_id("thread-panel")
    expect(thread).to_contain_text("Hartmann")
    expect(thread).to_contain_text("activities-2026-12-01-2026-12-31")
    desk.keep("thread")


@pytest.mark.parametrize("language", ["en", "ru"])
def test_an_activity_from_plan_to_report(browser: Browser, language: str) -> None:
    title = {"en": "Demo day", "ru": "День демонстраций"}[language]
    content = manifest.manifest(language=language)
    with open_demo(DemoBot, content, language=language, now=WEDNESDAY) as demo:
        page = browser.new_page(viewport={"width": 1400, "height": 1100})
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.set_default_timeout(15_000)
        expect.set_options(timeout=15_000)
        page.goto(demo.url)
        page.wait_for_selector('html[data-ready="true"]')
        desk = Desk(page, demo, language)
        plan(desk, desk.texts, title)
        enter(desk, desk.texts)
        sales_answers(desk, desk.texts, title)
        report(desk, desk.texts, title)
        page.close()
        assert faults == []
