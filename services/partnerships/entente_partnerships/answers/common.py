"""What many answers are made of."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from entente_contracts.events.partnerships.bindings import Ground


class Answer(BaseModel):
    """A frozen answer."""

    model_config = ConfigDict(frozen=True)


class GroundAnswer(Answer):
    """A step that an answer rests on, by the event that recorded it."""

    event: str
    what: Annotated[str, Field(examples=["FRA ratified"])]
    on: date


def grounds_answer(grounds: Iterable[Ground]) -> Sequence[GroundAnswer]:
    """Steps as they are answered."""
    return [GroundAnswer(event=ground.event, what=ground.what, on=ground.on) for ground in grounds]


class TakenAnswer(Answer):
    """What became of one thing that was to be taken over."""

    outcome: Annotated[str, Field(description="taken, changed, unchanged or refused", examples=["taken"])]
    events: Annotated[int, Field(description="how many events were written down")]
    code: str | None = None
    detail: str | None = None
    where: str | None = None
    mend: str | None = None
