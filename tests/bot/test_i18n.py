"""Texts for people: the catalogue is complete and right, and what it says fits where it is shown."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from string import Formatter

import pytest
from babel.messages.catalog import Message

from bot import catalogue, manifest
from bot.bridges.categories import default_categories, spoken_names
from bot.i18n import LANGUAGES, LOCALES, N_, language_of, texts
from bot.insights import syntax
from bot.insights.details import read_money
from bot.messages.help import help_message
from bot.search.query import parse_query
from playground import blocks as slack

EN, RU = texts("en"), texts("ru")
CODE = catalogue.extracted()
RUSSIAN = catalogue.load("ru")
ENTRIES = [one for one in RUSSIAN if one.id]
PLURALS = [one.id for one in ENTRIES if not isinstance(one.id, str)]
TITLE_LIMIT = 24  # docs.slack.dev/reference/views/modal-views
# The word behind the number, for one, few and many: nominative unless the sentence asks for another case.
COUNTED = {
    ("флаг", "флага", "флагов"),
    ("правка", "правки", "правок"),
    ("ответ", "ответа", "ответов"),
    ("голос", "голоса", "голосов"),
    ("сообщение", "сообщения", "сообщений"),
    ("дайджест", "дайджеста", "дайджестов"),
    ("отчёт", "отчёта", "отчётов"),
    ("день", "дня", "дней"),
    ("событие", "события", "событий"),
    ("час", "часа", "часов"),
    ("минуту", "минуты", "минут"),
    ("запрос", "запроса", "запросов"),
    ("инсайт", "инсайта", "инсайтов"),
    ("канале", "каналах", "каналах"),
    ("канала", "каналов", "каналов"),
    ("мост", "моста", "мостов"),
    ("сообщение", "сообщения", "сообщений"),
    ("человек", "человека", "человек"),
    ("поручение", "поручения", "поручений"),
    ("минута", "минуты", "минут"),
    ("минуту", "минуты", "минут"),
    ("час", "часа", "часов"),
    ("неделю", "недели", "недель"),
    ("человека", "человек", "человек"),
    ("активность", "активности", "активностей"),
    ("запись", "записи", "записей"),
    ("поддержка", "поддержки", "поддержек"),
    ("место", "места", "мест"),
    ("связь", "связи", "связей"),
    ("тема", "темы", "тем"),
    ("встречи", "встреч", "встреч"),
    ("вопрос", "вопроса", "вопросов"),
    ("месяц", "месяца", "месяцев"),
}
ONE, FEW, MANY = 0, 1, 2
RUSSIAN_FORM = {0: MANY, 1: ONE, 2: FEW, 5: MANY, 11: MANY, 21: ONE, 101: ONE}


@dataclass(frozen=True)
class Said:
    """A call that says or marks a text."""

    place: str
    keyword: str
    forms: tuple[ast.expr, ...]
    params: frozenset[str]
    is_open: bool  # more parameters come by `**`


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def keyword_of(call: ast.Call) -> str | None:
    """`_`, `N_` or `plural`, if that is what is called."""
    if isinstance(call.func, ast.Name) and call.func.id in ("_", "N_"):
        return call.func.id
    if isinstance(call.func, ast.Attribute) and call.func.attr == "plural":
        return "plural"
    return None


def all_said() -> list[Said]:
    found = []
    for path in catalogue.sources():
        for call in calls(ast.parse(path.read_text("utf-8"))):
            keyword = keyword_of(call)
            if keyword is None:
                continue
            names = {one.arg for one in call.keywords}
            found.append(
                Said(
                    place=f"{path.relative_to(catalogue.ROOT)}:{call.lineno}",
                    keyword=keyword,
                    forms=tuple(call.args[: 2 if keyword == "plural" else 1]),
                    params=frozenset(name for name in names if name),
                    is_open=None in names,
                )
            )
    return found


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def forms_of(message_id: Sequence[str]) -> tuple[str, ...]:
    message = RUSSIAN[tuple(message_id)]
    assert message is not None
    return catalogue.forms(message)


def ids(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


# --- the code ----------------------------------------------------------------------------------------------


def test_every_text_in_the_code_is_a_literal_that_extraction_finds() -> None:
    found: set[object] = set()
    for said in all_said():
        words = [form.value for form in said.forms if isinstance(form, ast.Constant)]
        assert len(words) == len(said.forms), f"{said.place}: a text must be a literal"
        found.add(words[0] if len(words) == 1 else tuple(words))
    # A text inside an f-string is not found by Babel on Python 3.11.
    assert found == {message.id for message in CODE if message.id}


def test_every_sentence_gets_the_parameters_it_names() -> None:
    for said in all_said():
        wanted = {name for form in said.forms for name in placeholders(ast.literal_eval(form))}
        given = set(said.params) | ({"n"} if said.keyword == "plural" else set())
        # `N_` may be given its parameters where it is said.
        if said.keyword == "N_" and not said.params:
            continue
        assert said.is_open or given == wanted, said.place


# --- the catalogue -----------------------------------------------------------------------------------------


def test_the_catalogue_has_the_texts_of_the_code_and_no_other() -> None:
    stored = {message.id for message in ENTRIES}
    wanted = {message.id for message in CODE if message.id}
    assert wanted - stored == set(), "run make messages, then translate"
    assert stored - wanted == set(), "run make messages"


def test_every_text_is_translated() -> None:
    assert [one.id for one in catalogue.untranslated(RUSSIAN)] == []
    assert [one.id for one in ENTRIES if one.id in catalogue.forms(one)] == []


def test_the_catalogue_is_as_its_tool_writes_it() -> None:
    assert catalogue.written(catalogue.load("ru")) == (LOCALES / "ru.po").read_bytes()


def test_updating_adds_and_removes_and_guesses_nothing() -> None:
    code = catalogue.extracted()
    code.delete("Saving it …")
    code.add("Saving it now …", locations=[("bot/x.py", 1)])
    after = catalogue.updated(catalogue.load("ru"), code)
    assert "Saving it …" not in after
    assert "Сохраняю…" not in catalogue.written(after).decode()
    assert [one.id for one in catalogue.untranslated(after)] == ["Saving it now …"]


@pytest.mark.parametrize("message", ENTRIES, ids=lambda one: ids(one)[0][:40])
def test_translations_keep_placeholders_and_marks(message: Message) -> None:
    for english in ids(message):
        for russian in catalogue.forms(message):
            assert placeholders(russian) == placeholders(english)
            assert marks(russian) == marks(english)
            assert russian.strip() == russian or english.strip() != english
            assert not re.search(r"[\"“”]", re.sub(r"`.*?`", "", russian)), "«ёлочки» in Russian"


def marks(text: str) -> dict[str, int]:
    """What formats a text in Slack: bold, code, emoji, references, bullets."""
    emoji = sorted(re.findall(r":[a-z_]+:", text))
    return {mark: text.count(mark) for mark in ("*", "`", "<", ">", "•", "✓", *emoji)}


@pytest.mark.parametrize("message_id", PLURALS, ids=lambda one: one[0][:40])
@pytest.mark.parametrize("n", RUSSIAN_FORM)
def test_plural_forms_are_right(message_id: Sequence[str], n: int) -> None:
    one, many = message_id
    more = {name: f"<{name}>" for name in placeholders(one) - {"n"}}
    assert EN.plural(one, many, n, **more) == (one if n == 1 else many).format(n=n, **more)
    assert RU.plural(one, many, n, **more) == forms_of(message_id)[RUSSIAN_FORM[n]].format(n=n, **more)


@pytest.mark.parametrize("message_id", PLURALS, ids=lambda one: one[0][:40])
def test_the_counted_word_is_declined(message_id: Sequence[str]) -> None:
    counted = [re.search(r"\{n\} (\w+)", form) for form in forms_of(message_id)]
    assert tuple(found[1] if found else None for found in counted) in COUNTED


@pytest.mark.parametrize(
    ("n", "expected"),
    [
        (0, "0 инсайтов"),
        (1, "1 инсайт"),
        (2, "2 инсайта"),
        (5, "5 инсайтов"),
        (11, "11 инсайтов"),
        (21, "21 инсайт"),
        (101, "101 инсайт"),
        (1002, "1\xa0002 инсайта"),
    ],
)
def test_russian_counts(n: int, expected: str) -> None:
    assert RU.plural("{n} insight", "{n} insights", n) == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_can_be_said(language: str) -> None:
    _ = texts(language)
    for message in ENTRIES:
        params = {name: f"<{name}>" for english in ids(message) for name in placeholders(english)}
        if isinstance(message.id, str):
            said = _.say(N_(message.id, **params))
        else:
            params.pop("n")
            one, many = message.id
            said = _.plural(one, many, 3, **params)
        assert said
        assert not re.search(r"[{}]", said)
        assert all(value in said for value in params.values())


# --- where it is shown -------------------------------------------------------------------------------------


def titles() -> Iterator[tuple[str, list[str]]]:
    """Every form's title as it stands in the code, with the place of the call."""
    for path in catalogue.sources():
        tree = ast.parse(path.read_text("utf-8"))
        for function in ast.walk(tree):
            if not isinstance(function, ast.FunctionDef):
                continue
            for call in calls(function):
                if isinstance(call.func, ast.Name) and call.func.id == "modal":
                    place = f"{path.relative_to(catalogue.ROOT)}:{call.lineno}"
                    yield place, list(words_of(call.args[1], function))


def words_of(title: ast.expr, function: ast.FunctionDef) -> Iterator[str]:
    """The texts that an expression may become: its own, or those of the variable that it names."""
    if isinstance(title, ast.Constant):
        yield str(title.value)
        return
    if isinstance(title, ast.Name):
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == title.id:
                yield from words_of(node.value, function)
        return
    yield from (ast.literal_eval(call.args[0]) for call in calls(title) if keyword_of(call))


def test_titles_fit_in_every_language() -> None:
    found = list(titles())
    assert len(found) >= 10
    for place, words in found:
        assert words, f"{place}: the title's text is not found"
        for text in words:
            params = dict.fromkeys(placeholders(text), 99999)
            for language in LANGUAGES:
                assert len(texts(language)(text, **params)) <= TITLE_LIMIT, f"{place}: {text}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_commands_that_help_shows_are_understood(language: str) -> None:
    shown = "\n".join(slack.texts(help_message(texts(language), None)["blocks"]))
    kinds = [syntax.CategoryName(one.key, spoken_names(one)) for one in default_categories()]
    plain, filed, form, newest, mine, search, known, filtered, export = [
        syntax.parse(line, kinds) for line in re.findall(r"`/insight ?(.*?)`", shown)
    ]
    assert isinstance(plain, syntax.Store) and plain.category is None and plain.customer is None
    assert isinstance(filed, syntax.Store) and filed.category == "competitor" and filed.customer
    assert form == syntax.OpenForm()
    assert (newest, mine) == (syntax.ListRecent(mine=False), syntax.ListRecent(mine=True))
    assert isinstance(search, syntax.Search) and search.query
    assert isinstance(known, syntax.About) and known.name
    assert isinstance(filtered, syntax.Search) and len(parse_query(filtered.query).filters) == 4
    assert isinstance(export, syntax.Export)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_amounts_that_texts_show_are_understood(language: str) -> None:
    _ = texts(language)
    hint = _("Amount and currency, as in 12,500 EUR")
    refusal = _("Write an amount and a currency, as in 12,500 EUR or 80k USD.")
    shown = re.findall(r"\d[\d\s,]*k? [A-Z]{3}", hint + refusal)
    assert [read_money(amount) for amount in shown] == [(1_250_000, "EUR")] * 2 + [(8_000_000, "USD")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_manifest_fits(language: str) -> None:
    content = manifest.manifest(language=language)
    for shortcut in content["features"]["shortcuts"]:
        # docs.slack.dev/reference/app-manifest
        assert len(shortcut["name"]) <= TITLE_LIMIT
        assert len(shortcut["description"]) <= 150
    assert len(content["display_information"]["description"]) <= 140


# --- numbers, days, money ----------------------------------------------------------------------------------


def test_numbers_and_money_are_written_as_the_language_does() -> None:
    assert EN.number(12345) == "12,345"
    assert RU.number(12345) == "12\xa0345"
    assert EN.money(1_250_050, "EUR") == "€12,500.50"
    assert RU.money(1_250_050, "EUR") == "12\xa0500,50\xa0€"
    assert RU.money(99, "RUB") == "0,99\xa0₽"


def test_money_without_minor_units_is_not_divided() -> None:
    assert EN.money(1200, "JPY") == "JP¥1,200"
    assert RU.money(1200, "JPY") == "1\xa0200\xa0¥"


def test_days_are_written_as_the_language_does() -> None:
    monday = date(2026, 3, 2)
    assert (EN.day(monday), RU.day(monday)) == ("Mon 2 Mar", "пн, 2 мар.")
    assert (EN.short_day(monday), RU.short_day(monday)) == ("2 Mar", "2 мар.")
    assert (EN.month(monday), RU.month(monday)) == ("March 2026", "март 2026")
    assert (EN.weekday(0), RU.weekday(0)) == ("Monday", "понедельник")
    assert (EN.weekday(6), RU.weekday(6)) == ("Sunday", "воскресенье")


def test_moments_are_told_in_the_zone_asked_for() -> None:
    late = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    assert EN.moment(late, "Europe/Berlin") == "Mon 2 Mar, 00:30"
    assert RU.moment(late, "UTC") == "вс, 1 мар., 23:30"


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("ru-RU", "ru"),
        ("ru_RU", "ru"),
        ("RU", "ru"),
        ("en-GB", "en"),
        ("en-US", "en"),
        ("de-DE", None),
        ("rus", None),
        ("", None),
        (None, None),
    ],
)
def test_slacks_locales_give_a_language_of_ours(locale: str | None, expected: str | None) -> None:
    assert language_of(locale) == expected


def test_an_unknown_language_is_answered_in_english() -> None:
    assert texts("de").language == "en"
    assert texts("../../etc/x").language == "en"
    assert texts("de")("Save") == "Save"
