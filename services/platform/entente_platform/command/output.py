"""Where a command's words go: what was asked for to standard output, progress and trouble to standard error."""

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import Annotated, Any, ParamSpec

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from entente_platform.command.trouble import Trouble

P = ParamSpec("P")
PAGE = 100
"""Columns of a page."""

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs instead of text for people.")]


def console() -> Console:
    """Standard output for people, no wider than a page."""
    return _console(stderr=False)


def errors() -> Console:
    """Standard error."""
    return _console(stderr=True)


def _console(*, stderr: bool) -> Console:
    made = Console(stderr=stderr, highlight=False)
    made.width = min(made.width, PAGE) if made.is_terminal else PAGE
    return made


def print_json(value: Any) -> None:
    """One JSON value on standard output, readable by people too."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False, default=str) + "\n")


def table(*headings: str, rows: Iterable[Sequence[str]], right: Sequence[int] = ()) -> Table:
    """A plain table; the columns whose index is in `right` are flush right."""
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for index, heading in enumerate(headings):
        made.add_column(heading, justify="right" if index in right else "left")
    for row in rows:
        made.add_row(*row)
    return made


def told(command: Callable[P, None]) -> Callable[P, None]:
    """Runs a command; its trouble is told on standard error (as JSON where that was asked for) and becomes the exit code."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except Trouble as trouble:
            if kwargs.get("as_json"):
                said = {"error": trouble.kind, "detail": trouble.what, "mend": trouble.mend}
                sys.stderr.write(json.dumps(said, ensure_ascii=False) + "\n")
            else:
                out = errors()
                out.print("[bold red]Error:[/] ", end="")
                out.print(trouble.what, markup=False)
                out.print(f"What to do: {trouble.mend}", markup=False)
            raise typer.Exit(trouble.code) from None

    return run
