"""HTTP: Slack's requests at `/slack/events`, and what operators ask (`/healthz`, `/readyz`, `/metrics`).

Bolt checks the signature. Its `dispatch` runs in threads of its own: on the event loop, as the adapter's own
async handler runs it, one slow request would hold up all others.
"""

import asyncio
import errno
import socket
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import structlog
import uvicorn
from slack_bolt import App, BoltResponse
from slack_bolt.adapter.starlette.handler import to_bolt_request, to_starlette_response
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot import metrics
from bot.errors import OperatorError
from bot.health import Part
from bot.live import Live, is_too_late, too_late

log = structlog.get_logger()

DISPATCH_THREADS: Final = 32
MOST_BYTES: Final = 1024 * 1024  # of a body; Slack's payloads stay far below
GRACE: Final = 8  # seconds for requests in hand at a stop


def build_http(
    bolt: App | None,
    ready: Callable[[], Sequence[Part]],
    exposition: Callable[[], bytes],
    live: Live | None = None,
) -> Starlette:
    """The HTTP application. Without `bolt` (Socket Mode) only health and metrics are served.

    `live` is told of requests in hand.
    """

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def readyz(_: Request) -> Response:
        parts = await run_in_threadpool(ready)
        is_ready = all(part.is_ok for part in parts)
        states = {part.name: {"ok": part.is_ok, "says": part.says} for part in parts}
        return JSONResponse({"ready": is_ready, "parts": states}, status_code=200 if is_ready else 503)

    async def metrics_page(_: Request) -> Response:
        return Response(await run_in_threadpool(exposition), media_type=metrics.CONTENT_TYPE)

    routes = [
        Route("/healthz", healthz, methods=["GET"]),
        Route("/readyz", readyz, methods=["GET"]),
        Route("/metrics", metrics_page, methods=["GET"]),
    ]
    if bolt is not None:
        routes.append(Route("/slack/events", _SlackEvents(bolt, live or Live()).answer, methods=["POST"]))
    return Starlette(routes=routes)


class _SlackEvents:
    """Hands Slack's requests to Bolt."""

    def __init__(self, bolt: App, live: Live) -> None:
        self._bolt = bolt
        self._live = live
        self._threads = ThreadPoolExecutor(DISPATCH_THREADS, thread_name_prefix="slack")

    async def answer(self, request: Request) -> Response:
        try:
            body = await _body(request)
            body.decode()
        except (ClientDisconnect, UnicodeDecodeError):
            return PlainTextResponse("unreadable body\n", status_code=400)
        except _TooLarge:
            return PlainTextResponse("body too large\n", status_code=413)
        came_at = time.monotonic()

        def dispatch() -> BoltResponse:
            if is_too_late(came_at):
                raise _TooLate
            return self._bolt.dispatch(to_bolt_request(request, body))

        try:
            with self._live.answering("http", came_at):
                response = await asyncio.get_running_loop().run_in_executor(self._threads, dispatch)
        except _TooLate:
            too_late("http", came_at)
            return PlainTextResponse("too late\n", status_code=503)
        return to_starlette_response(response)


class _TooLate(Exception):
    """Waited for a thread for so long that it is not begun: no acknowledgement, and measured as none."""


class _TooLarge(Exception):
    """More than MOST_BYTES."""


async def _body(request: Request) -> bytes:
    """The whole body, read no further than allowed, whatever its header promises."""
    promised = request.headers.get("content-length", "0")
    if promised.isdecimal() and int(promised) > MOST_BYTES:
        raise _TooLarge
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise _TooLarge
    return bytes(body)


class HttpServer:
    """Serves an application from a thread of its own, so that the caller keeps its signals."""

    def __init__(self, app: Starlette, host: str, port: int) -> None:
        """Take the port. Raises OperatorError where it can't be had."""
        self._socket = _listen(host, port)
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="off",
            timeout_keep_alive=75,  # longer than load balancers keep theirs, so that they end it, not we
            timeout_graceful_shutdown=GRACE,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, name="http", daemon=True)
        self._ended = threading.Event()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._socket.getsockname()[1])

    def start(self) -> None:
        """Begin to serve. Connections made from here on are answered."""
        self._thread.start()
        log.info("http_listening", port=self.port)

    def stop(self, timeout: float = 10.0) -> bool:
        """Take no new requests and finish those in hand. False: some took longer than `timeout` seconds."""
        self._server.should_exit = True
        if self._thread.ident is None:
            self._socket.close()
            return True
        return self._ended.wait(timeout)

    def _run(self) -> None:
        try:
            self._server.run(sockets=[self._socket])
        finally:
            self._socket.close()
            self._ended.set()


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as problem:
        raise OperatorError(f"HOST {host} is no address of this machine ({problem.strerror}).") from None
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(2048)
    except OSError as problem:
        listener.close()
        raise OperatorError(_cannot_listen(host, port, problem)) from None
    return listener


def _cannot_listen(host: str, port: int, problem: OSError) -> str:
    if problem.errno == errno.EADDRINUSE:
        return f"Port {port} is taken by another program (or another Frontline); set PORT to a free one."
    if problem.errno == errno.EACCES:
        return f"Port {port} may not be used by this user; set PORT to 1024 or higher."
    if problem.errno == errno.EADDRNOTAVAIL:
        return f"HOST {host} is no address of this machine; 0.0.0.0 means all of them."
    return f"Can't listen on {host}:{port}: {problem.strerror}."
