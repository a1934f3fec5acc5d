"""Turns assessments and evidence into answers."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from entente_contracts.events.stability import Term
from entente_stability.answers import (
    AssessmentAnswer,
    CoverageAnswer,
    EvidenceAnswer,
    LeftOutAnswer,
    OthersAnswer,
    ScoreAnswer,
    ScoreTermAnswer,
    WhyAnswer,
    WhyTermAnswer,
)
from entente_stability.domain.assessing import Assessed
from entente_stability.domain.buckets import Days
from entente_stability.domain.one_source import RULE
from entente_stability.domain.score import ScoreTerm
from entente_stability.domain.why import HOW_SHARED, Evidence, Share, left_out, shares_of
from entente_stability.projections.assessments import Said
from entente_stability.projections.observed import Sighting
from entente_stability.weights import weights_in_force


def score_answer(assessed: Assessed) -> ScoreAnswer:
    """The score with its terms explained."""
    weights = weights_in_force()
    return ScoreAnswer(
        stability=assessed.score.stability,
        z=assessed.score.z,
        terms=[ScoreTermAnswer(**_term(term)) for term in assessed.score.terms],
        weights=weights.version,
        status=weights.status,
    )


def coverage_answer(assessed: Assessed) -> CoverageAnswer:
    """What stands beside the score."""
    return CoverageAnswer(
        sources=assessed.coverage.sources,
        history_begins=assessed.since,
        days_observed=assessed.coverage.days_observed,
        last_observed=assessed.coverage.last_observed,
        observations=assessed.observations,
        confidence=assessed.confidence,
    )


def says(place: str, on: date, known: date, assessed: Assessed | None) -> str:
    """The answer in a sentence."""
    if assessed is None:
        return (
            f"No score: by the end of {known} no registered source had reported anything of {place} up to {on}, "
            "and nobody watching is not the same as calm."
        )
    points = assessed.score.stability / 1000
    return (
        f"{place} stood at {points:.1f} of 100 on {on}, as known at the end of {known}, by provisional parameters. "
        f"Its first source was first heard on {assessed.since}; the sums hold only what sources have reported since."
    )


def why_answer(country: str, assessed: Assessed, days: Days, sightings: Sequence[Sighting], *, most: int) -> WhyAnswer:
    """Each term with the `most` observations that have the largest shares in it."""
    by_name = {(one.source, one.observation): one for one in sightings}
    evidence = [Evidence(one.source, one.observation, one.last, one.amounts) for one in sightings]
    dropped = sorted(left_out(days), key=lambda one: (-one.amount, one.day, one.channel, one.source))
    terms = []
    for term in assessed.score.terms:
        shares = shares_of(term, days, evidence, assessed.day)
        others = shares[most:]
        terms.append(
            WhyTermAnswer(
                **_term(term),
                observations=[_evidence(share, by_name[share.evidence.source, share.evidence.name]) for share in shares[:most]],
                others=OthersAnswer(observations=len(others), share_thousandths=sum(share.thousandths for share in others)),
            )
        )
    return WhyAnswer(
        country=country,
        on=assessed.day,
        known_on=assessed.known,
        watched=True,
        stability=assessed.score.stability,
        z=assessed.score.z,
        terms=terms,
        not_counted=[
            LeftOutAnswer(
                day=one.day, channel=one.channel, source=one.source, amount=one.amount, taken=one.taken, taken_amount=one.taken_amount
            )
            for one in dropped[:most]
        ],
        not_counted_in_all=len(dropped),
        one_source_rule=RULE,
        how_shared=HOW_SHARED,
        says=says(country, assessed.day, assessed.known, assessed),
    )


def no_why(country: str, on: date, known: date) -> WhyAnswer:
    """Where nobody watched there is nothing to explain."""
    return WhyAnswer(
        country=country,
        on=on,
        known_on=known,
        watched=False,
        stability=None,
        z=None,
        terms=[],
        not_counted=[],
        not_counted_in_all=0,
        one_source_rule=RULE,
        how_shared=HOW_SHARED,
        says=says(country, on, known, None),
    )


def said(row: Said, country: str, day: date) -> Mapping[str, Any]:
    """The fields of a published assessment."""
    return {
        "country": country,
        "day": day,
        "stability": row.stability,
        "z": row.z,
        "terms": [Term(name=name, thousandths=thousandths) for name, thousandths in json.loads(row.terms)],
        "sources": json.loads(row.sources),
        "days_observed": row.days_observed,
        "last_observed": row.last_observed,
        "confidence": row.confidence,
        "observations": row.observations,
        "weights": row.weights,
        "event": row.event,
    }


def assessment_answer(row: Said, country: str, day: date) -> AssessmentAnswer:
    """A published assessment."""
    return AssessmentAnswer(**said(row, country, day))


def _term(term: ScoreTerm) -> dict[str, Any]:
    if term.weight is None:
        return {"name": term.name, "thousandths": term.thousandths, "meaning": weights_in_force().constant.meaning}
    return {
        "name": term.name,
        "thousandths": term.thousandths,
        "channel": term.weight.channel,
        "half_life_days": term.weight.half_life.value,
        "weight": term.weight.weight.value,
        "decayed_thousandths": term.decayed,
        "meaning": term.weight.half_life.meaning,
    }


def _evidence(share: Share, sighting: Sighting) -> EvidenceAnswer:
    foreign = f"{sighting.foreign_source}#{sighting.foreign_id}" if sighting.foreign_source is not None else None
    facts = sighting.model_dump(include=set(EvidenceAnswer.model_fields))
    return EvidenceAnswer(share_thousandths=share.thousandths, amount=share.amount, foreign=foreign, **facts)
