"""What an answer's words say of it."""

from bot.bridges.categories import spoken_names
from bot.insights import syntax
from storage.bridges import Bridge


def category_in(text: str, bridge: Bridge) -> str | None:
    """The key of the category in front of an answer, as in `competitor: …`."""
    known = [syntax.CategoryName(one.key, spoken_names(one), one.emoji) for one in bridge.active_categories]
    command = syntax.parse(text, known)
    return command.category if isinstance(command, syntax.Store) else None
