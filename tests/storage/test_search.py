"""The newest holders of a stem are found, frequent ones and rare ones, the same on both databases."""

from random import Random

import pytest

from storage import search
from storage.database import Database
from tests.storage.test_digests import fill
from tests.support import make_bridge, make_services


@pytest.mark.parametrize("window", [1, 7, 30, 1_000])
def test_the_newest_that_hold_a_stem_are_those_counted_by_hand(
    database: Database, window: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "WINDOW", window)
    dice, bridge_id = Random(window), make_bridge(make_services(database)).id
    with database.writing() as connection:
        fill(connection, bridge_id, 1_000)
        held: dict[str, list[int]] = {"often": [], "seldom": [], "once": []}
        for insight_id in range(1, 61):
            own = [stem for stem, chance in (("often", 0.8), ("seldom", 0.1)) if dice.random() < chance]
            own += ["once"] if insight_id == 5 else []
            for stem in own:
                held[stem].append(insight_id)
            search.index(connection, insight_id, ["any", *own])
        for stem, ids in held.items():
            for limit in (1, 4, 100):
                assert search.newest_holding(connection, stem, limit) == sorted(ids, reverse=True)[:limit]
        assert search.newest_holding(connection, "none", 3) == []
