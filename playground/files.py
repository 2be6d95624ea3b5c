"""Uploaded files, in the two steps of Slack's external upload."""

import mimetypes

from playground.core import Core
from playground.model import File, Json, SlackError
from playground.shapes import file_json


class Files:
    """Files by id; those whose content has not come yet are known but not shared."""

    def __init__(self, core: Core, base_url: str = "") -> None:
        self._core = core
        self.base_url = base_url
        self._files: dict[str, File] = {}

    def announce(self, name: str, size: int, user: str, mimetype: str | None = None) -> File:
        """A file whose content is about to be uploaded."""
        with self._core.lock:
            file = File(
                id=self._core.next_id("F"),
                name=name,
                title=name,
                mimetype=mimetype or mimetypes.guess_type(name)[0] or "application/octet-stream",
                user=user,
                created=self._core.seconds(),
                size=size,
            )
            self._files[file.id] = file
            return file

    def receive(self, file_id: str, content: bytes) -> File:
        """The content of an announced file arrived."""
        with self._core.lock:
            file = self.get(file_id)
            file.content = content
            file.size = len(content)
            return file

    def get(self, file_id: str) -> File:
        """The file with that id; SlackError file_not_found."""
        with self._core.lock:
            if file_id not in self._files:
                raise SlackError("file_not_found")
            return self._files[file_id]

    def all(self) -> list[File]:
        """Every file."""
        with self._core.lock:
            return list(self._files.values())

    def as_json(self, file_id: str) -> Json:
        """The file in Slack's shape."""
        return file_json(self.get(file_id), self.base_url, self._core.team_id)
