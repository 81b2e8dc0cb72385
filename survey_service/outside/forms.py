"""XLSForms that were handed in, read and made definitions by a child process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from survey_service.outside.door import FORMS, Stopped, parsed
from survey_service.tabular.plain import problem_of
from survey_service.tabular.problems import TableError, problem
from survey_service.tabular.words import Reader

MOST_TOLD: Final = 5_000  # remarks of one form
_STOPPED: Final[Mapping[str, Reader]] = {
    "time": Reader.TOOK_TOO_LONG,
    "memory": Reader.TOOK_TOO_MUCH_MEMORY,
    "output": Reader.MORE_THAN_READ,
    "busy": Reader.OTHERS_READ,
}


class Form(NamedTuple):
    """``definition``: YAML that passes every check, "" where nothing was left to ask.

    ``remarks``: the first of ``found``, as plain values with ``zh`` and ``en`` (``xlsform.remarks.Remark.to_json``).
    ``ceiling``: a group that goes on as often as somebody likes there does so up to a number here.
    ``lists_to_give``: options stand in other files there, and are given by each wave here.
    ``asked``: rows of the form that ask something; ``carried``: those of the definition.
    """

    definition: str
    remarks: list[dict[str, Any]]
    found: int
    whole: bool
    ceiling: bool
    lists_to_give: bool
    asked: int
    carried: int


def read(source: str, data: bytes) -> Form:
    """``source``: the name of the file. Raises TableError where it is no workbook or was stopped on the way."""
    name = source.rsplit(".", 1)[0][:60]
    try:
        with parsed("forms", data, FORMS, {"source": source[-200:], "name": name, "told": MOST_TOLD}) as reply:
            (answer,) = reply.lines()
    except Stopped as stopped:
        raise TableError(source, [problem(_STOPPED.get(stopped.reason, Reader.CANNOT_BE_READ))]) from None
    if "problems" in answer:
        raise TableError(source, map(problem_of, answer["problems"]), more=answer["more"])
    return Form(
        definition=answer["definition"],
        remarks=answer["remarks"],
        found=answer["count"],
        whole=answer["whole"],
        ceiling=answer["ceiling"],
        lists_to_give=answer["lists_to_give"],
        asked=answer["asked"],
        carried=answer["carried"],
    )
