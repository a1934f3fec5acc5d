"""Reading a file of agreements, whatever its layout."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path

from entente_platform.agreements import atop, dcad, own_csv
from entente_platform.agreements.lines import Line, NotThatLayout

Reader = Callable[[list[str], Iterable[Mapping[str, str]]], Iterator[Line]]


class Layout(StrEnum):
    """The layouts that are read."""

    DCAD = "dcad"
    ATOP = "atop"
    CSV = "csv"


READERS: Mapping[Layout, Reader] = {Layout.DCAD: dcad.read, Layout.ATOP: atop.read, Layout.CSV: own_csv.read}


def read_file(path: Path, layout: Layout | None = None) -> list[Line]:
    """All lines of a file. Without a layout the columns say which it is. Raises `NotThatLayout`, or `OSError`."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        rows = csv.DictReader(file)
        columns = list(rows.fieldnames or [])
        return list(READERS[layout or layout_of(columns)](columns, rows))


def layout_of(columns: list[str]) -> Layout:
    """The layout that has these columns."""
    for layout, wanted in ((Layout.DCAD, dcad.COLUMNS), (Layout.ATOP, atop.COLUMNS), (Layout.CSV, own_csv.COLUMNS)):
        if set(wanted) <= set(columns):
            return layout
    raise NotThatLayout(f"its columns are those of no layout: {', '.join(columns)[:200]}; --template prints one that is")
