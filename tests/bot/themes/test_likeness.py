"""Which texts are alike, and what a theme is called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.analysis.embedding import embed
from bot.themes.likeness import Likeness, Said, belongs, content_words, features
from bot.themes.titles import best_title

TEXTS = st.lists(st.text(max_size=60), min_size=1, max_size=6)


def said(text: str, *, is_meant: bool = True) -> Said:
    return Said(features(text), embed(text)) if is_meant else Said(features(text))


def alike(one: str, other: str, *background: str, is_meant: bool = False) -> float:
    texts = [said(text, is_meant=is_meant) for text in (one, other, *background)]
    return Likeness(texts).to(texts[0], {1: texts[1]})[1]


@given(TEXTS)
def test_any_texts_have_a_likeness_and_it_is_mutual(texts: list[str]) -> None:
    found = [said(text, is_meant=False) for text in texts]
    likeness = Likeness(found)
    for one in found:
        for other in found:
            value = likeness.words(one.words, other.words)
            assert 0 <= value <= 1.0000001
            assert value == pytest.approx(likeness.words(other.words, one.words))
        same = likeness.words(one.words, one.words)
        assert same == pytest.approx(1.0) or same == 0


@pytest.mark.parametrize(
    ("one", "near", "far"),
    [
        ("they want a demo before christmas", "customer asks for a presentation in december", "boiler leaks"),
        (
            "у них нет денег до января",
            "бюджет заморожен, платить будут после нового года",
            "сломался принтер",
        ),
        ("the contract takes weeks to approve", "согласование договора идёт неделями", "free coffee"),
    ],
)
def test_other_words_and_the_other_language_count_by_what_they_mean(one: str, near: str, far: str) -> None:
    assert alike(one, near, far, is_meant=True) > alike(one, near, far) + 0.1
    assert alike(one, near, far, is_meant=True) > 2 * alike(one, far, near, is_meant=True)


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
