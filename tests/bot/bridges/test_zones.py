from datetime import UTC, datetime

import pytest

from bot.bridges.zones import search_zones, zone_choice, zone_names

WINTER = datetime(2026, 1, 15, tzinfo=UTC)
SUMMER = datetime(2026, 7, 15, tzinfo=UTC)


def search(query: str, own: str = "Europe/Berlin", language: str = "en", now: datetime = WINTER) -> list[str]:
    return [choice.name for choice in search_zones(query, own=own, now=now, language=language)]


def test_with_nothing_typed_ones_own_zone_comes_first_and_a_hundred_at_most() -> None:
    found = search("", own="Asia/Tokyo")
    assert found[0] == "Asia/Tokyo"
    assert len(found) == 100
    assert len(set(found)) == 100


@pytest.mark.parametrize(
    ("query", "zone"),
    [
        ("berl", "Europe/Berlin"),
        ("Берл", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("america/new_y", "America/New_York"),
        ("москва", "Europe/Moscow"),
        ("sao paulo", "America/Sao_Paulo"),
        ("Calcutta", "Asia/Kolkata"),
        ("екатеринбург", "Asia/Yekaterinburg"),
        ("utc", "UTC"),
    ],
)
def test_a_city_is_found_by_any_of_its_names(query: str, zone: str) -> None:
    assert search(query, own="Pacific/Apia")[0] == zone


def test_a_country_finds_its_zones() -> None:
    assert "Asia/Vladivostok" in search("россия")
    assert "Europe/Berlin" in search("Germany", own="UTC")


@pytest.mark.parametrize("query", ["+3", "UTC+3", "gmt +3", "+03:00", "+3:00"])
def test_an_offset_finds_the_zones_that_have_it_now(query: str) -> None:
    found = search(query)
    assert "Europe/Moscow" in found
    assert "Europe/Berlin" not in found


def test_offsets_follow_the_clock_change() -> None:
    assert "Europe/Berlin" in search("+1", now=WINTER)
    assert "Europe/Berlin" in search("+2", now=SUMMER)
    assert "Asia/Kolkata" in search("+5:30")
    assert "America/New_York" in search("−5")


def test_nonsense_finds_nothing() -> None:
    assert search("qqqq") == []


def test_each_zone_that_this_machine_knows_can_be_shown_in_both_languages() -> None:
    for name in zone_names():
        for language in ("en", "ru"):
            assert zone_choice(name, WINTER, language).label
    assert zone_choice("Europe/Moscow", WINTER, "ru").label == "Москва, Россия · UTC+3"
