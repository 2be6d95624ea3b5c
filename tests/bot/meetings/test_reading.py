"""Days and people as they are written in minutes, in English and Russian."""

from datetime import date

import pytest

from bot.meetings.reading import ItemLine, read_day, read_items
from tests.support import person

THURSDAY = date(2026, 3, 5)
PEOPLE = [
    person("U1", name="Anna Lindner"),
    person("U2", name="Ben Carter"),
    person("U3", name="Anna Berg"),
    person("U4", name="Алёна Ковалёва"),
    person("U5", name="Кира Лебедева"),
]


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("2026-12-10", date(2026, 12, 10)),
        ("10.12", date(2026, 12, 10)),
        ("10.12.", date(2026, 12, 10)),
        ("10.12.27", date(2027, 12, 10)),
        ("10.12.2027 г.", date(2027, 12, 10)),
        ("1.3", date(2027, 3, 1)),  # past this year
        ("5.3", THURSDAY),
        ("29 February", date(2028, 2, 29)),
        ("10 December", date(2026, 12, 10)),
        ("10th Dec.", date(2026, 12, 10)),
        ("Dec 10, 2027", date(2027, 12, 10)),
        ("10 декабря", date(2026, 12, 10)),
        ("10-го мая", date(2026, 5, 10)),
        ("Friday", date(2026, 3, 6)),
        ("this fri", date(2026, 3, 6)),
        ("Thursday", date(2026, 3, 12)),
        ("пятницы", date(2026, 3, 6)),
        ("пт", date(2026, 3, 6)),
        ("четвергу", date(2026, 3, 12)),
        ("среду", date(2026, 3, 11)),
        ("today", THURSDAY),
        ("завтра", date(2026, 3, 6)),
        ("послезавтра", date(2026, 3, 7)),
        ("in 3 days", date(2026, 3, 8)),
        ("через неделю", date(2026, 3, 12)),
        ("через 2 недели", date(2026, 3, 19)),
        ("in a month", None),
        ("through", None),
        ("end of the month", date(2026, 3, 31)),
        ("конца месяца", date(2026, 3, 31)),
        ("конца недели", date(2026, 3, 6)),
        ("next week", date(2026, 3, 13)),
        ("31.02", None),
        ("2026-13-01", None),
        ("0000-01-01", None),
        ("money", None),
        ("", None),
    ],
)
def test_days(words: str, day: date | None) -> None:
    if day is None:
        with pytest.raises(ValueError):  # noqa: PT011 - any reason will do
            read_day(words, THURSDAY)
    else:
        assert read_day(words, THURSDAY) == day


@pytest.mark.parametrize(
    ("line", "item"),
    [
        ("@ben by Friday: price list", ItemLine("U2", "price list", date(2026, 3, 6))),
        ("- Ben Carter by 10.12: price list", ItemLine("U2", "price list", date(2026, 12, 10))),
        ("@Ben price list by Friday", ItemLine("U2", "price list", date(2026, 3, 6))),
        ("@ben send it by email by Friday", ItemLine("U2", "send it by email", date(2026, 3, 6))),
        ("@ben send it by email", ItemLine("U2", "send it by email", None)),
        (
            "Ben: call at 10:30, see https://x.example/a",
            ItemLine("U2", "call at 10:30, see https://x.example/a", None),
        ),
        ("<@U9> by tomorrow: fair", ItemLine("U9", "fair", date(2026, 3, 6))),
        ("1. @ben (by Friday): price list", ItemLine("U2", "price list", date(2026, 3, 6))),
        ("@ben Friday: price list", ItemLine("U2", "price list", date(2026, 3, 6))),
        ("@Anna Berg by Friday: x", ItemLine("U3", "x", date(2026, 3, 6))),
        ("@lindner: x", ItemLine("U1", "x", None)),
        ("@кира до пятницы: прайс-лист", ItemLine("U5", "прайс-лист", date(2026, 3, 6))),
        ("@алена, до 10.12: листовка", ItemLine("U4", "листовка", date(2026, 12, 10))),
        ("@кира прайс-лист к среде", ItemLine("U5", "прайс-лист", date(2026, 3, 11))),
        ("@carterr: x", ItemLine("U2", "x", None)),  # nearly so
    ],
)
def test_items(line: str, item: ItemLine) -> None:
    read = read_items(line, PEOPLE, [], THURSDAY)
    assert (read.fault, read.items) == (None, (item,))


def test_of_two_with_one_name_the_one_who_takes_part_is_meant() -> None:
    assert read_items("@anna: x", PEOPLE, ["U3"], THURSDAY).items == (ItemLine("U3", "x", None),)
    fault = read_items("@ben: x\n\n@anna: x", PEOPLE, [], THURSDAY).fault
    assert fault is not None and "several" in fault.msgid and fault.params["number"] == 2


@pytest.mark.parametrize(
    "line", ["price list", "price: list of 2026", "@", "@@", ":", "@zoe x", "by Friday: x"]
)
def test_lines_without_a_known_person(line: str) -> None:
    assert read_items(line, PEOPLE, [], THURSDAY).fault is not None
