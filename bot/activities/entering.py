"""Entries as it goes: money spent, results, and corrections, which never change what they correct."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Connection

from bot.activities.asking import set_askings
from bot.activities.figures import Figures, figures_of, local_day
from bot.activities.kinds import RESULTS, Kind, Status
from bot.activities.money import (
    Money,
    TooLarge,
    convert,
    read_count,
    read_rate,
    read_signed_money,
    typed,
)
from bot.activities.planning import EARLIEST
from bot.activities.rights import colleague, find_to_change
from bot.activities.showing import refresh_homes, show, show_card
from bot.errors import FormError, UserError
from bot.gestures import Answer, FormState, Gesture, Open, Update, id_in
from bot.i18n import N_, Message
from bot.ids import Field
from bot.inbox import say_for
from bot.messages.activities import entry_amount
from bot.messages.activity_forms import MOST_NOTE, EntryStart, entry_form
from bot.say import Say
from bot.services import Services
from storage import activities, inbox
from storage.activities import Activity, Entry
from storage.bridges import Bridge
from storage.rows import lock

CORRECTED: Final = N_("This entry was corrected already; correct the newest one.")


@dataclass(frozen=True)
class Reading:
    """An entry as it was read from a form."""

    kind: Kind
    amount: int  # a number, or minor units of the activity's currency
    on_date: date
    note: str | None
    given: Money | None = None  # in another currency
    rate: Decimal | None = None


def open_entry(services: Services, gesture: Gesture, activity_id: int, *, is_spend: bool) -> Answer:
    """The form for money spent, or for a result. Raises UserError."""
    with services.db.reading() as connection:
        who = colleague(services, connection, gesture)
        activity, bridge = find_to_change(connection, who, activity_id)
        _require_takes(activity, is_spend=is_spend)
        today = local_day(bridge, services.clock.now())
    start = EntryStart(activity.id, activity.title, activity.currency, today, is_spend=is_spend)
    return Open(entry_form(who.texts, start))


def open_correction(services: Services, gesture: Gesture, value: str) -> Answer:
    """The form that corrects an entry; `value`: ids of activity and entry. Raises UserError."""
    activity_id, _, entry_id = value.partition(":")
    with services.db.reading() as connection:
        who = colleague(services, connection, gesture)
        activity, bridge = find_to_change(connection, who, id_in(activity_id))
        (figures,) = figures_of(connection, [activity])
        entry = _to_correct(figures, id_in(entry_id))
        (shown,) = show(connection, services, who, [figures])
        kind, currency = Kind(entry.kind), entry.given_currency or activity.currency
        amount = entry.amount if entry.given_amount is None else entry.given_amount
        said = typed(amount, currency) if kind.is_money else str(amount)
        start = EntryStart(
            activity_id=activity.id,
            title=activity.title,
            currency=activity.currency,
            today=local_day(bridge, services.clock.now()),
            is_spend=kind is Kind.SPEND,
            corrects_id=entry.id,
            corrected=entry_amount(who.texts, shown, entry),
            kind=kind,
            amount=f"{said} {entry.given_currency}" if entry.given_currency else said,
            rate=entry.rate or "",
            on_date=entry.on_date,
            note=entry.note or "",
        )
    return Open(entry_form(who.texts, start))


def save_entry(services: Services, gesture: Gesture, form: FormState, carried: Mapping[str, Any]) -> Answer:
    """Store what the form says; `carried`: what it carried round. Raises FormError, UserError."""
    with services.db.writing() as connection:
        who = colleague(services, connection, gesture)
        activity, bridge = find_to_change(connection, who, id_in(carried.get("activity")))
        lock(connection, "activity", str(activity.id))
        if inbox.first_time(connection, gesture.key, services.clock.now()):
            (figures,) = figures_of(connection, [activity])
            corrects_id = carried.get("corrects")
            corrected = _to_correct(figures, id_in(corrects_id)) if corrects_id is not None else None
            kind = Kind(corrected.kind) if corrected else _kind(form, is_spend=bool(carried.get("spend")))
            if corrected is None:
                _require_takes(activity, is_spend=kind is Kind.SPEND)
            today = local_day(bridge, services.clock.now())
            reading = read_entry(form, kind, activity.currency, today, is_correction=corrected is not None)
            require_sum(figures, reading, corrected)
            say = say_for(services, connection, gesture.key)
            store_entry(connection, say, gesture.user_id, bridge, activity, reading, corrected)
        return Update(show_card(connection, services, who, activity.id))


def store_entry(
    connection: Connection,
    say: Say,
    user_id: str,
    bridge: Bridge,
    activity: Activity,
    reading: Reading,
    corrected: Entry | None = None,
) -> None:
    """Write the entry. A result, or money spent from the first day on, lets a planned activity run."""
    written = activities.add_entry(
        connection,
        {
            "activity_id": activity.id,
            "kind": reading.kind,
            "on_date": reading.on_date,
            "amount": reading.amount,
            "given_amount": reading.given.amount if reading.given else None,
            "given_currency": reading.given.currency if reading.given else None,
            "rate": str(reading.rate) if reading.rate is not None else None,
            "note": reading.note,
            "corrects_id": corrected.id if corrected else None,
            "entered_by": user_id,
            "entered_at": say.now,
        },
    )
    if not written:
        raise UserError(CORRECTED)
    shows_begin = reading.kind is not Kind.SPEND or reading.on_date >= activity.starts_on
    if activity.status == Status.PLANNED and shows_begin and corrected is None:
        values = {"status": Status.RUNNING, "started_on": reading.on_date, "changed_at": say.now}
        activities.change(connection, activity.id, values)
        running = activities.by_id(connection, activity.id)
        assert running is not None
        set_askings(connection, bridge, running, say.now)
    refresh_homes(connection, say, bridge)


def read_entry(
    form: FormState, kind: Kind, currency: str, today: date, *, is_correction: bool = False
) -> Reading:
    """What the form says. Raises FormError with all faults."""
    faults: dict[str, Message] = {}
    on_date = _day(form, today, faults)
    note = form.text(Field.NOTE)
    if note and len(note) > MOST_NOTE:
        faults[Field.NOTE] = N_("At most 1,000 characters.")
    text = form.text(Field.AMOUNT) or ""
    reading = Reading(kind, 0, on_date, note)
    try:
        if kind.is_money:
            reading = _read_money(form, text, reading, currency, faults)
        else:
            reading = Reading(kind, read_count(text), on_date, note)
    except TooLarge:
        faults[Field.AMOUNT] = N_("That is more than I can count with.")
    except ValueError:
        faults[Field.AMOUNT] = (
            N_("Write an amount in {currency}, such as 12,500.", currency=currency)
            if kind.is_money
            else N_("Write a whole number, such as 12.")
        )
    if Field.AMOUNT not in faults:
        if kind is Kind.SPEND and reading.amount == 0 and not is_correction:
            faults[Field.AMOUNT] = N_("Nothing spent needs no entry.")
        if reading.amount < 0 and not note:
            faults[Field.NOTE] = N_("Say in a note why it is taken back.")
    if faults:
        raise FormError(faults)
    return reading


def _read_money(
    form: FormState, text: str, reading: Reading, currency: str, faults: dict[str, Message]
) -> Reading:
    money, typed_rate = read_signed_money(text, currency), form.text(Field.RATE)
    if money.currency == currency:
        if typed_rate:
            faults[Field.RATE] = N_("No rate is needed for {currency}.", currency=currency)
        return Reading(reading.kind, money.amount, reading.on_date, reading.note)
    try:
        rate = read_rate(typed_rate or "")
    except ValueError:
        faults[Field.RATE] = N_(
            "Say what one {other} is worth in {currency}, as in 0.92.",
            other=money.currency,
            currency=currency,
        )
        return reading
    amount = convert(money, rate, currency)
    return Reading(reading.kind, amount, reading.on_date, reading.note, money, rate)


def require_sum(figures: Figures, reading: Reading, corrected: Entry | None = None) -> None:
    """No sum may fall below zero: more can't be taken back than there is. Raises FormError."""
    before = figures.totals.get(reading.kind) or 0
    after = before + reading.amount - (corrected.amount if corrected else 0)
    if after < 0:
        raise FormError({Field.AMOUNT: N_("That would take back more than was entered.")})


def _day(form: FormState, today: date, faults: dict[str, Message]) -> date:
    try:
        day = date.fromisoformat(form.picked(Field.ON_DATE) or "")
    except ValueError:
        day = date.min
    if day < EARLIEST:
        faults[Field.ON_DATE] = N_("Choose a day.")
    elif day > today:
        faults[Field.ON_DATE] = N_("That day is yet to come; enter what has happened.")
    return day


def _kind(form: FormState, *, is_spend: bool) -> Kind:
    if is_spend:
        return Kind.SPEND
    chosen = form.option(Field.KIND)
    if chosen not in set(RESULTS):
        raise FormError({Field.KIND: N_("Choose what came.")})
    return Kind(str(chosen))


def _to_correct(figures: Figures, entry_id: int) -> Entry:
    entry = next((one for one in figures.entries if one.id == entry_id), None)
    if entry is None:
        raise UserError(N_("This entry no longer exists; nothing was changed."))
    if entry not in figures.standing:
        raise UserError(CORRECTED)
    return entry


def _require_takes(activity: Activity, *, is_spend: bool) -> None:
    """What is cancelled may still cost something, but brings nothing any more."""
    if activity.status == Status.CANCELLED and not is_spend:
        raise UserError(N_("This activity is cancelled; only spend and corrections can be entered."))
