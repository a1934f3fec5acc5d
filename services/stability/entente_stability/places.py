"""Which countries there are, by ISO 3166."""

import iso3166

from entente_contracts.refused import Refused


def name_of(iso3: str) -> str:
    """The English short name; the code itself where the list does not have it (any more)."""
    country = iso3166.countries_by_alpha3.get(iso3)
    return country.name if country is not None else iso3


def known_country(iso3: str, *, where: str) -> str:
    """The code itself; refuses what is no country."""
    if iso3 not in iso3166.countries_by_alpha3:
        raise Refused(
            "unknown-country",
            f"{iso3[:20]!r} is no country code of ISO 3166-1 alpha-3",
            mend="send three capital letters, for example SDN; GET /stability/countries lists those that are watched",
            where=where,
            status=404,
        )
    return iso3
