"""Texts for people: English in the code, translations in `bot/locales/<language>.po`.

`_("…", name=value)` says a sentence in the language of `_`; `_.plural("…", "…", n)` chooses the form.
`N_("…")` marks a text for the catalogue and leaves the saying to later.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton, get_day_names
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_precision
from babel.support import NullTranslations, Translations

LANGUAGES: Final = ("en", "ru")
DEFAULT_LANGUAGE: Final = "en"
LOCALES: Final = Path(__file__).parent / "locales"


@dataclass(frozen=True)
class Message:
    """A sentence that is not said yet: the language is known only where it is shown."""

    msgid: str
    params: Mapping[str, object] = field(default_factory=dict)


def N_(msgid: str, **params: object) -> Message:
    """Mark `msgid` for translation, to be said later by `Texts.say`."""
    return Message(msgid, params)


class Texts:
    """One language's texts, numbers and dates."""

    def __init__(self, language: str, translations: NullTranslations) -> None:
        self.language = language
        self._translations = translations
        # English as written outside America: day before month, 24 hours, weeks from Monday.
        self._locale = {"en": "en_GB"}.get(language, language)

    def __call__(self, msgid: str, **params: object) -> str:
        return self._translations.gettext(msgid).format(**params)

    def plural(self, one: str, many: str, n: int, **params: object) -> str:
        """The form that fits `n`, which is also the parameter `{n}` (formatted)."""
        return self._translations.ngettext(one, many, n).format(n=self.number(n), **params)

    def say(self, message: Message) -> str:
        """Say a marked message."""
        return self(message.msgid, **message.params)

    def number(self, value: int) -> str:
        return format_decimal(value, locale=self._locale)

    def decimal(self, value: Decimal) -> str:
        """An exact decimal number with all its places."""
        places = max(0, -int(value.as_tuple().exponent))
        return format_decimal(value, f"#,##0.{'0' * places}", locale=self._locale)

    def percent(self, value: Decimal) -> str:
        """A share, 1 being 100%, in whole percent."""
        return format_percent(value, locale=self._locale)

    def money(self, minor_units: int, currency: str) -> str:
        """An exact amount in minor units, as the locale writes it."""
        amount = Decimal(minor_units).scaleb(-get_currency_precision(currency))
        return format_currency(amount, currency, locale=self._locale)

    def day(self, value: date) -> str:
        """A day with its month, and the weekday before it: «Mon 23 Nov»."""
        return format_skeleton("MMMEd", _noon(value), locale=self._locale)

    def short_day(self, value: date) -> str:
        return format_skeleton("MMMd", _noon(value), locale=self._locale)

    def full_day(self, value: date) -> str:
        """A day with its month and year: «2 Mar 2026»."""
        return format_date(value, "medium", locale=self._locale)

    def month(self, value: date) -> str:
        return format_date(value, "LLLL y", locale=self._locale)

    def weekday(self, number: int) -> str:
        """The weekday's name, 0 being Monday."""
        return str(get_day_names("wide", "stand-alone", self._locale)[number])

    def moment(self, instant: datetime, zone: str) -> str:
        """Day and time of day in `zone`."""
        local = instant.astimezone(ZoneInfo(zone))
        return f"{self.day(local.date())}, {local:%H:%M}"

    def short_weekday(self, number: int) -> str:
        """The weekday's short name as it stands alone, 0 being Monday."""
        return str(get_day_names("abbreviated", "stand-alone", self._locale)[number])


def _noon(value: date) -> datetime:
    return datetime(value.year, value.month, value.day, 12)  # noqa: DTZ001 - only its day is written


@lru_cache
def texts(language: str) -> Texts:
    """The texts of `language`; English where Frontline does not know it."""
    if language == DEFAULT_LANGUAGE or language not in LANGUAGES:
        return Texts(DEFAULT_LANGUAGE, NullTranslations())
    return Texts(language, _translations(LOCALES / f"{language}.po", language))


def _translations(path: Path, language: str) -> Translations:
    compiled = BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return Translations(compiled)


def language_of(locale: str | None) -> str | None:
    """Frontline's language for a Slack locale such as `ru-RU`; None where it has none."""
    language = (locale or "").replace("_", "-").split("-")[0].lower()
    return language if language in LANGUAGES else None
