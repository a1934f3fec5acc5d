"""Columns: a kind of log with a kind of store, on which the same behaviour suites run. A test asks for the fixture `column`."""

from entente_testkit.columns.column import Column, Missing

__all__ = ["Column", "Missing"]
