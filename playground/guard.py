"""Keeps other web pages out: only this machine may ask, and only pages served from here.

The playground has no passwords, so it listens on the loopback address only, refuses foreign Host
headers (DNS rebinding), and refuses cross-site requests to the page's own API.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_PROTECTED = ("/page/",)


class Guard:
    """An ASGI middleware that refuses what does not come from this machine and this site."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through or answer 403 (a WebSocket is closed)."""
        if scope["type"] in ("http", "websocket") and (fault := refusal(scope)) is not None:
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 4003, "reason": fault})
            else:
                await JSONResponse({"error": fault}, 403)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def refusal(scope: Scope) -> str | None:
    """Why a request is refused, or None."""
    headers = Headers(scope=scope)
    host = headers.get("host", "")
    if urlsplit(f"//{host}").hostname not in LOOPBACK:
        return "Only this machine may use the playground."
    if not str(scope["path"]).startswith(_PROTECTED):
        return None
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != host:
        return "Other sites may not use the playground."
    if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        return "Other sites may not use the playground."
    posts = scope["type"] == "http" and scope["method"] not in ("GET", "HEAD")
    if posts and not headers.get("content-type", "").startswith("application/json"):
        return "The page's API takes JSON only."
    return None
