"""A release for those who may read it: the rows of their areas, and how each figure was asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from questionnaires.indicators import Indicator, beside_of, second_id
from questionnaires.kinds import kind_of
from questionnaires.model import Question, Questionnaire
from survey_service.accounts import rights
from survey_service.accounts.permissions import Person
from survey_service.accounts.queries import above
from survey_service.api import published_changes, queries, shown
from survey_service.api.beside_schemas import BesideOut
from survey_service.api.comparison_schemas import comparisons
from survey_service.api.group_schemas import groups
from survey_service.api.index_schemas import indices
from survey_service.api.schemas import Asked, DocumentOut, IndicatorOut, ReleaseOut, RowOut, Words
from survey_service.models import Area, QuestionnaireVersion, Release, ReleaseDocument, Survey, Wave
from survey_service.releases import queries as release_queries
from survey_service.releases.sheets import code_of
from survey_service.releases.signed_records import signed_record
from survey_service.surveys import definitions


def release(session: Session, person: Person, found: Release, survey: Survey, wave: Wave) -> ReleaseOut:
    record = signed_record(found)
    table = record.get("published", {})
    visible = person.visible(*rights.READ_RELEASES)
    # As in the reports: a community stands beside its street and the city.
    codes = queries.area_codes(session, visible) | queries.area_codes(
        session, above(person.areas(*rights.READ_RELEASES))
    )
    city = session.get_one(Area, survey.city_id).code
    version = session.get_one(QuestionnaireVersion, (wave.survey_id, wave.questionnaire_version_id))
    questionnaire = definitions.frozen(session, wave.survey_id, wave.questionnaire_version_id)
    rates = record.get("response_rates", {})
    rows = [_row(row, city, rates) for row in table.get("rows", [])]
    # Left out, not null, of releases from before it was kept.
    further: dict[str, Any] = {"beside": BesideOut.model_validate(record["beside"])} if "beside" in record else {}
    if "groups" in record:
        further["groups"] = groups(record["groups"])
    if "street_groups" in record:
        told = {code: groups(kept) for code, kept in record["street_groups"].items() if code in codes}
        further["street_groups"] = told
    if "indices" in record:
        further["indices"] = indices(record["indices"], codes, city)
    if "comparisons" in record:
        further["comparisons"] = comparisons(record["comparisons"], codes, city)
    return ReleaseOut(
        number=found.number,
        edition=found.edition,
        survey=survey.key,
        wave=wave.key,
        title=Words(zh=survey.title_zh, en=survey.title_en),
        wave_name=Words(zh=wave.name_zh, en=wave.name_en),
        field_start=wave.opens_on,
        field_end=wave.closes_on,
        released_at=found.released_at,
        prepared_by=found.prepared_by,
        reviewed_by=found.reviewed_by,
        signed_by=found.signed_by,
        correction_reason=found.correction_reason,
        questionnaire=shown.version(version),
        snapshot_sha256=found.snapshot_sha256,
        estimates_sha256=found.estimates_sha256,
        software_version=found.software_version,
        specification=found.specification,
        interval=table.get("interval"),
        level=table.get("level"),
        notes=table.get("notes", []),
        indicators=[_indicator(one, questionnaire) for one in questionnaire.estimated()],
        rows=[row for row in rows if row.area in codes],
        response_rates={code: of_area for code, of_area in rates.items() if code in codes},
        changes=[one for one in published_changes.changes(record, city) if one.area in codes],
        trend=published_changes.trend(record, found.number),
        documents=[
            _document(found.number, document, area)
            for document, area in release_queries.visible_documents(session, found.survey_id, found.id, visible)
        ],
        **further,
    )


def _document(number: str, document: ReleaseDocument, area: Area) -> DocumentOut:
    return DocumentOut(
        area=area.code,
        sector=document.sector,
        language=document.language,
        pages=document.pages,
        sha256=document.blob_sha256,
        address=f"/releases/{number}/{code_of(document, area)}.{document.language}.pdf",
    )


def _row(frozen: dict[str, Any], city: str, rates: Mapping[str, Any]) -> RowOut:
    """The domain of a row names its community or its street, or neither: then it is of the city; and the group in it.

    How many answered in an area is no secret, hidden figures or not: as in the reports (docs/publication.md).
    """
    level, code, domain = published_changes.place(frozen["domain"], city)
    size = frozen["sample_size"]
    if size is None and not domain:
        size = rates.get(code, {}).get("valid")
    row = {"area": code, "level": level, "sample_size": size, "cells": frozen["cells"]}
    return RowOut.model_validate({**row, "group": domain} if domain else row)


def _indicator(one: Indicator, questionnaire: Questionnaire) -> IndicatorOut:
    asked = dict.fromkeys(variable.partition(".")[0] for variable in questionnaire.behind(one.variables))
    return IndicatorOut(
        id=one.id,
        kind=one.kind.value,
        name=shown.words(one.name),
        definition=shown.words(one.definition),
        variables=list(one.variables),
        numerator=list(one.numerator),
        numerator_if=one.numerator_if.source if one.numerator_if else None,
        pass_at=one.pass_at,
        within=one.within,
        numerator_total=one.numerator_total,
        denominator_total=one.denominator_total,
        per=one.per if one.per != 1 else None,
        option=one.option,
        base=None if one.second_base is None else shown.words(one.second_base.own),
        second=second_id(one),
        beside=beside_of(one.id),
        asked=[_asked(questionnaire.question(question)) for question in asked],
    )


def _asked(question: Question) -> Asked:
    rule = kind_of(question).rule(question)
    return Asked(
        question=question.id,
        type=question.type.value,
        text=shown.words(question.text),
        options={option.code: shown.words(option.label) for option in question.options},
        rule=None if rule is None else shown.words(rule),
    )
