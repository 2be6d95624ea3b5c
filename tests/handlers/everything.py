"""A workspace in which everything exists that a form can be about, and its forms as Frontline opens them.

What stands in its database is compared and put back quickly."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from slack_bolt import BoltResponse

from bot.ids import Action, Shortcut
from bot.triage.rules import Pressed
from storage import bridges, workspace
from storage.bridges import BridgeValues
from storage.database import Database
from storage.insights import Insight
from storage.tables import metadata
from tests.bot.activities.builders import Desk
from tests.bot.meetings.builders import FIRST, Meetings, users
from tests.bot.questions.desk import Asking
from tests.handlers.requests import Slack, http_mode
from tests.stage import Stage, make_stage
from tests.support import ANNA, BEN, MIA, SALES, TEAM, channel, person

RITA, NORA = "URITA", "UNORA"  # marketing of another bridge; a member who is in no bridge
OTHER_SALES, OTHER_MARKETING = "COTHERSALES", "COTHERMARKETING"
# That a gesture came is noted, so that the same one counts once.
NOTED = frozenset({"gestures", "inbox"})
Rows = dict[str, list[Any]]


@dataclass
class Everything:
    """The stage, what stands on it, and Slack's side of it."""

    stage: Stage
    slack: Slack
    saved: Insight  # Anna flagged what Ben said
    others: list[Insight] = field(default_factory=list)
    message_ts: str = ""  # a message that is no insight

    @property
    def pressed(self) -> str:
        """What buttons of triage carry."""
        return Pressed.of(self.saved).value

    def row_id(self, table: str, place: int = -1) -> str:
        return str(sorted(int(one["id"]) for one in self.stage.rows(table))[place])

    # --- forms as Frontline opens them -------------------------------------------------------------------

    def by_press(self, action: Action, user: str, value: str, *, chosen: bool = False) -> dict[str, Any]:
        element = {"selected_option": {"value": value}} if chosen else {"value": value}
        return self._opened(self.slack.press(action, user, **element))

    def by_command(self, text: str, user: str, **changes: str) -> dict[str, Any]:
        return self._opened(self.slack.command(text, user, **changes))

    def by_shortcut(self, user: str) -> dict[str, Any]:
        message = dict(self.stage.slack.standing[SALES][self.message_ts])
        return self._opened(
            self.slack.interact(
                "message_action",
                user,
                callback_id=Shortcut.SAVE_MESSAGE,
                channel={"id": SALES, "name": "sales"},
                message=message,
                response_url="https://hooks.slack.test/actions/1",
            )
        )

    def by_form(self, view: Mapping[str, Any], user: str, **values: Any) -> dict[str, Any]:
        """The form that takes the place of one that was answered."""
        return dict(json.loads(self.slack.submit(view, {**state_of(view), **values}, user).body)["view"])

    def _opened(self, answer: BoltResponse) -> dict[str, Any]:
        said = [one["payload"] for one in self.stage.rows("outbox")[-1:]]
        assert answer.status == 200 and self.stage.slack.forms, said
        return dict(self.stage.slack.forms.pop()[1])


def state_of(view: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What Slack sends of a form that nobody has touched."""
    return {
        block["block_id"]: _untouched(block["element"])
        for block in view["blocks"]
        if block["type"] == "input"
    }


def _untouched(element: Mapping[str, Any]) -> dict[str, Any]:
    kind = str(element["type"])
    if kind == "plain_text_input":
        return {"type": kind, "value": element.get("initial_value")}
    name = {
        "static_select": "option",
        "external_select": "option",
        "radio_buttons": "option",
        "checkboxes": "options",
        "multi_static_select": "options",
        "users_select": "user",
        "multi_users_select": "users",
        "conversations_select": "conversation",
        "multi_conversations_select": "conversations",
        "datepicker": "date",
        "timepicker": "time",
    }[kind]
    nothing: Any = [] if name.endswith("s") else None
    return {"type": kind, f"selected_{name}": element.get(f"initial_{name}", nothing)}


# --- what stands in the database ---------------------------------------------------------------------------


def rows_of(database: Database, without: Iterable[str] = NOTED) -> Rows:
    """All rows of all tables but those left out."""
    with database.reading() as connection:
        return {
            one.name: sorted(map(repr, connection.exec_driver_sql(f'SELECT * FROM "{one.name}"')))
            for one in metadata.sorted_tables
            if one.name not in without
        }


class Snapshot:
    """An SQLite database as it stood, which can be put back."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._copy = sqlite3.connect(":memory:")
        # Another connection sees at once whether any has committed anything since it looked last.
        self._watch = sqlite3.connect(str(database.engine.url.database))
        self._back_up(to_memory=True)
        self._seen = self._version()

    def is_untouched(self) -> bool:
        """Whether nothing was committed since it was taken or put back."""
        return self._version() == self._seen

    def put_back(self) -> None:
        if not self.is_untouched():
            self._back_up(to_memory=False)
            self._seen = self._version()

    def close(self) -> None:
        self._copy.close()
        self._watch.close()

    def _version(self) -> int:
        return int(self._watch.execute("PRAGMA data_version").fetchone()[0])

    def _back_up(self, *, to_memory: bool) -> None:
        raw = self._database.engine.raw_connection()
        try:
            file = raw.driver_connection
            assert isinstance(file, sqlite3.Connection)
            source, target = (file, self._copy) if to_memory else (self._copy, file)
            source.backup(target)
        finally:
            raw.close()


# --- how it came about -------------------------------------------------------------------------------------


def make_everything(database: Database) -> Everything:
    """Anna and Ben sell, Mia is marketing and manages, Tom administers; Rita belongs to another bridge."""
    stage = make_stage(database)
    slack = http_mode(stage)
    slack.bolt.listener_runner.process_before_response = True  # in this thread: none is waited for
    _people_and_bridges(stage)
    said = [
        (ANNA, "Acme gives 25% off at Hartmann, invoices come out blank"),
        (ANNA, "Acme gives 25% off at Molino, invoices come out blank"),
        (BEN, "The fair was moved to May"),
    ]
    found = []
    for flagger, text in said:
        ts = stage.slack.say(SALES, BEN, text)
        stage.flag(flagger, ts)
        found.append(stage.insight(ts))
    it = Everything(stage, slack, found[0], found[1:], stage.slack.say(SALES, BEN, "Nobody flagged this"))
    _theme(it)
    _activities(it)
    _questions(it)
    _meetings(it)
    stage.work()
    stage.ring()
    stage.send(10)
    with stage.services.db.writing() as connection:
        connection.execute(metadata.tables["inbox"].delete())
    return it


def _people_and_bridges(stage: Stage) -> None:
    with stage.services.db.writing() as connection:
        now = stage.clock.now()
        for user in (RITA, NORA):
            workspace.save_person(connection, TEAM, person(user), now)
        for one in (OTHER_SALES, OTHER_MARKETING):
            workspace.save_channel(connection, TEAM, channel(one, is_private=True), now)
            workspace.replace_members(connection, TEAM, one, [RITA])
        values = BridgeValues(
            name="other",
            marketing_channel_id=OTHER_MARKETING,
            time_zone="Europe/Berlin",
            language="en",
            flag_emoji=("bulb",),
            sales_channel_ids=(OTHER_SALES,),
            manager_ids=(RITA,),
        )
        other = bridges.add_bridge(connection, TEAM, values, now)
        bridges.save_categories(connection, TEAM, other, stage.bridge.categories)


def _theme(it: Everything) -> None:
    if not it.stage.rows("themes"):
        from storage import themes

        with it.stage.services.db.writing() as connection:
            made = themes.start(connection, it.stage.bridge.id, it.stage.clock.now())
            for one in (it.saved, it.others[0]):
                themes.join(connection, made, one.id, it.stage.clock.now())


def _activities(it: Everything) -> None:
    desk = Desk(it.stage)
    over = desk.plan()
    desk.start(over)
    desk.enter(over, "100")
    desk.finish(over)
    it.stage.ring()
    it.stage.send(3)
    desk.start(desk.plan(title="Webinar"))


def _questions(it: Everything) -> None:
    asking = Asking(it.stage)
    asking.ask("What do customers fear?")
    asking.ask("What do you fear?", anonymous=True)
    it.stage.send(3)


def _meetings(it: Everything) -> None:
    meetings = Meetings(it.stage)
    meetings.set_up(meeting_people=users(ANNA, MIA))
    meetings.prompted()
    meetings.wait_until(FIRST + timedelta(hours=1))
    meetings.record("We go to the fair", "@anna by Monday: price list\n@mia: fair", "")
