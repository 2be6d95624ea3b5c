"""Methods about reactions."""

from playground.model import EMOJI_NAME, Channel, Json, Message, SlackError
from playground.webapi.registry import Call, method


@method("reactions.add", "reactions:write")
def reactions_add(call: Call) -> Json:
    """React as the bot."""
    channel, message = _target(call)
    name = _name(call)
    if channel.is_archived:
        raise SlackError("is_archived")
    call.workspace.messages.react(message, name, call.bot)
    return {}


@method("reactions.remove", "reactions:write")
def reactions_remove(call: Call) -> Json:
    """Take the bot's own reaction back: it can't touch anyone else's."""
    _, message = _target(call)
    call.workspace.messages.unreact(message, _name(call), call.bot)
    return {}


@method("reactions.get", "reactions:read")
def reactions_get(call: Call) -> Json:
    """One message with its reactions; all their users only with `full`."""
    channel, message = _target(call)
    shape = call.workspace.messages.as_json(message, all_reactors=call.args.flag("full"))
    return {"type": "message", "channel": channel.id, "message": shape}


def _target(call: Call) -> tuple[Channel, Message]:
    if not call.args.text("timestamp"):
        raise SlackError("no_item_specified")
    channel = call.own_channel()
    return channel, call.message(channel, "timestamp")


def _name(call: Call) -> str:
    name = call.args.need("name").strip(":")
    if not EMOJI_NAME.match(name):
        raise SlackError("invalid_name")
    return name
