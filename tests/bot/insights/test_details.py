"""What a form says beside the text: money as people write it, and a sentence for each wrong field."""

import contextlib

import pytest
from babel.numbers import list_currencies
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import FormError
from bot.gestures import FormState
from bot.ids import Field
from bot.insights.details import MOST_MINOR_UNITS, changed_fields, read_details, read_money
from bot.messages.insight_forms import plain_money


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12,500 EUR", (1_250_000, "EUR")),
        ("12.500 EUR", (1_250_000, "EUR")),
        ("12 500 eur", (1_250_000, "EUR")),
        ("12\u00a0500\u202fEUR", (1_250_000, "EUR")),
        ("12'500 CHF", (1_250_000, "CHF")),
        ("CHF 12’500.–", (1_250_000, "CHF")),
        ("12.500,- €", (1_250_000, "EUR")),
        ("12,500.50 USD", (1_250_050, "USD")),
        ("12.500,50 EUR", (1_250_050, "EUR")),
        ("12 500,50 руб.", (1_250_050, "RUB")),
        ("1.234.567,8 EUR", (123_456_780, "EUR")),
        ("12,34,567 INR", (123_456_700, "INR")),
        ("12.5 EUR", (1_250, "EUR")),
        ("0,500 EUR", (50, "EUR")),
        ("€12.5k", (1_250_000, "EUR")),
        ("80k USD", (8_000_000, "USD")),
        ("80K€", (8_000_000, "EUR")),
        ("80kEUR", (8_000_000, "EUR")),
        ("$80k USD", (8_000_000, "USD")),
        ("2M$", (200_000_000, "USD")),
        ("US$ 5,000", (500_000, "USD")),
        ("R$ 5.000,00", (500_000, "BRL")),
        ("1.25 million euros", (125_000_000, "EUR")),
        ("3 bn JPY", (3_000_000_000, "JPY")),
        ("1 250 k EUR", (125_000_000, "EUR")),
        ("12,500 EUR.", (1_250_000, "EUR")),
        ("1,5 млн руб.", (150_000_000, "RUB")),
        ("1,5 миллиона рублей", (150_000_000, "RUB")),
        ("500 тыс. руб", (50_000_000, "RUB")),
        ("500 тыс.руб.", (50_000_000, "RUB")),
        ("500 т.р.", (50_000_000, "RUB")),
        ("500т₽", (50_000_000, "RUB")),
        ("80 тысяч долларов", (8_000_000, "USD")),
        ("80к евро", (8_000_000, "EUR")),
        ("2 млрд ₽", (200_000_000_000, "RUB")),
        ("100 тенге", (10_000, "KZT")),
        ("500 грн", (50_000, "UAH")),
        ("500 zł", (50_000, "PLN")),
        ("100 JPY", (100, "JPY")),
        ("12.500 KWD", (12_500, "KWD")),  # three decimals, as the form shows it
        ("12,500 KWD", (12_500_000, "KWD")),
        ("0.001 KWD", (1, "KWD")),
    ],
)
def test_amounts_as_people_write_them(text: str, expected: tuple[int, str]) -> None:
    assert read_money(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "EUR",
        "12500",
        "80k",
        "a lot",
        "5 EUR USD",
        "$5 EUR",
        "5 EUR EUR EUR",
        "5 kr",  # Danish, Norwegian, Swedish …
        "500 кр",
        "5 XXX",
        "5 apples",
        "12.505 EUR each",
        "10-20k EUR",
        "10 EUR or 20 EUR",
        "-5 EUR",
        "+5 EUR",
        ".5m USD",
        "0 EUR",
        "0.001 EUR",
        "12.50 JPY",
        "12.5051 EUR",
        "1,250k EUR",  # 1,250,000 or 1,250?
        "1.250 млн EUR",
        "12.50.000 EUR",
        "1,2,500 EUR",
        "1.000,000.00 EUR",
        "12,500,00 EUR",
        "1234,500 EUR",
        "12 5 EUR",
        "12, 500 EUR",
        "1,-250 EUR",
        "1e5 EUR",
        "k 5 EUR",
        "5 k k EUR",
        "9999999999999999 EUR",
        "1.0000000000000000000000000000001 EUR",
        "9" * 3000 + " EUR",
    ],
)
def test_what_is_no_clear_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^[a-z ,]+$"):
        read_money(text)


MARKS = st.sampled_from(
    [("", "."), ("", ","), (",", "."), (".", ","), (" ", ","), ("\u202f", ","), ("'", ".")]
)
PATTERNS = st.sampled_from(
    ["{n} EUR", "EUR {n}", "€{n}", "{n}€", "{n} Euro", "{n} евро", " eur  {n} ", "{n} €."]
)


@settings(max_examples=300, deadline=None)
@given(st.integers(1, MOST_MINOR_UNITS), MARKS, PATTERNS)
def test_an_amount_written_is_the_amount_read(cents: int, marks: tuple[str, str], pattern: str) -> None:
    thousands, decimal = marks
    whole = str(cents // 100)
    groups = [whole[: len(whole) % 3], *(whole[at : at + 3] for at in range(len(whole) % 3, len(whole), 3))]
    written = f"{thousands.join(filter(None, groups))}{decimal}{cents % 100:02d}"
    assert read_money(pattern.format(n=written)) == (cents, "EUR")


@settings(max_examples=300, deadline=None)
@given(st.integers(1, MOST_MINOR_UNITS), st.sampled_from(sorted(list_currencies() - {"XXX", "XTS"})))
def test_what_the_form_shows_is_read_back(amount: int, currency: str) -> None:
    assert read_money(plain_money(amount, currency)) == (amount, currency)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=30), st.text("0123456789., '’k€$рубтысEURm-–\u00a0", max_size=20)))
def test_any_text_is_an_amount_or_refused(text: str) -> None:
    with contextlib.suppress(ValueError):  # any other error fails the test
        amount, currency = read_money(text)
        assert 0 < amount <= MOST_MINOR_UNITS
        assert currency in list_currencies()


def form(typed: dict[Field, str], *, is_urgent: bool = False) -> FormState:
    """A form as Slack sends it, as far as it was filled in."""
    ticked = [{"value": "urgent"}] if is_urgent else []
    return FormState(
        {field: {"value": text} for field, text in typed.items()}
        | {Field.URGENT: {"selected_options": ticked}}
    )


def faults(state: FormState) -> set[str]:
    with pytest.raises(FormError) as raised:
        read_details(state)
    assert all(message.msgid for message in raised.value.fields.values())
    return set(raised.value.fields)


def test_a_form_gives_the_details() -> None:
    state = form(
        {
            Field.CUSTOMER: " Hartmann ",
            Field.COMPETITORS: "Acme, Северсталь;\nNord, , ACME",
            Field.PRODUCT: "Pump 3",
            Field.DEAL: "80k USD",
            Field.NOTE: "Call back.",
        },
        is_urgent=True,
    )
    assert read_details(state) == {
        "customer": "Hartmann",
        "competitors": ["Acme", "Северсталь", "Nord"],
        "product": "Pump 3",
        "deal_amount": 8_000_000,
        "deal_currency": "USD",
        "note": "Call back.",
        "is_urgent": True,
    }


def test_an_empty_form_gives_no_details() -> None:
    assert read_details(form({Field.CUSTOMER: " ", Field.COMPETITORS: " ,; "})) == {
        "customer": None,
        "competitors": [],
        "product": None,
        "deal_amount": None,
        "deal_currency": None,
        "note": None,
        "is_urgent": False,
    }


@pytest.mark.parametrize(
    ("field", "fitting", "wrong"),
    [
        (Field.CUSTOMER, "a" * 200, "a" * 201),
        (Field.PRODUCT, "a" * 200, "a" * 201),
        (Field.COMPETITORS, ",".join("abcdefghij") + ",A,b", ",".join("abcdefghijk")),
        (Field.COMPETITORS, "Acme," + "a" * 200, "Acme," + "a" * 201),
        (Field.DEAL, "5 EUR", "a lot"),
    ],
)
def test_a_wrong_field_is_named(field: Field, fitting: str, wrong: str) -> None:
    read_details(form({field: fitting}))
    assert faults(form({field: wrong})) == {field}


def test_all_wrong_fields_are_named_at_once() -> None:
    fields = {Field.CUSTOMER, Field.PRODUCT, Field.COMPETITORS, Field.DEAL}
    assert faults(form(dict.fromkeys(fields, "a" * 201))) == fields


def test_only_what_differs_has_changed() -> None:
    before = {"customer": "Acme", "note": None, "text": "kept", "competitors": ["A"]}
    after = {"note": "new", "customer": "Acme", "competitors": ["A", "B"], "product": None}
    assert changed_fields(before, after) == ["competitors", "note"]
