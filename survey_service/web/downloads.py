"""How the name of a file travels in a header (RFC 6266, RFC 8187): one place, because names come from people.

A community called 北苑"一区" must neither end the header early nor name another file.
"""

from __future__ import annotations

import unicodedata
from typing import Final, Literal
from urllib.parse import quote

WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
WORKBOOK: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

# attr-char of RFC 8187; quote() leaves letters, digits and -._~ by itself.
_ATTR = "!#$&+^`|"
_UNBEARABLE = '/\\:*?"<>|'
_LONGEST = 180  # bytes of UTF-8: file systems take 255, with what browsers add


def content_disposition(kind: Literal["attachment", "inline"], name: str, *, plainly: str = "") -> str:
    """The header's value for a file of this name: in ASCII for every client, and whole in UTF-8 where it needs that.
    ``plainly``: what to call it in ASCII, where the name is Chinese and nothing of it would be left.

    What no file system bears (control characters, slashes, a leading dot) is replaced first; the header never holds a
    quote, a backslash or a line break of the name.
    """
    whole = _bearable(name)
    shortened = _bearable(plainly or name)
    plain = "".join(one if " " <= one <= "~" and one not in '"\\%;' else "_" for one in shortened)
    if plain == whole:
        return f'{kind}; filename="{plain}"'
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(whole, safe=_ATTR)}"


def _bearable(name: str) -> str:
    shown = "".join("_" if one in _UNBEARABLE or unicodedata.category(one)[0] == "C" else one for one in name)
    stem, dot, ending = (shown.strip(" .") or "_").rpartition(".")
    if not dot:
        stem, ending = ending, ""
    while len(f"{stem}{dot}{ending}".encode()) > _LONGEST and stem:
        stem = stem[:-1]
    return f"{stem}{dot}{ending}"
