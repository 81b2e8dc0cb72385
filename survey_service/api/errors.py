"""What a program can meet beside the errors of the slices it reads."""

from __future__ import annotations

from http import HTTPStatus

from survey_service.errors import DomainError


class NotDoorToDoor(DomainError):
    """Devices hand in what interviewers ask at the door; this wave is asked otherwise."""

    code = "E218"
    status = HTTPStatus.CONFLICT
    zh = "这一期不上门，不收设备交来的答卷。"
    en = "This wave is not asked at the door and takes no answers from devices."


class NoSuchCase(DomainError):
    """No case of that number in the interviewer's areas; said alike of every number."""

    code = "E219"
    status = HTTPStatus.NOT_FOUND
    zh = "您负责的地区里，这一期没有这个编号的样本。"
    en = "This wave has no case of that number in your areas."


class OtherVisit(DomainError):
    """An id that a visit has already, which says something else."""

    code = "E233"
    status = HTTPStatus.CONFLICT
    zh = "这个 id 的记录以前收过，内容不一样；以前的不变，这一条没有存下。改过的，请用新的 id。"
    en = "A visit of this id is stored and says something else; it stays and this one was not stored. Use a new id."
