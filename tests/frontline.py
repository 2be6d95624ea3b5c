"""A whole Frontline against the playground, for tests that need the real edges."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from app import DemoBot
from bot import manifest
from handlers.running import Frontline
from playground.clock import MovableClock
from playground.demo import Access
from playground.model import Message
from playground.person import Person
from playground.server import Playground

TUESDAY = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Scene:
    """Anna and Ben sell (Ben reads Russian), Mia markets, Tom administers; one bridge."""

    playground: Playground
    bot: DemoBot
    sales: str
    marketing: str

    @property
    def anna(self) -> Person:
        return self.playground.person("anna")

    @property
    def ben(self) -> Person:
        return self.playground.person("ben")

    @property
    def mia(self) -> Person:
        return self.playground.person("mia")

    @property
    def tom(self) -> Person:
        return self.playground.person("tom")

    @property
    def frontline(self) -> Frontline:
        return self.bot.frontline

    def notes(self, person: Person, channel: str = "sales") -> list[Message]:
        """What Frontline showed to this person alone, the newest last."""
        self.bot.settle()
        return [message for message in person.sees(channel) if message.ephemeral_for == person.id]

    def posts(self, person: Person, channel: str) -> list[Message]:
        """What Frontline said in the channel for all to see."""
        self.bot.settle()
        bot = self.playground.workspace.bot_user_id
        return [one for one in person.sees(channel) if one.user == bot and not one.ephemeral_for]


@contextmanager
def scene(language: str = "en") -> Iterator[Scene]:
    """Start playground and bot, without a story in it."""
    playground = Playground(
        manifest=manifest.manifest(), clock=MovableClock(TUESDAY), retry_delays=(0.05, 0.1, 0.2)
    )
    people, channels = playground.workspace.people, playground.workspace.channels
    ids = {
        name: people.add(name, name.title(), locale=locale, is_admin=name == "tom", tz="Europe/Berlin").id
        for name, locale in {"anna": "en-GB", "ben": "ru-RU", "mia": "en-GB", "tom": "en-GB"}.items()
    }
    bot = playground.workspace.bot_user_id
    sales = channels.add("sales", members=[ids["anna"], ids["ben"], ids["tom"], bot]).id
    marketing = channels.add("marketing", members=[ids["mia"], ids["tom"], bot]).id
    with playground:
        running = DemoBot(
            Access(
                api_url=playground.api_url,
                bot_token=playground.bot_token,
                app_token=playground.app_token,
                sales_channels=(sales,),
                marketing_channel=marketing,
                language=language,
                time_zone="Europe/Berlin",
            ),
            playground.clock,
        )
        try:
            playground.wait_connected()
            yield Scene(playground, running, sales, marketing)
        finally:
            running.stop()
