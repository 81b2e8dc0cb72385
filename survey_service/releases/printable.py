"""Before a signature: that everything on the sheets can be printed. Fonts are read here, so that the server starts
without them."""

from __future__ import annotations

from typing import Final

from survey_service.analyses.summaries import Summaries
from survey_service.releases.errors import CannotBePrinted
from survey_service.settings import Settings

NAMED_MOST: Final = 8


def check_printable(made: Summaries, settings: Settings) -> None:
    """CannotBePrinted with every character and its place, the first of them where there are many."""
    from reports.unprintable import unprintable

    found = unprintable([made.city, *made.streets.values(), *made.communities.values()], settings.type_settings)
    if not found:
        return
    told = [(one.character, f"U+{ord(one.character):04X}", one.where, one.text) for one in found[:NAMED_MOST]]
    zh = "；".join(f"{where.zh}“{text}”里的“{character}”（{code}）" for character, code, where, text in told)
    en = "; ".join(f"“{character}” ({code}) in “{text}”, {where.en}" for character, code, where, text in told)
    rest = len(found) - len(told)
    raise CannotBePrinted(zh=f"{zh}；另有 {rest} 处" if rest else zh, en=f"{en}; {rest} further places" if rest else en)
