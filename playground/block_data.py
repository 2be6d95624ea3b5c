"""Rules of tables and charts.

data_visualization: docs.slack.dev/reference/block-kit/blocks/data-visualization-block;
data_table: …/data-table-block; table: …/table-block.
"""

from playground.block_rules import (
    Report,
    Rule,
    boolean,
    both,
    by_type,
    choice,
    listing,
    number,
    structure,
    text,
    unique,
)
from playground.model import Json
from playground.rich_text_rules import RICH_TEXT

CELL_CHARACTERS = 10_000

_RAW: dict[str, Rule] = {
    "raw_text": structure({"text": text(10_000)}),
    "raw_number": structure({"value": number()}, {"text": text(100)}),
}
_CELL = by_type({**_RAW, "rich_text": structure(RICH_TEXT, {"block_id": text(255)})}, "cell type")


def _even_rows(value: object, pointer: str, report: Report) -> None:
    """All rows have the same number of cells, of 10,000 characters in all."""
    rows = value.get("rows") if isinstance(value, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        return
    if len({len(row) for row in rows}) > 1:
        report.add("all rows must have the same number of cells", f"{pointer}/rows")
    if sum(_characters(cell) for row in rows for cell in row) > CELL_CHARACTERS:
        report.add(f"cells exceed {CELL_CHARACTERS} characters", f"{pointer}/rows")


def _plain_header(value: object, pointer: str, report: Report) -> None:
    rows = value.get("rows") if isinstance(value, dict) else None
    header = rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], list) else []
    for index, cell in enumerate(header):
        if isinstance(cell, dict) and cell.get("type") == "rich_text":
            report.add("rich_text cannot be used for header cells", f"{pointer}/rows/0/{index}")


def _characters(node: object) -> int:
    if isinstance(node, dict):
        return sum(
            len(one) if key == "text" and isinstance(one, str) else _characters(one)
            for key, one in node.items()
        )
    return sum(_characters(one) for one in node) if isinstance(node, list) else 0


_COLUMN = structure({}, {"align": choice("left", "center", "right"), "is_wrapped": boolean})


def _column(value: object, pointer: str, report: Report) -> None:
    """A column's setting; null skips a column."""
    if value is not None:
        _COLUMN(value, pointer, report)


_LABEL = text(20)
_POINT = structure({"label": _LABEL, "value": number()})
_SERIES = both(
    listing(structure({"name": text(20), "data": listing(_POINT, 1, 20)}), 1, 6),
    unique(lambda one: one.get("name"), "series names"),
)
_AXES = structure({"categories": listing(_LABEL, 1, 20)}, {"x_label": text(50), "y_label": text(50)})


def _every_category(value: object, pointer: str, report: Report) -> None:
    """Each series has one value for every category, in their order."""
    if not isinstance(value, dict) or not isinstance(value.get("axis_config"), dict):
        return
    categories = value["axis_config"].get("categories")
    for index, series in enumerate(value.get("series") or []):
        if [point.get("label") for point in _points(series)] != categories:
            report.add("data must have one value for every category", f"{pointer}/series/{index}/data")


def _points(series: object) -> list[Json]:
    data = series.get("data") if isinstance(series, dict) else None
    return [one for one in data if isinstance(one, dict)] if isinstance(data, list) else []


_AXIAL = both(structure({"series": _SERIES, "axis_config": _AXES}), _every_category)
_SEGMENT = structure({"label": _LABEL, "value": number(1e-12)})
_CHART = by_type(
    {
        "bar": _AXIAL,
        "line": _AXIAL,
        "area": _AXIAL,
        "pie": structure({"segments": listing(_SEGMENT, 1, 6)}),
    },
    "chart type",
)

TABLE = both(
    structure({"rows": listing(listing(_CELL, 1, 20), 1, 100)}, {"column_settings": listing(_column, 0, 20)}),
    _even_rows,
)
DATA_TABLE = both(
    structure(
        {"caption": text(255), "rows": listing(listing(_CELL, 1, 20), 2, 101)},
        {"page_size": number(1, 100, whole=True), "row_header_column_index": number(0, 19, whole=True)},
    ),
    _even_rows,
    _plain_header,
)
DATA_VISUALIZATION = structure({"title": text(50), "chart": _CHART})
