"""While Slack's Web API takes ten seconds to answer, everything is acknowledged within three."""

from collections.abc import Iterator
from typing import Final

import pytest

from playground.log import Delivery
from tests.frontline import Scene, scene

SLOW: Final = 10.0  # seconds
LIMIT: Final = 3.0  # seconds; docs.slack.dev/tools/bolt-python/concepts/acknowledge
TOGETHER: Final = 12  # calls to Slack at once: more than the inbox has workers, and Bolt once had threads


@pytest.fixture
def stage() -> Iterator[Scene]:
    with scene() as running:
        running.anna.post("sales", "before")
        running.bot.settle()
        running.playground.log.clear()
        yield running


def waited(deliveries: list[Delivery]) -> list[float]:
    """How long Slack waited for each; longer than it waits where none was acknowledged."""
    for one in deliveries:
        assert one.finished.wait(30)
    return [one.ack_seconds if one.ack_seconds is not None else SLOW for one in deliveries]


def test_events_commands_and_forms_are_acknowledged_in_time(stage: Scene) -> None:
    anna, ben = stage.anna, stage.ben
    anna.command("sales", "/insight")
    anna.wait_for(lambda: anna.modal is not None)
    stage.playground.faults.add("slow", times=None, seconds=SLOW)
    # Each when the one before is answered: what is asked is whether it waits for Slack, not for the others.
    for number in range(TOGETHER):
        ben.react(ben.post("sales", f"number {number}"), "bulb")
    for number in range(TOGETHER):
        ben.command("sales", f"/insight said while Slack is slow, {number}")
        ben.command("sales", "/insight")  # each opens a form, and waits for Slack ten seconds
    anna.submit({"text": "written while Slack is slow"})
    deliveries = stage.playground.log.deliveries()
    assert {one.kind for one in deliveries} == {"events_api", "slash_commands", "interactive"}
    times = waited(deliveries)
    stage.playground.faults.clear()
    assert max(times) < LIMIT, sorted(times)[-5:]
