"""The page in a real browser, in front of a real playground with a small Bolt app behind it."""

from collections.abc import Callable, Iterator
from itertools import count

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from playground.model import Channel
from playground.server import Playground
from tests.playground_page.gallery import MANIFEST, Gallery

NUMBERS = count(1)
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[Playground, Gallery]]:
    """One playground and app for the tests of a file: each test gets channels of its own."""
    with Playground(manifest=MANIFEST, flag_emoji=["bulb", "rage"]) as playground:
        with playground.workspace.core.silently():
            people = playground.workspace.people
            people.add("anna", "Anna Berg", locale="en-GB", tz="Europe/Berlin")
            people.add("ben", "Ben Kurz", is_admin=True)
        gallery = Gallery(playground)
        gallery.handler.connect()  # type: ignore[no-untyped-call]
        playground.wait_connected()
        yield playground, gallery
        gallery.handler.close()  # type: ignore[no-untyped-call]


@pytest.fixture
def playground(running: tuple[Playground, Gallery]) -> Playground:
    return running[0]


@pytest.fixture
def gallery(running: tuple[Playground, Gallery]) -> Gallery:
    for kept in (running[1].actions, running[1].submitted, running[1].shortcuts):
        kept.clear()
    return running[1]


@pytest.fixture
def sales(playground: Playground) -> Channel:
    """A channel of Anna, Ben and the app, to which the tour leads."""
    for person in (playground.person("anna"), playground.person("ben")):
        while person.modal is not None:
            person.close()
    anna, ben = playground.person("anna").id, playground.person("ben").id
    number = next(NUMBERS)
    workspace = playground.workspace
    with workspace.core.silently():
        channel = workspace.channels.add(f"sales-{number}", members=[anna, ben, workspace.bot_user_id])
        workspace.channels.add(f"general-{number}", members=[ben])
        workspace.channels.add(f"inner-{number}", private=True, members=[ben])
    playground.tour = [
        {
            "id": f"step-{number}",
            "title": "Type it",
            "text": "Try `/form` here.",
            "actor": ben,
            "channel": channel.id,
        }
    ]
    return channel


@pytest.fixture
def open_page(browser: Browser, playground: Playground, sales: Channel) -> Iterator[Open]:
    """Open the page; faults that it writes to the console or throws fail the test."""
    faults: list[str] = []
    contexts: list[BrowserContext] = []

    def open_(address: str | None = None, *, width: int = 1400, dark: bool = False) -> Page:
        size = {"width": width, "height": 860}
        context = browser.new_context(viewport=size, color_scheme="dark" if dark else "light")  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(5000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
        here = f"#{playground.person('anna').id}/{sales.id}" if address is None else address
        page.goto(playground.url + here)
        page.wait_for_selector('html[data-ready="true"]')
        return page

    yield open_
    for context in contexts:
        context.close()
    assert [one for one in faults if "400 (Bad Request)" not in one] == []


@pytest.fixture
def page(open_page: Open) -> Page:
    return open_page()
