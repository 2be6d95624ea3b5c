"""Users, conversations and messages as the page wants them (not Slack's shapes)."""

from playground.model import Channel, Json, Message, User
from playground.workspace import Workspace


def user_json(user: User, workspace: Workspace) -> Json:
    """Someone to show."""
    parts = [part for part in user.real_name.split() if part]
    return {
        "id": user.id,
        "name": user.name,
        "real_name": user.real_name,
        "title": user.title,
        "role": user.role,
        "color": f"#{user.color}",
        "initials": "".join(part[0] for part in parts[:2]).upper(),
        "is_bot": user.is_bot,
        "is_admin": user.is_admin,
        "is_external": user.team_id != workspace.core.team_id,
        "deleted": user.deleted,
        "locale": user.locale,
        "tz": user.tz,
    }


def channel_json(channel: Channel, viewer: str) -> Json:
    """A conversation as this person sees it."""
    shape: Json = {
        "id": channel.id,
        "name": channel.name,
        "kind": channel.kind,
        "topic": channel.topic,
        "members": list(channel.members),
        "is_ext_shared": channel.is_ext_shared,
        "is_archived": channel.is_archived,
    }
    if channel.kind == "im":
        shape["user"] = next((one for one in channel.members if one != viewer), viewer)
    return shape


def channels_json(workspace: Workspace, viewer: str) -> list[Json]:
    """The conversations that this person may look into."""
    return [channel_json(one, viewer) for one in workspace.channels.seen_by(viewer)]


def message_json(message: Message, workspace: Workspace) -> Json:
    """A message, note or deleted message."""
    store = workspace.messages.store
    thread = store.thread(message)
    files = [workspace.files.get(one) for one in message.files]
    return {
        "channel": message.channel,
        "ts": message.ts,
        "thread_ts": message.thread_ts or (message.ts if thread.count else None),
        "user": message.user or workspace.bot_user_id,
        "username": message.username,
        "subtype": message.subtype,
        "text": message.text,
        "blocks": message.blocks,
        "attachments": message.attachments,
        "files": [
            {
                "id": one.id,
                "name": one.name,
                "title": one.title,
                "mimetype": one.mimetype,
                "size": one.size,
                "url": f"/page/files/{one.id}/{one.name}",
            }
            for one in files
        ],
        "reactions": [{"name": one.name, "users": list(one.users)} for one in message.reactions],
        "edited": message.edited is not None,
        "reply_count": thread.count,
        "reply_users": list(thread.users),
        "latest_reply": thread.latest,
        "broadcast": message.broadcast,
        "ephemeral": message.ephemeral_for is not None,
        "is_bot": message.bot_id is not None,
        "deleted": message.is_deleted,
        "permalink": workspace.permalink(message),
    }
