"""Where messages lie: by conversation and ts, in order, with their threads."""

import bisect

from playground.model import Message, SlackError
from playground.shapes import NO_THREAD, Thread


class MessageStore:
    """Messages of all conversations. Not locked: its owner holds the workspace's lock."""

    def __init__(self) -> None:
        self._by_ts: dict[str, dict[str, Message]] = {}
        self._order: dict[str, list[str]] = {}
        self._replies: dict[tuple[str, str], list[str]] = {}
        self._notes: dict[str, dict[str, Message]] = {}

    def add(self, message: Message) -> None:
        """Put a message in its place by ts."""
        self._by_ts.setdefault(message.channel, {})[message.ts] = message
        bisect.insort(self._order.setdefault(message.channel, []), message.ts)
        if message.is_reply and message.thread_ts is not None:
            bisect.insort(self._replies.setdefault((message.channel, message.thread_ts), []), message.ts)

    def remove(self, message: Message) -> None:
        """Take a message out."""
        del self._by_ts[message.channel][message.ts]
        self._order[message.channel].remove(message.ts)
        if message.is_reply and message.thread_ts is not None:
            self._replies[message.channel, message.thread_ts].remove(message.ts)

    def has(self, channel: str, ts: str) -> bool:
        """Whether there is a message with that ts."""
        return ts in self._by_ts.get(channel, {})

    def get(self, channel: str, ts: str) -> Message:
        """That very message; SlackError message_not_found."""
        try:
            return self._by_ts[channel][ts]
        except KeyError:
            raise SlackError("message_not_found") from None

    def all(self, channel: str) -> list[Message]:
        """All messages of a conversation, replies too, oldest first."""
        messages = self._by_ts.get(channel, {})
        return [messages[ts] for ts in self._order.get(channel, [])]

    def everything(self) -> list[Message]:
        """All messages of all conversations."""
        return [message for channel in self._by_ts for message in self.all(channel)]

    def replies(self, channel: str, root: str) -> list[Message]:
        """The replies below a message, oldest first."""
        return [self._by_ts[channel][ts] for ts in self._replies.get((channel, root), [])]

    def thread(self, message: Message) -> Thread:
        """What the message tells about the thread below it."""
        replies = self.replies(message.channel, message.ts)
        if not replies:
            return NO_THREAD
        users = dict.fromkeys(one.user or one.bot_id or "" for one in replies)
        return Thread(len(replies), tuple(users), replies[-1].ts)

    def add_note(self, message: Message) -> None:
        """Keep an ephemeral note."""
        self._notes.setdefault(message.channel, {})[message.ts] = message

    def note(self, channel: str, ts: str) -> Message | None:
        """The ephemeral note with that ts."""
        return self._notes.get(channel, {}).get(ts)

    def remove_note(self, message: Message) -> None:
        """Take an ephemeral note away."""
        self._notes.get(message.channel, {}).pop(message.ts, None)

    def notes(self, channel: str, user: str) -> list[Message]:
        """The ephemeral notes that a person sees in a conversation, oldest first."""
        found = [one for one in self._notes.get(channel, {}).values() if one.ephemeral_for == user]
        return sorted(found, key=lambda one: one.ts)

    def all_notes(self) -> list[Message]:
        """Every ephemeral note that still stands."""
        return [one for notes in self._notes.values() for one in notes.values()]

    def rename_channel(self, old: str, new: str) -> None:
        """Follow a conversation to its new id."""
        for table in (self._by_ts, self._notes):
            table[new] = table.pop(old, {})
            for message in table[new].values():
                message.channel = new
        self._order[new] = self._order.pop(old, [])
        for channel, root in [key for key in self._replies if key[0] == old]:
            self._replies[new, root] = self._replies.pop((channel, root))
