"""What a manager's planning, and whoever types a code, may run into."""

from __future__ import annotations

from http import HTTPStatus

from questionnaires.text import Text
from survey_service.errors import BadInput, DomainError


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


WRONG_LENGTH = Text(
    "信上的码是 10 个字母和数字，请看看有没有漏打、多打。",
    "The code of a letter has 10 letters and digits: see whether one is missing or too many.",
)


class MistypedCode(DomainError):
    """A short code whose check character says that it was never printed; nothing was looked for."""

    code = "E250"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    zh = "这个码不对：多半是打错了一个字，或者两个字打反了。请照着信再看一遍。"
    en = "This code is not right: most likely one character is wrong, or two are swapped. Look at the letter once more."

    def __init__(self, *, complete: bool) -> None:
        length = WRONG_LENGTH
        super().__init__(zh=None if complete else length.zh, en=None if complete else length.en)


class TypingPaused(DomainError):
    """Too many short codes that belong to no letter were typed within an hour, from wherever."""

    code = "E251"
    status = HTTPStatus.TOO_MANY_REQUESTS
    zh = (
        "现在不能手打这个码：刚才有人一连试了许多不对的码。信上的二维码照常能扫；"
        "扫不了的，请过一个小时再来打，或者打电话问。"
    )
    en = (
        "Codes cannot be typed at the moment: somebody tried many wrong ones. The QR code of your letter works as "
        "always; if you cannot scan it, come back in an hour, or call."
    )


class TypingOver(DomainError):
    """As many wrong ones as a wave bears were typed while it was open."""

    code = "E252"
    status = HTTPStatus.TOO_MANY_REQUESTS
    zh = "这一期不再收手打的码：有人试了太多不对的码。信上的二维码照常能扫；扫不了的，请打电话问。"
    en = (
        "Codes can no longer be typed in this survey: too many wrong ones were tried. The QR code of your letter "
        "works as always; if you cannot scan it, please call."
    )


class NotLookedUp(DomainError):
    """Whether a letter is genuine, while too many that are not were asked about."""

    code = "E253"
    status = HTTPStatus.TOO_MANY_REQUESTS
    zh = "现在查不了：有人一连查了许多没有的。请过一个小时再查，或者打电话问。"
    en = "This cannot be looked up at the moment: somebody asked for many that do not exist. Try in an hour, or call."


class NoLinkInText(BadInput):
    """A text message that would invite to nothing."""

    code = "E254"
    zh = "短信里要有一处“{链接}”，发的时候换成各自的网址；全文最多 500 个字。"
    en = "The message needs “{链接}” in one place, which becomes the address of each household; at most 500 characters."
