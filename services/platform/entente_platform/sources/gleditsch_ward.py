"""Gleditsch-Ward numbers of states as ISO 3166-1 alpha-3 codes."""

import csv
from functools import cache
from importlib.resources import files


@cache
def iso3_by_number() -> dict[int, str]:
    """Every state of today, by its number."""
    with files("entente_platform").joinpath("data/gleditsch_ward.csv").open(encoding="utf-8") as table:
        return {int(row["gwno"]): row["iso3"] for row in csv.DictReader(table)}
