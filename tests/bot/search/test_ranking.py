"""Relevance and freshness rank as docs/search.md promises, in both languages and on both databases.

How much each counts is not asked here, only which way: the rest is the formula's own business.
"""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.insights.capture import Capture, store_insight
from bot.search.ranking import score
from bot.stems import query
from storage.database import Database
from tests.bot.search.test_search import found
from tests.stage import Stage, make_stage
from tests.support import ANNA, MONDAY, SALES, say

# What is asked, one form of the word and another of it, and words that are not asked for.
LANGUAGES = {
    "en": (
        "discount",
        "discounts",
        "discounted",
        ["fair", "stand", "leaflet", "truck", "invoice", "printer"],
    ),
    "ru": ("скидка", "скидку", "скидками", ["ярмарка", "стенд", "листовка", "грузовик", "счёт", "принтер"]),
}
SPOKEN = pytest.mark.parametrize("language", LANGUAGES)
counts = st.integers(1, 40)
ages = st.floats(0, 2_000)


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database)


def tell(stage: Stage, *texts: tuple[str, float]) -> None:
    """Store texts, each so many days old, numbered from 1."""
    for text, days in texts:
        at = MONDAY - timedelta(days=days)
        more: dict[str, Any] = {"details": {"created_at": at}}
        capture = Capture(
            source="command",
            text=text,
            reporter_id=ANNA,
            author_id=ANNA,
            said_at=at,
            channel_id=SALES,
            **more,
        )
        with stage.services.db.writing() as connection:
            store_insight(connection, say(stage.services, connection), stage.bridge, capture)


def long(words: list[str], length: int) -> str:
    """So many different words that nobody asks for."""
    return " ".join(f"{words[number % len(words)]}{number}" for number in range(length))


@SPOKEN
def test_of_equal_relevance_the_newer_comes_first(stage: Stage, language: str) -> None:
    asked, word, other, _more = LANGUAGES[language]
    tell(stage, (f"{word} 1", 50), (f"{other} 2", 2), (f"{word} 3", 400), (f"{other} 4", 30))
    assert found(stage, asked) == [2, 4, 1, 3]


@SPOKEN
def test_of_equal_age_the_shorter_text_comes_first(stage: Stage, language: str) -> None:
    asked, word, other, more = LANGUAGES[language]
    tell(
        stage,
        (f"{word} {long(more, 300)}", 5),
        (f"{other} {long(more, 5)}", 5),
        (f"{word} {long(more, 90)}", 5),
    )
    assert found(stage, asked) == [2, 3, 1]


@SPOKEN
def test_of_equal_age_what_says_it_more_often_comes_first(stage: Stage, language: str) -> None:
    asked, word, other, more = LANGUAGES[language]
    tell(
        stage,
        (f"{word} {more[0]}", 5),
        (f"{word} {other} {word} {more[0]}", 5),
        (f"{other} {word} {more[0]}", 5),
    )
    assert found(stage, asked) == [2, 3, 1]


@SPOKEN
def test_saying_it_very_often_does_not_outweigh_a_second_word(stage: Stage, language: str) -> None:
    """The fiftieth occurrence says hardly anything; both words four times each say more."""
    asked, word, _other, more = LANGUAGES[language]
    both = f"{asked} {more[1]}"
    tell(stage, (f"{(word + ' ') * 50} {more[1]}", 5), (f"{word} {more[1]} " * 4, 5))
    assert found(stage, both) == [2, 1]


@SPOKEN
def test_what_is_much_older_falls_behind_though_it_says_it_more_often(stage: Stage, language: str) -> None:
    asked, word, _other, more = LANGUAGES[language]
    tell(stage, (f"{(word + ' ') * 3} {more[0]}", 720), (f"{word} {more[0]}", 0))
    assert found(stage, asked) == [2, 1]
    assert found(stage, f"{asked} {more[0]}") == [2, 1]


def worth(language: str, often: int, others: int, age: float) -> float:
    """What a text is worth that says the word so often, among so many others, at that age in days."""
    asked = query(LANGUAGES[language][0])
    counted = {asked.terms[0].stem: often, **{f"other{number}": 1 for number in range(others)}}
    return score(counted, asked, MONDAY - timedelta(days=age), MONDAY)


@SPOKEN
@settings(max_examples=60, deadline=None)
@given(
    often=counts, more=counts, others=st.integers(0, 300), longer=counts, age=ages, older=st.floats(1, 900)
)
def test_each_counts_its_way_whatever_the_others_are(
    language: str, often: int, more: int, others: int, longer: int, age: float, older: float
) -> None:
    here = worth(language, often, others, age)
    assert here > 0
    assert worth(language, often + more, others, age) > here
    assert worth(language, often, others + longer, age) <= here
    assert worth(language, often, others, age + older) < here
    # Each further occurrence adds less than the one before.
    one, two, three = (worth(language, often + step, others, age) for step in (0, 1, 2))
    assert three - two < two - one
    # A newer text of the same relevance keeps its lead, however time passes.
    assert worth(language, often, others, age + older + 30) < worth(language, often, others, age + 30)
