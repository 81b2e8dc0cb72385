"""The one call that the service makes to another machine: to the hosts of the city's sign-in provider.

Only addresses of the hosts that the settings name, https unless the host is this machine, no redirect followed, no
proxy asked, no cookie kept, bounded in time and size. At most a few at once: a provider that hangs must not take the
threads on which residents' answers are stored.
"""

from __future__ import annotations

import http.client
import json
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode, urlsplit

from survey_service.accounts.errors import ProviderUnreachable
from survey_service.settings import is_loopback

AT_ONCE = 12
LARGEST = 256_000  # bytes of a reply; a discovery document has 10,000, a set of keys less
PATIENCE = 5.0  # seconds without a byte
DEADLINE = 10.0  # seconds of a whole reply
_in_line = threading.BoundedSemaphore(AT_ONCE)


@contextmanager
def turn() -> Iterator[None]:
    """Nobody waits for a turn: where too many are on their way already, the provider counts as out of reach."""
    if not _in_line.acquire(blocking=False):
        raise ProviderUnreachable("too many calls at once")
    try:
        yield
    finally:
        _in_line.release()


def is_safe(address: str) -> bool:
    """Whether what is sent there cannot be read on the way: https, or this very machine."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    plain = address.isascii() and address.isprintable() and " " not in address
    named = bool(host) and not parts.username and not parts.fragment
    return plain and named and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host)))


def place(address: str) -> str:
    """Host and port, as the settings name further hosts."""
    parts = urlsplit(address)
    standard = 443 if parts.scheme == "https" else 80
    return f"{(parts.hostname or '').lower()}:{parts.port or standard}"


def get_json(address: str, allowed: frozenset[str]) -> dict[str, Any]:
    status, body = _call("GET", address, allowed, None, {})
    if status != http.client.OK:
        raise ProviderUnreachable(f"status {status}")
    return _object(body)


def post_form(
    address: str, allowed: frozenset[str], fields: Mapping[str, str], headers: Mapping[str, str]
) -> tuple[int, dict[str, Any]]:
    status, body = _call("POST", address, allowed, urlencode(fields).encode(), headers)
    return status, _object(body)


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise ProviderUnreachable("the reply is not JSON") from None
    if not isinstance(found, dict):
        raise ProviderUnreachable("the reply is no object")
    return found


def _call(
    method: str, address: str, allowed: frozenset[str], body: bytes | None, headers: Mapping[str, str]
) -> tuple[int, bytes]:
    if not is_safe(address) or place(address) not in allowed:
        raise ProviderUnreachable("an address outside the provider's hosts")
    parts = urlsplit(address)
    connection = _connection(parts.scheme, parts.hostname or "", parts.port)
    sent = {"Accept": "application/json", "Connection": "close", **headers}
    if body is not None:
        sent["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        connection.request(method, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body, sent)
        with connection.getresponse() as reply:
            if 300 <= reply.status < 400 or reply.status >= 500:
                raise ProviderUnreachable(f"status {reply.status}")
            return reply.status, _read(reply)
    except (OSError, http.client.HTTPException) as fault:
        raise ProviderUnreachable(type(fault).__name__, silent=True) from None
    finally:
        connection.close()


def _connection(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=PATIENCE, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, port, timeout=PATIENCE)


def _read(reply: http.client.HTTPResponse) -> bytes:
    until, parts, size = time.monotonic() + DEADLINE, [], 0
    while part := reply.read1(65_536):
        size += len(part)
        if size > LARGEST:
            raise ProviderUnreachable("the reply is too large")
        if time.monotonic() > until:
            raise ProviderUnreachable("the reply is too slow", silent=True)
        parts.append(part)
    return b"".join(parts)
