"""What can be wrong with the store of contact data."""

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
