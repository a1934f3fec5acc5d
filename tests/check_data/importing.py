"""Reads a file, judges it and has the registry take it over, twice."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.check_data.registry import NOW, Registry

from entente_platform.agreements.judging import judged
from entente_platform.agreements.lines import Left, Line, Taken
from entente_platform.agreements.reading import read_file
from entente_platform.agreements.sending import send


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file: its lines, how many came out how, and how many events a second import made."""

    lines: Sequence[Line]
    outcomes: Counter[str]
    left: Counter[str]
    again: Counter[str]

    @property
    def taken(self) -> list[Taken]:
        """The lines that are in the registry."""
        return [line for line in self.lines if isinstance(line, Taken)]


def import_file(registry: Registry, path: Path, sent: Callable[[int], None]) -> Imported:
    """Imports a file twice: the second time changes nothing."""
    lines = judged(read_file(path), NOW.date())
    taken = [line for line in lines if isinstance(line, Taken)]
    first, again = (Counter(result["outcome"] for _, result in send(registry, taken, "a check of data", sent)) for _ in range(2))
    return Imported(lines, first, Counter(line.reason for line in lines if isinstance(line, Left)), again)
