"""Conversations and who is in them."""

from collections.abc import Callable, Sequence

from playground.core import Core
from playground.model import Change, Channel, Kind, SlackError

Announce = Callable[[Channel, str, str], None]


class Channels:
    """Public and private channels and direct messages, by id."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._channels: dict[str, Channel] = {}
        # Set by the workspace: writes "… has joined the channel" into the channel, as Slack does.
        self.announce: Announce = lambda channel, user, subtype: None
        self.on_id_change: Callable[[str, str], None] = lambda old, new: None

    def add(
        self, name: str, *, private: bool = False, topic: str = "", members: Sequence[str] = ()
    ) -> Channel:
        """A new channel with these members (user ids), without a word to anyone."""
        kind: Kind = "private" if private else "channel"
        with self._core.lock:
            channel = Channel(
                id=self._core.next_id("C"),
                name=name,
                kind=kind,
                created=self._core.seconds(),
                topic=topic,
                creator=members[0] if members else "",
                members=list(members),
            )
            self._channels[channel.id] = channel
            self._core.tell(Change("channels"))
            return channel

    def direct(self, one: str, other: str) -> Channel:
        """The direct conversation of two users, made where there is none yet."""
        with self._core.lock:
            for channel in self._channels.values():
                if channel.kind == "im" and set(channel.members) == {one, other}:
                    return channel
            channel = Channel(
                id=self._core.next_id("D"),
                name="",
                kind="im",
                created=self._core.seconds(),
                members=[one, other],
            )
            self._channels[channel.id] = channel
            self._core.tell(Change("channels"))
            return channel

    def get(self, channel_id: str) -> Channel:
        """The conversation with that id; SlackError channel_not_found."""
        with self._core.lock:
            if channel_id not in self._channels:
                raise SlackError("channel_not_found")
            return self._channels[channel_id]

    def named(self, name: str) -> Channel:
        """The channel of that name (with or without #) or id; SlackError channel_not_found."""
        with self._core.lock:
            plain = name.removeprefix("#")
            for channel in self._channels.values():
                if plain and plain in (channel.name, channel.id):
                    return channel
            raise SlackError("channel_not_found")

    def all(self) -> list[Channel]:
        """Every conversation, in the order of its making."""
        with self._core.lock:
            return list(self._channels.values())

    def seen_by(self, user_id: str) -> list[Channel]:
        """Conversations that a person may look into: public ones and her own."""
        return [one for one in self.all() if self.may_see(one, user_id)]

    def may_see(self, channel: Channel, user_id: str) -> bool:
        """Whether that person may look into the conversation."""
        return channel.kind == "channel" or user_id in channel.members

    def ids_by_name(self) -> dict[str, str]:
        """Names to ids of public channels, for turning typed #names into Slack's form."""
        return {one.name.lower(): one.id for one in self.all() if one.kind == "channel"}

    def join(self, channel_id: str, user_id: str, *, inviter: str | None = None) -> Channel:
        """Make a person (or the bot) a member; does nothing where she is one already."""
        with self._core.lock:
            channel = self.get(channel_id)
            if user_id in channel.members:
                return channel
            if channel.is_archived:
                raise SlackError("is_archived")
            channel.members.append(user_id)
            body = {
                "user": user_id,
                "channel": channel.id,
                "channel_type": "G" if channel.kind == "private" else "C",
                "team": self._core.team_of(user_id),
            }
            if inviter:
                body["inviter"] = inviter
            self._core.emit("member_joined_channel", body, channel=channel)
            self.announce(channel, user_id, "channel_join")
            self._core.tell(Change("channels"))
            return channel

    def leave(self, channel_id: str, user_id: str) -> Channel:
        """End a membership; the app also hears that its own bot was removed."""
        with self._core.lock:
            channel = self.get(channel_id)
            if user_id not in channel.members:
                raise SlackError("not_in_channel")
            channel.members.remove(user_id)
            its_own = user_id == self._core.app.user_id
            self._core.emit(
                "member_left_channel",
                {
                    "user": user_id,
                    "channel": channel.id,
                    "channel_type": "G" if channel.kind == "private" else "C",
                    "team": self._core.team_of(user_id),
                },
                channel=channel,
                even_outside=its_own,
            )
            if its_own:
                name = "group_left" if channel.kind == "private" else "channel_left"
                self._core.emit(name, {"channel": channel.id}, channel=channel, even_outside=True)
            self.announce(channel, user_id, "channel_leave")
            self._core.tell(Change("channels"))
            return channel

    def rename(self, channel_id: str, name: str) -> Channel:
        """Give a channel another name."""
        with self._core.lock:
            channel = self.get(channel_id)
            channel.previous_names.insert(0, channel.name)
            channel.name = name
            shape = {
                "id": channel.id,
                "name": name,
                "name_normalized": name,
                "is_channel": channel.kind == "channel",
                "is_mpim": False,
                "created": channel.created,
            }
            self._about(channel, "rename", {"channel": shape})
            return channel

    def archive(self, channel_id: str, user_id: str = "") -> Channel:
        """Close a channel: it can be read, nobody can write."""
        with self._core.lock:
            channel = self.get(channel_id)
            channel.is_archived = True
            self._about(channel, "archive", {"channel": channel.id, "user": user_id, "is_moved": 0})
            return channel

    def unarchive(self, channel_id: str, user_id: str = "") -> Channel:
        """Open an archived channel again."""
        with self._core.lock:
            channel = self.get(channel_id)
            channel.is_archived = False
            self._about(channel, "unarchive", {"channel": channel.id, "user": user_id})
            return channel

    def delete(self, channel_id: str) -> None:
        """Remove a channel for good."""
        with self._core.lock:
            channel = self._channels.pop(self.get(channel_id).id)
            self._about(channel, "deleted", {"channel": channel.id})

    def change_id(self, channel_id: str) -> Channel:
        """Give a channel a new id, as Slack does when a channel becomes shared or moves."""
        with self._core.lock:
            channel = self._channels.pop(self.get(channel_id).id)
            channel.id = self._core.next_id("C")
            self._channels[channel.id] = channel
            self.on_id_change(channel_id, channel.id)
            body = {"old_channel_id": channel_id, "new_channel_id": channel.id}
            self._core.emit("channel_id_changed", body, channel=channel)
            self._core.tell(Change("channels"))
            return channel

    def share(self, channel_id: str, *, shared: bool = True) -> Channel:
        """Share a channel with another organisation (Slack Connect), or stop that."""
        with self._core.lock:
            channel = self.get(channel_id)
            channel.is_ext_shared = shared
            name = "channel_shared" if shared else "channel_unshared"
            key = "connected_team_id" if shared else "previously_connected_team_id"
            body = {key: "T0OTHER001", "channel": channel.id, "is_ext_shared": shared}
            self._core.emit(name, body, channel=channel)
            self._core.tell(Change("channels"))
            return channel

    def _about(self, channel: Channel, what: str, body: dict[str, object]) -> None:
        prefix = "group" if channel.kind == "private" else "channel"
        self._core.emit(f"{prefix}_{what}", body, channel=channel)
        self._core.tell(Change("channels"))
