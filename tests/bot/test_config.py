"""Settings: typed, all faults at once in plain words, secrets in no repr, all of them documented."""

import re
from pathlib import Path

import pytest

from bot.config import Settings, SettingsProblem, load_settings

ROOT = Path(__file__).parents[2]
GOOD = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}
NAMES = sorted(name.upper() for name in Settings.model_fields)


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def load(monkeypatch: pytest.MonkeyPatch, **values: str) -> Settings:
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return load_settings(needs_slack=True, env_file=None)


def faults(monkeypatch: pytest.MonkeyPatch, **values: str) -> list[str]:
    with pytest.raises(SettingsProblem) as caught:
        load(monkeypatch, **values)
    return caught.value.faults


def test_two_tokens_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, **GOOD)
    assert settings.socket_mode
    assert settings.http_port is None
    assert settings.database_url == "sqlite:///frontline.db"


def test_http_mode_listens_on_3000_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, SLACK_BOT_TOKEN="xoxb-1", SLACK_SIGNING_SECRET="s")
    assert not settings.socket_mode
    assert settings.http_port == 3000


def test_a_bridge_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(
        monkeypatch, **GOOD, SALES_CHANNELS=" C111 ,G222,, C111", MARKETING_CHANNEL="C333", LANGUAGE="ru"
    )
    assert settings.sales_channels == ("C111", "G222")
    assert (settings.marketing_channel, settings.language) == ("C333", "ru")


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("SLACK_BOT_TOKEN", "xoxp-1", "SLACK_BOT_TOKEN must begin with xoxb-"),
        ("SLACK_APP_TOKEN", "xoxb-1", "SLACK_APP_TOKEN must begin with xapp-"),
        ("PORT", "http", "PORT must be a number from 1 to 65535."),
        ("PORT", "0", "PORT must be a number from 1 to 65535."),
        ("PORT", "70000", "PORT must be a number from 1 to 65535."),
        ("SLACK_API_URL", "slack.com", "SLACK_API_URL must be an http or https address"),
        ("TIMEZONE", "Berlin", "TIMEZONE must be a zone of the IANA list, such as Europe/Berlin"),
        ("LANGUAGE", "de", "LANGUAGE must be one of en, ru."),
        ("LOG_LEVEL", "LOUD", "LOG_LEVEL must be one of DEBUG, INFO, WARNING, ERROR."),
        ("LOG_FORMAT", "xml", "LOG_FORMAT must be one of console, json."),
        ("SALES_CHANNELS", "#sales", "SALES_CHANNELS must hold channel ids such as C0123456789"),
        ("MARKETING_CHANNEL", "#marketing", "MARKETING_CHANNEL must be a channel id such as C0123456789"),
        ("SALES_CHANNELS", "C111", "SALES_CHANNELS and MARKETING_CHANNEL go together"),
        ("MARKETING_CHANNEL", "C111", "SALES_CHANNELS and MARKETING_CHANNEL go together"),
    ],
)
def test_a_bad_setting_is_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    (fault,) = faults(monkeypatch, **{**GOOD, name: value})
    assert fault.startswith(sentence)
    assert fault.endswith(".")


def test_all_faults_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    told = faults(monkeypatch, PORT="x", TIMEZONE="Mars/Base", LOG_LEVEL="LOUD")
    assert len(told) == 5
    assert any("SLACK_BOT_TOKEN" in fault for fault in told)
    assert any("SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET" in fault for fault in told)


def test_without_slack_no_token_is_needed() -> None:
    assert load_settings(needs_slack=False, env_file=None).slack_bot_token == ""


def test_an_env_file_is_read_and_empty_values_are_none(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("SLACK_BOT_TOKEN=xoxb-1\nSLACK_APP_TOKEN=xapp-1\nPORT=\nTIMEZONE=Europe/Moscow\n")
    settings = load_settings(needs_slack=True, env_file=str(path))
    assert (settings.port, settings.timezone) == (None, "Europe/Moscow")


def test_secrets_are_in_no_repr(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(
        monkeypatch,
        SLACK_BOT_TOKEN="xoxb-hidden1",
        SLACK_APP_TOKEN="xapp-hidden2",
        SLACK_SIGNING_SECRET="hidden3",
        DATABASE_URL="postgresql://u:hidden4@db/x",
    )
    assert "hidden" not in repr(settings)
    assert "hidden" not in str(settings)


def test_faults_never_quote_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    told = faults(monkeypatch, SLACK_BOT_TOKEN="xoxp-hidden1", SLACK_APP_TOKEN="hidden2")
    assert "hidden" not in " ".join(told)


# --- documentation -----------------------------------------------------------------------------------------


def test_the_example_names_every_setting_and_no_other() -> None:
    text = (ROOT / ".env.example").read_text()
    assert sorted(re.findall(r"^#? ?([A-Z_]+)=", text, re.MULTILINE)) == NAMES


def test_the_example_can_be_used_as_it_stands(tmp_path: Path) -> None:
    settings = load_settings(needs_slack=False, env_file=str(ROOT / ".env.example"))
    assert settings == load_settings(needs_slack=False, env_file=None)


def test_the_documentation_names_every_setting_with_its_default() -> None:
    text = (ROOT / "docs" / "settings.md").read_text()
    told = dict(re.findall(r"^\| `([A-Z_]+)` \| (.*?) \|", text, re.MULTILINE))
    assert sorted(told) == NAMES
    for name, field in Settings.model_fields.items():
        if field.default not in ("", (), None):
            assert f"`{field.default}`" in told[name.upper()], name
