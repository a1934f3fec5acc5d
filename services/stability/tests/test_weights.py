"""The parameter file: whole, explained, and refused where a rule of the score would not hold."""

from importlib.resources import files

import pytest

from entente_stability.domain.channels import Channel
from entente_stability.domain.weights import BadWeights, read_weights
from entente_stability.weights import weights_in_force

SHIPPED = files("entente_stability").joinpath("weights.toml").read_text(encoding="utf-8")


def test_the_shipped_file_is_read_and_says_that_it_is_provisional() -> None:
    weights = weights_in_force()
    assert weights.status == "provisional"
    assert weights.version.startswith("provisional-")
    assert {term.channel for term in weights.terms} == set(Channel)


def test_every_number_has_a_unit_a_meaning_and_a_source() -> None:
    weights = weights_in_force()
    numbers = [weights.constant]
    numbers += [one for term in weights.terms for one in (term.half_life, term.weight)]
    numbers += [one for threshold in weights.thresholds for one in (threshold.enter, threshold.leave)]
    numbers += [getattr(weights.confidence, name) for name in weights.confidence.__slots__]
    assert all(one.unit and one.meaning and one.source for one in numbers)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("value = -100, unit", "value = 100, unit", "cooperation may not raise the risk"),
        ("value = 450, unit", "value = -450, unit", "conflict may not lower the risk"),
        ('name = "deaths.180"', 'name = "deaths.30"', "the same name"),
        ("value = 180, unit", "value = 0, unit", "half-life"),
        ('level = "watch"', 'level = "alert"', "watch, alert, crisis"),
        ("value = 50000", "value = 75000", "lower stability"),
        ("value = 40000", "value = 20000", "flap"),
        ("value = 450, unit", "value = 450.5, unit", "integer"),
        ('channel = "verbal_conflict"', 'channel = "rumours"', "rumours"),
        ('version = "provisional-2"\n', "", "version"),
        ("first_source =", "second_source =", "second_source"),
    ],
)
def test_a_file_that_breaks_a_rule_is_refused_with_words(old: str, new: str, says: str) -> None:
    assert old in SHIPPED
    with pytest.raises(BadWeights, match=says):
        read_weights(SHIPPED.replace(old, new, 1))
