"""What a resident, a keyer or an import can meet when an answer is handed in."""

from __future__ import annotations

from http import HTTPStatus

from survey_service.errors import DomainError


class RevokedCode(DomainError):
    code = "E021"
    status = HTTPStatus.GONE
    zh = "这个二维码已经换成新的，不能再用。请用最近收到的那一个。"
    en = "This QR code was replaced by a new one. Please use the one you received last."


class NothingAnswered(DomainError):
    """A form without a single answer: storing it would use up a code and count as a response."""

    code = "E025"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    zh = "一道题都还没有答，所以没有提交。请返回上一页，答您愿意答的题；都不愿意答，关掉就可以了。"
    en = "No question has been answered, so nothing was submitted. Go back and answer what you like, or close the page."


class TooManyLookups(DomainError):
    """Wrong receipt codes from one place: somebody is trying."""

    code = "E141"
    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, *, seconds: int) -> None:
        minutes = -(-seconds // 60)
        super().__init__(
            zh=f"从您这个网络来的错误回执码太多了。请等 {minutes} 分钟再试。",
            en=f"Too many wrong receipt codes came from your network. Please wait {minutes} min and try again.",
        )
        self.seconds = seconds


class TooManyFromHere(DomainError):
    """One address submits more by one open code than a community behind it would. Nothing is lost: the page waits."""

    code = "E142"
    status = HTTPStatus.TOO_MANY_REQUESTS
    zh = "从您这个网络来的答卷一时太多，这一份还没有提交，请勿关闭，稍等片刻再提交一次。"
    en = (
        "Too many answers come from your network at the moment. Yours are not submitted yet: keep this page, try again."
    )

    def __init__(self, *, seconds: int) -> None:
        super().__init__()
        self.seconds = seconds


class UnknownReceipt(DomainError):
    """No answers under this receipt code; said alike of every code that never existed."""

    code = "E143"
    status = HTTPStatus.NOT_FOUND
    zh = "没有找到这个回执码的答卷。请对照截屏或抄下的字，16 个字母和数字逐个核对。"
    en = "No answers are found under this receipt code. Compare all 16 letters and digits with what you noted."


class PassOver(DomainError):
    """The pass of an interviewer's phone, hours after it was opened from the list of households."""

    code = "E175"
    status = HTTPStatus.GONE
    zh = "这次访问的页面过了时限，打不开了。请调查员从名单里重新打开；没有提交的答案还在这部手机里。"
    en = "This interview was opened too long ago. Open it from the list again; what was answered is kept here."
