"""Blocks that slack_sdk has no class for yet: tables that can be sorted, and charts.

docs.slack.dev/reference/block-kit/blocks/data-table-block and …/data-visualization-block. Workspaces that do
not know them yet answer `invalid_blocks`: send such a message with `bot.variants`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from slack_sdk.models.basic_objects import JsonValidator
from slack_sdk.models.blocks import Block, TableBlock

MOST_ROWS: Final = 100  # beside the header
MOST_COLUMNS: Final = 20
MOST_CHARACTERS: Final = 10_000  # of all cells
MOST_LABEL: Final = 20  # of a chart's categories and series


@dataclass(frozen=True)
class Cell:
    """What a cell shows, and the whole number by which it is sorted; None: by what it shows."""

    text: str
    value: int | None = None

    def to_dict(self) -> dict[str, Any]:
        if self.value is None:
            return {"type": "raw_text", "text": self.text}
        return {"type": "raw_number", "value": self.value, "text": self.text}


Rows = Sequence[Sequence[Cell]]


class DataTableBlock(Block):
    """A table of up to 100 rows that readers can sort; the first row is the header."""

    type = "data_table"

    def __init__(self, *, caption: str, rows: Rows, page_size: int = 20, block_id: str | None = None) -> None:
        super().__init__(type=self.type, block_id=block_id)
        self.caption, self.page_size = caption, page_size
        self.rows = [[cell.to_dict() for cell in row] for row in rows]

    @property
    def attributes(self) -> set[str]:  # type: ignore[override]
        return super().attributes.union({"caption", "page_size", "rows"})

    @JsonValidator("a data table has a header and 1 to 100 rows of the same 1 to 20 cells")
    def _validate_rows(self) -> bool:
        widths = {len(row) for row in self.rows}
        is_even = len(widths) == 1 and 1 <= next(iter(widths)) <= MOST_COLUMNS
        return is_even and 2 <= len(self.rows) <= MOST_ROWS + 1

    @JsonValidator("the cells of a data table hold at most 10,000 characters")
    def _validate_characters(self) -> bool:
        return sum(len(str(cell["text"])) for row in self.rows for cell in row) <= MOST_CHARACTERS


def plain_table(rows: Rows) -> TableBlock:
    """The same table without sorting, for workspaces that don't know the other one."""
    return TableBlock(rows=[[{"type": "raw_text", "text": cell.text} for cell in row] for row in rows])


class BarChartBlock(Block):
    """Bars beside each other: for every category one value of each series, whole numbers."""

    type = "data_visualization"

    def __init__(
        self, *, title: str, categories: Sequence[str], series: Sequence[tuple[str, Sequence[int]]]
    ) -> None:
        super().__init__(type=self.type)
        self.title = title
        self.chart = {
            "type": "bar",
            "series": [
                {
                    "name": name,
                    "data": [
                        {"label": label, "value": value}
                        for label, value in zip(categories, values, strict=True)
                    ],
                }
                for name, values in series
            ],
            "axis_config": {"categories": list(categories)},
        }

    @property
    def attributes(self) -> set[str]:  # type: ignore[override]
        return super().attributes.union({"title", "chart"})

    @JsonValidator("a chart's title has at most 50 characters")
    def _validate_title(self) -> bool:
        return len(self.title) <= 50

    @JsonValidator("a chart has 1 to 6 series over 1 to 20 categories, named with at most 20 characters")
    def _validate_series(self) -> bool:
        series, axis = self.chart["series"], self.chart["axis_config"]
        assert isinstance(series, list) and isinstance(axis, dict)
        names = [one["name"] for one in series]
        labels = [*names, *axis["categories"]]
        fits = all(len(label) <= MOST_LABEL for label in labels)
        return fits and 1 <= len(names) == len(set(names)) <= 6 and 1 <= len(axis["categories"]) <= 20
