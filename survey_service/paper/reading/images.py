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


def pages(path: Path) -> Iterator[Grey | UnreadableFile]:
    """Every page of a file in order; a page that cannot be read is its fault. UnreadableFile where no page can."""
    yield from _pdf_file(path) if path.suffix.lower() == ".pdf" else _pictures(path)


def _pdf_file(path: Path) -> Iterator[Grey | UnreadableFile]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path)
    except (pypdfium2.PdfiumError, OSError) as fault:
        raise UnreadableFile(f"{path.name}: not a readable PDF ({fault})") from fault
    try:
        for number in range(len(document)):
            try:
                page = document[number]
                width, height = page.get_size()
                if width * height * (PDF_DPI / 72) ** 2 > LARGEST:
                    yield UnreadableFile(f"{path.name}, page {number + 1}: larger than any scan of a form")
                    continue
                yield _grey(page.render(scale=PDF_DPI / 72, grayscale=True).to_pil())
            except pypdfium2.PdfiumError as fault:
                yield UnreadableFile(f"{path.name}, page {number + 1}: a damaged page of a PDF ({fault})")
    finally:
        document.close()


def pdf_pages(content: bytes, dpi: float, first: int, count: int) -> Iterator[Grey]:
    """Pages of a PDF of our own."""
    import pypdfium2

    document = pypdfium2.PdfDocument(content)
    try:
        for number in range(first, first + count):
            yield _grey(document[number].render(scale=dpi / 72, grayscale=True).to_pil())
    finally:
        document.close()


def _pictures(path: Path) -> Iterator[Grey | UnreadableFile]:
    from PIL import Image, ImageOps, UnidentifiedImageError

    if path.suffix.lower() in PHONES:
        import pi_heif

        pi_heif.register_heif_opener()
    try:
        picture = Image.open(path)
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as fault:
        raise UnreadableFile(f"{path.name}: not a readable picture") from fault
    with picture:
        frames = getattr(picture, "n_frames", 1)
        for number in range(frames):
            name = path.name if frames == 1 else f"{path.name}, page {number + 1}"
            try:
                picture.seek(number)
                if picture.width * picture.height > LARGEST:
                    yield UnreadableFile(f"{name}: larger than any scan of a form")
                    continue
                # A phone notes how it was held instead of turning the picture.
                yield _grey(ImageOps.exif_transpose(picture))
            except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
                yield UnreadableFile(f"{name}: damaged, or only a part of a picture")


def _grey(picture: Any) -> Grey:
    if picture.mode in ("RGBA", "LA", "P"):
        from PIL import Image

        paper = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(paper, picture.convert("RGBA"))
    return np.asarray(picture.convert("L"), dtype=np.uint8)
