"""What a manager's planning, and whoever types a code, may run into."""

from __future__ import annotations

from http import HTTPStatus

from survey_service.errors import DomainError


class VersionInUse(DomainError):
    """A wave has been opened with a questionnaire of this version, and the words have changed since."""

    code = "E120"
    status = HTTPStatus.CONFLICT
    zh = "这个版本号已经用在开始过的调查期里，内容却变了。请把文件里的 version 换一个新的，再存一次。"
    en = (
        "A wave was opened with this version, and the content has changed. Give the file a new version and store again."
    )


class UnknownCode(DomainError):
    """No such code; said alike of every code that never existed."""

    code = "E020"
    status = HTTPStatus.NOT_FOUND
    zh = "这个网址打不开问卷。请重新扫一次二维码；是照着纸打字的，请核对每一个字母。"
    en = "No questionnaire is at this address. Scan the QR code again; if you typed it, check every letter."
