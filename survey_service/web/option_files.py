"""Long lists as files for browsers: named by their content, fetched once, kept for ever.

A file holds the options of a question as everybody sees them, and nothing of anybody. It is at hand from the moment on
that a page which needs it was drawn; where it is not (an old page after a restart), the page works as without a script.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.offers import Offer
from survey_service.errors import NotFound
from survey_service.web.option_search import LongOptions
from survey_service.web.static_files import FOR_EVER

router = APIRouter()
FOLDER: Final = "/a/lists"
_MOST_KEPT = 500  # of 30 KB, for three thousand entries
_kept: OrderedDict[str, bytes] = OrderedDict()
_lock = Lock()


@dataclass(frozen=True, slots=True)
class OptionFile:
    digest: str
    small: bytes

    @property
    def address(self) -> str:
        return f"{FOLDER}/{self.digest}.json"


def file_of(options: LongOptions, language: str, offer: Offer | None) -> OptionFile:
    """The file of a list in one language."""
    text = json.dumps(options.document(language, offer), ensure_ascii=False, separators=(",", ":")).encode()
    return OptionFile(hashlib.sha256(text).hexdigest()[:24], gzip.compress(text, 9, mtime=0))


def at_hand(file: OptionFile) -> str:
    """The address of a file, which is given out from now on."""
    with _lock:
        _kept[file.digest] = file.small
        _kept.move_to_end(file.digest)
        while len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)
    return file.address


@router.get(f"{FOLDER}/{{digest}}.json", include_in_schema=False)
def option_list(digest: str, request: Request) -> Response:
    small = _kept.get(digest)
    if small is None:
        raise NotFound
    headers = {"Cache-Control": FOR_EVER, "Vary": "Accept-Encoding", "ETag": f'"{digest}"'}
    if request.headers.get("if-none-match") == f'"{digest}"':
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(small, media_type="application/json", headers={**headers, "Content-Encoding": "gzip"})
    return Response(gzip.decompress(small), media_type="application/json", headers=headers)
