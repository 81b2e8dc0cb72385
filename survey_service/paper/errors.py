"""What printing and logging paper may run into."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

from questionnaires.text import Text
from survey_service.errors import DomainError

_MOST_NAMED: Final = 5  # places, and characters of each


class PaperNotYet(DomainError):
    """Paper is printed for an open wave only: its questionnaire is frozen, a sheet of paper cannot change any more."""

    code = "E180"
    status = HTTPStatus.CONFLICT
    zh = "这一期现在不能印问卷。开始调查以后，问卷冻结了，才能印；截止以后不再印。"
    en = (
        "No forms can be printed for this wave now: only while it is open, "
        "when its questionnaire is frozen and answers still count."
    )


class NothingToPrint(DomainError):
    code = "E181"
    status = HTTPStatus.CONFLICT
    zh = "所选的社区里，要用纸质问卷的样本都已经印过了。要散发给大家填的，选“散发”。"
    en = (
        "Every sampled case to be asked on paper has its form already. For forms that anybody may fill in, choose open."
    )


class WrongPrintRun(DomainError):
    """The form of a new batch asks for something that does not exist."""

    code = "E182"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    zh = "请选社区、语言和用法，每批份数在 1 到 500 之间。"
    en = "Choose community, languages and kind; a batch has between 1 and 500 forms."


class NotASerial(DomainError):
    code = "E183"
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, typed: str) -> None:
        super().__init__(
            zh=f"“{typed}”不是问卷编号：位数或校验位不对。请照纸面右上角再录一次。",
            en=f"“{typed}” is no serial: its length or check digit is wrong. Type it again from the paper.",
        )


class FormNotHere(DomainError):
    """Also said of a form of another area."""

    code = "E184"
    status = HTTPStatus.NOT_FOUND

    def __init__(self, serial: str) -> None:
        super().__init__(
            zh=f"这一期、您的地区里没有编号 {serial} 的问卷。请看看是不是别的调查或别的街道的。",
            en=f"This wave has no form {serial} in your areas. It may belong to another survey or another street.",
        )


class FormInKeying(DomainError):
    """What is being keyed, or was keyed, has come back; it cannot be spoiled or missing."""

    code = "E185"
    status = HTTPStatus.CONFLICT

    def __init__(self, serial: str) -> None:
        super().__init__(
            zh=f"编号 {serial} 的问卷已经开始录入，只能是“收回”。要更正答案，请走录入的更正。",
            en=f"Form {serial} has been keyed or is being keyed: it can only be returned. Correct answers in keying.",
        )


class NotPrinted(DomainError):
    code = "E186"
    status = HTTPStatus.CONFLICT
    zh = "这一批的 PDF 还没有做好。请按“生成 PDF”，做好后再下载。"
    en = "The PDF of this batch is not ready. Press “Make the PDF” and download it when it is done."


class CannotBePrinted(DomainError):
    """Characters that no type here can set: told before a form is printed, by place."""

    code = "E187"
    status = HTTPStatus.CONFLICT

    def __init__(self, places: Sequence[tuple[Text, Sequence[str]]] = ()) -> None:
        named = places[:_MOST_NAMED]
        zh = "；".join(f"{place.zh}：{'、'.join(characters[:_MOST_NAMED])}" for place, characters in named)
        en = "; ".join(f"{place.en}: {' '.join(characters[:_MOST_NAMED])}" for place, characters in named)
        more = len(places) - len(named)
        super().__init__(
            zh=f"有印不出来的字，一份也没有印。{zh}{f'；还有 {more} 处' if more else ''}。"
            "纸上只能印中文和英文这样一个字一个字排的文字：请在问卷里换一种写法，成为新的一版；看不懂中文的居民，请用手机或者由调查员念。",
            en=f"Some characters cannot be printed, so nothing was. {en}{f'; {more} more places' if more else ''}. "
            "Paper holds scripts that are set letter by letter, as Chinese and English are: write it otherwise in a "
            "new version; residents who read neither answer on a phone, or are read to.",
        )
