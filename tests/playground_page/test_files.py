"""The page's files as files: complete, self-contained, of a readable length."""

import json
import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "playground" / "page"
FLAGS = ["bulb", "speech_balloon", "rage", "crossed_swords", "gear", "pray", "pushpin", "white_check_mark"]
FLAGS += ["chart_with_upwards_trend"]
SCRIPTS = sorted(PAGE.glob("*.js"))


def test_every_default_flag_has_its_character() -> None:
    emoji = json.loads((PAGE / "emoji.json").read_text(encoding="utf-8"))
    assert [name for name in FLAGS if name not in emoji] == []
    assert len(emoji) > 300


def test_every_emoji_that_the_picker_offers_is_known() -> None:
    emoji = json.loads((PAGE / "emoji.json").read_text(encoding="utf-8"))
    common = re.search(r"const COMMON = \[(.*?)\];", (PAGE / "reactions.js").read_text(), re.DOTALL)
    assert common is not None
    names = re.findall(r"'([^']+)'", common.group(1))
    assert len(names) > 30 and [name for name in names if name not in emoji] == []


@pytest.mark.parametrize(
    "file", [*SCRIPTS, *PAGE.glob("*.css"), PAGE / "index.html"], ids=lambda file: file.name
)
def test_nothing_is_loaded_from_elsewhere_and_files_stay_short(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    loaded = re.findall(r"""(?:src|href|from|import|url)\s*[=(]?\s*['"(]?(https?://[^'")\s]+)""", text)
    assert loaded == []
    assert text.count("\n") <= 400


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.name)
def test_no_text_can_become_markup(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    risky = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser|srcdoc"
    assert re.findall(risky, text) == []


def test_every_test_id_is_listed_at_the_top_of_the_page() -> None:
    source = "\n".join(file.read_text(encoding="utf-8") for file in SCRIPTS)
    index = (PAGE / "index.html").read_text(encoding="utf-8")
    used = set(re.findall(r"test: ?['`]([a-z-]+)", source)) | set(
        re.findall(r'data-testid="([a-z-]+)"', index)
    )
    used |= set(re.findall(r"(?:quick|tab|row)\([^`']*['`]([a-z-]+-)", source))
    listed = index[: index.index("-->")]
    assert len(used) > 60
    assert sorted(name for name in used if name.rstrip("-") not in listed) == []
