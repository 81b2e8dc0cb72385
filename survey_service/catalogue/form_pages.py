"""Forms of ODK and KoboToolbox (XLSForm): looked at and made a draft of; a version or a draft as one to take away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from questionnaires.model import Questionnaire
from questionnaires.text import Text
from survey_service.accounts import rights
from survey_service.accounts.permissions import Manager, WaveStaff
from survey_service.accounts.staff_pages import staff_page
from survey_service.catalogue import drafts
from survey_service.catalogue.draft_pages import begin_page_of, find_draft
from survey_service.dependencies import Reading, Running
from survey_service.errors import BadInput, NotFound
from survey_service.outside import forms
from survey_service.surveys import definitions, planning_queries
from survey_service.surveys.access import find_survey, refuse_unless
from survey_service.tabular import TableError
from survey_service.web import posted_forms
from survey_service.web.downloads import WORKBOOK, content_disposition
from survey_service.web.posted_forms import Posted
from survey_service.xlsform.remarks import Weight
from survey_service.xlsform.workbook_out import workbook
from survey_service.xlsform.writing import write

router = APIRouter(prefix="/surveys/{survey_key}")

NO_FORM: Final = BadInput(
    zh="还没有选文件。选一个 .xlsx 或 .xls 的 XLSForm 表单。", en="No file is chosen: an XLSForm, .xlsx or .xls."
)
MOST_SHOWN: Final = 400  # remarks of one weight
WEIGHTS: Final[Mapping[Weight, Text]] = {
    Weight.LOST: Text("没有带过来", "Not carried over"),
    Weight.CHANGED: Text("写法变了", "Written otherwise"),
    Weight.ASIDE: Text("略去", "Left aside"),
}


@router.post("/drafts/form")
def look_at_form(
    request: Request, running: Running, reading: Reading, person: Manager, posted: Posted, survey_key: str
) -> Response:
    """What becomes of a form, before anything is stored; what is confirmed is the definition in the page."""
    with reading.begin() as session:
        refuse_unless(session, person, find_survey(session, person, survey_key), *rights.PLAN)
    found: forms.Form | None = None
    sent = posted_forms.upload(posted, "form")
    fault = NO_FORM
    if sent is not None:
        try:
            found = forms.read(sent[0], sent[1])
        except TableError as refused:
            fault = BadInput(zh=refused.told("zh"), en=refused.told("en"))
    with reading.begin() as session:
        survey = find_survey(session, person, survey_key)
        if sent is None or found is None:
            return begin_page_of(request, running, session, person, survey, fault)
        context: dict[str, Any] = {
            "survey": survey,
            "title": Text(survey.title_zh, survey.title_en),
            "name": sent[0],
            "found": found,
            "groups": [_group(found, weight, words) for weight, words in WEIGHTS.items()],
        }
        return staff_page(request, running, person, "staff/catalogue/form.html", context, section="surveys")


def _group(found: forms.Form, weight: Weight, words: Text) -> tuple[str, Text, int, list[dict[str, Any]]]:
    """Of one weight: its name, its words, how many, the first of them."""
    told = [one for one in found.remarks if one["weight"] == weight]
    return weight.value, words, len(told), told[:MOST_SHOWN]


@router.get("/drafts/{draft_id}/form.xlsx")
def draft_as_form(reading: Reading, person: Manager, survey_key: str, draft_id: UUID) -> Response:
    """As it was when check last found nothing; there is none of a draft that never was sound."""
    with reading.begin() as session:
        _, draft = find_draft(session, person, survey_key, draft_id)
        questionnaire = drafts.sound(draft)
    if questionnaire is None:
        raise NotFound
    return _file(questionnaire, f"{survey_key}-{questionnaire.key}")


@router.get("/questionnaires/{version_id}/form.xlsx")
def version_as_form(reading: Reading, person: WaveStaff, survey_key: str, version_id: UUID) -> Response:
    with reading.begin() as session:
        survey = find_survey(session, person, survey_key)
        stored = planning_queries.version(session, survey, version_id)
        if stored is None:
            raise NotFound
        questionnaire = definitions.frozen(session, survey.id, stored.id)
    return _file(questionnaire, f"{questionnaire.key}-{questionnaire.version}")


def _file(questionnaire: Questionnaire, name: str) -> Response:
    headers = {"Content-Disposition": content_disposition("attachment", f"{name}.xlsx"), "Cache-Control": "no-store"}
    return Response(workbook(write(questionnaire).sheets), media_type=WORKBOOK, headers=headers)
