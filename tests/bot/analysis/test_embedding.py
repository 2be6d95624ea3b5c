"""What a text means, as a vector: the same each time, near what means the same, quickly and of any text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.analysis.embedding import DIMENSIONS, MOST_TEXT, WORDLESS, embed, similarities

PRICE = "the customer says it is too expensive"


@pytest.mark.parametrize(
    ("near", "far"),
    [
        ("they think our price is too high", "the lift in building two is being repaired"),
        ("клиенту слишком дорого", "лифт во втором корпусе ремонтируют"),
    ],
)
def test_what_means_the_same_lies_near(near: str, far: str) -> None:
    to_near, to_far = similarities(embed(PRICE), [embed(near), embed(far)])
    assert to_near > to_far + 0.25


def test_a_text_is_as_near_as_can_be_to_itself() -> None:
    assert similarities(embed(PRICE), [embed(PRICE)]) == [pytest.approx(1.0)]
    assert similarities(embed(PRICE), []) == []


@pytest.mark.parametrize("text", ["", "  ", "!!! …", "<@U0123>", "```SELECT 1```", "<https://example.com|>"])
def test_a_text_without_words_is_like_nothing(text: str) -> None:
    assert embed(text) == WORDLESS
    assert similarities(embed(text), [embed(PRICE), embed(text)]) == [0.0, 0.0]


def test_mentions_links_and_code_say_nothing() -> None:
    assert embed(f"<@U0123> {PRICE} `x = 1` <https://example.com>") == embed(PRICE)


def test_only_the_beginning_of_a_long_text_is_read() -> None:
    long = "price " * MOST_TEXT
    assert embed(long + "tail") == embed(long + "other")


@given(st.text(max_size=300))
@settings(deadline=None)
def test_any_text_has_an_embedding(text: str) -> None:
    found = embed(text)
    assert len(found) == DIMENSIONS
    assert found == WORDLESS or similarities(found, [found]) == [pytest.approx(1.0)]
