"""What must not be, and where nobody but the run itself can see it: in logs and in how long people waited."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Finding:
    """Something that must not be. `kind`: lost · doubled · wrong · parked · leaked · late."""

    kind: str
    what: str


def texts_in_logs(folder: Path) -> Iterator[Finding]:
    """No message text stands in any log."""
    for log in sorted(folder.glob("*.log")):
        words = set(re.findall(r"tok\d{6}v\d+|say\d{6}", log.read_text(encoding="utf-8", errors="replace")))
        if words:
            yield Finding("leaked", f"{log.name} holds message text: {sorted(words)[:3]}")


def late(acks: Iterable[float], slowest: float | None) -> Iterator[Finding]:
    """No acknowledgement took longer than that, in seconds."""
    count = sum(slowest is not None and one >= slowest for one in acks)
    if count:
        yield Finding("late", f"{count} acknowledgements took {slowest} s or more")
