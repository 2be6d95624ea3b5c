"""Methods about conversations: what they are, who is in them, what was said."""

from collections.abc import Sequence

from playground.model import Channel, Json, Kind, Message, SlackError, normal_ts
from playground.shapes import channel_json
from playground.webapi.paging import page
from playground.webapi.registry import Call, invalid, method

_KINDS: dict[str, Kind] = {"public_channel": "channel", "private_channel": "private", "im": "im"}
_PREFIX = {"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}


def wanted_kinds(call: Call) -> set[Kind]:
    """The kinds of conversation that `types` asks for; each needs its own scope."""
    kinds: set[Kind] = set()
    for name in (call.args.text("types") or "public_channel").split(","):
        if name not in _PREFIX:
            raise SlackError("invalid_types")
        call.require_scope(f"{_PREFIX[name]}:read")
        if name in _KINDS:
            kinds.add(_KINDS[name])
    return kinds


@method("conversations.info")
def conversations_info(call: Call) -> Json:
    """One conversation."""
    channel = call.channel()
    call.require_for(channel, "read")
    return {"channel": _shape(call, channel)}


@method("conversations.list")
def conversations_list(call: Call) -> Json:
    """Conversations the bot may know of, in pages."""
    kinds = wanted_kinds(call)
    skip_archived = call.args.flag("exclude_archived")
    found = [
        one
        for one in call.workspace.channels.seen_by(call.bot)
        if one.kind in kinds and not (skip_archived and one.is_archived)
    ]
    channels, cursor = page(found, call.args)
    return {
        "channels": [_shape(call, one) for one in channels],
        "response_metadata": {"next_cursor": cursor},
    }


@method("conversations.members")
def conversations_members(call: Call) -> Json:
    """Who is in a conversation, in pages."""
    channel = call.channel()
    call.require_for(channel, "read")
    members, cursor = page(channel.members, call.args)
    return {"members": list(members), "response_metadata": {"next_cursor": cursor}}


@method("conversations.join", "channels:join")
def conversations_join(call: Call) -> Json:
    """Join a public channel."""
    channel = call.channel()
    if channel.kind != "channel":
        raise SlackError("method_not_supported_for_channel_type")
    if call.bot in channel.members:
        return {"channel": _shape(call, channel), "warning": "already_in_channel"}
    call.workspace.channels.join(channel.id, call.bot)
    return {"channel": _shape(call, channel)}


@method("conversations.open", "im:write")
def conversations_open(call: Call) -> Json:
    """Open the direct conversation with one user. Conversations of several are not imitated."""
    users = call.args.text("users")
    if users is None:
        channel = call.channel()
        if channel.kind != "im":
            raise SlackError("method_not_supported_for_channel_type")
        return {"channel": _shape(call, channel)}
    if "," in users:
        call.require_scope("mpim:write")
        raise SlackError("not_enough_users")
    user = call.workspace.people.get(users)
    if user.id == call.bot:
        raise SlackError("cannot_dm_bot")
    if user.deleted:
        raise SlackError("user_disabled")
    channel = call.workspace.channels.direct(call.bot, user.id)
    if call.args.flag("return_im"):
        return {"channel": _shape(call, channel)}
    return {"channel": {"id": channel.id}}


@method("conversations.history")
def conversations_history(call: Call) -> Json:
    """Messages of a conversation, newest first, without thread replies.

    Asked for a reply's ts it gives the neighbouring message, as Slack does.
    """
    channel = _readable(call)
    found = _between(call, call.workspace.history(channel.id))[::-1]
    messages, cursor = page(found, call.args)
    return {
        "messages": _shown(call, messages),
        "has_more": bool(cursor),
        "pin_count": 0,
        "response_metadata": {"next_cursor": cursor},
    }


@method("conversations.replies")
def conversations_replies(call: Call) -> Json:
    """A thread: its first message on every page, then replies, oldest first.

    For a reply's ts it gives that reply alone, or the thread where the switch
    `replies_give_thread` is on: both have been reported of Slack.
    """
    channel = _readable(call)
    try:
        message = call.message(channel)
    except SlackError:
        raise SlackError("thread_not_found") from None
    if message.is_reply and not call.faults.replies_give_thread:
        return {"messages": _shown(call, [message]), "has_more": False}
    root, *replies = call.workspace.thread(channel.id, message.thread_ts or message.ts)
    limit = call.args.number("limit", 1000, 1, 1000)
    if limit == 1 and not call.args.text("cursor"):
        return {"messages": _shown(call, [root]), "has_more": bool(replies)}
    shown, cursor = page(_between(call, replies), call.args, default=1000)
    return {
        "messages": _shown(call, [root, *shown]),
        "has_more": bool(cursor),
        "response_metadata": {"next_cursor": cursor},
    }


def _readable(call: Call) -> Channel:
    channel = call.own_channel()
    call.require_for(channel, "history")
    return channel


def _between(call: Call, messages: Sequence[Message]) -> list[Message]:
    """Messages within `oldest` and `latest`, whose own ts count only with `inclusive`."""
    inclusive = call.args.flag("inclusive")
    oldest, latest = (call.args.text(name) for name in ("oldest", "latest"))
    low = normal_ts(oldest) if oldest else ""
    high = normal_ts(latest) if latest else "~"
    if oldest and latest and float(low) > float(high):
        raise invalid("oldest must not be after latest")
    if inclusive:
        return [one for one in messages if low <= one.ts <= high]
    return [one for one in messages if low < one.ts < high]


def _shown(call: Call, messages: Sequence[Message]) -> list[Json]:
    with_metadata = call.args.flag("include_all_metadata")
    return [call.workspace.messages.as_json(one, with_metadata=with_metadata) for one in messages]


def _shape(call: Call, channel: Channel) -> Json:
    return channel_json(channel, call.bot, call.workspace.core.team_id)
