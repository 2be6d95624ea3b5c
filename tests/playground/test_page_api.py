"""The page's API: what it shows, what it lets do, and whom it keeps out."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from playground.person import Person
from playground.server import Playground
from tests.playground.probe import Probe

Ask = Callable[..., Any]


@pytest.fixture
def ask(playground: Playground) -> Ask:
    def ask(path: str, order: Any = None, **headers: str) -> Any:
        body = None if order is None else json.dumps(order).encode()
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(
            playground.url + path, body, {"Content-Type": "application/json", **names}
        )
        try:
            with urllib.request.urlopen(request) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refusal:
            return refusal.code, json.load(refusal)

    return ask


def test_state_shows_what_a_person_may_see(ask: Ask, ben: Person) -> None:
    state = ask(f"page/state?user={ben.id}")
    assert state["me"]["name"] == "ben"
    assert "inner" not in [one["name"] for one in state["channels"]]
    assert [one["command"] for one in state["commands"]] == ["/probe", "/escaped"]
    assert state["bot_connected"] is False
    assert ask("page/state?user=U404") == (404, {"error": "user_not_found"})


def test_acts(ask: Ask, anna: Person, sales: str, probe: Probe, playground: Playground) -> None:
    def act(**order: Any) -> Any:
        return ask("page/act", {"user": anna.id, **order})

    ts = act(action="post", channel=sales, text="@ben hi")["message"]["ts"]
    act(action="react", channel=sales, ts=ts, name="bulb")
    act(action="post", channel=sales, text="reply", thread_ts=ts)
    act(action="edit", channel=sales, ts=ts, text="changed")
    (shown,) = ask(f"page/messages?user={anna.id}&channel={sales}")["messages"]
    assert (shown["text"], shown["edited"], shown["reply_count"]) == ("changed", True, 1)
    assert shown["reactions"] == [{"name": "bulb", "users": [anna.id]}]
    thread = ask(f"page/messages?user={anna.id}&channel={sales}&thread_ts={ts}")["messages"]
    assert [one["text"] for one in thread] == ["changed", "reply"]
    act(action="upload", channel=sales, name="a.txt", mimetype="text/plain", content_base64="aGk=")
    assert playground.workspace.history(sales)[-1].subtype == "file_share"
    assert act(action="open_dm", **{"with": playground.workspace.bot_user_id})["channel"]["kind"] == "im"
    assert act(action="fly") == (400, {"error": "unknown action 'fly'"})
    assert act(action="post", channel="C404", text="x")[0] == 400
    assert act(action="post", channel=sales) == (400, {"error": "missing: 'text'"})


def test_clicks_and_forms_over_the_page(
    ask: Ask, anna: Person, sales: str, probe: Probe, playground: Playground
) -> None:
    option = {"text": {"type": "plain_text", "text": "One"}, "value": "1"}
    select = {
        "type": "static_select",
        "action_id": "pick",
        "options": [option],
    }
    view = {
        "type": "modal",
        "callback_id": "form",
        "title": {"type": "plain_text", "text": "Form"},
        "submit": {"type": "plain_text", "text": "Save"},
        "blocks": [
            {
                "type": "input",
                "block_id": "one",
                "label": {"type": "plain_text", "text": "One"},
                "element": select,
            }
        ],
    }
    got: list[Any] = []

    @probe.app.shortcut("new")
    def opens(ack: Any, body: Any, client: Any) -> None:
        client.views_open(trigger_id=body["trigger_id"], view=view)
        ack()

    @probe.app.action("pick")
    def picked(ack: Any, payload: Any) -> None:
        got.append(payload["selected_option"]["value"])
        ack()

    @probe.app.view("form")
    def saved(ack: Any, view: Any) -> None:
        got.append(view["state"]["values"]["one"]["pick"]["selected_option"]["value"])
        ack()

    ask("page/act", {"user": anna.id, "action": "global_shortcut", "callback_id": "new"})
    assert anna.modal is not None
    order = {"user": anna.id, "action": "submit_view", "view_id": anna.modal.id}
    refused = ask("page/act", order | {"state": {}})
    assert refused == {"ok": False, "errors": {"one": "Please complete this required field."}}
    chosen = {"option": option}
    where = {"container": {"type": "view", "view_id": anna.modal.id}, "block_id": "one", "action_id": "pick"}
    ask("page/act", {"user": anna.id, "action": "block_action", "value": chosen, **where})
    value = {"type": "static_select", "selected_option": chosen["option"]}
    assert ask("page/act", order | {"state": {"one": {"pick": value}}}) == {"ok": True}
    assert got == ["1", "1"]


def test_the_feed_tells_only_what_one_may_see(playground: Playground, anna: Person, ben: Person) -> None:
    address = playground.url.replace("http", "ws") + f"page/ws?user={ben.id}"
    with connect(address) as feed:
        assert json.loads(feed.recv(5)) == {"type": "views", "stack": []}
        anna.post("inner", "not for ben", wait=False)
        anna.post("sales", "for all", wait=False)
        assert json.loads(feed.recv(5))["message"]["text"] == "for all"


def test_the_clock_over_the_page(ask: Ask, anna: Person, playground: Playground) -> None:
    before = playground.clock.now()
    answer = ask("page/act", {"user": anna.id, "action": "clock", "by": 3600})
    assert answer["stops"] == []
    assert (playground.clock.now() - before).total_seconds() >= 3600
    assert ask("page/act", {"user": anna.id, "action": "clock", "to": "2020-01-01T00:00:00"})[0] == 400


def test_faults_log_and_dump_from_outside(
    ask: Ask, playground: Playground, anna: Person, client: Any, sales: str
) -> None:
    ask("page/faults", {"add": [{"kind": "ratelimit", "match": "auth.test", "times": None}]})
    anna.post("sales", "x", wait=False)
    client.chat_postMessage(
        channel=sales, text="y", metadata={"event_type": "k", "event_payload": {"a": "1"}}
    )
    log = ask("page/log")
    assert log["calls"][-1]["method"] == "chat.postMessage"
    assert log["calls"][-1]["arguments"]["text"] == "y"
    dump = ask("page/dump")
    assert [one["text"] for one in dump["messages"]] == ["x", "y"]
    assert dump["messages"][1]["metadata"]["event_payload"] == {"a": "1"}
    assert ask("page/faults")["rules"][0]["match"] == "auth.test"
    assert ask("page/faults", {"add": [{"kind": "gremlin"}]})[0] == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Host": "evil.example"},
        {"Content_Type": "text/plain"},
    ],
)
def test_strangers_are_kept_out(ask: Ask, anna: Person, sales: str, headers: dict[str, str]) -> None:
    order = {"user": anna.id, "action": "post", "channel": sales, "text": "x"}
    assert ask("page/act", order, **headers)[0] == 403
    assert anna.sees("sales") == []


def test_strangers_get_no_feed(playground: Playground, anna: Person) -> None:
    address = playground.url.replace("http", "ws") + f"page/ws?user={anna.id}"
    with pytest.raises(InvalidStatus), connect(address, origin=Origin("https://evil.example")):
        pass


def test_files_are_given_to_the_bot_only_with_its_token_and_never_as_html(
    playground: Playground, anna: Person
) -> None:
    message = anna.upload("sales", "x.html", b"<script>alert(1)</script>", wait=False)
    file = playground.workspace.files.as_json(message.files[0])
    with urllib.request.urlopen(file["url_private"]) as answer:
        assert b"script" not in answer.read()
    request = urllib.request.Request(
        file["url_private"], headers={"Authorization": f"Bearer {playground.bot_token}"}
    )
    with urllib.request.urlopen(request) as answer:
        assert b"script" in answer.read()
        assert answer.headers["Content-Type"] == "application/octet-stream"
