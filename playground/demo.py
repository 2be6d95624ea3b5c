"""The demo: a workspace with a fortnight behind it, and the bot in it, joined over Slack's own protocols.

Knows nothing of the bot but how to start it, which whoever runs the demo tells.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol

from playground import seeding
from playground.clock import Clock, MovableClock
from playground.seeding import Seeded
from playground.server import Playground

FORTNIGHT: Final = timedelta(days=14)
LATER: Final = timedelta(minutes=7)  # people flag a message some minutes after it was written
FLAG_EMOJI: Final = (
    "bulb",
    "speech_balloon",
    "rage",
    "crossed_swords",
    "chart_with_upwards_trend",
    "gear",
    "pray",
    "pushpin",
)


@dataclass(frozen=True)
class Access:
    """What the bot needs to know of the workspace: the same as of a real one."""

    api_url: str
    bot_token: str
    app_token: str
    sales_channels: tuple[str, ...]
    marketing_channel: str
    language: str
    time_zone: str


class Bot(Protocol):
    """A running bot."""

    def next_due(self, after: datetime, until: datetime) -> datetime | None:
        """The earliest instant in the span at which it has something to do."""

    def settle(self) -> None:
        """Wait until it has done all that is due."""

    def stop(self) -> None:
        """Stop it."""


StartBot = Callable[[Access, Clock], Bot]


@dataclass(frozen=True)
class Demo:
    """A running demo."""

    playground: Playground
    bot: Bot
    seeded: Seeded

    @property
    def url(self) -> str:
        """The page's address."""
        return self.playground.url


@contextmanager
def open_demo(
    start_bot: StartBot,
    manifest: Mapping[str, Any],
    *,
    language: str = "en",
    port: int = 0,
    now: datetime | None = None,
    lives_through: bool = True,
) -> Iterator[Demo]:
    """Start workspace and bot; with `lives_through`, play the fortnight's flags in their time.

    `now` is where the clock stands in the end. OSError where the port is taken.
    """
    now = now or datetime.now(UTC)
    clock = MovableClock(now - FORTNIGHT if lives_through else now)
    bots: list[Bot] = []
    playground = Playground(
        manifest=manifest,
        language=language,
        clock=clock,
        port=port,
        flag_emoji=FLAG_EMOJI,
        next_due=lambda after, until: bots[0].next_due(after, until) if bots else None,
        settle=lambda: bots[0].settle() if bots else None,
    )
    seeded = seeding.sow(playground.workspace, seeding.load(language), now)
    playground.tour = seeded.tour
    with playground:
        bots.append(start_bot(_access(playground, seeded), clock))
        try:
            playground.wait_connected()
            demo = Demo(playground, bots[0], seeded)
            if lives_through:
                _live_through(demo, now)
            yield demo
        finally:
            bots[0].stop()


def _access(playground: Playground, seeded: Seeded) -> Access:
    return Access(
        api_url=playground.api_url,
        bot_token=playground.bot_token,
        app_token=playground.app_token,
        sales_channels=(seeded.channels["sales-emea"], seeded.channels["sales-smb"]),
        marketing_channel=seeded.channels["marketing"],
        language=playground.language,
        time_zone="Europe/Moscow" if playground.language == "ru" else "Europe/Berlin",
    )


def _live_through(demo: Demo, now: datetime) -> None:
    """Set the story's flags, each at its time, so that the digests of the fortnight come at theirs."""
    playground = demo.playground
    for flag in seeding.flags(demo.seeded):
        at = datetime.fromtimestamp(float(flag.message.ts), UTC) + LATER
        _reach(playground, at)
        playground.person(flag.user).react(flag.message, flag.name)
        demo.bot.settle()
    _reach(playground, now)


def _reach(playground: Playground, instant: datetime) -> None:
    """Move the clock there, unless it has come there by itself."""
    if instant - playground.clock.now() > timedelta(seconds=1):
        playground.move_clock(instant)
