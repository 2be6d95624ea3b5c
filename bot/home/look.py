"""Who looks at a home tab, and what a section of it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slack_sdk.models.blocks import Block
from sqlalchemy import Connection

from bot.workspace.access import Viewer


@dataclass(frozen=True)
class Look:
    """A person looks at her home tab."""

    connection: Connection
    team_id: str
    reader: Viewer
    now: datetime
    asked: Mapping[str, Any]  # what the last gesture asked to see: the offset of a list, a filter


Section = Callable[[Look], list[Block]]
