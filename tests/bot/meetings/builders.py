"""A meeting set up in its form, and what people do about it, in a line each."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.gestures import Answer, FormState, Reply
from bot.help import answer_frontline
from bot.ids import Field
from bot.meetings import minutes, one, series
from storage import actions, meetings, timers
from storage.actions import ActionItem
from storage.meetings import Occurrence, Series, Topic
from tests.stage import Stage
from tests.support import ANNA, MARKETING, MIA, TEAM

# The stage's clock stands at Monday 2 March 2026, 09:00 UTC, which is 10:00 in Berlin.
FIRST = datetime(2026, 3, 5, 13, 0, tzinfo=UTC)  # Thursday, 14:00 in Berlin
WEEK = timedelta(days=7)


def typed(text: str) -> dict[str, Any]:
    return {"value": text}


def chosen(value: object) -> dict[str, Any]:
    return {"selected_option": {"value": str(value)}}


def users(*ids: str) -> dict[str, Any]:
    return {"selected_users": list(ids)}


SERIES: dict[str, dict[str, Any]] = {
    Field.MEETING_TITLE: typed("Sales & marketing"),
    Field.FREQUENCY: chosen("weekly"),
    Field.WEEKDAY: chosen(3),
    Field.TIME: {"selected_time": "14:00"},
    Field.MEETING_FROM: {"selected_date": "2026-03-02"},
    Field.MEETING_LENGTH: chosen(60),
    Field.MEETING_CHANNELS: chosen("marketing"),
    Field.MEETING_PEOPLE: users(ANNA, MIA),
    Field.MEETING_FACILITATORS: users(MIA, ANNA),
    Field.MEETING_PLACE: typed("Room 5"),
    Field.MEETING_PROMPTS: typed(""),
    Field.MEETING_PROMPT_AHEAD: chosen(1440),
    Field.MEETING_REMINDER_AHEAD: chosen(60),
    Field.MEETING_OFF_DAYS: typed(""),
    Field.MEETING_HOLIDAYS: typed(""),
    Field.MEETING_OFF_POLICY: chosen("skip"),
}


def filled(**changes: dict[str, Any]) -> FormState:
    """The series' form; changes by the field's name in small letters."""
    return FormState({**SERIES, **{str(Field[name.upper()]): value for name, value in changes.items()}})


@dataclass(frozen=True)
class Meetings:
    """A stage on which one series is set up."""

    stage: Stage

    def set_up(self, **changes: dict[str, Any]) -> Series:
        """Fill in the form of a new series, as Mia."""
        answer = series.save_series(
            self.stage.services, self.stage.gesture(MIA), f"{self.stage.bridge.id}::", filled(**changes)
        )
        assert isinstance(answer, Reply), answer
        return self.series()

    def edit(self, **changes: dict[str, Any]) -> Answer:
        """Change the series in its form, as Mia."""
        one = self.series()
        memory = f"{self.stage.bridge.id}:{one.id}:{one.revision}"
        return series.save_series(self.stage.services, self.stage.gesture(MIA), memory, filled(**changes))

    def series(self) -> Series:
        with self.stage.services.db.reading() as connection:
            found = meetings.series(connection, 1)
        assert found is not None
        return found

    def all(self) -> list[Occurrence]:
        with self.stage.services.db.reading() as connection:
            return meetings.occurrences(connection, 1)

    def ahead(self) -> list[Occurrence]:
        now = self.stage.clock.now()
        return [one for one in self.all() if one.status == "planned" and one.starts_at > now]

    def topics(self, occurrence_id: int = 1) -> list[Topic]:
        with self.stage.services.db.reading() as connection:
            return meetings.topics(connection, occurrence_id)

    def items(self) -> list[ActionItem]:
        with self.stage.services.db.reading() as connection:
            return actions.of_series(connection, 1)

    def timer(self, kind: str, subject: object = 1) -> datetime | None:
        with self.stage.services.db.reading() as connection:
            return timers.due_at(connection, TEAM, kind, str(subject))

    # --- time ---------------------------------------------------------------------------------------------

    def wait_until(self, instant: datetime) -> None:
        """Let time come, ring what is due and send what is to be said."""
        clock = self.stage.clock
        clock.pass_time(seconds=max(0.0, (instant - clock.now()).total_seconds()))
        self.stage.ring()
        self.stage.send(5)

    def prompted(self, starts_at: datetime = FIRST) -> str:
        """Let the day before come; gives the `ts` of the prompt."""
        self.wait_until(starts_at - timedelta(days=1))
        return str(self.prompts()[-1]["ts"])

    # --- gestures ------------------------------------------------------------------------------------------

    def change_one(
        self, what: str, day: str = "", at: str = "", occurrence_id: int = 1, **more: Any
    ) -> Answer:
        """Move, skip or cancel one meeting, as Mia."""
        form = FormState(
            {
                Field.MEETING_WHAT: chosen(what),
                Field.MEETING_DATE: {"selected_date": day or None},
                Field.TIME: {"selected_time": at or None},
                Field.MEETING_REASON: typed(more.get("reason", "")),
            }
        )
        gesture = self.stage.gesture(more.get("user", MIA))
        return one.save_one(self.stage.services, gesture, str(occurrence_id), form)

    def record(
        self,
        decisions: str = "",
        items: str = "",
        notes: str = "",
        *,
        user: str = MIA,
        present: tuple[str, ...] = (ANNA, MIA),
        outcome: str = "held",
        occurrence_id: int = 1,
        revision: int = 0,
        **more: dict[str, Any],
    ) -> Answer:
        """Answer the minutes' form."""
        values: dict[str, Any] = {
            Field.MEETING_WHAT: chosen(outcome),
            f"{Field.MEETING_PRESENT}-{revision}": users(*present),
            f"{Field.MEETING_DECISIONS}-{revision}": typed(decisions),
            f"{Field.MEETING_ITEMS}-{revision}": typed(items),
            f"{Field.MEETING_NOTES}-{revision}": typed(notes),
        }
        values |= {str(Field[name.upper()]): value for name, value in more.items()}
        gesture = self.stage.gesture(user)
        memory = f"{occurrence_id}:{revision}"
        return minutes.save_minutes(self.stage.services, gesture, memory, FormState(values))

    def frontline(self, line: str, user: str = MIA, channel: str = MARKETING) -> Answer:
        return answer_frontline(self.stage.services, self.stage.gesture(user, channel), line)

    # --- what stands in Slack ------------------------------------------------------------------------------

    def prompts(self, channel: str = MARKETING) -> list[dict[str, Any]]:
        return [one for one in self.stage.slack.posts(channel) if key_of(one).startswith("meeting-prompt")]

    def reminders(self, channel: str = MARKETING) -> list[dict[str, Any]]:
        found = [one for one in self.stage.slack.posts(channel) if one.get("reply_broadcast")]
        return [one for one in found if key_of(one).startswith("meeting-reminder")]

    def direct(self, user: str) -> list[str]:
        """What Frontline told a person directly, as text and blocks."""
        return [json.dumps(one, ensure_ascii=False) for one in self.stage.slack.posts(f"D{user[1:]}")]

    def reply(self, text: str, user: str = MIA, channel: str = MARKETING) -> str:
        """Answer the last prompt."""
        return self.stage.reply(user, self.prompts(channel)[-1]["ts"], text, channel)


def key_of(post: dict[str, Any]) -> str:
    return str(((post.get("metadata") or {}).get("event_payload") or {}).get("key") or "")


def shown(post: dict[str, Any]) -> str:
    """All that a post shows."""
    return json.dumps(post.get("blocks") or [], ensure_ascii=False)
