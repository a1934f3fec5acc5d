"""Tests of the kernel and of services, run again: what they ask of SQLite is asked of PostgreSQL, by the fixtures of this folder."""

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).parents[3]
OF_THIS_FOLDER = ("service", "database", "store", "clock", "url", "world")
"""Fixtures that the files would open on SQLite."""


def module_of(file: str) -> ModuleType:
    """A file of the repository as a module."""
    spec = importlib.util.spec_from_file_location(f"again_{file.replace('/', '_').removesuffix('.py')}", ROOT / file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def names_of(file: str, *but: str, of: str = "libs/eventkit/tests") -> dict[str, Any]:
    """Everything that a file of tests has, but some names."""
    found = vars(module_of(f"{of}/{file}"))
    return {name: each for name, each in found.items() if name not in {*OF_THIS_FOLDER, *but} and not name.startswith("__")}
