"""`make chaos`: every fault once, and the table of what held. Exit code 1 where any rule is broken."""

import logging
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from tests.chaos import report
from tests.chaos.faults import BY_NAME, FAULTS, Fault
from tests.chaos.load import Size
from tests.chaos.run import Outcome, carry_out
from tests.chaos.world import backends

WIDE = 200


def main(
    seed: Annotated[int, typer.Option(help="The same seed makes the same load.")] = 1,
    nodes: Annotated[int, typer.Option(help="Kafka nodes: 1 or 3.", min=1, max=3)] = 1,
    fault: Annotated[list[str] | None, typer.Option(help=f"Only these: {', '.join(BY_NAME)}.")] = None,
    json: Annotated[Path | None, typer.Option(help="Where to write everything; the table goes beside it as .md.")] = None,
    keep: Annotated[Path | None, typer.Option(help="A folder in which the runs' stores and logs stay.")] = None,
) -> None:
    """Run a load over real Kafka and PostgreSQL, do one fault a run, and check the history."""
    logging.getLogger().setLevel(logging.CRITICAL)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    console = Console(width=None if sys.stdout.isatty() else WIDE)
    unknown = [name for name in fault or [] if name not in BY_NAME]
    if unknown:
        raise typer.BadParameter(f"there is no fault {unknown[0]}; there are {', '.join(BY_NAME)}")
    chosen = [BY_NAME[name] for name in fault] if fault else list(FAULTS)
    left_out = [f"`{one.name}` takes {one.nodes} nodes" for one in chosen if one.nodes > nodes]
    chosen = [one for one in chosen if one.nodes <= nodes]
    folder = keep or Path(tempfile.mkdtemp(prefix="entente-chaos-"))
    outcomes: list[Outcome] = []
    try:
        _all(chosen, folder, nodes, seed, console, outcomes)
    finally:
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)
        left_out += [f"`{one.name}` was not reached" for one in chosen[len(outcomes) :]]
        console.print(report.table(outcomes, nodes))
        for line in [*left_out, *(line for outcome in outcomes for line in report.trouble(outcome))]:
            console.print(line, markup=False, highlight=False)
        if json is not None:
            report.write_json(outcomes, nodes, seed, json)
            json.with_suffix(".md").write_text(report.markdown(outcomes, nodes, seed, left_out), "utf-8")
    sys.exit(0 if all(outcome.well for outcome in outcomes) else 1)


def _all(chosen: list[Fault], folder: Path, nodes: int, seed: int, console: Console, outcomes: list[Outcome]) -> None:
    """Carries out one after the other; what an interruption leaves of `outcomes` is told all the same."""
    with backends() as shared, console.status("") as status:
        for number, one in enumerate(chosen, 1):

            def tell(what: str, of: str = f"[{number}/{len(chosen)}] {one.name}: {one.says}") -> None:
                status.update(f"{of}: {what}")

            outcome = carry_out(one, folder / one.name, nodes=nodes, seed=seed, size=Size(), backends=shared, tell=tell)
            outcomes.append(outcome)
            console.print(f"{one.name}: {'all held' if outcome.well else 'NOT WELL'} ({outcome.seconds:.0f} s)", highlight=False)
            for line in report.trouble(outcome):
                console.print(f"  {line}", markup=False, highlight=False)


typer.run(main)
