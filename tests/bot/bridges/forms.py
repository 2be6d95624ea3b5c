"""Fills in the bridge's forms as Slack sends them back."""

from collections.abc import Mapping
from typing import Any

from bot.gestures import FormState, Gesture
from bot.ids import Field
from tests.support import MARKETING, SALES, SALES_2, TOM


def gesture(user_id: str = TOM, key: str = "V1:h1", channel_id: str | None = None) -> Gesture:
    return Gesture(key=key, user_id=user_id, channel_id=channel_id, trigger_id="t")


def typed(text: str | None) -> dict[str, Any]:
    return {"type": "plain_text_input", "value": text}


def chosen(value: str | None) -> dict[str, Any]:
    return {"selected_option": None if value is None else {"value": value}}


BRIDGE: Mapping[str, Any] = {
    "name": "EMEA",
    "sales": [SALES, SALES_2],
    "marketing": MARKETING,
    "zone": "Europe/Berlin",
    "language": "en",
    "emoji": ":bulb: :fire:",
    "managers": [],
    "threshold": "3",
    "marketing_by": "members",
    "marketers": [],
    "groups": [],
}


def bridge_values(**changes: Any) -> dict[str, dict[str, Any]]:
    """A bridge's form by block id; sound unless changed."""
    one = {**BRIDGE, **changes}
    return {
        Field.NAME: typed(one["name"]),
        Field.SALES: {"selected_conversations": one["sales"]},
        Field.MARKETING: {"selected_conversation": one["marketing"]},
        Field.TIME_ZONE: chosen(one["zone"]),
        Field.LANGUAGE: chosen(one["language"]),
        Field.EMOJI: typed(one["emoji"]),
        Field.MANAGERS: {"selected_users": one["managers"]},
        Field.THRESHOLD: typed(one["threshold"]),
        Field.MARKETING_BY: chosen(one["marketing_by"]),
        Field.MARKETERS: {"selected_users": one["marketers"]},
        Field.MARKETER_GROUPS: {"selected_options": [{"value": group} for group in one["groups"]]},
    }


def bridge_form(**changes: Any) -> FormState:
    return FormState(bridge_values(**changes))


def initial_values(view: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The plain text fields of a form as they were opened."""
    return {
        block["block_id"]: typed(block["element"].get("initial_value"))
        for block in view["blocks"]
        if block["type"] == "input" and block["element"]["type"] == "plain_text_input"
    }


def texts_of(view: Mapping[str, Any]) -> str:
    """All that sections of a view or message say."""
    return "\n".join(block["text"]["text"] for block in view["blocks"] if block["type"] == "section")
