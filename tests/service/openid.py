"""A little OpenID provider of the tests' own, on loopback: real keys, real HTTP, and every way to do it wrong."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "survey", "a secret: with colon & ampersand"
PEOPLE = {"wang.li": "f1c2", "zhao.min": "9d0e"}  # name at the provider -> subject


@cache
def new_key(kid: str) -> RSAKey:
    """One for each name in a run of tests: making a key takes long."""
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"})


@dataclass
class LittleProvider:
    clock: Callable[[], datetime]
    issuer: str = ""
    key: RSAKey = field(default_factory=lambda: new_key("first"))
    published: list[dict[str, Any]] = field(default_factory=list)
    document: dict[str, Any] = field(default_factory=dict)  # what stands in the discovery document instead
    changed: dict[str, Any] = field(default_factory=dict)  # claims instead of the right ones; None leaves one out
    sign: Callable[[dict[str, Any]], str] | None = None
    answer: Callable[[str], tuple[int, dict[str, str], bytes] | None] = lambda path: None  # instead of the right one
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)  # paths, in order
    numbers: Iterator[int] = field(default_factory=count)

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            **self.document,
        }

    def keys(self) -> dict[str, Any]:
        return {"keys": self.published or [self.key.as_dict(private=False)]}

    # What a person does at the provider: signs in there and is led back.

    def approve(self, address: str, name: str = "wang.li") -> str:
        """Path and query of our own to which the provider leads the browser."""
        asked = dict(parse_qsl(urlsplit(address).query))
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{next(self.numbers)}"
        self.codes[code] = {**asked, "name": name}
        back = urlsplit(asked["redirect_uri"])
        return f"{back.path}?{urlencode({'code': code, 'state': asked['state']})}"

    def redeem(self, fields: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        basic = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        # As the standard says, each half is encoded as in a form.
        pair = tuple(parse_qs(f"x={half}")["x"][0] for half in basic.split(":"))
        if pair != (CLIENT, SECRET):
            return 401, {"error": "invalid_client"}
        asked = self.codes.pop(fields.get("code", ""), None)
        digest = hashlib.sha256(fields.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if asked is None or challenge != asked["code_challenge"] or fields["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "unused", "token_type": "Bearer", "id_token": self.id_token(asked)}

    def id_token(self, asked: dict[str, str]) -> str:
        now = int(self.clock().timestamp())
        claims = {
            "iss": self.issuer,
            "sub": PEOPLE[asked["name"]],
            "aud": CLIENT,
            "exp": now + 300,
            "iat": now,
            "nonce": asked["nonce"],
            "preferred_username": asked["name"],
            **self.changed,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        if self.sign:
            return self.sign(claims)
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)

    def reply(self, path: str, fields: dict[str, str], authorization: str) -> tuple[int, dict[str, str], bytes]:
        self.asked.append(path)
        if (instead := self.answer(path)) is not None:
            return instead
        status, body = 404, {}
        if path == "/.well-known/openid-configuration":
            status, body = 200, self.discovery()
        elif path == "/keys":
            status, body = 200, self.keys()
        elif path == "/token":
            status, body = self.redeem(fields, authorization)
        return status, {"Content-Type": "application/json"}, json.dumps(body).encode()


PAGE = """<!doctype html><html lang="zh"><title>统一身份认证</title><h1>统一身份认证</h1>
<a id="wang" href="{}">王莉</a> <a id="zhao" href="{}">赵敏</a></html>"""


@contextmanager
def provider_at_work(clock: Callable[[], datetime], port: int = 0) -> Iterator[LittleProvider]:
    provider = LittleProvider(clock)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            if path == "/authorize":
                base = dict(parse_qsl(urlsplit(self.path).query))["redirect_uri"].removesuffix("/sign-in/oidc/back")
                ways = [base + provider.approve(self.path, name) for name in ("wang.li", "zhao.min")]
                self._send(200, {"Content-Type": "text/html; charset=utf-8"}, PAGE.format(*ways).encode())
                return
            self._send(*provider.reply(path, {}, ""))

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
            fields = dict(parse_qsl(sent))
            self._send(*provider.reply(urlsplit(self.path).path, fields, self.headers.get("Authorization", "")))

        def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join(120)
