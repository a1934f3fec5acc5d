"""Which countries there are: ISO 3166-1 as the `iso3166` library has it, and XKX (Kosovo), which the standard leaves to its users."""

import iso3166

COUNTRIES = frozenset(iso3166.countries_by_alpha3)
"""Alpha-3 codes."""
