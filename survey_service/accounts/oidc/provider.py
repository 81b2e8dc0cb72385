"""The relying party: discovery, keys, the code's exchange, and every check of the ID token.

Imported only where a provider is set up. Signatures and claims are judged by joserfc and Authlib; here stand the
rules: which algorithms, whose keys, how long what was fetched holds.

Source: OpenID Connect Core 1.0, 3.1.2 and 3.1.3.7; RFC 7636 (PKCE); RFC 9207 (issuer in the reply).
"""

from __future__ import annotations

import base64
import hmac
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, RSAKey

from survey_service.accounts.errors import ProviderNotBelieved, ProviderUnreachable
from survey_service.accounts.oidc import wire
from survey_service.accounts.oidc.model import BACK, Attempt, Identity
from survey_service.settings import Settings

# Signatures by a key of which only the provider has the private half: no `none`, and no HS256, which would take the
# published key for a shared secret.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
SHORTEST_RSA = 2048  # bits
LEEWAY = 60  # seconds by which the provider's clock may differ
OLDEST = timedelta(minutes=10)  # since the token was issued: it comes straight from the provider
FETCHED_HOLDS = timedelta(hours=1)
KEYS_AGAIN_AFTER = timedelta(minutes=1)  # an unknown key is asked for; a flood of them asks no oftener
SILENT_FOR = timedelta(seconds=10)  # after it was out of reach nobody waits for it again
LONGEST_SUBJECT = 255  # by the standard
LONGEST_NAME = 200

Key = RSAKey | ECKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What the discovery document says and we use."""

    issuer: str
    authorization: str
    token: str
    keys: str
    posts_secret: bool  # the secret goes into the form: the provider does not take it as a header


class Relying:
    """This service as the provider's client. One for the process; threads share what was fetched."""

    def __init__(self, settings: Settings, secret: str) -> None:
        self._settings = settings
        self._secret = secret
        further = (one.strip() for one in settings.oidc_hosts.split(","))
        hosts = (one if ":" in one else f"{one}:443" for one in further if one)
        self._allowed = frozenset({wire.place(settings.oidc_issuer), *hosts})
        self._lock = threading.Lock()
        self._metadata: tuple[Metadata, datetime] | None = None
        self._keys: tuple[list[Key], datetime] | None = None
        self._silent_until: datetime | None = None

    @property
    def _back(self) -> str:
        return self._settings.public_url.rstrip("/") + BACK

    def is_issuer(self, named: str) -> bool:
        return named.rstrip("/") == self._settings.oidc_issuer.rstrip("/")

    # -------------------------------------------------------------- leaving

    def address_to_leave_to(self, attempt: Attempt, *, again: bool, at: datetime) -> str:
        known = self._known(at)
        asked = {
            "response_type": "code",
            "client_id": self._settings.oidc_client_id,
            "redirect_uri": self._back,
            "scope": " ".join(self._settings.oidc_scopes.split()),
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": create_s256_code_challenge(attempt.verifier),
            "code_challenge_method": "S256",
        }
        if again:
            asked["prompt"] = "login"
        return known.authorization + ("&" if "?" in known.authorization else "?") + urlencode(asked)

    # -------------------------------------------------------------- coming back

    def identity(self, attempt: Attempt, code: str, *, at: datetime) -> Identity:
        known = self._known(at)
        claims = self._believed(self._redeem(known, code, attempt.verifier, at), known, attempt, at)
        subject = claims["sub"]
        if not subject or len(subject) > LONGEST_SUBJECT:
            raise ProviderNotBelieved("sub")
        return Identity(
            issuer=known.issuer, subject=subject, name=self._name(claims), second_factor=self._second_factor(claims)
        )

    def _redeem(self, known: Metadata, code: str, verifier: str, at: datetime) -> str:
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._back,
            "code_verifier": verifier,
        }
        headers = {}
        if known.posts_secret:
            fields |= {"client_id": self._settings.oidc_client_id, "client_secret": self._secret}
        else:
            pair = f"{quote(self._settings.oidc_client_id, safe='')}:{quote(self._secret, safe='')}"
            headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        with wire.turn(), self._noting_silence(at):
            status, reply = wire.post_form(known.token, self._allowed, fields, headers)
        token = reply.get("id_token")
        if status != 200 or not isinstance(token, str):
            said = reply.get("error")
            known_words = ("invalid_grant", "invalid_client", "invalid_request", "unauthorized_client", "invalid_scope")
            raise ProviderNotBelieved(f"the code was refused: {said if said in known_words else status}")
        return token

    def _believed(self, token: str, known: Metadata, attempt: Attempt, at: datetime) -> Mapping[str, Any]:
        """The claims of an ID token that is the provider's, for us, for this very sign-in, and fresh."""
        try:
            header, claims = self._signed(token, known, at)
            checked = CodeIDToken(
                claims,
                header,
                {
                    "iss": {"essential": True, "value": known.issuer},
                    "aud": {"essential": True, "value": self._settings.oidc_client_id},
                    "nonce": {"essential": True},
                },
                {"client_id": self._settings.oidc_client_id, "nonce": attempt.nonce},
            )
            checked.validate(now=int(at.timestamp()), leeway=LEEWAY)
        except JoseError as fault:
            raise ProviderNotBelieved(f"{type(fault).__name__} {getattr(fault, 'claim', '')}".strip()) from None
        nonce = claims["nonce"]
        if not isinstance(nonce, str) or not hmac.compare_digest(nonce.encode(), attempt.nonce.encode()):
            raise ProviderNotBelieved("nonce")
        if claims["iat"] < at.timestamp() - OLDEST.total_seconds():
            raise ProviderNotBelieved("iat")
        return claims

    def _signed(self, token: str, known: Metadata, at: datetime) -> tuple[dict[str, Any], dict[str, Any]]:
        unproven = jws.extract_compact(token.encode()).headers()
        if unproven.get("alg") not in ALGORITHMS:
            raise ProviderNotBelieved("alg")
        kid = unproven.get("kid")
        fitting = _fitting(self._known_keys(known, at), kid)
        if not fitting:  # the provider may have changed its keys: asked once, and not for everybody who makes one up
            fitting = _fitting(self._known_keys(known, at, again=True), kid)
        for key in fitting:
            try:
                proven = jwt.decode(token, key, algorithms=ALGORITHMS)
            except JoseError as fault:
                last = type(fault).__name__
                continue
            return dict(proven.header), proven.claims
        raise ProviderNotBelieved(last if fitting else "kid")

    def _name(self, claims: Mapping[str, Any]) -> str:
        claim = self._settings.oidc_claim.strip()
        name = claims.get(claim)
        if claim == "email" and claims.get("email_verified") is not True:
            return ""  # whoever may type any address at the provider could take an account that waits for it
        return name if isinstance(name, str) and 0 < len(name) <= LONGEST_NAME and name.isprintable() else ""

    def _second_factor(self, claims: Mapping[str, Any]) -> bool:
        accepted = {one.strip() for one in self._settings.oidc_second_factor.split(",") if one.strip()}
        methods = claims.get("amr")
        said = {claims.get("acr"), *(methods if isinstance(methods, list) else [])}
        return bool(accepted & {one for one in said if isinstance(one, str)})

    # -------------------------------------------------------------- what was fetched

    def _known(self, at: datetime) -> Metadata:
        held = self._metadata
        if held and _holds(held[1], at, FETCHED_HOLDS):
            return held[0]
        with wire.turn(), self._lock:
            held = self._metadata
            if held is None or not _holds(held[1], at, FETCHED_HOLDS):
                with self._noting_silence(at):
                    address = self._settings.oidc_issuer.rstrip("/") + "/.well-known/openid-configuration"
                    held = self._metadata = (self._read(wire.get_json(address, self._allowed)), at)
            return held[0]

    def _known_keys(self, known: Metadata, at: datetime, *, again: bool = False) -> list[Key]:
        lifetime = KEYS_AGAIN_AFTER if again else FETCHED_HOLDS
        held = self._keys
        if held and _holds(held[1], at, lifetime):
            return held[0]
        with wire.turn(), self._lock:
            held = self._keys
            if held is None or not _holds(held[1], at, lifetime):
                with self._noting_silence(at):
                    held = self._keys = (list(_keys(wire.get_json(known.keys, self._allowed))), at)
            return held[0]

    def _noting_silence(self, at: datetime) -> _Silence:
        if self._silent_until and self._silent_until - SILENT_FOR <= at < self._silent_until:
            raise ProviderUnreachable("out of reach a moment ago")
        return _Silence(self, at)

    def was_silent(self, at: datetime) -> None:
        self._silent_until = at + SILENT_FOR

    def _read(self, document: Mapping[str, Any]) -> Metadata:
        issuer = document.get("issuer")
        if not isinstance(issuer, str) or not self.is_issuer(issuer):
            raise ProviderUnreachable("the discovery document is another issuer's")
        addresses = {}
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            address = document.get(name)
            if not isinstance(address, str) or not wire.is_safe(address):
                raise ProviderUnreachable(f"the discovery document has no usable {name}")
            if wire.place(address) not in self._allowed:
                raise ProviderUnreachable(f"{name} lies on a host that SURVEY_OIDC_HOSTS does not name")
            addresses[name] = address
        ways = document.get("token_endpoint_auth_methods_supported")
        posts = isinstance(ways, list) and "client_secret_post" in ways and "client_secret_basic" not in ways
        return Metadata(
            issuer=issuer,
            authorization=addresses["authorization_endpoint"],
            token=addresses["token_endpoint"],
            keys=addresses["jwks_uri"],
            posts_secret=posts,
        )


class _Silence:
    """Remembers that the provider gave no answer, so that a hanging one takes a thread now and then, not all.

    A refusal does not count: else whoever brings made-up codes could shut the door for everybody.
    """

    def __init__(self, relying: Relying, at: datetime) -> None:
        self._relying, self._at = relying, at

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: object, fault: BaseException | None, trace: object) -> None:
        if isinstance(fault, ProviderUnreachable) and fault.silent:
            self._relying.was_silent(self._at)


def _holds(fetched_at: datetime, at: datetime, lifetime: timedelta) -> bool:
    return fetched_at <= at < fetched_at + lifetime


def _fitting(keys: Iterable[Key], kid: object) -> list[Key]:
    """The key that the token names; where it names none, every key is tried."""
    return [key for key in keys if kid is None or key.kid == kid]


def _keys(document: Mapping[str, Any]) -> Iterable[Key]:
    """The public keys for signatures; what is for something else, too short, or not understood is left out."""
    listed = document.get("keys")
    if not isinstance(listed, list):
        raise ProviderUnreachable("the set of keys has none")
    for one in listed[:20]:
        if not isinstance(one, dict) or one.get("kty") not in ("RSA", "EC") or one.get("use", "sig") != "sig":
            continue
        try:
            key = JWKRegistry.import_key(one)
        except (JoseError, ValueError, TypeError, KeyError):
            continue
        if isinstance(key, RSAKey) and key.raw_value.key_size < SHORTEST_RSA:
            continue
        if isinstance(key, (RSAKey, ECKey)):
            yield key
