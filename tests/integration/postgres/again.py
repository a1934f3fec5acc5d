"""The kernel's own tests, run again: what they ask of SQLite is asked of PostgreSQL, by the fixtures of this folder."""

import importlib.util
from pathlib import Path
from typing import Any

KERNEL = Path(__file__).parents[3] / "libs" / "eventkit" / "tests"
OF_THIS_FOLDER = ("service", "database", "store", "clock", "url")
"""Fixtures that the files would open on SQLite."""


def names_of(file: str, *but: str) -> dict[str, Any]:
    """Everything that a file of tests has, but some names."""
    spec = importlib.util.spec_from_file_location(f"again_{Path(file).stem}", KERNEL / file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {name: each for name, each in vars(module).items() if name not in {*OF_THIS_FOLDER, *but} and not name.startswith("__")}
