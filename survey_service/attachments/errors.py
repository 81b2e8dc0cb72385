"""Why a file is not taken in; each says the way out, and nothing of the answers beside it is lost."""

from __future__ import annotations

from http import HTTPStatus

from survey_service.errors import DomainError


class NotSuchAFile(DomainError):
    code = "E145"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    zh = "这个文件打不开，或者不是这道题要的那一种，没有收下。请换一个再传。"
    en = "The file cannot be opened, or is not of the kind that is asked for; it was not taken in. Send another one."


class FileTooLarge(DomainError):
    code = "E146"
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    zh = "这个文件太大，没有收下。请换一个小的，或者拍得短一些。"
    en = "The file is too large and was not taken in. Send a smaller one, or a shorter recording."


class FilesWait(DomainError):
    code = "E147"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    zh = "现在传文件的人很多，这一个还没有收下。请过一会儿再传，答案都还在。"
    en = "Many people are sending files; this one is not taken in yet. Send it again shortly. No answer is lost."
