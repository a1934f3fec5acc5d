"""What every command that records something takes, sends and says."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from entente_platform.command.output import console, print_json
from entente_platform.command.reach import Platform
from entente_platform.command.trouble import USAGE, Trouble
from entente_platform.folder import DataFolder

Day = Annotated[datetime | None, typer.Option("--on", help="The day on which it took effect.", formats=["%Y-%m-%d"])]
OnDay = Annotated[datetime, typer.Option("--on", help="The day on which it took effect.", formats=["%Y-%m-%d"])]
Because = Annotated[str, typer.Option("--because", help="The reason, in words.")]
Also = Annotated[list[str] | None, typer.Option("--also", help="What else it says, as name=value; the value may be JSON.")]


def record(path: str, body: Any, data: Path, *, as_json: bool) -> None:
    """Sends it as the officer and says what stands now, by its name and version."""
    with Platform(DataFolder(data), "officer") as platform:
        answer: dict[str, Any] = platform.post(path, body)
    if as_json:
        print_json(answer)
        return
    name = next(value for key, value in answer.items() if key not in {"version", "events"})
    console().print(f"Recorded: {name} stands at version {answer['version']}.", markup=False)


def an_act(act: str, on: datetime | None, whose: str, name: str | None, also: Sequence[str] | None) -> dict[str, Any]:
    """An act as it is sent: its day, whose it is, and what else it says."""
    body: dict[str, Any] = {"act": act}
    if on is not None:
        body["on"] = day(on)
    if name is not None:
        body[whose] = name.upper()
    return {**body, **said(also)}


def said(also: Sequence[str] | None) -> dict[str, Any]:
    """What `--also` says, by name."""
    found: dict[str, Any] = {}
    for each in also or ():
        name, equals, value = each.partition("=")
        if not equals:
            raise Trouble(f"--also {each!r} has no `=`", "write it as name=value", code=USAGE, kind="usage")
        found[name] = _value(value)
    return found


def json_in(file: Path) -> Any:
    """The JSON in a file."""
    try:
        return json.loads(file.read_text("utf-8"))
    except OSError as error:
        raise Trouble(f"{file} cannot be read: {error.strerror}", "name a file that exists and that you may read", code=USAGE) from error
    except ValueError as error:
        raise Trouble(f"{file} is no JSON: {error}", "correct the file", code=USAGE, kind="usage") from error


def day(on: datetime) -> str:
    """A day as it is sent."""
    return on.date().isoformat()


def given(**values: Any) -> Mapping[str, Any]:
    """What was said; what was left out is not in it."""
    return {name: value for name, value in values.items() if value is not None}


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
