"""The web server in a thread of its own, with a hold on its connections so that they can be cut."""

import asyncio
import socket
import threading
from collections.abc import Callable

import uvicorn
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol


class Wires:
    """The open TCP connections by the peer's address."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, int], asyncio.Transport] = {}

    def protocol(self) -> type[H11Protocol]:
        """A protocol class for uvicorn that keeps its connections here."""
        wires = self._open

        class Protocol(H11Protocol):
            def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
                super().connection_made(transport)
                wires[transport.get_extra_info("peername")[:2]] = transport

            def connection_lost(self, exc: Exception | None) -> None:
                wires.pop(self.transport.get_extra_info("peername")[:2], None)
                super().connection_lost(exc)

        return Protocol

    def abort_all(self) -> None:
        """Break every connection."""
        for transport in list(self._open.values()):
            transport.abort()

    def abort(self, request: HTTPConnection) -> None:
        """Break the connection of this request or WebSocket without another byte."""
        transport = self._open.get((request.client.host, request.client.port)) if request.client else None
        if transport is not None:
            transport.abort()


class ServerThread:
    """uvicorn on the loopback address, in a daemon thread."""

    def __init__(self, port: int) -> None:
        """Bind at once, so that the port is known; port 0 takes a free one. OSError where taken."""
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", port))
        self.port: int = self._socket.getsockname()[1]
        self.wires = Wires()
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self, app: ASGIApp, on_loop: Callable[[asyncio.AbstractEventLoop], None]) -> None:
        """Serve `app`; `on_loop` is called on the server's loop before the first request."""
        config = uvicorn.Config(
            app,
            http=self.wires.protocol(),
            ws="websockets-sansio",
            lifespan="off",
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=1,
            ws_ping_interval=20.0,
        )
        self._server = uvicorn.Server(config)
        ready = threading.Event()

        async def serve(server: uvicorn.Server) -> None:
            self._loop = asyncio.get_running_loop()
            on_loop(self._loop)
            self._socket.listen(100)
            ready.set()
            await server.serve(sockets=[self._socket])

        server = self._server
        self._thread = threading.Thread(
            target=lambda: asyncio.run(serve(server)), name="playground", daemon=True
        )
        self._thread.start()
        if not ready.wait(10):
            raise RuntimeError("the playground's server did not start")

    def stop(self) -> None:
        """Stop serving and close every connection."""
        if self._server is not None and self._thread is not None:
            self._server.should_exit = self._server.force_exit = True
            if self._loop is not None and self._thread.is_alive():
                self._loop.call_soon_threadsafe(self.wires.abort_all)
            self._thread.join(10)
        self._socket.close()
