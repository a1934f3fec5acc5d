"""How folds keep steps, grounds and provisions in a row: as JSON texts that are the same for the same content."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from entente_contracts.event import Event
from entente_contracts.events.partnerships.bindings import Ground
from entente_contracts.events.partnerships.parts import Provision
from entente_contracts.recorded import Recorded
from entente_contracts.registry import current_of

E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True)
class Kept(Generic[E]):
    """A step as it was written down: its number, its event's id, and what it says."""

    step: int
    event: str
    what: E


def text(value: Any) -> str:
    """JSON, the same bytes for the same content."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def with_step(kept: str, event: Recorded[Any]) -> str:
    """The steps with one more."""
    step = {"step": event.sequence, "event": event.id, "name": event.data.event_name, "data": event.data.model_dump(mode="json")}
    return text([*json.loads(kept), step])


def steps(kept: str) -> list[Kept[Any]]:
    """The steps, in order of number."""
    return [Kept(one["step"], one["event"], current_of(one["name"]).model_validate(one["data"])) for one in json.loads(kept)]


def provisions_text(provisions: Iterable[Provision]) -> str:
    """Provisions as they are kept."""
    return text([provision.model_dump(mode="json") for provision in provisions])


def provisions(kept: str) -> tuple[Provision, ...]:
    """Provisions as they were."""
    return tuple(Provision.model_validate(one) for one in json.loads(kept))


def grounds_text(grounds: Iterable[Ground]) -> str:
    """Grounds as they are kept."""
    return text([ground.model_dump(mode="json") for ground in grounds])


def grounds(kept: str) -> tuple[Ground, ...]:
    """Grounds as they were."""
    return tuple(Ground.model_validate(one) for one in json.loads(kept))


def loads(kept: str) -> Any:
    """What was kept as JSON."""
    return json.loads(kept)
