"""A new insight joins the theme that it belongs to, or stands alone until another says the same.

Where it belongs is decided without keeping any writer waiting, and carried out if what the decision rests on
still stands.

Candidates come from the full-text index, a bounded number for each word, so that the cost does not grow with
what is stored. All of it is deterministic: the same history gives the same themes.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from sqlalchemy import Connection

from bot import slacktext
from bot.analysis.embedding import WORDLESS
from bot.insights.words import names_in
from bot.say import Say
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
from storage import embeddings, search, theme_queue, themes
from storage.insights import Insight
from storage.rows import lock
from storage.themes import Theme, Worded

RECENT: Final = 250  # insights before it, that a new one is compared with
MOST_WORDS: Final = 40  # of an insight, that older ones are looked up by
MOST_HOLDERS: Final = 100  # the newest that hold a word
MOST_SHARING: Final = 50  # older ones that share most words
MOST_MEMBERS: Final = 20  # the newest, that a theme is compared and titled by
MOST_TRIES: Final = 5  # of deciding anew at once, because what a decision rested on has changed


@dataclass(frozen=True)
class Decision:
    """Where an insight belongs, as things were when it was decided."""

    like_id: int | None = None  # the earlier one that says nearly the same
    joins: bool = False  # False: it stands alone
    theme_id: int | None = None  # None: a theme that begins with it
    alone: frozenset[int] = frozenset()  # earlier ones that belonged nowhere and join too
    absorbs: tuple[int, ...] = ()  # themes that turn out to be about the same thing
    rests_on: Mapping[int, Theme] = field(default_factory=dict)  # the themes as they were


def place_insight(connection: Connection, say: Say, insight: Insight) -> None:
    """Let an insight that belongs nowhere yet join the theme it belongs to, all in this transaction.

    Where others commit again and again what that rested on, it waits for its theme as a new one does.
    """
    lock(connection, "themes", str(insight.bridge_id))
    for _try in range(MOST_TRIES):
        if carry_out(connection, say, insight, decide(connection, say.team_id, insight)):
            return
    theme_queue.add(connection, insight.id, insight.bridge_id, say.real, tells=False)


def decide(connection: Connection, team_id: str, insight: Insight) -> Decision:
    """Find where an insight belongs. It only reads, and takes long: no other writer need wait for it."""
    if insight.text_removed_at is not None:
        return Decision()
    likely = _Likely(connection, team_id, insight)
    nearest = max(likely.values.items(), key=lambda one: (one[1], -one[0]), default=None)
    like_id = nearest[0] if nearest is not None and nearest[1] >= NEARLY_THE_SAME else None
    places = _fitting(connection, likely, themes.parted_from(connection, insight.id))
    if not places:
        return Decision(like_id)
    known = themes.by_ids(connection, [one.theme_id for one in places if one.theme_id is not None])
    here, *others = places
    joined = [here]
    members = _newest({insight.id: likely.own, **here.members})
    for other in others:
        # What people named or took apart stays as it is.
        kept = [known[one.theme_id].is_kept for one in (here, other) if one.theme_id is not None]
        if not likely.are_one(members, other.members) or (other.theme_id is not None and any(kept)):
            continue
        if themes.are_parted(connection, other.members, members):
            continue
        joined.append(other)
        members = _newest({**members, **other.members})
    theme_ids = sorted(one.theme_id for one in joined if one.theme_id is not None)
    return Decision(
        like_id,
        joins=True,
        theme_id=theme_ids[0] if theme_ids else None,  # the elder takes the others in
        alone=frozenset(chain.from_iterable(one.members for one in joined if one.theme_id is None)),
        absorbs=tuple(theme_ids[1:]),
        rests_on={one: known[one] for one in theme_ids},
    )


def carry_out(connection: Connection, say: Say, insight: Insight, decision: Decision) -> bool:
    """Let the insight belong there, while the bridge's themes are held.

    False: what it rests on has changed since, and nothing is done; decide anew.
    """
    near = set(decision.alone) | ({decision.like_id} if decision.like_id is not None else set())
    if len(themes.candidates(connection, insight.bridge_id, near)) < len(near):
        return False
    if themes.by_ids(connection, decision.rests_on) != decision.rests_on:
        return False
    if themes.themes_of(connection, {*decision.alone, insight.id}):
        return False
    if decision.like_id is not None:
        themes.note_likeness(connection, insight.id, decision.like_id)
    if decision.joins:
        _join(connection, say, insight, decision)
    return True


def _join(connection: Connection, say: Say, insight: Insight, decision: Decision) -> None:
    theme_id = decision.theme_id or themes.start(connection, insight.bridge_id, say.now)
    for one in sorted({*decision.alone, insight.id}):
        themes.join(connection, theme_id, one, say.now)
    for other_id in decision.absorbs:
        themes.absorb(connection, theme_id, other_id, say.now)
    retitle(connection, say.team_id, theme_id)


@dataclass(frozen=True)
class _Place:
    """A theme, or an insight without one (None), and its newest members."""

    theme_id: int | None
    members: Mapping[int, Said]


def _newest(members: Mapping[int, Said]) -> dict[int, Said]:
    """Those that a theme is compared by."""
    return {one: members[one] for one in sorted(members, reverse=True)[:MOST_MEMBERS]}


class _Likely:
    """The earlier insights that one may be like, and how alike they are: the recent ones, and older ones that
    share words with it.
    """

    def __init__(self, connection: Connection, team_id: str, insight: Insight) -> None:
        self._connection = connection
        self._team_id = team_id
        plain = _plain(connection, team_id, [insight])[insight.id]
        ids = set(themes.recent(connection, insight.bridge_id, insight.id, RECENT))
        ids |= set(_sharing(connection, insight.id, plain))
        self._said = self._read(themes.candidates(connection, insight.bridge_id, ids))
        meant = embeddings.of(connection, [insight.id])
        self.own = Said(features(plain), meant.get(insight.id, WORDLESS))
        self._likeness = Likeness([*self._said.values(), self.own])
        self.values = self._likeness.to(self.own, self._said)

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
        return belongs(self._likeness.to(self.own, place.members).values())

    def are_one(self, members: Mapping[int, Said], others: Mapping[int, Said]) -> bool:
        """Whether both are about the same thing."""
        pairs = [self._likeness.to(one, others).values() for one in members.values()]
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
    """Call the theme by its members' words as they are now, unless a person named it.

    While the bridge's themes are held: nobody else gives it a title meanwhile.
    """
    theme = themes.by_id(connection, theme_id)
    if theme is None or theme.is_named:
        return
    texts = _plain(connection, team_id, themes.newest_members(connection, theme_id, MOST_MEMBERS))
    title = best_title(texts)
    themes.call(connection, theme_id, title.text if title else "", title.insight_id if title else None)


def text_changed(connection: Connection, say: Say, insight: Insight) -> None:
    """An insight's text was edited or removed: its theme is no longer called by it.

    What it is called instead is found by whoever works on the queue, who holds the bridge's themes: one who
    gives it a title at this moment does not see the new text yet. To wait for the themes here, where a
    message is held, could last for ever: whoever erases many messages holds the themes first.
    """
    theme_queue.add(connection, insight.id, insight.bridge_id, say.real, tells=False)
    themes.forget_words(connection, insight.id)


def title_for(connection: Connection, team_id: str, theme: Theme, seen: Sequence[int]) -> Title:
    """The theme's title for someone who sees only these members: in their words, or as a person named it.

    `seen`: ids of those that have words, newest first.
    """
    if theme.is_named or theme.title_from_id in set(seen):
        return Title(theme.title, theme.title_from_id)
    worded = themes.candidates(connection, theme.bridge_id, seen[:MOST_MEMBERS])
    return best_title(_plain(connection, team_id, worded)) or Title("", None)
