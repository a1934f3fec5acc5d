"""The formats of files that can be published, by name."""

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from pathlib import Path

from entente_platform.sources import jsonl, ucdp
from entente_platform.sources.rows import NotThatFormat, Row


class Format(StrEnum):
    """What a file to publish holds."""

    JSONL = "jsonl"
    UCDP_GED = "ucdp-ged"


READERS: dict[Format, Callable[[Iterable[str]], Iterator[Row]]] = {Format.JSONL: jsonl.read, Format.UCDP_GED: ucdp.read}


def read_file(path: Path, format: Format) -> list[Row]:
    """Every row of a file; raises `NotThatFormat`, and `OSError` where the file cannot be read."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return list(READERS[format](lines))
    except UnicodeDecodeError as error:
        raise NotThatFormat(f"byte {error.start} is not UTF-8; save the file in UTF-8") from error
