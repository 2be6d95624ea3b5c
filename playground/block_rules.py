"""Small rules of which the checks of Block Kit are made.

A rule looks at one value and reports what is wrong with it, with a JSON pointer, in Slack's words.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from playground.model import Json

URL = re.compile(r"(https?|mailto|slack|tel):\S+\Z")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d\Z")


@dataclass
class Report:
    """What is wrong, one line a fault."""

    messages: list[str] = field(default_factory=list)

    def add(self, what: str, pointer: str) -> None:
        """Note a fault at that place."""
        self.messages.append(f"[ERROR] {what} [json-pointer:{pointer}]")


Rule = Callable[[object, str, Report], None]


def text(longest: int, *, shortest: int = 1, pattern: re.Pattern[str] | None = None) -> Rule:
    """A string of so many characters."""

    def check(value: object, pointer: str, report: Report) -> None:
        if not isinstance(value, str):
            report.add("must be a string", pointer)
        elif len(value) < shortest:
            report.add(f"must be more than {shortest - 1} characters", pointer)
        elif len(value) > longest:
            report.add(f"must be less than {longest + 1} characters", pointer)
        elif pattern is not None and not pattern.match(value):
            report.add("does not match the expected format", pointer)

    return check


def boolean(value: object, pointer: str, report: Report) -> None:
    """True or false."""
    if not isinstance(value, bool):
        report.add("must be a boolean", pointer)


def number(low: float = float("-inf"), high: float = float("inf"), *, whole: bool = False) -> Rule:
    """A number within bounds."""

    def check(value: object, pointer: str, report: Report) -> None:
        kinds: tuple[type, ...] = (int,) if whole else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds):
            report.add("must be an integer" if whole else "must be a number", pointer)
        elif not low <= float(str(value)) <= high:
            report.add(f"must be between {low:g} and {high:g}", pointer)

    return check


def choice(*allowed: str) -> Rule:
    """One of these strings."""

    def check(value: object, pointer: str, report: Report) -> None:
        if value not in allowed:
            report.add(f"must be one of: {', '.join(allowed)}", pointer)

    return check


def listing(rule: Rule, least: int, most: int) -> Rule:
    """A list of so many values of one rule."""

    def check(value: object, pointer: str, report: Report) -> None:
        if not isinstance(value, list):
            report.add("must be an array", pointer)
            return
        if len(value) < least:
            report.add(f"must have at least {least} items", pointer)
        if len(value) > most:
            report.add(f"no more than {most} items allowed", pointer)
        for index, one in enumerate(value):
            rule(one, f"{pointer}/{index}", report)

    return check


def structure(required: Mapping[str, Rule], optional: Mapping[str, Rule] | None = None) -> Rule:
    """An object of these fields and no others."""
    known = {**required, **(optional or {})}

    def check(value: object, pointer: str, report: Report) -> None:
        if not isinstance(value, dict):
            report.add("must be an object", pointer)
            return
        for key in required:
            if value.get(key) is None:
                report.add(f"missing required field: {key}", pointer)
        for key, one in value.items():
            if key in known:
                if one is not None:
                    known[key](one, f"{pointer}/{key}", report)
            elif key != "type":
                report.add(f"invalid additional property: {key}", pointer)

    return check


def by_type(rules: Mapping[str, Rule], what: str) -> Rule:
    """An object whose `type` says which rule it follows."""

    def check(value: object, pointer: str, report: Report) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        rule = rules.get(kind) if isinstance(kind, str) else None
        if rule is None:
            report.add(f"unsupported {what}: {kind}", f"{pointer}/type")
        else:
            rule(value, pointer, report)

    return check


def both(*rules: Rule) -> Rule:
    """All of these rules."""

    def check(value: object, pointer: str, report: Report) -> None:
        for rule in rules:
            rule(value, pointer, report)

    return check


def later(give: Callable[[], Rule]) -> Rule:
    """A rule that is defined further down (rules refer to each other in rings)."""

    def check(value: object, pointer: str, report: Report) -> None:
        give()(value, pointer, report)

    return check


def plain(longest: int, *, shortest: int = 1) -> Rule:
    """A plain_text object."""
    return both(
        _of_type("plain_text"),
        structure({"text": text(longest, shortest=shortest)}, {"emoji": boolean}),
    )


def any_text(longest: int, *, shortest: int = 1) -> Rule:
    """A plain_text or mrkdwn object."""
    length = text(longest, shortest=shortest)
    rules = {
        "plain_text": structure({"text": length}, {"emoji": boolean}),
        "mrkdwn": structure({"text": length}, {"verbatim": boolean}),
    }
    return by_type(rules, "text type")


def _of_type(wanted: str) -> Rule:
    def check(value: object, pointer: str, report: Report) -> None:
        if isinstance(value, dict) and value.get("type") != wanted:
            report.add(f"must be a {wanted} object", pointer)

    return check


def unless(key: str, *alternatives: str) -> Rule:
    """Exactly one of several fields must be there."""

    def check(value: object, pointer: str, report: Report) -> None:
        if isinstance(value, dict):
            given = [one for one in (key, *alternatives) if value.get(one) is not None]
            if len(given) != 1:
                report.add(f"exactly one of {', '.join((key, *alternatives))} is required", pointer)

    return check


def at_least_one(*keys: str) -> Rule:
    """At least one of several fields must be there."""

    def check(value: object, pointer: str, report: Report) -> None:
        if isinstance(value, dict) and all(value.get(one) is None for one in keys):
            report.add(f"one of {', '.join(keys)} is required", pointer)

    return check


def unique(key: Callable[[Json], object], what: str) -> Rule:
    """No two objects of a list share this."""

    def check(value: object, pointer: str, report: Report) -> None:
        seen: set[object] = set()
        for index, one in enumerate(value if isinstance(value, list) else []):
            found = key(one) if isinstance(one, dict) else None
            if found is not None and found in seen:
                report.add(f"{what} must be unique", f"{pointer}/{index}")
            seen.add(found)

    return check
