"""The score: `z = b + sum of w * log1p(S)` in integer thousandths, and the stability that follows from z alone."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from entente_stability.domain.buckets import Days
from entente_stability.domain.channels import Channel
from entente_stability.domain.decay import decayed_sum
from entente_stability.domain.one_source import Taken, taken_of
from entente_stability.domain.weights import TermWeight, Weights

CONSTANT = "constant"
"""The name of the term that is there without any observation."""

WHOLLY_STABLE = 100_000
"""A hundred points, in thousandths of a point."""

STEEPEST = 700_000
"""Beyond 700 the exponential leaves the range of a float, and the score has long reached its end."""


@dataclass(frozen=True, slots=True)
class ScoreTerm:
    """One contribution in thousandths of z. `decayed` is the sum S behind it, in thousandths, for reading only; the constant has none."""

    name: str
    thousandths: int
    weight: TermWeight | None = None
    decayed: int = 0


@dataclass(frozen=True, slots=True)
class Score:
    """`z` is the sum of its terms, exactly: each term is rounded first and then added. `stability` in thousandths of a point."""

    z: int
    stability: int
    terms: tuple[ScoreTerm, ...]


def thousandths_of(weight: TermWeight, total: float) -> int:
    """`w * log1p(S)`, rounded to an integer thousandth of z. Monotone in S, as rounding is."""
    return round(weight.weight.value * math.log1p(total))


def stability_of(z: int) -> int:
    """`100 * (1 - sigmoid(z))` in thousandths of a point; `z` in thousandths. Never rises where z rises."""
    steep = max(-STEEPEST, min(STEEPEST, z))
    return round(WHOLLY_STABLE / (1.0 + math.exp(steep / 1000)))


def score_of(days: Days, weights: Weights, on: date) -> Score:
    """The score on a day, from the buckets up to that day and nothing else."""
    taken: Mapping[Channel, Sequence[Taken]] = {channel: taken_of(days, channel) for channel in Channel}
    terms = [ScoreTerm(CONSTANT, weights.constant.value)]
    for weight in weights.terms:
        total = decayed_sum(taken[weight.channel], weight.half_life.value, on)
        terms.append(ScoreTerm(weight.name, thousandths_of(weight, total), weight, decayed=round(total * 1000)))
    z = sum(term.thousandths for term in terms)
    return Score(z=z, stability=stability_of(z), terms=tuple(terms))
