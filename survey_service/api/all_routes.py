"""Every route of the API, and the description of them all."""

from __future__ import annotations

from functools import cache
from typing import Any

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from survey_service.accounts.permissions import session_cookie
from survey_service.api import (
    export_routes,
    field_routes,
    file_routes,
    question_routes,
    rectification_routes,
    release_routes,
    routes,
)
from survey_service.api.description import BASE, describe
from survey_service.dependencies import Running

router = APIRouter()
DESCRIBED = (
    routes.router,
    field_routes.router,
    file_routes.router,
    release_routes.router,
    rectification_routes.router,
    question_routes.router,
    export_routes.router,
)
ROUTERS = (router, *DESCRIBED)


@router.get(f"{BASE}/openapi.json", include_in_schema=False)
def openapi(running: Running) -> Response:
    """Public: it says what the service can do, which its source says too, and nothing of what is in it."""
    return JSONResponse(_described(session_cookie(running.settings)), headers={"Cache-Control": "no-cache"})


@cache
def _described(cookie: str) -> dict[str, Any]:
    """The routes are those of the process; it is worked out for whoever asks first."""
    return describe([route for described in DESCRIBED for route in described.routes], cookie)
