"""The copy for review as a reply: drawn beside the server, as every PDF is."""

from __future__ import annotations

from starlette.responses import Response

from survey_service.errors import NotFound
from survey_service.processes.beside import computed
from survey_service.services import Services
from survey_service.web.pages import LANGUAGES


def review_file(running: Services, definition: str, language: str) -> Response:
    """``definition`` is canonical JSON; NotFound for a language that there is none in."""
    if language not in LANGUAGES:
        raise NotFound
    made = computed(running, "survey_service.catalogue.review_copy:review_pdf", definition, language)
    return Response(made, media_type="application/pdf", headers={"Cache-Control": "private, max-age=600"})
