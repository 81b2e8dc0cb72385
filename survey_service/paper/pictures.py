"""A printed form as one tall picture, to stand beside others on a page: no viewer is needed, on a phone neither."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.util import find_spec
from io import BytesIO
from threading import Lock
from typing import TYPE_CHECKING, Final

from questionnaires.canonical import from_canonical

if TYPE_CHECKING:
    from questionnaires.model import Questionnaire
    from survey_service.services import Services
    from survey_service.settings import Settings

DPI: Final = 96
GAP: Final = 16  # pixels of grey between two pages
GREYS: Final = 16  # a form is black on white; more shades only weigh
LANGUAGES_KEPT: Final = 12

# PDFium may be used by one thread at a time.
_pdfium = Lock()


def can_draw() -> bool:
    """Whether the library that turns PDF into pictures is installed; it comes with the extra ``scan``."""
    return find_spec("pypdfium2") is not None


def picture_of(running: Services, definition: str, languages: str, sha256: str) -> bytes:
    """PNG of every page of the blank form, one below the other; called by name in the process beside the server.

    ``definition``: canonical JSON.
    """
    return _picture(_Form(from_canonical(json.loads(definition)), languages, sha256, running.settings))


class _Form:
    """Key of the cache: the content's hash names a questionnaire for ever."""

    def __init__(self, questionnaire: Questionnaire, languages: str, sha256: str, settings: Settings) -> None:
        self.parts = (questionnaire, languages, sha256, settings)
        self._name = (sha256, languages)

    def __hash__(self) -> int:
        return hash(self._name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Form) and other._name == self._name


@lru_cache(LANGUAGES_KEPT)
def _picture(form: _Form) -> bytes:
    import pypdfium2
    from PIL import Image

    from survey_service.paper.printing import preview_pdf

    pdf = preview_pdf(*form.parts)
    with _pdfium:
        document = pypdfium2.PdfDocument(pdf)
        try:
            pages = [page.render(scale=DPI / 72, grayscale=True).to_pil() for page in document]
        finally:
            document.close()
    width = max(page.width for page in pages)
    height = sum(page.height for page in pages) + GAP * (len(pages) - 1)
    whole = Image.new("L", (width, height), 160)
    top = 0
    for page in pages:
        whole.paste(page, (0, top))
        top += page.height + GAP
    out = BytesIO()
    whole.quantize(GREYS).save(out, "PNG", optimize=True)
    return out.getvalue()
