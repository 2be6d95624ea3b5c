"""Files as people save them become insights: all or none, each row once, and nothing is said in Slack."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import app
from bot.errors import OperatorError
from bot.export import export
from bot.importing.store import Imported, import_file
from bot.insights.command import answer_insight
from bot.search.conditions import conditions
from bot.search.query import parse_query
from bot.triage.changed import insight_changed
from bot.workspace.access import viewer
from storage import insights, schema
from storage.database import Database, open_database
from tests.stage import Stage, make_stage
from tests.support import ANNA, MIA, TEAM, make_bridge, make_services, say

ENGLISH = (
    "text,Category,Customer,Competitors,Status,Outcome,Author,Said at,Deal value,Deal currency,Urgent,"
    "Colour\n"
    'Acme gives 25% off,competitor,Hartmann,"Acme, Zweitakt",done,New price list,Anna,2026-01-15,'
    "12500.50,EUR,"
    "yes,red\n"
    '"Two lines,\nand <tags> & more",,,,,,"Bob of Acme",2026-01-16 09:30,,,,\n'
)
RUSSIAN = (
    "Текст;Категория;Клиент;Конкуренты;Статус;Дата;Сумма;Срочно\n"
    "Скидку просят;Жалобы;Альфа;Ромашка;новый;15.01.2026;80 тыс. руб;да\n"
)


@pytest.fixture
def stage(database: Database) -> Stage:
    return make_stage(database)


def bring(stage: Stage, text: str | bytes, **more: Any) -> Imported:
    content = text if isinstance(text, bytes) else text.encode()
    return import_file(stage.services.db, stage.clock, content, **more)


def refused(stage: Stage, text: str | bytes, **more: Any) -> str:
    with pytest.raises(OperatorError) as problem:
        bring(stage, text, **more)
    assert stage.all() == []
    return str(problem.value)


def test_all_that_the_columns_say_is_stored_and_found(stage: Stage) -> None:
    assert bring(stage, ENGLISH) == Imported(2, 0, ("Colour",))
    one, two = stage.all()
    assert (one.text, one.category, one.customer, one.competitors) == (
        "Acme gives 25% off",
        "competitor",
        "Hartmann",
        ["Acme", "Zweitakt"],
    )
    assert (one.status, one.outcome, one.author_id, one.reporter_id) == ("done", "New price list", ANNA, ANNA)
    assert (one.deal_amount, one.deal_currency, one.is_urgent) == (1_250_050, "EUR", True)
    assert one.said_at.isoformat() == one.created_at.isoformat() == "2026-01-14T23:00:00+00:00"  # in Berlin
    assert two.text == "Two lines,\nand &lt;tags&gt; &amp; more"
    assert (two.author_name, two.author_id, two.reporter_id, two.status) == (
        "Bob of Acme",
        None,
        "UBOT",
        "new",
    )
    assert two.said_at.isoformat() == "2026-01-16T08:30:00+00:00"
    with stage.services.db.reading() as connection:
        reader = viewer(connection, TEAM, MIA)
        met = conditions(connection, TEAM, reader, parse_query("tag line"), stage.clock.now())
        assert [one.number for one in insights.select_all(connection, met)] == [2]


def test_nothing_is_said_in_slack_then_or_later(stage: Stage) -> None:
    bring(stage, ENGLISH.replace("done,New price list", ","))
    with stage.services.db.writing() as connection:
        insight_changed(connection, say(stage.services, connection), stage.all()[0].id)
    assert stage.rows("outbox") == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_encodings_and_separators_are_found_out(stage: Stage, encoding: str, separator: str) -> None:
    bring(stage, RUSSIAN.replace(";", separator).encode(encoding))
    (one,) = stage.all()
    assert (one.text, one.category, one.customer, one.status) == (
        "Скидку просят",
        "complaint",
        "Альфа",
        "new",
    )
    assert (one.deal_amount, one.deal_currency, one.is_urgent) == (8_000_000, "RUB", True)


def test_twice_adds_nothing_and_a_longer_file_only_what_is_new(stage: Stage) -> None:
    bring(stage, ENGLISH)
    assert bring(stage, ENGLISH) == Imported(0, 2, ("Colour",))
    assert bring(stage, ENGLISH.replace("competitor", "market", 1)).new == 0, (
        "a corrected row is the same row"
    )
    more = ENGLISH + "A third,,,,,,,,,,,\nA third,,,,,,,,,,,\n"
    assert bring(stage, more) == Imported(1, 3, ("Colour",))
    assert len(stage.all()) == 3


def test_what_frontline_exported_itself_is_known(stage: Stage) -> None:
    ts = stage.slack.say("CSALES", ANNA, "flagged in Slack")
    stage.flag(ANNA, ts)
    bring(stage, ENGLISH)
    out = io.StringIO(newline="")
    export(stage.services.db, out)
    assert bring(stage, out.getvalue()).new == 0


def test_a_dry_run_checks_and_stores_nothing(stage: Stage) -> None:
    assert bring(stage, ENGLISH, dry_run=True) == Imported(2, 0, ("Colour",))
    assert stage.all() == []


def test_every_wrong_line_is_named_and_nothing_is_stored(stage: Stage) -> None:
    said = refused(
        stage,
        "text,category,status,said_at,deal,urgent,customer,competitors\n"
        "fine,,,,,,,\n"
        ",gossip,,,,,,\n"
        '"two\nlines",,odd,31.02.2026,much,maybe,,\n'
        "late,,done,2099-01-01,,,,\n"
        f'long,,,,,,{"x" * 201},"{"a," * 11}b{"c" * 200}"\n'
        "more,,,,,,,,cells\n",
    )
    for sentence in (
        "Nothing was imported; 11 things are wrong:",
        "Line 3: the text is missing.",
        "Line 3: there is no category “gossip”. Categories: ",
        "Line 4: there is no status “odd”.",
        "Line 4: “31.02.2026” is no date",
        "Line 4: “much” is no amount",
        "Line 4: “maybe” is no answer",
        "Line 6: what is done or declined needs an outcome",
        "Line 6: “2099-01-01” lies in the future.",
        "Line 7: the customer is longer than 200",
        "Line 7: at most 10 competitors",
        "Line 8: more cells than the first line has columns.",
    ):
        assert sentence in said, said


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "There is no column called"),
        (b"a,b\n1,2\n", "it has: a, b."),
        (b"text,quote\nx,y\n", "Two columns mean the same: text."),
        (b'text\n"never closed\n', "Line 2: this can't be read as a table"),
        (b"\x98\x98\x98", "no text in UTF-8"),
    ],
)
def test_what_is_no_table_is_refused(stage: Stage, content: bytes, sentence: str) -> None:
    assert sentence in refused(stage, content)


def test_the_bridge_is_named_where_there_are_several(stage: Stage) -> None:
    make_bridge(stage.services, name="EMEA", marketing_channel_id="C9", sales_channel_ids=())
    assert "Say with --bridge which" in refused(stage, ENGLISH)
    assert "There is no bridge named DACH. Bridges: EMEA, default." in refused(stage, ENGLISH, bridge="DACH")
    bring(stage, ENGLISH, bridge="EMEA")
    assert {one.bridge_id for one in stage.all()} != {stage.bridge.id}


def test_an_imported_insight_can_be_listed_and_changed(stage: Stage) -> None:
    bring(stage, ENGLISH)
    assert "Two lines" in str(answer_insight(stage.services, stage.gesture(MIA), "list"))


# --- the round trip ----------------------------------------------------------------------------------------

CELLS = st.text(alphabet=st.sampled_from("abЖё =+-@'\",;\t\n<>&%0189«»№("), min_size=1, max_size=25).filter(
    lambda one: one.strip() != "" and one == one.strip()
)


@settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.generate],  # each try makes two databases: shrinking would take minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rows=st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=5, unique_by=lambda row: row[0]))
def test_what_is_exported_comes_back_the_same(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]]
) -> None:
    names = ("text", "customer", "outcome")
    first = exported(
        tmp_path_factory.mktemp("one"), as_file(names, [[_guard(one) for one in row] for row in rows])
    )
    again = exported(tmp_path_factory.mktemp("two"), first)
    assert [[row[name] for name in names] for row in read(first)] == [
        [row[name] for name in names] for row in read(again)
    ]
    assert [[row[name] for name in names] for row in read(first)] == [
        [_guard(one) for one in row] for row in rows
    ]


def _guard(cell: str) -> str:
    """As a person types it into a spreadsheet's file: an apostrophe before what would run."""
    return f"'{cell}" if cell.lstrip("'")[:1] in tuple("=+-@\n\t") else cell


def as_file(names: tuple[str, ...], rows: list[list[str]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([names, *rows])
    return out.getvalue()


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def exported(folder: Path, content: str) -> str:
    """What an empty Frontline exports after that import."""
    database = open_database(f"sqlite:///{folder}/f.db")
    schema.upgrade(database)
    services = make_services(database)
    make_bridge(services)
    import_file(database, services.clock, content.encode())
    out = io.StringIO(newline="")
    export(database, out)
    database.close()
    return out.getvalue()


def test_the_command_imports_and_says_what_it_did(
    database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_stage(database)
    monkeypatch.setenv("DATABASE_URL", database_url)
    (tmp_path / "old.csv").write_text(ENGLISH, encoding="utf-8")
    run = CliRunner().invoke(app.main, ["import", str(tmp_path / "old.csv"), "--dry-run"])
    assert run.output.startswith(
        "2 insights would be imported; 0 rows are known already.\nColumns that are not read: Colour."
    )
    assert CliRunner().invoke(app.main, ["import", str(tmp_path / "old.csv")]).exit_code == 0
    again = CliRunner().invoke(app.main, ["import", str(tmp_path / "old.csv")])
    assert again.output.startswith("0 insights imported; 2 rows")
    (tmp_path / "old.csv").write_text("text,status\nx,odd\n", encoding="utf-8")
    wrong = CliRunner().invoke(app.main, ["import", str(tmp_path / "old.csv")])
    assert wrong.exit_code == 1
    assert "Line 2: there is no status" in wrong.output
