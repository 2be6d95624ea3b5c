"""Posting as the app: from the Web API, a response_url, or the acknowledgement of a command."""

from dataclasses import dataclass, field

from playground.messages import Draft
from playground.model import Json, Message
from playground.workspace import Workspace


@dataclass(frozen=True)
class Posting:
    """A message of the app, checked and ready."""

    channel: str
    text: str
    blocks: list[Json] | None = None
    attachments: list[Json] | None = None
    thread_ts: str | None = None
    broadcast: bool = False
    metadata: Json | None = None
    files: tuple[str, ...] = field(default=())
    username: str | None = None
    unfurl: bool = False
    mrkdwn: bool = True


def post_as_app(workspace: Workspace, posting: Posting) -> Message:
    """Post it for everyone in the conversation."""
    return workspace.messages.post(_draft(workspace, posting))


def whisper_as_app(workspace: Workspace, posting: Posting, *, to: str) -> Message:
    """Show it to one person only."""
    return workspace.messages.whisper(_draft(workspace, posting), to)


def _draft(workspace: Workspace, posting: Posting) -> Draft:
    app = workspace.core.app
    return Draft(
        channel=posting.channel,
        user=app.user_id,
        bot_id=app.bot_id,
        text=posting.text,
        blocks=posting.blocks,
        attachments=posting.attachments,
        thread_ts=posting.thread_ts,
        broadcast=posting.broadcast,
        metadata=posting.metadata,
        files=posting.files,
        username=posting.username,
        unfurl=posting.unfurl,
        mrkdwn=posting.mrkdwn,
    )
