"""`entente occurrences`: what happened in a country, as each source tells it."""

from datetime import datetime
from typing import Annotated, Any

import typer

from entente_platform.command.output import AsJson, console, print_json, told
from entente_platform.command.reach import HERE, Data, Platform
from entente_platform.folder import DataFolder

SHOWN = 20

Day = Annotated[datetime | None, typer.Option("--since", help="From this day on; the last 30 days if left out.", formats=["%Y-%m-%d"])]
Until = Annotated[datetime | None, typer.Option("--until", help="Up to this day; today if left out.", formats=["%Y-%m-%d"])]


@told
def occurrences(
    country: Annotated[str, typer.Argument(help="ISO 3166 alpha-3, for example SDN.")],
    since: Day = None,
    until: Until = None,
    several: Annotated[bool, typer.Option("--several", help="Only those that more than one source tells of.")] = False,
    data: Data = HERE,
    as_json: AsJson = False,
) -> None:
    """What happened in a country, counted once, side by side as each source tells it, with its grading; contradicting figures as a range.

    Example: entente occurrences SDN --since 2023-10-01 --until 2023-10-31 --several
    """
    asked = {name: moment.date().isoformat() for name, moment in (("since", since), ("until", until)) if moment}
    with Platform(DataFolder(data), "analyst") as platform:
        answer = platform.get("/stability/occurrences", country=country.upper(), several="true" if several else "false", **asked)
    if as_json:
        print_json(answer)
        return
    out = console()
    out.print(answer["says"], markup=False)
    for item in answer["items"][:SHOWN]:
        days = item["first"] if item["first"] == item["last"] else f"{item['first']} to {item['last']}"
        out.print(f"{days}  {item['channel'].replace('_', ' ')}{_deaths(item)}", markup=False)
        for report in item["reports"]:
            figures = "" if report["deaths_best"] is None else f", {report['deaths_best']} dead"
            place = f", {report['place']}" if report["place"] else ""
            grading = report["grading"] or "not graded"
            out.print(f"    {report['source']} {report['observation']} ({grading}): {report['title']}{place}{figures}", markup=False)
    if len(answer["items"]) > SHOWN:
        out.print(f"{len(answer['items']) - SHOWN:,} more; --json names all.")


def _deaths(item: dict[str, Any]) -> str:
    if item["deaths_low"] is None:
        return ""
    if not item["contradicting"] and item["deaths_low"] == item["deaths_high"]:
        return f": {item['deaths_low']} dead"
    best = " or ".join(map(str, item["deaths_best"]))
    return f": {item['deaths_low']} to {item['deaths_high']} dead, best {best}"
