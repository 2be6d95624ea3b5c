"""Which sales channels take part, for those who market for a bridge or manage it."""

from datetime import timedelta
from typing import Final

from slack_sdk.models.blocks import Block

from bot.coverage.compile import coverage_of
from bot.home.look import Look
from bot.messages.coverage import coverage_section
from storage.digests import Span

LOOK_BACK: Final = timedelta(days=30)
MOST_BRIDGES: Final = 5


def section(look: Look) -> list[Block]:
    """A `bot.home.look.Section`; three queries, however many bridges."""
    reader = look.reader
    if reader.person is None or reader.person.is_guest or reader.person.is_external:
        return []
    mine = [one for one in reader.bridges if one in reader.marketing or one in reader.managed][:MOST_BRIDGES]
    if not mine:
        return []
    found = coverage_of(look.connection, [one.id for one in mine], Span(look.now - LOOK_BACK, look.now))
    return coverage_section(reader.texts, [(one, found[one.id]) for one in mine])
