"""`/frontline setup`: makes and changes bridges, once for each gesture (promise 2).

No step waits for Slack: whether Frontline is in a channel is known from the directory, and joining is the
inbox worker's (`bot.workspace.moods.join_channel`).
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.bridges.categories import DEFAULT_FLAGS, default_categories
from bot.bridges.checks import checked, read_answers
from bot.bridges.following import follow_zone
from bot.bridges.rights import (
    FormMemory,
    bridge_fingerprint,
    entitled,
    managed_bridge,
    read_memory,
    require_unchanged,
)
from bot.bridges.zones import search_zones, zone_choice, zone_names
from bot.digests.schedule import REGULARS, default_schedule
from bot.gestures import Answer, FormState, Gesture, Open, Update
from bot.inbox import Incoming, accept, say_for
from bot.meetings.series import settle_bridge
from bot.messages.bridges import ChannelState, FormStart, bridge_form, bridge_list, bridge_saved
from bot.messages.common import option
from bot.recurrence import day_bounds
from bot.schedules import recurrence_of, save_schedule
from bot.services import Services
from bot.workspace.access import Viewer, viewer
from storage import bridges, inbox, meetings, schedules, workspace
from storage.bridges import Bridge, BridgeValues
from storage.rows import lock


def open_setup(services: Services, gesture: Gesture) -> Answer:
    """No bridge yet: the form of a new one; one: its form; several: the list. Raises UserError."""
    with services.db.reading() as connection:
        who = entitled(connection, services.team_id, gesture.user_id)
        if not who.managed:
            return Open(_form(services, connection, who, None))
        if len(who.managed) == 1:
            return Open(_form(services, connection, who, who.managed[0]))
        near = sorted(who.managed, key=lambda bridge: not _holds(bridge, gesture.channel_id))
        return Open(bridge_list(who.texts, near, may_create=who.may_create_bridges))


def open_bridge(services: Services, gesture: Gesture, bridge_id: str) -> Answer:
    """One bridge's form, in place of the list. Raises UserError."""
    with services.db.reading() as connection:
        who = entitled(connection, services.team_id, gesture.user_id)
        return Update(_form(services, connection, who, managed_bridge(who, bridge_id)))


def open_new_bridge(services: Services, gesture: Gesture) -> Answer:
    """The form of a new bridge, on top: in place of another's form, Slack would keep what stands there."""
    with services.db.reading() as connection:
        who = entitled(connection, services.team_id, gesture.user_id)
        return Open(_form(services, connection, who, None))


def _holds(bridge: Bridge, channel_id: str | None) -> bool:
    return channel_id in {*bridge.sales_channel_ids, bridge.marketing_channel_id}


def _form(services: Services, connection: Connection, who: Viewer, bridge: Bridge | None) -> dict[str, Any]:
    own = who.time_zone if who.time_zone in zone_names() else "UTC"
    zone = bridge.time_zone if bridge else own
    known = _known(connection, services.team_id, _channels(bridge) if bridge else ())
    start = FormStart(
        bridge=bridge,
        zone=zone_choice(zone, services.clock.now(), who.language),
        language=bridge.language if bridge else who.language,
        flag_emoji=bridge.flag_emoji if bridge else DEFAULT_FLAGS,
        chooses_managers=who.is_admin,
        may_create=who.may_create_bridges,
        shows_shared=any(channel.is_shared for channel in known.values()),
        metadata=FormMemory(
            bridge.id if bridge else None, bridge_fingerprint(bridge) if bridge else "", who.language
        ).write(),
        groups=meetings.groups(connection, services.team_id),
    )
    return bridge_form(who.texts, start)


def save_bridge(services: Services, gesture: Gesture, form: FormState, metadata: str) -> Answer:
    """Make or change a bridge. Raises UserError (no right, gone, changed meanwhile) or FormError."""
    memory, answers = read_memory(metadata), read_answers(form)
    team_id, now = services.team_id, services.clock.now()
    with services.db.writing() as connection:
        lock(connection, "bridges", team_id)
        is_first = inbox.first_time(connection, gesture.key, now)
        who = entitled(connection, team_id, gesture.user_id)
        if is_first:
            bridge = None if memory.bridge_id is None else managed_bridge(who, memory.bridge_id)
            if bridge is not None:
                require_unchanged(memory, bridge_fingerprint(bridge))
            values = checked(connection, team_id, who, bridge, answers)
            if bridge is None:
                make_bridge(services, connection, values)
            else:
                _change(services, connection, bridge, values, gesture.key)
            ask_to_join(services, connection, answers.channels, gesture.key, gesture.user_id)
        states = _states(connection, team_id, answers.channels)
        return Update(bridge_saved(who.texts, answers.name, states, is_new=memory.bridge_id is None))


def make_bridge(services: Services, connection: Connection, values: BridgeValues) -> Bridge:
    """A new bridge with the categories and the digest that every bridge begins with."""
    now = services.clock.now()
    bridge_id = bridges.add_bridge(connection, services.team_id, values, now)
    bridges.save_categories(connection, services.team_id, bridge_id, default_categories())
    bridge = bridges.bridge(connection, bridge_id)
    assert bridge is not None
    for regular in REGULARS.values():
        default_schedule(connection, bridge, now, regular)
    return bridge


def _change(
    services: Services, connection: Connection, bridge: Bridge, values: BridgeValues, correlation_id: str
) -> None:
    now = services.clock.now()
    bridges.change_bridge(connection, services.team_id, bridge.id, values, now)
    if values.time_zone != bridge.time_zone:
        for kind in REGULARS:
            _move(connection, bridge.id, kind, values.time_zone, now)
    changed = bridges.bridge(connection, bridge.id)
    assert changed is not None
    say = say_for(services, connection, correlation_id)
    settle_bridge(connection, say, changed)
    if values.time_zone != bridge.time_zone:
        follow_zone(connection, say, changed)
    concerned = {*bridge.manager_ids, *changed.manager_ids}
    for one in (bridge, changed):
        concerned |= workspace.members_of(connection, services.team_id, one.marketing_channel_id)
    for user_id in workspace.with_home(connection, services.team_id, concerned):
        say.home(user_id)


def _move(connection: Connection, bridge_id: int, kind: str, zone: str, now: datetime) -> None:
    """The same local time in the new zone. The next run keeps its local day, so that none is lost.

    Where that day's time is past already in the new zone, it is due at once.
    """
    schedule = schedules.hold(connection, bridge_id, kind)
    if schedule is None:
        return
    after = None
    if schedule.next_run_at is not None and not schedule.is_paused:
        day = schedule.next_run_at.astimezone(ZoneInfo(schedule.time_zone)).date()
        after = day_bounds(day, zone)[0] - timedelta(microseconds=1)
    moved = replace(recurrence_of(schedule), zone=zone)
    save_schedule(connection, bridge_id, kind, moved, now, is_paused=schedule.is_paused, after=after)


def ask_to_join(
    services: Services, connection: Connection, channel_ids: Iterable[str], key: str, user_id: str | None
) -> None:
    """Let the worker join those channels that Frontline is not in; it says so if it can't."""
    for channel_id, state in _states(connection, services.team_id, channel_ids):
        if state == "joining":
            joining = Incoming(
                "join_channel", f"join:{channel_id}:{key}", channel_id=channel_id, user_id=user_id
            )
            accept(services, connection, joining)


def _states(
    connection: Connection, team_id: str, channel_ids: Iterable[str]
) -> list[tuple[str, ChannelState]]:
    """Where Frontline stands with each channel. One that is not in the directory may yet be public."""
    known = _known(connection, team_id, channel_ids)
    states: list[tuple[str, ChannelState]] = []
    for channel_id in channel_ids:
        channel = known.get(channel_id)
        if channel and channel.is_member:
            states.append((channel_id, "in"))
        elif channel and channel.is_private:
            states.append((channel_id, "invite"))
        else:
            states.append((channel_id, "joining"))
    return states


def _known(connection: Connection, team_id: str, channel_ids: Iterable[str]) -> dict[str, workspace.Channel]:
    found = ((one, workspace.channel(connection, team_id, one)) for one in channel_ids)
    return {one: channel for one, channel in found if channel is not None}


def _channels(bridge: Bridge) -> tuple[str, ...]:
    return (*bridge.sales_channel_ids, bridge.marketing_channel_id)


def zone_options(services: Services, user_id: str, query: str) -> list[dict[str, Any]]:
    """The options of the time zone's field for what was typed so far: at most 100, one's own first."""
    with services.db.reading() as connection:
        who = viewer(connection, services.team_id, user_id)
    found = search_zones(query, own=who.time_zone, now=services.clock.now(), language=who.language)
    return [option(choice.label, choice.name).to_dict() for choice in found]
