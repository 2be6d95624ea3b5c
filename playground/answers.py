"""Where an app answers a gesture later: response_url, and where it uploads and fetches files."""

import json

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from playground import blocks
from playground.model import Json, Message, SlackError
from playground.posting import Posting, post_as_app, whisper_as_app
from playground.tickets import ResponseUrl
from playground.views import name_blocks
from playground.workspace import Workspace


async def respond(request: Request, workspace: Workspace) -> Response:
    """Answer to a response_url (docs.slack.dev/interactivity/handling-user-interaction)."""
    try:
        answer = json.loads(await request.body())
        if not isinstance(answer, dict):
            raise SlackError("invalid_payload")
        with workspace.core.lock:
            ticket = workspace.tickets.use_response_url(str(request.path_params["ticket"]))
            _carry_out(workspace, ticket, answer)
    except ValueError:
        return JSONResponse({"ok": False, "error": "invalid_payload"}, 400)
    except SlackError as refusal:
        return JSONResponse({"ok": False, "error": refusal.code, **refusal.details}, 404)
    return JSONResponse({"ok": True})


def _carry_out(workspace: Workspace, ticket: ResponseUrl, answer: Json) -> None:
    original = _original(workspace, ticket)
    if answer.get("delete_original") and original is not None:
        if original.ephemeral_for is not None:
            workspace.messages.unwhisper(original)
        else:
            workspace.messages.delete(original)
        return
    given = answer.get("blocks")
    checked = name_blocks(blocks.check_message(given)) if given is not None else None
    text = str(answer.get("text") or "")
    if not text and not checked:
        raise SlackError("no_text")
    if answer.get("replace_original") and original is not None:
        workspace.messages.edit(original, by=workspace.bot_user_id, text=text, blocks=checked or [])
        return
    posting = Posting(
        channel=ticket.channel,
        text=text,
        blocks=checked,
        thread_ts=answer.get("thread_ts") or ticket.thread_ts,
        unfurl=bool(answer.get("unfurl_links", False)),
    )
    if answer.get("response_type") == "in_channel":
        post_as_app(workspace, posting)
    else:
        whisper_as_app(workspace, posting, to=ticket.user)


def _original(workspace: Workspace, ticket: ResponseUrl) -> Message | None:
    if ticket.message_ts is None:
        return None
    store = workspace.messages.store
    if ticket.is_ephemeral:
        return store.note(ticket.channel, ticket.message_ts)
    return (
        store.get(ticket.channel, ticket.message_ts) if store.has(ticket.channel, ticket.message_ts) else None
    )


async def receive_file(request: Request, workspace: Workspace) -> Response:
    """The content of a file that was announced, raw or as a form's file."""
    content = await request.body()
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        async with request.form() as form:
            parts = [one for one in form.values() if not isinstance(one, str)]
            content = await parts[0].read() if parts else b""
    try:
        file = workspace.files.receive(str(request.path_params["file_id"]), content)
    except SlackError:
        return PlainTextResponse("not found", 404)
    return PlainTextResponse(f"OK - {file.size}")


def give_file(workspace: Workspace, file_id: str, *, allowed: bool) -> Response:
    """A file's content; without the right Slack shows its sign-in page instead."""
    if not allowed:
        return PlainTextResponse("<!DOCTYPE html><title>Sign in</title>", media_type="text/html")
    try:
        file = workspace.files.get(file_id)
    except SlackError:
        return PlainTextResponse("not found", 404)
    # Never as HTML in this origin: someone's upload must not run as part of the page.
    safe = file.mimetype if file.mimetype.startswith(("image/png", "image/jpeg", "image/gif")) else None
    headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
    return Response(file.content or b"", media_type=safe or "application/octet-stream", headers=headers)
