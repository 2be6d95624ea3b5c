"""Finds time zones by what people call them: city, country or region in English and Russian, UTC offset."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from babel.core import get_global
from babel.dates import get_timezone_location

from bot.i18n import LANGUAGES

MOST_CHOICES: Final = 100  # options of a select, docs.slack.dev/reference/block-kit
_OFFSET: Final = re.compile(r"(?:utc|gmt)?\s*([+\-\u2212])\s*(\d{1,2})(?::?(\d{2}))?", re.IGNORECASE)
_NO_PLACES: Final = frozenset({"localtime", "Factory"})


@dataclass(frozen=True)
class ZoneChoice:
    """A time zone as a person chooses it."""

    name: str  # of the IANA list
    label: str


@dataclass(frozen=True)
class _Zone:
    name: str
    city: Mapping[str, str]  # by language
    country: Mapping[str, str]
    words: frozenset[str]


@lru_cache
def zone_names() -> frozenset[str]:
    """All names of the IANA list that this machine knows, old ones included."""
    return frozenset(available_timezones()) - _NO_PLACES


def zone_choice(name: str, now: datetime, language: str) -> ZoneChoice:
    """How the zone is shown: its city, country, and offset at `now`."""
    zone = _zone(name)
    place = [zone.city[language], zone.country[language]]
    label = ", ".join(part for part in place if part)
    return ZoneChoice(name, f"{label} · {_written(_offset(name, now))}")


def search_zones(query: str, *, own: str, now: datetime, language: str) -> list[ZoneChoice]:
    """At most 100 zones that fit `query`: the person's `own` first, then the best and nearest."""
    own = get_global("zone_aliases").get(own, own)
    home = _offset(own, now) if own in zone_names() else timedelta()
    offset, words = _asked_offset(query), tuple(_words([query]))

    def fits(zone: _Zone) -> bool:
        if offset is not None:
            return _offset(zone.name, now) == offset
        return all(any(known.startswith(word) for known in zone.words) for word in words)

    def rank(zone: _Zone) -> tuple[bool, bool, timedelta, str]:
        begins = bool(words) and any(
            tuple(_words([city]))[:1] == words[:1] or _plain(city).startswith(_plain(query.strip()))
            for city in zone.city.values()
        )
        return zone.name != own, not begins, abs(_offset(zone.name, now) - home), zone.city[language]

    found = sorted((zone for zone in _zones() if fits(zone)), key=rank)
    return [zone_choice(zone.name, now, language) for zone in found[:MOST_CHOICES]]


@lru_cache
def _zones() -> tuple[_Zone, ...]:
    """The zones offered: one for each place, without the `Etc/GMT+5` kind, whose signs mislead."""
    named = (name for name in get_global("zone_territories") if not name.startswith("Etc/"))
    return tuple(_zone(name) for name in sorted({"UTC", *named} & zone_names()))


@lru_cache(maxsize=1024)
def _zone(name: str) -> _Zone:
    city = {language: _city(name, language) for language in LANGUAGES}
    country = {language: _country(name, language) for language in LANGUAGES}
    aliases = _aliases().get(name, ())
    words = frozenset(_words([name, *aliases, *city.values(), *country.values()]))
    return _Zone(name, city, country, words)


def _city(name: str, language: str) -> str:
    if name == "UTC":
        return name
    return get_timezone_location(name, locale=language, return_city=True).split("/")[-1]


def _country(name: str, language: str) -> str:
    canonical = get_global("zone_aliases").get(name, name)
    code = get_global("zone_territories").get(canonical, "ZZ")
    return "" if code in {"ZZ", "001"} else str(Locale(language).territories.get(code, ""))


@lru_cache
def _aliases() -> Mapping[str, tuple[str, ...]]:
    by_zone: dict[str, tuple[str, ...]] = {}
    for alias, name in get_global("zone_aliases").items():
        by_zone[name] = (*by_zone.get(name, ()), alias)
    return by_zone


def _offset(name: str, now: datetime) -> timedelta:
    return now.astimezone(ZoneInfo(name)).utcoffset() or timedelta()


def _written(offset: timedelta) -> str:
    minutes = int(offset.total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    sign = "-" if minutes < 0 else "+"
    return f"UTC{sign}{hours}" + (f":{rest:02d}" if rest else "")


def _asked_offset(query: str) -> timedelta | None:
    found = _OFFSET.fullmatch(query.strip())
    if found is None:
        return None
    size = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    return size if found[1] == "+" else -size


def _words(texts: Iterable[str]) -> Iterable[str]:
    for text in texts:
        yield from re.findall(r"\w+", _plain(text).replace("_", " "))


def _plain(text: str) -> str:
    """Without case and accents: «São Paulo» is found by «sao», «Орёл» by «орел»."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
