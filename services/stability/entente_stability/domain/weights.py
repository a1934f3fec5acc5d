"""The parameters of the score, as data that anybody can read: each with its unit, its meaning and where it comes from."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from entente_contracts.events.stability import WarningLevel
from entente_stability.domain.channels import Channel


class BadWeights(ValueError):
    """The parameter file does not hold together; the text says where and how to mend it."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number that enters the score."""

    value: int
    unit: str
    meaning: str
    source: str


@dataclass(frozen=True, slots=True)
class TermWeight:
    """A term `weight * log1p(S)`: `weight` in thousandths of z, `half_life` of the sum S in days."""

    name: str
    channel: Channel
    half_life: Parameter
    weight: Parameter


@dataclass(frozen=True, slots=True)
class Threshold:
    """A level of warning, in thousandths of a point of stability: entered at or below `enter`, left above `leave`."""

    level: WarningLevel
    enter: Parameter
    leave: Parameter


@dataclass(frozen=True, slots=True)
class ConfidenceWeights:
    """How many percent of confidence each side of the coverage can give at most, and what it takes to give them."""

    first_source: Parameter
    each_further_source: Parameter
    further_sources: Parameter
    history: Parameter
    history_days: Parameter
    recency: Parameter
    recency_days: Parameter


@dataclass(frozen=True, slots=True)
class Weights:
    """Everything that is set by hand or by a fit, under the version that every assessment names."""

    version: str
    status: str
    constant: Parameter
    terms: tuple[TermWeight, ...]
    thresholds: tuple[Threshold, ...]
    confidence: ConfidenceWeights


def read_weights(text: str) -> Weights:
    """Reads the parameter file; raises `BadWeights` where a rule of the score would not hold."""
    raw = tomllib.loads(text)
    try:
        weights = Weights(
            version=raw["version"],
            status=raw["status"],
            constant=_parameter(raw["constant"]),
            terms=tuple(_term(term) for term in raw["term"]),
            thresholds=tuple(_threshold(threshold) for threshold in raw["threshold"]),
            confidence=ConfidenceWeights(**{name: _parameter(one) for name, one in raw["confidence"].items()}),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BadWeights(f"the parameter file lacks or misnames {error}; compare it with the one that is shipped") from error
    _hold_together(weights)
    return weights


def _parameter(raw: Mapping[str, Any]) -> Parameter:
    value = raw["value"]
    if not isinstance(value, int):
        raise TypeError(f"value {value!r}, which must be an integer")
    return Parameter(value=value, unit=raw["unit"], meaning=raw["meaning"], source=raw["source"])


def _term(raw: Mapping[str, Any]) -> TermWeight:
    return TermWeight(
        name=raw["name"], channel=Channel(raw["channel"]), half_life=_parameter(raw["half_life"]), weight=_parameter(raw["weight"])
    )


def _threshold(raw: Mapping[str, Any]) -> Threshold:
    return Threshold(level=WarningLevel(raw["level"]), enter=_parameter(raw["enter"]), leave=_parameter(raw["leave"]))


def _hold_together(weights: Weights) -> None:
    if len({term.name for term in weights.terms}) != len(weights.terms):
        raise BadWeights("two terms have the same name; name each by its channel and half-life")
    for term in weights.terms:
        if term.half_life.value <= 0:
            raise BadWeights(f"{term.name} has a half-life of {term.half_life.value} days; give one above zero")
        if term.channel is Channel.COOPERATION and term.weight.value > 0:
            raise BadWeights(f"{term.name} weighs {term.weight.value}; cooperation may not raise the risk: give zero or less")
        if term.channel is not Channel.COOPERATION and term.weight.value < 0:
            raise BadWeights(f"{term.name} weighs {term.weight.value}; conflict may not lower the risk: give zero or more")
    if tuple(threshold.level for threshold in weights.thresholds) != tuple(WarningLevel):
        raise BadWeights("the thresholds are not watch, alert, crisis; give each once, in this order")
    enters = [threshold.enter.value for threshold in weights.thresholds]
    leaves = [threshold.leave.value for threshold in weights.thresholds]
    if enters != sorted(set(enters), reverse=True) or leaves != sorted(set(leaves), reverse=True):
        raise BadWeights("a worse level must be entered and left at a lower stability than the one before it")
    if any(enter >= leave for enter, leave in zip(enters, leaves, strict=True)):
        raise BadWeights("a level must be left at a higher stability than it is entered at, or warnings flap")
