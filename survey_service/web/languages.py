"""Which language a page speaks: ``?lang=``, else the cookie of a member of staff, else Chinese."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from survey_service.web.pages import Language

COOKIE = "language"


def language_of(request: Request) -> Language:
    chosen = request.query_params.get("lang") or request.cookies.get(COOKIE)
    return "en" if chosen == "en" else "zh"


Speaks = Annotated[Language, Depends(language_of)]
