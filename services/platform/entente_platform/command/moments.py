"""The two times of a question, as options."""

from datetime import datetime
from typing import Annotated

import typer

On = Annotated[datetime | None, typer.Option("--on", help="The day asked about; today where it is left out.", formats=["%Y-%m-%d"])]
KnownOn = Annotated[datetime | None, typer.Option("--known-on", help="By what was known at the end of this day.", formats=["%Y-%m-%d"])]


def moment(on: datetime | None, known_on: datetime | None) -> dict[str, str]:
    """The two as a query; what was left out is not in it."""
    return {name: day.date().isoformat() for name, day in (("on", on), ("known_on", known_on)) if day is not None}
