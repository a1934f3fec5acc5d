"""The fault table: fault x promise, times to recover, what broke."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.table import Table
from tests.chaos.faults import BY_NAME
from tests.chaos.run import Outcome

from entente_testkit.history_checker.rules import RULES, Promise

COLUMNS = ("fault", *(promise.value for promise in Promise), "recovered", "at rest", "standstill", "events", "commands", "answers")
RIGHT = len(Promise) + 1
HELD, NOT_SEEN = "held", "-"


def cells(outcome: Outcome) -> list[str]:
    """A row of the table. A run that could not be carried through shows what it could see."""
    broken: dict[Promise, list[str]] = {}
    for breach in outcome.breaches:
        broken.setdefault(breach.rule.promise, []).append(breach.rule.id)
    seen = bool(outcome.counts)
    promises = [f"BROKEN {', '.join(broken[promise])}" if promise in broken else HELD if seen else NOT_SEEN for promise in Promise]
    times = [_seconds(outcome.recovered), _seconds(outcome.rest), _seconds(outcome.standstill)]
    counts = [str(outcome.counts.get(name, NOT_SEEN)) for name in ("events", "commands", "answers")]
    return [outcome.fault, *promises, *times, *counts]


def table(outcomes: Sequence[Outcome], nodes: int) -> Table:
    """For the terminal."""
    shown = Table(title=f"Faults on {nodes} Kafka node{'s' if nodes > 1 else ''}; seconds from when mending began", title_justify="left")
    for number, name in enumerate(COLUMNS):
        shown.add_column(name, justify="right" if number >= RIGHT else "left", overflow="fold")
    for outcome in outcomes:
        shown.add_row(*cells(outcome), style=None if outcome.well else "red")
    return shown


def trouble(outcome: Outcome) -> list[str]:
    """What did not hold, in words."""
    lines = [f"{outcome.fault}: {breach.rule.id} {breach.rule.says} {breach.examples[0]}" for breach in outcome.breaches]
    lines += [f"{outcome.fault}: {one}" for one in outcome.unclean]
    if outcome.failed:
        lines.append(f"{outcome.fault}: could not be carried through: {outcome.failed.strip().splitlines()[-1]}")
    return lines


def markdown(outcomes: Sequence[Outcome], nodes: int, seed: int, left_out: Sequence[str]) -> str:
    """For a file."""
    lines = [f"# Faults on {nodes} Kafka node{'s' if nodes > 1 else ''}, seed {seed}", ""]
    lines += [f"| {' | '.join(COLUMNS)} |", f"|{'---|' * len(COLUMNS)}"]
    lines += [f"| {' | '.join(cells(outcome))} |" for outcome in outcomes]
    lines += ["", *(f"- `{outcome.fault}`: {BY_NAME[outcome.fault].says}" for outcome in outcomes)]
    lines += [f"- left out: {one}" for one in left_out]
    found = [line for outcome in outcomes for line in trouble(outcome)]
    return "\n".join([*lines, "", *(found or [f"All {len(RULES)} rules held in every run."]), ""])


def write_json(outcomes: Sequence[Outcome], nodes: int, seed: int, path: Path) -> None:
    """Everything, for programs."""
    path.write_text(json.dumps({"nodes": nodes, "seed": seed, "runs": [_plain(one) for one in outcomes]}, indent=2) + "\n", "utf-8")


def _plain(outcome: Outcome) -> dict[str, Any]:
    broken = [{"rule": one.rule.id, "says": one.rule.says, "examples": list(one.examples)} for one in outcome.breaches]
    return {name: value for name, value in asdict(outcome).items() if name != "breaches"} | {"broken": broken, "well": outcome.well}


def _seconds(value: float | None) -> str:
    return NOT_SEEN if value is None else f"{value:.1f}"
