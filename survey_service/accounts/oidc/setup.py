"""Signing in through the city's own OpenID Connect provider: whether it is set up, and by whom it is done.

An option of the installation. Where it is not set, nothing of the extra ``oidc`` is imported and no call leaves the
service.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import Annotated

from fastapi import Depends

from survey_service.accounts.oidc import wire
from survey_service.accounts.oidc.model import Provider
from survey_service.dependencies import Running
from survey_service.errors import NotFound
from survey_service.installation import Refused
from survey_service.settings import Settings

LIBRARIES = ("authlib", "joserfc")


def provider_for(settings: Settings) -> Provider | None:
    """None where none is set; Refused where the settings are not whole, or the extra is not installed."""
    set_here = {
        "SURVEY_OIDC_ISSUER": bool(settings.oidc_issuer),
        "SURVEY_OIDC_CLIENT_ID": bool(settings.oidc_client_id),
        "SURVEY_OIDC_CLIENT_SECRET": bool(settings.oidc_client_secret.get_secret_value())
        or settings.oidc_client_secret_file is not None,
    }
    if not any(set_here.values()):
        return None
    missing = [name for name, given in set_here.items() if not given]
    if missing:
        raise Refused(
            f"Signing in through the city's provider is set up in part: {', '.join(missing)} is missing.\n"
            "  Set it (the secret may lie in a file: SURVEY_OIDC_CLIENT_SECRET_FILE), or take all SURVEY_OIDC_… away;\n"
            "  docs/sign-in.md shows the whole way."
        )
    _check(settings)
    if any(find_spec(name) is None for name in LIBRARIES):
        raise Refused(
            "Signing in through the city's provider needs the extra oidc, which is not installed.\n"
            "  Install it:  pip install 'survey-service[oidc]'"
        )
    from survey_service.accounts.oidc.provider import Relying

    return Relying(settings, _secret(settings))


def _check(settings: Settings) -> None:
    if not wire.is_safe(settings.oidc_issuer) or "?" in settings.oidc_issuer:
        raise Refused(
            f"SURVEY_OIDC_ISSUER is {settings.oidc_issuer!r}: an https address is needed, such as\n"
            "  https://sso.example.gov.cn/realms/city (the one in the provider's discovery document as issuer)."
        )
    if "openid" not in settings.oidc_scopes.split():
        raise Refused("SURVEY_OIDC_SCOPES lacks openid: without it the provider names nobody. Use: openid profile")
    if not settings.oidc_claim.strip():
        raise Refused("SURVEY_OIDC_CLAIM is empty. Use preferred_username, or sub where people can rename themselves.")


def _secret(settings: Settings) -> str:
    path = settings.oidc_client_secret_file
    if path is None:
        return settings.oidc_client_secret.get_secret_value()
    if settings.oidc_client_secret.get_secret_value():
        raise Refused("SURVEY_OIDC_CLIENT_SECRET and SURVEY_OIDC_CLIENT_SECRET_FILE are both set: keep one.")
    try:
        secret = path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as unreadable:
        raise Refused(f"{path} (SURVEY_OIDC_CLIENT_SECRET_FILE) cannot be read: {unreadable}.") from None
    if not secret:
        raise Refused(f"{path} (SURVEY_OIDC_CLIENT_SECRET_FILE) is empty.")
    return secret


@dataclass(frozen=True, slots=True)
class Configured:
    """The provider of this installation, if it has one."""

    provider: Provider | None


async def _provider(running: Running) -> Provider:
    """NotFound where the installation has none: the addresses do not exist there."""
    held = running.of(Configured).provider
    if held is None:
        raise NotFound
    return held


SignInProvider = Annotated[Provider, Depends(_provider)]
