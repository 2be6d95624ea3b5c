"""What a person can do, as Slack's client lets her: used by the page and by the Python driver.

Every function acts for one user id, checks what Slack would check, and raises SlackError.
"""

from playground.core import Core
from playground.interactions import Interactions
from playground.manifest import Manifest
from playground.messages import Draft
from playground.model import EMOJI_NAME, Channel, Message, SlackError, User
from playground.text import typed
from playground.views import View
from playground.workspace import Workspace


class Actions:
    """People's gestures."""

    def __init__(self, workspace: Workspace, manifest: Manifest, interactions: Interactions) -> None:
        self._workspace = workspace
        self._manifest = manifest
        self.interactions = interactions

    @property
    def _core(self) -> Core:
        return self._workspace.core

    def post(
        self,
        user_id: str,
        channel_id: str,
        text: str,
        *,
        thread_ts: str | None = None,
        broadcast: bool = False,
        files: tuple[str, ...] = (),
    ) -> Message:
        """Write a message or reply; the text is stored as Slack stores what people type."""
        channel = self._writable(user_id, channel_id)
        if not text.strip() and not files:
            raise SlackError("no_text")
        draft = Draft(
            channel=channel.id,
            user=user_id,
            text=self._typed(text),
            thread_ts=thread_ts,
            broadcast=broadcast,
            files=files,
        )
        return self._workspace.messages.post(draft)

    def edit(self, user_id: str, message: Message, text: str) -> Message:
        """Change one's own message."""
        self._writable(user_id, message.channel)
        if message.user != user_id or message.bot_id is not None:
            raise SlackError("cant_update_message")
        return self._workspace.messages.edit(message, by=user_id, text=self._typed(text))

    def delete(self, user_id: str, message: Message) -> None:
        """Delete one's own message; an administrator can delete anyone's."""
        if message.ephemeral_for == user_id:
            self._workspace.messages.unwhisper(message)
            return
        if message.user != user_id and not self._workspace.people.get(user_id).is_admin:
            raise SlackError("cant_delete_message")
        self._workspace.messages.delete(message)

    def react(self, user_id: str, message: Message, name: str) -> None:
        """Set an emoji under a message."""
        self._reactable(user_id, message, name)
        self._workspace.messages.react(message, name, user_id)

    def unreact(self, user_id: str, message: Message, name: str) -> None:
        """Take one's own emoji back."""
        self._reactable(user_id, message, name)
        self._workspace.messages.unreact(message, name, user_id)

    def upload(
        self,
        user_id: str,
        channel_id: str,
        name: str,
        content: bytes,
        *,
        mimetype: str | None = None,
        text: str = "",
        thread_ts: str | None = None,
    ) -> Message:
        """Share a file, perhaps with some words."""
        self._writable(user_id, channel_id)
        file = self._workspace.files.announce(name, len(content), user_id, mimetype)
        self._workspace.files.receive(file.id, content)
        return self.post(user_id, channel_id, text, thread_ts=thread_ts, files=(file.id,))

    def direct(self, user_id: str, other_id: str) -> Channel:
        """Open the direct conversation with someone."""
        return self._workspace.channels.direct(user_id, self._workspace.people.get(other_id).id)

    def open_home(self, user_id: str, tab: str = "home") -> View | None:
        """Look at the app's home tab (or its messages); the app hears of it each time."""
        view = self._workspace.views.home(user_id)
        body: dict[str, object] = {
            "user": user_id,
            "channel": self._workspace.channels.direct(self._workspace.bot_user_id, user_id).id,
            "tab": tab,
        }
        if view is not None and tab == "home":
            body["view"] = self._workspace.views.as_json(view)
        self._core.emit("app_home_opened", body)
        return view

    def _typed(self, text: str) -> str:
        return typed(text, self._workspace.people.ids_by_name(), self._workspace.channels.ids_by_name())

    def _writable(self, user_id: str, channel_id: str) -> Channel:
        channel = self._workspace.channels.get(channel_id)
        self._present(user_id)
        if not self._workspace.channels.may_see(channel, user_id):
            raise SlackError("channel_not_found")
        if user_id not in channel.members:
            raise SlackError("not_in_channel")
        if channel.is_archived:
            raise SlackError("is_archived")
        return channel

    def _present(self, user_id: str) -> User:
        user = self._workspace.people.get(user_id)
        if user.deleted:
            raise SlackError("account_inactive")
        return user

    def _reactable(self, user_id: str, message: Message, name: str) -> None:
        self._writable(user_id, message.channel)
        if not EMOJI_NAME.match(name):
            raise SlackError("invalid_name")
        if message.ephemeral_for is not None:
            raise SlackError("message_not_found")
