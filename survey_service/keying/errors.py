"""What a keyer, a verifier or an adjudicator can meet."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus

from survey_service.errors import DomainError

SHOWN = 10  # forms that a sentence names


class NoSuchForm(DomainError):
    """No case of this wave in the keyer's areas has that serial."""

    code = "E030"
    status = HTTPStatus.NOT_FOUND

    def __init__(self, number: str) -> None:
        super().__init__(
            zh=f"这一期没有表号 {number}。请对照纸面右上角再录一次；确实没有，请交给项目管理员。",
            en=f"This wave has no form {number}. Compare with the top right of the paper and type it again; "
            "if it is right, hand the form to the manager.",
        )


class FormKeyed(DomainError):
    code = "E031"
    status = HTTPStatus.CONFLICT

    def __init__(self, number: str) -> None:
        super().__init__(
            zh=f"{number} 已经有一份完成的答卷，不用再录。纸面不同的，请交给项目管理员。",
            en=f"Form {number} has its complete answers already. If the paper differs, hand it to the manager.",
        )


class BlankForm(DomainError):
    code = "E032"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    zh = "这份一题也没有答。空白答卷不录入，请放到空白一叠。"
    en = "Nothing is answered on this form. Blank forms are not keyed; put it on the blank pile."


class FormHeld(DomainError):
    """Somebody else has the form open; two people cannot hold one form."""

    code = "E200"
    status = HTTPStatus.CONFLICT

    def __init__(self, number: str, name: str) -> None:
        super().__init__(
            zh=f"{number} 正由{name}录着。请先录别的；纸面在您手上，请和{name}说一声。",
            en=f"Form {number} is being keyed by {name}. Key another one first, or have a word with {name}.",
        )


class FormLeft(DomainError):
    """Somebody else began the form and has stopped; it can be taken over, knowingly."""

    code = "E201"
    status = HTTPStatus.CONFLICT

    def __init__(self, number: str, name: str) -> None:
        super().__init__(
            zh=f"{number} 由{name}录了一半，停下来了。要接过来录，请再按一次 Enter；已录的格子请对照纸面看一遍。",
            en=f"{name} began form {number} and has stopped. Press Enter again to take it over, and compare the "
            "boxes already keyed with the paper.",
        )


class HoldLost(DomainError):
    """A save of a form that was opened again since, in another window or by another person."""

    code = "E202"
    status = HTTPStatus.CONFLICT
    zh = "这份已经在另一个窗口或由另一位接着录了，这里不再保存。请按 F4，录别的；要在这里录，请重新录入表号。"
    en = "This form has been opened in another window or by another person; nothing more is saved here. Press F4."


class NotYourBatch(DomainError):
    code = "E203"
    status = HTTPStatus.FORBIDDEN

    def __init__(self, number: str, batch: int, name: str) -> None:
        super().__init__(
            zh=f"{number} 在第 {batch} 批，这一批分给了{name}。请把纸面交给{name}，或请项目管理员改派。",
            en=f"Form {number} is in batch {batch}, which is {name}'s. Hand it over, or ask the manager.",
        )


class OwnKeying(DomainError):
    """The second keying is blind only if somebody else does it."""

    code = "E204"
    status = HTTPStatus.FORBIDDEN

    def __init__(self, number: str) -> None:
        super().__init__(
            zh=f"{number} 的第一次是您录的，核对要由另一位来录。请把它放到核对的一叠。",
            en=f"You keyed form {number} the first time; somebody else keys it the second time.",
        )


class FormSetAside(DomainError):
    code = "E205"
    status = HTTPStatus.CONFLICT

    def __init__(self, number: str) -> None:
        super().__init__(
            zh=f"{number} 登记为作废，不录入。登记错了，请项目管理员改过来再录。",
            en=f"Form {number} is recorded as spoiled and is not keyed. If that is wrong, tell the manager.",
        )


class TooLate(DomainError):
    """The wave has closed and the form was not recorded as returned by then."""

    code = "E206"
    status = HTTPStatus.GONE

    def __init__(self, number: str) -> None:
        super().__init__(
            zh=f"这一期已经截止，{number} 没有在截止前登记收回，不能再录。请交给项目管理员。",
            en=f"The wave has closed and form {number} was not recorded as returned in time. Hand it to the manager.",
        )


class WrongSerial(DomainError):
    code = "E207"
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, number: str) -> None:
        super().__init__(
            zh=f"表号 {number} 的末位校验对不上，多半是按错了一位。请对照纸面右上角再录一次。",
            en=f"The check digit of {number} does not fit; most likely one digit is wrong. Compare with the paper.",
        )


class AlreadyDecided(DomainError):
    code = "E208"
    status = HTTPStatus.CONFLICT
    zh = "这一处已经裁定了。请刷新后看下一处；要改，请走更正。"
    en = "This field has been decided already. Reload for the next one; a change is made as a correction."


class OwnDiscrepancy(DomainError):
    code = "E209"
    status = HTTPStatus.FORBIDDEN
    zh = "这份有您自己录的一次，要由没有录过它的人来裁定。请看下一份。"
    en = "One of the keyings of this form is yours; somebody who keyed neither decides. Take the next form."


class ReasonNeeded(DomainError):
    code = "E210"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    zh = "请选定一项并写明理由：在纸面上看到了什么。理由会留档。"
    en = "Choose one and write the reason: what the paper shows. The reason is kept."


class ValueRefused(DomainError):
    code = "E211"
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, why_zh: str, why_en: str) -> None:
        super().__init__(zh=f"这个答案录不进去：{why_zh}", en=f"This answer cannot be taken: {why_en}")


class SamePerson(DomainError):
    code = "E212"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    zh = "录入和核对要分给两个人：自己核对自己，看不出错。请另选一位。"
    en = "Keying and verification need two people: nobody sees their own slips. Choose another person."


class NothingKeyed(DomainError):
    code = "E213"
    status = HTTPStatus.CONFLICT
    zh = (
        "这一批还没有录过一份，现在不能结束：收回来的请先录；一份也收不回来的，"
        "请在“登记收回的问卷”里登记为缺失，再来结束。"
    )
    en = (
        "Nothing of this batch is keyed yet. Key what has come back; if nothing will, note the forms as missing "
        "under Returned forms, then end the batch."
    )


class FormsUnderWay(DomainError):
    """A form of the batch is half keyed: whether it belongs to the sample is not known yet."""

    code = "E228"
    status = HTTPStatus.CONFLICT

    def __init__(self, forms: Sequence[tuple[str, str]]) -> None:
        named = [f"{number}（{name}）" for number, name in forms[:SHOWN]]
        named_en = [f"{number} ({name})" for number, name in forms[:SHOWN]]
        more_zh, more_en = ("等", " and more") if len(forms) > SHOWN else ("", "")
        super().__init__(
            zh=f"这一批有 {len(forms)} 份录了一半：{'、'.join(named)}{more_zh}。请先录完、存好；"
            "录的人不在，由别人按表号接过来录完，再来结束。",
            en=f"{len(forms)} forms of this batch are half keyed: {', '.join(named_en)}{more_en}. Finish them, or have "
            "somebody take them over by their serial, then end the batch.",
        )


class NothingToCorrect(DomainError):
    code = "E214"
    status = HTTPStatus.CONFLICT
    zh = "这份现在不能更正：还没有录完、还有不同之处等着裁定，或者这一期已经发布。"
    en = "This form cannot be corrected now: keying or adjudication is not finished, or the wave is released."
