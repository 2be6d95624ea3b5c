"""Methods about modals and home tabs."""

from playground import blocks
from playground.model import Json, SlackError
from playground.views import View
from playground.webapi.registry import Call, invalid, method


@method("views.open")
def views_open(call: Call) -> Json:
    """Open a modal for whose trigger it is."""
    body = _view(call, "modal")
    user = call.workspace.tickets.exchange_trigger(call.args.need("trigger_id"))
    return _answer(call, call.workspace.views.open(user, body))


@method("views.push")
def views_push(call: Call) -> Json:
    """Lay a modal upon the open one."""
    body = _view(call, "modal")
    user = call.workspace.tickets.exchange_trigger(call.args.need("trigger_id"))
    return _answer(call, call.workspace.views.push(user, body))


@method("views.update")
def views_update(call: Call) -> Json:
    """Replace the content of an open view."""
    view_id, external_id = call.args.text("view_id"), call.args.text("external_id")
    if not view_id and not external_id:
        raise invalid("missing required field: view_id")
    view = call.workspace.views.find(view_id, external_id)
    body = _view(call, view.body["type"])
    return _answer(call, call.workspace.views.update(view, body, call.args.text("hash")))


@method("views.publish")
def views_publish(call: Call) -> Json:
    """Set a person's home tab."""
    if not call.manifest.has_home:
        raise SlackError("not_enabled")
    user = call.workspace.people.get(call.args.need("user_id"))
    body = _view(call, "home")
    return _answer(call, call.workspace.views.publish(user.id, body, call.args.text("hash")))


def _view(call: Call, kind: str) -> Json:
    body = call.args.mapping("view")
    if body is None:
        raise invalid("missing required field: view")
    blocks.check_view(body, kind)
    return body


def _answer(call: Call, view: View) -> Json:
    return {"view": call.workspace.views.as_json(view)}
