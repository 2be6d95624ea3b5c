"""A new insight joins the theme that it belongs to, or stands alone until another says the same.

Candidates come from the full-text index, a bounded number for each word, so that the cost does not grow with
what is stored. All of it is deterministic: the same history gives the same themes.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from sqlalchemy import Connection

from bot import slacktext
from bot.analysis.embedding import WORDLESS
from bot.insights.words import names_in
from bot.outbox import Say
from bot.themes.likeness import (
    BRINGS_TOGETHER,
    JOINS,
    NEARLY_THE_SAME,
    Likeness,
    Said,
    belongs,
    content_words,
    features,
)
from bot.themes.titles import Title, best_title
from storage import search, themes
from storage.insights import Insight
from storage.rows import lock
from storage.themes import Theme, Worded

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
    likely = _Likely(connection, say.team_id, insight)
    nearest = max(likely.values.items(), key=lambda one: (one[1], -one[0]), default=None)
    if nearest is not None and nearest[1] >= NEARLY_THE_SAME:
        themes.note_likeness(connection, insight.id, nearest[0])
    places = _fitting(connection, likely, themes.parted_from(connection, insight.id))
    if not places:
        return
    first, *others = places
    theme_id = first.theme_id or themes.start(connection, insight.bridge_id, say.now)
    for one in (*first.members, insight.id):
        themes.join(connection, theme_id, one, say.now)
    for other in others:
        theme_id = _bring_together(connection, say, likely, theme_id, other)
    retitle(connection, say.team_id, theme_id)


@dataclass(frozen=True)
class _Place:
    """A theme, or an insight without one (None), and its newest members."""

    theme_id: int | None
    members: Mapping[int, Said]


class _Likely:
    """The earlier insights that one may be like, and how alike they are: the recent ones, and older ones that
    share words with it.
    """

    def __init__(self, connection: Connection, team_id: str, insight: Insight) -> None:
        self._connection = connection
        self._team_id = team_id
        own = _plain(connection, team_id, [insight])[insight.id]
        ids = set(themes.recent(connection, insight.bridge_id, insight.id, RECENT))
        ids |= set(_sharing(connection, insight.id, own))
        self._said = self._read(themes.candidates(connection, insight.bridge_id, {*ids, insight.id}))
        self._likeness = Likeness(self._said.values())
        self._own = self._said.pop(insight.id, Said(features(own)))
        self.values = self._likeness.to(self._own, self._said)

    def place(self, theme_id: int) -> _Place:
        """A theme with its newest members, also those that were not thought of."""
        members = themes.newest_members(self._connection, theme_id, MOST_MEMBERS)
        self._said |= self._read([one for one in members if one.id not in self._said])
        return _Place(theme_id, {one.id: self._said[one.id] for one in members})

    def alone(self, insight_id: int) -> _Place:
        """An insight that belongs to no theme."""
        return _Place(None, {insight_id: self._said[insight_id]})

    def fit(self, place: _Place) -> float:
        """How well the insight fits there."""
        return belongs(self._likeness.to(self._own, place.members).values())

    def are_one(self, place: _Place, other: _Place) -> bool:
        """Whether the members of both are about the same thing."""
        pairs = [self._likeness.to(one, other.members).values() for one in place.members.values()]
        return belongs(chain.from_iterable(pairs)) >= BRINGS_TOGETHER

    def _read(self, found: Sequence[Worded]) -> dict[int, Said]:
        texts = _plain(self._connection, self._team_id, found)
        return {one.id: Said(features(texts[one.id]), one.vector or WORDLESS) for one in found}


def _fitting(connection: Connection, likely: _Likely, parted: set[int]) -> list[_Place]:
    """Where the insight fits, the best first; never beside what people took it from."""
    # What is less than that like the nearest member is still less like all of them.
    near = [one for one, value in likely.values.items() if value >= JOINS]
    known = themes.themes_of(connection, near)
    places = [likely.place(one) for one in sorted(set(known.values()))]
    places += [likely.alone(one) for one in sorted(near) if one not in known]
    scored = [(likely.fit(one), one) for one in places if not parted & one.members.keys()]
    return [place for fit, place in sorted(scored, key=lambda one: -one[0]) if fit >= JOINS]


def _bring_together(connection: Connection, say: Say, likely: _Likely, theme_id: int, other: _Place) -> int:
    """The insight fits a second place too: if both are about the same thing, the elder takes the other in.

    What people named or took apart stays as it is. Gives the theme that the insight belongs to.
    """
    here = likely.place(theme_id)
    if not likely.are_one(here, other) or _are_apart(connection, here, other):
        return theme_id
    if other.theme_id is None:
        for one in other.members:
            themes.join(connection, theme_id, one, say.now)
        return theme_id
    stays, goes = sorted((theme_id, other.theme_id))
    for member in themes.members(connection, goes):
        themes.join(connection, stays, member.id, say.now)
    themes.remove(connection, goes)
    return stays


def _are_apart(connection: Connection, here: _Place, other: _Place) -> bool:
    for place in (here, other):
        theme = None if place.theme_id is None else themes.by_id(connection, place.theme_id)
        if other.theme_id is not None and theme is not None and (theme.is_named or theme.is_decided):
            return True
    return any(themes.parted_from(connection, one) & here.members.keys() for one in other.members)


def _sharing(connection: Connection, insight_id: int, plain_text: str) -> list[int]:
    """Older insights that share most of the words of this text, a bounded number."""
    shared: Counter[int] = Counter()
    for stem in list(content_words(plain_text))[:MOST_WORDS]:
        shared.update(
            one for one in search.newest_holding(connection, stem, MOST_HOLDERS) if one < insight_id
        )
    ordered = sorted(shared.items(), key=lambda one: (-one[1], -one[0]))
    return [one for one, _ in ordered[:MOST_SHARING]]


def _plain(connection: Connection, team_id: str, found: Sequence[Worded | Insight]) -> dict[int, str]:
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
