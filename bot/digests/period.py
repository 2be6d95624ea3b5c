"""The time that a digest covers, and the time it is compared with."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bot.digests.schedule import Frequency
from bot.recurrence import Recurrence
from storage.digests import Span

_LONG_AGO: Final = timedelta(days=400)  # more than two of the longest periods


@dataclass(frozen=True)
class Period:
    """A span between two due instants, or from the last one up to now, and its like before it."""

    span: Span
    before: Span
    frequency: Frequency
    is_whole: bool = True  # False: it is still running

    @property
    def start(self) -> datetime:
        return self.span.start

    @property
    def end(self) -> datetime:
        return self.span.end

    @property
    def history(self) -> Span:
        """The period before, whole, and as much time again before it."""
        return Span(self.before.start - (self.start - self.before.start), self.start)


def period_until(recurrence: Recurrence, frequency: Frequency, due_at: datetime) -> Period:
    """From the due instant before `due_at` up to it: on weekdays alone, Monday's reaches back to Friday."""
    start, earlier = _two_before(recurrence, due_at)
    return Period(span=Span(start, due_at), before=Span(earlier, start), frequency=frequency)


def period_so_far(recurrence: Recurrence, frequency: Frequency, now: datetime) -> Period:
    """From the last due instant up to now, beside as much of the period before."""
    start, earlier = _two_before(recurrence, now)
    same_point = min(start, earlier + (now - start))
    return Period(
        span=Span(start, now), before=Span(earlier, same_point), frequency=frequency, is_whole=False
    )


def _two_before(recurrence: Recurrence, instant: datetime) -> tuple[datetime, datetime]:
    # The first digest looks back too, to a time before the schedule was made.
    ever = replace(recurrence, start_on=min(recurrence.start_on, instant.date()) - _LONG_AGO)
    start = ever.previous_before(instant)
    assert start is not None
    earlier = ever.previous_before(start)
    assert earlier is not None
    return start, earlier
