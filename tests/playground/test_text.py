"""What people type becomes what Slack stores; and whom a message pings."""

import pytest

from playground import text

USERS = {"anna": "U1", "ben.k": "U2"}
CHANNELS = {"sales-emea": "C1"}


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("@anna, look", "<@U1>, look"),
        ("@ben.k.", "<@U2>."),
        ("@nobody", "@nobody"),
        ("in #sales-emea now", "in <#C1|sales-emea> now"),
        ("#142 and #Hartmann", "#142 and #Hartmann"),
        ("@channel!", "<!channel>!"),
        ("see https://x.de/a?b=1&c=2.", "see <https://x.de/a?b=1&amp;c=2>."),
        ("mail a.b@x.de", "mail <mailto:a.b@x.de|a.b@x.de>"),
        ("`@anna <b>` @anna", "`@anna &lt;b&gt;` <@U1>"),
    ],
)
def test_typed(typed: str, stored: str) -> None:
    assert text.typed(typed, USERS, CHANNELS) == stored


def test_whom_text_notifies() -> None:
    assert text.notified_by_text("<@U1> <!channel> <!subteam^S1|@x>") == {"U1", "!channel", "S1"}
    assert text.notified_by_text("&lt;@U1&gt; @channel") == frozenset()


def test_whom_blocks_notify() -> None:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "<@U1>"}}
    plain = {"type": "section", "text": {"type": "plain_text", "text": "<@U2>"}}
    elements = [
        {"type": "text", "text": "<@U3> <!here>"},
        {"type": "user", "user_id": "U4"},
        {"type": "broadcast", "range": "here"},
    ]
    rich = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]}
    assert text.notified_by_blocks([section, plain, rich]) == {"U1", "U4", "!here"}


def test_links() -> None:
    assert text.links("<https://a.de|x> https://b.de <https://a.de>", None) == (
        "https://a.de",
        "https://b.de",
    )
