"""The category of a text: useful without history, moved at once by what people decide, always the same."""

import pytest

from bot.analysis.classify import Lessons, suggest
from bot.analysis.cues import of_bridge
from bot.analysis.embedding import embed
from bot.analysis.features import read, words_of
from bot.bridges.categories import BUILT_IN

KEYS = tuple(BUILT_IN)


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("the app crashes after the update, support does not answer", "complaint"),
        ("после обновления не работает печать, в поддержку не дозвониться", "complaint"),
        ("need a one-pager about security for the meeting on friday", "request"),
        ("нужна презентация для банков на одну страницу", "request"),
        ("the competitor gives a discount, we lost the deal", "competitor"),
        ("конкуренты демпингуют, проиграли сделку", "competitor"),
        ("rumour has it that the law comes into force in january", "market"),
        ("ходят слухи, что примут новый закон, рынок ждёт", "market"),
        ("approval takes two weeks, nobody knows who is responsible in crm", "process"),
        ("согласование договора идёт третью неделю, юристы молчат", "process"),
        ("thanks!", "other"),
        ("всем привет", "other"),
    ],
)
def test_without_any_history_it_is_useful(text: str, category: str) -> None:
    suggestion = suggest(read(text, []), KEYS)
    assert suggestion.category == category
    assert suggestion.is_sure is (category != "other")


def test_one_decision_moves_the_next_message_like_it() -> None:
    text = "the zephyr valve squeaks whenever the lid closes"
    before = suggest(read(text, []), KEYS).category
    wanted = "market" if before != "market" else "process"
    lessons = Lessons()
    lessons.learn(words_of(text), embed(text), wanted)
    alike = "zephyr valve squeaks again when the lid closes"
    assert suggest(read(alike, []), KEYS, lessons).category == wanted
    assert suggest(read("thanks!", []), KEYS, lessons).category == "other"


def test_categories_of_the_bridges_own_work_by_their_words_and_by_decisions() -> None:
    keys = (*KEYS, "legal")
    own = of_bridge((("legal", ("lawsuit", "court order", "подсудн*")),))
    assert suggest(read("got a lawsuit and a court order", [], own), keys).category == "legal"
    assert suggest(read("дело подсудное", [], own), keys).category == "legal"
    assert suggest(read("thanks!", [], own), keys).category != "legal"
    told = [f"the notary wants original stamps for annex {n}" for n in "abc"]
    lessons = Lessons((words_of(text), embed(text), "legal") for text in told)
    text = "notary wants original stamps again for this annex"
    assert suggest(read(text, [], own), keys).category != "legal"
    assert suggest(read(text, [], own), keys, lessons).category == "legal"


def test_a_retired_category_is_never_suggested() -> None:
    text = "need a one-pager about security"
    assert suggest(read(text, []), [key for key in KEYS if key != "request"]).category != "request"


def test_the_same_history_gives_the_same_answer() -> None:
    texts = [f"word{n} other{n % 3}" for n in range(40)]
    history = [(words_of(text), embed(text), KEYS[n % 7]) for n, text in enumerate(texts)]
    text = "word3 other1 and a word9"
    first, second = (suggest(read(text, []), KEYS, Lessons(history)) for _ in range(2))
    assert first == second
