"""Amounts are read exactly, or refused: signs, noughts, huge ones, unknown currencies, rates."""

import ast
import inspect
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import activities
from bot.activities.money import (
    Money,
    TooLarge,
    convert,
    read_count,
    read_rate,
    read_signed_money,
    to_decimal,
    typed,
)
from bot.insights.details import MOST_MINOR_UNITS

CURRENCIES = {"EUR": 2, "RUB": 2, "JPY": 0, "KWD": 3}


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("12,500", 1_250_000, "EUR"),
        ("12 500,50 ₽", 1_250_050, "RUB"),
        ("80k USD", 8_000_000, "USD"),
        ("-300", -30_000, "EUR"),
        ("−300 EUR", -30_000, "EUR"),
        ("+300", 30_000, "EUR"),
        ("0", 0, "EUR"),
        ("0.00 USD", 0, "USD"),
        ("1200 JPY", 1200, "JPY"),
    ],
)
def test_amounts_are_read_as_people_write_them(text: str, amount: int, currency: str) -> None:
    assert read_signed_money(text, "EUR") == Money(amount, currency)


@pytest.mark.parametrize("text", ["", "abc", "12 or 13", "5 XYZ", "0 XYZ", "1.0051", "12 EUR USD", "--5"])
def test_what_is_no_amount_or_no_currency_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*") as problem:
        read_signed_money(text, "EUR")
    assert not isinstance(problem.value, TooLarge)


@pytest.mark.parametrize("text", ["10000000000000001 EUR", "99999999999999", "9 999 999 999 999 999"])
def test_a_huge_amount_is_told_apart(text: str) -> None:
    with pytest.raises(TooLarge):
        read_signed_money(text, "EUR")


@pytest.mark.parametrize(("text", "number"), [("12", 12), ("1,200", 1200), ("1 200", 1200), ("-1", -1)])
def test_counts(text: str, number: int) -> None:
    assert read_count(text) == number


@pytest.mark.parametrize("text", ["", "1.5", "many", "1e3", "12 EUR"])
def test_what_is_no_count(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_count(text)


@pytest.mark.parametrize("text", ["1000000001", "99999999999999999999"])
def test_a_huge_count(text: str) -> None:
    with pytest.raises(TooLarge):
        read_count(text)


@pytest.mark.parametrize("text", ["", "0", "0.0", "-1", "1e2", "nan", "1/2", "12345678901"])
def test_what_is_no_rate(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_rate(text)


def test_a_comma_is_a_rates_decimal_mark_too() -> None:
    assert read_rate("0,9214") == read_rate("0.9214") == Decimal("0.9214")


@given(
    st.integers(-(10**12), 10**12),
    st.decimals("0.0001", "1000", places=4),
    st.sampled_from(sorted(CURRENCIES)),
    st.sampled_from(sorted(CURRENCIES)),
)
def test_conversion_is_exact_and_rounded_once(amount: int, rate: Decimal, of: str, into: str) -> None:
    exact = Fraction(amount, 10 ** CURRENCIES[of]) * Fraction(rate) * 10 ** CURRENCIES[into]
    if abs(exact) > MOST_MINOR_UNITS:
        return
    converted = convert(Money(amount, of), rate, into)
    assert abs(converted - exact) <= Fraction(1, 2)
    if abs(converted - exact) == Fraction(1, 2):
        assert converted % 2 == 0


def test_a_conversion_beyond_what_can_be_counted_is_refused() -> None:
    with pytest.raises(TooLarge):
        convert(Money(MOST_MINOR_UNITS, "KWD"), Decimal(1000), "EUR")


@given(st.integers(0, MOST_MINOR_UNITS), st.sampled_from(sorted(CURRENCIES)))
def test_what_a_form_shows_is_read_back_the_same(amount: int, currency: str) -> None:
    assert read_signed_money(typed(amount, currency), currency) == Money(amount, currency)


@given(st.fractions(-(10**9), 10**9), st.integers(0, 6))
def test_rounding_keeps_within_half_a_place(value: Fraction, digits: int) -> None:
    rounded = to_decimal(value, digits)
    assert abs(Fraction(rounded) - value) <= Fraction(1, 2 * 10**digits)
    assert -int(rounded.as_tuple().exponent) == digits


def test_no_float_comes_near_money() -> None:
    """No `float` is named, no number is written with a point, no division makes one."""
    folder = Path(inspect.getfile(activities)).parent
    sources = [*folder.glob("*.py"), *folder.parent.glob("messages/activit*.py")]
    assert len(sources) > 10
    for path in sources:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            assert not (isinstance(node, ast.Name) and node.id == "float"), path
            assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), path
            assert not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)), path
