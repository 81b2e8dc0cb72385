"""Pages as grey images, from PDF and picture files."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]  # rows x columns, 0 black, 255 white

PDF_DPI: Final = 200
PICTURES: Final = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".bmp"})
SUFFIXES: Final = PICTURES | {".pdf"}
LARGEST: Final = 60_000_000  # pixels of one page: A4 at 800 dpi; more is no scan of a form
EXTRA: Final = {"zxingcpp": "zxing-cpp", "pypdfium2": "pypdfium2", "PIL": "pillow"}


class UnreadableFile(Exception):
    """The file is no picture and no PDF, is damaged, or is larger than any scan; the message says which."""


def missing_libraries() -> list[str]:
    """Packages of the extra ``scan`` that are not installed."""
    return [package for module, package in EXTRA.items() if find_spec(module) is None]


def pages(path: Path) -> Iterator[Grey]:
    """Every page of a file; UnreadableFile where it cannot be read."""
    if path.suffix.lower() == ".pdf":
        yield from _pdf_pages(path)
    else:
        yield from _pictures(path)


def _pdf_pages(path: Path) -> Iterator[Grey]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as fault:
        raise UnreadableFile(f"{path.name}: not a readable PDF ({fault})") from fault
    try:
        for page in document:
            width, height = page.get_size()
            if width * height * (PDF_DPI / 72) ** 2 > LARGEST:
                raise UnreadableFile(f"{path.name}: a page is larger than any scan of a form")
            yield _grey(page.render(scale=PDF_DPI / 72, grayscale=True).to_pil())
    finally:
        document.close()


def _pictures(path: Path) -> Iterator[Grey]:
    from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

    try:
        with Image.open(path) as picture:
            if picture.width * picture.height > LARGEST:
                raise UnreadableFile(f"{path.name}: the picture is larger than any scan of a form")
            for frame in ImageSequence.Iterator(picture):
                # A phone notes how it was held instead of turning the picture.
                yield _grey(ImageOps.exif_transpose(frame))
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as fault:
        raise UnreadableFile(f"{path.name}: not a readable picture") from fault


def _grey(picture: Any) -> Grey:
    if picture.mode in ("RGBA", "LA", "P"):
        from PIL import Image

        paper = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(paper, picture.convert("RGBA"))
    return np.asarray(picture.convert("L"), dtype=np.uint8)
