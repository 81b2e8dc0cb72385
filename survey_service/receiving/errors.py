"""Refusals of links and of whoever tries them."""

from __future__ import annotations

from http import HTTPStatus

from survey_service.errors import DomainError


class TooManyLinks(DomainError):
    """Addresses of no link from one place: somebody is trying. A right one is always answered."""

    code = "E272"
    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, *, seconds: int) -> None:
        minutes = -(-seconds // 60)
        super().__init__(
            zh=f"从您这个网络来的错误链接太多了。请等 {minutes} 分钟再打开。",
            en=f"Too many links that lead nowhere came from your network. Please wait {minutes} min and open it again.",
        )
        self.seconds = seconds


class NotALink(DomainError):
    """A link for nobody, or for a time that is not offered."""

    code = "E273"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    zh = "请写这个链接给哪个单位（最多 60 个字），再选几天有效。"
    en = "Say for which body the link is (at most 60 characters), and choose for how many days."
