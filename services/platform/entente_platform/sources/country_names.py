"""Countries by their English names: those of ISO 3166-1, and others that data sets use."""

from functools import cache

import iso3166

OTHERS = {
    "bolivia": "BOL",
    "brunei": "BRN",
    "cape verde": "CPV",
    "cote d'ivoire": "CIV",
    "czech republic": "CZE",
    "democratic republic of congo": "COD",
    "dr congo (zaire)": "COD",
    "east timor": "TLS",
    "gambia": "GMB",
    "iran": "IRN",
    "ivory coast": "CIV",
    "kosovo": "XKX",
    "laos": "LAO",
    "micronesia": "FSM",
    "moldova": "MDA",
    "north korea": "PRK",
    "north macedonia": "MKD",
    "occupied palestinian territory": "PSE",
    "palestine": "PSE",
    "republic of congo": "COG",
    "russia": "RUS",
    "south korea": "KOR",
    "swaziland": "SWZ",
    "syria": "SYR",
    "taiwan": "TWN",
    "tanzania": "TZA",
    "the former yugoslav republic of macedonia": "MKD",
    "turkey": "TUR",
    "united kingdom": "GBR",
    "united states": "USA",
    "venezuela": "VEN",
    "vietnam": "VNM",
}
"""In small letters."""


def iso3_of(name: str) -> str | None:
    """The alpha-3 code of a country by its name or its code; None where nothing is known by it."""
    told = name.strip().lower()
    return OTHERS.get(told) or _standard().get(told)


@cache
def _standard() -> dict[str, str]:
    found = {each.alpha3.lower(): each.alpha3 for each in iso3166.countries}
    for each in iso3166.countries:
        found[each.name.lower()] = found[each.apolitical_name.lower()] = each.alpha3
    return found
