"""`entente log tail`: the newest events of every service's store."""

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

import typer

from entente_platform.command.output import AsJson, console, print_json, told
from entente_platform.command.reach import HERE, Data, Platform
from entente_platform.folder import DataFolder

LOOK_EVERY = 0.5
"""Seconds between two looks with --follow."""
PAGE = 1_000

app = typer.Typer(no_args_is_help=True, help="The events as they are written down.")


@app.callback()
def main() -> None:
    """The events as they are written down."""


@app.command("tail")
@told
def tail(
    type: Annotated[str | None, typer.Option("--type", help="Only types that contain this, for example warning-raised.")] = None,
    place: Annotated[str | None, typer.Option("--place", help="Only events about this country or party, for example SDN.")] = None,
    service: Annotated[str | None, typer.Option("--service", help="Only of this service.")] = None,
    count: Annotated[int, typer.Option("--count", help="How many of the newest to begin with.", min=0, max=PAGE)] = 20,
    follow: Annotated[bool, typer.Option("--follow", help="Go on as more are written, until interrupted.")] = False,
    data: Data = HERE,
    as_json: AsJson = False,
) -> None:
    """The newest events with time, type, subject, who wrote them, and id. Example: entente log tail --type warning --place SDN"""
    with Platform(DataFolder(data), "operator") as platform:
        services = [service] if service is not None else platform.services()
        found: list[dict[str, Any]] = []
        places: dict[str, int] = {}
        for each in services:
            events, places[each] = _newest(platform, each, type, place, count)
            found += events
        found = sorted(found, key=lambda event: (event["recordedtime"], event["id"]))[-count or len(found) :]
        if as_json and not follow:
            print_json(found)
            return
        _tell(found, as_json=as_json)
        while follow:
            time.sleep(LOOK_EVERY)
            _tell(list(_later(platform, places, type, place)), as_json=as_json)


def about(event: Mapping[str, Any], place: str) -> bool:
    """Whether an event is about a country or party: in its subject, or in its data at any depth."""
    return place in event["subject"].split("/") or place in _texts(event["data"])


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for inner in value.values():
                yield from _texts(inner)
        case list():
            for inner in value:
                yield from _texts(inner)


def _wanted(events: Sequence[Mapping[str, Any]], service: str, type: str | None, place: str | None) -> list[dict[str, Any]]:
    return [
        {**event, "service": service}
        for event in events
        if (type is None or type in event["type"]) and (place is None or about(event, place.upper()))
    ]


def _newest(platform: Platform, service: str, type: str | None, place: str | None, count: int) -> tuple[list[dict[str, Any]], int]:
    """The newest that are wanted, searched backwards, and the last position that there is."""
    answer = platform.get(f"/{service}/ops/events", limit=PAGE)
    last, found = answer["last"], _wanted(answer["events"], service, type, place)
    first = answer["events"][0]["position"] if answer["events"] else 1
    while len(found) < count and first > 1:
        begin = max(0, first - 1 - PAGE)
        events = platform.get(f"/{service}/ops/events", after=begin, limit=first - 1 - begin)["events"]
        found = [*_wanted(events, service, type, place), *found]
        first = begin + 1
    return found[-count:] if count else [], last


def _later(platform: Platform, places: dict[str, int], type: str | None, place: str | None) -> Iterator[dict[str, Any]]:
    for service, position in list(places.items()):
        answer = platform.get(f"/{service}/ops/events", after=position, limit=PAGE)
        places[service] = answer["last"]
        yield from _wanted(answer["events"], service, type, place)


def _tell(events: Sequence[Mapping[str, Any]], *, as_json: bool) -> None:
    out = console()
    for event in events:
        if as_json:
            print_json(event)
        else:
            line = f"{event['recordedtime'][:19]}  {event['type']}  {event['subject']}  by {event['actor']['id']}  {event['id']}"
            out.print(line, markup=False, soft_wrap=True)
