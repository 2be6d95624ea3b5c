"""What a form says beside the text: customer, competitors, product, urgency, deal value, note."""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from babel.numbers import get_currency_precision, list_currencies

from bot.errors import FormError
from bot.gestures import FormState
from bot.i18n import N_, Message
from bot.ids import Field

MOST_NAME: Final = 200
MOST_NOTE: Final = 3000
MOST_COMPETITORS: Final = 10
MOST_MINOR_UNITS: Final = 10**15

_SYMBOLS: Final = {
    "€": "EUR",
    "$": "USD",
    "£": "GBP",
    "₽": "RUB",
    "руб": "RUB",
    "руб.": "RUB",
    "¥": "JPY",
    "₴": "UAH",
    "₸": "KZT",
    "zł": "PLN",
    "₺": "TRY",
    "₹": "INR",
}
_SCALES: Final = {
    "k": 1_000,
    "к": 1_000,
    "тыс": 1_000,
    "тыс.": 1_000,
    "m": 1_000_000,
    "mn": 1_000_000,
    "м": 1_000_000,
    "млн": 1_000_000,
    "млн.": 1_000_000,
}
_DEAL = re.compile(r"(?P<before>[^\d\s.,+-]*)\s*(?P<number>\d[\d\s.,'\u00a0\u202f]*)\s*(?P<after>.*)")


def read_details(form: FormState) -> dict[str, Any]:
    """The insight's columns that the form fills. Raises FormError with a sentence for each wrong field."""
    faults: dict[str, Message] = {}
    values: dict[str, Any] = {
        "customer": _name(form, Field.CUSTOMER, faults),
        "product": _name(form, Field.PRODUCT, faults),
        "note": form.text(Field.NOTE),
        "is_urgent": "urgent" in form.options(Field.URGENT),
    }
    rivals = [
        part.strip() for part in re.split(r"[,;\n]", form.text(Field.COMPETITORS) or "") if part.strip()
    ]
    values["competitors"] = list(dict.fromkeys(rivals))
    if len(rivals) > MOST_COMPETITORS or any(len(rival) > MOST_NAME for rival in rivals):
        faults[Field.COMPETITORS] = N_("At most 10 names, separated by commas, each up to 200 characters.")
    deal = form.text(Field.DEAL)
    try:
        values["deal_amount"], values["deal_currency"] = read_money(deal) if deal else (None, None)
    except ValueError:
        faults[Field.DEAL] = N_("Write an amount and a currency, as in 12,500 EUR or 80k USD.")
    if faults:
        raise FormError(faults)
    return values


def _name(form: FormState, block: Field, faults: dict[str, Message]) -> str | None:
    name = form.text(block)
    if name and len(name) > MOST_NAME:
        faults[block] = N_("At most 200 characters.")
    return name


def read_money(text: str) -> tuple[int, str]:
    """An amount in minor units and its currency, forgiving about how people write them.

    Raises ValueError where either is missing, unknown, too large, or finer than the currency's minor unit.
    """
    match = _DEAL.fullmatch(text.strip())
    if match is None:
        raise ValueError("no number")
    words = [word.lower() for word in (match["before"], *match["after"].split()) if word]
    scale, currency = 1, None
    for word in words:
        if word in _SCALES and scale == 1:
            scale = _SCALES[word]
        elif currency is None:
            currency = _currency(word)
        else:
            raise ValueError("too many words")
    if currency is None:
        raise ValueError("no currency")
    exact = (_decimal(match["number"]) * scale).scaleb(get_currency_precision(currency))
    if exact != exact.to_integral_value() or not 0 < exact <= MOST_MINOR_UNITS:
        raise ValueError("not an amount")
    return int(exact), currency


def _currency(word: str) -> str:
    code = _SYMBOLS.get(word, word.upper())
    if code not in list_currencies():
        raise ValueError("unknown currency")
    return code


def _decimal(number: str) -> Decimal:
    """«12,500.50», «12.500,50», «12 500»: the last mark is a decimal one unless three digits follow it."""
    digits = re.sub(r"[\s'\u00a0\u202f]", "", number)
    marks = re.findall(r"[.,]", digits)
    if marks:
        head, tail = digits[: digits.rindex(marks[-1])], digits[digits.rindex(marks[-1]) + 1 :]
        is_decimal = len(tail) in (1, 2) and (marks.count(marks[-1]) == 1)
        if not is_decimal and len(tail) != 3:
            raise ValueError("not an amount")
        digits = re.sub(r"[.,]", "", head) + ("." if is_decimal else "") + tail
    try:
        return Decimal(digits)
    except InvalidOperation as problem:
        raise ValueError("not an amount") from problem


def changed_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The names of the fields whose values differ."""
    return sorted(name for name in after if before.get(name) != after[name])
