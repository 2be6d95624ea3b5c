"""A short run of what `make chaos` does at length, and the proof that it can see what it claims to check."""

from pathlib import Path

import pytest

from tests.chaos.drive import Options, run


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_nothing_is_lost_and_nothing_doubled(database_url: str, tmp_path: Path) -> None:
    replicas = 1 if database_url.startswith("sqlite") else 3
    options = Options(
        seed=1,
        gestures=300,
        database_url=database_url,
        folder=tmp_path,
        replicas=replicas,
        kills=3,
        ticks=2,
        rate=30,
    )
    report = run(options)
    assert report.is_clean, str(report)
    assert report.rows["insights"] > 30 and report.rows["digest heads"] > 3, str(report)
    assert report.ack(1.0) < 3.0, str(report)


# `dedupe` shows in what is delivered twice, `lookup` in lost answers; `ack` only where a process dies.
@pytest.mark.parametrize(
    ("breaks", "kills", "kind"), [("dedupe", 0, "doubled"), ("lookup", 0, "doubled"), ("ack", 3, "lost")]
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_protection_that_is_missing_is_missed(
    breaks: str, kills: int, kind: str, database_url: str, tmp_path: Path
) -> None:
    options = Options(
        seed=2,
        gestures=150,
        database_url=database_url,
        folder=tmp_path,
        kills=kills,
        ticks=0,
        rate=30,
        breaks=breaks,
    )
    report = run(options)
    assert kind in {one.kind for one in report.findings}, str(report)
