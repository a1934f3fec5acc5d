"""Decayed sums: `S_d = S_(d-1) * 2^(-1/h) + m_d`, a pure function of the ordered buckets.

The sums are floats and are never kept: they are computed from exact integers in one fixed order, so the same buckets give the same bytes
on the same machine. Another machine's `pow` may differ in the last bit; what is published is rounded to thousandths, where such a
difference shows only if it falls on a rounding edge.
"""

from collections.abc import Sequence
from datetime import date

from entente_stability.domain.one_source import Taken


def remaining(days: int, half_life: int) -> float:
    """What is left of one after a number of days: a half after each half-life (both in days)."""
    return float(0.5 ** (days / half_life))


def decayed_sum(taken: Sequence[Taken], half_life: int, on: date) -> float:
    """The sum on the day `on` of amounts in ascending order of day, none later than `on`; starts from nothing before the first."""
    total, last = 0.0, on
    for one in taken:
        total = total * remaining((one.day - last).days, half_life) + one.amount if total else float(one.amount)
        last = one.day
    return total * remaining((on - last).days, half_life)
