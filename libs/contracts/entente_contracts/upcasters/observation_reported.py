"""`entente.observations.reported` from version 1 to 2."""

from collections.abc import Mapping
from typing import Any


def give_dates_a_precision(reported: Mapping[str, Any]) -> dict[str, Any]:
    """Version 1 did not say how exactly its dates were known, and nobody can say so now: `unknown`."""
    return {**reported, "when": {**reported["when"], "precision": "unknown"}}
