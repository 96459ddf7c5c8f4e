"""Public holidays of countries and their subdivisions, from the package `holidays`. It needs no network."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from ..problems import listed, nearest


def holiday_code(text: str) -> str:
    """The code of a country, `DE`, or of a subdivision, `DE-BY`.

    Raises:
        ValueError: The package has no holidays for it; the message names what it has.
    """
    import holidays

    country, _, subdivision = text.partition("-")
    known = holidays.list_supported_countries()
    if country not in known:
        raise ValueError(
            f'"{text}" is not a country with known holidays. Write an ISO 3166 code, such as DE or DE-BY.'
            f"{nearest(country, known)}"
        )
    if "-" in text and subdivision not in known[country]:
        allowed = listed(sorted(known[country])) if known[country] else "none"
        raise ValueError(f'"{text}": {country} has no subdivision "{subdivision}". Known subdivisions: {allowed}.')
    return text


@lru_cache(maxsize=1024)
def public_holidays(code: str, year: int) -> Mapping[date, str]:
    """The holidays of a year in English, where the package has English names, each with the code."""
    import holidays

    country, _, subdivision = code.partition("-")
    # A language that a country lacks falls back to its own.
    found = holidays.country_holidays(country, subdiv=subdivision or None, years=year, language="en_US")
    return {day: f"{name} ({code})" for day, name in sorted(found.items())}
