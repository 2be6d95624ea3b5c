"""Which texts are alike, and what a theme is called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.themes.likeness import belongs, content_words, features, likeness, weights
from bot.themes.titles import best_title

TEXTS = st.lists(st.text(max_size=60), min_size=1, max_size=6)


def alike(one: str, other: str, *background: str) -> float:
    weight = weights([features(text) for text in (one, other, *background)])
    return likeness(features(one), features(other), weight)


@given(TEXTS)
def test_any_texts_have_a_likeness_and_it_is_mutual(texts: list[str]) -> None:
    found = [features(text) for text in texts]
    weight = weights(found)
    for one in found:
        for other in found:
            value = likeness(one, other, weight)
            assert 0 <= value <= 1.0000001
            assert value == pytest.approx(likeness(other, one, weight))
        assert likeness(one, one, weight) == pytest.approx(1.0 if one and any(weight[f] for f in one) else 0)


@pytest.mark.parametrize(
    ("one", "near", "far"),
    [
        ("invoice pdf comes out blank", "blank PDFs for invoices again", "orbit gives 25% off"),
        ("скидка 25% у конкурента", "конкурент дал скидки 25", "акт не подписали"),
        ("exports to excel hang", "excel exprot hangs forever", "they want a case study"),
    ],
)
def test_word_forms_and_slips_count(one: str, near: str, far: str) -> None:
    assert alike(one, near, far) > 2 * alike(one, far, near)
    assert alike(one, near, far) > 0.2


def test_common_words_say_nothing() -> None:
    assert content_words("they say that it is just the same for us") == {}
    assert alike("they say it is for us", "it is what they said to us") == 0


def test_an_insight_fits_by_its_nearest_and_by_all() -> None:
    assert belongs([]) == 0
    assert belongs([0.5]) == pytest.approx(0.5)
    assert belongs([0.5, 0.5]) > belongs([0.5, 0.1]) > belongs([0.3, 0.1])


def test_a_title_is_what_one_says_and_others_mean() -> None:
    title = best_title(
        {
            7: "hi all, orbit gives 25% discounts until new year, seen at Hartmann",
            9: "discounts of 25% at Orbit again",
            11: "orbit: 25 percent discount!!",
        }
    )
    assert title is not None
    assert title.insight_id in {7, 9, 11}
    words = set(content_words(title.text))
    assert {"orbit", "25", "discount"} <= words
    assert "Hartmann" not in title.text


@given(st.dictionaries(st.integers(1, 9), st.text(max_size=80), max_size=5))
def test_any_texts_have_a_title_of_their_own_words_or_none(texts: dict[int, str]) -> None:
    title = best_title(texts)
    if title is None:
        assert not any(content_words(text) for text in texts.values())
    else:
        assert title.insight_id is not None and title.text in texts[title.insight_id]
        assert "\n" not in title.text and len(title.text) <= 70
