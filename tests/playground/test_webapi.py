"""The Web API answers slack_sdk's own client as Slack does, refusals included."""

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from playground.messages import Draft
from playground.person import Person
from playground.server import Playground
from tests.playground.probe import refused


def channel(playground: Playground, name: str) -> str:
    return playground.workspace.channels.named(name).id


def say(playground: Playground, where: str, text: str, thread_ts: str | None = None) -> str:
    user = playground.workspace.people.named("anna").id
    draft = Draft(channel=where, user=user, text=text, thread_ts=thread_ts)
    return playground.workspace.messages.post(draft).ts


def test_tokens(playground: Playground, client: WebClient) -> None:
    assert client.auth_test()["user_id"] == playground.workspace.bot_user_id
    assert refused(WebClient("xoxb-wrong", base_url=playground.api_url).auth_test) == "invalid_auth"
    assert refused(WebClient(base_url=playground.api_url).auth_test) == "not_authed"
    assert refused(client.apps_connections_open, app_token=playground.bot_token) == "not_allowed_token_type"
    playground.faults.token_revoked = True
    assert refused(client.auth_test) == "token_revoked"


def test_unknown_method_and_missing_scope(client: WebClient) -> None:
    assert refused(client.api_call, api_method="chat.shout") == "unknown_method"
    with pytest.raises(SlackApiError) as caught:
        client.usergroups_list()
    assert caught.value.response["error"] == "missing_scope"
    assert caught.value.response["needed"] == "usergroups:read"
    assert "chat:write" in caught.value.response["provided"]


def test_post_update_delete(client: WebClient, sales: str, playground: Playground) -> None:
    posted = client.chat_postMessage(
        channel=sales, text="one", metadata={"event_type": "k", "event_payload": {"id": "7"}}
    )
    client.chat_update(channel=sales, ts=posted["ts"], text="two")
    message = playground.workspace.message(sales, posted["ts"])
    assert message.text == "two"
    assert message.edited is not None
    client.chat_delete(channel=sales, ts=posted["ts"])
    assert refused(client.chat_delete, channel=sales, ts=posted["ts"]) == "message_not_found"


def test_update_keeps_blocks_that_are_not_given(
    client: WebClient, sales: str, playground: Playground
) -> None:
    posted = client.chat_postMessage(channel=sales, text="one", blocks=[{"type": "divider"}])
    client.chat_update(channel=sales, ts=posted["ts"], text="two")
    assert playground.workspace.message(sales, posted["ts"]).blocks is not None
    client.chat_update(channel=sales, ts=posted["ts"], text="two", blocks=[])
    assert playground.workspace.message(sales, posted["ts"]).blocks is None


def test_where_the_bot_may_write(client: WebClient, playground: Playground, sales: str) -> None:
    post = client.chat_postMessage
    assert refused(post, channel="C404", text="x") == "channel_not_found"
    assert refused(post, channel=channel(playground, "secret"), text="x") == "channel_not_found"
    assert refused(post, channel=channel(playground, "general"), text="x") == "not_in_channel"
    assert refused(post, channel=sales) == "no_text"
    assert refused(post, channel=sales, text="x", thread_ts="1600000000.000000") == "thread_not_found"
    playground.workspace.channels.archive(sales)
    assert refused(post, channel=sales, text="x") == "is_archived"


def test_posting_to_a_user_opens_the_direct_conversation(client: WebClient, anna: Person) -> None:
    posted = client.chat_postMessage(channel=anna.id, text="psst")
    assert posted["channel"].startswith("D")
    assert [one.text for one in anna.direct_messages()] == ["psst"]
    assert client.conversations_open(users=anna.id)["channel"]["id"] == posted["channel"]
    assert refused(client.conversations_open, users="U404") == "user_not_found"


def test_only_own_messages_can_be_changed(client: WebClient, sales: str, playground: Playground) -> None:
    ts = say(playground, sales, "mine")
    assert refused(client.chat_update, channel=sales, ts=ts, text="x") == "cant_update_message"
    assert refused(client.chat_delete, channel=sales, ts=ts) == "cant_delete_message"
    own = client.chat_postMessage(channel=sales, text="x")["ts"]
    assert refused(client.chat_update, channel=sales, ts=own, text="y" * 4001) == "msg_too_long"


def test_ephemeral_is_for_one_member(
    client: WebClient, sales: str, anna: Person, ben: Person, playground: Playground
) -> None:
    client.chat_postEphemeral(channel=sales, user=anna.id, text="hush")
    assert [one.text for one in anna.sees("sales")] == ["hush"]
    assert ben.sees("sales") == []
    outsider = playground.workspace.people.add("otto")
    assert (
        refused(client.chat_postEphemeral, channel=sales, user=outsider.id, text="x") == "user_not_in_channel"
    )
    assert client.conversations_history(channel=sales)["messages"] == []


def test_history_gives_the_neighbour_of_a_reply(
    client: WebClient, sales: str, playground: Playground
) -> None:
    root = say(playground, sales, "root")
    neighbour = say(playground, sales, "neighbour")
    reply = say(playground, sales, "reply", thread_ts=root)
    say(playground, sales, "later")
    found = client.conversations_history(channel=sales, latest=reply, inclusive=True, limit=1)["messages"]
    assert [one["ts"] for one in found] == [neighbour]
    everything = client.conversations_history(channel=sales)["messages"]
    assert reply not in [one["ts"] for one in everything]
    assert next(one for one in everything if one["ts"] == root)["reply_count"] == 1


def test_replies_of_a_root_and_of_a_reply(client: WebClient, sales: str, playground: Playground) -> None:
    root = say(playground, sales, "root")
    replies = [say(playground, sales, f"reply {n}", thread_ts=root) for n in range(5)]
    answer = client.conversations_replies(channel=sales, ts=root)
    assert [one["ts"] for one in answer["messages"]] == [root, *replies]
    alone = client.conversations_replies(channel=sales, ts=replies[1])["messages"]
    assert [one["ts"] for one in alone] == [replies[1]]
    assert alone[0]["thread_ts"] == root
    playground.faults.replies_give_thread = True
    assert len(client.conversations_replies(channel=sales, ts=replies[1])["messages"]) == 6
    assert refused(client.conversations_replies, channel=sales, ts="1600000000.000000") == "thread_not_found"


def test_pages_of_history_and_threads_are_complete(
    client: WebClient, sales: str, playground: Playground
) -> None:
    posted = [say(playground, sales, str(n)) for n in range(7)]
    pages = [
        ([one["ts"] for one in page["messages"]], page["has_more"])
        for page in client.conversations_history(channel=sales, limit=3)
    ]
    assert [ts for page, _ in pages for ts in page] == posted[::-1]
    assert [more for _, more in pages] == [True, True, False]
    assert refused(client.conversations_history, channel=sales, cursor="rubbish") == "invalid_cursor"
    assert refused(client.conversations_history, channel=sales, limit=5000) == "invalid_limit"
    replies = [say(playground, sales, f"r{n}", thread_ts=posted[0]) for n in range(5)]
    threads = [
        [one["ts"] for one in page["messages"]]
        for page in client.conversations_replies(channel=sales, ts=posted[0], limit=2)
    ]
    assert all(page[0] == posted[0] for page in threads)
    assert [ts for page in threads for ts in page[1:]] == replies


def test_oldest_and_latest_are_exclusive_unless_asked(
    client: WebClient, sales: str, playground: Playground
) -> None:
    first, second, third = (say(playground, sales, str(n)) for n in range(3))
    between = client.conversations_history(channel=sales, oldest=first, latest=third)["messages"]
    assert [one["ts"] for one in between] == [second]
    whole = client.conversations_history(channel=sales, oldest=first, latest=third, inclusive=True)
    assert [one["ts"] for one in whole["messages"]] == [third, second, first]


def test_reactions(client: WebClient, sales: str, playground: Playground, anna: Person) -> None:
    ts = say(playground, sales, "good")
    message = playground.workspace.message(sales, ts)
    fans = [playground.workspace.people.add(f"fan{n}").id for n in range(5)]
    for fan in fans:
        playground.workspace.messages.react(message, "bulb", fan)
    client.reactions_add(channel=sales, timestamp=ts, name="eyes")
    assert refused(client.reactions_add, channel=sales, timestamp=ts, name="eyes") == "already_reacted"
    assert refused(client.reactions_add, channel=sales, timestamp=ts, name="Not One") == "invalid_name"
    assert refused(client.reactions_remove, channel=sales, timestamp=ts, name="bulb") == "no_reaction"
    assert (
        refused(client.reactions_add, channel=sales, timestamp="1600000000.000000", name="x")
        == "message_not_found"
    )
    shown = client.conversations_history(channel=sales)["messages"][0]["reactions"][0]
    assert (len(shown["users"]), shown["count"]) == (3, 5)
    short = client.reactions_get(channel=sales, timestamp=ts)["message"]["reactions"][0]
    full = client.reactions_get(channel=sales, timestamp=ts, full=True)["message"]["reactions"][0]
    assert (len(short["users"]), full["users"]) == (3, fans)


def test_metadata_only_on_request(client: WebClient, sales: str) -> None:
    metadata = {"event_type": "frontline_post", "event_payload": {"key": "d-1"}}
    client.chat_postMessage(channel=sales, text="x", metadata=metadata)
    plain = client.conversations_history(channel=sales)["messages"][0]
    full = client.conversations_history(channel=sales, include_all_metadata=True)["messages"][0]
    assert "event_payload" not in plain["metadata"]
    assert full["metadata"] == metadata
    bad = {"event_type": "with space", "event_payload": {}}
    assert (
        refused(client.chat_postMessage, channel=sales, text="x", metadata=bad) == "invalid_metadata_format"
    )


def test_users(client: WebClient, anna: Person) -> None:
    assert "locale" not in client.users_info(user=anna.id)["user"]
    assert client.users_info(user=anna.id, include_locale=True)["user"]["locale"] == "en-GB"
    assert refused(client.users_info, user="U404") == "user_not_found"
    names = [one["name"] for page in client.users_list(limit=1) for one in page["members"]]
    assert names == ["probe", "anna", "ben"]


def test_conversations(client: WebClient, playground: Playground, sales: str, anna: Person) -> None:
    listed = client.conversations_list(types="public_channel,private_channel")["channels"]
    assert [one["name"] for one in listed] == ["sales", "inner", "general"]
    mine = client.users_conversations(types="public_channel,private_channel")["channels"]
    assert [one["name"] for one in mine] == ["sales", "inner"]
    assert client.conversations_info(channel=sales)["channel"]["is_member"] is True
    assert anna.id in client.conversations_members(channel=sales)["members"]
    general = channel(playground, "general")
    assert refused(client.conversations_history, channel=general) == "not_in_channel"
    client.conversations_join(channel=general)
    assert client.conversations_history(channel=general)["messages"][0]["subtype"] == "channel_join"
    assert refused(client.conversations_list, types="mpim") == "missing_scope"


def test_permalinks(client: WebClient, playground: Playground, sales: str) -> None:
    root = say(playground, sales, "root")
    reply = say(playground, sales, "reply", thread_ts=root)
    link = client.chat_getPermalink(channel=sales, message_ts=reply)["permalink"]
    assert link.endswith(f"/archives/{sales}/p{reply.replace('.', '')}?thread_ts={root}&cid={sales}")
    assert refused(client.chat_getPermalink, channel=sales, message_ts="1.0") == "message_not_found"


def test_file_upload(client: WebClient, playground: Playground, sales: str) -> None:
    client.files_upload_v2(channel=sales, filename="prices.csv", content="a;b", initial_comment="list")
    message = playground.workspace.history(sales)[-1]
    assert (message.text, message.subtype) == ("list", "file_share")
    file = playground.workspace.files.get(message.files[0])
    assert file.content == b"a;b"
    assert client.files_info(file=file.id)["file"]["name"] == "prices.csv"


def test_ts_is_unique_and_increasing(client: WebClient, sales: str) -> None:
    stamps = [client.chat_postMessage(channel=sales, text=str(n))["ts"] for n in range(20)]
    assert stamps == sorted(set(stamps))
