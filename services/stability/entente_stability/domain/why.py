"""Each term of a score, shared out among the observations behind it.

A term is `w * log1p(S)`, and S is a plain sum to which each observation adds its decayed amount: its share of the term is its share
of S. The shares are integers and add up to the term exactly (largest remainder). Because the logarithm flattens, taking one observation
away would change the term by no more than its share. Observations of a source that was not taken for their day and channel have none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from entente_stability.domain.buckets import Days
from entente_stability.domain.channels import Amounts, Channel
from entente_stability.domain.decay import remaining
from entente_stability.domain.one_source import taken_of
from entente_stability.domain.score import ScoreTerm

HOW_SHARED = (
    "A term is weight * log1p(S); an observation's share of the term is its share of the decayed sum S. Shares add up to the term. "
    "Because of the logarithm, the term would change by no more than the share if the observation were taken away."
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """An observation as one source reported it: `name` is the source's own id of it."""

    source: str
    name: str
    day: date
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class Share:
    """What one observation adds to a term: `amount` as reported, `thousandths` of z."""

    evidence: Evidence
    amount: int
    thousandths: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What a source reported of a day in a channel and was not counted, because `taken` was."""

    day: date
    channel: Channel
    source: str
    amount: int
    taken: str
    taken_amount: int


def shares_of(term: ScoreTerm, days: Days, evidence: Sequence[Evidence], on: date) -> list[Share]:
    """The observations behind a term, the largest share first; they add up to the term. The constant has none."""
    if term.weight is None:
        return []
    channel, half_life = term.weight.channel, term.weight.half_life.value
    taken = {one.day: one.source for one in taken_of(days, channel)}
    behind = sorted(
        (one for one in evidence if taken.get(one.day) == one.source and one.amounts.of(channel) > 0),
        key=lambda one: (one.day, one.source, one.name),
    )
    parts = [one.amounts.of(channel) * remaining((on - one.day).days, half_life) for one in behind]
    shares = [
        Share(one, one.amounts.of(channel), thousandths)
        for one, thousandths in zip(behind, share_out(term.thousandths, parts), strict=True)
    ]
    return sorted(shares, key=lambda share: -abs(share.thousandths))


def share_out(whole: int, parts: Sequence[float]) -> list[int]:
    """Integers in proportion to `parts` that add up to `whole`: rounded down, the rest to the largest remainders, the first of equals."""
    total = sum(parts)
    if not total:
        return [0] * len(parts)
    sign = -1 if whole < 0 else 1
    exact = [abs(whole) * part / total for part in parts]
    shares = [int(one) for one in exact]
    by_remainder = sorted(range(len(parts)), key=lambda i: (shares[i] - exact[i], i))
    for i in by_remainder[: abs(whole) - sum(shares)]:
        shares[i] += 1
    return [sign * share for share in shares]


def left_out(days: Days) -> list[LeftOut]:
    """Every report that was not counted because another source was taken for its day and channel."""
    return [
        LeftOut(one.day, channel, source, amounts.of(channel), one.source, one.amount)
        for channel in Channel
        for one in taken_of(days, channel)
        for source, amounts in days[one.day].items()
        if source != one.source and amounts.of(channel) > 0
    ]
