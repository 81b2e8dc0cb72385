"""Pages as grey images, from PDF and picture files."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from survey_service.outside.door import PAGES, Stopped, parsed

Grey = NDArray[np.uint8]  # rows x columns, 0 black, 255 white

PDF_DPI: Final = 200
PICTURES: Final = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".bmp"})
PHONES: Final = frozenset({".heic", ".heif"})  # as iPhones keep pictures
ARCHIVES: Final = frozenset({".zip", ".rar", ".7z", ".tar", ".gz", ".tgz"})
LARGEST: Final = 60_000_000  # pixels of one page: A4 at 800 dpi; more is no scan of a form
EXTRA: Final = {"zxingcpp": "zxing-cpp", "pypdfium2": "pypdfium2", "PIL": "pillow"}
_HEIF: Final = "pi_heif"


class UnreadableFile(Exception):
    """The file, or one page of it, is no picture and no PDF, is damaged, or is larger than any scan; the message says
    which."""


def missing_libraries() -> list[str]:
    """Packages of the extra ``scan`` that are not installed."""
    return [package for module, package in EXTRA.items() if find_spec(module) is None]


def why_not(path: Path) -> str:
    """Why a file of this kind is not read, and the way out; empty where it is."""
    suffix = path.suffix.lower()
    if suffix == ".pdf" or suffix in PICTURES:
        return ""
    if suffix in PHONES:
        if find_spec(_HEIF) is not None:
            return ""
        return "a picture as iPhones keep it; install pi-heif (extra “scan”), or save it as JPEG"
    if suffix in ARCHIVES:
        return "an archive; unpack it into the folder first"
    return "no PDF and no picture that is read (PNG, JPEG, TIFF, WebP, BMP, HEIC); save it as one of these"


_SAID: Final = {
    "time": "reading it takes too long",
    "memory": "reading it takes too much memory",
    "died": "damaged, or no scan",
}


def pages(path: Path) -> Iterator[Grey | UnreadableFile]:
    """Every page of a file in order; a page that cannot be read is its fault. UnreadableFile where no page can.

    A child reads it page by page (docs/decisions/0090): what stops it leaves the pages before.
    """
    given = {"name": path.name, "suffix": path.suffix.lower(), "dpi": PDF_DPI, "largest": LARGEST}
    try:
        with parsed("pictures", path, PAGES, given) as reply:
            for line in reply.lines():
                if "none" in line:
                    raise UnreadableFile(line["none"])
                if "unreadable" in line:
                    yield UnreadableFile(line["unreadable"])
                    continue
                rows, columns = line["page"]
                pixels = np.frombuffer(reply.exactly(rows * columns), dtype=np.uint8)
                yield pixels.reshape(rows, columns).copy()
    except Stopped as stopped:
        raise UnreadableFile(f"{path.name}: {_SAID.get(stopped.reason, _SAID['died'])}") from stopped


def pdf_pages(content: bytes, dpi: float, first: int, count: int) -> Iterator[Grey]:
    """Pages of a PDF of our own."""
    import pypdfium2

    document = pypdfium2.PdfDocument(content)
    try:
        for number in range(first, first + count):
            yield document[number].render(scale=dpi / 72, grayscale=True).to_numpy().squeeze()
    finally:
        document.close()
