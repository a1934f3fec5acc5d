"""`entente agreement` and `entente body`: what is on record, and acts recorded one by one."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from entente_platform.command.moments import KnownOn, On, moment
from entente_platform.command.output import AsJson, console, print_json, table, told
from entente_platform.command.reach import HERE, Data, Platform
from entente_platform.command.trouble import USAGE, Trouble
from entente_platform.folder import DataFolder

app = typer.Typer(no_args_is_help=True, help="Agreements on record, and acts of their lives.")
bodies = typer.Typer(no_args_is_help=True, help="Bodies on record, and who belongs to them.")

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
    with Platform(DataFolder(data), "officer") as platform:
        answer = platform.post("/partnerships/agreements", _json(file))
    _changed(answer, "agreement", as_json=as_json)


@app.command("act")
@told
def act(
    id: Id,
    act: Annotated[str, typer.Argument(help="signed, consented, denounced, suspended, corrected and so on; the API page lists all.")],
    on: Annotated[datetime | None, typer.Option("--on", help="The day on which it took effect.", formats=["%Y-%m-%d"])] = None,
    party: Annotated[str | None, typer.Option("--party", help="Whose act it is.")] = None,
    also: Annotated[list[str] | None, typer.Option("--also", help="What else the act says, as name=value; the value may be JSON.")] = None,
    data: Data = HERE,
    as_json: AsJson = False,
) -> None:
    """Record an act of an agreement's life.

    Example: entente agreement act pact consented --party FRA --on 2026-01-31 --also form=ratification
    """
    body: dict[str, Any] = {"act": act}
    if on is not None:
        body["on"] = on.date().isoformat()
    if party is not None:
        body["party"] = party.upper()
    for each in also or []:
        name, equals, value = each.partition("=")
        if not equals:
            raise Trouble(f"--also {each!r} has no `=`", "write it as name=value", code=USAGE, kind="usage")
        body[name] = _value(value)
    with Platform(DataFolder(data), "officer") as platform:
        answer = platform.post(f"/partnerships/agreements/{id}/acts", body)
    _changed(answer, "agreement", as_json=as_json)


@bodies.command("list")
@told
def every_body(data: Data = HERE, as_json: AsJson = False) -> None:
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


@bodies.command("show")
@told
def show_body(
    body: Annotated[str, typer.Argument(help="The body's short name.")],
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


def _json(file: Path) -> Any:
    try:
        return json.loads(file.read_text("utf-8"))
    except OSError as error:
        raise Trouble(f"{file} cannot be read: {error.strerror}", "name a file that exists and that you may read", code=USAGE) from error
    except ValueError as error:
        raise Trouble(f"{file} is no JSON: {error}", "correct the file", code=USAGE, kind="usage") from error


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _changed(answer: dict[str, Any], what: str, *, as_json: bool) -> None:
    if as_json:
        print_json(answer)
    else:
        console().print(f"Recorded: {answer[what]} stands at version {answer['version']}.", markup=False)
