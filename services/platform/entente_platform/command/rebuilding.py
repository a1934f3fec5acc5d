"""`entente rebuild`: a projection built anew from its events, beside the live one."""

import time
from typing import Annotated, Any

import typer

from entente_platform.command.output import AsJson, console, errors, print_json, told
from entente_platform.command.reach import HERE, Data, Platform
from entente_platform.command.trouble import FAILED
from entente_platform.folder import DataFolder

LOOK_EVERY = 0.1
"""Seconds."""


@told
def rebuild(
    service: Annotated[str, typer.Argument(help="The service.")],
    projection: Annotated[str, typer.Argument(help="The projection, as `entente lag` names it before the @.")],
    check: Annotated[bool, typer.Option("--check", help="Only compare with the live one, row by row; nothing is switched.")] = False,
    data: Data = HERE,
    as_json: AsJson = False,
) -> None:
    """Build a projection anew and switch to it, or only compare the two. Example: entente rebuild stability observed --check"""
    with Platform(DataFolder(data), "operator") as platform:
        platform.post(f"/{service}/ops/rebuild/{projection}", check="true" if check else "false")
        run = _watched(platform, service, projection, quiet=as_json)
    if as_json:
        print_json({"service": service, "projection": projection, **run})
    else:
        _tell(projection, run)
    if run["state"] not in {"equal", "switched"}:
        raise typer.Exit(FAILED)


def _watched(platform: Platform, service: str, projection: str, *, quiet: bool) -> dict[str, Any]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("building"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=errors(), transient=True, disable=quiet) as bar:
        task = bar.add_task("building", total=None)
        while True:
            run: dict[str, Any] = platform.get(f"/{service}/ops/rebuild/{projection}")
            bar.update(task, completed=run["done"], total=run["of"] or None)
            if run["state"] != "running":
                return run
            time.sleep(LOOK_EVERY)


def _tell(projection: str, run: dict[str, Any]) -> None:
    out = console()
    out.print(f"{projection}: {run['done']:,} events in {run['seconds']:.2f} s: {run['state']}", markup=False)
    for difference in run["differences"]:
        out.print(f"  {difference}", markup=False)
    if run["why"]:
        out.print(f"  {run['why']}", markup=False)
