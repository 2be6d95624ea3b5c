"""The page's own words: both languages complete, nothing missing, nothing left over."""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

SOURCE = Path(__file__).parents[2] / "playground" / "page"


def labels(page: Page, name: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = page.evaluate(f"import('/static/labels.js').then((all) => all.{name})")
    return found


def test_both_languages_have_the_same_words_with_the_same_places(page: Page) -> None:
    for name in ("LABELS", "ERRORS", "PLURALS"):
        words = labels(page, name)
        assert words["en"].keys() == words["ru"].keys()
    both = labels(page, "LABELS")
    places = {
        key: [sorted(re.findall(r"\{\w+\}", both[one][key])) for one in ("en", "ru")] for key in both["en"]
    }
    assert [key for key, (english, russian) in places.items() if english != russian] == []


def test_every_word_is_used_and_every_used_word_is_there(page: Page) -> None:
    source = "\n".join(
        one.read_text(encoding="utf-8") for one in SOURCE.glob("*.js") if one.name != "labels.js"
    )
    known = set(labels(page, "LABELS")["en"])
    used = set(re.findall(r"\bt\('(\w+)'", source))
    assert used - known == set()
    called = " ".join(re.findall(r"\bt\(([^()]*)", source))
    days = {"today", "yesterday", "tomorrow"}  # chosen by the day, not by name
    assert known - set(re.findall(r"'(\w+)'", called)) - days == set()
    plurals = set(labels(page, "PLURALS")["en"])
    assert set(re.findall(r"\btn\('(\w+)'", source)) == plurals


def test_russian_counts_take_their_forms(page: Page) -> None:
    counted = page.evaluate(
        """async () => {
          const { state } = await import('/static/store.js');
          const { tn } = await import('/static/labels.js');
          state.language = 'ru';
          return [1, 3, 5, 21, 112].map((n) => tn('replies', n));
        }"""
    )
    assert counted == ["1 ответ", "3 ответа", "5 ответов", "21 ответ", "112 ответов"]
