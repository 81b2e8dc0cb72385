"""Pictures and PDFs that ask for far more than a scan does: each is refused within the limits of a page."""

from __future__ import annotations

import random
import struct
import zlib
from dataclasses import replace
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

import pytest
from PIL import Image

from survey_service.outside import door
from survey_service.paper.reading import images


def png(width: int, height: int, data: bytes = b"") -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


def pdf(pages: int = 1, box: str = "0 0 200 200", content: bytes = b"", more: tuple[str, ...] = ()) -> bytes:
    """Pages of one content. ``more``: objects from number 4 on; the page may use each of them as /F and its number."""
    named = " ".join(f"/F{number} {number} 0 R" for number in range(4, 4 + len(more)))
    kids = " ".join(["3 0 R"] * pages)
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {pages}/Kids[{kids}]>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[{box}]/Contents {4 + len(more)} 0 R/Resources<</XObject<<{named}>>>>>>",
        *more,
        f"<</Length {len(content)}>>stream\n{content.decode('latin-1')}\nendstream",
    ]
    made, places = bytearray(b"%PDF-1.4\n"), []
    for number, one in enumerate(objects, start=1):
        places.append(len(made))
        made += f"{number} 0 obj{one}endobj\n".encode("latin-1")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    trailer = f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{len(made)}\n%%EOF"
    return bytes(made) + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{trailer}".encode()


def towers(levels: int) -> tuple[str, ...]:
    """Forms that draw the next one twenty times each."""
    made = []
    for level in range(levels):
        drawn = f"/F{5 + level} Do " * 20 if level < levels - 1 else "0 0 10 10 re f "
        resources = f"/Resources<</XObject<</F{5 + level} {5 + level} 0 R>>>>" if level < levels - 1 else ""
        made.append(
            f"<</Type/XObject/Subtype/Form/BBox[0 0 200 200]{resources}/Length {len(drawn)}>>stream\n{drawn}\nendstream"
        )
    return tuple(made)


def read(path: Path) -> list[object]:
    """What each page came to, the file's own fault last."""
    found: list[object] = []
    try:
        found += [str(one) if isinstance(one, images.UnreadableFile) else one.shape for one in images.pages(path)]
    except images.UnreadableFile as fault:
        found.append(str(fault))
    return found


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.png", png(100_000, 100_000), "readable picture|larger than any scan"),
        ("a.png", png(8_000, 8_000), "larger than any scan"),
        ("a.png", png(7_000, 7_000, b"\0" * 1_000), "only a part"),
        ("a.jpg", b"\xff\xd8\xff\xc0\x00\x0b\x08\xff\xff\xff\xff\x01\x01\x11\x00\xff\xda", "picture|larger"),
        ("a.tif", b"II*\0" + b"\x08\0\0\0" + b"\xff\xff" + b"\x01" * 5_000, "readable picture|part"),
        ("a.pdf", pdf(6_000), "more than 5000 pages"),
        ("a.pdf", pdf(box="0 0 14400 14400"), "larger than any scan"),
        ("a.pdf", pdf().replace(b"Kids[3 0 R]", b"Kids[2 0 R]"), ""),
        ("a.pdf", pdf()[:150], "not a readable PDF"),
        ("a.pdf", b"%PDF-1.4\n" + random.Random(1).randbytes(100_000), "not a readable PDF"),
        ("a.png", random.Random(1).randbytes(100_000), "not a readable picture"),
    ],
)
def test_a_hostile_scan_is_refused(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    before = getrusage(RUSAGE_CHILDREN)
    found = read(path)
    after = getrusage(RUSAGE_CHILDREN)
    assert not said or any(one in str(found) for one in said.split("|")), found
    assert not any(isinstance(one, tuple) for one in found if said)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 3


def test_a_page_that_draws_without_an_end_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "PAGES", replace(door.PAGES, processor=1))
    (tmp_path / "a.pdf").write_bytes(pdf(content=b"/F4 Do", more=towers(12)))
    assert read(tmp_path / "a.pdf") == ["a.pdf: reading it takes too long"]


def test_the_pages_before_a_fault_are_kept(tmp_path: Path) -> None:
    sheets = [Image.new("L", (60, 40), shade) for shade in (0, 255)]
    sheets[0].save(tmp_path / "a.tif", save_all=True, append_images=sheets[1:])
    first, second = images.pages(tmp_path / "a.tif")
    assert not isinstance(first, images.UnreadableFile)
    assert not isinstance(second, images.UnreadableFile)
    assert (first.shape, first.max(), second.min()) == ((40, 60), 0, 255)
    first[0, 0] = 9  # whoever corrects the light writes into it


def test_memory_has_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "PAGES", replace(door.PAGES, memory=150_000_000))
    Image.new("L", (7_500, 7_500)).save(tmp_path / "a.png")
    assert read(tmp_path / "a.png") == ["a.png: reading it takes too much memory"]
