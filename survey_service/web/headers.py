"""Around every request: the Host must be ours, the body bounded, the reply carries the security headers, and one line
of log says what happened, without codes, names or answers."""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from survey_service.errors import DomainError, Fault, ForeignHost, NotFound, TooLarge
from survey_service.settings import Settings, is_loopback
from survey_service.web.failures import failure_response
from survey_service.web.logs import places
from survey_service.web.metrics import Metrics
from survey_service.web.pages import CONTENT_SECURITY_POLICY

log = structlog.get_logger()

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

# No line of log where all is well: asked for by machines, or counted by /metrics and, an answer, in the audit log too.
UNREMARKABLE = frozenset({"/health", "/metrics", "/static/{digest}/{name}", "/favicon.ico", "/a/{code}"})
CLIENT_GONE = 499  # as proxies note it: in the log and the counts, for nobody hears it
FILE_LIMIT = 20_000_000  # bytes of a file of answers, areas, cases or sound that people hand in
_FILES = re.compile(
    r"/surveys/[^/]+/waves/[^/]+/(imports|cases|cases/draw|field/file|field/telephones|lists/[^/]+|recordings)"
    r"|/surveys/[^/]+/rectification/(file|rows/[0-9]+/photos)"
    r"|/releases/[^/]+/sealed|/areas/imports/[a-z]+|/areas/[0-9]+/map|/accounts/from-list|/a/[^/]+/files|/api/v1/.*/files"
)
_WHOLE_FORM = re.compile(r"/a/[^/]+")  # a questionnaire with the files of its answers, where no script runs
BODY_LIMIT = 1_000_000  # bytes; a questionnaire of 60 questions with long texts stays under 100 KB


def security_headers(settings: Settings) -> dict[str, str]:
    made = {
        "Content-Security-Policy": CONTENT_SECURITY_POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",  # a resident's address holds the code; no other host ever sees it
        "X-Frame-Options": "DENY",  # browsers that do not know frame-ancestors
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }
    if settings.secure:
        made["Strict-Transport-Security"] = "max-age=31536000"
    return made


def accepted_hosts(settings: Settings) -> frozenset[str]:
    """The published host; on loopback also its other names, with the same port."""
    host = settings.public_host.lower()
    name = urlsplit(settings.public_url).hostname or ""
    if not is_loopback(name):
        return frozenset({host})
    port = urlsplit(settings.public_url).port
    suffix = f":{port}" if port else ""
    return frozenset({host, f"127.0.0.1{suffix}", f"localhost{suffix}", f"[::1]{suffix}"})


def _holds_file(scope: Scope, kind: bytes) -> bool:
    if scope["method"] != "POST":
        return False
    whole = kind.startswith(b"multipart/form-data") and _WHOLE_FORM.fullmatch(scope["path"])
    return bool(whole or _FILES.fullmatch(scope["path"]))


class _BodyTooLarge(Exception):
    pass


class Surroundings:
    """The outermost layer of the service, as plain ASGI: it costs an answer a few microseconds."""

    def __init__(self, app: App, *, settings: Settings, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics
        self._headers = [(name.lower().encode(), value.encode()) for name, value in security_headers(settings).items()]
        self._hosts = accepted_hosts(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = time.perf_counter()
        status, method = 0, scope["method"]
        head = method == "HEAD"
        if head:  # answered wherever GET is, by the same route, with the same headers and no body
            scope = {**scope, "method": "GET"}  # the server's own stays: it knows by it that no body follows

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                own = [pair for pair in message["headers"] if pair[0] != b"server"]
                names = {name for name, _ in own}
                message["headers"] = own + [pair for pair in self._headers if pair[0] not in names]
            elif head:
                message = {**message, "body": b""}
            await send(message)

        try:
            await self._answer(scope, receive, send_with_headers)
        except _BodyTooLarge:
            await self._fail(TooLarge(), scope, receive, send_with_headers, started=bool(status))
        except ClientDisconnect:  # a phone dropped in mid-post: nobody is there, and nothing of ours is wrong
            status = status or CLIENT_GONE
        except Exception as fault:  # the last line: a fault of ours is told in words and noted without its values
            _note_fault(fault, scope)
            await self._fail(Fault(), scope, receive, send_with_headers, started=bool(status))
        seconds, route = time.perf_counter() - begun, route_of(scope)
        self._metrics.count(method, route, status, seconds)
        note = log.debug if route in UNREMARKABLE and status < 400 else log.info
        note("request", method=method, route=route, status=int(status), milliseconds=round(seconds * 1000, 1))

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        host, length, kind = b"", b"0", b""
        for name, value in reversed(scope["headers"]):  # of one that stands twice, the first
            if name == b"host":
                host = value
            elif name == b"content-length":
                length = value
            elif name == b"content-type":
                kind = value
        if host.decode("latin-1").lower() not in self._hosts:
            await self._fail(ForeignHost(), scope, receive, send, started=False)
            return
        if "\x00" in scope["path"]:  # no record has such a key, and PostgreSQL will not even look for it
            await self._fail(NotFound(), scope, receive, send, started=False)
            return
        limit = FILE_LIMIT if _holds_file(scope, kind) else BODY_LIMIT
        if not length.isdigit() or int(length) > limit:
            await self._fail(TooLarge(), scope, receive, send, started=False)
            return
        received = 0

        async def receive_bounded() -> Message:
            # A body without a declared length is counted as it arrives.
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise _BodyTooLarge
            return message

        async def send_unless_cut(message: Message) -> None:
            # Whoever read the body may have taken the cut for a mistake of the sender; the true reason is said below.
            if received <= limit:
                await send(message)

        await self._app(scope, receive_bounded, send_unless_cut)
        if received > limit:
            raise _BodyTooLarge

    async def _fail(self, error: DomainError, scope: Scope, receive: Receive, send: Send, *, started: bool) -> None:
        if started:
            return  # half a reply is out: the connection ends, and nobody takes it for a whole one
        response: Response = failure_response(Request(scope), error)
        await response(scope, receive, send)


def route_of(scope: Scope) -> str:
    """The route's pattern: ``/a/{code}``, never the code."""
    return str(getattr(scope.get("route"), "path", "-"))


def _note_fault(fault: Exception, scope: Scope) -> None:
    # The message of a database error holds its parameters, which may be answers: only the kind and the places are kept.
    log.error("fault", method=scope["method"], route=route_of(scope), kind=type(fault).__name__, places=places(fault))
