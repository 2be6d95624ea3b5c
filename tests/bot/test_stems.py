"""Search finds a word in all its forms, in English and Russian, and the same on both databases."""

import unicodedata
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.stems import LONGEST, Query, Term, _stem, query, stems, tokens

ANY_TEXT = st.one_of(
    st.text(alphabet=st.characters()),  # lone surrogates too
    st.text(alphabet="absАбсёй'’\"“”«»*½ﬁ-. _#\u0301\u0308\u200d\u2060\u00ad123"),
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("скидка", "скидкой"),
        ("СКИДКИ", "скидка"),
        ("discount", "Discounts"),
        ("Acme", "Acme's"),
        ("Acme", "ACME’s"),
        ("елка", "ёлка"),
        ("йогурт", unicodedata.normalize("NFD", "йогурт")),
        ("café", unicodedata.normalize("NFD", "café")),
        ("office", "oﬃce"),
        ("price", "ｐｒｉｃｅ"),
        ("price", "pri\u00adce"),
        ("price", "\u2060pri\u2060ce\u2060"),
    ],
)
def test_forms_of_a_word_share_their_stem(one: str, other: str) -> None:
    assert stems(one) == stems(other)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Acme gives 25% off", ["acm", "give", "25", "off"]),
        ("O'Brien don't", ["o", "brien", "don", "t"]),
        ("snake_case CRM-система", ["snake", "case", "crm", "систем"]),
        ("½ 12,500.50", ["1", "2", "12", "500", "50"]),
        ("价格 고객", ["价格", "고객"]),
        ("'s it's", ["s", "it"]),
        ("İstanbul", ["istanbul"]),
        ("", []),
        (" … !", []),
    ],
)
def test_texts_become_stems(text: str, expected: list[str]) -> None:
    assert stems(text) == expected


def test_tokens_know_where_they_stand() -> None:
    text = "Ёлка: ½ Acme’s prices"
    assert [(token.word, text[token.start : token.end]) for token in tokens(text)] == [
        ("елка", "Ёлка"),
        ("1", "½"),
        ("2", "½"),
        ("acme", "Acme"),
        ("prices", "prices"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("discounts скидкой", Query((Term("discount"), Term("скидк")), ())),
        ('"price lists" late', Query((Term("late"),), (("price", "list"),))),
        ("“price lists”", Query((), (("price", "list"),))),
        ("«прайс-листы» цена", Query((Term("цен"),), (("прайс", "лист"),))),
        ("«прайс лист»", Query((), (("прайс", "лист"),))),
        ("„прайс лист“", Query((), (("прайс", "лист"),))),
        ('"price"', Query((Term("price"),), ())),
        ("pric*", Query((Term("pric", prefix=True),), ())),
        ("скидка*", Query((Term("скидк", prefix=True),), ())),
        ("ёл*", Query((Term("ел", prefix=True),), ())),
        ("pricing*", Query((Term("pric", prefix=True),), ())),
        ("o'brien", Query((), (("o", "brien"),))),
        ("o'bri*", Query((Term("bri", prefix=True), Term("o")), ())),
        ("2.5", Query((), (("2", "5"),))),
        ("price/quality", Query((Term("price"), Term("qualiti")), ())),
        ('unclosed "quote here', Query((Term("unclos"), Term("quot"), Term("here")), ())),
        ("price price", Query((Term("price"),), ())),
        ('* ** "" «» \'', Query((), ())),
    ],
)
def test_queries_are_read(text: str, expected: Query) -> None:
    assert query(text) == expected


@settings(max_examples=500, deadline=None)
@given(ANY_TEXT)
def test_any_text_gives_words_that_both_databases_keep_whole(text: str) -> None:
    for token in tokens(text):
        assert 0 < len(token.stem) <= LONGEST
        assert 0 < len(token.word) <= LONGEST
        assert all(unicodedata.category(letter)[0] in "LN" for letter in token.stem)
        assert 0 <= token.start < token.end <= len(text)


@settings(max_examples=500, deadline=None)
@given(ANY_TEXT)
def test_any_query_is_read(text: str) -> None:
    asked = query(text)
    assert all(term.stem for term in asked.terms)
    assert all(len(phrase) > 1 and all(phrase) for phrase in asked.phrases)


@settings(deadline=None)
@given(st.lists(st.sampled_from(["Acme", "скидкой", "prices", "25", "Deutsche", "ёлка"]), min_size=2))
def test_a_text_in_quotes_asks_for_its_own_stems(words: list[str]) -> None:
    text = " ".join(words)
    assert query(f'"{text}"').phrases == (tuple(stems(text)),)


def test_threads_do_not_meet_in_a_stemmer() -> None:
    words = [f"customers{n}ing running discounts скидками" for n in range(300)]
    expected = [stems(text) for text in words]
    _stem.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(stems, words)) == expected


def test_a_long_word_is_cut() -> None:
    assert [(token.word, token.stem) for token in tokens("a" * 5000)] == [("a" * LONGEST, "a" * LONGEST)]
    assert query("b" * 5000 + "*").terms == (Term("b" * LONGEST, prefix=True),)
