"""A short run of what `make chaos` does at length, and the proof that it can see what it claims to check."""

from pathlib import Path
from typing import Any

import pytest

from tests.chaos.drive import Options, run


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_nothing_is_lost_and_nothing_doubled(database_url: str, tmp_path: Path) -> None:
    replicas = 1 if database_url.startswith("sqlite") else 2  # each life costs a second or two
    options = Options(
        seed=1,
        gestures=120,
        database_url=database_url,
        folder=tmp_path,
        replicas=replicas,
        kills=replicas,
        ticks=1,
        rate=40,
    )
    report = run(options)
    assert report.is_clean, str(report)
    assert report.rows["insights"] > 15 and report.rows["digest heads"] > 1, str(report)


# `dedupe` shows in what is delivered twice, `lookup` in lost answers; `ack` only where a process dies while
# people are at it, which it does in the middle of seed 3.
@pytest.mark.parametrize(
    ("breaks", "seen", "seed", "more"),
    [
        ("dedupe", "kept 2 times", 2, {"gestures": 60}),
        ("lookup", "stands", 2, {"gestures": 60, "lost": 1.0}),
        ("ack", "acknowledged, but not kept", 3, {"gestures": 80, "kills": 1}),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_protection_that_is_missing_is_missed(
    breaks: str, seen: str, seed: int, more: dict[str, Any], database_url: str, tmp_path: Path
) -> None:
    defaults = {"kills": 0, "ticks": 0, "rate": 40, "catches_up": False}
    options = Options(
        seed=seed,
        database_url=database_url,
        folder=tmp_path,
        breaks=breaks,
        **{**defaults, **more},
    )
    report = run(options)
    assert any(seen in one.what and one.kind in ("lost", "doubled") for one in report.findings), str(report)
