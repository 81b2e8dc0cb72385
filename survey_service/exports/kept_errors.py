"""What can keep data from being taken away."""

from __future__ import annotations

from http import HTTPStatus

from survey_service.errors import BadInput, Conflict, DomainError, NotAllowed

MOST_ON_OFFER = 20  # of a wave: each is a copy of its answers, and takes room


class NotOpenedYet(Conflict):
    """Answers leave the service after the figures of the closed wave were opened, and not before."""

    code = "E080"
    zh = "这一期的结果还没有打开，答卷还不能导出。请在审核中先看诊断，再打开结果。"
    en = (
        "The figures of this wave have not been opened, so its answers cannot be exported yet. Under review, look at "
        "the diagnostics, then open the figures."
    )


class NothingChosen(BadInput):
    code = "E081"
    zh = "请至少选一种格式。"
    en = "Choose at least one format."


class TextsNotAllowed(NotAllowed):
    """What people wrote in words may name them: a setting says who takes it."""

    code = "E082"
    zh = "您的账号不能带走文字答案：居民写的话里可能有姓名、电话。确有需要，请系统管理员在设置里写上您的用户名。"
    en = (
        "Your account may not take what people wrote in words: names and telephone numbers may stand in it. If you "
        "need it, ask the system administrator to name you in the settings."
    )


class TooManyOnOffer(Conflict):
    """Each is a copy of a wave's answers; nobody needs as many."""

    code = "E084"
    zh = f"这一期做好的、正在做的已经有 {MOST_ON_OFFER} 份。请先删掉不用的，再做新的。"
    en = f"There are {MOST_ON_OFFER} exports of this wave, made or being made. Delete those that nobody needs first."


class FilesGone(DomainError):
    """The files were deleted, ran out, or were removed because an answer in them was erased."""

    code = "E083"
    status = HTTPStatus.GONE
    zh = "这份导出的文件已经不在了：到期、被删除，或者里面有答卷应本人要求删了。需要时请再做一份。"
    en = (
        "The files of this export are gone: they ran out, were deleted, or an answer in them was erased. Make the "
        "export again if you need it."
    )
