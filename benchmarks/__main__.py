"""`python -m benchmarks`: measures, and prints one table. Exit status 0; 2 for misuse.

Whether an aim is met stands in the table: a machine that does other things at the same time is no failure.
"""

import sys
from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Final

import click

from benchmarks import acknowledgements, adding, digests, latency, start
from benchmarks.measure import Report
from benchmarks.table import as_json, as_table
from bot.logs import configure_logging

FULL: Final[Mapping[str, Callable[[], Report]]] = {
    "ack-sqlite": lambda: acknowledgements.sqlite(acknowledgements.Size()),
    "ack-postgresql": lambda: acknowledgements.postgresql(acknowledgements.Size()),
    "latency": lambda: latency.run(latency.Size()),
    "start": lambda: start.run(start.Size()),
    "digest": lambda: digests.run(digests.Size()),
    "adding": lambda: adding.run(adding.Size()),
}
QUICK: Final[Mapping[str, Callable[[], Report]]] = {
    "ack-sqlite": lambda: acknowledgements.sqlite(acknowledgements.Size(rounds=15)),
    "ack-postgresql": lambda: acknowledgements.postgresql(acknowledgements.Size(rounds=15)),
    "latency": lambda: latency.run(latency.Size(rounds=1, seconds=3)),
    "start": lambda: start.run(start.Size(rounds=1)),
    "digest": lambda: digests.run(digests.Size(rounds=20, large=100_000)),
    "adding": lambda: adding.run(adding.Size(rounds=20, large=100_000)),
}


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--quick", is_flag=True, help="Fewer rounds and a smaller store: under two minutes, rougher.")
@click.option("--only", multiple=True, type=click.Choice(list(FULL)), help="Just this one; may be repeated.")
@click.option("--json", "in_json", is_flag=True, help="Print JSON instead of the table.")
def main(quick: bool, only: tuple[str, ...], in_json: bool) -> None:
    """Measure Frontline beside baselines, in turns, and print one table.

    Frontline's figure and the baseline's are medians over the rounds; the ratio is the median of the rounds'
    ratios, with the lowest and highest as its spread.
    """
    configure_logging("WARNING", "console")
    reports = []
    for name, measure in (QUICK if quick else FULL).items():
        if only and name not in only:
            continue
        began = perf_counter()
        reports.append(measure())
        print(f"{name}: measured in {perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
    print(as_json(reports) if in_json else as_table(reports))


if __name__ == "__main__":
    main()
