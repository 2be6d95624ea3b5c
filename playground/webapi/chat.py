"""Methods about the bot's own messages."""

import re
from dataclasses import replace

from playground import blocks
from playground.model import Channel, Json, Message, SlackError, normal_ts
from playground.posting import Posting, post_as_app, whisper_as_app
from playground.views import name_blocks
from playground.webapi.registry import Call, invalid, method

POST_LIMIT = 40_000
UPDATE_LIMIT = 4_000
_EVENT_TYPE = re.compile(r"[A-Za-z0-9_\-.]{1,255}\Z")
_USER_ID = re.compile(r"[UW][A-Z0-9]{6,}\Z")


@method("chat.postMessage", "chat:write")
def chat_post_message(call: Call) -> Json:
    """Post into a conversation, or to a user directly."""
    channel = _writable(call)
    posting = replace(_posting(call, channel), metadata=_metadata(call))
    message = post_as_app(call.workspace, posting)
    return {"channel": channel.id, "ts": message.ts, "message": _shape(call, message)}


@method("chat.postEphemeral", "chat:write")
def chat_post_ephemeral(call: Call) -> Json:
    """Show a note to one member of a conversation."""
    channel = call.own_channel()
    user = call.workspace.people.get(call.args.need("user"))
    if channel.is_archived:
        raise SlackError("is_archived")
    if user.id not in channel.members:
        raise SlackError("user_not_in_channel")
    note = whisper_as_app(call.workspace, _posting(call, channel), to=user.id)
    return {"message_ts": note.ts}


@method("chat.update", "chat:write")
def chat_update(call: Call) -> Json:
    """Change one of the bot's own messages; blocks that are not given stay as they are."""
    channel = call.channel()
    message = call.message(channel)
    if message.bot_id != call.workspace.core.app.bot_id or message.subtype == "tombstone":
        raise SlackError("cant_update_message")
    if channel.is_archived:
        raise SlackError("is_archived")
    text = call.args.text("text")
    if text is not None and len(text) > UPDATE_LIMIT:
        raise SlackError("msg_too_long")
    given = _blocks(call)
    if not text and given is None and call.args.structure("attachments") is None:
        raise SlackError("no_text")
    if not text and given == []:
        raise SlackError("no_text")
    call.workspace.messages.edit(
        message,
        by=call.bot,
        text=text,
        blocks=given,
        attachments=_attachments(call),
        metadata=_metadata(call),
    )
    answer = {"channel": channel.id, "ts": message.ts, "text": message.text}
    return answer | {"message": _shape(call, message)}


@method("chat.delete", "chat:write")
def chat_delete(call: Call) -> Json:
    """Delete one of the bot's own messages."""
    channel = call.channel()
    message = call.message(channel)
    if message.bot_id != call.workspace.core.app.bot_id or message.subtype == "tombstone":
        raise SlackError("cant_delete_message")
    call.workspace.messages.delete(message)
    return {"channel": channel.id, "ts": message.ts}


@method("chat.getPermalink")
def chat_get_permalink(call: Call) -> Json:
    """The address of a message."""
    channel = call.channel()
    message = call.message(channel, "message_ts")
    return {"channel": channel.id, "permalink": call.workspace.permalink(message)}


def _writable(call: Call) -> Channel:
    target = call.args.need("channel")
    if _USER_ID.match(target):
        user = call.workspace.people.get(target)
        if user.id == call.bot:
            raise SlackError("cannot_dm_bot")
        return call.workspace.channels.direct(call.bot, user.id)
    channel = call.workspace.channels.named(target) if target.startswith("#") else call.channel()
    if channel.is_archived:
        raise SlackError("is_archived")
    may_post_outside = channel.kind == "channel" and "chat:write.public" in call.manifest.scopes
    if call.bot not in channel.members and not may_post_outside:
        raise SlackError("channel_not_found" if channel.kind == "private" else "not_in_channel")
    return channel


def _posting(call: Call, channel: Channel) -> Posting:
    text = call.args.text("text") or ""
    if call.args.flag("link_names") or call.args.text("parse") == "full":
        text = re.sub(r"(?<![<\w])@(channel|here|everyone)\b", r"<!\1>", text)
    given = _blocks(call)
    attachments = _attachments(call)
    if not text and not given and not attachments:
        raise SlackError("no_text")
    thread_ts = call.args.text("thread_ts")
    return Posting(
        channel=channel.id,
        text=text[:POST_LIMIT],
        blocks=given,
        attachments=attachments,
        thread_ts=normal_ts(thread_ts) if thread_ts else None,
        broadcast=call.args.flag("reply_broadcast"),
        username=call.args.text("username") if "chat:write.customize" in call.manifest.scopes else None,
        unfurl=call.args.flag("unfurl_links"),
        mrkdwn=call.args.flag("mrkdwn", True),
    )


def _blocks(call: Call) -> list[Json] | None:
    given = call.args.structure("blocks")
    if given is None:
        return None
    checked = blocks.check_message(given, charts=not call.faults.refuse_data_visualization)
    return name_blocks(checked)


def _attachments(call: Call) -> list[Json] | None:
    given = call.args.structure("attachments")
    if given is not None and not isinstance(given, list):
        raise SlackError("invalid_attachments")
    return given


def _metadata(call: Call) -> Json | None:
    """Message metadata, checked (docs.slack.dev/messaging/message-metadata)."""
    given = call.args.structure("metadata")
    if given is None:
        return None
    if not isinstance(given, dict) or set(given) - {"event_type", "event_payload", "entities"}:
        raise SlackError("invalid_metadata_format")
    event_type, payload = given.get("event_type"), given.get("event_payload")
    if not isinstance(event_type, str) or not _EVENT_TYPE.match(event_type):
        raise SlackError("invalid_metadata_format")
    if not isinstance(payload, dict):
        raise invalid("must provide an object [json-pointer:/metadata/event_payload]")
    return given


def _shape(call: Call, message: Message) -> Json:
    return call.workspace.messages.as_json(message, with_metadata=True)
