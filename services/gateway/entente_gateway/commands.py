"""What an administrator sends to register a source and to change it."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from entente_contracts.events.gateway import PublicKey, Rights, SourceName, SourceUri
from entente_contracts.events.observations import CountryCode, LongText, ShortText
from entente_contracts.refused import Refused
from entente_gateway.countries import COUNTRIES
from entente_gateway.domain.source import MOST_KEYS

Why = Annotated[LongText, Field(description="why this is done; kept with who did it")]


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
    because: Why


class NewKey(_Asked):
    """A key to be added; what it signed verifies from then on."""

    key: PublicKey
    because: Why


class Revocation(_Asked):
    """A key to be refused for all that arrives from now on."""

    because: Why


class NewRights(_Asked):
    """Rights that replace those that are there."""

    rights: Rights
    because: Why


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
