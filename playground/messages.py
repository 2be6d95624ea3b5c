"""What people and the bot do with messages, and the events that Slack sends about it."""

import copy
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from playground.channels import Channels
from playground.core import Core
from playground.files import Files
from playground.message_store import MessageStore
from playground.model import Change, Channel, Edited, Json, Message, Reaction, SlackError
from playground.shapes import message_json, reactions_json
from playground.text import links, notified_by_blocks, notified_by_text

_SUBSCRIPTIONS = {"channel": "message.channels", "private": "message.groups", "im": "message.im"}
_CHANNEL_TYPES = {"channel": "channel", "private": "group", "im": "im"}


@dataclass(frozen=True)
class Draft:
    """What is to be posted. `unfurl` is Slack's unfurl_links; `mrkdwn` False leaves text literal."""

    channel: str
    user: str | None
    text: str
    blocks: list[Json] | None = None
    attachments: list[Json] | None = None
    thread_ts: str | None = None
    broadcast: bool = False
    metadata: Json | None = None
    files: Sequence[str] = field(default=())
    subtype: str | None = None
    bot_id: str | None = None
    username: str | None = None
    unfurl: bool = False
    mrkdwn: bool = True
    at: datetime | None = None


class Messages:
    """Messages with their threads, edits, reactions and ephemeral notes."""

    def __init__(self, core: Core, channels: Channels, files: Files) -> None:
        self._core = core
        self._channels = channels
        self._files = files
        self.store = MessageStore()
        channels.announce = self._announce
        channels.on_id_change = self.store.rename_channel

    def post(self, draft: Draft) -> Message:
        """Post a message or reply; SlackError thread_not_found, cannot_reply_to_message."""
        with self._core.lock:
            channel = self._channels.get(draft.channel)
            root = self._root(draft)
            message = self._build(draft, self._free_ts(draft), root)
            self.store.add(message)
            for file_id in draft.files:
                self._files.get(file_id).channels.append(channel.id)
            self._tell(message)
            self._emit_posted(channel, message, root)
            if root is not None:
                self._tell(root)
                self._emit_counters(channel, root)
            return message

    def whisper(self, draft: Draft, to: str) -> Message:
        """Show a note to one person only."""
        with self._core.lock:
            message = self._build(draft, self._free_ts(draft), None)
            message.thread_ts = draft.thread_ts
            message.ephemeral_for = to
            self.store.add_note(message)
            self._core.tell(Change("ephemeral", user=to, channel=message.channel, message=message))
            return message

    def unwhisper(self, note: Message) -> None:
        """Take an ephemeral note away."""
        with self._core.lock:
            self.store.remove_note(note)
            self._core.tell(
                Change("ephemeral_gone", user=note.ephemeral_for, channel=note.channel, message=note)
            )

    def edit(
        self,
        message: Message,
        *,
        by: str,
        text: str | None = None,
        blocks: list[Json] | None = None,
        attachments: list[Json] | None = None,
        metadata: Json | None = None,
    ) -> Message:
        """Change a message (what is None stays); the app gets both wordings this once."""
        with self._core.lock:
            if message.ephemeral_for is not None:
                return self._edit_note(message, text, blocks)
            previous = self._shape(message)
            if text is not None:
                message.text = text
            if blocks is not None:
                message.blocks = blocks or None
            if attachments is not None:
                message.attachments = attachments or None
            if metadata is not None:
                message.metadata = metadata
            message.edited = Edited(by, self._core.next_ts())
            self._note_reach(message, mrkdwn=True)
            self._tell(message)
            self._emit_changed(self._channels.get(message.channel), message, previous)
            return message

    def delete(self, message: Message) -> None:
        """Delete a message; one with replies stays as a tombstone, which Slack sends as a change."""
        with self._core.lock:
            channel = self._channels.get(message.channel)
            previous = self._shape(message)
            if self.store.replies(message.channel, message.ts):
                _make_tombstone(message)
                self._tell(message)
                self._emit_changed(channel, message, previous)
                return
            self.store.remove(message)
            message.is_deleted = True
            self._tell(message)
            now = self._core.next_ts()
            self._emit_message(
                channel,
                {
                    "subtype": "message_deleted",
                    "hidden": True,
                    "deleted_ts": message.ts,
                    "previous_message": previous,
                    "ts": now,
                    "event_ts": now,
                },
            )
            if message.is_reply and message.thread_ts and self.store.has(channel.id, message.thread_ts):
                self._tell(self.store.get(channel.id, message.thread_ts))

    def react(self, message: Message, name: str, user: str) -> None:
        """Set an emoji; SlackError already_reacted."""
        with self._core.lock:
            reaction = message.reaction(name)
            if reaction is None:
                reaction = Reaction(name, [])
                message.reactions.append(reaction)
            if user in reaction.users:
                raise SlackError("already_reacted")
            reaction.users.append(user)
            self._tell(message)
            self._emit_reaction("reaction_added", message, name, user)

    def unreact(self, message: Message, name: str, user: str) -> None:
        """Take an emoji back; SlackError no_reaction."""
        with self._core.lock:
            reaction = message.reaction(name)
            if reaction is None or user not in reaction.users:
                raise SlackError("no_reaction")
            reaction.users.remove(user)
            if not reaction.users:
                message.reactions.remove(reaction)
            self._tell(message)
            self._emit_reaction("reaction_removed", message, name, user)

    def as_json(self, message: Message, *, all_reactors: bool = False, with_metadata: bool = False) -> Json:
        """The message as history, replies and reactions.get answer it."""
        with self._core.lock:
            shape = self._shape(message)
            if message.reactions:
                shape["reactions"] = reactions_json(message.reactions, full=all_reactors)
            if message.metadata is not None:
                event_type = message.metadata["event_type"]
                shape["metadata"] = message.metadata if with_metadata else {"event_type": event_type}
            return shape

    def _root(self, draft: Draft) -> Message | None:
        if draft.thread_ts is None:
            return None
        if not self.store.has(draft.channel, draft.thread_ts):
            raise SlackError("thread_not_found")
        root = self.store.get(draft.channel, draft.thread_ts)
        if root.is_reply:
            raise SlackError("cannot_reply_to_message")
        return root

    def _free_ts(self, draft: Draft) -> str:
        at = draft.at
        ts = self._core.next_ts(at)
        while self.store.has(draft.channel, ts) or self.store.note(draft.channel, ts):
            at = at + timedelta(microseconds=1) if at else None
            ts = self._core.next_ts(at)
        return ts

    def _build(self, draft: Draft, ts: str, root: Message | None) -> Message:
        message = Message(
            channel=draft.channel,
            ts=ts,
            user=draft.user,
            text=draft.text,
            blocks=draft.blocks or None,
            attachments=draft.attachments or None,
            thread_ts=root.ts if root else None,
            subtype=draft.subtype or ("file_share" if draft.files else None),
            bot_id=draft.bot_id,
            username=draft.username,
            metadata=draft.metadata,
            files=list(draft.files),
            broadcast=draft.broadcast and root is not None,
            client_msg_id=None if draft.bot_id or draft.subtype else str(uuid.uuid4()),
        )
        if message.broadcast:
            message.subtype = "thread_broadcast"
        self._note_reach(message, mrkdwn=draft.mrkdwn)
        if draft.unfurl or draft.bot_id is None:
            message.unfurled = links(message.text, message.blocks)
        return message

    def _note_reach(self, message: Message, *, mrkdwn: bool) -> None:
        """Record whom it pings. Edits notify nobody anew in Slack, but a test wants to see them."""
        by_text = notified_by_text(message.text) if mrkdwn else frozenset()
        message.notified |= by_text | notified_by_blocks(message.blocks or [])

    def _edit_note(self, note: Message, text: str | None, blocks: list[Json] | None) -> Message:
        note.text = note.text if text is None else text
        note.blocks = note.blocks if blocks is None else (blocks or None)
        self._note_reach(note, mrkdwn=True)
        self._core.tell(Change("ephemeral", user=note.ephemeral_for, channel=note.channel, message=note))
        return note

    def _shape(self, message: Message) -> Json:
        root = None
        if message.is_reply and message.thread_ts and self.store.has(message.channel, message.thread_ts):
            root = self.store.get(message.channel, message.thread_ts)
        shape = message_json(
            message,
            app=self._core.app,
            team_id=self._core.team_id,
            author_team=self._core.team_of(message.user) if message.user else None,
            files=[self._files.as_json(one) for one in message.files],
            thread=self.store.thread(message),
            root=root,
        )
        if message.broadcast and root is not None:
            shape["root"] = self._shape(root)
        return copy.deepcopy(shape)

    def _announce(self, channel: Channel, user: str, subtype: str) -> None:
        verb = "joined" if subtype == "channel_join" else "left"
        text = f"<@{user}> has {verb} the channel"
        self.post(Draft(channel=channel.id, user=user, text=text, subtype=subtype, mrkdwn=False))

    def _emit_posted(self, channel: Channel, message: Message, root: Message | None) -> None:
        shape = self._shape(message)
        if message.metadata is not None:
            shape["metadata"] = message.metadata
        self._emit_message(channel, shape | {"event_ts": message.ts})
        mention = f"<@{self._core.app.user_id}>"
        if mention in message.text and message.bot_id is None and channel.kind != "im":
            body = {key: value for key, value in shape.items() if key != "subtype"}
            body |= {"channel": channel.id, "event_ts": message.ts}
            self._core.emit("app_mention", body | {"type": "app_mention"}, channel=channel)

    def _emit_counters(self, channel: Channel, root: Message) -> None:
        """A reply moves the counters of its thread, which arrives as a change of the first message."""
        shape = self._shape(root)
        self._emit_change_of(channel, shape, shape)

    def _emit_changed(self, channel: Channel, message: Message, previous: Json) -> None:
        self._emit_change_of(channel, self._shape(message), previous)

    def _emit_change_of(self, channel: Channel, shape: Json, previous: Json) -> None:
        now = self._core.next_ts()
        self._emit_message(
            channel,
            {
                "subtype": "message_changed",
                "hidden": True,
                "message": shape,
                "previous_message": previous,
                "ts": now,
                "event_ts": now,
            },
        )

    def _emit_message(self, channel: Channel, body: Json) -> None:
        body = body | {"channel": channel.id, "channel_type": _CHANNEL_TYPES[channel.kind]}
        subscription = _SUBSCRIPTIONS[channel.kind]
        self._core.emit("message", body, channel=channel, subscription=subscription)

    def _emit_reaction(self, event: str, message: Message, name: str, user: str) -> None:
        body: Json = {
            "user": user,
            "reaction": name,
            "item": {"type": "message", "channel": message.channel, "ts": message.ts},
        }
        if message.user is not None:  # a webhook's message has no author that is a user
            body["item_user"] = message.user
        self._core.emit(event, body, channel=self._channels.get(message.channel))

    def _tell(self, message: Message) -> None:
        self._core.tell(Change("message", channel=message.channel, message=message))


def _make_tombstone(message: Message) -> None:
    message.subtype = "tombstone"
    message.text = "This message was deleted."
    message.user = "USLACKBOT"
    message.blocks = None
    message.metadata = None
    message.files = []
    message.reactions = []
