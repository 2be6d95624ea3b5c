"""Settings from the environment or a `.env` file: typed, strict, all faults told at once."""

import re
from typing import Annotated, Final, Literal, Self
from zoneinfo import available_timezones

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

_CHANNEL_ID: Final = re.compile(r"[CG][A-Z0-9]{2,}")


class SettingsProblem(Exception):
    """The settings can't be used; `faults` are sentences that say what to do about each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


class Settings(BaseSettings):
    """All of Frontline's settings. docs/settings.md describes them at more length."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True)

    slack_bot_token: str = Field(
        "", description="The bot token (xoxb-…) from OAuth & Permissions.", repr=False
    )
    slack_app_token: str = Field(
        "",
        description="The app-level token (xapp-…) with connections:write. Its presence means Socket Mode.",
        repr=False,
    )
    slack_signing_secret: str = Field(
        "", description="The signing secret from Basic Information; needed for HTTP mode.", repr=False
    )
    port: int | None = Field(
        None,
        ge=1,
        le=65535,
        description="HTTP mode listens here (default 3000). In Socket Mode, if set, health and metrics do.",
    )
    host: str = Field("0.0.0.0", description="The address to listen on.")
    slack_api_url: str = Field(
        "https://slack.com/api/", description="Slack's Web API; for GovSlack, proxies or local workspaces."
    )
    database_url: str = Field(
        "sqlite:///frontline.db",
        description="sqlite:///file or postgresql://user:password@host/name.",
        repr=False,
    )
    sales_channels: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Comma-separated channel ids: sales channels of the first start's bridge `default`."
    )
    marketing_channel: str = Field("", description="The channel id of that bridge's marketing channel.")
    timezone: str = Field("UTC", description="That bridge's time zone, as in Europe/Berlin.")
    language: Literal["en", "ru"] = Field("en", description="That bridge's language: en or ru.")
    catch_up_days: int = Field(
        14, ge=1, le=365, description="How far back messages are read for flags that were missed, in days."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="How much is logged.")
    log_format: Literal["console", "json"] = Field("console", description="Logs for people or for machines.")

    @field_validator("slack_bot_token")
    @classmethod
    def _bot_token(cls, value: str) -> str:
        if value and not value.startswith("xoxb-"):
            raise ValueError("must begin with xoxb-; copy it from OAuth & Permissions of your Slack app")
        return value

    @field_validator("slack_app_token")
    @classmethod
    def _app_token(cls, value: str) -> str:
        if value and not value.startswith("xapp-"):
            raise ValueError("must begin with xapp-; make one under Basic Information, App-Level Tokens")
        return value

    @field_validator("slack_api_url")
    @classmethod
    def _api_url(cls, value: str) -> str:
        if not re.match(r"https?://[^/\s]+", value):
            raise ValueError("must be an http or https address, such as https://slack.com/api/")
        return value if value.endswith("/") else value + "/"

    @field_validator("database_url")
    @classmethod
    def _database_url(cls, value: str) -> str:
        try:
            kind = make_url(value).get_backend_name()
        except ArgumentError:
            kind = ""
        if kind not in ("sqlite", "postgresql"):
            raise ValueError("must be like sqlite:///frontline.db or postgresql://user:password@host/name")
        return value

    @field_validator("sales_channels", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(part.strip() for part in value.split(",") if part.strip())

    @field_validator("sales_channels")
    @classmethod
    def _sales_channels(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        wrong = [part for part in value if not _CHANNEL_ID.fullmatch(part)]
        if wrong:
            raise ValueError(
                f"must hold channel ids such as C0123456789, separated by commas; not: {', '.join(wrong)}"
            )
        return tuple(dict.fromkeys(value))

    @field_validator("marketing_channel")
    @classmethod
    def _marketing_channel(cls, value: str) -> str:
        if value and not _CHANNEL_ID.fullmatch(value):
            raise ValueError("must be a channel id such as C0123456789 (channel details, at the bottom)")
        return value

    @field_validator("timezone")
    @classmethod
    def _timezone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError("must be a zone of the IANA list, such as Europe/Berlin or America/New_York")
        return value

    @model_validator(mode="after")
    def _bridge_is_whole(self) -> Self:
        if bool(self.sales_channels) != bool(self.marketing_channel):
            raise ValueError("SALES_CHANNELS and MARKETING_CHANNEL go together: set both or neither")
        return self

    @property
    def socket_mode(self) -> bool:
        """Whether Slack is reached through a socket that we open, not by requests to us."""
        return bool(self.slack_app_token)

    @property
    def http_port(self) -> int | None:
        """Where to listen; None: nowhere (Socket Mode without PORT)."""
        return self.port or (None if self.socket_mode else 3000)


class _SlackAccess(BaseSettings):
    """What is set at all, read apart so that a missing token is told together with other faults."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore")
    slack_bot_token: str = ""
    slack_app_token: str = ""
    slack_signing_secret: str = ""


def load_settings(*, needs_slack: bool, env_file: str | None = ".env") -> Settings:
    """The settings, or SettingsProblem with every fault. `needs_slack`: the tokens must be there too."""
    faults = _missing_access(_SlackAccess(_env_file=env_file)) if needs_slack else []  # type: ignore[call-arg]
    try:
        settings = Settings(_env_file=env_file)  # type: ignore[call-arg]
    except ValidationError as problem:
        raise SettingsProblem([_sentence(error) for error in problem.errors()] + faults) from None
    if faults:
        raise SettingsProblem(faults)
    return settings


def _missing_access(access: _SlackAccess) -> list[str]:
    faults = []
    if not access.slack_bot_token:
        faults.append(
            "Set SLACK_BOT_TOKEN: install the app to your workspace and copy the bot token (xoxb-…)."
        )
    if not (access.slack_app_token or access.slack_signing_secret):
        faults.append(
            "Set SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP mode): "
            "without either, Slack can't reach Frontline."
        )
    return faults


def _sentence(error: ErrorDetails) -> str:
    name = ".".join(str(part).upper() for part in error["loc"][:1])
    text = error["msg"].removeprefix("Value error, ")
    if error["type"] == "literal_error":
        text = "must be one of " + error["ctx"]["expected"].replace("'", "").replace(" or ", ", ")
    elif error["type"] in {"int_parsing", "greater_than_equal", "less_than_equal"}:
        text = f"must be a number from 1 to {365 if name == 'CATCH_UP_DAYS' else 65535}"
    return f"{name} {text}.".lstrip()
