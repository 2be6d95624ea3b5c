"""The language of searches, read without a database."""

import pytest

from bot.search.query import Asked, Filter, Kind, parse_query, plain_query


def read(text: str) -> tuple[str, list[tuple[str, str]]]:
    asked = parse_query(text)
    return asked.words, [(one.kind.value, one.value) for one in asked.filters]


@pytest.mark.parametrize(
    ("text", "words", "filters"),
    [
        ("price", "price", []),
        ("price status:new", "price", [("status", "new")]),
        ("status:new price", "price", [("status", "new")]),
        ("Status:NEW", "", [("status", "NEW")]),
        ('customer:"Deutsche Bahn" price', "price", [("customer", "Deutsche Bahn")]),
        ("клиент:«Альфа Банк» цена", "цена", [("customer", "Альфа Банк")]),
        (
            "конкурент:Acme с:01.10.2026 до:2026-10-31 от:@anna",
            "",
            [("competitor", "Acme"), ("since", "01.10.2026"), ("until", "2026-10-31"), ("from", "@anna")],
        ),
        ('от:@"Анна Ким"', "", [("from", "@Анна Ким")]),
        ("status:new,done", "", [("status", "new"), ("status", "done")]),
        ('customer:"A, B"', "", [("customer", "A, B")]),
        ("status: new", "", [("status", "new")]),
        ("price status:", "price", [("status", "")]),
        ("urgent price", "price", [("urgent", "")]),
        ("срочно цена", "цена", [("urgent", "")]),
        ('"urgent" price', '"urgent" price', []),
        ('"status:new" price', '"status:new" price', []),
        ("urgently", "urgently", []),
        ("http://a.example/status:new", "http://a.example/status:new", []),
        ("ratio:2 a:b", "ratio:2 a:b", []),
        ("с новым годом", "с новым годом", []),
        ("category::rage: price", "price", [("category", ":rage:")]),
        ("bridge:EMEA bridge:EMEA", "", [("bridge", "EMEA")]),
        ("", "", []),
    ],
)
def test_words_and_filters(text: str, words: str, filters: list[tuple[str, str]]) -> None:
    assert read(text) == (words, filters)


@pytest.mark.parametrize(
    ("text", "slips"),
    [
        ("price stauts:new", [("stauts", "status")]),
        ("Statu:new", [("Statu", "status")]),
        ("costumer:Acme", [("costumer", "customer")]),
        ('compettitor:"Deutsche Bahn"', [("compettitor", "competitor")]),
        ("catgeory: complaint", [("catgeory", "category")]),
        ("customers:Acme", [("customers", "customer")]),
        ("fron:@anna", [("fron", "from")]),
        ("sincr:2026-10-01 untli:2026-10-02", [("sincr", "since"), ("untli", "until")]),
        ("сатус:new", [("сатус", "статус")]),
        ("конкурнет:Ромашка", [("конкурнет", "конкурент")]),
        ('"stauts:new"', []),
        ("«сатус:new»", []),
        ("call at 10:30", []),
        ("re: price", []),
        ("Re:price", []),
        ("http://a.example/stauts:new https://b.example mailto:a@b.example", []),
        (":bulb: :stauts: note:this todo: that", []),
        ("state:Bavaria price:100 offer: 5 % order:17 place:Berlin", []),
        ("цена: 100 итог:да срок: завтра", []),
        ("stauts : new", []),
        ("stauts:", []),
        ("C:\\stauts", []),
        ("status:new", []),
    ],
)
def test_what_is_nearly_a_filter_is_noticed_and_ordinary_text_is_left_alone(
    text: str, slips: list[tuple[str, str]]
) -> None:
    assert [(one.typed, one.meant) for one in parse_query(text).slips] == slips


def test_people_keep_their_ids_in_filters_and_become_names_elsewhere() -> None:
    asked = parse_query(plain_query("from:<@U0123|anna> hello <@U0456|ben> &amp; co"))
    assert asked == Asked("hello @ben & co", (Filter(Kind.FROM, "@U0123"),))


@pytest.mark.parametrize("text", ["", "!!!", '""', "«»"])
def test_nothing_is_asked_for(text: str) -> None:
    assert parse_query(text).is_empty
