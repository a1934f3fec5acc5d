"""`entente score`, `entente warnings`, `entente lag`: what the platform knows, in words."""

from datetime import datetime
from typing import Annotated, Any

import typer

from entente_platform.command.output import AsJson, console, print_json, table, told
from entente_platform.command.reach import HERE, Data, Platform
from entente_platform.folder import DataFolder
from entente_platform.telling import explanation, points

Day = Annotated[datetime | None, typer.Option("--on", help="The day to score; today where it is left out.", formats=["%Y-%m-%d"])]


@told
def score(
    country: Annotated[str, typer.Argument(help="ISO 3166 alpha-3, for example SDN.")],
    on: Day = None,
    known_on: Annotated[
        datetime | None, typer.Option("--known-on", help="By what was known at the end of this day.", formats=["%Y-%m-%d"])
    ] = None,
    why: Annotated[bool, typer.Option("--why", help="Explain the score down to single events.")] = False,
    data: Data = HERE,
    as_json: AsJson = False,
) -> None:
    """How stable a country is, and with --why, which events make it so. Example: entente score SDN --on 2023-10-31 --why"""
    asked = {name: moment.date().isoformat() for name, moment in (("on", on), ("known_on", known_on)) if moment}
    place = f"/stability/countries/{country.upper()}"
    with Platform(DataFolder(data), "analyst") as platform:
        answer = platform.get(place, **asked)
        reasons = platform.get(f"{place}/why", **asked, most=20) if why else None
    if as_json:
        print_json({**answer, "why": reasons} if reasons else answer)
        return
    out = console()
    out.print(answer["says"], markup=False)
    if answer["watched"]:
        _coverage(answer["coverage"])
        if reasons:
            out.print(explanation(reasons, most=5))
        else:
            rows = [(term["name"], f"{term['thousandths']:+,}", term["meaning"]) for term in answer["score"]["terms"]]
            out.print(table("term", "thousandths of z", "meaning", rows=rows, right=[1]))
            out.print(f"z = {answer['score']['z']:+,} thousandths; --why names the events behind each term.", markup=False)


def _coverage(coverage: dict[str, Any]) -> None:
    seen = "1 observation" if coverage["observations"] == 1 else f"{coverage['observations']:,} observations"
    console().print(
        f"Watched by {', '.join(coverage['sources'])}: {seen}, on {coverage['days_observed']} of the "
        f"last 90 days, the last on {coverage['last_observed']}. Confidence {coverage['confidence']} %, which is no part of the score.",
        markup=False,
    )


@told
def warnings(
    since: Annotated[datetime | None, typer.Option("--since", help="Also every change from this day on.", formats=["%Y-%m-%d"])] = None,
    data: Data = HERE,
    as_json: AsJson = False,
) -> None:
    """The warnings that stand, worst first, and with --since how they came about. Example: entente warnings --since 2023-10-01"""
    with Platform(DataFolder(data), "analyst") as platform:
        answer = platform.get("/stability/warnings", since=since.date().isoformat() if since else None, limit=500)
    if as_json:
        print_json(answer)
        return
    out = console()
    if answer["standing"]:
        rows = [(one["level"], one["country"], one["name"], one["since"], points(one["stability"])) for one in answer["standing"]]
        out.print(table("level", "country", "name", "since", "stability", rows=rows, right=[4]))
    else:
        out.print("No warning stands.")
    if answer["changes"]:
        changes = [
            (one["day"], one["country"], one["name"], str(one["before"] or "calm"), str(one["level"] or "calm"), points(one["stability"]))
            for one in answer["changes"]
        ]
        out.print(table("day", "country", "name", "from", "to", "stability", rows=changes, right=[5]))


@told
def lag(data: Data = HERE, as_json: AsJson = False) -> None:
    """How far each projection and policy is behind the log, in events and seconds. Example: entente lag"""
    with Platform(DataFolder(data), "operator") as platform:
        services = platform.services()
        found = [{"service": service, **one} for service in services for one in platform.get(f"/{service}/ops/lag")]
        parked = {service: platform.get(f"/{service}/ops/parked") for service in services}
    stuck = [{"service": service, "instance": one["instance"], "parked": one["total"]} for service, some in parked.items() for one in some]
    if as_json:
        print_json({"lag": found, "parked": stuck})
        return
    out = console()
    rows = [(one["service"], one["instance"], one["topic"], f"{one['events']:,}", f"{one['seconds']:.1f}") for one in found]
    out.print(table("service", "instance", "topic", "events behind", "seconds", rows=rows, right=[3, 4]))
    for one in stuck:
        out.print(f"{one['service']}: {one['instance']} has {one['parked']} events parked; see /{one['service']}/ops/parked", markup=False)
    if not any(one["events"] for one in found) and not stuck:
        out.print("Nothing is behind, and nothing is parked.")
