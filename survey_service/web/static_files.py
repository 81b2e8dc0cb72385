"""Static files: read once, compressed once, named by their content, kept by browsers for ever."""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from survey_service.errors import NotFound
from survey_service.web.pages import WEB, static_address

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
}
_COMMENT_LINE = re.compile(rb"^[ \t]*//.*\n", re.MULTILINE)
FOR_EVER = "public, max-age=31536000, immutable"

router = APIRouter()


@dataclass(frozen=True, slots=True)
class StaticFile:
    address: str
    kind: str
    plain: bytes
    small: bytes | None  # gzip, where it is smaller


def _content(path: Path) -> bytes:
    """What is sent: scripts without the lines that are nothing but comment, a tenth of what a phone would fetch."""
    plain = path.read_bytes()
    return _COMMENT_LINE.sub(b"", plain) if path.suffix == ".js" else plain


@cache
def static_files() -> dict[str, StaticFile]:
    """Every file of the folder by name. A name that is not here does not exist, whatever path it spells."""
    found = {}
    for path in sorted((WEB / "static").iterdir()):
        if not path.is_file() or path.suffix not in TYPES:
            continue
        plain = _content(path)
        # mtime 0: the same file gives the same bytes at every start.
        small = gzip.compress(plain, 9, mtime=0)
        found[path.name] = StaticFile(
            static_address(path.name), TYPES[path.suffix], plain, small if len(small) < len(plain) else None
        )
    return found


@router.get("/static/{digest}/{name}", include_in_schema=False)
def static_file(digest: str, name: str, request: Request) -> Response:
    file = static_files().get(name)
    if file is None:
        raise NotFound
    # A page from before an update asks by its old hash: it gets today's file, and is told not to keep it.
    current = file.address == f"/static/{digest}/{name}"
    tag = f'"{file.address.split("/")[2]}"'
    headers = {"Cache-Control": FOR_EVER if current else "no-cache", "Vary": "Accept-Encoding", "ETag": tag}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    if file.small is not None and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(file.small, media_type=file.kind, headers={**headers, "Content-Encoding": "gzip"})
    return Response(file.plain, media_type=file.kind, headers=headers)


@router.get("/robots.txt", include_in_schema=False)
def robots() -> Response:
    """Nothing here is for search engines: a resident's address in an index would be a leak."""
    return Response("User-agent: *\nDisallow: /\n", media_type="text/plain")


@router.get("/favicon.ico", include_in_schema=False)
def icon() -> Response:
    return Response(status_code=204, headers={"Cache-Control": FOR_EVER})
