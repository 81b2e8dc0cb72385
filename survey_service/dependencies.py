"""What a route may ask for in its signature. GET routes take only ``Reading``; a test holds it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Path, Request

from survey_service.database import ReadingSessions, WritingSessions
from survey_service.services import Services
from survey_service.settings import is_loopback

_BY_PROXIES = frozenset(
    {"forwarded", "via", "x-real-ip", "x-client-ip", "x-cluster-client-ip", "true-client-ip", "fastly-client-ip"}
)
_BY_PROXIES_TOO = ("x-forwarded", "x-original-", "x-envoy-", "cf-", "x-proxy")

# Asynchronous, though nothing is awaited: a plain function would be run by another thread, once for each of them.


async def services(request: Request) -> Services:
    held: Services = request.app.state.services
    if held.settings.demonstration and is_forwarded(request):
        return replace(held, settings=held.settings.model_copy(update={"demonstration": False}))
    return held


def is_forwarded(request: Request) -> bool:
    """Whether somebody passed this request on: then people elsewhere may have asked it, whatever address the service
    listens on, and sign-ins that are printed in public must neither be shown to them nor work.

    By any header that proxies add; by HTTP/1.0, which browsers do not speak and nginx does unless told otherwise; by an
    address of a page that is not this machine's.
    """
    headers, client = request.headers, request.client
    if request.scope.get("http_version") == "1.0" or (client and _is_elsewhere(client.host)):
        return True
    if any(name in _BY_PROXIES or name.startswith(_BY_PROXIES_TOO) for name in headers):
        return True
    served = (urlsplit(f"//{headers.get('host', '')}").hostname or "").lower()
    for page in (headers.get("origin", ""), headers.get("referer", "")):
        host = (urlsplit(page).hostname or "").lower()
        if host and host != served and not is_loopback(host):
            return True
    return False


def _is_elsewhere(host: str) -> bool:
    try:
        return not ip_address(host).is_loopback
    except ValueError:
        return False  # a socket of the system, which has no address


Running = Annotated[Services, Depends(services)]


async def _reading(running: Running) -> ReadingSessions:
    return running.database.reading


async def _writing(running: Running) -> WritingSessions:
    return running.database.writing


async def _now(running: Running) -> datetime:
    return running.clock()


Reading = Annotated[ReadingSessions, Depends(_reading)]
Writing = Annotated[WritingSessions, Depends(_writing)]
Now = Annotated[datetime, Depends(_now)]
BatchNumber = Annotated[int, Path(ge=0, le=2**31 - 1)]  # as the column holds it: no database is asked for more
