"""`entente bound`, `between`, `changes`, `network`: who is bound to what, with whom, and what changes."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from entente_platform.command.moments import KnownOn, On, moment
from entente_platform.command.output import AsJson, console, print_json, table, told
from entente_platform.command.reach import HERE, Data, Platform
from entente_platform.command.trouble import USAGE, Trouble
from entente_platform.folder import DataFolder

Party = Annotated[str, typer.Argument(help="A state (ISO 3166 alpha-3) or a body, for example FRA or OSCE.")]
Why = Annotated[bool, typer.Option("--why", help="Also each step that it rests on.")]


@told
def bound(party: Party, on: On = None, known_on: KnownOn = None, why: Why = False, data: Data = HERE, as_json: AsJson = False) -> None:
    """What binds a state or a body on a day, by what was known on another.

    Example: entente bound FRA --on 1999-03-01 --known-on 2026-01-31 --why
    """
    with Platform(DataFolder(data), "analyst") as platform:
        answer = platform.get("/partnerships/bound", of=party.upper(), **moment(on, known_on), limit=500)
    if as_json:
        print_json(answer)
        return
    out = console()
    out.print(answer["says"], markup=False)
    rows = [
        (item["agreement"], item["title"], item["how"].replace("_", " "), item["since"], item["ends"] or "", ", ".join(item["through"]))
        for item in answer["items"]
    ]
    if rows:
        out.print(table("agreement", "title", "how", "since", "ends", "through", rows=rows))
    if why:
        for item in answer["items"]:
            _grounds(item["agreement"], item["why"])


@told
def between(
    a: Party, b: Party, on: On = None, known_on: KnownOn = None, why: Why = False, data: Data = HERE, as_json: AsJson = False
) -> None:
    """What binds two parties to each other on a day, provision by provision.

    Example: entente between FRA DEU --on 2021-01-01 --why
    """
    asked = {"a": a.upper(), "b": b.upper(), **moment(on, known_on)}
    with Platform(DataFolder(data), "analyst") as platform:
        answer = platform.get("/partnerships/between", **asked)
    if as_json:
        print_json(answer)
        return
    out = console()
    out.print(answer["says"], markup=False)
    rows = [(item["agreement"], *_provision(given)) for item in answer["items"] for given in item["gives"]]
    if rows:
        out.print(table("agreement", "provision", "gives", "holds", "says", rows=rows))
    for item in answer["items"]:
        if not item["relations"]:
            out.print(f"{item['agreement']} is not in force between the two.", markup=False)
        if why:
            _grounds(item["agreement"], item["why"])
            for given in item["gives"]:
                _grounds(f"  {given['provision']['key']} {given['holds']}", given["because"])


@told
def changes(
    within: Annotated[int, typer.Option("--within", help="Days from tomorrow on.", min=1, max=3_660)] = 90,
    data: Data = HERE,
    as_json: AsJson = False,
) -> None:
    """What is known to change in the days to come, and why.

    Example: entente changes --within 365
    """
    with Platform(DataFolder(data), "analyst") as platform:
        answer = platform.get("/partnerships/changes", within=within)
    if as_json:
        print_json(answer)
        return
    out = console()
    out.print(answer["says"], markup=False)
    rows = [(item["day"], item["says"], "; ".join(ground["what"] for ground in item["why"][-2:])) for item in answer["items"]]
    if rows:
        out.print(table("day", "what", "because", rows=rows))


@told
def network(
    on: On = None,
    known_on: KnownOn = None,
    out: Annotated[Path | None, typer.Option("--out", help="Write node-link JSON to this file.")] = None,
    data: Data = HERE,
    as_json: AsJson = False,
) -> None:
    """Who is tied to whom on a day: node-link JSON with --json or --out, the best connected in words.

    Example: entente network --on 2010-07-01 --out network.json
    """
    with Platform(DataFolder(data), "analyst") as platform:
        answer = platform.get("/partnerships/network", **moment(on, known_on))
    if out is not None:
        try:
            out.write_text(json.dumps(answer, ensure_ascii=False) + "\n", "utf-8")
        except OSError as error:
            raise Trouble(f"{out} cannot be written: {error.strerror}", "name a file that you may write", code=USAGE) from error
    if as_json:
        print_json(answer)
        return
    page = console()
    parties = [node for node in answer["nodes"] if node["kind"] != "agreement"]
    page.print(
        f"On {answer['graph']['on']} {len(parties)} parties were tied by {len(answer['links'])} links and "
        f"{len(answer['nodes']) - len(parties)} wider agreements.",
        markup=False,
    )
    rows = _best_connected(answer, parties)
    if rows:
        page.print(table("party", "name", "agreements", "bilateral partners", rows=rows[:15], right=[2, 3]))


def _provision(given: dict[str, Any]) -> tuple[str, str, str, str]:
    provision = given["provision"]
    return provision["key"], provision["gives"].replace("_", " "), given["holds"], provision["says"] or ""


def _best_connected(answer: dict[str, Any], parties: Sequence[dict[str, Any]]) -> list[tuple[str, str, str, str]]:
    names = {party["id"] for party in parties}
    agreements: dict[str, set[str]] = {name: set() for name in names}
    partners: dict[str, set[str]] = {name: set() for name in names}
    for link in answer["links"]:
        for one, other in ((link["source"], link["target"]), (link["target"], link["source"])):
            if one in names:
                agreements[one].update(link["agreements"])
                partners[one].update({other} & names)
    found = [(party["id"], party["name"], len(agreements[party["id"]]), len(partners[party["id"]])) for party in parties]
    ranked = sorted(found, key=lambda each: (-each[2], each[0]))
    return [(party, name, str(count), str(others)) for party, name, count, others in ranked]


def _grounds(about: str, grounds: Sequence[dict[str, Any]]) -> None:
    out = console()
    if grounds:
        out.print(f"{about}:", markup=False)
    for ground in grounds:
        out.print(f"    {ground['on']}  {ground['what']}  (event ...{ground['event'][-8:]})", markup=False)
