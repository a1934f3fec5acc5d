"""What the events of every kind are made of."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{3}$", description="ISO 3166-1 alpha-3")]
Count = Annotated[int, Field(ge=0, le=10_000_000)]
ShortText = Annotated[str, Field(min_length=1, max_length=200)]
LongText = Annotated[str, Field(min_length=1, max_length=4_000)]


class Part(BaseModel):
    """A frozen part of an event; tolerant of added fields."""

    model_config = ConfigDict(frozen=True, extra="ignore")
