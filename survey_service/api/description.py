"""The OpenAPI description: of the API's routes alone, with both ways to sign in and every error."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from fastapi.openapi.utils import get_openapi
from starlette.routing import BaseRoute

from survey_service.accounts.errors import PasswordChangeNeeded, SecondFactorNeeded, TokenReadsOnly, TokenRefused
from survey_service.accounts.permissions import CSRF_HEADER, is_public
from survey_service.api.schemas import Refusal
from survey_service.errors import BadInput, DomainError, FormExpired, NotAllowed, SignInNeeded, TooLarge

BASE = "/api/v1"
ABOUT = """Reads definitions, samples, outcomes of the field and published figures; takes in the answers of devices.

Programs sign in with an access token: `Authorization: Bearer svy_…`, made under 我的账号 (your account), with the
rights of that account. What is not yours to see is answered like what does not exist: 404. Every error has one shape;
its codes are in docs/errors.md.
"""
TAGS = (
    ("account", "Who asks 账号"),
    ("areas", "Areas 地区"),
    ("surveys", "Surveys, questionnaires and waves 调查、问卷和调查期"),
    ("field", "Cases, outcomes, and answers from devices 样本户、结果和入户答卷"),
    ("releases", "Published figures 发布的数字"),
    ("rectification", "What is put right 整改清单"),
    ("exports", "Data of a wave, to be taken away 导出数据"),
)
READING: tuple[type[DomainError], ...] = (
    SignInNeeded,
    TokenRefused,
    NotAllowed,
    PasswordChangeNeeded,
    SecondFactorNeeded,
)
SENDING: tuple[type[DomainError], ...] = (*READING, FormExpired, TokenReadsOnly, BadInput, TooLarge)


def refusals(*kinds: type[DomainError]) -> dict[int | str, dict[str, Any]]:
    """The error replies of a route, for its signature: one description for each status, naming its codes."""
    found: dict[int | str, dict[str, Any]] = {}
    for kind in sorted(kinds, key=lambda kind: (kind.status, kind.code)):
        told = f"{kind.code}: {kind.en}"
        status = int(kind.status)
        before = found.get(status)
        if before is None:
            found[status] = {"model": Refusal, "description": told}
        else:
            before["description"] += f" {told}"
    return found


def describe(routes: Sequence[BaseRoute], cookie: str) -> dict[str, Any]:
    """``cookie``: the name that the session's cookie has in this installation."""
    document: dict[str, Any] = get_openapi(
        title="Survey service 调查服务",
        version=version("survey-service"),
        description=ABOUT,
        routes=routes,
        tags=[{"name": name, "description": about} for name, about in TAGS],
    )
    document["components"]["securitySchemes"] = {
        "accessToken": {"type": "http", "scheme": "bearer", "description": "An access token of a program."},
        "session": {"type": "apiKey", "in": "cookie", "name": cookie, "description": "A browser that is signed in."},
        "csrfToken": {
            "type": "apiKey",
            "in": "header",
            "name": CSRF_HEADER,
            "description": "With the cookie, for everything but reading: the token in the pages of the session.",
        },
    }
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if is_public(path):
                operation["security"] = []
                continue
            by_cookie: dict[str, list[str]] = {"session": []}
            if method != "get":
                by_cookie["csrfToken"] = []
            operation["security"] = [{"accessToken": []}, by_cookie]
    return document
