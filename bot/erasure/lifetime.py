"""A bridge's lifetime: what was passed on longer ago is erased every night, by the use case of every erasure.

Whoever sets or shortens it sees first how many insights that would be; they go with the next night's run, so
that it can be taken back until then. A late run is made up: what is due does not become less.
"""

import json
from collections import Counter
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import structlog
from dateutil.relativedelta import relativedelta
from sqlalchemy import Connection

from bot.bridges.rights import entitled, managed_bridge
from bot.erasure.answer import is_confirmed
from bot.erasure.insight import erase_insight
from bot.errors import FormError, UserError
from bot.gestures import Answer, FormState, Gesture, Open, Reply, Update
from bot.i18n import N_
from bot.ids import Field
from bot.inbox import say_for
from bot.messages import erasure as messages
from bot.recurrence import resolve
from bot.say import Say
from bot.services import Services
from bot.workspace.access import Viewer
from storage import bridges, erasing, erasure, inbox, timers, workspace
from storage.bridges import Bridge
from storage.erasure import LIFETIME, Lifetime
from storage.rows import lock
from storage.timers import Timer

log = structlog.get_logger()

TIMER: Final = "lifetime"  # of the timers table; its subject: the bridge's id
AT: Final = time(3, 30)  # local, when few are about
BATCH: Final = 25  # insights in one transaction
LONGEST: Final = {"days": 36_500, "months": 1_200}


def cutoff(lifetime: Lifetime, now: datetime) -> datetime:
    """What was passed on before that instant has outlived it."""
    if lifetime.unit == "days":
        return now - timedelta(days=lifetime.count)
    return now - relativedelta(months=lifetime.count)


def next_night(now: datetime, zone: str) -> datetime:
    """The next half past three at the bridge, in UTC."""
    day = now.astimezone(ZoneInfo(zone)).date()
    at = resolve(datetime.combine(day, AT), zone)
    return at if at > now else resolve(datetime.combine(day + timedelta(days=1), AT), zone)


# --- setting it --------------------------------------------------------------------------------------------


def open_form(services: Services, gesture: Gesture, bridge_id: str) -> Answer:
    """The form, on top of the bridge's. Raises UserError."""
    with services.db.reading() as connection:
        who = entitled(connection, services.team_id, gesture.user_id)
        bridge = managed_bridge(who, bridge_id)
        return Open(messages.lifetime_form(who.texts, bridge, erasure.lifetime_of(connection, bridge.id)))


def save_form(services: Services, gesture: Gesture, metadata: str, form: FormState) -> Answer:
    """Save it where nothing goes by it yet, else show what would. Raises FormError, UserError."""
    with services.db.writing() as connection:
        who = entitled(connection, services.team_id, gesture.user_id)
        bridge = managed_bridge(who, metadata)
        lock(connection, "lifetime", str(bridge.id))
        wanted = _read(form, bridge.id)
        if wanted is not None and _would_go(services, connection, bridge, wanted):
            return Update(_preview(services, connection, who, bridge, wanted))
        if inbox.first_time(connection, gesture.key, services.clock.now()):
            _save(services, connection, gesture, bridge, wanted)
        return Reply({"text": messages.lifetime_saved(who.texts, bridge, wanted)})


def _read(form: FormState, bridge_id: int) -> Lifetime | None:
    """What the form says; None: for ever. Raises FormError."""
    text, unit = form.text(Field.LIFETIME), form.option(Field.LIFETIME_UNIT)
    if unit not in LONGEST:
        raise FormError({Field.LIFETIME_UNIT: N_("Choose days or months.")})
    if text is None:
        return None
    if not text.isdecimal() or not 1 <= int(text) <= LONGEST[unit]:
        raise FormError({Field.LIFETIME: N_("Write a whole number from 1 to {most}.", most=LONGEST[unit])})
    return Lifetime(bridge_id, int(text), unit)


def _would_go(services: Services, connection: Connection, bridge: Bridge, wanted: Lifetime) -> int:
    """How many insights would go by it that do not go by the lifetime that is set."""
    now, known = services.clock.now(), erasure.lifetime_of(connection, bridge.id)
    if known is not None and cutoff(wanted, now) <= cutoff(known, now):
        return 0
    return erasing.count_older_than(connection, bridge.id, cutoff(wanted, now))


def _preview(
    services: Services,
    connection: Connection,
    who: Viewer,
    bridge: Bridge,
    wanted: Lifetime,
    *,
    has_changed: bool = False,
) -> dict[str, object]:
    count = _would_go(services, connection, bridge, wanted)
    night = next_night(services.clock.now(), bridge.time_zone)
    at = f"{who.texts.moment(night, bridge.time_zone)} ({bridge.time_zone})"
    metadata = json.dumps([bridge.id, wanted.count, wanted.unit, count])
    return messages.lifetime_preview(who.texts, bridge, wanted, count, at, metadata, has_changed=has_changed)


def confirm(services: Services, gesture: Gesture, metadata: str, form: FormState) -> Answer:
    """Save what the preview showed, if no more would go by now. Raises FormError, UserError."""
    wanted, seen = _read_metadata(metadata)
    with services.db.writing() as connection:
        who = entitled(connection, services.team_id, gesture.user_id)
        bridge = managed_bridge(who, wanted.bridge_id)
        lock(connection, "lifetime", str(bridge.id))
        if not is_confirmed(form):
            raise FormError({Field.CONFIRM: N_("Nothing was changed. Write the word that stands above.")})
        if inbox.first_time(connection, gesture.key, services.clock.now()):
            if _would_go(services, connection, bridge, wanted) > seen:
                return Update(_preview(services, connection, who, bridge, wanted, has_changed=True))
            _save(services, connection, gesture, bridge, wanted)
        return Reply({"text": messages.lifetime_saved(who.texts, bridge, wanted)})


def _read_metadata(metadata: str) -> tuple[Lifetime, int]:
    try:
        bridge_id, count, unit, seen = json.loads(metadata)
        if unit not in LONGEST or not 1 <= int(count) <= LONGEST[unit]:
            raise ValueError
        return Lifetime(int(bridge_id), int(count), str(unit)), int(seen)
    except (ValueError, TypeError):
        raise UserError(N_("This form can't be read any more. Open it again.")) from None


def _save(
    services: Services, connection: Connection, gesture: Gesture, bridge: Bridge, wanted: Lifetime | None
) -> None:
    team_id, now = services.team_id, services.clock.now()
    erasure.save_lifetime(connection, bridge.id, wanted, gesture.user_id, now)
    if wanted is None:
        timers.cancel(connection, team_id, TIMER, str(bridge.id))
    else:
        night = next_night(now, bridge.time_zone)
        timers.set_timer(connection, team_id, TIMER, str(bridge.id), night, bridge_id=bridge.id)
    say = say_for(services, connection, gesture.key)
    for user_id in workspace.with_home(connection, team_id, [gesture.user_id]):
        say.home(user_id)


# --- the nightly run ---------------------------------------------------------------------------------------


def ring_lifetime(services: Services, connection: Connection, say: Say, timer: Timer) -> None:
    """A `bot.timers.Bell`: erase a batch of what is too old; at once again while there is more of it."""
    bridge = bridges.bridge(connection, int(timer.subject))
    if bridge is None:
        return
    lock(connection, "lifetime", str(bridge.id))
    lifetime = erasure.lifetime_of(connection, bridge.id)
    old = (
        erasing.older_than(connection, bridge.id, cutoff(lifetime, say.now), BATCH)
        if lifetime is not None
        else []
    )
    run = erasure.under_way(connection, say.team_id, kind=LIFETIME, bridge_id=bridge.id)
    if run is None and old:
        about = {"team_id": say.team_id, "bridge_id": bridge.id, "kind": LIFETIME, "by_user_id": None}
        erasure.begin(connection, {**about, "begun_at": say.now})
        run = erasure.under_way(connection, say.team_id, kind=LIFETIME, bridge_id=bridge.id)
    counts: Counter[str] = Counter()
    for insight in old:
        counts.update(erase_insight(connection, say, insight, bridge))
    if run is not None:
        erasure.count_more(connection, run, counts)
    is_over = len(old) < BATCH
    if run is not None and is_over:
        erasure.finish(connection, run.id, say.now)
    if lifetime is not None:
        at = next_night(say.now, bridge.time_zone) if is_over else say.now
        timers.set_timer(connection, say.team_id, TIMER, str(bridge.id), at, bridge_id=bridge.id)
    if old:
        log.info("lifetime_ended", bridge=bridge.id, insights=len(old))
