"""Files as phones send them, and a small city that asks for some."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image
from PIL.ExifTags import GPS, IFD

PLACE = 0x8825


def picture(kind: str = "JPEG", size: tuple[int, int] = (120, 80), colour: str = "red") -> bytes:
    """A picture that says where it was taken, as phones write it."""
    made, out = Image.new("RGB", size, colour), io.BytesIO()
    exif = Image.Exif()
    exif[0x0110] = "SECRET-PHONE"
    exif[0x0112] = 6  # lies on its side
    gps = exif.get_ifd(IFD.GPSInfo)
    gps[GPS.GPSLatitudeRef], gps[GPS.GPSLatitude] = "N", (30.0, 39.0, 26.7)
    made.save(out, kind, exif=exif)
    return out.getvalue()


def film(kind: bytes = b"vide", secret: bytes = b"+30.6574+104.0657/") -> bytes:
    """An MP4 in its outline: a track of ``kind`` and a block that says where it was taken."""
    handler = _box(b"hdlr", bytes(8) + kind + bytes(12))
    place = _box(b"udta", _box(b"\xa9xyz", secret))
    moov = _box(b"moov", _box(b"trak", _box(b"mdia", handler)) + place)
    return _box(b"ftyp", b"isom" + bytes(4)) + moov + _box(b"mdat", b"sound and picture")


def _box(kind: bytes, body: bytes) -> bytes:
    return (len(body) + 8).to_bytes(4, "big") + kind + body


@dataclass(frozen=True)
class Sent:
    """A multipart form, as browsers make it."""

    fields: dict[str, str]
    files: dict[str, bytes]
