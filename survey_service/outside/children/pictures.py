"""Scans in the child: every page of a PDF or a picture as grey pixels, one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from survey_service.outside.children.bounds import Output, allow_processor

MOST_PAGES = 5_000  # of one file
_PHONES = (".heic", ".heif")


class _None(Exception):
    """No page of the file can be read."""


def answer(given: Mapping[str, Any], stream: BinaryIO, out: Output) -> None:
    """Of each page its rows and columns and then its pixels, 0 black, 255 white; or why there are none."""
    name, largest = given["name"], given["largest"]
    read = _pdf(stream, name, given["dpi"], largest) if given["suffix"] == ".pdf" else _pictures(stream, given, largest)
    try:
        for page in read:
            if isinstance(page, str):
                out.line({"unreadable": page})
            else:
                out.line({"page": [page.height, page.width]})
                out.raw(page.tobytes())
            allow_processor(given["processor"])  # the limit is that of a page
    except _None as fault:
        out.line({"none": str(fault)})


def _pdf(stream: BinaryIO, name: str, dpi: float, largest: int) -> Iterator[Any]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(stream)
    except (pypdfium2.PdfiumError, OSError) as fault:
        raise _None(f"{name}: not a readable PDF ({fault})") from fault
    if len(document) > MOST_PAGES:
        raise _None(f"{name}: more than {MOST_PAGES} pages; split the file")
    for number in range(len(document)):
        try:
            page = document[number]
            width, height = page.get_size()
            if width * height * (dpi / 72) ** 2 > largest:
                yield f"{name}, page {number + 1}: larger than any scan of a form"
                continue
            yield _grey(page.render(scale=dpi / 72, grayscale=True).to_pil())
        except pypdfium2.PdfiumError as fault:
            yield f"{name}, page {number + 1}: a damaged page of a PDF ({fault})"


def _pictures(stream: BinaryIO, given: Mapping[str, Any], largest: int) -> Iterator[Any]:
    from PIL import Image, ImageOps, UnidentifiedImageError

    if given["suffix"] in _PHONES:
        import pi_heif

        pi_heif.register_heif_opener()
    try:
        picture = Image.open(stream)
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as fault:
        raise _None(f"{given['name']}: not a readable picture") from fault
    frames = getattr(picture, "n_frames", 1)
    if frames > MOST_PAGES:
        raise _None(f"{given['name']}: more than {MOST_PAGES} pages; split the file")
    for number in range(frames):
        name = given["name"] if frames == 1 else f"{given['name']}, page {number + 1}"
        try:
            picture.seek(number)
            if picture.width * picture.height > largest:
                yield f"{name}: larger than any scan of a form"
                continue
            # A phone notes how it was held instead of turning the picture.
            yield _grey(ImageOps.exif_transpose(picture))
        except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
            yield f"{name}: damaged, or only a part of a picture"


def _grey(picture: Any) -> Any:
    if picture.mode in ("RGBA", "LA", "P"):
        from PIL import Image

        paper = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(paper, picture.convert("RGBA"))
    return picture.convert("L")
