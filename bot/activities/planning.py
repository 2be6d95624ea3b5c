"""Plans: the form opened, read and stored, for a new activity or one that exists."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection

from bot.activities.asking import set_askings
from bot.activities.figures import figures_of, local_day
from bot.activities.kinds import RESULTS, Kind, Purpose, Status
from bot.activities.money import TooLarge, read_count, read_signed_money, typed
from bot.activities.origins import link_insights
from bot.activities.report_schedule import report_schedule
from bot.activities.rights import (
    bridge_by_id,
    choose_bridge,
    colleague,
    find_to_change,
    may_plan,
)
from bot.activities.showing import refresh_homes, show_card
from bot.errors import FormError, UserError
from bot.gestures import Answer, FormState, Gesture, Open, Update
from bot.i18n import N_, Message
from bot.ids import Field
from bot.inbox import say_for
from bot.insights.change import may_see as may_see_insight
from bot.insights.details import read_currency
from bot.messages.activities import TITLE
from bot.messages.activity_forms import THEMES, PlanStart, plan_form
from bot.say import Say
from bot.services import Services
from bot.workspace.access import Viewer
from storage import activities, inbox, insights, themes, workspace
from storage.activities import Activity
from storage.bridges import Bridge
from storage.rows import lock

EARLIEST: Final = date(2000, 1, 1)
LATEST: Final = date(2100, 12, 31)
MOST_INSIGHTS: Final = 100
_NOT_AN_AMOUNT: Final = N_("Write an amount in {currency}, such as 12,500.")
_NOT_A_NUMBER: Final = N_("Write a whole number, such as 12.")
_TOO_LARGE: Final = N_("That is more than I can count with.")


@dataclass(frozen=True)
class Plan:
    """A plan as it was read from a form or file."""

    title: str
    purpose: Purpose
    owner_id: str
    starts_on: date
    ends_on: date
    currency: str
    budget: int | None
    results: Mapping[Kind, int]
    insight_ids: tuple[int, ...] = ()


# --- opening -----------------------------------------------------------------------------------------------


def open_plan(services: Services, gesture: Gesture, bridge_id: str | None = None) -> Answer:
    """The form for a new activity of that bridge, or the one that is meant. Raises UserError."""
    with services.db.reading() as connection:
        who = colleague(services, connection, gesture)
        may = partial(may_plan, who)
        bridge = choose_bridge(who, may, gesture) if bridge_id is None else bridge_by_id(who, bridge_id, may)
        start = PlanStart(
            bridge_id=bridge.id,
            currency=activities.currency_of(connection, bridge.id),
            today=local_day(bridge, services.clock.now()),
            owner_id=who.user_id,
        )
    return Open(plan_form(who.texts, start))


def open_change(services: Services, gesture: Gesture, activity_id: int) -> Answer:
    """The form with the plan as it stands. Raises UserError."""
    with services.db.reading() as connection:
        who = colleague(services, connection, gesture)
        activity, bridge = find_to_change(connection, who, activity_id)
        _require_not_cancelled(activity)
        (figures,) = figures_of(connection, [activity])
        currency = activity.currency
        start = PlanStart(
            bridge_id=bridge.id,
            currency=currency,
            today=local_day(bridge, services.clock.now()),
            activity_id=activity.id,
            title=activity.title,
            purpose=activity.purpose,
            owner_id=activity.owner_id,
            starts_on=activity.starts_on,
            ends_on=activity.ends_on,
            budget="" if activity.planned_budget is None else typed(activity.planned_budget, currency),
            plan={
                kind: typed(amount, currency) if kind.is_money else str(amount)
                for kind, amount in figures.plan.items()
            },
            insights=", ".join(f"#{number}" for number in figures.insight_numbers),
        )
    return Open(plan_form(who.texts, start))


# --- saving ------------------------------------------------------------------------------------------------


def save_plan(
    services: Services, gesture: Gesture, form: FormState, bridge_id: str, activity_id: int | None
) -> Answer:
    """Store the plan and show the activity. Raises FormError, UserError."""
    with services.db.writing() as connection:
        who = colleague(services, connection, gesture)
        if activity_id is None:
            activity, bridge = None, bridge_by_id(who, bridge_id, partial(may_plan, who))
        else:
            activity, bridge = find_to_change(connection, who, activity_id)
            _require_not_cancelled(activity)
        lock(connection, "activities", str(bridge.id))
        known = activities.currency_of(connection, bridge.id)
        currency = activity.currency if activity else known
        plan = read_plan(connection, services.team_id, who, bridge, form, currency)
        if inbox.first_time(connection, gesture.key, services.clock.now()):
            say = say_for(services, connection, gesture.key)
            stored = store_plan(connection, say, who.user_id, bridge, plan, activity)
        else:  # the same answer again: what it made is found by what it says
            found = activities.by_title(connection, bridge.id, plan.title, plan.starts_on)
            if found is None:
                raise UserError(N_("This was saved already."))
            stored = found
        return Update(show_card(connection, services, who, stored.id))


def store_plan(
    connection: Connection,
    say: Say,
    user_id: str,
    bridge: Bridge,
    plan: Plan,
    activity: Activity | None = None,
) -> Activity:
    """Store a new plan, or another one for `activity`. Raises FormError where its title is taken."""
    same = activities.by_title(connection, bridge.id, plan.title, plan.starts_on)
    if same is not None and (activity is None or same.id != activity.id):
        raise FormError({Field.TITLE: N_("An activity of that title begins on that day already.")})
    values: dict[str, Any] = {
        "title": plan.title,
        "purpose": plan.purpose,
        "owner_id": plan.owner_id,
        "starts_on": plan.starts_on,
        "ends_on": plan.ends_on,
        "planned_budget": plan.budget,
        "changed_at": say.now,
    }
    if activity is None:
        if activities.currency_of(connection, bridge.id) is None:
            activities.save_currency(connection, bridge.id, plan.currency, user_id, say.now)
        values |= {
            "bridge_id": bridge.id,
            "currency": plan.currency,
            "status": Status.PLANNED,
            "created_by": user_id,
            "created_at": say.now,
        }
        activity_id = activities.add(connection, say.team_id, values)
        report_schedule(connection, bridge, say.now)
    else:
        activity_id = activity.id
        activities.change(connection, activity_id, values)
    activities.save_plan(connection, activity_id, plan.results)
    stored = activities.by_id(connection, activity_id)
    assert stored is not None
    link_insights(connection, say, user_id, bridge, stored, set(plan.insight_ids))
    set_askings(connection, bridge, stored, say.now)
    refresh_homes(connection, say, bridge)
    return stored


# --- reading -----------------------------------------------------------------------------------------------


def read_plan(
    connection: Connection,
    team_id: str,
    who: Viewer,
    bridge: Bridge,
    form: FormState,
    currency: str | None,
) -> Plan:
    """What the form says; `currency` None: it says that, too. Raises FormError with all faults."""
    faults: dict[str, Message] = {}
    title = " ".join((form.text(Field.TITLE) or "").split())
    if not title or len(title) > TITLE:
        faults[Field.TITLE] = N_("Give it a title of at most 150 characters.")
    purpose = form.option(Field.PURPOSE)
    if purpose not in set(Purpose):
        faults[Field.PURPOSE] = N_("Choose what it is to do.")
    owner_id = form.picked(Field.OWNER) or ""
    if not is_colleague(connection, team_id, owner_id):
        faults[Field.OWNER] = N_("Choose a full member of this workspace.")
    starts_on = _day(form, Field.STARTS_ON, faults)
    ends_on = _day(form, Field.ENDS_ON, faults)
    if starts_on > ends_on and not {Field.STARTS_ON, Field.ENDS_ON} & set(faults):
        faults[Field.ENDS_ON] = N_("The last day can't come before the first.")
    currency = currency or _currency(form, faults)
    budget = _amount(form, Field.BUDGET, currency, faults)
    results: dict[Kind, int] = {}
    for kind in RESULTS:
        block = f"{Field.PLANNED}_{kind}"
        amount = _amount(form, block, currency, faults) if kind.is_money else _count(form, block, faults)
        if amount is not None:
            results[kind] = amount
    insight_ids = _insights(connection, team_id, who, bridge, form, faults)
    if faults:
        raise FormError(faults)
    return Plan(
        title, Purpose(str(purpose)), owner_id, starts_on, ends_on, currency, budget, results, insight_ids
    )


def is_colleague(connection: Connection, team_id: str, user_id: str) -> bool:
    """Whether that is a full member of the workspace."""
    person = workspace.person(connection, team_id, user_id) if user_id else None
    return person is not None and not (
        person.is_guest or person.is_external or person.is_bot or person.is_deleted
    )


def _day(form: FormState, block: str, faults: dict[str, Message]) -> date:
    try:
        day = date.fromisoformat(form.picked(block) or "")
    except ValueError:
        day = date.min
    if not EARLIEST <= day <= LATEST:
        faults[block] = N_("Choose a day.")
    return day


def _currency(form: FormState, faults: dict[str, Message]) -> str:
    try:
        return read_currency(form.text(Field.CURRENCY) or "")
    except ValueError:
        faults[Field.CURRENCY] = N_("I know no such currency; write its code, as in EUR, USD or RUB.")
        return "EUR"


def _amount(form: FormState, block: str, currency: str, faults: dict[str, Message]) -> int | None:
    text = form.text(block)
    if text is None:
        return None
    try:
        money = read_signed_money(text, currency)
    except TooLarge:
        faults[block] = _TOO_LARGE
        return None
    except ValueError:
        faults[block] = Message(_NOT_AN_AMOUNT.msgid, {"currency": currency})
        return None
    if money.currency != currency:
        faults[block] = N_("Plan in {currency}, the currency of this activity.", currency=currency)
    elif money.amount < 0:
        faults[block] = N_("A plan can't be below zero.")
    return money.amount


def _count(form: FormState, block: str, faults: dict[str, Message]) -> int | None:
    text = form.text(block)
    if text is None:
        return None
    try:
        number = read_count(text)
    except TooLarge:
        faults[block] = _TOO_LARGE
        return None
    except ValueError:
        faults[block] = _NOT_A_NUMBER
        return None
    if number < 0:
        faults[block] = N_("A plan can't be below zero.")
    return number


def _insights(
    connection: Connection,
    team_id: str,
    who: Viewer,
    bridge: Bridge,
    form: FormState,
    faults: dict[str, Message],
) -> tuple[int, ...]:
    text = form.text(Field.INSIGHTS) or ""
    numbers = list(dict.fromkeys(re.findall(r"\d{1,9}", text)))
    if re.sub(r"[#№\d\s,;.]|and|и", "", text) or len(numbers) > MOST_INSIGHTS:
        faults[Field.INSIGHTS] = N_("Write at most 100 numbers of insights, as in #12, #15.")
        return ()
    found: list[int] = []
    for number in numbers:
        insight = insights.by_number(connection, team_id, int(number))
        if insight is not None and insight.merged_into_id is not None:
            insight = insights.by_id(connection, insight.merged_into_id)
        if (
            insight is None
            or insight.bridge_id != bridge.id
            or insight.status == "withdrawn"
            or not may_see_insight(connection, who, insight, bridge)
        ):
            faults[Field.INSIGHTS] = N_("I find no insight #{number} of this bridge.", number=number)
            return ()
        found.append(insight.id)
    if THEMES in form.options(Field.THEMES):
        found += _of_the_same_themes(connection, found)
    return tuple(dict.fromkeys(found))[:MOST_INSIGHTS]


def _of_the_same_themes(connection: Connection, insight_ids: Sequence[int]) -> list[int]:
    """All insights about the same things as these."""
    found = sorted(set(themes.themes_of(connection, insight_ids).values()))
    return [insight.id for theme in found for insight in themes.members(connection, theme)]


def _require_not_cancelled(activity: Activity) -> None:
    if activity.status == Status.CANCELLED:
        raise UserError(N_("This activity is cancelled; its plan can't be changed any more."))
