"""`entente trace`: what came of what, over all services, as a tree."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import quote

import typer
from rich.tree import Tree

from entente_platform.command.output import AsJson, console, print_json, told
from entente_platform.command.reach import HERE, Data, Platform
from entente_platform.command.trouble import Trouble
from entente_platform.folder import DataFolder

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_COUNTRY = re.compile(r"(?:warning/)?([A-Za-z]{3})")


@told
def trace(
    what: Annotated[str, typer.Argument(help="An event's id, a country (its last warning), SOURCE#ID, or a chain's name.")],
    data: Data = HERE,
    as_json: AsJson = False,
) -> None:
    """The whole chain of causes that something belongs to, from its beginning to its last consequence.

    Example: entente trace ucdp#reported-497347
    """
    with Platform(DataFolder(data), "operator") as platform:
        chain = chain_of(platform, what)
        events = events_of(platform, chain)
    if not events:
        raise Trouble(f"no service knows of {what!r}", "name an event's id, a country with a warning, or SOURCE#ID as its sender named it")
    if as_json:
        print_json({"correlationid": chain, "events": events})
    else:
        console().print(tree_of(chain, events))


def chain_of(platform: Platform, what: str) -> str:
    """The correlation id of the chain that something belongs to."""
    if _ID.fullmatch(what):
        return str(_event(platform, what)["correlationid"])
    if "#" in what:
        source, _, name = what.partition("#")
        return f"{_uri(platform, source)}#{name}"
    if (country := _COUNTRY.fullmatch(what)) is not None:
        return str(_event(platform, _last_warning(platform, country[1].upper()))["correlationid"])
    return what


def events_of(platform: Platform, chain: str) -> list[dict[str, Any]]:
    """Every event of a chain, of all services, each after its cause."""
    place = quote(chain, safe="")
    found = [
        {**event, "service": service}
        for service in platform.services()
        for event in platform.get(f"/{service}/ops/events/{place}")["events"]
    ]
    found.sort(key=lambda event: (event["recordedtime"], event["id"]))
    known = {event["id"] for event in found}
    return [each for event in found if event["causationid"] not in known for each in _with_consequences(event, found)]


def _with_consequences(event: dict[str, Any], events: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    yield event
    for each in events:
        if each["causationid"] == event["id"]:
            yield from _with_consequences(each, events)


def tree_of(chain: str, events: Sequence[Mapping[str, Any]]) -> Tree:
    """Each event below its cause; what a foreign event caused stands below its name."""
    known = {event["id"] for event in events}
    roots = list(dict.fromkeys(event["causationid"] for event in events if event["causationid"] not in known))
    tree = Tree(chain, highlight=False)
    for root in roots:
        _grow(tree if root == chain else tree.add(root), root, events)
    return tree


def _grow(branch: Tree, cause: str, events: Sequence[Mapping[str, Any]]) -> None:
    for event in events:
        if event["causationid"] == cause:
            _grow(branch.add(line_of(event)), event["id"], events)


def line_of(event: Mapping[str, Any]) -> str:
    """One event in two lines: when, what, about what; its id and by whom, acting for whom."""
    actor = event["actor"]
    whom = f" for {actor['party']}" if actor["party"] else ""
    return f"{event['recordedtime'][:19]}  {event['type']}  {event['subject']}\n{event['id']}  by {actor['id']}{whom}"


def _event(platform: Platform, id: str) -> Mapping[str, Any]:
    for found in _wherever(platform, f"/ops/events/by-id/{id}"):
        return found
    raise Trouble(f"no service wrote an event {id}", "copy the id from a receipt, a warning, or `entente log tail`")


def _wherever(platform: Platform, path: str) -> Iterator[Mapping[str, Any]]:
    for service in platform.services():
        try:
            yield platform.get(f"/{service}{path}")
        except Trouble as trouble:
            if trouble.kind != "not-found":
                raise


def _uri(platform: Platform, source: str) -> str:
    if "/" in source or ":" in source:
        return source
    return str(platform.get(f"/gateway/sources/{source}")["uri"])


def _last_warning(platform: Platform, country: str) -> str:
    changes: Iterable[Mapping[str, Any]] = platform.get("/stability/warnings", since="1900-01-01", limit=500)["changes"]
    of_country = [change for change in changes if change["country"] == country]
    if not of_country:
        raise Trouble(f"no warning was ever raised for {country}", "name another country; `entente warnings` lists those with one")
    return str(of_country[-1]["event"])
