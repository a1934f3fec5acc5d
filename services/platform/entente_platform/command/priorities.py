"""`entente priorities`: what parties declare to want, in the published vocabulary."""

from typing import Annotated, Any

import typer

from entente_platform.command.moments import KnownOn, On, moment
from entente_platform.command.output import AsJson, console, print_json, table, told
from entente_platform.command.reach import HERE, Data, Platform
from entente_platform.command.recording import OnDay, day, given, record
from entente_platform.command.trouble import USAGE, Trouble
from entente_platform.folder import DataFolder

app = typer.Typer(no_args_is_help=True, help="What parties declare to want.")

Party = Annotated[str, typer.Argument(help="A state or a body.")]


@app.command("vocabulary")
@told
def vocabulary(data: Data = HERE, as_json: AsJson = False) -> None:
    """The themes that can be declared, and the rule of misalignment. Example: entente priorities vocabulary"""
    with Platform(DataFolder(data), "analyst") as platform:
        answer = platform.get("/partnerships/priorities/vocabulary")
    if as_json:
        print_json(answer)
        return
    out = console()
    rows = [(each["theme"], each["kind"], each["low"], each["high"], str(each["factor"])) for each in answer["themes"]]
    out.print(table("theme", "kind", "-2 means", "+2 means", "factor", rows=rows, right=[4]))
    out.print(f"Version {answer['version']}. {answer['why']}", markup=False)


@app.command("show")
@told
def show(party: Party, on: On = None, known_on: KnownOn = None, data: Data = HERE, as_json: AsJson = False) -> None:
    """What a party wanted on a day. Example: entente priorities show FRA --on 2026-01-01"""
    with Platform(DataFolder(data), "analyst") as platform:
        answer = platform.get(f"/partnerships/priorities/{party.upper()}", **moment(on, known_on))
    if as_json:
        print_json(answer)
        return
    out = console()
    out.print(answer["says"], markup=False)
    rows = [(each["theme"], f"{each['stance']:+}", str(each["weight"])) for each in answer["priorities"]]
    if rows:
        out.print(table("theme", "stance", "weight", rows=rows, right=[1, 2]))


@app.command("declare")
@told
def declare(
    party: Party,
    priorities: Annotated[list[str], typer.Argument(help="Each as theme:stance:weight, for example arms-control:+1:3.")],
    on: OnDay,
    source: Annotated[str | None, typer.Option("--source", help="Where it was declared.")] = None,
    data: Data = HERE,
    as_json: AsJson = False,
) -> None:
    """Record what a party declares to want; it replaces what it declared before.

    Example: entente priorities declare FRA collective-defence:+2:5 arms-control:+1:3 --on 2025-07-14 --source "a white paper"
    """
    body = {"priorities": [_priority(each) for each in priorities], "on": day(on), **given(source=source)}
    record(f"/partnerships/priorities/{party.upper()}", body, data, as_json=as_json)


def _priority(text: str) -> dict[str, Any]:
    match text.split(":"):
        case [theme, stance, weight] if _whole(stance) and _whole(weight):
            return {"theme": theme, "stance": int(stance), "weight": int(weight)}
        case _:
            raise Trouble(f"{text!r} is no priority", "write it as theme:stance:weight, like arms-control:+1:3", code=USAGE, kind="usage")


def _whole(text: str) -> bool:
    return text.lstrip("+-").isdecimal()
