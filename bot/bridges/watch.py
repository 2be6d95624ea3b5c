"""The bridges as the ear of events needs them: in memory, at most two seconds behind the database.

Every event of the workspace passes here before it is acknowledged, and most are of no interest; they must
cost no query. A process sees its own changes at once (`forget`), those of other replicas within `FRESH`.
"""

import threading
import time
from typing import Final

from storage import bridges
from storage.bridges import Bridge
from storage.database import Database

FRESH: Final = 2.0  # seconds


class BridgeWatch:
    """Answers from memory which bridge a channel belongs to. Safe to use from several threads."""

    def __init__(self, database: Database, team_id: str) -> None:
        self._database = database
        self._team_id = team_id
        self._lock = threading.Lock()
        self._version = -1
        self._looked_at = float("-inf")
        self._by_sales_channel: dict[str, Bridge] = {}
        self._channels: frozenset[str] = frozenset()

    def forget(self) -> None:
        """Look at the database again the next time."""
        self._looked_at = float("-inf")

    def of_sales_channel(self, channel_id: str) -> Bridge | None:
        """The bridge that the channel is a sales channel of."""
        self._refresh()
        return self._by_sales_channel.get(channel_id)

    def is_bridged(self, channel_id: str) -> bool:
        """Whether the channel is a sales or marketing channel of some bridge."""
        self._refresh()
        return channel_id in self._channels

    def _refresh(self) -> None:
        if time.monotonic() - self._looked_at < FRESH:
            return
        with self._lock, self._database.reading() as connection:
            version = bridges.version(connection, self._team_id)
            if version != self._version:
                found = bridges.all_bridges(connection, self._team_id)
                self._by_sales_channel = {
                    channel: bridge for bridge in found for channel in bridge.sales_channel_ids
                }
                self._channels = frozenset(self._by_sales_channel) | {
                    bridge.marketing_channel_id for bridge in found
                }
                self._version = version
            self._looked_at = time.monotonic()
