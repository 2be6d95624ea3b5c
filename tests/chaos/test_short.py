"""A short run of what `make chaos` does at length."""

from pathlib import Path

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
