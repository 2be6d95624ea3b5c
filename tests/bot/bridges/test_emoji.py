import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bridges.emoji import read_emoji, read_named_emoji, write_emoji


@pytest.mark.parametrize(
    ("text", "names", "wrong"),
    [
        (":bulb: :fire:", ("bulb", "fire"), ()),
        ("bulb fire", ("bulb", "fire"), ()),
        ("bulb, :fire:;:Rage:", ("bulb", "fire", "rage"), ()),
        (":bulb::fire:", ("bulb", "fire"), ()),
        (":+1::skin-tone-3:", ("+1",), ()),
        ("+1::skin-tone-3", ("+1",), ()),
        (":bulb: :bulb:", ("bulb",), ()),
        (":100: :идея:", ("100", "идея"), ()),
        ("", (), ()),
        (":bulb: 💡", ("bulb",), ("💡",)),
        ("??", (), ("??",)),
        (":", (), (":",)),
        (":skin-tone-3:", (), (":skin-tone-3:",)),
    ],
)
def test_emoji_are_read_with_and_without_colons_and_tones(
    text: str, names: tuple[str, ...], wrong: tuple[str, ...]
) -> None:
    read = read_emoji(text)
    assert (read.names, read.wrong) == (names, wrong)


@given(st.text())
def test_whatever_is_typed_is_read_and_what_was_read_is_read_again(text: str) -> None:
    names = read_emoji(text).names
    assert read_emoji(write_emoji(names)).names == names


@pytest.mark.parametrize(
    ("line", "read"),
    [
        (":gear: Processes", ("gear", "Processes")),
        ("  :gear:   Broken   processes ", ("gear", "Broken processes")),
        (":+1::skin-tone-2: Praise", ("+1", "Praise")),
        (":gear:", ("gear", "")),
        ("gear Processes", None),
        ("Processes", None),
        ("⚙️ Processes", None),
    ],
)
def test_a_category_line_begins_with_its_emoji(line: str, read: tuple[str, str] | None) -> None:
    assert read_named_emoji(line) == read
