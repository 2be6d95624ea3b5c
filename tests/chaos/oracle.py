"""Compares what stands in the database with what people did and with what the workspace shows.

Written without Frontline's own code: what must be true is told from the gestures, from the deliveries that
were acknowledged, and from the workspace's final state. The database is read with plain SQL.
"""

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from playground.log import Delivery
from playground.model import Message
from playground.server import Playground
from tests.chaos.cast import Asked, Deeds
from tests.chaos.findings import Finding
from tests.chaos.plan import Do
from tests.chaos.stored import Row, Stored

FLAGS: Final = {
    "bulb": None,
    "rage": "complaint",
    "crossed_swords": "competitor",
    "pray": "request",
}
MARK: Final = "inbox_tray"  # Frontline's own reaction
TOKEN: Final = re.compile(r"tok(\d{6})v\d+")
_SCHEDULED: Final = {
    "digest": "digest",
    "sales_report": "sales-report",
    "activity_report": "activity-report",
}  # what their posts' keys begin with
APOLOGY: Final = "Something went wrong"


class Oracle:
    """Finds what is not as it must be."""

    def __init__(self, playground: Playground, deeds: Deeds, sales: Iterable[str], stored: Stored) -> None:
        self._playground = playground
        self._deeds = deeds
        self._sales = frozenset(sales)
        self._stored = stored
        self._bot = playground.workspace.bot_user_id
        with playground.workspace.core.lock:
            self._shown = playground.workspace.messages.store.everything()
        self._savers: dict[int, list[Asked]] = defaultdict(list)
        for asked in deeds.asked:
            if asked.do is Do.SAVE:
                self._savers[asked.message].append(asked)
        self._flag_events = self._read_flag_events()

    def findings(self) -> Iterator[Finding]:
        """Everything that is wrong."""
        yield from self._events_kept()
        for number, message in self._deeds.messages.items():
            yield from self._message(number, message)
        yield from self._typed()
        yield from self._posts()
        yield from self._digests()
        yield from self._meetings()
        yield from self._taken()
        yield from self._queues()
        yield from self._unflagged_text()

    # --- events --------------------------------------------------------------------------------------------

    def _read_flag_events(self) -> list[Delivery]:
        found = []
        for delivery in self._playground.log.deliveries():
            if delivery.name not in ("reaction_added", "reaction_removed"):
                continue
            event = delivery.payload["event"]
            if event["item"]["channel"] in self._sales and event["reaction"] in FLAGS:
                found.append(delivery)
        return found

    def _events_kept(self) -> Iterator[Finding]:
        """Acknowledged means durable; and each gesture is there once, by whatever events it came."""
        kept = Counter(
            (row["kind"], row["channel_id"], row["message_ts"], row["user_id"], row["item"], row["event_ts"])
            for row in self._stored.tables["inbox"]
        )
        for key in {_key_of(one) for one in self._flag_events if one.state == "acked"}:
            if kept[key] == 0:
                yield Finding("lost", f"acknowledged, but not kept: {key}")
        for key, count in kept.items():
            if count > 1 and key[0].startswith("reaction"):
                yield Finding("doubled", f"kept {count} times: {key}")

    # --- messages ------------------------------------------------------------------------------------------

    def _message(self, number: int, message: Message) -> Iterator[Finding]:
        insight = self._stored.by_message.get((message.channel, message.ts))
        name = f"message {number} ({message.ts})"
        if is_gone(message):
            if insight is not None and (insight["text"] or insight["first_text"]):
                yield Finding("leaked", f"{name} is deleted, its text is kept")
            return
        supporters = self._supporters(number, message)
        if insight is None:
            if supporters.certain:
                yield Finding(
                    "lost", f"{name} is passed on by {sorted(supporters.certain)} and is no insight"
                )
            elif self._was_seen_flagged(message):
                yield Finding("lost", f"{name} was flagged for a while and is no insight")
            return
        yield from self._compare(name, number, message, insight, supporters)

    def _compare(
        self, name: str, number: int, message: Message, insight: Row, supporters: "Supporters"
    ) -> Iterator[Finding]:
        stored = self._stored.supporters[insight["id"]]
        if not supporters.certain <= stored:
            yield Finding("lost", f"{name} lacks supporters {sorted(supporters.certain - stored)}")
        if not stored <= supporters.possible:
            yield Finding("wrong", f"{name} has too many: {sorted(stored - supporters.possible)}")
        if insight["supporter_count"] != len(stored):
            yield Finding("wrong", f"{name} counts {insight['supporter_count']} of {len(stored)}")
        yield from self._status(name, message, insight, "new" if stored else "withdrawn")
        if stored and insight["reporter_id"] not in stored:
            yield Finding("wrong", f"{name} is reported by someone who took it back")
        if insight["text"] != message.text:
            yield Finding("wrong", f"{name} says {insight['text']!r}, not {message.text!r}")
        if insight["thread_ts"] != (message.thread_ts if message.is_reply else None):
            yield Finding("wrong", f"{name} stands in thread {insight['thread_ts']}")
        if not insight["permalink"]:
            yield Finding("wrong", f"{name} has no address")
        yield from self._category(name, message, insight)

    def _status(self, name: str, message: Message, insight: Row, status: str) -> Iterator[Finding]:
        if insight["status"] == "in_progress":
            if insight["id"] not in self._deeds.taken:
                yield Finding("wrong", f"{name} is in progress, and nobody took it")
            return
        if insight["status"] != status:
            yield Finding("wrong", f"{name} is {insight['status']}, not {status}")
        mark = message.reaction(MARK)
        if bool(mark and self._bot in mark.users) != (status == "new"):
            yield Finding("wrong", f"{name} is {status}, and Frontline's mark says otherwise")

    def _category(self, name: str, message: Message, insight: Row) -> Iterator[Finding]:
        """Where only one emoji with a category was ever used, and stands, nothing else may come of it."""
        used = {
            FLAGS[_key_of(one)[4]]
            for one in self._flag_events
            if _key_of(one)[1:3] == (message.channel, message.ts)
        } - {None}
        standing = {FLAGS.get(one.name) for one in message.reactions if one.users} - {None}
        # What nobody filed, Frontline may file by its words; that is not what is checked here.
        filed = "other" if insight["category_by"] == "suggested" else insight["category"]
        # An answer is an insight before anybody flags it, and only its reporter's emoji files it then.
        # What marketing has taken up keeps its category: whether the emoji came before, nobody can tell.
        is_taken = insight["id"] in self._deeds.taken
        is_open = used != standing or insight["source"] != "reaction" or is_taken
        if filed not in (used or {"other"}) | ({"other"} if is_open else set()):
            yield Finding("wrong", f"{name} is filed under {filed}, not {used or 'other'}")

    def _supporters(self, number: int, message: Message) -> "Supporters":
        flagging = {user for one in message.reactions if one.name in FLAGS for user in one.users}
        savers = self._savers[number]
        certain = {self._id(one.person) for one in savers if one.is_acknowledged}
        possible = {self._id(one.person) for one in savers}
        if number in self._deeds.answers:  # answering is flagging one's own message
            author = self._id(self._deeds.answers[number])
            certain.add(author)
            possible.add(author)
        return Supporters(frozenset(flagging | certain), frozenset(flagging | possible))

    def _was_seen_flagged(self, message: Message) -> bool:
        """Whether a flag was acknowledged before it was taken back: then Frontline must know of it."""
        events: dict[tuple[str, str], list[Delivery]] = defaultdict(list)
        for one in self._flag_events:
            key = _key_of(one)
            if key[1:3] == (message.channel, message.ts):
                events[key[3], key[4]].append(one)
        for changes in events.values():
            changes.sort(key=lambda one: _key_of(one)[5])
            for earlier, later in itertools.pairwise(changes):
                acked = _acknowledged_at(earlier)
                if earlier.name == "reaction_added" and acked and acked < later.attempts[0].at:
                    return True
        return False

    # --- commands, forms, digests --------------------------------------------------------------------------

    def _typed(self) -> Iterator[Finding]:
        words = Counter(
            word for row in self._stored.insights for word in re.findall(r"say\d{6}", row["text"] or "")
        )
        for asked in self._deeds.asked:
            if not asked.word:
                continue
            count, name = words[asked.word], f"{asked.do} {asked.word}"
            if count > 1:
                yield Finding("doubled", f"{name} made {count} insights")
            if APOLOGY in str(asked.delivery.response):
                yield Finding("wrong", f"{name} was answered with an apology")
            elif asked.is_acknowledged and count == 0:
                yield Finding("lost", f"{name} was acknowledged and made no insight")

    def _digests(self) -> Iterator[Finding]:
        keys = [
            key for key in self._stored.outbox if re.fullmatch(r"digest-now:\d+:.+?(?<!:\d)(?<!:\d\d)", key)
        ]
        for asked in self._deeds.asked:
            if asked.do is not Do.DIGEST:
                continue
            trigger = asked.delivery.payload["trigger_id"]
            heads = [key for key in keys if key.endswith(f":{trigger}")]
            if asked.is_acknowledged and len(heads) != 1:
                yield Finding("lost", f"digest {trigger} was promised and is not there")
        yield from self._scheduled_digests()

    def _scheduled_digests(self) -> Iterator[Finding]:
        keys = {row["id"]: _SCHEDULED[row["kind"]] for row in self._stored.tables["schedules"]}
        for run in self._stored.tables["runs"]:
            due = str(run["due_at"])[:16].replace("-", "").replace(":", "").replace(" ", "T")
            key = f"{keys[run['schedule_id']]}:{run['schedule_id']}:{due}"
            # The sales channels have a report each.
            heads = [f"{key}:{one}" for one in self._sales] if key.startswith("sales-report") else [key]
            for head in heads:
                is_written = head in self._stored.outbox
                if run["outcome"] == "done" and not is_written:
                    yield Finding("lost", f"{head} was due and never written")
                if run["outcome"] == "missed" and is_written:
                    yield Finding("wrong", f"{head} counts as missed and was written")

    def _meetings(self) -> Iterator[Finding]:
        """Each meeting due was prompted in every channel and reminded of, or that is noted as missed."""
        ticked = max((str(run["due_at"])[:10] for run in self._stored.tables["runs"]), default="")
        channels = {*self._sales, *(row["marketing_channel_id"] for row in self._stored.tables["bridges"])}
        for meeting in self._stored.tables["meeting_occurrences"]:
            if str(meeting["starts_at"])[:10] > ticked:
                continue
            name = f"meeting {meeting['id']}"
            prompts = {f"meeting-prompt:{meeting['id']}:{one}" for one in channels}
            written = prompts & self._stored.outbox.keys()
            if written != (set() if meeting["prompt_missed"] else prompts):
                yield Finding("lost", f"{name} was prompted in {len(written)} of {len(prompts)} channels")
            if not (meeting["reminded_for"] or meeting["reminder_missed"]):
                yield Finding("lost", f"{name} was not reminded of, and nobody noted it")

    # --- what marketing took, and who heard of it ----------------------------------------------------------

    def _taken(self) -> Iterator[Finding]:
        """Taken is taken, and whoever passed it on hears of it once."""
        insights = {row["id"]: row for row in self._stored.insights}
        withdrawn = {
            row["insight_id"] for row in self._stored.tables["history"] if row["change"] == "withdrawn"
        }
        told = Counter((row["insight_id"], row["user_id"]) for row in self._stored.tables["told"])
        for insight_id, asked in self._deeds.taken.items():
            insight = insights[insight_id]
            is_in_progress = insight["status"] == "in_progress"
            if asked.is_acknowledged and not is_in_progress and insight_id not in withdrawn:
                yield Finding("lost", f"insight {insight_id} was taken and is {insight['status']}")
            if is_in_progress:
                for user in self._passed_on_before(insight_id) & self._stored.supporters[insight_id]:
                    if not told[insight_id, user]:
                        yield Finding("lost", f"{user} never heard that insight {insight_id} was taken")
        for (insight_id, user), count in self._mentions().items():
            if count > 1:
                yield Finding("doubled", f"{user} heard {count} times that insight {insight_id} was taken")
            if not told[insight_id, user]:
                yield Finding("wrong", f"{user} heard of insight {insight_id}, and is not noted")

    def _passed_on_before(self, insight_id: int) -> set[str]:
        """Who had passed it on when it was taken; whoever did so later saw it in her note."""
        found: set[str] = set()
        rows = [row for row in self._stored.tables["history"] if row["insight_id"] == insight_id]
        for row in sorted(rows, key=lambda row: int(row["id"])):
            if row["change"] == "status":
                break
            if row["change"] in ("created", "added", "revived"):
                found.add(row["by_user_id"])
            elif row["change"] in ("removed", "withdrawn"):  # and who comes back later sees it in her note
                found.discard(row["by_user_id"])
        return found

    def _mentions(self) -> Counter[tuple[int, str]]:
        """Who is named in how many of the notices that stand."""
        found: Counter[tuple[int, str]] = Counter()
        for message in self._shown:
            key = str(((message.metadata or {}).get("event_payload") or {}).get("key"))
            if key.startswith("notice:"):
                people = set(re.findall(r"<@(U\w+)>", message.text)) - {self._id("mia")}
                found.update((int(key.split(":")[1]), user) for user in people)
        return found

    # --- posts ---------------------------------------------------------------------------------------------

    def _posts(self) -> Iterator[Finding]:
        """Every post that was to be stands exactly once, where its row says; and no other."""
        standing: dict[str, list[Message]] = defaultdict(list)
        for message in self._shown:
            key = ((message.metadata or {}).get("event_payload") or {}).get("key")
            if key:
                standing[key].append(message)
        for key, messages in standing.items():
            if len(messages) > 1:
                yield Finding("doubled", f"post {key} stands {len(messages)} times")
            if key not in self._stored.outbox:
                yield Finding("wrong", f"post {key} stands without a row")
        for key, row in self._stored.outbox.items():
            if row["kind"] in ("post", "direct"):
                yield from self._post(key, row, standing.get(key, []))

    def _post(self, key: str, row: Row, messages: list[Message]) -> Iterator[Finding]:
        if row["state"] == "dropped" and row["error"] == "expired" and not messages:
            return
        if row["state"] == "dropped" and row["error"] == "parent_not_posted" and not messages:
            return
        if row["state"] != "sent":
            yield Finding("lost", f"post {key} is {row['state']} ({row['error']})")
        elif not messages:
            yield Finding("lost", f"post {key} counts as sent and does not stand")
        elif row["message_ts"] not in {one.ts for one in messages}:
            yield Finding("wrong", f"post {key} is recorded under another ts")

    def _queues(self) -> Iterator[Finding]:
        for name in ("inbox", "outbox"):
            for row in self._stored.tables[name]:
                if row["state"] in ("parked", "pending"):
                    kind = "parked" if row["state"] == "parked" else "lost"
                    yield Finding(
                        kind, f"{name} row {row['id']} ({row['kind']}) is {row['state']}: {row['error']}"
                    )

    # --- text ----------------------------------------------------------------------------------------------

    def _unflagged_text(self) -> Iterator[Finding]:
        """Words of messages that nobody flagged are nowhere; words of deleted ones are nowhere any more."""
        deleted = {number for number, one in self._deeds.messages.items() if is_gone(one)}
        for table, rows in self._stored.tables.items():
            for number in _tokens_in(rows):
                if number not in self._deeds.flagged_ever:
                    yield Finding("leaked", f"table {table} holds the text of unflagged message {number}")
                elif number in deleted:
                    yield Finding("leaked", f"table {table} holds the text of deleted message {number}")
        for message in self._shown:
            if message.user == self._bot:
                for number in _tokens_in([message.__dict__]):
                    if number in deleted:
                        yield Finding(
                            "leaked", f"Frontline's post {message.ts} quotes deleted message {number}"
                        )

    def _id(self, name: str) -> str:
        return self._playground.person(name).id


@dataclass(frozen=True)
class Supporters:
    """Who must support an insight, and who may (where a form was never answered, nobody knows)."""

    certain: frozenset[str]
    possible: frozenset[str]


def is_gone(message: Message) -> bool:
    """Whether it was deleted; one with replies leaves a tombstone."""
    return message.is_deleted or message.subtype == "tombstone"


def _key_of(delivery: Delivery) -> tuple[str, str, str, str, str, str]:
    event = delivery.payload["event"]
    item = event["item"]
    return event["type"], item["channel"], item["ts"], event["user"], event["reaction"], event["event_ts"]


def _acknowledged_at(delivery: Delivery) -> Any:
    for attempt in delivery.attempts:
        if attempt.outcome == "acked":
            return attempt.at + timedelta(seconds=attempt.seconds)
    return None


def _tokens_in(rows: Iterable[Mapping[str, Any]]) -> set[int]:
    return {int(number) for row in rows for value in row.values() for number in TOKEN.findall(str(value))}
