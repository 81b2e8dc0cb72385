"""What can be wrong with contact data: the store, and what a resident left."""

from __future__ import annotations

from http import HTTPStatus

from survey_service.errors import DomainError


class ContactsUnreadable(DomainError):
    """The store is damaged, or its key is gone or another one. It is never replaced by an empty one in silence."""

    code = "E150"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    zh = "联系方式现在打不开，这一步没有做。答卷不受影响。请过一会儿再试，或联系组织单位。"
    en = (
        "Contact data cannot be opened now, and this step was not done. Answers are not concerned. "
        "Try again later, or contact the office."
    )


class ContactNotTaken(DomainError):
    """What was left as name and number cannot be kept; the words never repeat it."""

    code = "E160"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    zh = "要先勾选“我同意”，才能存下联系方式。没有存下，请返回上一页。"
    en = "Tick that you agree before leaving your number. Nothing was kept; go back to the page before."
