"""Methods about the app and the team: auth, apps, api, team, bots, emoji, user groups."""

from playground.model import Json, SlackError
from playground.webapi.registry import Call, method


@method("api.test", caller="none")
def api_test(call: Call) -> Json:
    """Give the arguments back, or the error asked for."""
    if error := call.args.text("error"):
        raise SlackError(error, args=call.args.raw)
    return {"args": call.args.raw}


@method("auth.test")
def auth_test(call: Call) -> Json:
    """Who the token belongs to."""
    core = call.workspace.core
    return {
        "url": call.workspace.base_url,
        "team": core.team_name,
        "user": call.workspace.people.get(call.bot).name,
        "team_id": core.team_id,
        "user_id": call.bot,
        "bot_id": core.app.bot_id,
        "is_enterprise_install": False,
    }


@method("apps.connections.open", caller="app")
def apps_connections_open(call: Call) -> Json:
    """An address for one Socket Mode connection."""
    return {"url": call.new_socket_url()}


@method("team.info", "team:read")
def team_info(call: Call) -> Json:
    """The workspace."""
    core = call.workspace.core
    return {
        "team": {
            "id": core.team_id,
            "name": core.team_name,
            "domain": "playground",
            "email_domain": "",
            "icon": {"image_default": True},
            "url": call.workspace.base_url,
        }
    }


@method("bots.info", "users:read")
def bots_info(call: Call) -> Json:
    """The app's bot, the only one here."""
    app = call.workspace.core.app
    if call.args.text("bot") not in (None, app.bot_id):
        raise SlackError("bot_not_found")
    return {
        "bot": {
            "id": app.bot_id,
            "deleted": False,
            "name": app.name,
            "updated": 0,
            "app_id": app.app_id,
            "user_id": app.user_id,
            "icons": {},
        }
    }


@method("emoji.list", "emoji:read")
def emoji_list(call: Call) -> Json:
    """Custom emoji: none here."""
    return {"emoji": {}, "cache_ts": call.workspace.core.next_ts()}


@method("usergroups.list", "usergroups:read")
def usergroups_list(call: Call) -> Json:
    """User groups."""
    with_users = call.args.flag("include_users")
    groups: list[Json] = []
    for group in call.workspace.people.groups.values():
        shape: Json = {
            "id": group.id,
            "team_id": call.workspace.core.team_id,
            "is_usergroup": True,
            "name": group.name,
            "handle": group.handle,
            "user_count": len(group.users),
        }
        groups.append(shape | {"users": list(group.users)} if with_users else shape)
    return {"usergroups": groups}
