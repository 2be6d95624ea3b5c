"""What use cases and workers need, made once in `app.py` and passed to them."""

import threading
from dataclasses import dataclass, field

from bot.clock import Clock
from bot.live import Live
from bot.slack import Identity, SlackGateway
from storage.database import Database


@dataclass(frozen=True)
class Wake:
    """Bells that workers wait for, so that nothing lies until the next look."""

    inbox: threading.Event = field(default_factory=threading.Event)
    outbox: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True)
class Services:
    """The parts of one running Frontline."""

    db: Database
    clock: Clock
    slack: SlackGateway
    identity: Identity
    wake: Wake = field(default_factory=Wake)
    live: Live = field(default_factory=Live)

    @property
    def team_id(self) -> str:
        return self.identity.team_id
