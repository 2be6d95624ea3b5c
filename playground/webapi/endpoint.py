"""The one endpoint of the Web API: reads a call, applies faults, answers as Slack does."""

import asyncio
import json
import time
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from playground.faults import Faults
from playground.log import ApiCall, Log
from playground.manifest import Manifest
from playground.model import Json, SlackError
from playground.webapi import auth, chat, conversations, files, reactions, users, views
from playground.webapi.registry import METHODS, Arguments, Call, invalid
from playground.workspace import Workspace

FAMILIES = (auth, chat, conversations, files, reactions, users, views)


@dataclass(frozen=True)
class Tokens:
    """The app's two tokens."""

    bot: str
    app: str


@dataclass(frozen=True)
class Answer:
    """What a call is answered with, and which fault made it so."""

    body: Json
    status: int = 200
    retry_after: int | None = None
    fault: str | None = None


class WebApi:
    """Answers `/api/<method>`."""

    def __init__(
        self,
        workspace: Workspace,
        manifest: Manifest,
        tokens: Tokens,
        faults: Faults,
        log: Log,
        *,
        new_socket_url: Callable[[], str],
        abort: Callable[[Request], None],
    ) -> None:
        self._workspace = workspace
        self._manifest = manifest
        self._tokens = tokens
        self._faults = faults
        self._log = log
        self._new_socket_url = new_socket_url
        self._abort = abort

    async def serve(self, request: Request) -> Response:
        """Answer one call."""
        started, at = time.monotonic(), self._workspace.core.clock.now()
        name = str(request.path_params["method"])
        raw = await _arguments(request)
        token = _token(request, raw)
        answer = self.answer(name, raw, token)
        if (slow := self._faults.take("slow", name)) is not None:
            await asyncio.sleep(slow.seconds)
        lost = answer.fault is None and self._faults.take("lose_response", name) is not None
        self._log.add_call(
            ApiCall(
                at,
                name,
                raw,
                answer.status,
                None if lost else answer.body,
                time.monotonic() - started,
                "lose_response" if lost else answer.fault or ("slow" if slow else None),
            )
        )
        self._workspace.core.wake()
        if lost:
            self._abort(request)
        headers = {"x-oauth-scopes": ",".join(sorted(self._manifest.scopes))}
        if answer.retry_after is not None:
            headers["Retry-After"] = str(answer.retry_after)
        return JSONResponse(answer.body, answer.status, headers)

    def answer(self, name: str, raw: Json, token: str | None) -> Answer:
        """The answer to a call, with the faults that keep it from being carried out."""
        if (limit := self._faults.take("ratelimit", name)) is not None:
            body = {"ok": False, "error": "ratelimited"}
            return Answer(body, 429, max(1, round(limit.seconds)), "ratelimit")
        if (error := self._faults.take("error", name)) is not None:
            return Answer({"ok": False, "error": "internal_error"}, error.status, fault="error")
        try:
            with self._workspace.core.lock:
                return Answer({"ok": True, **self._carry_out(name, raw, token)})
        except SlackError as refusal:
            return Answer({"ok": False, "error": refusal.code, **refusal.details})

    def _carry_out(self, name: str, raw: Json, token: str | None) -> Json:
        method = METHODS.get(name)
        if method is None:
            raise SlackError("unknown_method", req_method=name)
        if method.caller != "none":
            self._check_token(token, method.caller)
        call = Call(
            method=name,
            args=Arguments(raw),
            workspace=self._workspace,
            manifest=self._manifest,
            faults=self._faults,
            new_socket_url=self._new_socket_url,
        )
        if method.scopes:
            call.require_scope(*method.scopes)
        if "__unreadable__" in raw:
            raise invalid("the body is not readable")
        return method.function(call)

    def _check_token(self, token: str | None, kind: str) -> None:
        if not token:
            raise SlackError("not_authed")
        if token not in (self._tokens.bot, self._tokens.app):
            raise SlackError("invalid_auth")
        if (token == self._tokens.app) != (kind == "app"):
            raise SlackError("not_allowed_token_type")
        if self._faults.token_revoked and kind == "bot":
            raise SlackError("token_revoked")


async def _arguments(request: Request) -> Json:
    """A call's arguments from the query and the body, whichever of Slack's forms it has."""
    raw: Json = dict(request.query_params)
    body = await request.body()
    content_type = request.headers.get("content-type", "")
    if not body:
        return raw
    if content_type.startswith("application/json"):
        try:
            given = json.loads(body)
        except ValueError:
            return {"__unreadable__": True}
        return raw | given if isinstance(given, dict) else {"__unreadable__": True}
    if content_type.startswith("multipart/form-data"):
        async with request.form() as form:
            return raw | {key: value for key, value in form.items() if isinstance(value, str)}
    return raw | dict(urllib.parse.parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def _token(request: Request, raw: Json) -> str | None:
    given = raw.pop("token", None)
    header = request.headers.get("authorization", "")
    if header.lower().startswith("bearer "):
        return header[7:].strip()
    return str(given) if given else None
