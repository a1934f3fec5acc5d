"""The examples of emerging threats are data that the gateway takes."""

from pathlib import Path
from typing import get_args

import pytest

from entente_contracts.events.observations import ObservationReported
from entente_contracts.events.threats import Threat
from entente_contracts.validation import validate

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples" / "threats"
KINDS = [get_args(model.model_fields["kind"].annotation)[0] for model in get_args(get_args(Threat)[0])]


def test_every_kind_has_an_example() -> None:
    assert sorted(path.stem for path in EXAMPLES.glob("*.json")) == sorted(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_the_example_is_valid_and_of_its_kind(kind: str) -> None:
    event = validate("entente.observations.reported.v2", (EXAMPLES / f"{kind}.json").read_bytes())
    assert isinstance(event, ObservationReported)
    assert event.threat is not None
    assert event.threat.kind == kind
