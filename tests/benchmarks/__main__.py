"""`make bench`: every ratio, both sides in one interleaved run."""

import logging
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from tests.benchmarks import admitting, appending, memory, rebuild, relaying, tracing
from tests.benchmarks.interleaved import ROUNDS, Compared

from entente_eventkit import collector


def main(
    bootstrap: Annotated[str, typer.Option(help="A real Kafka, host:port; without it the mock cluster carries the log.")] = "",
) -> None:
    """Measure, and print a table."""
    logging.getLogger().setLevel(logging.ERROR)
    collector.settle()
    console = Console()
    addresses = [bootstrap] if bootstrap else []
    parts = {
        "appends": appending.run,
        "admission": admitting.run,
        "tracing": tracing.run,
        "relay": lambda: relaying.run(addresses),
        "rebuild": lambda: rebuild.run(addresses),
    }
    table = Table(title=f"Medians of {ROUNDS} interleaved rounds; log: {bootstrap or 'mock cluster'}")
    for name in ("ours / other side", "ours, a second", "other, a second", "ratio", "goal"):
        table.add_column(name, justify="left" if name.startswith("ours /") else "right")
    for name, part in parts.items():
        with console.status(f"measuring {name}"):
            rows: list[Compared] = part()
        for row in rows:
            table.add_row(row.figure, f"{row.ours:,.0f}", f"{row.theirs:,.0f}", f"{row.ratio:.2f}", row.goal)
    console.print(table)
    with console.status("measuring memory"):
        for kept in memory.run():
            console.print(f"rebuild of {kept.events:,} events: at most {kept.mebibytes:,.0f} MiB resident (goal: flat, below 300)")


typer.run(main)
