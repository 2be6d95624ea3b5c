"""What `/insight …` means, in both languages: commands are rare, and all else is an insight."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.insights.syntax import (
    About,
    CategoryName,
    Command,
    Export,
    Help,
    Incomplete,
    ListRecent,
    OpenForm,
    Reason,
    Search,
    Store,
    parse,
)

CATEGORIES = (
    CategoryName("customer", ("customers", "клиенты"), "speech_balloon"),
    CategoryName("complaint", ("complaints", "жалобы"), "rage"),
    CategoryName("competitor", ("competitors", "конкуренты"), "crossed_swords"),
    CategoryName("market", ("market", "рынок"), "chart_with_upwards_trend"),
    CategoryName("process", ("processes", "процессы"), "gear"),
    CategoryName("request", ("requests", "запросы"), "pray"),
    CategoryName("hedgehog", ("Ёж", "hedge")),
    CategoryName("r-and-d", ("R&D", "Учёт и отчётность")),
    CategoryName("dach", ("News - DACH: North",)),
)


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("", OpenForm()),
        (" \n\u00a0\u200b ", OpenForm()),
        ("help", Help()),
        (" HELP ", Help()),
        ("Помощь", Help()),
        ("справка", Help()),
        ("list", ListRecent(mine=False)),
        ("Список", ListRecent(mine=False)),
        ("mine", ListRecent(mine=True)),
        ("Мои", ListRecent(mine=True)),
        ("search price list", Search("price list")),
        ('Search "price list" R&amp;D', Search('"price list" R&D')),
        ("search", Search("")),
        ("поиск скидка", Search("скидка")),
        ("найти\nскидк*", Search("скидк*")),
        ("about Hartmann", About("Hartmann")),
        ('about #"Deutsche Bahn"', About("Deutsche Bahn")),
        ("About «Северсталь»", About("Северсталь")),
        ("about", About("")),
        ("export csv 2026", Export("csv 2026")),
        ("Экспорт", Export("")),
    ],
)
def test_commands(line: str, command: Command) -> None:
    assert parse(line, CATEGORIES) == command


@pytest.mark.parametrize(
    "line",
    [
        "help wanted: they look for a supplier",
        "list prices are too high",
        "mine is a customer who left",
        "мои клиенты недовольны",
        "список цен устарел",
        "searching for alternatives",
        "Search, they said, is broken",
        "о скидках спрашивают все",
        "про нас пишут",
        "help!",
        "Note: they sign on Monday",
        "Marketing: they want a brochure",
        "Acme - market leader: nobody else delivers",
        "gear: came broken",
        "Rage: he shouted at us",
        "chart: prices since May",
        "competitor",
        "competitor Acme gives 25% off",
        "competitor-friendly prices",
        "market -5% this month",
        "comp: which of the two is meant?",
        "mar: three letters are too few",
        "https://market.example is down",
        ":fire: competitor: no category's emoji",
        "see <#C1|sales> and <@U1>",
        "same as #142, and #7",
        "a # alone, and ## twice",
        "C# and page#part and https://x.example/#top",
        "<https://x.example|see #Acme>",
        '#"unclosed name',
        '#"" and #«»',
        '#"' + "a" * 201 + '" is too long for a name',
        "#25.5 is a number",
        "…",
    ],
)
def test_all_else_is_an_insight(line: str) -> None:
    assert parse(line, CATEGORIES) == Store(line)


@pytest.mark.parametrize(
    ("line", "category", "text"),
    [
        ("competitor: Acme gives 25% off", "competitor", "Acme gives 25% off"),
        ("Competitors : Acme", "competitor", "Acme"),
        ("competitor - Acme", "competitor", "Acme"),
        ("competitor— Acme", "competitor", "Acme"),
        ("competitor:Acme", "competitor", "Acme"),
        ("compet: Acme", "competitor", "Acme"),
        ("COMPL: late", "complaint", "late"),
        ("Конкуренты: Акме даёт скидку", "competitor", "Акме даёт скидку"),
        ("конкурент – Акме", "competitor", "Акме"),
        ("Жалоба: поздно", "complaint", "поздно"),
        ("жалобу: поздно", "complaint", "поздно"),
        ("рынок: растёт", "market", "растёт"),
        ("Process: slow", "process", "slow"),
        ("R&amp;D: slow", "r-and-d", "slow"),
        ("учет и отчетность: долго", "r-and-d", "долго"),
        (":crossed_swords: Acme", "competitor", "Acme"),
        (":crossed_swords: - Acme", "competitor", "Acme"),
        (":crossed_swords: competitor: Acme", "competitor", "Acme"),
        (":crossed_swords: market: it shrinks", "competitor", "market: it shrinks"),
        (":pray::skin-tone-3: a brochure", "request", "a brochure"),
        ("Еж: колется", "hedgehog", "колется"),
        (
            ":hedge: a custom emoji called like the category",
            "hedgehog",
            "a custom emoji called like the category",
        ),
        ("market:\n- one\n- two", "market", "- one\n- two"),
        ("market: competitor: both", "market", "competitor: both"),
        ("news - DACH: north: it grows: fast", "dach", "it grows: fast"),
        ("market - it grows", "market", "it grows"),
    ],
)
def test_a_category_in_front(line: str, category: str, text: str) -> None:
    assert parse(line, CATEGORIES) == Store(text, category)


@pytest.mark.parametrize(
    ("line", "customer", "text"),
    [
        ("Acme gives 25% off #Hartmann", "Hartmann", "Acme gives 25% off"),
        ("#Hartmann Acme gives 25% off", "Hartmann", "Acme gives 25% off"),
        ("#Hartmann: they leave", "Hartmann", "they leave"),
        ("#Hartmann wants: a discount, soon", "Hartmann", "wants: a discount, soon"),
        ("#Hartmann, they leave", "Hartmann", "they leave"),
        ("#Hartmann - they leave", "Hartmann", "they leave"),
        ("they leave - #Hartmann", "Hartmann", "they leave"),
        ("what #Hartmann says", "Hartmann", "what Hartmann says"),
        ("they like #Hartmann.", "Hartmann", "they like Hartmann."),
        ("(#Hartmann) leaves", "Hartmann", "(Hartmann) leaves"),
        ('late again #"Deutsche Bahn"', "Deutsche Bahn", "late again"),
        ("late again #“Deutsche  Bahn”", "Deutsche Bahn", "late again"),
        ("late again #„Deutsche Bahn“", "Deutsche Bahn", "late again"),
        ("at #'Deutsche Bahn' again", "Deutsche Bahn", "at Deutsche Bahn again"),
        ("недовольна #«Северсталь»", "Северсталь", "недовольна"),
        ('недоволен #«ООО "Ромашка"»', 'ООО "Ромашка"', "недоволен"),
        ("#Северсталь недовольна", "Северсталь", "недовольна"),
        ("likes it #M&amp;M's", "M&M's", "likes it"),
        ('likes it #"R&amp;D &lt;Nord&gt;"', "R&D <Nord>", "likes it"),
        ("as #142 says #3M", "3M", "as #142 says"),
        ("see <#C1|sales> #Acme", "Acme", "see <#C1|sales>"),
        ("both #One and #Two", "One", "both One and #Two"),
        ("#Йод".replace("Й", "Й") + " подорожал", "Йод".replace("Й", "Й"), "подорожал"),
        ("uses #C++ only", "C++", "uses C++ only"),
        ('again #"1984"', "1984", "again"),
    ],
)
def test_a_customer_as_a_tag(line: str, customer: str, text: str) -> None:
    assert parse(line, CATEGORIES) == Store(text, None, customer)


@pytest.mark.parametrize(
    ("line", "command"),
    [
        (
            "competitor: Acme gives 25% off #Hartmann",
            Store("Acme gives 25% off", "competitor", "Hartmann"),
        ),
        ("competitor: #Hartmann Acme gives 25% off", Store("Acme gives 25% off", "competitor", "Hartmann")),
        ("#Hartmann competitor: Acme gives 25%", Store("Acme gives 25%", "competitor", "Hartmann")),
        ("жалоба: #«Северсталь» ждёт", Store("ждёт", "complaint", "Северсталь")),
        ("competitor:", Incomplete(Reason.ONLY_CATEGORY)),
        (":rage:", Incomplete(Reason.ONLY_CATEGORY)),
        ("competitor: …", Incomplete(Reason.ONLY_CATEGORY)),
        ("#Hartmann", Incomplete(Reason.ONLY_CUSTOMER)),
        ("#Hartmann!", Incomplete(Reason.ONLY_CUSTOMER)),
        ("competitor: #Hartmann", Incomplete(Reason.ONLY_BOTH)),
    ],
)
def test_both_and_nothing_else(line: str, command: Command) -> None:
    assert parse(line, CATEGORIES) == command


def test_a_name_that_two_categories_share_means_neither() -> None:
    shared = (
        CategoryName("one", ("Sales",)),
        CategoryName("two", ("sales",)),
        CategoryName("one", ("sales",)),
    )
    assert parse("sales: slow", shared) == Store("sales: slow")
    same = (CategoryName("one", ("Sales",)), CategoryName("one", ("sales", "Vertrieb")))
    assert parse("sales: slow", same) == Store("slow", "one")
    assert parse("sales: slow", ()) == Store("sales: slow")


PIECES = st.sampled_from(
    [
        *("competitor", "жалоба", ":rage:", "search", "about ", "export ", "list", "word", "142", "#Acme"),
        *('#"A B"', "<#C1|x>", "&amp;", ":", " - ", "#", "«", "»", "'", "“", "-", " ", "\n", "&", ";"),
        *("\u200b", "\u0301", "\ud83d"),
    ]
)


@settings(max_examples=800, deadline=None)
@given(
    st.one_of(st.text(alphabet=st.characters()), st.lists(PIECES, max_size=12).map("".join)),
    st.lists(
        st.builds(CategoryName, st.text(max_size=5), st.lists(st.text(max_size=9), max_size=3).map(tuple)),
        max_size=3,
    ).map(lambda more: [*CATEGORIES, *more]),
)
@example("0000:", [*CATEGORIES, CategoryName("", ("0000",))])
@example("0000: :", [*CATEGORIES, CategoryName("", ("0000",))])
@example("#Acme 0000:", [*CATEGORIES, CategoryName("", ("0000",))])
def test_any_line_has_a_meaning(line: str, categories: list[CategoryName]) -> None:
    command = parse(line, categories)
    if isinstance(command, Store):
        assert command.text.strip()
        assert command.category is None or command.category in {one.key for one in categories}
        assert command.customer is None or 0 < len(command.customer) <= 200
        assert command.customer is None or command.customer == " ".join(command.customer.split())
        letters = "".join(filter(str.isalnum, line))
        assert "".join(filter(str.isalnum, command.text)) in letters  # nothing is added to what was said


@pytest.mark.parametrize("piece", ["#", '#"', "a'", "#a&", "<", "- ", ":", " ", "#a ", "<#"])
def test_hostile_lines_cost_little(piece: str) -> None:
    assert parse("#a" + piece * (20_000 // len(piece)), CATEGORIES)
