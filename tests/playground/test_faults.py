"""Faults do what they say, repeatably."""

import time

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from playground.faults import Faults
from playground.person import Person
from playground.server import Playground
from tests.playground.probe import Probe, refused


def event_ids(probe: Probe, event_type: str = "message") -> list[str]:
    return [one["event_id"] for one in probe.of(event_type)]


def test_a_dropped_ack_brings_the_same_event_again(
    probe: Probe, playground: Playground, anna: Person
) -> None:
    playground.faults.add("drop_ack", "message")
    anna.post("sales", "x")
    assert len(event_ids(probe)) == 2
    assert len(set(event_ids(probe))) == 1
    assert probe.retries == ["0", "1"]
    (delivery,) = playground.log.deliveries("message")
    assert [(one.outcome, one.fault) for one in delivery.attempts] == [
        ("timeout", "drop_ack"),
        ("acked", None),
    ]


def test_redelivery_and_duplicates(probe: Probe, playground: Playground, anna: Person) -> None:
    playground.faults.add("redeliver", "message")
    anna.post("sales", "x")
    assert len(event_ids(probe)) == 2
    assert len(set(event_ids(probe))) == 1
    playground.faults.add("duplicate", "reaction_added", count=3)
    anna.react(anna.sees("sales")[0], "bulb")
    playground.wait_idle()
    assert len(set(event_ids(probe, "reaction_added"))) == 4
    assert len({one["event"]["event_ts"] for one in probe.of("reaction_added")}) == 1


def test_reordering(probe: Probe, playground: Playground, anna: Person) -> None:
    playground.faults.add("reorder", "message", seconds=5)
    anna.post("sales", "first", wait=False)
    anna.post("sales", "second")
    playground.wait_idle()
    assert [one["event"]["text"] for one in probe.of("message")] == ["second", "first"]


def test_rate_limit_error_and_slowness(playground: Playground, client: WebClient, sales: str) -> None:
    playground.faults.add("ratelimit", "chat.postMessage", seconds=7)
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel=sales, text="x")
    assert (caught.value.response.status_code, caught.value.response["error"]) == (429, "ratelimited")
    assert caught.value.response.headers["retry-after"] == "7"
    playground.faults.add("error", "chat.postMessage")
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel=sales, text="x")
    assert caught.value.response.status_code == 500
    assert playground.workspace.history(sales) == []
    playground.faults.add("slow", "auth.test", seconds=0.3)
    started = time.monotonic()
    client.auth_test()
    assert time.monotonic() - started >= 0.3


def test_a_lost_response_has_acted(playground: Playground, sales: str) -> None:
    client = WebClient(playground.bot_token, base_url=playground.api_url, retry_handlers=[])
    playground.faults.add("lose_response", "chat.postMessage")
    with pytest.raises(OSError, match=r"."):
        client.chat_postMessage(channel=sales, text="posted?")
    assert [one.text for one in playground.workspace.history(sales)] == ["posted?"]
    (call,) = playground.log.calls("chat.postMessage")
    assert (call.fault, call.result) == ("lose_response", None)
    client.chat_postMessage(channel=sales, text="next")


def test_silent_sockets_deliver_nothing(probe: Probe, playground: Playground, anna: Person) -> None:
    playground.silence_sockets()
    anna.post("sales", "x", wait=False)
    playground.wait_idle()
    assert probe.events == []
    (delivery,) = playground.log.deliveries("message")
    assert delivery.state == "lost"
    assert {one.fault for one in delivery.attempts} == {"silent"}


def test_revoked_token(probe: Probe, playground: Playground, client: WebClient) -> None:
    playground.revoke_tokens()
    playground.wait_idle()
    assert probe.of("tokens_revoked")
    assert refused(client.auth_test) == "token_revoked"


def test_chance_is_seeded() -> None:
    def strikes(seed: int) -> list[bool]:
        faults = Faults(seed)
        faults.add("drop_ack", rate=0.5, times=None)
        return [faults.take("drop_ack", "message") is not None for _ in range(50)]

    assert strikes(1) == strikes(1)
    assert strikes(1) != strikes(2)
    assert 10 < sum(strikes(1)) < 40


def test_a_fault_ends_when_it_is_removed() -> None:
    faults = Faults()
    slow, error = faults.add("slow", times=None), faults.add("error", times=None)
    faults.remove(slow)
    faults.remove(slow)
    assert faults.take("slow", "auth.test") is None
    assert faults.take("error", "auth.test") is error


def test_orders_are_checked() -> None:
    faults = Faults()
    for order in ({"add": [{"kind": "gremlin"}]}, {"add": [{"x": 1}]}, {"explode": True}, {"add": 3}):
        with pytest.raises(ValueError, match=r"."):
            faults.apply(order)
    faults.apply({"add": [{"kind": "slow", "match": "auth.test"}], "token_revoked": True})
    assert faults.token_revoked
    faults.apply({"clear": True})
    assert faults.as_json()["rules"] == []
    assert not faults.token_revoked
