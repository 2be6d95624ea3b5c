"""The categories that ship with Frontline, and how a bridge's own are called."""

from typing import Final

from bot.i18n import LANGUAGES, N_, Message, Texts, texts
from storage.bridges import Bridge, Category

OTHER: Final = "other"  # text without a category; can't be retired
REQUEST: Final = "request"  # what sales needs from marketing
DEFAULT_FLAGS: Final = ("bulb",)

BUILT_IN: Final[dict[str, tuple[Message, str]]] = {
    "customer": (N_("Customers"), "speech_balloon"),
    "complaint": (N_("Complaints"), "rage"),
    "competitor": (N_("Competitors"), "crossed_swords"),
    "market": (N_("Market"), "chart_with_upwards_trend"),
    "process": (N_("Processes"), "gear"),
    "request": (N_("Requests"), "pray"),
    "other": (N_("Other"), "pushpin"),
}
MEANINGS: Final[dict[str, Message]] = {
    "customer": N_("moods and problems of customers"),
    "complaint": N_("dissatisfaction with our products and service"),
    "competitor": N_("what competitors do and how they are seen"),
    "market": N_("events and rumours on the market"),
    "process": N_("what is broken inside the company"),
    "request": N_("what sales needs from marketing"),
    "other": N_("everything else"),
}


def default_categories() -> tuple[Category, ...]:
    """What a new bridge begins with."""
    return tuple(
        Category(key=key, name=None, emoji=emoji, position=position, is_retired=False)
        for position, (key, (_, emoji)) in enumerate(BUILT_IN.items())
    )


def category_name(category: Category, _: Texts) -> str:
    """What the category is called: by the bridge, or as it ships, in the language of `_`."""
    if category.name:
        return category.name
    return _.say(BUILT_IN[category.key][0]) if category.key in BUILT_IN else category.key


def name_of(bridge: Bridge, key: str, _: Texts) -> str:
    """The name of the bridge's category with that key, retired or not."""
    category = bridge.category(key)
    return category_name(category, _) if category else key


def emoji_of(bridge: Bridge, key: str) -> str:
    category = bridge.category(key)
    return category.emoji if category else "pushpin"


def spoken_names(category: Category) -> tuple[str, ...]:
    """All that a person may call the category by: its key, its name, its names in every language."""
    spoken = [category.key, *([category.name] if category.name else [])]
    if category.key in BUILT_IN:
        spoken += [texts(language).say(BUILT_IN[category.key][0]) for language in LANGUAGES]
    return tuple(dict.fromkeys(name.lower() for name in spoken))
