"""A sound file in the child: what it is by its content, and how long it lasts. Its name is never asked."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, Final, NamedTuple

from survey_service.outside.children.bounds import Output

_FEWEST_FRAMES: Final = 10
_TAIL: Final = 4_096  # bytes behind the last frame: tags of players
# Bits per second of layer III, in thousands, by the four bits of a header: MPEG 1, MPEG 2 and 2.5.
_RATES = {
    True: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0),
    False: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0),
}
_SAMPLES = {3: (44_100, 48_000, 32_000, 0), 2: (22_050, 24_000, 16_000, 0), 0: (11_025, 12_000, 8_000, 0)}
_MOVIE_BRANDS = frozenset({b"M4A ", b"mp42", b"mp41", b"isom", b"iso2", b"iso5", b"iso6", b"3gp4", b"3gp5", b"3gp6"})


class Measured(NamedTuple):
    media_type: str
    seconds: float


def answer(_given: Mapping[str, Any], stream: BinaryIO, out: Output) -> None:
    found = measured(stream.read())
    out.line({"media_type": found.media_type, "seconds": found.seconds} if found else {})


def measured(data: bytes) -> Measured | None:
    """None where it is none of the three that every phone plays: MP3, AAC in MPEG-4, WAV of plain samples."""
    try:
        return _wav(data) or _movie(data) or _mp3(data)
    except (struct.error, IndexError, OverflowError):
        return None


def _wav(data: bytes) -> Measured | None:
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        return None
    place, per_second, held = 12, 0, 0
    while place + 8 <= len(data):
        name, size = data[place : place + 4], struct.unpack_from("<I", data, place + 4)[0]
        if name == b"fmt ":
            form, channels, rate, per_second, _, bits = struct.unpack_from("<HHIIHH", data, place + 8)
            plain = form == 1 and channels in (1, 2) and bits in (8, 16) and 8_000 <= rate <= 48_000
            if not plain or per_second != rate * channels * bits // 8:
                return None
        elif name == b"data":
            held = min(size, len(data) - place - 8)
        place += 8 + size + size % 2
    return Measured("audio/wav", held / per_second) if per_second and held else None


def _boxes(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Name, begin and end of the inside of every box; a box that says more than there is ends everything."""
    while start + 8 <= end:
        size, name = struct.unpack_from(">I4s", data, start)
        head = 8
        if size == 1:
            size, head = struct.unpack_from(">Q", data, start + 8)[0], 16
        elif size == 0:
            size = end - start
        if size < head or start + size > end:
            raise IndexError
        yield name, start + head, start + size
        start += size


def _movie(data: bytes) -> Measured | None:
    if data[4:8] != b"ftyp" or data[8:12] not in _MOVIE_BRANDS:
        return None
    outer = {name: (start, end) for name, start, end in _boxes(data, 0, len(data))}
    if b"moov" not in outer or b"mdat" not in outer:
        return None
    seconds, tracks = 0.0, []
    for name, start, end in _boxes(data, *outer[b"moov"]):
        if name == b"mvhd":
            seconds = _duration(data, start)
        elif name == b"trak":
            tracks.append(_track(data, start, end))
    return Measured("audio/mp4", seconds) if tracks == [(b"soun", b"mp4a")] and seconds else None


def _duration(data: bytes, start: int) -> float:
    long = data[start] == 1
    scale, duration = struct.unpack_from(">IQ" if long else ">II", data, start + (20 if long else 12))
    return duration / scale if scale else 0.0


def _track(data: bytes, start: int, end: int) -> tuple[bytes, bytes]:
    """What a track holds, and how it is coded: sound as AAC is what is wanted, and nothing beside it."""
    kind, coded = b"", b""
    inner = [(name, begin, stop) for name, begin, stop in _boxes(data, start, end) if name == b"mdia"]
    for _, begin, stop in inner:
        for name, first, last in _boxes(data, begin, stop):
            if name == b"hdlr":
                kind = data[first + 8 : first + 12]
            elif name == b"minf":
                coded = _coding(data, first, last)
    return kind, coded


def _coding(data: bytes, start: int, end: int) -> bytes:
    for name, begin, stop in _boxes(data, start, end):
        if name == b"stbl":
            for inner, first, _ in _boxes(data, begin, stop):
                if inner == b"stsd":
                    return data[first + 12 : first + 16]
    return b""


def _mp3(data: bytes) -> Measured | None:
    place = 0
    if data[:3] == b"ID3":
        a, b, c, d = data[6:10]
        place = 10 + (a << 21 | b << 14 | c << 7 | d) + (10 if data[5] & 0x10 else 0)
    count, seconds = 0, 0.0
    while (frame := _frame(data, place)) is not None:
        length, lasts = frame
        place, count, seconds = place + length, count + 1, seconds + lasts
    whole = len(data) - place <= _TAIL
    return Measured("audio/mpeg", seconds) if count >= _FEWEST_FRAMES and whole else None


def _frame(data: bytes, place: int) -> tuple[int, float] | None:
    """Length in bytes and seconds of the frame that begins here; None where none does."""
    head = data[place : place + 4]
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    if version == 1 or layer != 1:
        return None
    rate = _RATES[version == 3][head[2] >> 4] * 1_000
    samples = _SAMPLES[version][head[2] >> 2 & 3]
    if not rate or not samples:
        return None
    held = 1_152 if version == 3 else 576
    length = held // 8 * rate // samples + (head[2] >> 1 & 1)
    return (length, held / samples) if place + length <= len(data) else None
