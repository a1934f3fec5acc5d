"""Upcasters: pure functions from the JSON of one version of an event to that of the next, each in a module of its own."""

from collections.abc import Callable, Mapping
from typing import Any

from entente_contracts.upcasters.event_quarantined import open_the_list_of_reasons
from entente_contracts.upcasters.observation_reported import give_dates_a_precision

Upcaster = Callable[[Mapping[str, Any]], dict[str, Any]]

UPCASTERS: Mapping[tuple[str, int], Upcaster] = {
    ("entente.gateway.event-quarantined", 1): open_the_list_of_reasons,
    ("entente.observations.reported", 1): give_dates_a_precision,
}
"""By event name and the version that is read; the result is of the next version."""
