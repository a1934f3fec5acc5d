"""What an administrator sends to register a source and to change it."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from entente_contracts.events.gateway import PublicKey, QuarantineReason, Rights, SourceName, SourceUri
from entente_contracts.events.observations import CountryCode, LongText, ShortText
from entente_contracts.refused import Refused
from entente_gateway.countries import COUNTRIES
from entente_gateway.domain.changing_sources import MOST_KEYS

Because = Annotated[LongText, Field(description="why this is done; kept with who did it")]
TokenName = Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{0,62}$", description="a token's name", examples=["desk"])]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Registration(_Asked):
    """A foreign system to be let in. `party`: the state that it acts for, if any."""

    name: SourceName
    uri: SourceUri
    party: CountryCode | None = None
    title: ShortText
    rights: Rights
    keys: Annotated[list[PublicKey], Field(max_length=MOST_KEYS)]
    because: Because


class NewKey(_Asked):
    """A key to be added; what it signed verifies from then on."""

    key: PublicKey
    because: Because


class Why(_Asked):
    """The reason for something that needs to be told nothing else."""

    because: Because


class NewDescription(_Asked):
    """What a source is from now on. `party`: the state that it acts for, if any."""

    party: CountryCode | None = None
    title: ShortText
    because: Because


class NewToken(_Asked):
    """A token by which the source will read what is its own."""

    token: TokenName
    because: Because


class Release(_Asked):
    """What was mended, so that an arrival may pass now."""

    because: Because


class Releases(_Asked):
    """Which arrivals are judged again, and what was mended. `after`: the digest where the batch before ended."""

    because: Because
    reason: QuarantineReason | None = None
    signed_by: SourceName | None = None
    after: Annotated[str | None, Field(pattern="^[0-9a-f]{64}$", description="`last` of the batch before")] = None
    limit: Annotated[int, Field(ge=1, le=200, description="arrivals in this batch")] = 100


class NewRights(_Asked):
    """Rights that replace those that are there."""

    rights: Rights
    because: Because


def existing(country: str | None, where: str) -> str | None:
    """The country; refuses one that there is not."""
    if country is not None and country not in COUNTRIES:
        raise Refused("no-such-country", f"{country!r} is no country of ISO 3166-1", "write its alpha-3 code", where=where)
    return country


def existing_in(rights: Rights) -> Rights:
    """The rights; refuses such as name a country that there is not."""
    for number, country in enumerate(rights.countries or ()):
        existing(country, f"rights.countries[{number}]")
    return rights
