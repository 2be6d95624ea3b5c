"""The playground as a whole: one server on the loopback address that is Slack to the bot.

playground = Playground(manifest=manifest)
playground.start()
…  # run the bot with SLACK_API_URL=playground.api_url and its tokens
playground.stop()
"""

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from playground import answers
from playground import manifest as manifests
from playground.actions import Actions
from playground.clock import Clock, ClockMover, MovableClock, NextDue, Settle
from playground.delivery import ACK_SECONDS, RETRY_DELAYS, Dispatcher
from playground.faults import Faults
from playground.guard import Guard
from playground.interactions import Interactions
from playground.log import Log
from playground.model import Change, Json
from playground.page_api import PageApi
from playground.page_feed import PageFeed
from playground.person import Person
from playground.signed_http import SignedHttp, Urls
from playground.socket_mode import SocketMode
from playground.webapi.endpoint import Tokens, WebApi
from playground.wire import ServerThread
from playground.workspace import Workspace

T = TypeVar("T")
PAGE = Path(__file__).parent / "page"


class Playground:
    """A workspace served over Slack's protocols, with its page, faults and movable clock."""

    def __init__(
        self,
        *,
        manifest: Mapping[str, Any],
        language: str = "en",
        clock: Clock | None = None,
        port: int = 0,
        team_name: str = "Playground",
        bot_token: str | None = None,
        app_token: str | None = None,
        signing_secret: str | None = None,
        request_url: str | None = None,
        next_due: NextDue | None = None,
        settle: Settle | None = None,
        ack_seconds: float = ACK_SECONDS,
        retry_delays: tuple[float, ...] = RETRY_DELAYS,
        flag_emoji: Sequence[str] = (),
    ) -> None:
        """Bind the port; nothing is served before `start`.

        `request_url` chooses signed HTTP instead of Socket Mode. `next_due` and `settle` are the
        bot's own, for moving the clock. `ack_seconds` and `retry_delays` (seconds of real time)
        are Slack's by default; tests shorten them. OSError where the port is taken.
        """
        self.manifest = manifests.read(manifest)
        self.language = language
        self.clock = clock or MovableClock()
        self.bot_token = bot_token or f"xoxb-{secrets.token_hex(12)}"
        self.app_token = app_token or f"xapp-1-{secrets.token_hex(12)}"
        self.signing_secret = signing_secret or secrets.token_hex(16)
        self.tour: list[Json] = []
        self.flag_emoji = list(flag_emoji)
        self.faults = Faults()
        self.log = Log()
        self.workspace = Workspace(self.clock, team_name=team_name, app_name=self.manifest.bot_name)
        core = self.workspace.core
        self.dispatcher = Dispatcher(core, self.manifest, self.faults, self.log, retry_delays=retry_delays)
        self.sockets = SocketMode(core, self.faults, ack_seconds=ack_seconds)
        self._ack_seconds = ack_seconds
        self.dispatcher.transport = self.sockets
        self.interactions = Interactions(self.workspace, self.manifest, self.dispatcher, language)
        self.actions = Actions(self.workspace, self.manifest, self.interactions)
        self.mover = self._mover(next_due, settle)
        self.feed = PageFeed(self.workspace)
        self._persons: dict[str, Person] = {}
        self._server = ServerThread(port)
        self.workspace.set_base_url(self.url)
        self._loop: asyncio.AbstractEventLoop | None = None
        if request_url is not None:
            self.deliver_to(request_url)

    @property
    def url(self) -> str:
        """The page's address, with a closing slash."""
        return f"http://127.0.0.1:{self._server.port}/"

    @property
    def api_url(self) -> str:
        """What SLACK_API_URL must be for the bot."""
        return f"{self.url}api/"

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._server.port

    @property
    def bot_connected(self) -> bool:
        """Whether the bot can be reached: a Socket Mode connection is open, or HTTP is in use."""
        return self.dispatcher.transport is not self.sockets or self.sockets.count > 0

    def start(self) -> "Playground":
        """Begin to serve; gives itself."""
        self._server.start(self._app(), self._run_on)
        return self

    def stop(self) -> None:
        """Stop serving; state is lost."""
        transport = self.dispatcher.transport
        if isinstance(transport, SignedHttp):
            transport.close()
        self._server.stop()

    def __enter__(self) -> "Playground":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def deliver_to(self, request_url: str) -> None:
        """Deliver by signed HTTP to this address from now on, instead of Socket Mode."""
        urls = Urls(request_url, request_url, request_url)
        self.dispatcher.transport = SignedHttp(self.signing_secret, urls, ack_seconds=self._ack_seconds)

    def person(self, name: str) -> Person:
        """Someone to act as, by name or id; SlackError user_not_found."""
        user = self.workspace.people.named(name)
        if user.id not in self._persons:
            self._persons[user.id] = Person(user, self.workspace, self.actions, self.dispatcher)
        return self._persons[user.id]

    def move_clock(self, to: datetime) -> list[datetime]:
        """Move the clock forward to `to`, letting the bot finish at each due instant; gives these.

        ValueError for the past, or where the clock given cannot be moved.
        """
        if self.mover is None:
            raise ValueError("this clock cannot be moved")
        return self.mover.move(to)

    def wait_for(self, predicate: Callable[[], bool], timeout: float = 5.0) -> None:
        """Wait until the predicate holds; TimeoutError.

        It is asked after each change of the workspace, each Web API call and each finished delivery.
        """
        if not self.workspace.wait_for(predicate, timeout):
            raise TimeoutError(f"it did not come true within {timeout} s")

    def wait_connected(self, timeout: float = 10.0) -> None:
        """Wait for the bot's first Socket Mode connection; TimeoutError."""
        if not self.workspace.wait_for(lambda: self.bot_connected, timeout):
            raise TimeoutError(f"the bot did not connect within {timeout} s")

    def wait_idle(self, timeout: float = 10.0) -> None:
        """Wait until nothing is under way to the bot; TimeoutError."""
        if not self.dispatcher.wait_idle(timeout):
            raise TimeoutError(f"deliveries are still under way after {timeout} s")

    def cut_sockets(self, how_many: int | None = None) -> int:
        """Break Socket Mode connections without a farewell; gives how many."""
        return self._on_loop(lambda: self.sockets.cut(self._server.wires.abort, how_many))

    def silence_sockets(self, *, silent: bool = True) -> None:
        """Make the connections open now stay open and deliver nothing; new ones work."""
        self._on_loop(lambda: self.sockets.silence(silent=silent))

    def refresh_sockets(self, warning_seconds: float = 1.0) -> None:
        """Have every connection replaced, as Slack does every few hours; returns when all were told."""
        if self._loop is None:
            raise RuntimeError("the playground has not been started")
        told = asyncio.run_coroutine_threadsafe(self.sockets.refresh(warning_seconds), self._loop)
        told.result(warning_seconds + 10)

    def revoke_tokens(self) -> None:
        """Revoke the bot's token and tell the app."""
        self.faults.token_revoked = True
        tokens = {"oauth": [], "bot": [self.workspace.bot_user_id]}
        self.workspace.core.emit("tokens_revoked", {"tokens": tokens})

    def uninstall(self) -> None:
        """Take the app out of the workspace."""
        self.revoke_tokens()
        self.workspace.core.emit("app_uninstalled", {})

    def _mover(self, next_due: NextDue | None, settle: Settle | None) -> ClockMover | None:
        if not isinstance(self.clock, MovableClock):
            return None
        return ClockMover(self.clock, next_due=next_due, settle=settle, progress=self._progress)

    def _progress(self, instant: datetime, moving: bool, stop: datetime | None) -> None:
        detail: Json = {"clock": instant.isoformat(), "moving": moving}
        if stop is not None:
            detail["stop"] = stop.isoformat()
        self.workspace.core.tell(Change("clock", detail=detail))

    def _run_on(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.sockets.run_on(loop)
        self.dispatcher.run_on(loop)
        self.feed.run_on(loop)

    def _on_loop(self, act: Callable[[], T]) -> T:
        if self._loop is None:
            raise RuntimeError("the playground has not been started")

        async def run() -> T:
            return act()

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(10)

    def _app(self) -> Starlette:
        api = WebApi(
            self.workspace,
            self.manifest,
            Tokens(self.bot_token, self.app_token),
            self.faults,
            self.log,
            new_socket_url=lambda: f"{self.url.replace('http', 'ws', 1)}socket/{self.sockets.new_ticket()}",
            abort=self._server.wires.abort,
        )
        page = PageApi(self)
        routes: list[BaseRoute] = [
            Route("/api/{method:path}", api.serve, methods=["GET", "POST"]),
            WebSocketRoute("/socket/{ticket}", self.sockets.serve),
            Route("/respond/{ticket}", self._respond, methods=["POST"]),
            Route("/files/upload/{file_id}", self._receive_file, methods=["POST", "PUT"]),
            Route("/files/{file_id}/{name}", self._give_file),
            Route("/archives/{channel}/{message}", self._permalink),
            *page.routes(),
        ]
        if PAGE.is_dir():
            routes += [
                Route("/", page.index),
                Mount("/static", StaticFiles(directory=PAGE)),
            ]
        return Starlette(routes=routes, middleware=[Middleware(Guard)])

    async def _respond(self, request: Request) -> Response:
        return await answers.respond(request, self.workspace)

    async def _receive_file(self, request: Request) -> Response:
        return await answers.receive_file(request, self.workspace)

    async def _give_file(self, request: HTTPConnection) -> Response:
        allowed = request.headers.get("authorization") == f"Bearer {self.bot_token}"
        return answers.give_file(self.workspace, request.path_params["file_id"], allowed=allowed)

    async def _permalink(self, request: HTTPConnection) -> Response:
        people = [one for one in self.workspace.people.all() if not one.is_bot]
        who = people[0].id if people else ""
        return RedirectResponse(f"/#{who}/{request.path_params['channel']}/{request.path_params['message']}")
