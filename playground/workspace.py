"""The workspace as a whole: its people, conversations, messages, files and views."""

from collections.abc import Callable

from playground.channels import Channels
from playground.clock import Clock
from playground.core import Core
from playground.files import Files
from playground.messages import Messages
from playground.model import Channel, Json, Message
from playground.people import People
from playground.tickets import Tickets
from playground.views import Views


class Workspace:
    """All state, in memory, behind one lock (`core.lock`); safe to use from any thread."""

    def __init__(self, clock: Clock, *, team_name: str = "Playground", app_name: str = "Frontline") -> None:
        self.core = Core(clock, team_name, app_name)
        self.people = People(self.core)
        self.channels = Channels(self.core)
        self.files = Files(self.core)
        self.messages = Messages(self.core, self.channels, self.files)
        self.views = Views(self.core)
        self.tickets = Tickets(self.core)
        self.base_url = ""
        self.core.team_of = self._team_of

    @property
    def bot_user_id(self) -> str:
        """The user id of the app's bot."""
        return self.core.app.user_id

    def set_base_url(self, base_url: str) -> None:
        """Say under which address (with a closing slash) this workspace is served."""
        self.base_url = base_url
        self.files.base_url = base_url
        self.tickets.base_url = base_url

    def message(self, channel: str, ts: str) -> Message:
        """The message with that ts; SlackError message_not_found."""
        with self.core.lock:
            return self.messages.store.get(channel, ts)

    def history(self, channel: str) -> list[Message]:
        """What the conversation shows, oldest first: no replies but those broadcast."""
        with self.core.lock:
            return [one for one in self.messages.store.all(channel) if one.is_top_level]

    def thread(self, channel: str, root: str) -> list[Message]:
        """A message and its replies, oldest first."""
        with self.core.lock:
            return [self.messages.store.get(channel, root), *self.messages.store.replies(channel, root)]

    def permalink(self, message: Message) -> str:
        """The address of a message; a reply's names its thread."""
        address = f"{self.base_url}archives/{message.channel}/p{message.ts.replace('.', '')}"
        if message.is_reply:
            address += f"?thread_ts={message.thread_ts}&cid={message.channel}"
        return address

    def wait_for(self, predicate: Callable[[], bool], timeout: float = 5.0) -> bool:
        """Wait until the predicate holds, looking after each change; False after `timeout` seconds."""
        with self.core.changed:
            return self.core.changed.wait_for(predicate, timeout)

    def dump(self) -> Json:
        """Everything as JSON, for checks from outside."""
        with self.core.lock:
            return {
                "team": {"id": self.core.team_id, "name": self.core.team_name},
                "clock": self.core.clock.now().isoformat(),
                "users": [self.people.as_json(one, with_locale=True) for one in self.people.all()],
                "channels": [_channel(one) for one in self.channels.all()],
                "messages": [self._dumped(one) for one in self.messages.store.everything()],
                "ephemerals": [self._dumped(one) for one in self.messages.store.all_notes()],
                "homes": {user: self.views.as_json(view) for user, view in self.views.homes().items()},
                "files": [self.files.as_json(one.id) for one in self.files.all()],
            }

    def _team_of(self, user_id: str) -> str:
        known = self.people.find(user_id)
        return known.team_id if known else self.core.team_id

    def _dumped(self, message: Message) -> Json:
        shape = self.messages.as_json(message, all_reactors=True, with_metadata=True)
        shape.update(
            channel=message.channel,
            notified=sorted(message.notified),
            unfurled=list(message.unfurled),
            ephemeral_for=message.ephemeral_for,
            permalink=self.permalink(message),
        )
        return shape


def _channel(channel: Channel) -> Json:
    return {
        "id": channel.id,
        "name": channel.name,
        "kind": channel.kind,
        "members": list(channel.members),
        "is_archived": channel.is_archived,
        "is_ext_shared": channel.is_ext_shared,
    }
