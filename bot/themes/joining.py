"""A new insight joins the theme that it belongs to, or stands alone until another says the same.

Candidates come from the full-text index, a bounded number for each word, so that the cost does not grow with
what is stored. All of it is deterministic: the same history gives the same themes.
"""

from collections import Counter
from typing import Final

from sqlalchemy import Connection

from bot import slacktext
from bot.insights.words import names_in
from bot.outbox import Say
from bot.themes.likeness import (
    JOINS,
    NEARLY_THE_SAME,
    belongs,
    content_words,
    features,
    likeness,
    weights,
)
from bot.themes.titles import Title, best_title
from storage import search, themes
from storage.insights import Insight
from storage.rows import lock
from storage.themes import Theme

RECENT: Final = 250  # insights before it, that a new one is compared with
MOST_WORDS: Final = 40  # of an insight, that older ones are looked up by
MOST_HOLDERS: Final = 100  # the newest that hold a word
MOST_SHARING: Final = 50  # older ones that share most words
MOST_MEMBERS: Final = 20  # the newest, that a theme is compared and titled by


def place_insight(connection: Connection, say: Say, insight: Insight) -> None:
    """Let a new insight, or one that belongs nowhere yet, join the theme it belongs to."""
    if insight.text_removed_at is not None:
        return
    lock(connection, "themes", str(insight.bridge_id))
    likely = _likely(connection, say.team_id, insight)
    if not likely:
        return
    nearest, how_near = max(likely.items(), key=lambda one: (one[1], -one[0]))
    if how_near >= NEARLY_THE_SAME:
        themes.note_likeness(connection, insight.id, nearest)
    parted = themes.parted_from(connection, insight.id)
    known = themes.themes_of(connection, likely)
    fits: dict[tuple[str, int], list[float]] = {}
    for other, value in likely.items():
        if other not in parted:
            place = ("theme", known[other]) if other in known else ("insight", other)
            fits.setdefault(place, []).append(value)
    scored = {place: _fit(connection, place, values, parted) for place, values in fits.items()}
    if not scored:
        return
    (kind, found), value = max(scored.items(), key=lambda one: (one[1], -one[0][1]))
    if value < JOINS:
        return
    if kind == "insight":
        theme_id = themes.start(connection, insight.bridge_id, say.now)
        themes.join(connection, theme_id, found, say.now)
    else:
        theme_id = found
    themes.join(connection, theme_id, insight.id, say.now)
    retitle(connection, say.team_id, theme_id)


def _fit(connection: Connection, place: tuple[str, int], values: list[float], parted: set[int]) -> float:
    """Members that share no word with the insight are unlike it, and count too."""
    kind, theme_id = place
    if kind == "insight":
        return belongs(values)
    inside = {one.id for one in themes.newest_members(connection, theme_id, MOST_MEMBERS)}
    if inside & parted:
        return 0.0
    return belongs([*values, *[0.0] * max(0, len(inside) - len(values))])


def _likely(connection: Connection, team_id: str, insight: Insight) -> dict[int, float]:
    """The earlier insights that this one may be like, and how alike they are.

    The recent ones, and older ones that share words with it; words are weighed among all of these.
    """
    own = _plain(connection, team_id, [insight])[insight.id]
    ids = set(themes.recent(connection, insight.bridge_id, insight.id, RECENT))
    ids |= set(_sharing(connection, insight.id, own))
    texts = _plain(connection, team_id, themes.candidates(connection, insight.bridge_id, ids))
    found = {one: features(text) for one, text in texts.items()}
    mine = features(own)
    weight = weights([mine, *found.values()])
    alike = {one: likeness(mine, other, weight) for one, other in found.items()}
    return {one: value for one, value in alike.items() if value}


def _sharing(connection: Connection, insight_id: int, plain_text: str) -> list[int]:
    """Older insights that share most of the words of this text, a bounded number."""
    shared: Counter[int] = Counter()
    for stem in list(content_words(plain_text))[:MOST_WORDS]:
        shared.update(
            one for one in search.newest_holding(connection, stem, MOST_HOLDERS) if one < insight_id
        )
    ordered = sorted(shared.items(), key=lambda one: (-one[1], -one[0]))
    return [one for one, _ in ordered[:MOST_SHARING]]


def _plain(connection: Connection, team_id: str, found: list[Insight]) -> dict[int, str]:
    names = names_in(connection, team_id, [one.text for one in found])
    return {one.id: slacktext.plain(one.text, names) for one in found}


def retitle(connection: Connection, team_id: str, theme_id: int) -> None:
    """Call the theme by its members' words as they are now, unless a person named it."""
    theme = themes.by_id(connection, theme_id)
    if theme is None or theme.is_named:
        return
    texts = _plain(connection, team_id, themes.newest_members(connection, theme_id, MOST_MEMBERS))
    title = best_title(texts)
    themes.call(
        connection,
        theme_id,
        title.text if title else "",
        title.insight_id if title else None,
        is_named=False,
    )


def text_changed(connection: Connection, say: Say, insight: Insight) -> None:
    """An insight's text was edited or removed: its theme is called by what is left."""
    theme = themes.of_insight(connection, insight.id)
    if theme is not None:
        retitle(connection, say.team_id, theme.id)
    elif insight.text_removed_at is None:
        place_insight(connection, say, insight)


def title_for(connection: Connection, team_id: str, theme: Theme, seen: list[Insight]) -> Title:
    """The theme's title for someone who sees only these members: in their words, or as a person named it."""
    if theme.is_named or theme.title_from_id in {one.id for one in seen}:
        return Title(theme.title, theme.title_from_id)
    title = best_title(_plain(connection, team_id, [one for one in seen if one.text_removed_at is None]))
    return title or Title("", None)
