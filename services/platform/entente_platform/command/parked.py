"""`entente parked`: what could not be applied, what waits behind it, and trying it again once the code is mended."""

from typing import Annotated, Any

import typer

from entente_platform.command.output import AsJson, console, errors, print_json, table, told
from entente_platform.command.reach import HERE, Data, Platform
from entente_platform.command.trouble import FAILED, Trouble
from entente_platform.folder import DataFolder

WAITS = "waits for the one before"

MOST = 1_000
"""Parked events of an instance that are asked for."""

app = typer.Typer(no_args_is_help=True, help="What could not be applied, and trying it again.")

OfService = Annotated[str | None, typer.Option("--service", help="Only of this service.")]


@app.command("list")
@told
def every(service: OfService = None, data: Data = HERE, as_json: AsJson = False) -> None:
    """Each stream that stands still: since when, at which version, why, and how much waits behind it. Example: entente parked list"""
    with Platform(DataFolder(data), "operator") as platform:
        streams = parked_streams(platform, service)
    if as_json:
        print_json(streams)
        return
    out = console()
    if not streams:
        out.print("Nothing is parked.")
        return
    rows = [(one["service"], one["instance"], one["stream"], str(one["version"]), str(one["waiting"]), one["cause"]) for one in streams]
    out.print(table("service", "instance", "stream", "at", "waiting", "why", rows=rows, right=[3, 4]))
    out.print("Mend the cause, then: entente parked redrive")


@app.command("show")
@told
def show(
    stream: Annotated[str, typer.Argument(help="The stream that stands still, as `list` names it.")],
    service: OfService = None,
    data: Data = HERE,
    as_json: AsJson = False,
) -> None:
    """Every parked event of a stream, with its cause and how often it was tried. Example: entente parked show observation/ucdp/SDN"""
    with Platform(DataFolder(data), "operator") as platform:
        found = [event for event in _events(platform, service) if event["stream"] == stream]
    if not found:
        raise Trouble(f"nothing of {stream!r} is parked", "see `entente parked list` for what is")
    if as_json:
        print_json(found)
        return
    rows = [
        (
            event["instance"],
            str(event["version"]),
            event["since"][:19],
            str(event["attempts"]),
            event["cause"] or "waits for the one before",
        )
        for event in found
    ]
    console().print(table("instance", "version", "since", "tries", "why", rows=rows, right=[1, 3]))


@app.command("redrive")
@told
def redrive(
    service: OfService = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking, if the trial goes through.")] = False,
    trial: Annotated[bool, typer.Option("--trial", help="Only try, and change nothing.")] = False,
    data: Data = HERE,
    as_json: AsJson = False,
) -> None:
    """Try parked events again, in order: first in a trial that is undone, then, if you agree, for good.

    Example: entente parked redrive --yes
    """
    with Platform(DataFolder(data), "operator") as platform:
        places = sorted({(one["service"], one["instance"]) for one in parked_streams(platform, service)})
        tried = [_redriven(platform, *place, trial=True) for place in places]
        if not as_json:
            _tell(tried, "would be applied", "would stay parked")
        would = sum(one["applied"] for one in tried)
        if trial or not would or not (yes or typer.confirm(f"Apply {would} events?", err=True)):
            if as_json:
                print_json({"trial": tried, "redriven": []})
            if places and not would:
                raise typer.Exit(FAILED)
            return
        done = _all(platform, places, quiet=as_json)
    if as_json:
        print_json({"trial": tried, "redriven": done})
    else:
        _tell(done, "applied", "still parked")
    if any(one["parked"] for one in done):
        raise typer.Exit(FAILED)


def parked_streams(platform: Platform, service: str | None) -> list[dict[str, Any]]:
    """One entry a stream and instance: the event that could not be applied, and how many wait behind it."""
    found: dict[tuple[str, str, str, str], dict[str, Any]] = {}
    for event in _events(platform, service):
        place = event["service"], event["instance"], event["topic"], event["stream"]
        if place not in found:
            found[place] = {**event, "waiting": 0, "cause": event["cause"] or "waits for an event that has not come"}
        else:
            found[place]["waiting"] += 1
    return list(found.values())


def _events(platform: Platform, service: str | None) -> list[dict[str, Any]]:
    services = [service] if service is not None else platform.services()
    return [
        {"service": each, "instance": one["instance"], **event}
        for each in services
        for one in platform.get(f"/{each}/ops/parked", limit=MOST)
        for event in sorted(one["events"], key=lambda event: (event["stream"], event["version"]))
    ]


def _all(platform: Platform, places: list[tuple[str, str]], *, quiet: bool) -> list[dict[str, Any]]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("redriving"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=errors(), transient=True, disable=quiet) as bar:
        return [_redriven(platform, *place, trial=False) for place in bar.track(places)]


def _redriven(platform: Platform, service: str, instance: str, *, trial: bool) -> dict[str, Any]:
    answer = platform.post(f"/{service}/ops/redrive", {"instance": instance, "trial": trial})
    return {"service": service, **answer}


def _tell(outcomes: list[dict[str, Any]], applied: str, left: str) -> None:
    out = console()
    if not outcomes:
        out.print("Nothing is parked.")
    for one in outcomes:
        out.print(f"{one['service']} {one['instance']}: {one['applied']} {applied}, {one['parked']} {left}", markup=False)
