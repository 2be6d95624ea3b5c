"""Names of a bridge's lists are found in all their forms, and nowhere else."""

import pytest

from bot.analysis.names import Entry, lists_of, runs
from bot.analysis.unknown import unknown_in

LISTS = lists_of(
    (
        Entry("competitor", "Acme", ("acme.com", "Акме")),
        Entry("competitor", "Битрикс", ("Bitrix24",)),
        Entry("competitor", "Northwind"),
        Entry("competitor", "Бриз"),
        Entry("customer", "Müller & Söhne", ("Müller",)),
        Entry("customer", "Лента"),
        Entry("customer", "Альфа-Строй"),
        Entry("customer", "Молочный край"),
        Entry("customer", "Deutsche Bahn", ("DB",)),
        Entry("product", "Pulse", ("Пульс",)),
        Entry("product", "Скан-500"),
        Entry("product", "Atlas"),
    )
)


def found(text: str) -> list[str]:
    return [mention.name for mention in LISTS.find(text)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Acme's demo was slick", "Acme"),
        ("у них acme", "Acme"),
        ("сравнивают с Acme'ом", "Acme"),
        ("они на acmeе сидят", "Acme"),
        ("see acme.com for prices", "Acme"),
        ("<https://acme.com|acme.com> says so", "Acme"),
        ("у Битрикса всё дешевле", "Битрикс"),
        ("Битриксом довольны", "Битрикс"),
        ("битриксовцы опять звонили", "Битрикс"),
        ("moved to bitrix last year", "Битрикс"),
        ("lost it to nortwind", "Northwind"),
        ("нортвинд дешевле", "Northwind"),
        ("northwinds people again", "Northwind"),
        ("Mueller? no, MÜLLER called", "Müller & Söhne"),
        ("Müller & Söhne renewed", "Müller & Söhne"),
        ("был в Ленте", "Лента"),
        ("альфа строй ждёт", "Альфа-Строй"),
        ("в альфастрое ждут", "Альфа-Строй"),
        ("у молочного края", "Молочный край"),
        ("на сканах-500 батарея", "Скан-500"),
        ("скан 500 тормозит", "Скан-500"),
        ("DB asks for it", "Deutsche Bahn"),
        ("the Pulse app", "Pulse"),
    ],
)
def test_a_name_is_found_in_its_forms_and_spellings(text: str, name: str) -> None:
    assert name in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "acmeology is no science",
        "mail jo@acme.com please",
        "see https://files.example.com/acme/northwind.pdf",
        "<https://example.com/acme|the acme page>",
        "it says `import acme` there",
        "```\nacme.run()\n```",
        "acme_run fails",
        "<@U0ACME> said so",
        "it was a breeze and an atlas of roads",
        "лёгкий бриз на море",
        "лента новостей опять упала",
        "держим руку на пульсе",
        "Мы держим руку, и пульс есть у Иванова",
        "прилентовал",
        "the db is slow",
    ],
)
def test_nothing_is_found_in_other_words_links_addresses_and_code(text: str) -> None:
    assert found(text) == []


def test_each_mention_says_where_it_stands() -> None:
    text = "Müller left Northwind"
    assert [text[one.start : one.end] for one in LISTS.find(text)] == ["Müller", "Northwind"]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("we met Zorblatt yesterday", ["Zorblatt"]),
        ("they use «Ромекс» now", ["Ромекс"]),
        ("The boss met Acme there", []),
        ("Zorblatt begins the sentence", []),
        ("we meet on Monday in Berlin", []),
        ("see https://Zorblatt.example and `Zorblatt`", []),
    ],
)
def test_unknown_names_are_those_in_capitals_or_quotes(text: str, written: list[str]) -> None:
    assert list(unknown_in(text, LISTS.find(text)).values()) == written


def test_all_cases_of_an_unknown_name_have_one_key() -> None:
    texts = ("были у Зорбланта", "говорили с Зорблантом", "видел «Зорблант»")
    assert len({key for text in texts for key in unknown_in(text, [])}) == 1


@pytest.mark.parametrize("piece", ["x", "x.", "x-", "x_", "x/", "x@", "1"])
def test_one_endless_word_costs_no_square_of_its_length(piece: str) -> None:
    """Otherwise this would take minutes, and a command's three seconds be over."""
    runs(piece * 200_000)
    found(piece * 200_000)
