"""Plans from and to CSV: by column names in both languages, all or nothing, and twice the same as once."""

from io import StringIO

import pytest

from bot.activities.kinds import Kind
from bot.activities.plan_files import Imported, export_ledger, export_plans, import_plans
from bot.errors import OperatorError
from storage.database import Database
from tests.bot.activities.builders import Desk
from tests.stage import make_stage
from tests.support import MIA, TOM

ENGLISH = """title,purpose,owner,starts_on,ends_on,currency,budget,leads,first_revenue
Fair,convince,UMIA,2026-03-02,2026-03-31,EUR,"5,000",40,20k
Webinar,attract,Tom,2026-04-01,2026-04-01,EUR,,,
"""
RUSSIAN = """Название;Цель;Кто ведёт;Первый день;Последний день;Валюта;Бюджет;Лиды;Выручка первых сделок
Выставка;убедить;Mia;02.03.2026;31.03.2026;EUR;5 000,50;40;20 000
"""


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(make_stage(database))


def load(desk: Desk, text: str, *, dry_run: bool = False, encoding: str = "utf-8-sig") -> Imported:
    services = desk.stage.services
    return import_plans(services.db, services.clock, text.encode(encoding), None, dry_run=dry_run)


def refused(desk: Desk, text: str) -> str:
    before = desk.all()
    with pytest.raises(OperatorError) as problem:
        load(desk, text)
    assert desk.all() == before
    return str(problem.value)


def test_a_file_is_imported_once(desk: Desk) -> None:
    assert load(desk, ENGLISH) == Imported(added=2, known=0)
    assert load(desk, ENGLISH) == Imported(added=0, known=2)
    fair, webinar = desk.all()
    assert (fair.title, fair.owner_id, fair.planned_budget, fair.currency) == ("Fair", MIA, 500_000, "EUR")
    assert desk.figures(fair).plan == {Kind.LEADS: 40, Kind.FIRST_REVENUE: 2_000_000}
    assert (webinar.owner_id, webinar.planned_budget) == (TOM, None)
    assert [one["kind"] for one in desk.stage.rows("schedules")] == ["activity_report"]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1251"])
def test_in_russian_as_spreadsheets_write_it(desk: Desk, encoding: str) -> None:
    assert load(desk, RUSSIAN.replace("\n", "\r\n"), encoding=encoding).added == 1
    (activity,) = desk.all()
    assert (activity.title, activity.purpose, activity.planned_budget) == ("Выставка", "convince", 500_050)
    assert activity.starts_on.isoformat() == "2026-03-02"


def test_a_dry_run_stores_nothing(desk: Desk) -> None:
    assert load(desk, ENGLISH, dry_run=True) == Imported(added=2, known=0)
    assert desk.all() == [] and desk.stage.rows("schedules") == []


def test_faults_are_told_by_line_and_nothing_is_imported(desk: Desk) -> None:
    said = refused(
        desk,
        ENGLISH
        + "Bad,sell,UNOBODY,soon,2026-03-31,EUR,5 XYZ,1.5,\n"
        + "Other currency,retain,UMIA,2026-03-02,2026-03-31,USD,5,,\n"
        + "Fair,convince,UMIA,2026-03-02,2026-03-31,EUR,1,,\n",
    )
    for words in (
        "line 4, purpose:",
        "line 4, owner:",
        "line 4, starts_on:",
        "line 4, budget:",
        "line 4, leads:",
    ):
        assert words in said
    assert "line 5, currency: The bridge plans in EUR." in said
    assert "line 6, title: It exists with another plan" in said


def test_columns_that_are_unknown_or_missing_are_named(desk: Desk) -> None:
    said = refused(desk, "title,mood\nFair,good\n")
    assert "unknown column “mood”" in said and "missing column “owner”" in said
    assert refused(desk, "")


def test_what_is_exported_is_imported_as_known(desk: Desk) -> None:
    load(desk, ENGLISH)
    desk.plan(title="=1+1", currency=None)
    out = StringIO()
    assert export_plans(desk.stage.services.db, out, None) == 3
    assert "'=1+1" in out.getvalue()
    assert load(desk, out.getvalue().lstrip("\ufeff")) == Imported(added=0, known=3)


def test_the_ledger_is_exported_whole(desk: Desk) -> None:
    desk.enter(desk.plan(), "300")
    out = StringIO()
    assert export_ledger(desk.stage.services.db, out, "default") == 1
    assert "300.00" in out.getvalue()
    with pytest.raises(OperatorError, match="Bridges: default"):
        export_ledger(desk.stage.services.db, out, "EMEA")
