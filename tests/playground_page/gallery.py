"""One of each Block Kit block and element, and a small Bolt app that shows them to the page."""

from typing import Any

from slack_bolt import Ack, App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from playground.server import Playground

Json = dict[str, Any]

MANIFEST: Json = {
    "display_information": {"name": "Gallery"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "bot_user": {"display_name": "Gallery"},
        "slash_commands": [
            {"command": "/form", "description": "Opens a form", "usage_hint": "[text]"},
            {"command": "/note", "description": "Says it to you alone", "usage_hint": "[text]"},
        ],
        "shortcuts": [
            {"name": "Save", "type": "message", "callback_id": "save", "description": "Save it"},
            {"name": "New", "type": "global", "callback_id": "new", "description": "New one"},
        ],
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                "chat:write",
                "channels:history",
                "channels:read",
                "commands",
                "files:read",
                "im:history",
                "im:read",
                "im:write",
                "reactions:read",
                "reactions:write",
                "users:read",
            ]
        }
    },
    "settings": {
        "event_subscriptions": {"bot_events": ["app_home_opened", "message.channels", "reaction_added"]},
        "socket_mode_enabled": True,
    },
}


def plain(text: str) -> Json:
    """A plain_text object."""
    return {"type": "plain_text", "text": text, "emoji": True}


def mrkdwn(text: str) -> Json:
    """A mrkdwn object."""
    return {"type": "mrkdwn", "text": text}


def option(value: str, text: str | None = None) -> Json:
    """An option object."""
    return {"text": plain(text or value.title()), "value": value}


def field(block_id: str, element: Json, **more: object) -> Json:
    """An input block whose element's action id is `v`."""
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(block_id.title()),
        "element": {"action_id": "v", **element},
        **more,
    }


FORM: Json = {
    "type": "modal",
    "callback_id": "form",
    "title": plain("New insight"),
    "submit": plain("Save"),
    "close": plain("Leave"),
    "blocks": [
        field(
            "text", {"type": "plain_text_input", "multiline": True, "min_length": 3}, hint=plain("In words.")
        ),
        field(
            "category",
            {"type": "static_select", "options": [option("rumour"), option("complaint")]},
            optional=True,
        ),
        field("customer", {"type": "external_select", "min_query_length": 1}, optional=True),
        field("people", {"type": "multi_users_select", "max_selected_items": 2}, optional=True),
        field("amount", {"type": "number_input", "is_decimal_allowed": False}, optional=True),
        field("day", {"type": "datepicker", "initial_date": "2026-12-18"}, optional=True),
        field(
            "urgency",
            {
                "type": "radio_buttons",
                "initial_option": option("normal"),
                "options": [option("normal"), option("urgent")],
            },
        ),
        field("more", {"type": "checkboxes", "options": [option("quote"), option("call")]}, optional=True),
        {
            "type": "actions",
            "block_id": "further",
            "elements": [
                {"type": "button", "action_id": "push", "text": plain("Further")},
                {"type": "button", "action_id": "refresh", "text": plain("Refresh")},
            ],
        },
    ],
}
SECOND: Json = {
    "type": "modal",
    "callback_id": "second",
    "title": plain("Second"),
    "close": plain("Back"),
    "blocks": [{"type": "section", "text": mrkdwn("Nothing to fill in.")}],
}
HOME: Json = {
    "type": "home",
    "blocks": [
        {"type": "header", "text": plain("My insights")},
        {
            "type": "actions",
            "block_id": "home",
            "elements": [{"type": "button", "action_id": "form", "text": plain("New insight")}],
        },
    ],
}
LABELS = ["Customer", "Complaint", "Competitor"]
POINTS = [{"label": label, "value": value} for label, value in zip(LABELS, (4, 2, 6), strict=True)]
MESSAGE: list[Json] = [
    {"type": "header", "text": plain("The front line :bulb:")},
    {
        "type": "section",
        "block_id": "menu",
        "text": mrkdwn("*18* insights"),
        "accessory": {"type": "overflow", "action_id": "menu", "options": [option("one"), option("two")]},
    },
    {
        "type": "data_visualization",
        "title": "By category",
        "chart": {
            "type": "bar",
            "series": [{"name": "Week", "data": POINTS}],
            "axis_config": {"categories": LABELS},
        },
    },
    {
        "type": "data_table",
        "caption": "Activities",
        "page_size": 2,
        "rows": [
            [{"type": "raw_text", "text": "Activity"}, {"type": "raw_text", "text": "Leads"}],
            *(
                [
                    {"type": "raw_text", "text": name},
                    {"type": "raw_number", "value": leads, "text": str(leads)},
                ]
                for name, leads in (("Fair", 61), ("Webinar", 35), ("Film", 118))
            ),
        ],
    },
    {
        "type": "actions",
        "block_id": "card",
        "elements": [
            {
                "type": "button",
                "action_id": "take",
                "style": "primary",
                "text": plain("Take"),
                "value": "142",
            },
            {
                "type": "button",
                "action_id": "drop",
                "style": "danger",
                "text": plain("Drop"),
                "confirm": {
                    "title": plain("Drop it?"),
                    "text": plain("It is gone then."),
                    "confirm": plain("Drop"),
                    "deny": plain("Keep"),
                },
            },
        ],
    },
]


class Gallery:
    """The Bolt app; it keeps the payloads of actions and forms."""

    def __init__(self, playground: Playground) -> None:
        self.client = WebClient(playground.bot_token, base_url=playground.api_url)
        self.app = App(client=self.client)
        self.actions: list[Json] = []
        self.submitted: list[Json] = []
        self.shortcuts: list[Json] = []
        for event in ("app_home_opened", "message", "reaction_added"):
            self.app.event(event)(self._event)
        self.app.command("/form")(self._form)
        self.app.command("/note")(lambda ack, command: ack(f"Noted: {command['text']}"))
        self.app.shortcut({"callback_id": "save", "type": "message_action"})(self._shortcut)
        self.app.shortcut({"callback_id": "new", "type": "shortcut"})(self._shortcut)
        self.app.view("form")(self._submit)
        self.app.options("v")(lambda ack: ack(options=[option("hartmann"), option("bahn")]))
        for action in ("push", "refresh", "form", "take", "drop", "menu"):
            self.app.action(action)(self._action)
        self.handler = SocketModeHandler(self.app, playground.app_token)

    def _event(self, event: Json) -> None:
        if event["type"] == "app_home_opened" and event["tab"] == "home":
            self.client.views_publish(user_id=event["user"], view=HOME)

    def _form(self, ack: Ack, body: Json) -> None:
        ack()
        self.client.views_open(trigger_id=body["trigger_id"], view=FORM)

    def _shortcut(self, ack: Ack, body: Json) -> None:
        ack()
        self.shortcuts.append(body)
        self.client.views_open(trigger_id=body["trigger_id"], view=FORM)

    def _submit(self, ack: Ack, view: Json) -> None:
        values = view["state"]["values"]
        if values["text"]["v"]["value"] == "wrong":
            ack(response_action="errors", errors={"text": "Say it otherwise."})
            return
        self.submitted.append(values)
        ack()

    def _action(self, ack: Ack, body: Json) -> None:
        ack()
        self.actions.append(body)
        match body["actions"][0]["action_id"]:
            case "push":
                self.client.views_push(trigger_id=body["trigger_id"], view=SECOND)
            case "refresh":
                changed = {**FORM, "title": plain("Refreshed")}
                self.client.views_update(view_id=body["view"]["id"], view=changed)
            case "form":
                self.client.views_open(trigger_id=body["trigger_id"], view=FORM)
