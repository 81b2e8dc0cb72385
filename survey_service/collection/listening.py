"""The sound of a question that was read aloud: fetched when somebody taps, and kept by the phone under its hash."""

from __future__ import annotations

import re
from functools import lru_cache

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from survey_service.dependencies import Reading, Running
from survey_service.errors import NotFound
from survey_service.stored_files import files_of
from survey_service.surveys import wave_recordings

router = APIRouter()
_HASH = re.compile(r"[0-9a-f]{64}")
_RANGE = re.compile(r"bytes=([0-9]{0,12})-([0-9]{0,12})")
# The name is the content: it never changes, and nothing in it is of a person who answers.
KEPT = "public, max-age=31536000, immutable"
POLICY = "default-src 'none'; media-src 'self'"  # the browser's own page, where the link is followed without a script


@router.get("/recordings/{sha256}", include_in_schema=False)
def recording(sha256: str, request: Request, running: Running, reading: Reading) -> Response:
    """Without a code: what is heard stands in words on every questionnaire. Of all files recordings alone are given."""
    if not _HASH.fullmatch(sha256):
        raise NotFound
    headers = {"Cache-Control": KEPT, "ETag": f'"{sha256[:32]}"', "Accept-Ranges": "bytes"}
    headers["Content-Security-Policy"] = POLICY
    with reading.begin() as session:
        media_type = wave_recordings.of_hash(session, sha256)
    if media_type is None:
        raise NotFound
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    content = files_of(running.settings, running.database).get(sha256)
    part = _part(request.headers.get("range", ""), len(content))
    if part is None:
        return Response(content, media_type=media_type, headers=headers)
    first, last = part
    if first > last:
        return Response(status_code=416, headers=headers | {"Content-Range": f"bytes */{len(content)}"})
    headers["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
    return Response(content[first : last + 1], status_code=206, media_type=media_type, headers=headers)


@lru_cache(maxsize=64)
def _part(asked: str, size: int) -> tuple[int, int] | None:
    """First and last byte of the one part that players ask for; None for the whole, first after last for none."""
    found = _RANGE.fullmatch(asked.strip())
    if found is None or found[0] == "bytes=-":
        return None
    if not found[1]:
        return max(0, size - int(found[2])), size - 1
    first = int(found[1])
    return (first, min(int(found[2]), size - 1) if found[2] else size - 1) if first < size else (1, 0)
