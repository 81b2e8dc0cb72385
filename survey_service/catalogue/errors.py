"""What may go wrong with drafts of questionnaires."""

from __future__ import annotations

from http import HTTPStatus

from survey_service.errors import Conflict, DomainError


class NoDraftOfThat(DomainError):
    """A text that cannot be changed on a page: it is no YAML, or its parts have no names of their own."""

    code = "E128"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    zh = "这个文件还不能当草稿来改：先把下面的问题改好，再传上来。"
    en = "This file cannot be changed on a page yet: mend what is listed below and send it again."


class EditNotMade(DomainError):
    """The draft is as it was: what was asked for cannot be done to it."""

    code = "E129"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    zh = "这一处没有改成，草稿还是原来的样子。"
    en = "This change was not made; the draft is as it was."


class DraftMoved(Conflict):
    """Somebody saved the draft since it was opened here."""

    code = "E130"
    zh = "这份草稿刚刚有人存过。请看看改了什么，再接着存。"
    en = "Somebody has just saved this draft. Look at what changed, then go on."


class NotSound(DomainError):
    """A version is made of a draft only when ``check`` finds nothing."""

    code = "E131"
    status = HTTPStatus.CONFLICT
    zh = "还有没改好的地方，不能成为正式的一版。改好标出来的每一处，再试一次。"
    en = "Something is still to be mended, so no version can be made. Mend every place that is marked, then try again."


class ReaderBusy(DomainError):
    """The child that reads drafts was not free, or was stopped: the same edit may be made in a moment."""

    code = "E132"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    zh = "现在读不了这份草稿，什么也没有改。过几秒再试一次。"
    en = "The draft cannot be read at the moment, and nothing was changed. Try again in a few seconds."
