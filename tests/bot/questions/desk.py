"""A question, asked and answered in a line each."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.gestures import Answer, FormState
from bot.questions.anonymous import save_answer
from bot.questions.asking import ask
from bot.questions.closing import save_outcome
from storage import questions
from storage.insights import Insight
from storage.questions import Question
from tests.stage import Stage
from tests.support import MARKETING, MIA, SALES, TEAM


@dataclass(frozen=True)
class Asking:
    """A stage on which questions are asked."""

    stage: Stage

    def ask(
        self,
        text: str = "What do customers fear?",
        channels: tuple[str, ...] = (SALES,),
        user: str = MIA,
        *,
        days: float | None = 7,
        bridge: str = "",
        anonymous: bool = False,
        key: str | None = None,
    ) -> Answer:
        """Send the form; times are UTC+1 in Berlin, where the bridge is."""
        closes = self.stage.clock.now() + timedelta(days=days or 0, hours=1)
        form = asking_form(text, channels, closes.strftime("%Y-%m-%d"), closes.strftime("%H:%M"))
        if days is None:
            form = FormState({**form.values, "closes_on": {"selected_date": None}})
        if anonymous:
            form = FormState({**form.values, "anonymous": {"selected_options": [{"value": "anonymous"}]}})
        gesture = self.stage.gesture(user, None, key)
        return ask(self.stage.services, gesture, bridge or str(self.stage.bridge.id), form)

    def close(self, outcome: str = "A new leaflet", user: str = MIA, number: str = "1") -> Answer:
        form = FormState({"outcome": {"value": outcome}})
        return save_outcome(self.stage.services, self.stage.gesture(user, None), number, form)

    def answer(self, text: str, user: str, number: str = "1", key: str | None = None) -> Answer:
        """Answer an anonymous question in the form."""
        form = FormState({"text": {"value": text}})
        return save_answer(self.stage.services, self.stage.gesture(user, None, key), number, form)

    def root(self, channel: str = SALES) -> str:
        """The question's message in that channel."""
        self.stage.send(seconds=2)
        return str(next(one["ts"] for one in self.stage.slack.posts(channel) if "asks" in str(one["blocks"])))

    @property
    def question(self) -> Question:
        with self.stage.services.db.reading() as connection:
            found = questions.by_id(connection, TEAM, 1)
        assert found is not None
        return found

    @property
    def answers(self) -> list[Insight]:
        with self.stage.services.db.reading() as connection:
            return questions.answers(connection, 1)

    def progress(self) -> str:
        """What the marketing channel shows, when the answers of five seconds have made one update."""
        self.stage.send(seconds=7)
        return str(next(one for one in self.stage.slack.posts(MARKETING) if " asked*" in str(one["blocks"])))

    def directs(self, user: str) -> list[dict[str, Any]]:
        self.stage.send(seconds=3)
        return [
            one for one in self.stage.rows("outbox") if one["kind"] == "direct" and one["user_id"] == user
        ]

    def posts(self, key: str) -> list[dict[str, Any]]:
        return [one for one in self.stage.rows("outbox") if one["dedupe_key"] == key]


def asking_form(text: str, channels: tuple[str, ...], day: str, time: str) -> FormState:
    return FormState(
        {
            "text": {"value": text},
            "asked_in": {"selected_options": [{"value": one} for one in channels]},
            "closes_on": {"selected_date": day},
            "time": {"selected_time": time},
        }
    )
