"""`entente body`: international organisations and regional bodies, and who belongs to them."""

from pathlib import Path
from typing import Annotated, Any

import typer

from entente_platform.command.moments import KnownOn, On, moment
from entente_platform.command.output import AsJson, console, print_json, table, told
from entente_platform.command.reach import HERE, Data, Platform
from entente_platform.command.recording import Also, Day, an_act, json_in, record
from entente_platform.folder import DataFolder

app = typer.Typer(no_args_is_help=True, help="Bodies on record, and who belongs to them.")

Name = Annotated[str, typer.Argument(help="The body's short name.")]


@app.command("list")
@told
def every(data: Data = HERE, as_json: AsJson = False) -> None:
    """Every body on record. Example: entente body list"""
    with Platform(DataFolder(data), "analyst") as platform:
        items = platform.every("/partnerships/bodies?limit=500")
    if as_json:
        print_json(items)
    elif items:
        console().print(
            table("body", "name", "kind", rows=[(item["body"], item["name"], item["kind"].replace("_", " ")) for item in items])
        )
    else:
        console().print("No body is on record; `entente import agreements --catalogue` takes over the shipped ones.")


@app.command("show")
@told
def show(
    body: Name,
    on: On = None,
    known_on: KnownOn = None,
    data: Data = HERE,
    as_json: AsJson = False,
) -> None:
    """One body with those who belong to it on a day. Example: entente body show AU --on 2020-01-01"""
    with Platform(DataFolder(data), "analyst") as platform:
        answer = platform.get(f"/partnerships/bodies/{body.upper()}", **moment(on, known_on))
    if as_json:
        print_json(answer)
        return
    out = console()
    out.print(answer["says"], markup=False)
    rows = [(each["member"], each["name"], _standing(each), each["since"], "yes" if each["bound"] else "no") for each in answer["members"]]
    if rows:
        out.print(table("member", "name", "standing", "since", "bound by its agreements", rows=rows))


def _standing(member: dict[str, Any]) -> str:
    return f"{member['standing']}, suspended" if member["suspended"] else str(member["standing"])


@app.command("register")
@told
def register(
    file: Annotated[Path, typer.Argument(help='JSON: {"body": NAME, "name": ..., "binds": {...}}, as the API page has it.')],
    data: Data = HERE,
    as_json: AsJson = False,
) -> None:
    """Register a body, with its own rule about whom its agreements bind. Example: entente body register osce.json"""
    record("/partnerships/bodies", json_in(file), data, as_json=as_json)


@app.command("act")
@told
def act(
    body: Name,
    act: Annotated[str, typer.Argument(help="joined, suspended, resumed, left, corrected or annulled.")],
    on: Day = None,
    member: Annotated[str | None, typer.Option("--member", help="Whose membership it is.")] = None,
    also: Also = None,
    data: Data = HERE,
    as_json: AsJson = False,
) -> None:
    """Record a step of a membership.

    Example: entente body act AU suspended --member SDN --on 2021-10-26 --also because="decision of the council"
    """
    record(f"/partnerships/bodies/{body.upper()}/acts", an_act(act, on, "member", member, also), data, as_json=as_json)
