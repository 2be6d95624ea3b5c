"""The page's own API: what a person sees, and orders to the playground itself."""

import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

from playground import answers, page_shapes
from playground.model import Json, SlackError, User
from playground.page_acts import PageActs

if TYPE_CHECKING:
    from playground.server import Playground

Handler = Callable[[Request], Awaitable[Response]]
Answer = Callable[[Request], Json]


class PageApi:
    """Answers everything under `/page/`."""

    def __init__(self, playground: "Playground") -> None:
        self._playground = playground
        self._workspace = playground.workspace
        self._acts = PageActs(playground)

    def routes(self) -> list[BaseRoute]:
        """The addresses under `/page/`."""
        return [
            Route("/page/state", _reading(self._state)),
            Route("/page/messages", _reading(self._messages)),
            Route("/page/home", _reading(self._home)),
            Route("/page/dump", _reading(lambda _: self._workspace.dump())),
            Route("/page/log", _reading(lambda _: self._playground.log.as_json())),
            Route("/page/faults", _reading(lambda _: self._playground.faults.as_json())),
            Route("/page/act", _writing(self._acts.act), methods=["POST"]),
            Route("/page/faults", _writing(self._acts.faults), methods=["POST"]),
            Route("/page/files/{file_id}/{name}", self._file),
            WebSocketRoute("/page/ws", self._playground.feed.serve),
        ]

    async def index(self, request: Request) -> Response:
        """The page itself."""
        from playground.server import PAGE

        return FileResponse(PAGE / "index.html")

    async def _file(self, request: Request) -> Response:
        return answers.give_file(self._workspace, str(request.path_params["file_id"]), allowed=True)

    def _state(self, request: Request) -> Json:
        playground, workspace = self._playground, self._workspace
        me = self._viewer(request)
        people = workspace.people.all()
        own = [one for one in people if not one.is_bot and not one.deleted]
        return {
            "clock": playground.clock.now().isoformat(),
            "clock_is_moved": bool(getattr(playground.clock, "is_moved", False)),
            "language": playground.language,
            "team": {"name": workspace.core.team_name},
            "me": page_shapes.user_json(me, workspace),
            "people": [one.id for one in own],
            "app_user": workspace.bot_user_id,
            "users": {one.id: page_shapes.user_json(one, workspace) for one in people},
            "channels": page_shapes.channels_json(workspace, me.id),
            "commands": [
                {"command": one.name, "description": one.description, "usage_hint": one.usage_hint}
                for one in playground.manifest.commands
            ],
            "shortcuts": [
                {"type": one.kind, "name": one.name, "callback_id": one.callback_id}
                for one in playground.manifest.shortcuts
            ],
            "flag_emoji": playground.flag_emoji,
            "bot_connected": playground.bot_connected,
            "tour": playground.tour,
        }

    def _messages(self, request: Request) -> Json:
        me = self._viewer(request)
        channel = request.query_params.get("channel", "")
        seen = self._playground.person(me.id).sees(channel, request.query_params.get("thread_ts"))
        return {"messages": [page_shapes.message_json(one, self._workspace) for one in seen]}

    def _home(self, request: Request) -> Json:
        view = self._workspace.views.home(self._viewer(request).id)
        return {"view": self._workspace.views.as_json(view) if view else None}

    def _viewer(self, request: Request) -> User:
        people = self._workspace.people
        given = request.query_params.get("user")
        if given:
            return people.named(given)
        return next((one for one in people.all() if not one.is_bot), people.all()[0])


def _reading(answer: Answer) -> Handler:
    async def handle(request: Request) -> Response:
        try:
            return JSONResponse(await run_in_threadpool(answer, request))
        except SlackError as refusal:
            return JSONResponse({"error": refusal.code}, 404)

    return handle


def _writing(act: Callable[[Json], Json]) -> Handler:
    async def handle(request: Request) -> Response:
        try:
            order = json.loads(await request.body())
            if not isinstance(order, dict):
                raise ValueError("the body must be a JSON object")
            return JSONResponse(await run_in_threadpool(act, order))
        except SlackError as refusal:
            return JSONResponse({"error": refusal.code, **refusal.details}, 400)
        except (ValueError, KeyError, TypeError, TimeoutError) as fault:
            what = f"missing: {fault}" if isinstance(fault, KeyError) else str(fault)
            return JSONResponse({"error": what}, 400)

    return handle
