"""What people's fields hold: Slack's `state.values` of modals and messages.

Also what Slack's own client checks before it lets anyone submit: required fields and lengths.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from playground.model import Json, SlackError

Values = dict[str, dict[str, Json]]


@dataclass(frozen=True)
class _Field:
    """How an element's value is called in the state, and its initial one in the block."""

    key: str
    initial: str
    is_list: bool = False


_FIELDS = {
    "plain_text_input": _Field("value", "initial_value"),
    "number_input": _Field("value", "initial_value"),
    "email_text_input": _Field("value", "initial_value"),
    "url_text_input": _Field("value", "initial_value"),
    "rich_text_input": _Field("rich_text_value", "initial_value"),
    "static_select": _Field("selected_option", "initial_option"),
    "external_select": _Field("selected_option", "initial_option"),
    "radio_buttons": _Field("selected_option", "initial_option"),
    "multi_static_select": _Field("selected_options", "initial_options", is_list=True),
    "multi_external_select": _Field("selected_options", "initial_options", is_list=True),
    "checkboxes": _Field("selected_options", "initial_options", is_list=True),
    "users_select": _Field("selected_user", "initial_user"),
    "multi_users_select": _Field("selected_users", "initial_users", is_list=True),
    "channels_select": _Field("selected_channel", "initial_channel"),
    "multi_channels_select": _Field("selected_channels", "initial_channels", is_list=True),
    "conversations_select": _Field("selected_conversation", "initial_conversation"),
    "multi_conversations_select": _Field("selected_conversations", "initial_conversations", is_list=True),
    "datepicker": _Field("selected_date", "initial_date"),
    "timepicker": _Field("selected_time", "initial_time"),
    "datetimepicker": _Field("selected_date_time", "initial_date_time"),
    "file_input": _Field("files", "files", is_list=True),
}
_OPTION_KEYS = ("selected_option", "selected_options")
REQUIRED = {"en": "Please complete this required field.", "ru": "Заполните это обязательное поле."}
TOO_SHORT = {"en": "This is too short.", "ru": "Слишком коротко."}
TOO_LONG = {"en": "This is too long.", "ru": "Слишком длинно."}


def elements(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Each block with each of its interactive elements."""
    for block in blocks:
        found = [block.get("element"), block.get("accessory")]
        if block.get("type") in ("actions", "context_actions"):
            found += block.get("elements", [])
        for card in block.get("elements", []) if block.get("type") == "carousel" else [block]:
            found += card.get("actions", []) if card.get("type") == "card" else []
        for element in found:
            if isinstance(element, dict) and "action_id" in element:
                yield block, element


def find(blocks: list[Json], action_id: str, block_id: str | None = None) -> tuple[Json, Json]:
    """The block and element of an action id (or, for inputs, of a block id); ValueError for none."""
    for block, element in elements(blocks):
        if block_id is not None and block["block_id"] != block_id:
            continue
        if element["action_id"] == action_id or (block_id is None and block["block_id"] == action_id):
            return block, element
    known = ", ".join(f"{block['block_id']}/{element['action_id']}" for block, element in elements(blocks))
    raise ValueError(f"there is no element {action_id!r} here; there are: {known or 'none'}")


def is_stateful(element: Json) -> bool:
    """Whether the element holds a value (buttons and menus do not)."""
    return element["type"] in _FIELDS


def state(blocks: list[Json], kept: Mapping[str, Mapping[str, Json]]) -> Values:
    """The whole state: what was kept, else each element's initial value."""
    values: Values = {}
    for block, element in elements(blocks):
        if is_stateful(element):
            present = kept.get(block["block_id"], {}).get(element["action_id"])
            value = present if present is not None else _initial(element)
            values.setdefault(block["block_id"], {})[element["action_id"]] = value
    return values


def value_object(element: Json, value: object) -> Json:
    """Slack's value object for a plain value: text, an option's value or text, an id, a date.

    ValueError where the element offers no such option.
    """
    kind = element["type"]
    if kind == "button":
        return {}
    if kind == "overflow":
        return {"type": kind, "selected_option": _option(element, value)}
    field = _FIELDS[kind]
    shaped: object = value
    if field.key == "selected_option":
        shaped = None if value is None else _option(element, value)
    elif field.key == "selected_options":
        shaped = [_option(element, one) for one in (value if isinstance(value, list | tuple) else [value])]
    elif field.is_list:
        shaped = list(value) if isinstance(value, list | tuple) else [value]
    elif field.key == "value" and value is not None:
        shaped = str(value)
    return {"type": kind, field.key: shaped}


def from_page(element: Json, given: Json | None) -> Json:
    """The value object for what the page sends: option, options, selected or value."""
    kind = element["type"]
    if given is None or kind == "button":
        return {}
    key = "selected_option" if kind == "overflow" else _FIELDS[kind].key
    for name in ("option", "options", "selected", "value"):
        if name in given:
            return {"type": kind, key: given[name]}
    return {"type": kind, **{name: one for name, one in given.items() if name == key}}


def client_errors(blocks: list[Json], values: Values, language: str) -> dict[str, str]:
    """What Slack's client itself refuses: missing required fields, texts too short or too long."""
    errors: dict[str, str] = {}
    for block, element in elements(blocks):
        if block.get("type") != "input":
            continue
        value = values.get(block["block_id"], {}).get(element["action_id"], {})
        content = value.get(_FIELDS[element["type"]].key)
        if content in (None, "", []):
            if not block.get("optional", False):
                errors[block["block_id"]] = REQUIRED[language]
        elif element["type"] == "plain_text_input":
            if len(content) < int(element.get("min_length", 0)):
                errors[block["block_id"]] = TOO_SHORT[language]
            elif len(content) > int(element.get("max_length", 3000)):
                errors[block["block_id"]] = TOO_LONG[language]
    return errors


def _initial(element: Json) -> Json:
    field = _FIELDS[element["type"]]
    default: object = [] if field.is_list else None
    return {"type": element["type"], field.key: element.get(field.initial, default)}


def _option(element: Json, wanted: object) -> Json:
    if isinstance(wanted, dict):
        return wanted
    groups = element.get("option_groups") or []
    offered = [*(element.get("options") or []), *(one for group in groups for one in group["options"])]
    for option in offered:
        if wanted in (option["value"], option["text"]["text"]):
            found: Json = option
            return found
    known = ", ".join(option["value"] for option in offered)
    raise ValueError(f"{element['action_id']} offers no option {wanted!r}; it offers: {known}")


def checked_errors(blocks: list[Json], errors: object) -> dict[str, str]:
    """Errors an app gave for a form: block ids of inputs only; SlackError invalid_arguments."""
    inputs = {block["block_id"] for block in blocks if block.get("type") == "input"}
    if not isinstance(errors, dict) or not errors or set(errors) - inputs:
        raise SlackError("invalid_arguments")
    return {str(key): str(value) for key, value in errors.items()}
