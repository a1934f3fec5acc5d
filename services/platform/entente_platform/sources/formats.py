"""The formats of files that can be published, by name."""

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from pathlib import Path

from entente_platform.sources import icews, jsonl, mapped, ucdp
from entente_platform.sources.rows import NotThatFormat, Row


class Format(StrEnum):
    """What a file to publish holds."""

    JSONL = "jsonl"
    UCDP_GED = "ucdp-ged"
    ICEWS = "icews"
    CSV = "csv"


Reader = Callable[[Iterable[str]], Iterator[Row]]
READERS: dict[Format, Reader] = {Format.JSONL: jsonl.read, Format.UCDP_GED: ucdp.read, Format.ICEWS: icews.read}


def read_file(path: Path, format: Format, mapping: Path | None = None) -> list[Row]:
    """Every row of a file; raises `NotThatFormat`, and `OSError` where the file or its mapping cannot be read."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return list(_reader(format, mapping)(lines))
    except UnicodeDecodeError as error:
        raise NotThatFormat(f"byte {error.start} is not UTF-8; save the file in UTF-8") from error


def _reader(format: Format, mapping: Path | None) -> Reader:
    if (format is Format.CSV) != (mapping is not None):
        raise NotThatFormat("a file of --format csv, and no other, has a --mapping; `--mapping-template` prints one to begin with")
    return READERS[format] if mapping is None else mapped.reader(mapped.mapping_of(mapping.read_text("utf-8")))
