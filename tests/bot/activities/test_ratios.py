"""Ratios against an oracle of fractions; what is undefined says why and is never zero."""

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.activities.figures import Flag
from bot.activities.kinds import DEALS, REVENUE, Kind, Status
from bot.activities.ratios import Totals, Undefined, share
from bot.i18n import texts
from bot.messages.activities import money_ratio, of_plan, return_ratio, share_text, undefined
from tests.bot.activities.builders import FIRST, LAST, an_entry, some_figures

EN, RU = texts("en"), texts("ru")
PARTS = st.lists(st.tuples(st.sampled_from(list(Kind)), st.integers(0, 10**15)), max_size=30)
Parts = Sequence[tuple[Kind, int]]


def summed(parts: Parts, *kinds: Kind) -> int | None:
    """The oracle: a plain sum, None where nobody entered anything."""
    found = [amount for kind, amount in parts if kind in kinds]
    return sum(found) if found else None


@given(PARTS)
def test_ratios_are_fractions_of_plain_sums(parts: Parts) -> None:
    totals, spend = Totals.of("EUR", parts), summed(parts, Kind.SPEND)
    for ratio, number in (
        (totals.cost_per_lead, summed(parts, Kind.LEADS)),
        (totals.cost_per_meeting, summed(parts, Kind.MEETINGS)),
        (totals.cost_per_deal, summed(parts, *DEALS)),
    ):
        if spend is None or not number:
            assert isinstance(ratio, Undefined)
        else:
            assert ratio == Fraction(spend) / Fraction(number)
    revenue = summed(parts, *REVENUE)
    if revenue is None or not spend:
        assert isinstance(totals.return_on_cost, Undefined)
    else:
        assert totals.return_on_cost == Fraction(revenue) / Fraction(spend)


@given(PARTS, PARTS)
def test_sums_of_sums_are_sums(first: Parts, second: Parts) -> None:
    assert Totals.of("EUR", first) + Totals.of("EUR", second) == Totals.of("EUR", [*first, *second])


def test_two_currencies_are_never_added_up() -> None:
    with pytest.raises(ValueError, match="currencies"):
        Totals.of("EUR", []) + Totals.of("USD", [])


def test_why_a_ratio_is_undefined() -> None:
    nothing, spent = Totals.of("EUR", []), Totals.of("EUR", [(Kind.SPEND, 100)])
    assert nothing.cost_per_lead is Undefined.NO_SPEND_RECORDED
    assert nothing.return_on_cost is Undefined.NO_REVENUE_RECORDED
    assert spent.cost_per_lead is Undefined.NO_LEADS
    assert spent.cost_per_meeting is Undefined.NO_MEETINGS
    assert spent.cost_per_deal is Undefined.NO_DEALS
    free = Totals.of("EUR", [(Kind.SPEND, 0), (Kind.FIRST_REVENUE, 100), (Kind.LEADS, 5)])
    assert free.return_on_cost is Undefined.NOTHING_SPENT
    assert free.cost_per_lead == 0  # five leads for nothing is a defined ratio


def test_nought_and_nothing_are_told_apart() -> None:
    assert share(None, 10) is Undefined.NOTHING_RECORDED
    assert share(0, 10) == 0
    assert share(5, None) is Undefined.NOTHING_PLANNED
    assert share(5, 0) is Undefined.PLANNED_NOUGHT
    assert of_plan(EN, Kind.LEADS, 0, 10, "EUR") == "0 of 10 (0%)"
    assert of_plan(EN, Kind.LEADS, None, 10, "EUR") == "nothing recorded yet of 10"
    assert of_plan(EN, Kind.LEADS, 3, 0, "EUR") == "3 of 0"


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("why", Undefined)
def test_undefined_is_said_in_words_without_a_figure(language: str, why: Undefined) -> None:
    _ = texts(language)
    for said in (
        undefined(_, why),
        money_ratio(_, why, "EUR"),
        return_ratio(_, why, "EUR"),
        share_text(_, why),
    ):
        assert said
        assert not any(one.isdigit() for one in said)


def test_ratios_are_written_as_the_language_does() -> None:
    assert money_ratio(EN, Fraction(10_000, 3), "EUR") == "€33.33"
    assert money_ratio(RU, Fraction(123_456_7, 2), "RUB") == "6\xa0172,84\xa0₽"
    assert return_ratio(EN, Fraction(16, 5), "EUR") == "€3.20 for each €1.00"
    assert return_ratio(RU, Fraction(16, 5), "RUB") == "3,20\xa0₽ на каждый 1,00\xa0₽"
    assert return_ratio(EN, Fraction(16, 5), "JPY") == "JP¥3 for each JP¥1"
    assert share_text(EN, Fraction(2, 3)) == "67%"
    assert share_text(RU, Fraction(5, 4)) == "125\xa0%"


# --- flags -------------------------------------------------------------------------------------------------


@given(st.integers(0, 10**6), st.one_of(st.none(), st.integers(0, 10**6)))
def test_over_budget_is_spend_above_a_planned_budget(spend: int, budget: int | None) -> None:
    figures = some_figures(an_entry(1, Kind.SPEND, spend), planned_budget=budget)
    assert (Flag.OVER_BUDGET in figures.flags(FIRST)) == (budget is not None and spend > budget)


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("today", [FIRST - timedelta(days=1), FIRST, FIRST + timedelta(days=1), LAST])
def test_late_to_begin(status: Status, today: date) -> None:
    flags = some_figures(status=status, started_on=None).flags(today)
    assert (Flag.LATE_START in flags) == (status is Status.PLANNED and today > FIRST)


@pytest.mark.parametrize("status", Status)
def test_late_to_end(status: Status) -> None:
    assert Flag.LATE_END not in some_figures(status=status).flags(LAST)
    flags = some_figures(status=status).flags(LAST + timedelta(days=1))
    assert (Flag.LATE_END in flags) == (status is Status.RUNNING)


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("leads", [None, 0, 3])
def test_ended_without_results(status: Status, leads: int | None) -> None:
    entries = [] if leads is None else [an_entry(1, Kind.LEADS, leads)]
    flags = some_figures(*entries, status=status).flags(LAST)
    assert (Flag.NO_RESULTS in flags) == (status is Status.FINISHED and not leads)


def test_time_against_plan() -> None:
    running = some_figures()
    assert running.planned_days == 30
    assert running.days_run(FIRST + timedelta(days=9)) == 10
    assert running.time_share(FIRST + timedelta(days=9)) == Fraction(1, 3)
    done = some_figures(status=Status.FINISHED, ended_on=FIRST + timedelta(days=14))
    assert done.time_share(LAST) == Fraction(1, 2)
    assert some_figures(status=Status.PLANNED, started_on=None).time_share(LAST) is Undefined.NOTHING_RECORDED


def test_a_corrected_entry_counts_no_more() -> None:
    figures = some_figures(
        an_entry(1, Kind.SPEND, 50_000),
        an_entry(2, Kind.SPEND, 5_000, corrects_id=1),
        an_entry(3, Kind.SPEND, 700),
        an_entry(4, Kind.SPEND, 6_000, corrects_id=2),
    )
    assert figures.totals.spend == 6_700
    assert [one.id for one in figures.standing] == [3, 4]
