"""Domain errors and the one table that turns them into HTTP.

A service raises a domain error and knows nothing of HTTP. Every error names what is wrong and the way out, in the
words of the person who reads it; the page that shows it is ``templates/error.html``.
"""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus


class DomainError(Exception):
    """Something a person can mend. ``code`` is stable and documented in docs/errors.md; a test holds that."""

    code = "E000"
    status = HTTPStatus.BAD_REQUEST
    zh = "这一步没有做成。请返回上一页再试一次。"
    en = "This step was not completed. Go back and try again."
    leads_to = ""  # the page of ours where it is mended: a browser that only reads is led there

    def __init__(self, *, zh: str | None = None, en: str | None = None) -> None:
        super().__init__(en or self.en)
        if zh is not None:
            self.zh = zh
        if en is not None:
            self.en = en

    def in_language(self, language: str) -> str:
        return self.en if language == "en" else self.zh


class NotFound(DomainError):
    """Also said of what exists but is not the asker's to see: 404, so that nobody learns of it."""

    code = "E001"
    status = HTTPStatus.NOT_FOUND
    zh = "没有这个页面，或者您没有权限看它。请核对网址，或从首页进入。"
    en = "There is no such page, or it is not yours to see. Check the address or start from the first page."


class SignInNeeded(DomainError):
    code = "E002"
    status = HTTPStatus.UNAUTHORIZED
    zh = "请先登录。"
    en = "Please sign in first."


class NotAllowed(DomainError):
    code = "E003"
    status = HTTPStatus.FORBIDDEN
    zh = "您的账号不能做这一步。需要时请找系统管理员开通。"
    en = "Your account cannot do this. Ask the system administrator if you need it."


class FormExpired(DomainError):
    """The CSRF token of a staff form does not match its session."""

    code = "E004"
    status = HTTPStatus.FORBIDDEN
    zh = "这一页打开得太久了，内容没有保存。请返回、刷新后再做一次。"
    en = "This page was open too long and nothing was saved. Go back, reload and do it again."


class Conflict(DomainError):
    """The state of a record does not allow the step, or somebody else was faster."""

    code = "E005"
    status = HTTPStatus.CONFLICT
    zh = "这条记录刚刚被改过，请刷新后再看。"
    en = "This record has just been changed; reload and look again."


class TooBusy(DomainError):
    code = "E006"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    zh = "现在提交的人很多，您的答案还没有提交，请勿关闭，稍等片刻再提交一次。"
    en = "Many people are submitting now. Your answers are not submitted yet: keep this page, try again shortly."


class BadInput(DomainError):
    code = "E007"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    zh = "填写的内容有需要改正的地方。"
    en = "Something in the form needs correcting."


class WrongPassword(DomainError):
    """The same words for an unknown name, a wrong password and an account that is closed."""

    code = "E008"
    status = HTTPStatus.UNAUTHORIZED
    zh = "用户名或密码不对。请核对大小写和输入法，再试一次。"
    en = "The user name or the password is wrong. Check capitals and the input method, then try again."


class TooManyAttempts(DomainError):
    code = "E009"
    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, *, seconds: int) -> None:
        super().__init__(
            zh=f"试的次数太多了。请等 {seconds} 秒再试；忘记密码请找系统管理员。",
            en=f"Too many tries. Wait {seconds} seconds; if the password is lost, ask the system administrator.",
        )
        self.seconds = seconds


class ForeignHost(DomainError):
    """The Host header names another server: an address made from it would lead people away."""

    code = "E010"
    status = HTTPStatus.BAD_REQUEST
    zh = "这个网址不是本系统的网址。请用单位公布的网址打开。"
    en = "This address is not the address of this service. Open it by the published address."


class TooLarge(DomainError):
    code = "E011"
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    zh = "发送的内容太大了，没有保存。"
    en = "What was sent is too large; nothing was saved."


class NoSuchMethod(DomainError):
    code = "E012"
    status = HTTPStatus.METHOD_NOT_ALLOWED
    zh = "这个网址不能这样打开。请从首页重新进入。"
    en = "This address cannot be used that way. Start again from the first page."


class NoRoom(DomainError):
    """The disk of the database or of the files is full."""

    code = "E015"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    zh = (
        "服务器的磁盘满了，现在什么都存不下，登录也要存一条记录，所以这一步没有做成。"
        "请告诉系统管理员；腾出空间就能继续，不用重启。"
    )
    en = (
        "The server's disk is full: nothing can be stored now, and signing in stores something too, so this step was "
        "not done. Tell the administrator; with room on the disk everything goes on, without a restart."
    )


class Fault(DomainError):
    """Our own fault: nothing is known but that it happened."""

    code = "E013"
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    zh = "系统出了故障，这一步没有做成，已经记录下来。请稍后再试；还是不行，请找系统管理员。"
    en = (
        "The service has a fault; this step was not completed and the fault was noted. "
        "Try again later, or tell the administrator."
    )


class KeyingUnfinished(DomainError):
    """A wave is not judged while forms of it still have to be keyed a second time or decided."""

    code = "E215"
    status = HTTPStatus.CONFLICT

    def __init__(self, batches: Sequence[int]) -> None:
        zh, en = ("、".join(map(str, batches[:10])), ", ".join(map(str, batches[:10])))
        more_zh, more_en = ("等", " and more") if len(batches) > 10 else ("", "")
        super().__init__(
            zh=f"第 {zh} 批{more_zh}纸质答卷还没有录完、核对或裁定完，现在不能开始审核。"
            "请在“录入”的“批次和分派”里看还差什么。",
            en=f"Paper batches {en}{more_en} are not yet keyed, verified and decided, so the review cannot begin. "
            "See what is missing under Keying, Batches.",
        )


class NotReady(DomainError):
    """A wave cannot open: what is blank or expired is listed."""

    code = "E014"
    status = HTTPStatus.CONFLICT
    zh = "这一期还不能开始。"
    en = "This wave cannot open yet."
