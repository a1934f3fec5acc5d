"""Two sides, round by round in turn, so that a machine that changes speed changes both."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

ROUNDS = 5

Side = Callable[[], int]
"""Does its work once and gives how many things were done."""


@dataclass(frozen=True, slots=True)
class Compared:
    """`ours` and `theirs`: median things a second; `ratio`: the median of the rounds' own ratios."""

    figure: str
    ours: float
    theirs: float
    ratio: float
    goal: str


def compare(figure: str, ours: Side, theirs: Side, goal: str, rounds: int = ROUNDS) -> Compared:
    """Runs both sides `rounds` times, alternating which one begins."""
    speeds: list[tuple[float, float]] = []
    for number in range(rounds):
        if number % 2:
            second = _speed(theirs)
            first = _speed(ours)
        else:
            first = _speed(ours)
            second = _speed(theirs)
        speeds.append((first, second))
    return Compared(
        figure,
        statistics.median(first for first, _ in speeds),
        statistics.median(second for _, second in speeds),
        statistics.median(first / second for first, second in speeds),
        goal,
    )


def _speed(side: Side) -> float:
    began = perf_counter()
    done = side()
    return done / (perf_counter() - began)
