"""Every route of the API, and the description of them all."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from survey_service.accounts.permissions import session_cookie
from survey_service.api import field_routes, release_routes, routes
from survey_service.api.description import BASE, describe
from survey_service.dependencies import Running

router = APIRouter()
DESCRIBED = (routes.router, field_routes.router, release_routes.router)
ROUTERS = (router, *DESCRIBED)


@router.get(f"{BASE}/openapi.json", include_in_schema=False)
def openapi(request: Request, running: Running) -> Response:
    """Public: it says what the service can do, which its source says too, and nothing of what is in it."""
    state = request.app.state
    if getattr(state, "openapi", None) is None:
        every = [route for described in DESCRIBED for route in described.routes]
        state.openapi = describe(every, session_cookie(running.settings))
    return JSONResponse(state.openapi, headers={"Cache-Control": "no-cache"})
