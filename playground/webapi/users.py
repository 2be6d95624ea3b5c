"""Methods about people."""

from playground.model import Json, SlackError
from playground.shapes import channel_json
from playground.webapi.conversations import wanted_kinds
from playground.webapi.paging import page
from playground.webapi.registry import Call, method


@method("users.info", "users:read")
def users_info(call: Call) -> Json:
    """One user; the locale only with include_locale."""
    people = call.workspace.people
    user = people.get(call.args.need("user"))
    return {"user": people.as_json(user, with_locale=call.args.flag("include_locale"))}


@method("users.list", "users:read")
def users_list(call: Call) -> Json:
    """All users, in pages."""
    people = call.workspace.people
    users, cursor = page(people.all(), call.args, default=1000)
    with_locale = call.args.flag("include_locale")
    return {
        "members": [people.as_json(one, with_locale=with_locale) for one in users],
        "cache_ts": call.workspace.core.seconds(),
        "response_metadata": {"next_cursor": cursor},
    }


@method("users.conversations")
def users_conversations(call: Call) -> Json:
    """Conversations that a user is in; of others only what the bot may know of."""
    kinds = wanted_kinds(call)
    user = call.workspace.people.get(call.args.text("user") or call.bot)
    skip_archived = call.args.flag("exclude_archived")
    found = [
        one
        for one in call.workspace.channels.all()
        if one.kind in kinds
        and user.id in one.members
        and call.workspace.channels.may_see(one, call.bot)
        and not (skip_archived and one.is_archived)
    ]
    channels, cursor = page(found, call.args)
    team = call.workspace.core.team_id
    return {
        "channels": [channel_json(one, call.bot, team) for one in channels],
        "response_metadata": {"next_cursor": cursor},
    }


@method("users.lookupByEmail", "users:read.email")
def users_lookup_by_email(call: Call) -> Json:
    """Nobody here has a mail address."""
    call.args.need("email")
    raise SlackError("users_not_found")
