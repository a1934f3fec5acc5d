"""`entente.gateway.event-quarantined` from version 1 to 2."""

from collections.abc import Mapping
from typing import Any


def open_the_list_of_reasons(quarantined: Mapping[str, Any]) -> dict[str, Any]:
    """Every reason of version 1 is one of version 2: nothing changes but the version."""
    return dict(quarantined)
