"""From which address a request comes: the connection's, unless a proxy of ours says for whom it asks.

A header that anybody can write is believed from nobody else. Each proxy adds the address it saw at the right of
``X-Forwarded-For``; so the list is read from the right, and the first address that is not a proxy of ours is the one.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

from starlette.datastructures import Headers

from survey_service.settings import IPNetwork, Settings

UNKNOWN = "unknown"


def client_address(scope: Mapping[str, Any], settings: Settings) -> str:
    """The address of whoever asks, as text; ``unknown`` where the connection has none."""
    client = scope.get("client")
    seen = _address(client[0]) if client else None
    if seen is None:
        return UNKNOWN
    proxies = settings.proxies
    if proxies and _inside(seen, proxies):
        for said in reversed(",".join(Headers(scope=dict(scope)).getlist("x-forwarded-for")).split(",")):
            address = _address(said)
            if address is None:
                break  # not written by a proxy of ours: what stands left of it is worth no more
            seen = address
            if not _inside(address, proxies):
                break
    return str(seen)


def known_address(scope: Mapping[str, Any], settings: Settings) -> str:
    """The same for the audit log; empty where the connection has none."""
    address = client_address(scope, settings)
    return "" if address == UNKNOWN else address


def place_of(address: str) -> str:
    """What is counted as one place: an IPv4 address, or the /64 that a line of IPv6 has to itself."""
    parsed = _address(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed or UNKNOWN)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        parsed = ipaddress.ip_address(text)
    except ValueError:
        return None
    return (isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped) or parsed


def _inside(address: ipaddress.IPv4Address | ipaddress.IPv6Address, networks: tuple[IPNetwork, ...]) -> bool:
    return any(address in network for network in networks)
