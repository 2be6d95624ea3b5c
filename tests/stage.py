"""A Frontline over a Slack in memory, and what people do to it, in a line each."""

from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from sqlalchemy import select

from bot.gestures import FormState, Gesture
from bot.ids import Field
from bot.inbox import Incoming, accept, work_one
from bot.outbox import send_one
from bot.services import Services
from bot.themes.placing import place_some
from bot.timers import ring_one
from bot.workers import BELLS, BUILDERS, WORKERS
from storage import insights
from storage.bridges import Bridge
from storage.database import Database
from storage.insights import Insight
from storage.tables import metadata
from tests.fakeslack import FakeSlack, second_after, slack_of
from tests.support import ANNA, SALES, TEAM, StandingClock, make_bridge, make_services

_numbers = count(1)


@dataclass(frozen=True)
class Stage:
    """Services over a fake Slack, a clock that stands, and one bridge."""

    services: Services
    bridge: Bridge

    @property
    def slack(self) -> FakeSlack:
        return slack_of(self.services)

    @property
    def clock(self) -> StandingClock:
        assert isinstance(self.services.clock, StandingClock)
        return self.services.clock

    # --- events ------------------------------------------------------------------------------------------

    def hear(self, incoming: Incoming, event_id: str | None = None) -> bool:
        """Take in an event, as the ear does. False: it is known."""
        with self.services.db.writing() as connection:
            return accept(self.services, connection, incoming, event_id)

    def reaction(
        self,
        user: str,
        ts: str,
        emoji: str = "bulb",
        *,
        on: bool = True,
        at: str | None = None,
        channel: str = SALES,
    ) -> bool:
        """A reaction was set or taken back at `at`, an `event_ts`; it is not worked on yet."""
        kind = "reaction_added" if on else "reaction_removed"
        at = at or second_after(ts, next(_numbers))
        key = f"{kind}:{channel}:{ts}:{user}:{emoji}:{at}"
        return self.hear(Incoming(kind, key, channel, ts, user, emoji, at))

    def flag(self, user: str, ts: str, emoji: str = "bulb", **more: Any) -> None:
        self.reaction(user, ts, emoji, **more)
        self.work()

    def unflag(self, user: str, ts: str, emoji: str = "bulb", **more: Any) -> None:
        self.reaction(user, ts, emoji, on=False, **more)
        self.work()

    def edit(self, ts: str, text: str, channel: str = SALES) -> None:
        self.slack.edit(channel, ts, text)
        key = f"message_changed:{channel}:{ts}:{next(_numbers)}"
        self.hear(Incoming("message_changed", key, channel, ts))
        self.work()

    def delete(self, ts: str, channel: str = SALES) -> None:
        self.slack.delete(channel, ts)
        self.hear(Incoming("message_deleted", f"message_deleted:{channel}:{ts}:1", channel, ts))
        self.work()

    def reply(self, user: str, root: str, text: str, channel: str = SALES) -> str:
        """Somebody answers below a message; gives the reply's `ts`. It is worked on at once."""
        ts = self.slack.say(channel, user, text, thread_ts=root)
        self.hear(Incoming("thread_reply", f"thread_reply:{channel}:{ts}", channel, ts, user, root))
        self.work()
        return ts

    def ring(self) -> None:
        """Ring all timers that are due."""
        while ring_one(self.services, BELLS):
            pass

    def work(self) -> None:
        """Work on all events that are due; what was stored joins its theme."""
        while work_one(self.services, WORKERS):
            pass
        self.place()

    def place(self) -> None:
        """Let all that was stored join its theme."""
        while place_some(self.services):
            pass

    def send(self, seconds: float = 0) -> None:
        """Send all that may be sent, for so long."""
        while send_one(self.services, BUILDERS):
            pass
        for _ in range(int(seconds)):
            self.clock.pass_time(seconds=1)
            while send_one(self.services, BUILDERS):
                pass

    # --- gestures ----------------------------------------------------------------------------------------

    def gesture(self, user: str = ANNA, channel: str | None = SALES, key: str | None = None) -> Gesture:
        """A command, button or form answer, each a new one where `key` is not given."""
        key = key or f"trigger-{next(_numbers)}"
        return Gesture(key=key, user_id=user, channel_id=channel, trigger_id=key)

    # --- what is stored ----------------------------------------------------------------------------------

    def of_message(self, ts: str, channel: str = SALES) -> Insight | None:
        with self.services.db.reading() as connection:
            return insights.by_message(connection, TEAM, channel, ts)

    def insight(self, ts: str, channel: str = SALES) -> Insight:
        found = self.of_message(ts, channel)
        assert found is not None, "no insight was made of that message"
        return found

    def all(self) -> list[Insight]:
        """All insights, oldest first."""
        with self.services.db.reading() as connection:
            return list(reversed(insights.select_page(connection, [], limit=1000)))

    def supporters(self, insight: Insight) -> set[str]:
        with self.services.db.reading() as connection:
            return set(insights.supporters_of(connection, insight.id))

    def rows(self, name: str) -> list[dict[str, Any]]:
        """All rows of a table."""
        with self.services.db.reading() as connection:
            found = connection.execute(select(metadata.tables[name]))
            return [dict(row._mapping) for row in found]

    def everything(self) -> str:
        """All that the database holds, the search index included."""
        with self.services.db.reading() as connection:
            names = [table.name for table in metadata.sorted_tables] + ["insight_search"]
            found = [list(connection.exec_driver_sql(f'SELECT * FROM "{name}"')) for name in names]
        return repr(found)


def make_stage(database: Database, **bridge: object) -> Stage:
    """Frontline with its usual people (tests.support), a bridge, and a Slack in memory."""
    services = make_services(database)
    services = replace(services, slack=FakeSlack(services.clock))
    return Stage(services, make_bridge(services, **bridge))


def form(**fields: Any) -> FormState:
    """Answers of a form: a text, a list of ticked options, or `option:` and the chosen one's value."""
    values: dict[str, dict[str, Any]] = {}
    for name, value in fields.items():
        block = str(Field[name.upper()])
        if isinstance(value, list):
            values[block] = {"selected_options": [{"value": one} for one in value]}
        elif isinstance(value, str) and value.startswith("option:"):
            values[block] = {"selected_option": {"value": value.removeprefix("option:")}}
        else:
            values[block] = {"value": value}
    return FormState(values)
