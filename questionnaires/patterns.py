"""The forms of a text that have a name: a telephone number, a postal code, a code of letters and digits.

They are fixed expressions that end quickly. What a definition file writes out itself is never given to an engine that
may go back for hours: see ``text_forms``. The browser has these in ``survey_service/web/static/conditions-values.js``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

LONGEST = 40  # characters of a text that is held against a form; no longer one has it
CODE: Final = "code"  # letters and digits, of a length that is given with it
_MOBILE = r"(?:\+?86[- ]?)?1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4}"
_LANDLINE = r"(?:\(0[0-9]{2,3}\) ?|0[0-9]{2,3}[- ]?)?[2-9][0-9]{6,7}(?:[- ][0-9]{1,5})?"
PATTERNS: Final[Mapping[str, re.Pattern[str]]] = {
    "telephone": re.compile(rf"{_MOBILE}|{_LANDLINE}"),
    "mobile": re.compile(_MOBILE),
    "landline": re.compile(_LANDLINE),
    "postal_code": re.compile(r"[0-9]{6}"),
    CODE: re.compile(r"[A-Za-z0-9]+"),
}
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def matches(text: str, pattern: str, shortest: int = 0, longest: int = LONGEST) -> bool:
    """Whether the text has the form; full-width digits are digits. The length counts for ``CODE`` alone."""
    if len(text) > LONGEST:
        return False
    folded = text.translate(_FULL_WIDTH)
    fits = pattern != CODE or shortest <= len(folded) <= longest
    return fits and PATTERNS[pattern].fullmatch(folded) is not None
