"""A Slack in memory, beneath the gateway's own code: messages, reactions, home tabs, and faults on demand.

It replaces `SlackGateway.call` and `respond` alone, so that what the gateway makes of Slack's answers is
tested with it. The playground is the strict one; this one can be stopped at every single call.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot.clock import Clock, from_slack_ts, slack_ts
from bot.services import Services
from bot.slack import METADATA_EVENT, SlackBusy, SlackGateway, SlackProblem, SlackRefused, SlackUnclear
from tests.support import BOT

Raw = dict[str, Any]
DAWN = datetime.min.replace(tzinfo=UTC)


@dataclass
class Fault:
    """What goes wrong with a method's next call: refused before Slack acts, or its answer lost after."""

    method: str
    problem: SlackProblem
    acts: bool = False


@dataclass
class FakeSlack(SlackGateway):
    """A workspace as far as Frontline touches it. Safe to use from several threads."""

    clock: Clock
    standing: dict[str, dict[str, Raw]] = field(default_factory=dict)  # channel -> ts -> message
    homes: dict[str, Raw] = field(default_factory=dict)
    notes: list[Raw] = field(default_factory=list)
    answers: list[tuple[str, Raw]] = field(default_factory=list)
    forms: list[tuple[str, Raw]] = field(default_factory=list)  # method, view
    profiles: dict[str, Raw] = field(default_factory=dict)
    inside: dict[str, set[str]] = field(default_factory=dict)  # channel -> people
    files: dict[str, Raw] = field(default_factory=dict)  # announced for upload, by id
    uploads: dict[str, bytes] = field(default_factory=dict)  # by address
    calls: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    is_strict: bool = False  # histories once a minute each, 15 messages at most: Slack's limit for some apps
    # Told `before` and `after` each call; what it raises is not Slack's doing but the end of the process.
    watch: Callable[[str, str], None] = lambda when, method: None
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _count: int = 0
    _read_at: dict[str, datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__("xoxb-fake", "http://127.0.0.1:9/")

    # --- what people do --------------------------------------------------------------------------------

    def say(self, channel: str, user: str, text: str, *, thread_ts: str | None = None, **more: Any) -> str:
        """Somebody writes; gives the message's `ts`."""
        raw = {"type": "message", "user": user, "text": text, "ts": self._next_ts(), **more}
        if thread_ts is not None:
            raw["thread_ts"] = thread_ts
            self.standing[channel][thread_ts]["thread_ts"] = thread_ts
        self.standing.setdefault(channel, {})[raw["ts"]] = raw
        return str(raw["ts"])

    def edit(self, channel: str, ts: str, text: str) -> None:
        self.standing[channel][ts]["text"] = text

    def delete(self, channel: str, ts: str) -> None:
        """Slack leaves a tombstone where a thread hangs below."""
        if any(one.get("thread_ts") == ts for one in self.standing[channel].values() if one["ts"] != ts):
            self.standing[channel][ts] = {"ts": ts, "subtype": "tombstone", "text": "", "thread_ts": ts}
        else:
            del self.standing[channel][ts]

    # --- what stands there -----------------------------------------------------------------------------

    def posts(self, channel: str) -> list[Raw]:
        """What Frontline said for all to see, oldest first."""
        found = [one for one in self.standing.get(channel, {}).values() if one.get("user") == BOT.user_id]
        return sorted(found, key=lambda one: str(one["ts"]))

    def own_reactions(self, channel: str, ts: str) -> set[str]:
        reactions = self.standing[channel][ts].get("reactions") or []
        return {one["name"] for one in reactions if BOT.user_id in one["users"]}

    def fail(self, method: str, problem: SlackProblem, *, times: int = 1) -> None:
        """Let the method's next calls be answered so, without Slack acting."""
        self.faults += [Fault(method, problem)] * times

    def lose_answer(self, method: str) -> None:
        """Let Slack act on the method's next call, and its answer never arrive."""
        self.faults.append(Fault(method, SlackUnclear("TimeoutError"), acts=True))

    # --- the Web API -----------------------------------------------------------------------------------

    def call(self, method: str, **arguments: Any) -> Raw:
        self.watch("before", method)
        with self._lock:
            self.calls.append(method)
            fault = next((one for one in self.faults if one.method == method), None)
            if fault is not None:
                self.faults.remove(fault)
                if not fault.acts:
                    raise fault.problem
            given = {name: value for name, value in arguments.items() if value is not None}
            answer: Raw = getattr(self, "_" + method.replace(".", "_"))(**given)
        self.watch("after", method)
        if fault is not None:
            raise fault.problem
        return answer

    def _upload(self, address: str, content: bytes) -> None:
        self.uploads[address] = content

    def _files_getUploadURLExternal(self, filename: str, length: int) -> Raw:
        self._count += 1
        file_id = f"F{self._count}"
        self.files[file_id] = {"id": file_id, "name": filename, "url": f"upload:{file_id}"}
        return {"upload_url": f"upload:{file_id}", "file_id": file_id}

    def _files_completeUploadExternal(
        self,
        files: list[Raw],
        channel_id: str,
        thread_ts: str | None = None,
        initial_comment: str = "",
    ) -> Raw:
        shared = [{**self.files[one["id"]], "title": one["title"]} for one in files]
        more = {} if thread_ts is None else {"thread_ts": thread_ts}
        self.say(channel_id, BOT.user_id, initial_comment, files=shared, bot_id=BOT.bot_id, **more)
        return {"files": shared}

    def shared_files(self, channel: str) -> list[tuple[str, bytes]]:
        """The files shared in a conversation: name and content."""
        return [
            (file["name"], self.uploads[file["url"]])
            for one in sorted(self.standing.get(channel, {}).values(), key=lambda one: str(one["ts"]))
            for file in one.get("files") or []
            if "url" in file
        ]

    def respond(self, response_url: str, body: Mapping[str, Any]) -> None:
        self.watch("before", "respond")
        self.answers.append((response_url, dict(body)))
        self.watch("after", "respond")

    def _next_ts(self) -> str:
        with self._lock:
            self._count += 1
            seconds = slack_ts(self.clock.now()).split(".")[0]
            return f"{seconds}.{self._count:06d}"

    def _message(self, channel: str, ts: str) -> Raw:
        try:
            return self.standing[channel][ts]
        except KeyError:
            raise SlackRefused("message_not_found") from None

    def _chat_postMessage(self, channel: str, **message: Any) -> Raw:
        raw = {"user": BOT.user_id, "bot_id": BOT.bot_id, "ts": self._next_ts(), **message}
        self.standing.setdefault(channel, {})[raw["ts"]] = raw
        return {"ok": True, "ts": raw["ts"], "channel": channel}

    def _chat_postEphemeral(self, **note: Any) -> Raw:
        self.notes.append(note)
        return {"ok": True}

    def _chat_update(self, channel: str, ts: str, **message: Any) -> Raw:
        self._message(channel, ts).update(message)
        return {"ok": True, "ts": ts}

    def _chat_delete(self, channel: str, ts: str) -> Raw:
        self._message(channel, ts)
        self.delete(channel, ts)
        return {"ok": True, "ts": ts}

    def _chat_getPermalink(self, channel: str, message_ts: str) -> Raw:
        self._message(channel, message_ts)
        return {"permalink": f"https://acme.slack.com/archives/{channel}/p{message_ts.replace('.', '')}"}

    def _between(
        self, found: list[Raw], oldest: str, latest: str, inclusive: bool, limit: int, *, newest_first: bool
    ) -> Raw:
        def fits(ts: str) -> bool:
            return oldest <= ts <= latest if inclusive else oldest < ts < latest

        limit = min(limit, 15) if self.is_strict else limit
        fitting = sorted(
            (one for one in found if fits(str(one["ts"]))),
            key=lambda one: str(one["ts"]),
            reverse=newest_first,
        )
        return {"messages": fitting[:limit], "has_more": len(fitting) > limit}

    def _spend(self, method: str) -> None:
        """Under the strict limit a history is to be had once a minute."""
        now = self.clock.real()
        if self.is_strict and (left := 60 - (now - self._read_at.get(method, DAWN)).total_seconds()) > 0:
            raise SlackBusy(left)
        self._read_at[method] = now

    def _conversations_history(
        self,
        channel: str,
        oldest: str = "0",
        latest: str = "9999999999.000000",
        inclusive: bool = False,
        limit: int = 100,
        include_all_metadata: bool = False,
    ) -> Raw:
        self._spend("history")
        inside = self.standing.get(channel, {}).values()
        roots = [one for one in inside if one.get("thread_ts") in (None, one["ts"])]
        return self._between(roots, oldest, latest, inclusive, limit, newest_first=True)

    def _conversations_replies(
        self,
        channel: str,
        ts: str,
        oldest: str = "0",
        latest: str = "9999999999.000000",
        inclusive: bool = False,
        limit: int = 1000,
        include_all_metadata: bool = False,
    ) -> Raw:
        self._spend("replies")
        inside = self.standing.get(channel, {}).values()
        thread = [one for one in inside if one.get("thread_ts") == ts and one["ts"] != ts]
        page = self._between(thread, oldest, latest, inclusive, limit, newest_first=False)
        return {**page, "messages": [self._message(channel, ts), *page["messages"]]}

    def _reactions_get(self, channel: str, timestamp: str, full: bool = False) -> Raw:
        return {"type": "message", "message": self._message(channel, timestamp)}

    def _reactions_add(self, channel: str, timestamp: str, name: str) -> Raw:
        if name in self.own_reactions(channel, self._message(channel, timestamp)["ts"]):
            raise SlackRefused("already_reacted")
        entry = {"name": name, "users": [BOT.user_id], "count": 1}
        self._message(channel, timestamp).setdefault("reactions", []).append(entry)
        return {"ok": True}

    def _reactions_remove(self, channel: str, timestamp: str, name: str) -> Raw:
        message = self._message(channel, timestamp)
        if name not in self.own_reactions(channel, timestamp):
            raise SlackRefused("no_reaction")
        message["reactions"] = [one for one in message["reactions"] if one["name"] != name]
        return {"ok": True}

    def _conversations_open(self, users: str) -> Raw:
        return {"channel": {"id": f"D{users[1:]}"}}

    def _conversations_info(self, channel: str) -> Raw:
        return {"channel": {"id": channel, "name": channel.lower(), "is_member": True}}

    def _conversations_members(self, channel: str, limit: int) -> Raw:
        return {"members": sorted(self.inside.get(channel, ()))}

    def _users_info(self, user: str, include_locale: bool) -> Raw:
        if user not in self.profiles:
            raise SlackRefused("user_not_found")
        return {"user": {"id": user, **self.profiles[user]}}

    def _usergroups_list(self, include_users: bool) -> Raw:
        return {"usergroups": []}

    def _views_publish(self, user_id: str, view: Raw) -> Raw:
        self.homes[user_id] = view
        return {"ok": True}

    def _views_open(self, trigger_id: str, view: Raw) -> Raw:
        self.forms.append(("views.open", view))
        return {"ok": True}

    def _views_push(self, trigger_id: str, view: Raw) -> Raw:
        self.forms.append(("views.push", view))
        return {"ok": True}

    def _views_update(self, view_id: str, view: Raw) -> Raw:
        self.forms.append(("views.update", view))
        return {"ok": True}


def key_of(message: Raw) -> str:
    """The dedupe key that a post of Frontline's carries."""
    metadata = message["metadata"]
    assert metadata["event_type"] == METADATA_EVENT
    return str(metadata["event_payload"]["key"])


def slack_of(services: Services) -> FakeSlack:
    """The fake beneath services that were made with one."""
    assert isinstance(services.slack, FakeSlack)
    return services.slack


def second_after(ts: str, seconds: int = 1) -> str:
    """The `event_ts` of something that happened so much later."""
    whole, _, fraction = ts.partition(".")
    assert from_slack_ts(ts)
    return f"{int(whole) + seconds}.{fraction}"
