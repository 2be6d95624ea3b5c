"""The one gateway to Slack's Web API: typed answers, and errors that say whether Slack may have acted.

Retries are ours (the outbox's and inbox's), never the client's: its default retry on a dropped connection
would post twice.
"""

import http.client
import json
import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from storage.meetings import Group
from storage.workspace import Channel, Person

METADATA_EVENT: Final = "frontline_post"
# Refusals that another try may not meet; all others are final.
# docs.slack.dev/reference/methods/chat.postMessage lists them under "Errors".
PASSING_REFUSALS: Final = frozenset(
    {
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
        "team_added_to_org",
        "message_limit_exceeded",
        "rate_limited",
        "accesslimited",
    }
)
LOST_ACCESS: Final = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"}
)


class SlackProblem(Exception):
    """A call did not do what was asked. `code` is Slack's error code or a word of ours."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class SlackRefused(SlackProblem):
    """Slack answered and did not act. `is_final`: no later try will fare better."""

    @property
    def is_final(self) -> bool:
        return self.code not in PASSING_REFUSALS and self.code not in LOST_ACCESS


class SlackBusy(SlackProblem):
    """429: Slack did not act and says when to come again."""

    def __init__(self, retry_after: float) -> None:
        super().__init__("ratelimited")
        self.retry_after = retry_after  # seconds


class SlackUnclear(SlackProblem):
    """No answer, or one that does not say whether Slack acted."""


@dataclass(frozen=True)
class Identity:
    """Who Frontline is in the workspace, from `auth.test`."""

    team_id: str
    team: str
    user_id: str
    bot_id: str
    url: str


@dataclass(frozen=True)
class Stretch:
    """The part of a conversation that is looked through, by `ts`; both ends count no more."""

    oldest: str
    latest: str
    seen_to: str | None = None  # how far an earlier look came


@dataclass(frozen=True)
class Look:
    """What one page of a conversation told of something that is looked for."""

    ts: str | None  # the message that it stands in
    seen_to: str | None = None  # the rest is looked through from this message on; None: nothing is left


@dataclass(frozen=True)
class SourceMessage:
    """A message in Slack, as far as Frontline cares."""

    channel_id: str
    ts: str
    thread_ts: str | None  # None where it is no reply
    text: str
    user_id: str | None
    bot_id: str | None
    author_name: str | None  # what a bot or workflow calls itself
    has_files: bool
    reactions: Mapping[str, tuple[str, ...]]  # emoji name without skin tone -> people


def base_emoji(name: str) -> str:
    """The emoji without its skin tone: `+1::skin-tone-3` is `+1`."""
    return name.split("::")[0]


class SlackGateway:
    """Calls Slack. Every method raises SlackRefused, SlackBusy or SlackUnclear, and nothing else."""

    def __init__(self, token: str, api_url: str, *, timeout: int = 30) -> None:
        logger = logging.getLogger("slack_sdk.frontline")
        logger.setLevel(max(logging.INFO, logging.getLogger().level))  # at DEBUG the client logs bodies
        self._client = WebClient(
            token=token, base_url=api_url, timeout=timeout, retry_handlers=[], logger=logger
        )
        self._granted: frozenset[str] | None = None

    @property
    def client(self) -> WebClient:
        """The client itself, for Bolt and Socket Mode."""
        return self._client

    @property
    def granted(self) -> frozenset[str] | None:
        """The scopes that Slack granted, as its last answer told; None: it has not told them."""
        return self._granted

    def call(self, method: str, **arguments: Any) -> dict[str, Any]:
        """One Web API call by its method's name."""
        arguments = {name: value for name, value in arguments.items() if value is not None}
        try:
            if method in _JSON_METHODS:
                response = self._client.api_call(method, json=arguments)
            else:
                response = self._client.api_call(method, params=_form(arguments))
        except SlackApiError as problem:
            self._note_scopes(problem.response.headers)
            raise _refusal(problem) from None
        except (
            SlackClientError,
            HTTPError,
            URLError,
            http.client.HTTPException,
            OSError,
            ValueError,
        ) as problem:
            raise SlackUnclear(type(problem).__name__) from None
        self._note_scopes(response.headers)
        data = response.data
        if not isinstance(data, dict):
            raise SlackUnclear("unreadable_answer")
        return data

    def _note_scopes(self, headers: Mapping[str, Any]) -> None:
        scopes = scopes_told(headers)
        if scopes is not None:
            self._granted = scopes

    def pages(self, method: str, key: str, **arguments: Any) -> Iterator[dict[str, Any]]:
        """The items under `key` over all pages of a cursor-paged method."""
        cursor: str | None = None
        while True:
            data = self.call(method, cursor=cursor, **arguments)
            yield from data.get(key) or []
            cursor = (data.get("response_metadata") or {}).get("next_cursor") or None
            if cursor is None:
                return

    # --- reading -------------------------------------------------------------------------------------------

    def identity(self) -> Identity:
        data = self.call("auth.test")
        return Identity(
            data["team_id"],
            data.get("team", ""),
            data["user_id"],
            data.get("bot_id", ""),
            data.get("url", ""),
        )

    def message(self, channel_id: str, ts: str) -> SourceMessage | None:
        """The very message with that `ts`, thread replies included; None if it is gone.

        `reactions.get` finds replies too, and lists all people of each reaction with `full`
        (docs.slack.dev/reference/methods/reactions.get); `conversations.history` would give a neighbour.
        """
        try:
            data = self.call("reactions.get", channel=channel_id, timestamp=ts, full=True)
        except SlackRefused as refused:
            if refused.code == "message_not_found":
                return None
            raise
        raw = data.get("message") or {}
        # A deleted message with replies leaves a tombstone in its place.
        if raw.get("ts") != ts or raw.get("subtype") == "tombstone":
            return None
        return read_message(channel_id, raw)

    def permalink(self, channel_id: str, ts: str) -> str | None:
        """The message's address; None where Slack gives none."""
        try:
            return str(self.call("chat.getPermalink", channel=channel_id, message_ts=ts)["permalink"])
        except SlackRefused as refused:
            if refused.is_final:
                return None
            raise

    def people(self) -> Iterator[dict[str, Any]]:
        return self.pages("users.list", "members", limit=200, include_locale=True)

    def person(self, user_id: str, team_id: str) -> Person:
        data = self.call("users.info", user=user_id, include_locale=True)
        return read_person(data["user"], team_id)

    def groups(self) -> list[Group]:
        """The user groups that are in use, with their members."""
        data = self.call("usergroups.list", include_users=True)
        return [
            Group(str(raw["id"]), str(raw.get("handle") or ""), [str(one) for one in raw.get("users") or []])
            for raw in data.get("usergroups") or []
            if not raw.get("date_delete")
        ]

    def channels(self) -> Iterator[Channel]:
        """The conversations that Frontline is in."""
        for raw in self.pages(
            "users.conversations", "channels", types="public_channel,private_channel", limit=200
        ):
            yield read_channel({**raw, "is_member": True})

    def channel(self, channel_id: str) -> Channel:
        return read_channel(self.call("conversations.info", channel=channel_id)["channel"])

    def members(self, channel_id: str) -> list[str]:
        return [
            str(user)
            for user in self.pages("conversations.members", "members", channel=channel_id, limit=200)
        ]

    def find_post(self, channel_id: str, thread_ts: str | None, key: str, stretch: Stretch) -> Look:
        """Look for our post that carries `key` in its metadata, on one page."""

        def is_it(raw: Mapping[str, Any]) -> bool:
            metadata = raw.get("metadata") or {}
            return (
                metadata.get("event_type") == METADATA_EVENT
                and metadata.get("event_payload", {}).get("key") == key
            )

        return self._look(channel_id, thread_ts, stretch, is_it)

    def find_file(self, channel_id: str, thread_ts: str | None, filename: str, stretch: Stretch) -> Look:
        """Look for the message that shares a file of that name, on one page."""

        def is_it(raw: Mapping[str, Any]) -> bool:
            return any(file.get("name") == filename for file in raw.get("files") or [])

        return self._look(channel_id, thread_ts, stretch, is_it)

    def _look(
        self,
        channel_id: str,
        thread_ts: str | None,
        stretch: Stretch,
        is_it: Callable[[Mapping[str, Any]], bool],
    ) -> Look:
        """One call: where Slack allows one a minute, a second one would only be refused.

        A channel is shown from its newest message on, a thread from its oldest: what was seen is left out at
        that end. No cursor is kept for that, since Slack lets them expire.
        """
        where: dict[str, Any] = {"channel": channel_id, "include_all_metadata": True, "limit": 200}
        if thread_ts is None:
            latest = stretch.seen_to or stretch.latest
            data = self.call("conversations.history", oldest=stretch.oldest, latest=latest, **where)
        else:
            oldest = stretch.seen_to or stretch.oldest
            data = self.call("conversations.replies", ts=thread_ts, oldest=oldest, **where)
        # A thread's first message stands on each of its pages.
        shown = [raw for raw in data.get("messages") or [] if raw.get("ts") != thread_ts]
        found = next((str(raw["ts"]) for raw in shown if is_it(raw)), None)
        has_more = data.get("has_more") or (data.get("response_metadata") or {}).get("next_cursor")
        if found is not None or not has_more:
            return Look(found)
        if not shown:
            raise SlackUnclear("empty_page")
        seen = [str(raw["ts"]) for raw in shown]
        return Look(None, min(seen) if thread_ts is None else max(seen))

    def blocks_of(self, channel_id: str, ts: str, thread_ts: str | None) -> dict[str, Any] | None:
        """One of our own posts as it stands in Slack: its `text` and `blocks`; None if it is gone."""
        try:
            if thread_ts is None:
                data = self.call(
                    "conversations.history", channel=channel_id, latest=ts, oldest=ts, inclusive=True, limit=1
                )
            else:
                data = self.call(
                    "conversations.replies",
                    channel=channel_id,
                    ts=thread_ts,
                    latest=ts,
                    oldest=ts,
                    inclusive=True,
                    limit=10,
                )
        except SlackRefused as refused:
            if refused.code in {"message_not_found", "channel_not_found", "thread_not_found"}:
                return None
            raise
        return next((raw for raw in data.get("messages") or [] if raw.get("ts") == ts), None)

    # --- saying --------------------------------------------------------------------------------------------

    def post(
        self, channel_id: str, message: Mapping[str, Any], *, key: str, thread_ts: str | None = None
    ) -> str:
        """Post a message that carries `key`; gives its `ts`. Links never unfurl."""
        data = self.call(
            "chat.postMessage",
            channel=channel_id,
            thread_ts=thread_ts,
            unfurl_links=False,
            unfurl_media=False,
            metadata={"event_type": METADATA_EVENT, "event_payload": {"key": key}},
            **message,
        )
        return str(data["ts"])

    def upload_file(self, filename: str, content: bytes) -> str:
        """Bring a file to Slack, where nobody sees it until it is shared; gives its id.

        docs.slack.dev/messaging/working-with-files (files.getUploadURLExternal)
        """
        place = self.call("files.getUploadURLExternal", filename=filename, length=len(content))
        self._upload(str(place["upload_url"]), content)
        return str(place["file_id"])

    def share_file(
        self,
        channel_id: str,
        file_id: str,
        *,
        title: str,
        comment: str | None = None,
        thread_ts: str | None = None,
    ) -> None:
        """Show an uploaded file to the people of a conversation."""
        self.call(
            "files.completeUploadExternal",
            files=[{"id": file_id, "title": title}],
            channel_id=channel_id,
            thread_ts=thread_ts,
            initial_comment=comment,
        )

    def _upload(self, address: str, content: bytes) -> None:
        request = Request(address, data=content, headers={"Content-Type": "application/octet-stream"})
        _send(request, self._client.timeout)

    def open_direct(self, user_id: str) -> str:
        """The id of the direct-message conversation with a person."""
        return str(self.call("conversations.open", users=user_id)["channel"]["id"])

    def respond(self, response_url: str, body: Mapping[str, Any]) -> None:
        """Answer through a `response_url`: five times within 30 minutes (docs.slack.dev, interactivity)."""
        request = Request(
            response_url,
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json; charset=utf-8"},
        )
        _send(request, self._client.timeout)


def _send(request: Request, timeout: int) -> None:
    """Send what is no Web API call, and raise what Slack's status means."""
    try:
        with urlopen(request, timeout=timeout):
            return
    except HTTPError as problem:
        if problem.code == 429:
            raise SlackBusy(_seconds(problem.headers.get("Retry-After"))) from None
        if 400 <= problem.code < 500:
            raise SlackRefused(f"http_{problem.code}") from None
        raise SlackUnclear(f"http_{problem.code}") from None
    except (URLError, http.client.HTTPException, OSError) as problem:
        raise SlackUnclear(type(problem).__name__) from None


_JSON_METHODS: Final = frozenset(
    {
        "chat.postMessage",
        "chat.update",
        "chat.postEphemeral",
        "files.completeUploadExternal",
        "views.open",
        "views.update",
        "views.publish",
        "views.push",
    }
)


def scopes_told(headers: Mapping[str, Any]) -> frozenset[str] | None:
    """The token's scopes, which Slack tells in a header of its answers (docs.slack.dev/authentication).

    None: this answer does not tell them.
    """
    found = {name.lower(): value for name, value in headers.items()}.get("x-oauth-scopes")
    if found is None:
        return None
    value = found if isinstance(found, str) else ",".join(found)
    return frozenset(scope.strip() for scope in value.split(",")) - {""}


def _form(arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {name: int(value) if isinstance(value, bool) else value for name, value in arguments.items()}


def _refusal(problem: SlackApiError) -> SlackProblem:
    response = problem.response
    status = response.status_code
    if status == 429:
        return SlackBusy(_seconds(response.headers.get("Retry-After") or response.headers.get("retry-after")))
    if status >= 500:
        return SlackUnclear(f"http_{status}")
    code = response.data.get("error") if isinstance(response.data, dict) else None
    if code == "ratelimited":
        return SlackBusy(_seconds(None))
    # These are told of calls that may have been carried out all the same.
    if code in {"internal_error", "fatal_error", "request_timeout", "service_unavailable", None}:
        return SlackUnclear(str(code or f"http_{status}"))
    if not re.fullmatch(r"[a-z_0-9]{1,80}", str(code)):  # a proxy's page, not Slack's word
        return SlackUnclear("unreadable_answer")
    return SlackRefused(str(code))


def _seconds(value: object) -> float:
    text = value[0] if isinstance(value, Sequence) and not isinstance(value, str) and value else value
    try:
        return max(1.0, float(str(text)))
    except ValueError:
        return 5.0


def read_message(channel_id: str, raw: Mapping[str, Any]) -> SourceMessage:
    """A message as Slack sends it, in events, histories and shortcuts alike."""
    ts = str(raw["ts"])
    thread_ts = raw.get("thread_ts")
    reactions: dict[str, tuple[str, ...]] = {}
    for reaction in raw.get("reactions") or []:
        name = base_emoji(reaction["name"])
        reactions[name] = (*reactions.get(name, ()), *reaction.get("users", ()))
    return SourceMessage(
        channel_id=channel_id,
        ts=ts,
        thread_ts=str(thread_ts) if thread_ts and thread_ts != ts else None,
        text=message_text(raw),
        user_id=raw.get("user"),
        bot_id=raw.get("bot_id"),
        author_name=raw.get("username") or (raw.get("bot_profile") or {}).get("name"),
        has_files=bool(raw.get("files")),
        reactions=reactions,
    )


def message_text(raw: Mapping[str, Any]) -> str:
    """What the message says: its text; else what its attachments or files are called."""
    text = str(raw.get("text") or "")
    if text.strip():
        return text
    parts = [str(part.get("text") or part.get("fallback") or "") for part in raw.get("attachments") or []]
    parts += [str(file.get("title") or file.get("name") or "") for file in raw.get("files") or []]
    return "\n".join(part for part in parts if part.strip())


def read_person(raw: Mapping[str, Any], team_id: str) -> Person:
    """A user object of `users.info`, `users.list`, `user_change` or `team_join`."""
    profile = raw.get("profile") or {}
    return Person(
        user_id=str(raw["id"]),
        name=str(
            profile.get("display_name")
            or profile.get("real_name")
            or raw.get("real_name")
            or raw.get("name")
            or ""
        ),
        locale=raw.get("locale"),
        time_zone=raw.get("tz"),
        is_admin=bool(raw.get("is_admin") or raw.get("is_owner")),
        is_guest=bool(raw.get("is_restricted") or raw.get("is_ultra_restricted")),
        is_external=bool(raw.get("is_stranger")) or raw.get("team_id", team_id) != team_id,
        is_bot=bool(raw.get("is_bot")),
        is_deleted=bool(raw.get("deleted")),
    )


def read_channel(raw: Mapping[str, Any]) -> Channel:
    """A conversation object."""
    return Channel(
        channel_id=str(raw["id"]),
        name=str(raw.get("name") or ""),
        is_private=bool(raw.get("is_private") or raw.get("is_group")),
        is_direct=bool(raw.get("is_im") or raw.get("is_mpim")),
        is_member=bool(raw.get("is_member")) or bool(raw.get("is_im")),
        is_archived=bool(raw.get("is_archived")),
        is_shared=bool(raw.get("is_ext_shared") or raw.get("is_pending_ext_shared")),
    )
