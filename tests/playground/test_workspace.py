"""Whom a message reaches, outsiders of shared channels, and answers by response_url."""

from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient

from playground.person import Person
from playground.server import Playground
from playground.tickets import RESPONSE_USES
from tests.playground.probe import Probe


def newest(playground: Playground, channel: str) -> Any:
    return playground.workspace.history(channel)[-1]


def test_an_inert_post_notifies_nobody_and_a_live_one_is_caught(
    client: WebClient, playground: Playground, sales: str, anna: Person
) -> None:
    client.chat_postMessage(channel=sales, text=f"&lt;@{anna.id}&gt; @channel https://x.de")
    assert newest(playground, sales).notified == frozenset()
    assert newest(playground, sales).unfurled == ()
    client.chat_postMessage(channel=sales, text=f"<@{anna.id}> <!channel>")
    assert newest(playground, sales).notified == {anna.id, "!channel"}
    mention = {"type": "user", "user_id": anna.id}
    quote = {"type": "rich_text_quote", "elements": [mention]}
    client.chat_postMessage(channel=sales, text="x", blocks=[{"type": "rich_text", "elements": [quote]}])
    assert newest(playground, sales).notified == {anna.id}
    client.chat_postMessage(channel=sales, text="@here", link_names=True)
    assert newest(playground, sales).notified == {"!here"}
    client.chat_postMessage(channel=sales, text="<https://x.de>", unfurl_links=True)
    assert newest(playground, sales).unfurled == ("https://x.de",)


def test_an_outsider_of_a_shared_channel_is_known_by_the_team(
    probe: Probe, playground: Playground, sales: str, client: WebClient
) -> None:
    workspace = playground.workspace
    guest = workspace.people.add("otto", team_id="T0OTHER001")
    with workspace.core.silently():
        workspace.channels.share(sales)
        workspace.channels.join(sales, guest.id)
    playground.person("otto").post("sales", "from outside")
    payload = probe.of("message")[-1]
    assert payload["event"]["user_team"] == payload["event"]["team"] == "T0OTHER001"
    assert payload["is_ext_shared_channel"] is True
    assert client.users_info(user=guest.id)["user"]["team_id"] == "T0OTHER001"
    assert client.conversations_info(channel=sales)["channel"]["is_ext_shared"] is True


def test_a_response_url_lasts_five_uses_and_half_an_hour(
    playground: Playground, anna: Person, sales: str
) -> None:
    tickets = playground.workspace.tickets
    hook = WebhookClient(tickets.new_response_url(sales, anna.id))
    answers = [hook.send(text=f"answer {n}") for n in range(RESPONSE_USES + 1)]
    assert [one.status_code for one in answers] == [200] * RESPONSE_USES + [404]
    assert "used_url" in answers[-1].body
    assert len(anna.sees("sales")) == RESPONSE_USES
    late = WebhookClient(tickets.new_response_url(sales, anna.id))
    tickets.expire_all()
    assert "expired_url" in late.send(text="late").body


def test_nothing_goes_out_before_the_start() -> None:
    playground = Playground(manifest={"settings": {"event_subscriptions": {"bot_events": ["team_join"]}}})
    playground.workspace.people.add("anna")
    assert playground.log.deliveries() == []
    playground.stop()


def test_a_wait_that_is_in_vain_says_so(playground: Playground, anna: Person) -> None:
    with pytest.raises(TimeoutError, match="anna"):
        anna.wait_for(lambda: False, timeout=0.01)
    with pytest.raises(TimeoutError):
        playground.wait_for(lambda: False, timeout=0.01)
