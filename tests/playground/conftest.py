"""A playground with a small app of the tests' own, so that Slack's libraries alone prove it."""

from collections.abc import Iterator

import pytest
from slack_sdk import WebClient

from playground.person import Person
from playground.server import Playground
from tests.playground.probe import MANIFEST, Probe, furnish


@pytest.fixture
def playground() -> Iterator[Playground]:
    with Playground(manifest=MANIFEST, ack_seconds=0.5, retry_delays=(0.0, 0.05, 0.05)) as running:
        furnish(running)
        yield running


@pytest.fixture
def client(playground: Playground) -> WebClient:
    return WebClient(playground.bot_token, base_url=playground.api_url)


@pytest.fixture
def sales(playground: Playground) -> str:
    return playground.workspace.channels.named("sales").id


@pytest.fixture
def probe(playground: Playground) -> Iterator[Probe]:
    probe = Probe(playground)
    probe.connect(playground)
    yield probe
    probe.close(playground)


@pytest.fixture
def anna(playground: Playground) -> Person:
    return playground.person("anna")


@pytest.fixture
def ben(playground: Playground) -> Person:
    return playground.person("ben")
