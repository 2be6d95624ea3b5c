"""The fault run sees what it claims to check: without a protection it fails.

A module of its own, so that it runs beside the short run.
"""

from pathlib import Path
from typing import Any

import pytest

from tests.chaos.drive import Options, run


# `dedupe` shows in what is delivered twice, `lookup` in lost answers; `ack` only where a process is killed
# while it answers, as it is in seed 29 after 46 gestures, before any other trouble.
@pytest.mark.parametrize(
    ("breaks", "seen", "seed", "more"),
    [
        ("dedupe", "kept 2 times", 2, {"gestures": 60}),
        ("lookup", "stands", 2, {"gestures": 60, "lost": 1.0}),
        ("ack", "acknowledged, but not kept", 29, {"gestures": 80, "kills": 1}),
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
