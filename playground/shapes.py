"""Users, conversations, files and messages in Slack's own JSON (docs.slack.dev/reference/objects)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from playground.core import App
from playground.model import Channel, File, Json, Message, Reaction, User

REACTION_USERS_SHOWN = 3  # Slack lists only some of a busy reaction's people; three makes it visible


@dataclass(frozen=True)
class Thread:
    """What a thread's first message tells about its replies."""

    count: int
    users: tuple[str, ...]
    latest: str | None


NO_THREAD = Thread(0, (), None)


def user_json(user: User, now: datetime, *, with_locale: bool = False) -> Json:
    """A user; `locale` comes only where asked for (docs.slack.dev/reference/methods/users.info)."""
    offset = now.astimezone(ZoneInfo(user.tz)).utcoffset()
    shape: Json = {
        "id": user.id,
        "team_id": user.team_id,
        "name": user.name,
        "deleted": user.deleted,
        "color": user.color,
        "real_name": user.real_name,
        "tz": user.tz,
        "tz_label": user.tz,
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "profile": {
            "title": user.title,
            "real_name": user.real_name,
            "real_name_normalized": user.real_name,
            "display_name": user.real_name,
            "display_name_normalized": user.real_name,
            "team": user.team_id,
        },
        "is_admin": user.is_admin,
        "is_owner": user.is_owner,
        "is_primary_owner": False,
        "is_restricted": user.is_guest,
        "is_ultra_restricted": False,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": user.updated,
    }
    if with_locale:
        shape["locale"] = user.locale
    return shape


def channel_json(channel: Channel, viewer: str, team_id: str) -> Json:
    """A conversation as `viewer` (a user id) sees it."""
    if channel.kind == "im":
        other = next((one for one in channel.members if one != viewer), viewer)
        return {
            "id": channel.id,
            "created": channel.created,
            "is_archived": channel.is_archived,
            "is_im": True,
            "is_channel": False,
            "is_group": False,
            "is_private": True,
            "is_mpim": False,
            "is_org_shared": False,
            "context_team_id": team_id,
            "updated": channel.created * 1000,
            "user": other,
            "is_user_deleted": False,
            "is_open": True,
            "priority": 0,
        }
    private = channel.kind == "private"
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not private,
        "is_group": private,
        "is_im": False,
        "is_mpim": False,
        "is_private": private,
        "is_archived": channel.is_archived,
        "is_general": channel.name == "general",
        "is_shared": channel.is_ext_shared,
        "is_ext_shared": channel.is_ext_shared,
        "is_org_shared": False,
        "is_pending_ext_shared": False,
        "is_member": viewer in channel.members,
        "created": channel.created,
        "creator": channel.creator,
        "updated": channel.created * 1000,
        "context_team_id": team_id,
        "shared_team_ids": [team_id],
        "topic": {"value": channel.topic, "creator": channel.creator, "last_set": channel.created},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "previous_names": list(channel.previous_names),
        "num_members": len(channel.members),
    }


def file_json(file: File, base_url: str, team_id: str) -> Json:
    """A file; its content is behind `url_private`, which wants the bot's token as a bearer."""
    address = f"{base_url}files/{file.id}/{file.name}"
    return {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title,
        "mimetype": file.mimetype,
        "filetype": file.name.rpartition(".")[2] or "text",
        "pretty_type": file.mimetype,
        "user": file.user,
        "user_team": team_id,
        "editable": False,
        "size": file.size,
        "mode": "hosted",
        "is_external": False,
        "is_public": True,
        "url_private": address,
        "url_private_download": f"{address}?download=1",
        "permalink": f"{base_url}archives/files/{file.id}",
        "channels": list(file.channels),
        "groups": [],
        "ims": [],
    }


def reactions_json(reactions: Sequence[Reaction], *, full: bool) -> list[Json]:
    """Reactions with a true `count`, and all or only some of their users."""
    return [
        {
            "name": one.name,
            "users": list(one.users if full else one.users[:REACTION_USERS_SHOWN]),
            "count": len(one.users),
        }
        for one in reactions
    ]


def message_json(
    message: Message,
    *,
    app: App,
    team_id: str,
    author_team: str | None = None,
    files: Sequence[Json] = (),
    thread: Thread = NO_THREAD,
    root: Message | None = None,
) -> Json:
    """A message without its reactions and metadata, which only some answers carry."""
    shape: Json = {"type": "message", "ts": message.ts, "text": message.text}
    optional: Mapping[str, object] = {
        "subtype": message.subtype,
        "user": message.user,
        "client_msg_id": message.client_msg_id,
        "username": message.username,
        "blocks": message.blocks,
        "attachments": message.attachments,
        "bot_id": message.bot_id,
        "thread_ts": message.thread_ts,
    }
    shape.update({key: value for key, value in optional.items() if value is not None})
    if message.user is not None:
        shape["team"] = author_team or team_id
        if author_team not in (None, team_id):
            shape.update(user_team=author_team, source_team=author_team)
    if message.bot_id == app.bot_id:
        shape["app_id"] = app.app_id
        shape["bot_profile"] = bot_profile(app, team_id)
    if files:
        shape.update(files=list(files), upload=False)
    if message.edited is not None:
        shape["edited"] = {"user": message.edited.user, "ts": message.edited.ts}
    if message.is_reply and root is not None:
        shape["parent_user_id"] = root.user
    if thread.count:
        shape.update(
            thread_ts=message.ts,
            reply_count=thread.count,
            reply_users_count=len(thread.users),
            latest_reply=thread.latest,
            reply_users=list(thread.users),
            is_locked=False,
            subscribed=False,
        )
    return shape


def bot_profile(app: App, team_id: str) -> Json:
    """The `bot_profile` that Slack adds to an app's messages."""
    return {
        "id": app.bot_id,
        "app_id": app.app_id,
        "name": app.name,
        "deleted": False,
        "updated": 0,
        "icons": {},
        "team_id": team_id,
    }
