"""Imports DCAD and ATOP whole and compares the registry's answers with them; exit code 1 where an unexplained disagreement is left."""

import csv
import sys
import time
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from tests.check_data.cross import COLUMNS, SUSPENDED, Checked, entries_of_dcad, members_of_igo, years_of_atop
from tests.check_data.importing import Imported, import_file
from tests.check_data.registry import Registry, a_registry

from entente_platform.agreements.catalogue import catalogue
from entente_platform.agreements.sending import send

DCAD, ATOP, IGO = "dcad_v1_1980_2010.csv", "atop_alliances_dyad_year_1990_2014.csv", "cow_igo_membership_selected_1990_2014.csv"
EXPLAINED = {"not imported", "no such state then"}
"""Reasons that lie in the data, not in what the registry makes of it. Who belongs to a body is only told: both sides record facts."""


def main(
    folder: Annotated[Path, typer.Argument(help="The folder with the files; `agreements` below it is found, too.")],
    report: Annotated[Path | None, typer.Option("--report", help="Write every disagreement to this file, as CSV.")] = None,
) -> None:
    """Check the registry against whole data sets."""
    place = folder / "agreements" if (folder / "agreements").is_dir() else folder
    missing = [name for name in (DCAD, ATOP, IGO) if not (place / name).is_file()]
    if missing:
        sys.stderr.write(f"{place} has no {', '.join(missing)}; name the folder that has them: make check-data DIR=...\n")
        raise typer.Exit(2)
    checks = check(place)
    if report is not None:
        with report.open("w", encoding="utf-8", newline="") as file:
            lines = csv.writer(file)
            lines.writerow(("check", "where", "reason", "detail"))
            for name, checked in checks.items():
                lines.writerows((name, each.where, each.reason, each.detail) for each in checked.disagreements)
    unexplained = sum(
        count for checked in list(checks.values())[:2] for reason, count in checked.reasons.items() if reason not in EXPLAINED
    )
    raise typer.Exit(1 if unexplained else 0)


def check(place: Path) -> dict[str, Checked]:
    """Runs everything and prints what came of it."""
    out, begun = Console(stderr=False, width=110, highlight=False), time.perf_counter()
    with a_registry() as registry:
        imported = {name: _import(out, registry, place / name) for name in (DCAD, ATOP)}
        list(send(registry, catalogue(), "a check of data", lambda _: None))
        registry.settle()
        out.print(_imports(imported, time.perf_counter() - begun))
        checks = {
            "DCAD: bound on the day of entry into force, not the day before": registry.ask(
                entries_of_dcad, place / DCAD, imported[DCAD].taken
            ),
            "ATOP: the same obligations on 1 July of each year": registry.ask(years_of_atop, place / ATOP, imported[ATOP].taken),
            "COW IGO: the same members at the end of each year": members_of_igo(_bodies(registry), place / IGO),
        }
    out.print(_table(checks))
    out.print(f"All in {time.perf_counter() - begun:.0f} s.")
    return checks


def _import(out: Console, registry: Registry, path: Path) -> Imported:
    columns = (TextColumn(f"importing {path.name}, twice"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=out, transient=True) as bar:
        task = bar.add_task("", total=None)
        return import_file(registry, path, lambda more: bar.advance(task, more))


def _bodies(registry: Registry) -> dict[str, dict[date, dict[str, str]]]:
    known = {item["body"] for item in registry.get("/partnerships/bodies", limit="500")["items"]}
    ends = [date(year, 12, 31) for year in range(1990, 2015)]
    return {body: {day: _members(registry, body, day) for day in ends} for body in COLUMNS.values() if body in known}


def _members(registry: Registry, body: str, day: date) -> dict[str, str]:
    answer = registry.get(f"/partnerships/bodies/{body}", on=day.isoformat())
    return {member["member"]: SUSPENDED if member["suspended"] else member["standing"] for member in answer["members"]}


def _imports(imported: dict[str, Imported], seconds: float) -> Table:
    table = Table(title=f"Imported, twice, in {seconds:.0f} s", title_justify="left")
    for heading in ("file", "items", "taken", "refused", "left, by reason", "the second time"):
        table.add_column(heading)
    for name, one in imported.items():
        left = ", ".join(f"{count} {reason}" for reason, count in one.left.most_common())
        again = ", ".join(f"{count} {outcome}" for outcome, count in one.again.items())
        table.add_row(name, f"{len(one.lines):,}", f"{one.outcomes['taken']:,}", f"{one.outcomes['refused']:,}", left, again)
    return table


def _table(checks: dict[str, Checked]) -> Table:
    table = Table(title="Compared", title_justify="left")
    for heading in ("check", "compared", "agree", "disagree, by reason"):
        table.add_column(heading)
    for name, checked in checks.items():
        reasons = ", ".join(f"{count:,} {reason}" for reason, count in checked.reasons.most_common()) or "none"
        table.add_row(name, f"{checked.compared:,}", f"{checked.compared - len(checked.disagreements):,}", reasons)
    return table


if __name__ == "__main__":
    typer.run(main)
