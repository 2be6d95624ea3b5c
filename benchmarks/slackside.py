"""What Slack would send: events of Slack's real shape and size, each a new one."""

import json
from itertools import count
from time import time
from typing import Any, Final

from slack_sdk.signature import SignatureVerifier

from bot.slack import Identity

TEAM: Final = "T0123ABCDEF"
SALES: Final = "C0SALES0001"
MARKETING: Final = "C0MARKET001"
ELSEWHERE: Final = "C0ELSEWHERE"
PERSON: Final = "U0ANNA00001"
BOT: Final = Identity(TEAM, "Acme", "U0BOT000001", "B0BOT000001", "https://acme.slack.com/")
SECRET: Final = "signing-secret-of-the-benchmark"  # noqa: S105 - of no workspace

_number = count(1)


def flag() -> dict[str, Any]:
    """A flag emoji at a message of a sales channel: it must be stored."""
    return _reaction("bulb")


def other_reaction() -> dict[str, Any]:
    """A reaction that is no flag, in a sales channel."""
    return _reaction("thumbsup")


def plain_message() -> dict[str, Any]:
    """A message in a channel: of no interest, since nobody flagged it."""
    ts = _ts(next(_number))
    return _event(
        {
            "type": "message",
            "channel": SALES,
            "user": PERSON,
            "text": "Acme now gives 25% off until New Year, and Hartmann asked us to match it. " * 3,
            "ts": ts,
            "event_ts": ts,
            "channel_type": "channel",
            "team": TEAM,
            "client_msg_id": "28f5a02b-2ef4-4d69-a2a5-28b0a1d0b5ad",
            "blocks": [
                {
                    "type": "rich_text",
                    "block_id": "b1",
                    "elements": [
                        {
                            "type": "rich_text_section",
                            "elements": [{"type": "text", "text": "Acme now gives 25% off"}],
                        }
                    ],
                }
            ],
        }
    )


def signed(body: bytes) -> dict[str, str]:
    """The headers of Slack's signed request."""
    stamp = str(int(time()))
    signature = SignatureVerifier(SECRET).generate_signature(timestamp=stamp, body=body)
    assert signature is not None
    return {
        "Content-Type": "application/json",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": signature,
    }


def as_json(event: dict[str, Any]) -> bytes:
    """The event as the body of a request."""
    return json.dumps(event).encode()


def _reaction(emoji: str) -> dict[str, Any]:
    number = next(_number)
    return _event(
        {
            "type": "reaction_added",
            "user": PERSON,
            "reaction": emoji,
            "item_user": "U0BEN000001",
            "item": {"type": "message", "channel": SALES, "ts": _ts(number)},
            "event_ts": _ts(number + 1),
        }
    )


def _event(event: dict[str, Any]) -> dict[str, Any]:
    return {
        "token": "ZZZZZZWSxiZZZ2yIvs3peJ",
        "team_id": TEAM,
        "context_team_id": TEAM,
        "context_enterprise_id": None,
        "api_app_id": "A0123ABCDEF",
        "event": event,
        "type": "event_callback",
        "event_id": f"Ev{next(_number):010d}",
        "event_time": int(time()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM,
                "user_id": BOT.user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": "4-eyJldCI6InJlYWN0aW9uX2FkZGVkIiwidGlkIjoiVDAxMjMifQ",
    }


def _ts(number: int) -> str:
    return f"{1772000000 + number // 1000}.{number % 1000:03d}000"
