"""What taking in a file may run into. Words for single cells are in ``words.py``."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus

from survey_service.errors import DomainError
from survey_service.tabular import TableProblem

_NAMED = 5  # problems that a refusal says in one breath


class UnreadableFile(DomainError):
    """The file is no table that can be taken at its word. ``problems``: every reason; ``more``: there are others."""

    code = "E220"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    zh = "这个文件读不出来。"
    en = "The file cannot be read."

    def __init__(self, problems: Sequence[TableProblem], *, more: bool = False) -> None:
        self.problems, self.more = problems, more
        super().__init__(
            zh="".join(dict.fromkeys(one.placed("zh") for one in problems[:_NAMED])),
            en=" ".join(dict.fromkeys(one.placed("en") for one in problems[:_NAMED])),
        )


class PersonalNumbers(UnreadableFile):
    """Cells that would be kept hold numbers of persons; each is named, none repeated, and nothing was kept."""

    code = "E227"
    zh = "文件里有身份证号或手机号，没有存下来。"
    en = "The file holds identity or mobile numbers and was not kept."


class NoFile(DomainError):
    code = "E221"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    zh = "还没有选文件。请选一个 CSV 或 Excel 文件，再按“上传”。"
    en = "No file was chosen. Choose a CSV or Excel file, then upload it."


class ProblemsLeft(DomainError):
    """The file still has problems: it is stored whole or not at all."""

    code = "E222"
    status = HTTPStatus.CONFLICT
    zh = "文件里还有要改的地方，一份也没有收入。请按列出的行和列改好，重新上传。"
    en = "The file still has problems and nothing was taken in. Mend the rows and columns listed, and upload it again."


class GroundMoved(DomainError):
    """Between the check and the taking in, somebody else stored one of these answers."""

    code = "E223"
    status = HTTPStatus.CONFLICT
    zh = "检查之后，有的样本又收到了别的答卷，所以一份也没有收入。请再检查一次。"
    en = "Since the check other answers came in for some of these cases, so nothing was taken in. Check the file again."


class NotTaking(DomainError):
    """Answers are taken in from the day a wave opens until its review begins."""

    code = "E224"
    status = HTTPStatus.CONFLICT
    zh = "这一期现在不收外来的答卷：开始调查以后、进入审核以前才收。"
    en = "This wave does not take in files now: only from its opening until its review begins."


class Settled(DomainError):
    code = "E225"
    status = HTTPStatus.CONFLICT
    zh = "这个文件已经收入或删掉，不能再改。要收别的，请重新上传。"
    en = "This file was taken in or discarded and cannot be changed. Upload another one."


class BadMapping(DomainError):
    """A mapping that cannot be meant: two columns for one answer, or none at all."""

    code = "E226"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    zh = "列的对应有问题。"
    en = "The mapping of the columns cannot be used."
