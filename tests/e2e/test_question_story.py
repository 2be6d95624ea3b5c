"""In a browser, in both languages: a question is asked, answered by two, closed, and found again."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from app import DemoBot
from bot import manifest
from bot.i18n import Texts, texts
from playground.demo import open_demo
from playground.model import Message
from tests.e2e.test_browser_story import WEDNESDAY, Stage

QUESTION = {
    "en": "What do customers say about *our delivery times* <today>?",
    "ru": "Что клиенты говорят *о наших сроках* поставки <сейчас>?",
}
ANSWERS = {
    "en": ("Hartmann waits nine weeks for spare parts", "Delivery is fine, the zebra labels are not"),
    "ru": ("Хартманн ждёт запчасти девять недель", "Сроки хорошие, а вот зебра на этикетках — нет"),
}
OUTCOME = {
    "en": "Spare parts get a page with real dates",
    "ru": "Появится страница с точными датами поставок",
}
SEARCH = {"en": "search zebra from:ben since:today", "ru": "поиск зебру статус:новые с:сегодня"}
EXPORT = {"en": "export zebra", "ru": "экспорт зебра"}


@pytest.fixture(scope="module", params=["en", "ru"])
def stage(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Stage]:
    language: str = request.param
    content = manifest.manifest(language=language)
    with open_demo(DemoBot, content, language=language, now=WEDNESDAY) as demo:
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.set_default_timeout(15_000)
        expect.set_options(timeout=15_000)
        page.goto(demo.url)
        page.wait_for_selector('html[data-ready="true"]')
        yield Stage(page, demo, texts(language))
        page.close()
        assert faults == []


def test_a_question_from_asking_to_its_outcome(stage: Stage) -> None:
    _, language = stage.texts, stage.texts.language
    ask(stage, _, QUESTION[language])
    answer(stage)
    stage.act_as("mia", "marketing")
    progress = stage.message(_("Close…"))
    expect(progress.locator("strong", has_text="2").first).to_be_visible()
    stage.keep("question-progress")
    progress.get_by_test_id("action-question_close").click()
    modal = stage.page.get_by_test_id("modal")
    modal.get_by_test_id("field-outcome").locator("textarea").fill(OUTCOME[language])
    stage.keep("question-outcome-form")
    modal.get_by_test_id("modal-submit").click()
    expect(stage.page.get_by_test_id("modal")).to_contain_text(_("Done. Those who answered will read it."))
    stage.page.get_by_test_id("modal-cancel").click()
    expect(stage.page.get_by_test_id("message").last).to_contain_text(ANSWERS[language][0])
    stage.keep("question-summary")
    read_the_outcome(stage)
    find_it_again(stage)


def ask(stage: Stage, _: Texts, text: str) -> None:
    stage.act_as("mia", "marketing")
    stage.say("/frontline ask")
    modal = stage.page.get_by_test_id("modal")
    expect(modal).to_be_visible()
    modal.get_by_test_id("field-text").locator("textarea").fill(text)
    stage.keep("question-form")
    modal.get_by_test_id("modal-submit").click()
    expect(modal).to_contain_text("sales-emea")
    stage.keep("question-asked")
    stage.page.get_by_test_id("modal-cancel").click()
    expect(stage.message(text[:20])).to_be_visible()


def question_in(stage: Stage, person: str, channel: str) -> Message:
    stage.demo.bot.settle()
    found = stage.demo.playground.person(person).sees(stage.demo.seeded.channels[channel])
    bot = stage.demo.playground.workspace.bot_user_id
    return [one for one in found if one.user == bot and ":question:" in str(one.blocks)][-1]


def answer(stage: Stage) -> None:
    language = stage.texts.language
    for person, channel, text in zip(
        ("anna", "ben"), ("sales-emea", "sales-smb"), ANSWERS[language], strict=True
    ):
        stage.demo.playground.person(person).reply(question_in(stage, person, channel), text)
    stage.demo.bot.settle()
    stage.act_as("anna", "sales-emea")
    stage.message(QUESTION[language][:20]).get_by_test_id("thread-summary").click()
    thread = stage.page.get_by_test_id("thread-panel")
    expect(thread.get_by_test_id("reaction-inbox_tray")).to_be_visible()
    stage.keep("question-answered")


def read_the_outcome(stage: Stage) -> None:
    stage.act_as("anna", "sales-emea")
    stage.page.get_by_test_id("thread-summary").last.click()
    thread = stage.page.get_by_test_id("thread-panel")
    expect(thread).to_contain_text(OUTCOME[stage.texts.language])
    stage.keep("question-thread")


def find_it_again(stage: Stage) -> None:
    language = stage.texts.language
    stage.act_as("mia", "marketing")
    stage.say(f"/insight {SEARCH[language]}")
    expect(stage.note).to_contain_text(ANSWERS[language][1])
    stage.keep("search")
    stage.say("/insight search status:gone")
    expect(stage.note).to_contain_text("gone")
    stage.keep("search-refused")
    stage.say(f"/insight {EXPORT[language]}")
    expect(stage.note).to_contain_text("CSV")
    stage.demo.bot.settle()
    mia = stage.demo.playground.person("mia")
    sent = [one for one in mia.direct_messages() if one.files]
    assert len(sent) == 1
    stage.keep("export")
    stage.say("/frontline questions")
    expect(stage.note).to_contain_text(OUTCOME[language])
    stage.keep("questions")


ANONYMOUS = {"en": "What holds us back most?", "ru": "Что нам больше всего мешает?"}
TOLD = {
    "en": "Nobody dares to say that the plan is unreal",
    "ru": "Никто не решается сказать, что план нереален",
}


def test_an_anonymous_question_names_nobody(stage: Stage) -> None:
    _, language = stage.texts, stage.texts.language
    stage.act_as("mia", "marketing")
    stage.say("/frontline ask")
    modal = stage.page.get_by_test_id("modal")
    modal.get_by_test_id("field-text").locator("textarea").fill(ANONYMOUS[language])
    modal.get_by_test_id("field-anonymous").locator("input").check()
    stage.keep("anonymous-form")
    modal.get_by_test_id("modal-submit").click()
    stage.page.get_by_test_id("modal-cancel").click()
    stage.demo.bot.settle()
    stage.act_as("anna", "sales-emea")
    asked = stage.message(ANONYMOUS[language])
    stage.keep("anonymous-post")
    asked.get_by_test_id("action-question_answer_open").click()
    modal.get_by_test_id("field-text").locator("textarea").fill(TOLD[language])
    stage.keep("anonymous-answer")
    modal.get_by_test_id("modal-submit").click()
    stage.keep("anonymous-answered")
    stage.page.get_by_test_id("modal-cancel").click()
    stage.demo.bot.settle()
    stage.act_as("mia", "marketing")
    stage.say("/insight list")
    expect(stage.note).to_contain_text(TOLD[language])
    expect(stage.note).to_contain_text(f"{TOLD[language]}{_('anonymous')}")
    stage.keep("anonymous-listed")
