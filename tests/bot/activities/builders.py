"""Activities for tests: planned, entered and read in a line each."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from bot.activities import entering, planning, progress
from bot.activities.figures import Figures, figures_of
from bot.activities.kinds import Kind, Purpose, Status
from bot.gestures import Answer, FormState
from storage import activities
from storage.activities import Activity, Entry
from tests.stage import Stage
from tests.support import MARKETING, MIA, TEAM

FIRST, LAST = date(2026, 3, 2), date(2026, 3, 31)
MARCH = datetime(2026, 3, 2, 9, tzinfo=UTC)


def plan_answers(**changes: Any) -> FormState:
    """A plan as the form says it; `planned_…` are results, None leaves a field empty."""
    given: dict[str, Any] = {
        "title": "Trade fair",
        "purpose": "convince",
        "owner": MIA,
        "starts_on": FIRST.isoformat(),
        "ends_on": LAST.isoformat(),
        "currency": "EUR",
        "budget": "5,000",
        "planned_leads": "40",
        **changes,
    }
    kinds = {
        "purpose": "selected_option",
        "owner": "selected_user",
        "starts_on": "selected_date",
        "ends_on": "selected_date",
    }
    values: dict[str, Mapping[str, Any]] = {}
    for name, value in given.items():
        kind = kinds.get(name, "value")
        values[f"activity_{name}"] = {kind: {"value": value} if name == "purpose" and value else value}
        if name == "themes":
            values["activity_themes"] = {"selected_options": [{"value": one} for one in value]}
    return FormState(values)


def entry_answers(
    amount: str, on_date: date = FIRST, *, kind: Kind | None = None, note: str = "", rate: str = ""
) -> FormState:
    """An entry as the form says it."""
    values: dict[str, Mapping[str, Any]] = {
        "activity_amount": {"value": amount},
        "activity_on_date": {"selected_date": on_date.isoformat()},
        "note": {"value": note or None},
        "activity_rate": {"value": rate or None},
    }
    if kind is not None:
        values["activity_kind"] = {"selected_option": {"value": kind}}
    return FormState(values)


@dataclass(frozen=True)
class Desk:
    """A stage on which marketing plans and enters, Mia where nobody else is named."""

    stage: Stage

    def plan(self, user: str = MIA, key: str | None = None, **changes: Any) -> Activity:
        self.try_plan(user, key, **changes)
        return self.all()[-1]

    def try_plan(self, user: str = MIA, key: str | None = None, **changes: Any) -> Answer:
        gesture = self.stage.gesture(user, MARKETING, key)
        bridge_id = str(self.stage.bridge.id)
        return planning.save_plan(self.stage.services, gesture, plan_answers(**changes), bridge_id, None)

    def change(self, activity: Activity, user: str = MIA, **changes: Any) -> Answer:
        gesture = self.stage.gesture(user, MARKETING)
        bridge_id = str(self.stage.bridge.id)
        answers = plan_answers(**changes)
        return planning.save_plan(self.stage.services, gesture, answers, bridge_id, activity.id)

    def enter(
        self, activity: Activity, amount: str, kind: Kind = Kind.SPEND, user: str = MIA, **more: Any
    ) -> Answer:
        key = more.pop("key", None)
        is_spend = kind is Kind.SPEND
        form = entry_answers(amount, kind=None if is_spend else kind, **more)
        carried = {"activity": activity.id, "spend": is_spend}
        return entering.save_entry(self.stage.services, self.stage.gesture(user, key=key), form, carried)

    def correct(self, entry: Entry, amount: str, user: str = MIA, **more: Any) -> Answer:
        form = entry_answers(amount, **more)
        carried = {"activity": entry.activity_id, "spend": entry.kind == "spend", "corrects": entry.id}
        return entering.save_entry(self.stage.services, self.stage.gesture(user), form, carried)

    def start(self, activity: Activity, user: str = MIA) -> Answer:
        return progress.start(self.stage.services, self.stage.gesture(user), activity.id)

    def finish(self, activity: Activity, user: str = MIA) -> Answer:
        return progress.finish(self.stage.services, self.stage.gesture(user), activity.id)

    def cancel(self, activity: Activity, reason: str | None = "no stand left", user: str = MIA) -> Answer:
        form = FormState({"activity_reason": {"value": reason}})
        return progress.cancel(self.stage.services, self.stage.gesture(user), form, activity.id)

    def all(self) -> list[Activity]:
        """All activities, the latest planned last."""
        with self.stage.services.db.reading() as connection:
            return sorted(activities.find(connection, limit=1000), key=lambda one: one.id)

    def now(self, activity: Activity) -> Activity:
        with self.stage.services.db.reading() as connection:
            found = activities.by_id(connection, activity.id)
        assert found is not None
        return found

    def figures(self, activity: Activity) -> Figures:
        with self.stage.services.db.reading() as connection:
            (figures,) = figures_of(connection, [self.now(activity)])
        return figures

    def entries(self, activity: Activity) -> list[Entry]:
        return list(self.figures(activity).entries)


def an_activity(**changes: Any) -> Activity:
    """An activity that no database holds."""
    plain = Activity(
        id=7,
        team_id=TEAM,
        bridge_id=1,
        title="Trade fair <!channel> *Munich*",
        purpose=Purpose.CONVINCE,
        owner_id=MIA,
        starts_on=FIRST,
        ends_on=LAST,
        currency="EUR",
        planned_budget=500_000,
        status=Status.RUNNING,
        cancel_reason=None,
        started_on=FIRST,
        ended_on=None,
        created_by=MIA,
        created_at=MARCH,
        changed_at=MARCH,
    )
    return replace(plain, **changes)


def an_entry(number: int, kind: Kind, amount: int, on_date: date = FIRST, **changes: Any) -> Entry:
    """An entry that no database holds."""
    plain = Entry(
        id=number,
        activity_id=7,
        kind=kind,
        on_date=on_date,
        amount=amount,
        given_amount=None,
        given_currency=None,
        rate=None,
        note=None,
        corrects_id=None,
        entered_by=MIA,
        entered_at=MARCH,
    )
    return replace(plain, **changes)


def some_figures(
    *entries: Entry, plan: Mapping[Kind, int] | None = None, numbers: tuple[int, ...] = (), **changes: Any
) -> Figures:
    """Figures that no database holds."""
    return Figures(an_activity(**changes), plan or {}, entries, numbers)
