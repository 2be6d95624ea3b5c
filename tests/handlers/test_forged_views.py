"""Forms that Frontline never opened so, or that are out of date, are refused in words and leave no trace.

Every `View` stands in the table `FORMS`, opened by Frontline itself; what is wrong is then changed in it.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

import pytest
from slack_bolt import BoltResponse

from bot.ids import Action, Field, View
from bot.messages.triage import More
from storage.database import Database
from storage.tables import metadata
from tests.handlers.everything import (
    NORA,
    OTHER_SALES,
    RITA,
    Everything,
    Snapshot,
    make_everything,
    rows_of,
    state_of,
)
from tests.support import ANNA, BEN, GUEST, MARKETING, MIA, SALES, STRANGER, TOM

Opened = dict[str, Any]
_views = count(1)


@dataclass(frozen=True)
class Form:
    """How a form is opened, by whom, and what must be filled in before it is sent."""

    opened: Callable[[Everything], Opened]
    by: str
    typed: Mapping[str, Any] = field(default_factory=dict)
    others_may: frozenset[str] = frozenset()  # of `EVERYBODY`


EVERYBODY: Final = (ANNA, BEN, GUEST, STRANGER, RITA, NORA)
COLLEAGUES: Final = frozenset({ANNA, BEN, RITA, NORA})


def text(value: str) -> dict[str, Any]:
    return {"type": "plain_text_input", "value": value}


def option(value: str) -> dict[str, Any]:
    return {"type": "static_select", "selected_option": {"value": value}}


def by_press(action: Action, user: str, value: Callable[[Everything], str]) -> Callable[[Everything], Opened]:
    return lambda it: it.by_press(action, user, value(it))


def by_menu(word: str) -> Callable[[Everything], Opened]:
    return lambda it: it.by_press(Action.TRIAGE_MORE, MIA, f"{word}:{it.pressed}", chosen=True)


def row(table: str, place: int = -1) -> Callable[[Everything], str]:
    return lambda it: it.row_id(table, place)


def the_bridge(it: Everything) -> str:
    return str(it.stage.bridge.id)


def the_insight(it: Everything) -> str:
    return str(it.saved.id)


def nothing(_it: Everything) -> str:
    return "-"


def _erase_preview(it: Everything) -> Opened:
    asked = it.by_press(Action.HOME_ERASE, TOM, "-")
    return it.by_form(asked, TOM, **{Field.ERASE_NUMBER: text(f"#{it.saved.number}")})


def _lifetime_preview(it: Everything) -> Opened:
    asked = it.by_press(Action.BRIDGE_LIFETIME, TOM, the_bridge(it))
    return it.by_form(asked, TOM, **LIFETIME)


LIFETIME: Final[dict[str, Any]] = {Field.LIFETIME: text("1"), Field.LIFETIME_UNIT: option("days")}
FORMS: Final[Mapping[View, Form]] = {
    View.NEW_INSIGHT: Form(
        lambda it: it.by_command("", ANNA), ANNA, {Field.TEXT: text("They like the fair")}, COLLEAGUES
    ),
    View.EDIT_INSIGHT: Form(
        by_press(Action.ADD_DETAILS, ANNA, the_insight),
        ANNA,
        {Field.CUSTOMER: text("Hartmann")},
        frozenset({BEN}),
    ),
    View.SAVE_MESSAGE: Form(lambda it: it.by_shortcut(ANNA), ANNA, {}, COLLEAGUES),
    View.BRIDGE: Form(
        lambda it: it.by_command("setup", MIA, command="/frontline"), MIA, {Field.NAME: text("EMEA")}
    ),
    View.CATEGORIES: Form(
        by_press(Action.BRIDGE_CATEGORIES, MIA, the_bridge),
        MIA,
        {f"{Field.CATEGORY_NEW}-0": text(":fire: Hot")},
    ),
    View.LISTS: Form(
        by_press(Action.BRIDGE_LISTS, MIA, the_bridge), MIA, {f"{Field.LIST_COMPETITORS}-0": text("Acme")}
    ),
    View.DIGEST: Form(
        by_press(Action.BRIDGE_DIGEST, MIA, the_bridge),
        MIA,
        {Field.TIME: {"type": "timepicker", "selected_time": "07:30"}},
    ),
    View.TRIAGE_OUTCOME: Form(
        by_press(Action.TRIAGE_DONE, MIA, lambda it: it.pressed), MIA, {Field.OUTCOME: text("A leaflet")}
    ),
    View.TRIAGE_CATEGORY: Form(by_menu(More.CATEGORY), MIA, {Field.CATEGORY: option("market")}),
    View.TRIAGE_MERGE: Form(by_menu(More.MERGE), MIA, {Field.TARGET: text("#3")}),
    View.ACTIVITY: Form(
        by_press(Action.ACTIVITY_EDIT, MIA, row("activities")), MIA, {Field.TITLE: text("Two webinars")}
    ),
    View.ACTIVITY_ENTRY: Form(
        by_press(Action.ACTIVITY_SPEND, MIA, row("activities")), MIA, {Field.AMOUNT: text("50")}
    ),
    View.ACTIVITY_CANCEL: Form(
        by_press(Action.ACTIVITY_STOP, MIA, row("activities")), MIA, {Field.REASON: text("No speaker")}
    ),
    View.ACTIVITY_ANSWER: Form(
        by_press(Action.ACTIVITY_YES, ANNA, row("activity_askings", 0)),
        ANNA,
        {Field.DEAL_NAME: text("Hartmann")},
        frozenset({BEN}),
    ),
    View.MEETING: Form(
        by_press(Action.MEETING_CHANGE, MIA, row("meeting_series")),
        MIA,
        {Field.MEETING_TITLE: text("Jour fixe")},
    ),
    View.MEETING_ONE: Form(
        by_press(Action.MEETING_CHANGE_ONE, MIA, row("meeting_occurrences")),
        MIA,
        {Field.MEETING_WHAT: option("skip")},
        frozenset({ANNA}),
    ),
    View.MEETING_SUGGEST: Form(
        by_press(Action.MEETING_SUGGEST, ANNA, row("meeting_occurrences")),
        ANNA,
        {Field.MEETING_REASON: text("Rather on Friday")},
        frozenset({BEN}),
    ),
    View.MEETING_MINUTES: Form(
        by_press(Action.MEETING_RECORD, MIA, row("meeting_occurrences", 0)),
        MIA,
        {f"{Field.MEETING_NOTES}-1": text("Tea")},
        frozenset({ANNA}),
    ),
    View.ACTION_LATER: Form(
        by_press(Action.ACTION_LATER, MIA, row("action_items")),
        MIA,
        {Field.ITEM_DUE: {"type": "datepicker", "selected_date": "2026-04-01"}},
        frozenset({ANNA}),
    ),
    View.ACTION_HAND_OVER: Form(
        by_press(Action.ACTION_HAND_OVER, MIA, row("action_items")),
        MIA,
        {Field.ITEM_OWNER: {"type": "users_select", "selected_user": ANNA}},
        frozenset({ANNA}),
    ),
    View.ACTION_DROP: Form(
        by_press(Action.ACTION_DROP, MIA, row("action_items")),
        MIA,
        {Field.MEETING_REASON: text("Enough")},
        frozenset({ANNA}),
    ),
    View.THEME_RENAME: Form(
        by_press(Action.THEME_RENAME, MIA, row("themes")), MIA, {Field.THEME_NAME: text("Discounts")}
    ),
    View.THEME_MERGE: Form(
        by_press(Action.THEME_MERGE, MIA, row("themes")), MIA, {Field.THEME_OTHER: text("#3")}
    ),
    View.THEME_SPLIT: Form(
        by_press(Action.THEME_SPLIT, MIA, row("themes")),
        MIA,
        {Field.THEME_MEMBERS: {"type": "checkboxes", "selected_options": [{"value": "1"}]}},
    ),
    View.ASK: Form(
        lambda it: it.by_command("ask What is new?", MIA, command="/frontline", channel_id=MARKETING),
        MIA,
        {Field.ASKED_IN: {"type": "checkboxes", "selected_options": [{"value": SALES}]}},
    ),
    View.QUESTION_OUTCOME: Form(
        by_press(Action.QUESTION_CLOSE, MIA, row("questions", 0)), MIA, {Field.OUTCOME: text("A leaflet")}
    ),
    View.QUESTION_ANSWER: Form(
        by_press(Action.QUESTION_ANSWER, ANNA, row("questions", 1)),
        ANNA,
        {Field.TEXT: text("The price")},
        frozenset({BEN}),
    ),
    View.QUIET_HOURS: Form(
        by_press(Action.QUIET_HOURS, ANNA, nothing),
        ANNA,
        {Field.WORK_FROM: {"type": "timepicker", "selected_time": "08:00"}},
        COLLEAGUES | {GUEST},
    ),
    View.ERASE: Form(by_press(Action.HOME_ERASE, TOM, nothing), TOM, {Field.ERASE_NUMBER: text("#1")}),
    View.ERASE_PREVIEW: Form(_erase_preview, TOM, {Field.CONFIRM: text("erase")}),
    View.LIFETIME: Form(by_press(Action.BRIDGE_LIFETIME, TOM, the_bridge), TOM, LIFETIME),
    View.LIFETIME_PREVIEW: Form(_lifetime_preview, TOM, {Field.CONFIRM: text("erase")}),
    View.MINE_FILTER: Form(
        by_press(Action.MINE_FILTER, ANNA, nothing), ANNA, {Field.QUERY: text("price")}, COLLEAGUES | {GUEST}
    ),
    View.INBOX_FILTER: Form(
        by_press(Action.INBOX_FILTER, MIA, nothing), MIA, {Field.QUERY: text("price")}, frozenset({RITA})
    ),
}
# They have no submit button: Slack never sends them back, and Bolt answers 404.
NEVER_SENT: Final = frozenset(
    {View.ACTIVITY_CARD, View.BRIDGES, View.MANAGE_MESSAGE, View.NOTICE, View.TRIAGE}
)
ABOUT_AN_INSIGHT: Final = (View.TRIAGE_OUTCOME, View.TRIAGE_CATEGORY, View.TRIAGE_MERGE, View.EDIT_INSIGHT)
# What a form shows beforehand, and only looks at.
LOOKING: Final = frozenset({View.ERASE, View.LIFETIME})
# What is needed and yet does no harm: something stands there from the start, and counts where nothing came.
_OF_INSIGHTS = (View.NEW_INSIGHT, View.EDIT_INSIGHT, View.SAVE_MESSAGE)
TAKEN: Final = frozenset(
    {
        *((view, Field.CATEGORY, name) for view in _OF_INSIGHTS for name in ("missing", "of the wrong kind")),
        *(
            (View.QUIET_HOURS, block, name)
            for block in (Field.WORK_FROM, Field.WORK_UNTIL)
            for name in ("missing", "of the wrong kind", "nonsense")
        ),
        # A public channel may yet be unknown: it is joined first, and who did it is told when that fails.
        (View.BRIDGE, Field.SALES, "nonsense"),
        (View.BRIDGE, Field.MARKETING, "nonsense"),
    }
)
GARBAGE: Final = (
    "",
    "x",
    "{",
    "[]",
    "null",
    "-1",
    "999999",
    "9" * 20,
    "a:b:c",
    '{"insight": {}}',
    "[9, 9, 9]",
    "²",
)
WRONG_KIND: Final = {
    "value": 7,
    "selected_option": "x",
    "selected_options": [7],
    "selected_user": ["x"],
    "selected_users": 7,
    "selected_conversation": 7,
    "selected_conversations": {"x": 7},
    "selected_date": 7,
    "selected_time": [7],
}
NONSENSE: Final = {
    "selected_option": {"value": "nonsense"},
    "selected_options": [{"value": "nonsense"}, {}],
    "selected_user": "UNOBODY",
    "selected_users": ["UNOBODY"],
    "selected_conversation": "CNOWHERE",
    "selected_conversations": ["CNOWHERE"],
    "selected_date": "2026-02-31",
    "selected_time": "25:61",
}


@dataclass
class Desk:
    """Everything, every form opened on it, and how it all stood then."""

    it: Everything
    opened: dict[View, Opened]
    before: dict[str, list[Any]]
    snapshot: Snapshot | None = None
    wrong: list[str] = field(default_factory=list)

    def send(self, view: View, user: str, *, values: Any = None, **changes: Any) -> BoltResponse:
        """Submit the form; `values` in place of those that are right."""
        shown = {**self.opened[view], **changes}
        state = {**state_of(self.opened[view]), **FORMS[view].typed} if values is None else values
        return self.it.slack.submit(shown, state, user, f"V{next(_views)}")

    def rows(self) -> dict[str, list[Any]]:
        """What stands in the database; read only where something was committed at all."""
        if self.snapshot is not None and self.snapshot.is_untouched():
            return self.before
        return rows_of(self.it.stage.services.db)

    def require_refused(self, what: str, answer: BoltResponse, *, before: Any = None) -> None:
        """In words, with no trace."""
        if answer.status != 200 or not _words(answer):
            self.wrong.append(f"{what}: {answer.status} {answer.body[:300]}")
        elif "Something went wrong" in answer.body:
            self.wrong.append(f"{what}: an apology")
        rows, before = self.rows(), before or self.before
        if rows != before:
            changed = [name for name, found in rows.items() if found != before[name]]
            self.wrong.append(f"{what}: changed {changed}")
            if self.snapshot is not None:
                self.snapshot.put_back()

    def verdict(self) -> None:
        assert not self.wrong, "\n".join(self.wrong)


def _words(answer: BoltResponse) -> bool:
    """A refusal stands beside fields or on top of the form."""
    body = json.loads(answer.body or "{}")
    if body.get("response_action") == "errors":
        return bool(body["errors"]) and all(body["errors"].values())
    return bool(body.get("response_action") == "push" and body["view"]["callback_id"] == View.NOTICE)


def make_desk(database: Database) -> Desk:
    it = make_everything(database)
    opened = {view: form.opened(it) for view, form in FORMS.items()}
    assert {view: one["callback_id"] for view, one in opened.items()} == {view: view for view in FORMS}
    return Desk(it, opened, rows_of(database))


@pytest.fixture
def desk(database: Database) -> Desk:
    return make_desk(database)


on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_every_form_stands_in_the_table() -> None:
    assert set(FORMS) | NEVER_SENT == set(View)
    assert not set(FORMS) & NEVER_SENT


@on_sqlite
def test_nothing_forged_is_taken(desk: Desk) -> None:
    database = desk.it.stage.services.db
    snapshot = desk.snapshot = Snapshot(database)
    for view in FORMS:
        _from_people_without_the_right(desk, view)
        _with_another_memory(desk, view)
        _never_opened(desk, view)
        _with_wrong_values(desk, view, snapshot)
    _of_a_channel_that_she_is_not_in(desk)
    for view in NEVER_SENT:
        desk.opened[view] = {"type": "modal", "callback_id": view, "blocks": []}
        desk.send(view, MIA, values={})
        _never_opened(desk, view)
    _about_what_is_gone(desk, snapshot)
    _of_another_workspace(desk, snapshot)
    for view in FORMS:
        _as_it_should_be(desk, view, snapshot)
    desk.verdict()


def test_persons_and_memories_on_both_databases(desk: Desk) -> None:
    for view in FORMS:
        desk.require_refused(f"{view} of {STRANGER}", desk.send(view, STRANGER))
        if desk.opened[view].get("private_metadata"):
            for value in ("x", "9" * 15):
                forged = desk.send(view, FORMS[view].by, private_metadata=value)
                desk.require_refused(f"{view} carrying {value}", forged)
    desk.verdict()


def _from_people_without_the_right(desk: Desk, view: View) -> None:
    for user in EVERYBODY:
        if user != FORMS[view].by and user not in FORMS[view].others_may:
            desk.require_refused(f"{view} of {user}", desk.send(view, user))


def _with_another_memory(desk: Desk, view: View) -> None:
    carried = desk.opened[view].get("private_metadata")
    if carried:
        for value in (*GARBAGE, *_of_others(carried)):
            forged = desk.send(view, FORMS[view].by, private_metadata=value)
            desk.require_refused(f"{view} carrying {value!r}", forged)


def _of_others(carried: str) -> Iterator[str]:
    """The same with ids that nothing has, and with values of another kind."""
    yield "".join("9" if one.isdigit() else one for one in carried)
    try:
        memory = json.loads(carried)
    except ValueError:
        return
    if isinstance(memory, dict | list):
        for wrong in ({"x": 1}, [1], "x"):
            if isinstance(memory, dict):
                yield json.dumps(dict.fromkeys(memory, wrong))
            else:
                yield json.dumps([wrong for _ in memory])


def _never_opened(desk: Desk, view: View) -> None:
    """Frontline asks of no form to hear that it was closed; whoever says so changes nothing."""
    shown = {**desk.opened[view], "id": "V1", "hash": "h", "state": {"values": {}}}
    desk.it.slack.interact("view_closed", MIA, view=shown, is_cleared=False)
    if desk.rows() != desk.before:
        desk.wrong.append(f"{view}, closed: a trace")


def _with_wrong_values(desk: Desk, view: View, snapshot: Snapshot) -> None:
    """What must be filled in is asked for in words; the rest may count as empty, but nothing breaks."""
    right = {**state_of(desk.opened[view]), **FORMS[view].typed}
    needed = {
        one["block_id"]
        for one in desk.opened[view]["blocks"]
        if one["type"] == "input" and not one.get("optional")
    }
    for block in right:
        for name, wrong in (("missing", None), ("of the wrong kind", WRONG_KIND), ("nonsense", NONSENSE)):
            values = {**right, block: wrong} if wrong else {one: right[one] for one in right if one != block}
            answer = desk.send(view, FORMS[view].by, values=values)
            what = f"{view} with {block} {name}"
            if (block in needed and (view, block, name) not in TAKEN) or _words(answer):
                desk.require_refused(what, answer)
            elif answer.status != 200 or "Something went wrong" in answer.body:
                desk.wrong.append(f"{what}: {answer.status} {answer.body[:200]}")
            snapshot.put_back()
    for name, state in (("no state", {}), ("blocks of nothing", dict.fromkeys(right, "x"))):
        answer = desk.send(view, FORMS[view].by, values=state)
        if answer.status != 200 or "Something went wrong" in answer.body:
            desk.wrong.append(f"{view} with {name}: {answer.status} {answer.body[:200]}")
        snapshot.put_back()


def _as_it_should_be(desk: Desk, view: View, snapshot: Snapshot) -> None:
    """Sent as it was opened by who may, it is taken: what is refused above is refused for its fault."""
    answer = desk.send(view, FORMS[view].by)
    changed = desk.rows() != desk.before
    if answer.status != 200 or _words(answer) or not (changed or view in LOOKING):
        desk.wrong.append(f"{view}, right: {answer.status} {answer.body[:300]}")
    snapshot.put_back()


def _of_a_channel_that_she_is_not_in(desk: Desk) -> None:
    carried = str(desk.opened[View.SAVE_MESSAGE]["private_metadata"]).replace(SALES, OTHER_SALES)
    answer = desk.send(View.SAVE_MESSAGE, ANNA, private_metadata=carried)
    desk.require_refused("a message of a private channel", answer)


def _about_what_is_gone(desk: Desk, snapshot: Snapshot) -> None:
    database, saved = desk.it.stage.services.db, desk.it.saved
    insights = metadata.tables["insights"]
    with database.writing() as connection:
        connection.execute(insights.update().where(insights.c.id == saved.id).values(status="withdrawn"))
    before = desk.rows()
    for view in ABOUT_AN_INSIGHT:
        answer = desk.send(view, FORMS[view].by)
        desk.require_refused(f"{view} of a withdrawn one", answer, before=before)
    snapshot.put_back()
    desk.send(View.ERASE_PREVIEW, TOM)
    before = desk.rows()
    for view in (*ABOUT_AN_INSIGHT, View.ERASE_PREVIEW, View.ERASE):
        desk.require_refused(f"{view} of an erased one", desk.send(view, FORMS[view].by), before=before)
    snapshot.put_back()


def _of_another_workspace(desk: Desk, snapshot: Snapshot) -> None:
    """The ids are those of another workspace: bridges and insights with all that belongs to them."""
    database = desk.it.stage.services.db
    with database.writing() as connection:
        for table in metadata.sorted_tables:
            if "team_id" in table.c and table.name not in ("people", "channels", "channel_members"):
                connection.execute(table.update().values(team_id="T2"))
    before = desk.rows()
    for view, one in FORMS.items():
        if view not in (View.QUIET_HOURS, View.MINE_FILTER):  # a person's own, of no bridge
            desk.require_refused(f"{view} of another workspace", desk.send(view, one.by), before=before)
    snapshot.put_back()
