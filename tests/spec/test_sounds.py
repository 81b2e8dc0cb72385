"""Sound files by their content: what every phone plays, how long it lasts, and what is none."""

from __future__ import annotations

import pytest

from survey_service.outside.children.sounds import measured
from survey_service.outside.sounds import sound
from tests.sounds import mp3, mp4, tone


@pytest.mark.parametrize(
    ("content", "media_type", "seconds"),
    [
        (tone(2.0), "audio/wav", 2.0),
        (tone(0.5, rate=16_000), "audio/wav", 0.5),
        (mp3(frames=100), "audio/mpeg", 100 * 1152 / 44_100),
        (b"ID3\x04\x00\x00\x00\x00\x00\x0a" + b"\x00" * 10 + mp3(frames=20), "audio/mpeg", 20 * 1152 / 44_100),
        (mp3(frames=20) + b"TAG" + b" " * 125, "audio/mpeg", 20 * 1152 / 44_100),
        (mp4(seconds=7.5), "audio/mp4", 7.5),
    ],
)
def test_what_every_phone_plays(content: bytes, media_type: str, seconds: float) -> None:
    found = measured(content)
    assert found is not None
    assert found.media_type == media_type
    assert found.seconds == pytest.approx(seconds)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"RIFF",
        b"%PDF-1.7",
        b"<script>alert(1)</script>" * 100,
        b"\xff\xfb\x90\x00" * 3,
        mp3(frames=3),
        mp3(frames=20) + b"<html>" * 2_000,  # a page behind a few frames
        mp4(seconds=3, handler=b"vide", coding=b"avc1"),
        mp4(seconds=3, tracks=2),
        mp4(seconds=3, coding=b"alac"),
        mp4(seconds=0),
        mp4(seconds=3)[:-4],
        tone(1.0).replace(b"\x01\x00\x01\x00", b"\x55\x00\x01\x00", 1),  # MP3 inside of WAV
        b"OggS" + b"\x00" * 500,
        b"#!AMR\n" + b"\x00" * 500,
    ],
)
def test_what_is_none(content: bytes) -> None:
    assert measured(content) is None


def test_the_child_says_the_same() -> None:
    found = sound(tone(1.0))
    assert found is not None
    assert (found.media_type, found.seconds) == ("audio/wav", 1.0)
    assert sound(b"nothing") is None
