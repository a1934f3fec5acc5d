"""`entente import agreements`: agreements and bodies of others' records taken over, with what became of each line."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from entente_platform.command.output import AsJson, console, errors, print_json, table, told
from entente_platform.command.reach import HERE, Data, Platform
from entente_platform.command.trouble import FAILED, USAGE, Trouble
from entente_platform.folder import DataFolder

if TYPE_CHECKING:
    from entente_platform.agreements.lines import Line

SHOWN = 20
"""How many lines that were left are printed; all are in the JSON and in the report."""

SHOWN_WITHIN = 10.0
"""Seconds."""

app = typer.Typer(no_args_is_help=True, help="Take over what others have on record.")


@dataclass(slots=True)
class Outcomes:
    """What became of a file: counts by outcome, what the registry refused, which lines were left, and what of others was not taken."""

    outcomes: Counter[str] = field(default_factory=Counter)
    refused: list[dict[str, Any]] = field(default_factory=list)
    left: list[dict[str, Any]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Everything, for programs."""
        counts = {name: self.outcomes[name] for name in ("taken", "changed", "unchanged", "refused")}
        reasons = dict(Counter(each["reason"] for each in self.left))
        return {
            **counts,
            "left": len(self.left),
            "reasons": reasons,
            "refusals": self.refused,
            "lines_left": self.left,
            "notes": self.notes,
        }


@app.callback()
def main() -> None:
    """Take over what others have on record."""


@app.command("agreements")
@told
def agreements(
    file: Annotated[Path | None, typer.Argument(help="The file to read.")] = None,
    format: Annotated[str | None, typer.Option("--format", help="dcad, atop or csv; the columns say which where it is left out.")] = None,
    template: Annotated[bool, typer.Option("--template", help="Print a file of our own layout to begin with, nothing else.")] = False,
    catalogue: Annotated[bool, typer.Option("--catalogue", help="Take over the catalogue that is shipped, instead of a file.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and judge everything here, and send nothing.")] = False,
    report: Annotated[Path | None, typer.Option("--report", help="Also write everything to this file, as JSON.")] = None,
    because: Annotated[str, typer.Option("--because", help="Why it is taken over; kept with it.")] = "imported at the command line",
    data: Data = HERE,
    as_json: AsJson = False,
) -> None:
    """Take over agreements from a file, line by line; again, or after a break, only what is lacking is added.

    Example: entente import agreements --template > mine.csv; entente import agreements mine.csv --dry-run
    """
    if template:
        from entente_platform.agreements.own_csv import TEMPLATE

        typer.echo(TEMPLATE, nl=False)
        return
    lines = _judged(_read(file, format, catalogue=catalogue))
    outcomes = _sorted_out(lines)
    if dry_run:
        outcomes.outcomes["unchanged"] = 0
    else:
        _send(lines, outcomes, because, DataFolder(data), quiet=as_json)
    if report is not None:
        report.write_text(json.dumps(outcomes.as_json(), indent=2, ensure_ascii=False) + "\n", "utf-8")
    if as_json:
        print_json(outcomes.as_json())
    else:
        _tell(outcomes, len(lines), dry_run=dry_run)
    if outcomes.refused:
        raise typer.Exit(FAILED)


def _read(file: Path | None, format: str | None, *, catalogue: bool) -> "list[Line]":
    from entente_platform.agreements.catalogue import catalogue as shipped
    from entente_platform.agreements.lines import NotThatLayout
    from entente_platform.agreements.reading import Layout, read_file

    if catalogue == (file is not None):
        raise Trouble("it is not said what to import", "name a FILE, or give --catalogue", code=USAGE, kind="usage")
    if file is None:
        return list(shipped())
    if format is not None and format not in list(Layout):
        raise Trouble(f"there is no format {format}", f"use one of {', '.join(Layout)}", code=USAGE, kind="usage")
    try:
        return read_file(file, Layout(format) if format is not None else None)
    except OSError as error:
        raise Trouble(f"{file} cannot be read: {error.strerror}", "name a file that exists and that you may read", code=USAGE) from error
    except NotThatLayout as error:
        raise Trouble(f"{file}: {error}", "name the right --format, or the right file", code=USAGE, kind="not-that-format") from error


def _judged(lines: "list[Line]") -> "list[Line]":
    from entente_eventkit.clock import SystemClock
    from entente_platform.agreements.catalogue import catalogue as shipped
    from entente_platform.agreements.judging import judged

    bodies = frozenset(line.name for line in shipped() if "body" in line.item)
    return judged(lines, SystemClock().now().date(), bodies)


def _sorted_out(lines: "list[Line]") -> Outcomes:
    from entente_platform.agreements.lines import Left

    outcomes = Outcomes()
    for line in lines:
        if isinstance(line, Left):
            outcomes.left.append({"line": line.line, "reason": line.reason, "why": line.why, "mend": line.mend})
        else:
            outcomes.notes += [{"line": line.line, "name": line.name, "note": note} for note in line.notes]
    return outcomes


def _send(lines: "list[Line]", outcomes: Outcomes, because: str, folder: DataFolder, *, quiet: bool) -> None:
    from entente_platform.agreements.lines import Taken
    from entente_platform.agreements.sending import send

    taken = [line for line in lines if isinstance(line, Taken)]
    with Platform(folder, "officer") as platform, _progress(len(taken), quiet=quiet) as advance:
        for line, result in send(platform, taken, because, advance):
            outcomes.outcomes[result["outcome"]] += 1
            if result["outcome"] == "refused":
                said = {name: result[name] for name in ("code", "detail", "where", "mend")}
                outcomes.refused.append({"line": line.line, "name": line.name, **said})
    _wait_until_shown(folder)


def _wait_until_shown(folder: DataFolder) -> None:
    """Taken is at once; a moment later it is read everywhere, also by the next command. Not waited for where no operator's token is."""
    deadline = time.monotonic() + SHOWN_WITHIN
    try:
        with Platform(folder, "operator") as platform:
            while time.monotonic() < deadline and any(one["events"] for one in platform.get("/partnerships/ops/lag")):
                time.sleep(0.05)
    except Trouble as trouble:
        if trouble.kind != "no-token":
            raise


@contextmanager
def _progress(total: int, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    if quiet:
        yield lambda _: None
        return
    columns = (TextColumn("importing"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=errors(), transient=True) as bar:
        task = bar.add_task("importing", total=total)
        yield lambda more: bar.advance(task, more)


def _tell(outcomes: Outcomes, lines: int, *, dry_run: bool) -> None:
    out = console()
    said = outcomes.as_json()
    if dry_run:
        out.print(f"{lines:,} items read: {lines - said['left']:,} could be taken over, {said['left']:,} left. Nothing was sent.")
    else:
        counts = ", ".join(f"{said[name]:,} {name}" for name in ("taken", "changed", "unchanged", "refused"))
        out.print(f"{lines:,} items read: {counts}; {said['left']:,} left.")
    for reason, count in sorted(said["reasons"].items(), key=lambda each: -each[1]):
        out.print(f"  {count:,} left: {reason}", markup=False)
    rows = [(str(each["line"]), each["reason"], each["why"], each["mend"]) for each in outcomes.left[:SHOWN]]
    rows += [(str(each["line"]), each["code"], _refusal(each), each["mend"]) for each in outcomes.refused[:SHOWN]]
    if rows:
        out.print(table("line", "reason", "why", "what to do", rows=rows, right=[0]))
    if len(outcomes.left) > SHOWN:
        out.print(f"{len(outcomes.left) - SHOWN:,} more were left; --json or --report names all.")
    notes = Counter(_kind_of(each["note"]) for each in outcomes.notes)
    for note, count in notes.most_common(8):
        out.print(f"  {count:,} taken with a note: {note}", markup=False)


def _refusal(each: dict[str, Any]) -> str:
    return f"{each['name']}: {each['where']}: {each['detail']}"


def _kind_of(note: str) -> str:
    """A note without what is particular to its line."""
    head = note.partition(":")[0] if note.startswith("its ") else note
    return " ".join("N" if word.isdigit() else word for word in head.split())
