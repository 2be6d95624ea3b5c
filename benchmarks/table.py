"""The table that `python -m benchmarks` prints, and the same for machines."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from textwrap import fill

from benchmarks.measure import Figure, Report

HEAD = ("benchmark", "figure", "unit", "Frontline", "baseline", "ratio", "spread", "aim", "")


def as_table(reports: Iterable[Report]) -> str:
    """One line a figure, and below each benchmark what it means."""
    found = list(reports)
    rows = [HEAD, *(_row(one) for report in found for one in report.figures)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEAD))]
    lines = [_line(rows[0], widths), "  ".join("-" * width for width in widths)]
    lines += [_line(row, widths) for row in rows[1:]]
    for report in found:
        name = report.figures[0].benchmark
        lines += ["", fill(f"{name}: {report.meaning}", width=110)]
    return "\n".join(lines)


def as_json(reports: Iterable[Report]) -> str:
    """The same figures for machines."""
    told = [
        {"meaning": report.meaning, "figures": [_told(one) for one in report.figures]} for report in reports
    ]
    return json.dumps(told, indent=2, ensure_ascii=False)


def _told(one: Figure) -> dict[str, object]:
    return {**asdict(one), "aim": str(one.aim) if one.aim else None, "is_met": one.is_met}


def _row(one: Figure) -> tuple[str, ...]:
    verdict = {True: "met", False: "NOT MET", None: ""}[one.is_met]
    return (
        one.benchmark,
        one.name,
        one.unit,
        _number(one.ours),
        _number(one.baseline),
        f"{one.ratio:.2f}",
        f"{one.lowest:.2f} to {one.highest:.2f}",
        str(one.aim or ""),
        verdict,
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    aligned = [
        cell.rjust(width) if 3 <= place <= 5 else cell.ljust(width)
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return "  ".join(aligned).rstrip()
