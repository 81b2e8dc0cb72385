"""Days and moments as the readers of a resident's page write them."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from questionnaires.languages import USUAL, locale_of
from survey_service.web.pages import format_date

_ISOLATED, _AGAIN = "\u2068", "\u2069"  # a day of many words, in a line that may run the other way


def day_in(day: date, language: str) -> str:
    """2026年9月18日, 18 September 2026; in other languages as CLDR has it, else 2026-09-18."""
    if language in USUAL:
        return format_date(day, "en" if language == "en" else "zh")
    locale = locale_of(language)
    if locale is None:
        return day.isoformat()
    from babel.dates import format_date as written

    return f"{_ISOLATED}{written(day, 'long', locale)}{_AGAIN}"


def moment(at: datetime, zone: ZoneInfo, language: str) -> str:
    """2026年9月18日 19:42, as on a receipt."""
    local = at.astimezone(zone)
    separator = ", " if language == "en" else " "
    return f"{day_in(local.date(), language)}{separator}{local:%H:%M}"
