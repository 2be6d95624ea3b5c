"""The page's WebSocket: tells each open page what its person may see, as it happens."""

import asyncio
from dataclasses import dataclass, field

from starlette.websockets import WebSocket, WebSocketDisconnect

from playground import page_shapes
from playground.model import Change, Json, SlackError
from playground.workspace import Workspace


@dataclass(eq=False)
class _Page:
    """One open page and what it has still to be told."""

    user: str
    queue: "asyncio.Queue[Json]" = field(default_factory=asyncio.Queue)


class PageFeed:
    """All open pages."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._pages: set[_Page] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        workspace.core.on_change.append(self._hear)

    def run_on(self, loop: asyncio.AbstractEventLoop) -> None:
        """Say on which loop the pages' sockets live."""
        self._loop = loop

    async def serve(self, socket: WebSocket) -> None:
        """Serve one page until it goes away."""
        try:
            user = self._workspace.people.get(socket.query_params.get("user", ""))
        except SlackError:
            await socket.close(4004)
            return
        await socket.accept()
        page = _Page(user.id)
        with self._workspace.core.lock:
            self._pages.add(page)
            stack = self._workspace.views.stack(user.id)
            shown = [self._workspace.views.as_json(one, for_page=True) for one in stack]
        page.queue.put_nowait({"type": "views", "stack": shown})
        sender = asyncio.create_task(_send(page, socket))
        try:
            while True:
                await socket.receive_text()
        except WebSocketDisconnect:
            pass
        finally:
            sender.cancel()
            self._pages.discard(page)

    def _hear(self, change: Change) -> None:
        if self._loop is None:
            return
        for page in list(self._pages):
            news = self._news(change, page.user)
            if news is not None:
                self._loop.call_soon_threadsafe(page.queue.put_nowait, news)

    def _news(self, change: Change, viewer: str) -> Json | None:
        """What this change is to that person; None where it is none of her business."""
        if change.user is not None and change.user != viewer:
            return None
        match change.kind:
            case "message" | "ephemeral":
                return self._message(change, viewer)
            case "ephemeral_gone":
                ts = change.message.ts if change.message else ""
                return {"type": "ephemeral_gone", "channel": change.channel, "ts": ts}
            case "channels":
                channels = page_shapes.channels_json(self._workspace, viewer)
                return {"type": "channels", "channels": channels}
            case "users":
                people = self._workspace.people.all()
                users = {one.id: page_shapes.user_json(one, self._workspace) for one in people}
                return {"type": "users", "users": users}
            case _:
                return {"type": change.kind, **change.detail}

    def _message(self, change: Change, viewer: str) -> Json | None:
        if change.message is None or change.channel is None:
            return None
        try:
            channel = self._workspace.channels.get(change.channel)
        except SlackError:
            return None
        if not self._workspace.channels.may_see(channel, viewer):
            return None
        shape = page_shapes.message_json(change.message, self._workspace)
        return {"type": change.kind, "message": shape}


async def _send(page: _Page, socket: WebSocket) -> None:
    while True:
        await socket.send_json(await page.queue.get())
