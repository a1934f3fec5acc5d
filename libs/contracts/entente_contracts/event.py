"""What every event's model has in common: its name, its version, its topic."""

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from entente_contracts.topics import Topic


class Event(BaseModel):
    """A fact in the past tense. Frozen; read tolerantly (added fields are ignored), written strictly.

    A model names itself in its class statement: `class Held(Event, name="entente.exercises.held", version=1, topic=EXERCISES)`.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    event_name: ClassVar[str]
    event_version: ClassVar[int]
    event_topic: ClassVar[Topic]

    def __init_subclass__(cls, *, name: str, version: int, topic: Topic, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.event_name, cls.event_version, cls.event_topic = name, version, topic

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Takes the class statement's keywords, which `__init_subclass__` has already read."""

    @classmethod
    def event_type(cls) -> str:
        """The CloudEvents type, for example `entente.observations.reported.v2`."""
        return f"{cls.event_name}.v{cls.event_version}"
