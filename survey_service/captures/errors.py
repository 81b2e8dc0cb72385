"""Why answers are not counted, or not now."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from survey_service.errors import DomainError


class AlreadyAnswered(DomainError):
    """The case has its one complete response."""

    code = "E022"
    status = HTTPStatus.CONFLICT
    zh = "这个二维码的答卷已经提交过了，只算一份，不用再答。"
    en = "The questionnaire of this QR code has been submitted already. It counts once; there is nothing left to do."


class WaveClosed(DomainError):
    """The wave has not opened yet or takes no more answers."""

    code = "E023"
    status = HTTPStatus.GONE
    zh = "这次调查现在不收答卷。"
    en = "This survey is not taking answers now."


class ContentConflict(DomainError):
    """The same id came with other answers: the first are counted, the others are kept beside them as a capture."""

    code = "E024"
    status = HTTPStatus.CONFLICT
    zh = "这份答卷先前已经提交，答案和这次不同。计入的是先前提交的那一份。"
    en = "This form was submitted before with other answers. The answers submitted first are the ones that count."

    def __init__(self, *, capture_id: UUID | None = None, receipt: str | None = None) -> None:
        super().__init__()
        self.capture_id = capture_id
        # Of the answers that count, where they came by the same code: the id proves whose they are.
        self.receipt = receipt


class Withdrawn(DomainError):
    """The answers of this form were deleted at somebody's wish; nothing of them comes back by accident."""

    code = "E140"
    status = HTTPStatus.GONE
    zh = "这份答卷已经按要求删除，不再计入，也不能再用它提交。"
    en = "These answers were deleted as requested. They no longer count and cannot be submitted again."

    def __init__(self, *, own: bool = False) -> None:
        super().__init__()
        self.own = own  # these very answers were deleted; else another person's by the same code
