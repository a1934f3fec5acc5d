"""Days in columns of their own, where a missing or coded part means that the day is not known."""

from collections.abc import Mapping
from datetime import date

MISSING = {"", "-77", "-88", "-99"}
"""Not known, not applicable, not coded."""


def day_of(row: Mapping[str, str], day: str, month: str, year: str) -> date | str | None:
    """The day; None where all of it is missing, a sentence where it is incomplete or there is no such day."""
    parts = {name: row[name].strip() for name in (day, month, year)}
    missing = [name for name, value in parts.items() if value in MISSING]
    if len(missing) == len(parts):
        return None
    said = ", ".join(f"{name} {value or 'empty'}" for name, value in parts.items())
    if missing:
        return f"{', '.join(missing)} is not known ({said})"
    try:
        return date(int(parts[year]), int(parts[month]), int(parts[day]))
    except ValueError as error:
        return f"there is no such day ({said}: {error})"
