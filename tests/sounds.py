"""Sound files for tests: a tone that everybody hears to be one, and the smallest files of other forms."""

from __future__ import annotations

import io
import math
import struct
import wave


def tone(seconds: float, *, rate: int = 8_000, hertz: int = 440) -> bytes:
    """A beep, 16 bit, one channel; every second of it is the same."""
    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        second = b"".join(
            struct.pack("<h", int(8_000 * math.sin(2 * math.pi * hertz * at / rate))) for at in range(rate)
        )
        whole, rest = divmod(int(seconds * rate), rate)
        file.writeframes(second * whole + second[: 2 * rest])
    return held.getvalue()


def mp3(*, frames: int) -> bytes:
    """Silence: MPEG 1 layer III, 128 kbps, 44.1 kHz."""
    return (b"\xff\xfb\x90\xc0" + b"\x00" * 413) * frames


def mp4(*, seconds: float, handler: bytes = b"soun", coding: bytes = b"mp4a", tracks: int = 1) -> bytes:
    """The frame of an M4A file, its sound empty."""
    mvhd = box(b"mvhd", struct.pack(">IIIII", 0, 0, 0, 1_000, int(seconds * 1_000)) + b"\x00" * 80)
    stsd = box(b"stsd", struct.pack(">II", 0, 1) + struct.pack(">I4s", 16, coding) + b"\x00" * 8)
    mdia = box(b"mdia", box(b"hdlr", b"\x00" * 8 + handler + b"\x00" * 12) + box(b"minf", box(b"stbl", stsd)))
    moov = box(b"moov", mvhd + box(b"trak", mdia) * tracks)
    return box(b"ftyp", b"M4A \x00\x00\x00\x00isom") + moov + box(b"mdat", b"\x00" * 64)


def box(name: bytes, inside: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(inside), name) + inside
