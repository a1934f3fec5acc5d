"""`entente agreement`: what is on record, and acts of their lives recorded one by one."""

from pathlib import Path
from typing import Annotated

import typer

from entente_platform.command.moments import KnownOn, On, moment
from entente_platform.command.output import AsJson, console, print_json, table, told
from entente_platform.command.reach import HERE, Data, Platform
from entente_platform.command.recording import Also, Day, an_act, json_in, record
from entente_platform.folder import DataFolder

app = typer.Typer(no_args_is_help=True, help="Agreements on record, and acts of their lives.")

Id = Annotated[str, typer.Argument(help="The agreement's id.")]


@app.command("list")
@told
def every(
    party: Annotated[str | None, typer.Option("--party", help="Only those that ever bound this party by its own acts.")] = None,
    data: Data = HERE,
    as_json: AsJson = False,
) -> None:
    """Every agreement on record. Example: entente agreement list --party FRA"""
    path = "/partnerships/agreements?limit=500" + (f"&party={party.upper()}" if party else "")
    with Platform(DataFolder(data), "analyst") as platform:
        items = platform.every(path)
    if as_json:
        print_json(items)
    elif items:
        console().print(table("agreement", "title", rows=[(item["agreement"], item["title"]) for item in items]))
    else:
        console().print("No agreement is on record; `entente import agreements --catalogue` takes over the shipped ones.")


@app.command("show")
@told
def show(id: Id, on: On = None, known_on: KnownOn = None, data: Data = HERE, as_json: AsJson = False) -> None:
    """One agreement with its whole life. Example: entente agreement show ottawa-1997 --on 2025-12-31"""
    with Platform(DataFolder(data), "analyst") as platform:
        answer = platform.get(f"/partnerships/agreements/{id}", **moment(on, known_on))
    if as_json:
        print_json(answer)
        return
    out = console()
    out.print(answer["says"], markup=False)
    out.print(f"It enters into force {answer['rule']}.", markup=False)
    steps = [
        (str(step["number"]), step["on"] or "", step["says"] + ("" if step["counts"] else " (annulled)"), step["recorded"][:10])
        for step in answer["steps"]
    ]
    out.print(table("step", "day", "what", "recorded", rows=steps, right=[0]))
    parties = [
        (party["party"], "bound" if party["bound"] else "not bound", party["since"] or "", party["ends"] or "", ", ".join(party["gives"]))
        for party in answer["parties"]
    ]
    if parties:
        out.print(table("party", "", "since", "ends", "gives", rows=parties))


@app.command("open")
@told
def open_(
    file: Annotated[Path, typer.Argument(help='JSON: {"agreement": ID, "terms": {...}, "on": DAY}, as the API page describes it.')],
    data: Data = HERE,
    as_json: AsJson = False,
) -> None:
    """Register an agreement whose text stands. Example: entente agreement open pact.json"""
    record("/partnerships/agreements", json_in(file), data, as_json=as_json)


@app.command("act")
@told
def act(
    id: Id,
    act: Annotated[str, typer.Argument(help="signed, consented, denounced, suspended, corrected and so on; the API page lists all.")],
    on: Day = None,
    party: Annotated[str | None, typer.Option("--party", help="Whose act it is.")] = None,
    also: Also = None,
    data: Data = HERE,
    as_json: AsJson = False,
) -> None:
    """Record an act of an agreement's life.

    Example: entente agreement act pact consented --party FRA --on 2026-01-31 --also form=ratification
    """
    record(f"/partnerships/agreements/{id}/acts", an_act(act, on, "party", party, also), data, as_json=as_json)
