"""What a form says beside the text: customer, competitors, product, urgency, deal value, note."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from babel.numbers import get_currency_precision, list_currencies

from bot.errors import FormError
from bot.gestures import FormState
from bot.i18n import N_, Message
from bot.ids import Field

MOST_NAME: Final = 200
MOST_COMPETITORS: Final = 10
MOST_MINOR_UNITS: Final = 10**15
_LONGEST_NUMBER: Final = 25  # characters; Decimal counts exactly up to 28 digits

# A sign that several currencies share means the one it stands for most often; «kr» and «rs» are anyone's.
_CURRENCIES: Final = {
    word: code
    for code, words in {
        "EUR": "€ euro euros евро",
        "USD": "$ us$ dollar dollars доллар доллара доллары долларов долл",
        "GBP": "£ pound pounds фунт фунта фунты фунтов",
        "RUB": "₽ р руб рубль рубля рубли рублей",
        "JPY": "¥ yen иена иены иен",
        "UAH": "₴ грн гривна гривны гривен",
        "KZT": "₸ тг тенге",
        "PLN": "zł zl злотый злотых",
        "CZK": "kč",
        "CHF": "fr",
        "TRY": "₺",
        "INR": "₹",
        "ILS": "₪",
        "KRW": "₩",
        "GEL": "₾",
        "AMD": "֏",
        "BRL": "r$",
        "CAD": "c$ ca$",
        "AUD": "a$ au$",
    }.items()
    for word in words.split()
}
_SCALES: Final = {
    word: scale
    for scale, words in {
        1_000: "k к т тыс тысяча тысячи тысяч thousand tsd",
        1_000_000: "m м mn mln mio млн миллион миллиона миллионов million",
        1_000_000_000: "bn mrd млрд миллиард миллиарда миллиардов billion",
    }.items()
    for word in words.split()
}
_NO_CURRENCIES: Final = frozenset({"XXX", "XTS"})  # ISO 4217: none, and a test's

_NO_CENTS: Final = re.compile(r"[.,][-–—]+(?!\s*\d)")  # «12.500,– €»
_DEAL: Final = re.compile(r"(?P<before>\D*?)(?P<number>\d(?:[\d.,' ]*\d)?)(?P<after>\D*)")
_WORD: Final = re.compile(r"\s*(?P<word>[^\W\d_]*\$|[^\W\d_]+\.?|[^\w\s.,])\s*")
# Groups of three with one kind of mark, or as in India; the decimal mark is another one.
_NUMBER: Final = re.compile(
    r"(?P<whole>[1-9]\d{0,2}(?P<mark>[.,' ])\d{3}(?:(?P=mark)\d{3})*"
    r"|[1-9]\d?(?P<pairs>[, ])\d{2}(?:(?P=pairs)\d{2})*(?P=pairs)\d{3}"
    r"|\d+)(?:(?!(?P=mark)|(?P=pairs))[.,](?P<decimals>\d+))?"
)
_EITHER: Final = re.compile(r"[1-9]\d*[.,]\d{3}")  # one mark: thousands or decimals


def read_details(form: FormState) -> dict[str, Any]:
    """The insight's columns that the form fills. Raises FormError with a sentence for each wrong field."""
    faults: dict[str, Message] = {}
    values: dict[str, Any] = {
        "customer": _name(form, Field.CUSTOMER, faults),
        "product": _name(form, Field.PRODUCT, faults),
        "note": form.text(Field.NOTE),
        "is_urgent": "urgent" in form.options(Field.URGENT),
    }
    rivals = values["competitors"] = different_names(form.text(Field.COMPETITORS) or "")
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


def different_names(names: str) -> list[str]:
    """The names in the order and spelling in which each came first."""
    found: dict[str, str] = {}
    for part in re.split(r"[,;\n]", names):
        if name := part.strip():
            found.setdefault(name.casefold(), name)
    return list(found.values())


def read_money(text: str) -> tuple[int, str]:
    """An amount in minor units and its currency, forgiving about how people write them.

    Raises ValueError where either is missing, unknown, too large, finer than the currency's minor unit, or
    may be meant in two ways.
    """
    written = " ".join(_NO_CENTS.sub(" ", text.replace("’", "'")).lower().split()).rstrip(" .")
    match = _DEAL.fullmatch(written)
    if match is None:
        raise ValueError("no number, or several")
    before, after = _words(match["before"]), _words(match["after"])
    scale = _SCALES[after.pop(0)] if after and after[0] in _SCALES else 1
    currencies = {_currency(word) for word in (*before, *after)}
    if len(currencies) != 1 or max(len(before), len(after)) > 1:
        raise ValueError("no currency, or too many words")
    currency = currencies.pop()
    precision = get_currency_precision(currency)
    exact = (_decimal(match["number"], scale, precision) * scale).scaleb(precision)
    if exact != exact.to_integral_value() or not 0 < exact <= MOST_MINOR_UNITS:
        raise ValueError("not an amount")
    return int(exact), currency


def read_currency(text: str) -> str:
    """The currency that a sign, code or word stands for. Raises ValueError where it is unknown."""
    return _currency(text.strip().lower().rstrip("."))


def _words(written: str) -> list[str]:
    """Words and signs, without full stops; a scale apart from the currency that it is glued to: «80keur»."""
    words: list[str] = []
    at = 0
    while at < len(written):
        match = _WORD.match(written, at)
        if match is None:
            raise ValueError("neither words nor signs")
        at = match.end()
        words += _apart(match["word"].rstrip("."))
    return words


def _apart(word: str) -> list[str]:
    if _code(word) is None:
        for end in range(1, len(word)):
            scale, rest = word[:end], word[end:]
            is_letter = len(rest) == 1 and rest.isalpha()  # «кр» is no thousand roubles
            if scale in _SCALES and _code(rest) and not is_letter:
                return [scale, rest]
    return [word]


def _code(word: str) -> str | None:
    code = _CURRENCIES.get(word, word.upper())
    return code if code in list_currencies() and code not in _NO_CURRENCIES else None


def _currency(word: str) -> str:
    code = _code(word)
    if code is None:
        raise ValueError("unknown currency")
    return code


def _decimal(number: str, scale: int, precision: int) -> Decimal:
    """«12,500.50», «12.500,50», «12 500», «12'500», «12,50,000».

    Three digits behind the only mark are thousands. Behind a point they are decimals where the currency has
    three (`precision`): so the form writes them. Before «million» nobody can tell.
    """
    match = _NUMBER.fullmatch(number)
    if match is None or len(number) > _LONGEST_NUMBER:
        raise ValueError("digits in no known groups")
    if _EITHER.fullmatch(number):
        if precision == 3 and "." in number:
            return Decimal(number)
        if scale > 1 or not match["mark"]:
            raise ValueError("an amount that may be meant in two ways")
    whole = re.sub(r"\D", "", match["whole"])
    return Decimal(f"{whole}.{match['decimals'] or 0}")


def changed_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The names of the fields whose values differ."""
    return sorted(name for name in after if before.get(name) != after[name])
