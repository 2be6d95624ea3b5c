"""The one source of time. Only `SystemClock` reads the machine's clock."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time. `now` may be moved in a demo or a test; `real` never is."""

    def now(self) -> datetime:
        """The instant in which Frontline lives: schedules, periods, what people see. Aware UTC."""

    def real(self) -> datetime:
        """The machine's own instant: leases, backoff, pace. Aware UTC."""


class SystemClock:
    """Both times are the machine's."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def real(self) -> datetime:
        return datetime.now(UTC)


class FixedClock:
    """A `now` that stands where it was put (`tick --at`), beside the machine's real time."""

    def __init__(self, instant: datetime) -> None:
        if instant.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        self._instant = instant.astimezone(UTC)

    def now(self) -> datetime:
        return self._instant

    def real(self) -> datetime:
        return datetime.now(UTC)


def slack_ts(instant: datetime) -> str:
    """The instant as Slack writes it: seconds, a dot, six digits."""
    return f"{int(instant.timestamp())}.{instant.microsecond:06d}"


def from_slack_ts(ts: str) -> datetime:
    """The instant that a Slack `ts` names. Raises ValueError where it is none."""
    seconds, _, fraction = ts.partition(".")
    return datetime.fromtimestamp(int(seconds), UTC).replace(microsecond=int(fraction[:6].ljust(6, "0")))
