"""What a digest calls new, growing and fading, and its chart."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.digests.compile import CategoryPart, Digest, Queue
from bot.digests.trends import Direction, direction, trends
from bot.i18n import texts
from bot.messages.chart import labels
from bot.messages.digest import preview, render
from bot.variants import plainest
from playground import blocks as slack
from storage.bridges import Category
from storage.digests import Deals, Totals, Touched
from tests.bot.digests.builders import a_bridge, a_digest, an_insight

EN, RU = texts("en"), texts("ru")


@pytest.mark.parametrize(
    ("count", "before", "history", "expected"),
    [
        (1, 0, 0, Direction.STEADY),  # one voice is no news
        (2, 0, 0, Direction.NEW),
        (2, 0, 1, Direction.STEADY),  # spoken of two periods ago
        (3, 0, 1, Direction.GROWING),
        (3, 1, 1, Direction.STEADY),  # three times as many, but two insights
        (4, 1, 1, Direction.GROWING),
        (103, 100, 100, Direction.STEADY),  # three more, but of a hundred
        (150, 100, 100, Direction.GROWING),
        (1, 3, 3, Direction.STEADY),
        (0, 3, 3, Direction.FADING),
        (6, 9, 9, Direction.FADING),
        (7, 10, 10, Direction.STEADY),
        (0, 0, 0, Direction.STEADY),
    ],
)
def test_small_moves_are_no_trend(count: int, before: int, history: int, expected: Direction) -> None:
    assert direction(count, before, history, knows_new=True) is expected


def test_nothing_is_new_where_nobody_can_know() -> None:
    assert direction(2, 0, 0, knows_new=False) is Direction.STEADY


def moving(**changes: Any) -> Digest:
    return a_digest(
        totals=Totals(14, 3, 2, 14),
        categories=(
            CategoryPart("complaint", 9, 4, (), 8),
            CategoryPart("market", 0, 3, (), 3),
            CategoryPart("process", 0, 0, (), 5),
            CategoryPart("request", 5, 0, (), 0),
        ),
        competitors=(Touched("Acme <!channel>", 2, 0, 0, (Deals(8_000_050, "EUR"), Deals(500, "JPY"))),),
        customers=(Touched("Hartmann", 4, 3, 3),),
        requests=Queue(1, False, (an_insight(7),)),
        **changes,
    )


def shown(message: Any) -> str:
    return "\n".join(slack.texts(message["blocks"]))


def chart_of(digest: Digest) -> dict[str, Any]:
    message = render(EN, digest).head.message
    [chart] = [block for block in message["blocks"] if block["type"] == "data_visualization"]
    slack.check_message(message["blocks"])
    return dict(chart["chart"])


def test_the_head_tells_what_moves_below_its_one_chart() -> None:
    head = render(EN, moving()).head.message
    said = shown(head)
    assert ":new: *New:* :pray: Requests: 5 · :dart: Acme" in said
    assert "<!channel>" not in said
    assert "*Growing:* :rage: Complaints: 9 (5 more)" in said
    assert "*Fading:* " in said
    assert ": 0 (3 fewer)" in said
    assert "Hartmann" not in said
    kinds = [block["type"] for block in head["blocks"]]
    assert kinds.count("data_visualization") == 1
    assert (
        kinds.index("data_visualization")
        < [n for n, block in enumerate(head["blocks"]) if "New:" in str(block)].pop()
    )
    assert "%" not in said


def test_the_chart_has_what_came_in_beside_the_period_before() -> None:
    chart = chart_of(moving())
    assert chart["axis_config"]["categories"] == ["Complaints", "Market", "Requests"]
    assert [one["name"] for one in chart["series"]] == ["This period", "The one before"]
    assert [[p["value"] for p in one["data"]] for one in chart["series"]] == [[9, 0, 5], [4, 3, 0]]


def test_a_new_bridge_has_one_series_and_no_trends() -> None:
    digest = moving(is_compared=False)
    chart = chart_of(digest)
    assert [one["name"] for one in chart["series"]] == ["This period"]
    assert chart["axis_config"]["categories"] == ["Complaints", "Requests"]
    assert "New:" not in shown(render(EN, digest).head.message)


def test_the_plainer_form_says_in_words_what_the_chart_shows() -> None:
    head = render(EN, moving()).head.message
    plain = plainest(head)
    assert "data_visualization" not in str(plain)
    said = shown(plain)
    for fact in ("Complaints: *9* (5 more)", "Requests: *5* (none last time)", "*0* (3 fewer)"):
        assert fact in said
    assert "data_visualization" not in str(preview(EN, EN, moving(), None))


def test_the_thread_tells_movement_and_deals_at_stake() -> None:
    said = "\n".join(shown(page.message) for page in render(EN, moving()).pages)
    assert "• Hartmann: 4 (1 more)" in said
    assert ": 2 (none last time) · deals at stake: €80,000.50 + JP¥500" in said


@given(st.lists(st.text(max_size=60), max_size=20))
def test_labels_fit_and_differ(names: list[str]) -> None:
    made = labels(names)
    assert len(set(made)) == len(names)
    assert all(1 <= len(one) <= 20 for one in made)


@pytest.mark.parametrize("count", [1, 3, 300])
@pytest.mark.parametrize("language", [EN, RU])
def test_any_size_keeps_slacks_limits(count: int, language: Any) -> None:
    kinds = tuple(
        Category(f"k{n}", f"Очень длинное название категории {n}", "x", n, False) for n in range(80)
    )
    parts = tuple(CategoryPart(kind.key, count, n, ()) for n, kind in enumerate(kinds))
    digest = replace(moving(), bridge=a_bridge(categories=kinds), categories=parts)
    head = render(language, digest).head.message
    slack.check_message(head["blocks"])
    [chart] = [block for block in head["blocks"] if block["type"] == "data_visualization"]
    assert len(chart["chart"]["axis_config"]["categories"]) == 20


def test_what_belongs_to_no_category_is_no_trend() -> None:
    parts = (CategoryPart("other", 101, 1, (), 1), CategoryPart("market", 12, 2, (), 2))
    digest = a_digest(categories=parts, knows_new=True)
    assert [one.name for one in trends(digest, Direction.GROWING)] == ["market"]
