"""Pictures of digests to look at: `python -m tests.e2e.digest_pictures --out DIR`.

A demo in each language lives through weeks in which nothing, 1, 3, 300 and 12 insights came in, the last
with a Slack that knows no charts yet. Each digest is taken as the channel shows it, light, dark, and as wide
as a phone; and its thread.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, Final

import click
from playwright.sync_api import Browser, Page

from app import DEMO_LISTS, DemoBot
from bot import manifest
from bot.inbox import say_for
from bot.insights.capture import Capture, store_insight
from bot.logs import configure_logging
from playground.demo import Demo, open_demo
from storage import bridges
from tests.browser import find_chromium, open_browser

LANGUAGES: Final = ("en", "ru")
MONDAY: Final = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
WEEKS: Final = (0, 1, 3, 300, 12)
REFUSED: Final = 12  # the week whose digest goes out in words
LOOKS: Final[dict[str, dict[str, Any]]] = {
    "light": {"viewport": {"width": 1300, "height": 1000}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1300, "height": 1000}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 1400}, "color_scheme": "light"},
}


@dataclass(frozen=True)
class Words:
    """What people of the demo say, again and again."""

    texts: Sequence[str]
    customers: Sequence[str]
    people: Sequence[str]  # ids
    random: Random

    def capture(self, at: datetime) -> Capture:
        """One more insight."""
        details: dict[str, Any] = {}
        if self.random.random() < 0.3:
            amount = self.random.choice((8_000_00, 25_000_00, 120_000_00))
            details = {
                "customer": self.random.choice(self.customers),
                "deal_amount": amount,
                "deal_currency": "EUR",
            }
        text = self.random.choice(self.texts)
        person = self.random.choice(self.people)
        return Capture(
            source="command", text=text, reporter_id=person, author_id=person, said_at=at, details=details
        )


def live_through_weeks(demo: Demo, language: str) -> Iterator[int]:
    """Move the clock from digest to digest; gives how many insights came in."""
    playground, bot = demo.playground, demo.bot
    assert isinstance(bot, DemoBot)
    services, numbers = bot.frontline.services, count(1)
    texts = [one.text for one in demo.seeded.messages.values() if 30 < len(one.text) < 240]
    customers = [name for kind, name, _aliases in DEMO_LISTS[language] if kind == "customer"]
    people = sorted({one.user for one in demo.seeded.messages.values() if one.user})
    words = Words(texts, customers, people, Random(7))
    for nth, wanted in enumerate(WEEKS, start=1):
        with services.db.writing() as connection:
            (bridge,) = bridges.all_bridges(connection, services.team_id)
            for _nth in range(wanted):
                say = say_for(services, connection, f"picture-{next(numbers)}")
                store_insight(connection, say, bridge, words.capture(services.clock.now()))
        if wanted == REFUSED:
            playground.faults.apply({"refuse_data_visualization": True})
        playground.move_clock(MONDAY + timedelta(weeks=nth))
        bot.settle()
        yield wanted


def take(browser: Browser, demo: Demo, language: str, wanted: int, folder: Path) -> None:
    """The last digest, in all looks."""
    playground = demo.playground
    place = f"{playground.url}#{playground.person('mia').id}/{demo.seeded.channels['marketing']}"
    for look, settings in LOOKS.items():
        page = browser.new_page(**settings)
        page.goto(place)
        page.wait_for_selector('html[data-ready="true"]')
        head = page.get_by_test_id("message").last
        head.scroll_into_view_if_needed()
        page.wait_for_timeout(400)  # until the chart is drawn to its width
        head.screenshot(path=folder / f"{language}-{wanted:03}-{look}.png")
        if look == "light" and head.get_by_test_id("thread-summary").count():
            _take_thread(page, folder / f"{language}-{wanted:03}-thread.png")
        page.close()


def _take_thread(page: Page, path: Path) -> None:
    page.get_by_test_id("message").last.get_by_test_id("thread-summary").click()
    page.set_viewport_size({"width": 1300, "height": 3000})
    page.wait_for_timeout(400)
    page.get_by_test_id("thread-panel").screenshot(path=path)


@click.command()
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="The folder.")
@click.option("--language", "languages", multiple=True, type=click.Choice(LANGUAGES), help="Default: all.")
def main(out: Path, languages: tuple[str, ...]) -> None:
    """Take the pictures into a folder."""
    configure_logging("ERROR", "console")
    path = find_chromium()
    if path is None:
        raise click.ClickException("There is no Chromium on this machine.")
    out.mkdir(parents=True, exist_ok=True)
    with open_browser(path) as browser:
        for language in languages or LANGUAGES:
            content = manifest.manifest(language=language)
            with open_demo(DemoBot, content, language=language, now=MONDAY, lives_through=False) as demo:
                for wanted in live_through_weeks(demo, language):
                    take(browser, demo, language, wanted, out)


if __name__ == "__main__":
    main()
