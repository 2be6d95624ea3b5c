"""What a run came to, in figures."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.chaos.findings import Finding

SHOWN = 20  # findings that are printed


@dataclass
class Report:
    """A run's figures and findings."""

    title: str
    seconds: float = 0.0
    gestures: Counter[str] = field(default_factory=Counter)
    unopened: int = 0
    troubles: Counter[str] = field(default_factory=Counter)
    starts: int = 0
    killed: int = 0  # processes that a SIGKILL ended
    refused_starts: int = 0
    deliveries: int = 0
    attempts: int = 0
    unacknowledged: int = 0
    overdue: int = (
        0  # attempts for which Slack waited its three seconds in vain, though nothing stood in the way
    )
    calls: Counter[str] = field(default_factory=Counter)
    acks: Sequence[float] = ()  # seconds, sorted
    rows: Counter[str] = field(default_factory=Counter)
    findings: Sequence[Finding] = ()

    @property
    def is_clean(self) -> bool:
        """Whether nothing was lost, doubled, wrong, parked, leaked or late."""
        return not self.findings

    def ack(self, share: float) -> float:
        """The acknowledgement time that this share of requests kept within, in seconds."""
        return self.acks[min(len(self.acks) - 1, int(share * len(self.acks)))] if self.acks else 0.0

    def __str__(self) -> str:
        kinds = Counter(one.kind for one in self.findings)
        lines = [
            self.title,
            f"  gestures       {self.gestures.total():>7}  {_list(self.gestures)}",
            f"  forms that did not open or were not needed: {self.unopened}",
            f"  deliveries     {self.deliveries:>7}  {self.attempts} attempts; "
            f"never acknowledged: {self.unacknowledged}",
            f"  Web API calls  {self.calls.total():>7}  {_list(self.calls)}",
            f"  troubles       {self.troubles.total():>7}  {_list(self.troubles)}",
            f"  starts         {self.starts:>7}  {self.killed} killed, "
            f"{self.refused_starts} refused by a fault at the start",
            f"  ack seconds    p50 {self.ack(0.5):.3f}, p99 {self.ack(0.99):.3f}, max {self.ack(1.0):.3f}; "
            f"not within Slack's three: {self.overdue}",
            f"  rows           {self.rows.total():>7}  {_list(self.rows)}",
            "  result         " + ", ".join(f"{kinds[kind]} {kind}" for kind in KINDS),
            f"  took {self.seconds:.0f} s",
        ]
        lines += [f"  ! {one.kind}: {one.what}" for one in self.findings[:SHOWN]]
        if len(self.findings) > SHOWN:
            lines.append(f"  … and {len(self.findings) - SHOWN} more")
        return "\n".join(lines)


KINDS = ("lost", "doubled", "wrong", "parked", "leaked", "late")


def _list(counter: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counter.items()))
