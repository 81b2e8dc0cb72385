"""A file that travels in the page, from the look at it to the step that takes it in.

Nothing is kept on the server in between: the file comes back packed in fields of the form and is judged anew.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Sequence
from typing import Final

from survey_service.errors import BadInput, TooLarge

MOST_BYTES: Final = 20_000_000  # of an unpacked file, as many as may be handed in
MOST_PACKED: Final = 18_000_000  # characters in all: what a body of a file may hold
PART: Final = 900_000  # characters of one field: a form's parser takes a million bytes


def pack(data: bytes) -> list[str]:
    """The values of the fields that carry the file. BadInput where it would not come back."""
    packed = base64.b64encode(zlib.compress(data, 9)).decode()
    if len(packed) > MOST_PACKED:
        raise BadInput(
            zh="文件太大，看过以后收不进来。请只留要用的列，另存为 CSV，再选一次；还是太大，请分成几个文件。",
            en="The file is too large to be taken in. Keep only the columns that are used and save it as CSV; "
            "if that is still too large, split it.",
        )
    return [packed[start : start + PART] for start in range(0, len(packed), PART)]


def unpack(parts: Sequence[str]) -> bytes:
    """BadInput for what this service did not pack, TooLarge for what unpacks to more than a file may hold."""
    try:
        unpacking = zlib.decompressobj()
        data = unpacking.decompress(base64.b64decode("".join(parts), validate=True), MOST_BYTES)
    except (ValueError, zlib.error, binascii.Error):
        raise BadInput from None
    if unpacking.unconsumed_tail:
        raise TooLarge
    return data
