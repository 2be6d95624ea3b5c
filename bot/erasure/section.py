"""Administrators' part of the home tab: the way to erase, and the record of what was."""

from slack_sdk.models.blocks import Block

from bot.erasure.answer import may_erase_people
from bot.home.look import Look
from bot.messages.erasure import MOST_ENTRIES, Record, record
from storage import erasure, workspace


def section(look: Look) -> list[Block]:
    """A `bot.home.look.Section`; only for those who may erase."""
    connection, reader = look.connection, look.reader
    managed = {one.id: one.name for one in reader.managed}
    if not managed:
        return []
    entries = erasure.newest(connection, look.team_id, MOST_ENTRIES, managed)
    if not may_erase_people(reader):
        entries = [one for one in entries if one.bridge_id is not None]
    names = workspace.names(
        connection, look.team_id, {one.by_user_id for one in entries if one.by_user_id is not None}
    )
    lifetimes = erasure.lifetimes_of(connection, managed)
    limited = [(name, lifetimes[key]) for key, name in managed.items() if key in lifetimes]
    return record(reader.texts, Record(entries, names, managed, limited, reader.time_zone))
