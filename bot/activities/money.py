"""Amounts, counts and rates as people write them, read exactly: minor units and Decimal, no floats."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Final

from babel.numbers import get_currency_precision

from bot.insights.details import MOST_MINOR_UNITS, read_currency, read_money

MOST_COUNTED: Final = 10**9
_SIGN: Final = re.compile(r"^\s*([-−–+])\s*")
_NOUGHT: Final = re.compile(r"\d[\d., ]*")
_COUNT: Final = re.compile(r"\d{1,10}|\d{1,3}(?:[ ,.']\d{3}){1,3}")
_RATE: Final = re.compile(r"\d{1,9}(?:[.,]\d{1,10})?")


class TooLarge(ValueError):
    """More than Frontline counts with."""


@dataclass(frozen=True)
class Money:
    """An amount in minor units of its currency; may be negative."""

    amount: int
    currency: str


def read_signed_money(text: str, default: str) -> Money:
    """«12,500», «-300 EUR», «0»: without a currency the default one is meant.

    Raises TooLarge, and ValueError where it is no amount, its currency is unknown, or it may be meant in two
    ways.
    """
    sign, rest = _signed(text)
    if _is_nought(rest):
        # A sum above nought would be read the same way; this one only must have a known currency.
        named = _NOUGHT.sub(" ", rest).strip()
        return Money(0, read_currency(named) if named else default)
    try:
        amount, currency = read_money(rest)
    except ValueError:
        if any(one.isalpha() for one in rest) and _names_currency(rest):
            raise _too_large_or(rest) from None
        try:
            amount, currency = read_money(f"{rest} {default}")
        except ValueError:
            raise _too_large_or(f"{rest} {default}") from None
    return Money(sign * amount, currency)


def read_count(text: str) -> int:
    """«12», «1,200», «-1». Raises TooLarge, ValueError."""
    sign, rest = _signed(text.replace("\xa0", " ").replace("’", "'"))
    if re.fullmatch(r"\d{11,}", rest):
        raise TooLarge(rest)
    if not _COUNT.fullmatch(rest):
        raise ValueError("no whole number")
    number = int(re.sub(r"\D", "", rest))
    if number > MOST_COUNTED:
        raise TooLarge(rest)
    return sign * number


def read_rate(text: str) -> Decimal:
    """What one unit of the other currency is worth, such as «0.9214». Raises ValueError."""
    written = text.strip()
    if not _RATE.fullmatch(written):
        raise ValueError("no rate")
    rate = Decimal(written.replace(",", "."))
    if not rate:
        raise ValueError("a rate is above nought")
    return rate


def convert(money: Money, rate: Decimal, currency: str) -> int:
    """The amount in minor units of `currency`, rounded once, half to even. Raises TooLarge."""
    shift = get_currency_precision(currency) - get_currency_precision(money.currency)
    exact = Fraction(money.amount) * Fraction(rate) * Fraction(10) ** shift
    amount = round(exact)  # Fraction rounds half to even, exactly
    if abs(amount) > MOST_MINOR_UNITS:
        raise TooLarge(str(amount))
    return amount


def typed(amount: int, currency: str) -> str:
    """An amount as `read_signed_money` reads it where that currency is the default: «12500.50»."""
    return f"{Decimal(amount).scaleb(-get_currency_precision(currency)):f}"


def to_decimal(value: Fraction, digits: int) -> Decimal:
    """The value rounded to so many decimal places, half to even."""
    scaled = round(value * 10**digits)
    return Decimal(scaled).scaleb(-digits).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN)


def _signed(text: str) -> tuple[int, str]:
    sign = _SIGN.match(text)
    rest = text[sign.end() :] if sign else text
    return (-1 if sign and sign[1] != "+" else 1), rest.strip()


def _is_nought(text: str) -> bool:
    digits = re.sub(r"\D", "", text)
    return bool(digits) and set(digits) == {"0"} and len(_NOUGHT.findall(text)) == 1


def _names_currency(text: str) -> bool:
    """Whether a word beside the number is a currency."""
    for word in re.findall(r"[^\W\d_]+", text):
        try:
            read_currency(word)
        except ValueError:
            continue
        return True
    return False


def _too_large_or(text: str) -> ValueError:
    """Why it can't be read: a number of many digits is told apart from what is no amount."""
    digits = re.sub(r"\D", "", text)
    return TooLarge(text) if len(digits) > 13 else ValueError("no amount")
