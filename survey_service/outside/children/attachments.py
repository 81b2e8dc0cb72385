"""A file of an answer in the child: what it is by its content, and what of it is kept.

A picture is drawn anew: where it was taken, by which phone and when does not come along, nor does anything hidden
behind it. Of films and sound the blocks that may hold a place are blanked, of MP3 the tags.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from survey_service.outside.children.bounds import Output

MOST_PIXELS = 60_000_000
LONGEST_SIDE = 2_560  # pixels of what is kept
QUALITY = 85
_BLANKED = (b"udta", b"meta", b"uuid", b"loci")
_INNER = (b"moov", b"trak", b"mdia", b"minf", b"moof", b"traf")


def answer(given: Mapping[str, Any], stream: BinaryIO, out: Output) -> None:
    content = stream.read()
    kind, kept = _read(content, set(given["types"]))
    if kind not in given["types"]:
        out.line({"refused": kind})
        return
    out.line({"type": kind, "size": len(kept)})
    out.raw(kept)


def _read(content: bytes, types: set[str]) -> tuple[str, bytes]:
    """The type by the first bytes, and what is kept; "" where it is none that is known."""
    head = content[:16]
    if head.startswith(b"%PDF-"):
        return "pdf", content
    if head.startswith(b"#!AMR"):
        return "amr", content
    if head.startswith(b"OggS"):
        return "ogg", content
    if head.startswith(b"RIFF") and head[8:12] == b"WAVE":
        return "wav", content
    if head.startswith(b"\x1aE\xdf\xa3"):
        return ("webm" if b"V_VP" in content[:4096] or b"V_AV1" in content[:4096] else "weba"), content
    if head.startswith(b"ID3") or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2):
        return "mp3", _without_tags(content)
    if head[4:8] == b"ftyp" and head[8:11] not in (b"hei", b"hev", b"mif", b"avi"):
        seen = bytearray(content)
        blank(seen, 0, len(seen))
        return ("mp4" if b"vide" in list(handlers(seen, 0, len(seen))) else "m4a"), bytes(seen)
    return ("jpg", _drawn_anew(content)) if "jpg" in types else ("", b"")


def _drawn_anew(content: bytes) -> bytes:
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    if content[4:8] == b"ftyp":
        import pi_heif

        pi_heif.register_heif_opener()
    with Image.open(io.BytesIO(content)) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise ValueError("more pixels than a picture of a phone has")
        opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        upright = ImageOps.exif_transpose(opened)
        upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        plain = Image.new("RGB", upright.size, "white")
        seen = upright.convert("RGBA") if upright.mode in ("RGBA", "LA", "PA", "P") else None
        plain.paste(seen or upright.convert("RGB"), mask=seen)
    made = io.BytesIO()
    plain.save(made, "JPEG", quality=QUALITY, optimize=True)
    return made.getvalue()


def _without_tags(content: bytes) -> bytes:
    if content.startswith(b"ID3") and len(content) > 10:
        size = sum((byte & 0x7F) << shift for byte, shift in zip(content[6:10], (21, 14, 7, 0), strict=True))
        content = content[10 + size :]
    return content[:-128] if content[-128:-125] == b"TAG" else content


def boxes(content: bytearray, start: int, end: int) -> Iterator[tuple[bytes, int, int, int]]:
    """Of every box of an MP4 between two places: its type, where that stands, where its body begins and ends."""
    while start + 8 <= end:
        size, kind, body = int.from_bytes(content[start : start + 4], "big"), bytes(content[start + 4 : start + 8]), 8
        if size == 1 and start + 16 <= end:
            size, body = int.from_bytes(content[start + 8 : start + 16], "big"), 16
        size = end - start if size == 0 else size
        if size < body or start + size > end:
            return
        yield kind, start + 4, start + body, start + size
        start += size


def blank(content: bytearray, start: int, end: int) -> None:
    """Boxes that tell of the phone and the place become free space of the same length, so that nothing else moves."""
    for kind, named, body, last in boxes(content, start, end):
        if kind in _BLANKED:
            content[named : named + 4] = b"free"
            content[body:last] = bytes(last - body)
        elif kind in _INNER:
            blank(content, body, last)


def handlers(content: bytearray, start: int, end: int) -> Iterator[bytes]:
    """What the tracks hold: vide, soun."""
    for kind, _, body, last in boxes(content, start, end):
        if kind == b"hdlr":
            yield bytes(content[body + 8 : body + 12])
        elif kind in _INNER:
            yield from handlers(content, body, last)
