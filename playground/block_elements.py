"""Rules of Block Kit's interactive elements (docs.slack.dev/reference/block-kit/block-elements)."""

from playground.block_rules import (
    DATE,
    TIME,
    URL,
    Report,
    Rule,
    any_text,
    at_least_one,
    boolean,
    both,
    by_type,
    choice,
    listing,
    number,
    plain,
    structure,
    text,
    unique,
    unless,
)
from playground.model import Json
from playground.rich_text_rules import RICH_TEXT

NAME = text(255)

_CONFIRM = structure(
    {"title": plain(100), "text": any_text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": choice("primary", "danger")},
)
SLACK_FILE = structure({}, {"id": text(50), "url": text(3000)})
_IMAGE_SOURCE: dict[str, Rule] = {"image_url": text(3000, pattern=URL), "slack_file": SLACK_FILE}
IMAGE = both(
    unless("image_url", "slack_file"),
    structure({"alt_text": text(2000, shortest=0)}, _IMAGE_SOURCE),
)

# Facts: label 75, description 75, value 150.
_OPTION = structure({"text": plain(75), "value": text(150)}, {"description": plain(75), "url": text(3000)})
_RICH_OPTION = structure({"text": any_text(75), "value": text(150)}, {"description": any_text(75)})
_UNIQUE_VALUES = unique(lambda one: one.get("value"), "option values")


def _options(most: int, *, least: int = 1, rule: Rule = _OPTION) -> Rule:
    return both(listing(rule, least, most), _UNIQUE_VALUES)


_GROUPS = listing(structure({"label": plain(75), "options": _options(100)}), 1, 100)
_DISPATCH = structure(
    {}, {"trigger_actions_on": listing(choice("on_enter_pressed", "on_character_entered"), 1, 2)}
)
_FILTER = structure(
    {},
    {
        "include": listing(choice("im", "mpim", "private", "public"), 1, 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)
_BASE: dict[str, Rule] = {"action_id": NAME, "confirm": _CONFIRM, "focus_on_load": boolean}
_INPUT: dict[str, Rule] = {**_BASE, "placeholder": plain(150)}
_IDS = listing(text(30), 1, 100)
_MANY: dict[str, Rule] = {**_INPUT, "max_selected_items": number(1, whole=True)}
_CHOSEN_FROM: dict[str, Rule] = {"options": _options(100), "option_groups": _GROUPS}
_ONE_SOURCE = unless("options", "option_groups")


def _initial_is_offered(value: object, pointer: str, report: Report) -> None:
    """An initial option must be one of the options, in every part."""
    if not isinstance(value, dict):
        return
    offered = [*(value.get("options") or []), *_grouped(value)]
    given = value.get("initial_options") or [value.get("initial_option")]
    for one in given if isinstance(given, list) else []:
        if one is not None and one not in offered:
            report.add("initial options must be among the options", pointer)


def _grouped(value: Json) -> list[Json]:
    groups = value.get("option_groups") or []
    return [one for group in groups if isinstance(group, dict) for one in group.get("options", [])]


def _typed(**extra: Rule) -> Rule:
    return structure({}, {**_INPUT, "dispatch_action_config": _DISPATCH, **extra})


RULES: dict[str, Rule] = {
    "button": structure(
        {"text": plain(75)},
        {
            **_BASE,
            "value": text(2000, shortest=0),
            "url": text(3000, pattern=URL),
            "style": choice("primary", "danger"),
            "accessibility_label": text(75),
        },
    ),
    "overflow": structure({"options": _options(5)}, _BASE),
    "static_select": both(
        _ONE_SOURCE,
        structure({}, {**_INPUT, **_CHOSEN_FROM, "initial_option": _OPTION}),
        _initial_is_offered,
    ),
    "multi_static_select": both(
        _ONE_SOURCE,
        structure({}, {**_MANY, **_CHOSEN_FROM, "initial_options": _options(100)}),
        _initial_is_offered,
    ),
    "external_select": structure(
        {}, {**_INPUT, "initial_option": _OPTION, "min_query_length": number(0, whole=True)}
    ),
    "multi_external_select": structure(
        {}, {**_MANY, "initial_options": _options(100), "min_query_length": number(0, whole=True)}
    ),
    "users_select": structure({}, {**_INPUT, "initial_user": text(30)}),
    "multi_users_select": structure({}, {**_MANY, "initial_users": _IDS}),
    "channels_select": structure(
        {}, {**_INPUT, "initial_channel": text(30), "response_url_enabled": boolean}
    ),
    "multi_channels_select": structure({}, {**_MANY, "initial_channels": _IDS}),
    "conversations_select": structure(
        {},
        {
            **_INPUT,
            "initial_conversation": text(30),
            "default_to_current_conversation": boolean,
            "response_url_enabled": boolean,
            "filter": _FILTER,
        },
    ),
    "multi_conversations_select": structure(
        {},
        {
            **_MANY,
            "initial_conversations": _IDS,
            "default_to_current_conversation": boolean,
            "filter": _FILTER,
        },
    ),
    "plain_text_input": _typed(
        initial_value=text(3000, shortest=0),
        multiline=boolean,
        min_length=number(0, 3000, whole=True),
        max_length=number(1, 3000, whole=True),
    ),
    "number_input": both(
        at_least_one("is_decimal_allowed"),
        _typed(is_decimal_allowed=boolean, initial_value=text(100), min_value=text(100), max_value=text(100)),
    ),
    "email_text_input": _typed(initial_value=text(3000)),
    "url_text_input": _typed(initial_value=text(3000, pattern=URL)),
    "datepicker": structure({}, {**_INPUT, "initial_date": text(10, pattern=DATE)}),
    "timepicker": structure({}, {**_INPUT, "initial_time": text(5, pattern=TIME), "timezone": text(50)}),
    "datetimepicker": structure({}, {**_BASE, "initial_date_time": number(1e9, 1e10, whole=True)}),
    "checkboxes": both(
        structure(
            {"options": _options(10, rule=_RICH_OPTION)},
            {**_BASE, "initial_options": _options(10, rule=_RICH_OPTION)},
        ),
        _initial_is_offered,
    ),
    "radio_buttons": both(
        structure({"options": _options(10, rule=_RICH_OPTION)}, {**_BASE, "initial_option": _RICH_OPTION}),
        _initial_is_offered,
    ),
    "rich_text_input": structure(
        {}, {**_INPUT, "dispatch_action_config": _DISPATCH, "initial_value": structure(RICH_TEXT)}
    ),
    "file_input": structure(
        {}, {"action_id": NAME, "filetypes": listing(text(20), 1, 50), "max_files": number(1, 10, whole=True)}
    ),
    "image": IMAGE,
}

_BUTTONS = {"button", "overflow"}
_TYPED = {
    "plain_text_input",
    "number_input",
    "email_text_input",
    "url_text_input",
    "rich_text_input",
    "file_input",
}
_CHOSEN = set(RULES) - _BUTTONS - _TYPED - {"image"}


def _only(kinds: set[str], what: str) -> Rule:
    return by_type({kind: RULES[kind] for kind in kinds}, what)


ACTION = _only(_BUTTONS | _CHOSEN, "element type in actions")
ACCESSORY = _only(_BUTTONS | _CHOSEN | {"image"}, "accessory type")
INPUT = _only(_TYPED | _CHOSEN, "input element type")
BUTTON = _only({"button"}, "element type")
CONTEXT = by_type({"image": IMAGE, "plain_text": any_text(3000), "mrkdwn": any_text(3000)}, "context element")
