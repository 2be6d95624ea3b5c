"""Real Bolt over Socket Mode: events, commands, forms, retries, triggers."""

from functools import partial
from typing import Any

import pytest
from slack_bolt import Ack, Respond
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode import SocketModeClient

from playground.messages import Draft
from playground.person import Person
from playground.server import Playground
from tests.playground.probe import MANIFEST, Probe, furnish

FORM: dict[str, Any] = {
    "type": "modal",
    "callback_id": "form",
    "title": {"type": "plain_text", "text": "Form"},
    "submit": {"type": "plain_text", "text": "Save"},
    "notify_on_close": True,
    "blocks": [
        {
            "type": "input",
            "block_id": "words",
            "label": {"type": "plain_text", "text": "Words"},
            "element": {"type": "plain_text_input", "action_id": "words_input"},
        },
        {
            "type": "input",
            "block_id": "kind",
            "optional": True,
            "label": {"type": "plain_text", "text": "Kind"},
            "element": {
                "type": "external_select",
                "action_id": "kind_input",
                "min_query_length": 0,
            },
        },
    ],
}


def test_a_message_reaches_the_app(probe: Probe, anna: Person, sales: str) -> None:
    message = anna.post("sales", "25% <off> & @ben #general https://x.de.")
    (payload,) = probe.of("message")
    event = payload["event"]
    assert event["text"].startswith("25% &lt;off&gt; &amp; <@U")
    assert event["text"].endswith("|general> <https://x.de>.")
    assert (event["ts"], event["channel"], event["channel_type"]) == (message.ts, sales, "channel")
    assert payload["authorizations"][0]["is_bot"] is True
    assert payload["event_id"].startswith("Ev")


def test_events_only_where_the_bot_is_and_what_it_subscribed_to(
    probe: Probe, anna: Person, playground: Playground
) -> None:
    anna.post("general", "unheard")
    anna.post("secret", "unheard")
    playground.workspace.channels.share(playground.workspace.channels.named("sales").id)
    inner = anna.post("inner", "heard")
    assert [one["event"]["ts"] for one in probe.events] == [inner.ts]
    assert probe.events[0]["event"]["channel_type"] == "group"


def test_edit_delete_and_thread_events(probe: Probe, anna: Person, playground: Playground) -> None:
    root = anna.post("sales", "one")
    anna.edit(root, "two")
    changed = probe.of("message")[-1]["event"]
    assert changed["subtype"] == "message_changed"
    assert (changed["previous_message"]["text"], changed["message"]["text"]) == ("one", "two")
    reply = anna.reply(root, "reply")
    counters = probe.of("message")[-1]["event"]
    assert counters["message"]["text"] == counters["previous_message"]["text"] == "two"
    assert counters["message"]["reply_count"] == 1
    anna.delete(reply)
    gone = probe.of("message")[-1]["event"]
    assert (gone["subtype"], gone["deleted_ts"]) == ("message_deleted", reply.ts)
    anna.reply(root, "stays")
    anna.delete(root)
    tomb = probe.of("message")[-1]["event"]
    assert (tomb["subtype"], tomb["message"]["subtype"]) == ("message_changed", "tombstone")
    assert tomb["previous_message"]["text"] == "two"


def test_reactions_carry_no_text_and_no_author_for_webhooks(
    probe: Probe, anna: Person, playground: Playground, sales: str
) -> None:
    message = anna.post("sales", "x")
    anna.react(message, "bulb")
    anna.unreact(message, "bulb")
    added, removed = probe.of("reaction_added")[0], probe.of("reaction_removed")[0]
    assert added["event"]["item_user"] == anna.id
    assert added["event"]["item"] == {"type": "message", "channel": sales, "ts": message.ts}
    assert float(removed["event"]["event_ts"]) > float(added["event"]["event_ts"])
    hook = playground.workspace.messages.post(
        Draft(channel=sales, user=None, text="alert", subtype="bot_message", bot_id="B999", username="CI")
    )
    anna.react(hook, "bulb")
    assert "item_user" not in probe.of("reaction_added")[-1]["event"]


def test_mentions_joins_and_other_events(probe: Probe, anna: Person, playground: Playground) -> None:
    workspace = playground.workspace
    anna.post("sales", "hey @probe")
    assert len(probe.of("app_mention")) == 1
    anna.home()
    assert probe.of("app_home_opened")[0]["event"]["tab"] == "home"
    with playground.dispatcher.collecting() as batch:
        workspace.people.change(anna.id, locale="ru-RU")
        channel = workspace.channels.rename(workspace.channels.named("sales").id, "sales-new")
        workspace.channels.rename(workspace.channels.named("inner").id, "inner-new")
        old = channel.id
        workspace.channels.change_id(old)
        workspace.channels.leave(channel.id, workspace.bot_user_id)
        workspace.channels.archive(channel.id)  # unheard: the bot is out
    batch.wait()
    assert probe.of("user_change")[0]["event"]["user"]["locale"] == "ru-RU"
    assert probe.of("channel_rename")[0]["event"]["channel"]["name"] == "sales-new"
    assert probe.of("group_rename")
    assert probe.of("channel_id_changed")[0]["event"]["old_channel_id"] == old
    assert probe.of("member_left_channel")[0]["event"]["user"] == workspace.bot_user_id
    assert not probe.of("channel_archive")


def test_the_bots_own_posts_come_back(
    probe: Probe, playground: Playground, client: WebClient, sales: str
) -> None:
    client.chat_postMessage(channel=sales, text="mine")
    playground.wait_idle()
    (delivery,) = playground.log.deliveries("message")
    assert delivery.payload["event"]["bot_id"] == playground.workspace.core.app.bot_id
    assert delivery.state == "acked"


def test_command_answers(probe: Probe, anna: Person, ben: Person) -> None:
    @probe.app.command("/probe")
    def answer(ack: Ack, command: dict[str, str], respond: Respond) -> None:
        if command["text"] == "loud":
            ack(text="for all", response_type="in_channel")
        else:
            ack(text=f"only you: {command['text']}")
            respond("more")

    anna.command("sales", "/probe 5 > 3 @ben")
    assert "only you: 5 &gt; 3 @ben" in [one.text for one in anna.sees("sales")]
    anna.wait_for_message("sales", lambda one: one.text == "more")
    anna.command("sales", "/probe loud")
    assert [one.text for one in ben.sees("sales")] == ["for all"]
    with pytest.raises(ValueError, match="not a command"):
        anna.command("sales", "/nothing")


def test_should_escape_turns_names_into_ids(probe: Probe, anna: Person, ben: Person) -> None:
    heard: list[str] = []

    @probe.app.command("/escaped")
    def answer(ack: Ack, command: dict[str, str]) -> None:
        heard.append(command["text"])
        ack()

    anna.command("sales", "/escaped @ben in #general")
    assert heard[0].startswith(f"<@{ben.id}> in <#C")


def test_unanswered_command_is_told_to_the_person(probe: Probe, anna: Person) -> None:
    @probe.app.command("/probe")
    def answer(command: dict[str, str]) -> None:
        """Never acknowledged."""

    anna.command("sales", "/probe x")
    assert "operation_timeout" in anna.notices[0]


def test_a_form_from_opening_to_saving(probe: Probe, anna: Person) -> None:
    saved: list[dict[str, Any]] = []

    @probe.app.shortcut("new")
    def opens(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        client.views_open(trigger_id=body["trigger_id"], view=FORM)
        ack()

    @probe.app.options("kind_input")
    def offers(ack: Ack, payload: dict[str, Any]) -> None:
        text = {"type": "plain_text", "text": f"Kind {payload['value']}"}
        ack(options=[{"text": text, "value": payload["value"]}])

    @probe.app.view("form")
    def takes(ack: Ack, view: dict[str, Any]) -> None:
        values = view["state"]["values"]
        if values["words"]["words_input"]["value"] == "bad":
            ack(response_action="errors", errors={"words": "not that"})
            return
        saved.append(values)
        ack()

    anna.shortcut("new")
    assert anna.modal is not None
    assert anna.submit({}) == {"words": "Please complete this required field."}
    assert anna.submit({"words": "bad"}) == {"words": "not that"}
    assert anna.submit({"words": "good", "kind_input": "market"}) == {}
    assert anna.modal is None
    assert saved[0]["words"]["words_input"]["value"] == "good"
    assert saved[0]["kind"]["kind_input"]["selected_option"]["value"] == "market"


def test_views_stack_update_and_close(probe: Probe, anna: Person) -> None:
    closed: list[str] = []

    @probe.app.shortcut("new")
    def opens(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        view = client.views_open(trigger_id=body["trigger_id"], view=FORM)["view"]
        client.views_update(view_id=view["id"], hash=view["hash"], view=FORM | {"private_metadata": "2"})
        with pytest.raises(SlackApiError, match="hash_conflict"):
            client.views_update(view_id=view["id"], hash=view["hash"], view=FORM)
        ack()

    @probe.app.view("form")
    def pushes(ack: Ack) -> None:
        ack(response_action="push", view=FORM | {"callback_id": "second"})

    @probe.app.view("second")
    def clears(ack: Ack) -> None:
        ack(response_action="clear")

    @probe.app.view_closed("second")
    def hears(ack: Ack, view: dict[str, Any]) -> None:
        closed.append(view["callback_id"])
        ack()

    anna.shortcut("new")
    assert [one.body["private_metadata"] for one in anna.modals] == ["2"]
    anna.submit({"words": "x"})
    assert len(anna.modals) == 2
    anna.close()
    assert (closed, len(anna.modals)) == (["second"], 1)
    anna.submit({"words": "x"})
    anna.submit({"words": "y"})
    assert anna.modals == []


def test_triggers_expire_and_work_once(
    probe: Probe, anna: Person, client: WebClient, playground: Playground
) -> None:
    triggers: list[str] = []

    @probe.app.shortcut("new")
    def keeps(ack: Ack, body: dict[str, Any]) -> None:
        triggers.append(body["trigger_id"])
        ack()

    anna.shortcut("new")
    client.views_open(trigger_id=triggers[0], view=FORM)
    with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
        client.views_open(trigger_id=triggers[0], view=FORM)
    anna.shortcut("new")
    playground.workspace.tickets.expire_all()
    with pytest.raises(SlackApiError, match="expired_trigger_id"):
        client.views_open(trigger_id=triggers[1], view=FORM)
    with pytest.raises(SlackApiError, match="invalid_trigger_id"):
        client.views_open(trigger_id="1.2.x", view=FORM)


def test_buttons_in_messages_and_notes(probe: Probe, anna: Person, client: WebClient, sales: str) -> None:
    clicks: list[dict[str, Any]] = []
    button = {
        "type": "actions",
        "elements": [
            {
                "type": "button",
                "text": {"type": "plain_text", "text": "Undo"},
                "action_id": "undo",
                "value": "7",
            }
        ],
    }

    @probe.app.action("undo")
    def undo(ack: Ack, body: dict[str, Any], respond: Respond) -> None:
        ack()
        clicks.append(body)
        if body["container"]["is_ephemeral"]:
            respond(delete_original=True)
        else:
            respond(text="done", replace_original=True)

    client.chat_postEphemeral(channel=sales, user=anna.id, text="note", blocks=[button])
    client.chat_postMessage(channel=sales, text="card", blocks=[button])
    card, note = sorted(anna.sees("sales"), key=lambda one: one.ephemeral_for is not None)
    anna.click(note, "undo")
    anna.click(card, "undo")
    anna.wait_for(lambda: [one.text for one in anna.sees("sales")] == ["done"])
    assert clicks[0]["actions"][0]["value"] == "7"
    assert "message" not in clicks[0]
    assert clicks[1]["message"]["ts"] == card.ts


def test_home_tab(probe: Probe, anna: Person, client: WebClient) -> None:
    home = {"type": "home", "blocks": [{"type": "divider"}]}

    @probe.app.event("app_home_opened")
    def show(event: dict[str, Any], client: WebClient) -> None:
        client.views_publish(user_id=event["user"], view=home)

    published = client.views_publish(user_id=anna.id, view=home)["view"]
    client.views_publish(user_id=anna.id, view=home, hash=published["hash"])
    with pytest.raises(SlackApiError, match="hash_conflict"):
        client.views_publish(user_id=anna.id, view=home, hash=published["hash"])
    view = anna.home()
    assert view is not None
    assert view.body["type"] == "home"


def test_an_event_goes_to_one_connection_and_again_when_it_is_not_acknowledged(
    playground: Playground, anna: Person
) -> None:
    """Two bare connections: the first to get an event stays silent, so it goes to the other."""
    got: list[tuple[str, str, int]] = []
    clients: list[SocketModeClient] = []

    def listen(name: str) -> None:
        client = SocketModeClient(
            app_token=playground.app_token,
            web_client=WebClient(playground.app_token, base_url=playground.api_url),
        )

        def hear(client: SocketModeClient, request: Any) -> None:
            got.append((name, request.envelope_id, request.retry_attempt))
            if len(got) > 1:
                client.send_message(f'{{"envelope_id": "{request.envelope_id}"}}')

        client.socket_mode_request_listeners.append(hear)  # type: ignore[arg-type]
        client.connect()
        clients.append(client)

    listen("one")
    listen("two")
    assert playground.workspace.wait_for(lambda: playground.sockets.count == 2)
    anna.post("sales", "x")
    assert [attempt for _, _, attempt in got] == [0, 1]
    assert got[0][0] != got[1][0]
    (delivery,) = playground.log.deliveries("message")
    assert [one.outcome for one in delivery.attempts] == ["timeout", "acked"]
    for client in clients:
        client.auto_reconnect_enabled = client.default_auto_reconnect_enabled = False
    playground.cut_sockets()
    for client in clients:
        client.close()


def test_without_any_connection_an_event_is_lost(playground: Playground, anna: Person) -> None:
    anna.post("sales", "x")
    (delivery,) = playground.log.deliveries("message")
    assert delivery.finished.wait(5)
    assert delivery.state == "lost"
    assert [one.outcome for one in delivery.attempts] == ["no_connection"] * 4


def test_the_app_comes_back_after_a_refresh_and_after_a_cut() -> None:
    """slack_sdk may take its 3 s to read from a new connection, so Slack's own times apply here."""
    with Playground(manifest=MANIFEST, retry_delays=(0.0, 1.0, 1.0)) as playground:
        furnish(playground)
        probe = Probe(playground)
        probe.connect(playground)
        anna = playground.person("anna")
        for trouble in (partial(playground.refresh_sockets, 0.1), playground.cut_sockets):
            before = playground.sockets.opened
            trouble()
            came = partial(_more_than, playground, before)
            assert playground.workspace.wait_for(came, 10)
            anna.post("sales", "still there?")
            assert playground.log.deliveries("message")[-1].state == "acked"
        probe.close(playground)


def _more_than(playground: Playground, connections: int) -> bool:
    return playground.sockets.opened > connections
