"""Faults to order: what goes wrong between Slack and an app, seeded so that it can be repeated.

A rule says what, how often (`rate`, `times`) and for whom (`match`: a Web API method, an event
type, a command or an interaction type). Kinds on deliveries: drop_ack, redeliver, duplicate
(`count`), delay (`seconds`), reorder. On Web API calls: ratelimit (`seconds` = Retry-After), error
(HTTP `status`), slow (`seconds`), lose_response.
"""

import random
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from playground.model import Json

DELIVERY_KINDS = frozenset({"drop_ack", "redeliver", "duplicate", "delay", "reorder"})
CALL_KINDS = frozenset({"ratelimit", "error", "slow", "lose_response"})
SWITCHES = ("refuse_data_visualization", "replies_give_thread", "token_revoked", "silent_sockets")


@dataclass
class Rule:
    """One fault. `times` None means without end; `rate` is the share of occasions it strikes."""

    kind: str
    match: str | None = None
    rate: float = 1.0
    times: int | None = 1
    seconds: float = 1.0
    count: int = 1
    status: int = 500
    hits: int = 0

    def __post_init__(self) -> None:
        if self.kind not in DELIVERY_KINDS | CALL_KINDS:
            raise ValueError(f"unknown fault {self.kind!r}")
        if not 0.0 <= self.rate <= 1.0:
            raise ValueError("rate must be between 0 and 1")


class Faults:
    """The faults in force, and switches for standing conditions.

    Switches: `refuse_data_visualization` (an older workspace), `replies_give_thread` (what
    conversations.replies gives for a reply's ts: its thread, not the reply alone), `token_revoked`,
    `silent_sockets` (connections stay open and deliver nothing).
    """

    def __init__(self, seed: int = 0) -> None:
        self._lock = threading.Lock()
        self._random = random.Random(seed)
        self._rules: list[Rule] = []
        self.refuse_data_visualization = False
        self.replies_give_thread = False
        self.token_revoked = False
        self.silent_sockets = False

    def add(
        self,
        kind: str,
        match: str | None = None,
        *,
        rate: float = 1.0,
        times: int | None = 1,
        seconds: float = 1.0,
        count: int = 1,
        status: int = 500,
    ) -> Rule:
        """Order a fault; ValueError for an unknown kind. Gives the rule, whose `hits` count."""
        rule = Rule(kind, match, rate, times, seconds, count, status)
        with self._lock:
            self._rules.append(rule)
        return rule

    def remove(self, rule: Rule) -> None:
        """End a fault, if it is still in force."""
        with self._lock:
            self._rules = [one for one in self._rules if one is not rule]

    def clear(self) -> None:
        """No more faults: all rules and switches off."""
        with self._lock:
            self._rules.clear()
            for name in SWITCHES:
                setattr(self, name, False)

    def reseed(self, seed: int) -> None:
        """Start the dice anew."""
        with self._lock:
            self._random = random.Random(seed)

    def take(self, kind: str, name: str) -> Rule | None:
        """The rule of that kind that strikes `name` now; it counts as used."""
        with self._lock:
            for rule in self._rules:
                if rule.kind != kind or rule.match not in (None, name):
                    continue
                if rule.times is not None and rule.hits >= rule.times:
                    continue
                if rule.rate < 1.0 and self._random.random() >= rule.rate:
                    continue
                rule.hits += 1
                return rule
            return None

    def apply(self, order: Mapping[str, object]) -> None:
        """Do what a JSON order says: `clear`, `seed`, `add` (a list of rules), and switches.

        Raises ValueError for anything it does not know.
        """
        known = {"clear", "seed", "add", *SWITCHES}
        if unknown := set(order) - known:
            raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
        if order.get("clear"):
            self.clear()
        if "seed" in order:
            self.reseed(int(str(order["seed"])))
        rules = order.get("add", [])
        if not isinstance(rules, list):
            raise ValueError("add must be a list of rules")
        for rule in rules:
            try:
                self.add(**rule)
            except TypeError as fault:
                raise ValueError(f"not a rule: {fault}") from fault
        for name in SWITCHES:
            if name in order:
                setattr(self, name, bool(order[name]))

    def as_json(self) -> Json:
        """The rules with their hits, and the switches."""
        with self._lock:
            rules = [asdict(rule) for rule in self._rules]
        return {"rules": rules, **{name: getattr(self, name) for name in SWITCHES}}
